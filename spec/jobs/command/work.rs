//! Carries plans out: shows them, asks, takes each step, keeps an account, and ends with it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::inputs;
use super::step::{Action, Outcome, Step};
use crate::Client;
use crate::cli::failure::{Code, Failure};
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::passes::{Kind, is_active};

/// The options of every job that changes something.
pub(super) fn options() -> Vec<Arg> {
    let mut options = vec![
        Arg::new("dry-run")
            .long("dry-run")
            .short('n')
            .action(ArgAction::SetTrue)
            .help("Shows what would be done, and changes nothing"),
        Arg::new("yes").long("yes").short('y').action(ArgAction::SetTrue).help("Does not ask"),
        Arg::new("account")
            .long("account")
            .value_name("FILE")
            .help("Keeps an account of each item in this new file, as JSON lines")
            .long_help(
                "Keeps an account of each item in this new file, as JSON lines. After an interruption, `qrs apply FILE` takes up \
                 what is left",
            ),
    ];
    options.extend(output::options());
    options
}

/// `qrs apply`.
pub(super) fn command() -> Command {
    Command::new("apply")
        .about("Carries out a plan, or takes up an account that was interrupted")
        .arg(Arg::new("file").value_name("FILE").required(true).help("The file of `--plan` or `--account`"))
        .args(options().into_iter().filter(|option| option.get_id() != "account"))
}

/// Runs `qrs apply`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let file = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let mut steps = read(&file)?;
    let client = context.client()?;
    settle(&client, &mut steps).await?;
    let account = if matches.get_flag("dry-run") { None } else { Some(Account::append(&file)?) };
    Job { client, account }.run(steps, matches).await
}

/// The steps of a file, each with its last outcome.
fn read(file: &str) -> Result<Vec<Step>, Failure> {
    let mut steps: Vec<Step> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (index, value) in inputs::json_lines(file)?.iter().enumerate() {
        let step = Step::from_json(value);
        let step = step.ok_or_else(|| Failure::usage(format!("`{file}`: entry {} is no step of a plan", index + 1)))?;
        match known.get(&step.key()).and_then(|at| steps.get_mut(*at)) {
            Some(earlier) => *earlier = step,
            None => {
                known.insert(step.key(), steps.len());
                steps.push(step);
            }
        }
    }
    Ok(steps)
}

/// Settles the steps that a site has overtaken: passes that were used since their release was planned, and users who have
/// a pass, perhaps by the run that was interrupted before it could write that down.
async fn settle(client: &Client, steps: &mut [Step]) -> Result<(), Failure> {
    let kinds: HashSet<Kind> = steps
        .iter()
        .filter(|step| step.is_open())
        .filter_map(|step| match &step.action {
            Action::Release { kind, unless_used_since: Some(_), .. } | Action::Allocate { kind, .. } => Some(*kind),
            _ => None,
        })
        .collect();
    let mut used: HashMap<Uuid, Timestamp> = HashMap::new();
    let mut held: HashSet<(Kind, Uuid)> = HashSet::new();
    for kind in kinds {
        let passes = inputs::passes(client, kind).await?;
        used.extend(passes.iter().filter_map(|pass| Some((pass.id?, pass.last_used?.timestamp()))));
        let active = passes.iter().filter(|pass| is_active(pass));
        held.extend(active.filter_map(|pass| Some((kind, pass.user.as_ref()?.id?))));
    }
    for step in steps.iter_mut().filter(|step| step.is_open()) {
        let settled = match &step.action {
            Action::Release { pass, unless_used_since: Some(since), .. } => used
                .get(pass)
                .is_some_and(|used| used > since)
                .then_some("was used since it was planned, and stays"),
            Action::Allocate { kind, user } => held.contains(&(*kind, *user)).then_some("has a pass already"),
            _ => None,
        };
        if let Some(detail) = settled {
            step.outcome = Outcome::Unchanged;
            detail.clone_into(&mut step.detail);
        }
    }
    Ok(())
}

/// Writes a plan to a file, for `qrs apply`.
pub(super) fn write_plan(file: &str, steps: &[Step]) -> Result<(), Failure> {
    Account::create(file, steps).map(drop)
}

/// A file that is added to after each step, so that an interruption loses none.
pub(super) struct Account {
    file: File,
    name: String,
}

impl Account {
    /// Creates the file, with all steps. One that is there is not overwritten.
    fn create(name: &str, steps: &[Step]) -> Result<Self, Failure> {
        let file = File::create_new(name).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::usage(format!("`{name}` is there already"))
                .hint(format!("take it up by `qrs apply {name}`, or name another file")),
            _ => Failure::usage(format!("`{name}`: {error}")),
        })?;
        let mut account = Self { file, name: name.to_owned() };
        steps.iter().try_for_each(|step| account.add(step))?;
        Ok(account)
    }

    fn append(name: &str) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::usage(format!("`{name}`: {error}"));
        let text = std::fs::read(name).map_err(failed)?;
        if text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) {
            return Err(Failure::usage(format!("`{name}` is UTF-16")).hint("save it as UTF-8, so that it can be added to"));
        }
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let last = text.get(end..).unwrap_or_default();
        let is_whole = serde_json::from_slice::<Value>(last).is_ok();
        if !is_whole {
            // Half a line, of a run that was killed. On Windows, a file that is only added to cannot be cut.
            let file = File::options().write(true).open(name).map_err(failed)?;
            file.set_len(u64::try_from(end).unwrap_or(u64::MAX)).map_err(failed)?;
        }
        let mut file = File::options().append(true).open(name).map_err(failed)?;
        if is_whole {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { file, name: name.to_owned() })
    }

    fn add(&mut self, step: &Step) -> Result<(), Failure> {
        let line = format!("{}\n", step.to_json());
        let name = &self.name;
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| Failure::new(Code::Incomplete, format!("the account `{name}` cannot be written: {error}")))
    }
}

/// Runs the steps of a job as its options say.
pub(super) async fn carry_out(context: &Context<'_>, steps: Vec<Step>, matches: &ArgMatches) -> Result<(), Failure> {
    let client = context.client()?;
    Job { client, account: None }.run(steps, matches).await
}

struct Job {
    client: Client,
    account: Option<Account>,
}

impl Job {
    async fn run(mut self, mut steps: Vec<Step>, matches: &ArgMatches) -> Result<(), Failure> {
        let output = Output::of(matches);
        let open = steps.iter().filter(|step| step.is_open()).count();
        if matches.get_flag("dry-run") || open == 0 {
            write(&output, &steps, open)?;
            return verdict(&steps, None);
        }
        if !matches.get_flag("yes") {
            self.confirm(&output, &steps, open)?;
        }
        if let Some(name) = matches.try_get_one::<String>("account").ok().flatten() {
            self.account = Some(Account::create(name, &steps)?);
        }
        let stopped = self.take_all(&mut steps, open).await;
        write(&output, &steps, 0)?;
        verdict(&steps, stopped.err())
    }

    /// Shows the plan and asks whether to carry it out.
    fn confirm(&self, output: &Output, steps: &[Step], open: usize) -> Result<(), Failure> {
        let input = io::stdin();
        if !input.is_terminal() {
            return Err(Failure::usage(format!(
                "{} not confirmed, and nothing was changed",
                counted(open, "change was", "changes were")
            ))
            .hint("standard input is no terminal to ask at: add `--yes`, or look at the plan with `--dry-run`"));
        }
        let mut err = output.errors();
        for step in steps.iter().filter(|step| step.is_open()).take(20) {
            writeln!(err, "  {} {}: {}", kinds(step), step.subject, step.detail)?;
        }
        if open > 20 {
            writeln!(err, "  … and {} more", open - 20)?;
        }
        write!(err, "Make {} at {}? [y/N] ", counted(open, "change", "changes"), self.client.shared().base.as_str())?;
        err.flush()?;
        let mut answer = String::new();
        input.lock().read_line(&mut answer)?;
        if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(Failure::new(Code::Incomplete, "not confirmed; nothing was changed"))
    }

    /// Takes each open step, goes on after one that failed, and stops where all others would fail as well.
    async fn take_all(&mut self, steps: &mut [Step], open: usize) -> Result<(), Failure> {
        let bar = progress(open);
        for step in steps.iter_mut().filter(|step| step.is_open()) {
            bar.set_message(step.subject.clone());
            let taken = step.take(&self.client).await;
            if let Some(account) = &mut self.account {
                account.add(step)?;
            }
            bar.inc(1);
            taken?;
        }
        bar.finish_and_clear();
        Ok(())
    }
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(steps: usize) -> ProgressBar {
    let target = if output::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), target);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Ends a job: everything is as it was wanted, or not.
fn verdict(steps: &[Step], stopped: Option<Failure>) -> Result<(), Failure> {
    let failed = steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
    if let Some(stopped) = stopped {
        let left = steps.iter().filter(|step| step.outcome == Outcome::Planned && step.is_open()).count();
        let left = format!("{} left as they were", counted(left, "item was", "items were"));
        return Err(Failure { hint: Some(left), ..stopped });
    }
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::new(Code::Incomplete, format!("{} of {} failed", failed, counted(steps.len(), "item", "items"))))
}

/// Writes the account: a table for people, or what was asked for.
fn write(output: &Output, steps: &[Step], open: usize) -> Result<(), Failure> {
    let rows: Vec<Value> = steps.iter().map(Step::to_json).collect();
    if output.format_or(Format::Table) != Format::Table {
        return Ok(output.write(&Value::Array(rows))?);
    }
    let lines = steps.iter().map(|step| {
        json!({
            "action": kinds(step),
            "subject": step.subject,
            "outcome": step.to_json().get("outcome"),
            "detail": step.detail,
        })
    });
    if !steps.is_empty() {
        output.write_as(&Value::Array(lines.collect()), Format::Table)?;
    }
    let count = |outcome| steps.iter().filter(|step| step.outcome == outcome).count();
    let mut err = output.errors();
    if open > 0 {
        writeln!(err, "{} planned; nothing was changed.", counted(open, "change is", "changes are"))?;
    } else if steps.is_empty() {
        writeln!(err, "Nothing to do.")?;
    } else {
        let (done, unchanged, failed) = (count(Outcome::Done), count(Outcome::Unchanged), count(Outcome::Failed));
        writeln!(err, "{done} done, {unchanged} unchanged, {failed} failed.")?;
    }
    Ok(())
}

/// The action with the kinds of passes.
fn kinds(step: &Step) -> String {
    match &step.action {
        Action::Allocate { kind, .. } => format!("allocate {kind}"),
        Action::Release { kind, .. } => format!("release {kind}"),
        Action::Swap { kinds: [from, to], .. } => format!("swap {from} {to}"),
        Action::Restore(_) => "restore".to_owned(),
        Action::None => String::new(),
    }
}

fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
