//! Carries plans out: shows them, asks, takes each step, keeps an account, and ends with it.

use std::io::Write as _;

use clap::{Arg, ArgAction, ArgMatches};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::interrupt::Interrupt;
use super::step::{Action, Outcome, Step};
use super::step_file::StepFile;
use crate::Client;
use crate::cli::confirm;
use crate::cli::failure::{Code, Failure};
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::cli::table_output::printable;

/// The most steps that a question shows.
const MOST_SHOWN: usize = 20;

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

/// Runs the steps of a job as its options say.
pub(super) async fn carry_out(context: &Context<'_>, steps: Vec<Step>, matches: &ArgMatches) -> Result<(), Failure> {
    let client = context.client()?;
    Job { client, account: None }.run(steps, matches).await
}

/// The steps of a command, the site that they change, and the account that is kept of them.
pub(super) struct Job {
    pub(super) client: Client,
    pub(super) account: Option<StepFile>,
}

impl Job {
    /// Shows the steps, asks, and takes them, as the options say.
    pub(super) async fn run(mut self, mut steps: Vec<Step>, matches: &ArgMatches) -> Result<(), Failure> {
        let output = Output::of(matches);
        let open = steps.iter().filter(|step| step.is_open()).count();
        if matches.get_flag("dry-run") || open == 0 {
            let planned = steps.iter().filter(|step| step.outcome == Outcome::Planned).count();
            write(&output, &steps, planned)?;
            return verdict(&steps, None);
        }
        if !matches.get_flag("yes") {
            self.confirm(&output, &steps, open)?;
        }
        if let Some(name) = matches.try_get_one::<String>("account").ok().flatten() {
            self.account = Some(StepFile::create(name, self.client.shared().base.as_str(), &steps)?);
        }
        let stopped = self.take_all(&mut steps, open).await;
        write(&output, &steps, 0)?;
        verdict(&steps, stopped.err())
    }

    /// Shows the plan and asks whether to carry it out.
    fn confirm(&self, output: &Output, steps: &[Step], open: usize) -> Result<(), Failure> {
        if !confirm::is_terminal() {
            let message =
                format!("{} not confirmed, and nothing was changed", counted(open, "change was", "changes were"));
            return Err(confirm::unconfirmed(&message));
        }
        let mut err = output.errors();
        let failed: Vec<&Step> = steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
        for step in failed.iter().take(MOST_SHOWN) {
            writeln!(err, "  FAILED {}: {}", printable(&step.subject), printable(&step.detail))?;
        }
        if failed.len() > MOST_SHOWN {
            writeln!(err, "  FAILED … and {} more", failed.len() - MOST_SHOWN)?;
        }
        for step in steps.iter().filter(|step| step.is_open()).take(MOST_SHOWN) {
            writeln!(err, "  {} {}: {}", kinds(step), printable(&step.subject), printable(&step.detail))?;
        }
        if open > MOST_SHOWN {
            writeln!(err, "  … and {} more", open - MOST_SHOWN)?;
        }
        let question =
            format!("Make {} at {}?", counted(open, "change", "changes"), self.client.shared().base.as_str());
        confirm::ask(output, &question)
    }

    /// Takes each open step, goes on after one that failed, and stops where all others would fail as well.
    async fn take_all(&mut self, steps: &mut [Step], open: usize) -> Result<(), Failure> {
        let bar = progress(open);
        let mut interrupt = Interrupt::new();
        for (taken_before, step) in steps.iter_mut().filter(|step| step.is_open()).enumerate() {
            if interrupt.is_pressed() {
                bar.finish_and_clear();
                return Err(self.interrupted(taken_before, open));
            }
            bar.set_message(step.subject.clone());
            let taken = match interrupt.during(step.take(&self.client)).await {
                Some(taken) => taken,
                None => {
                    step.outcome = Outcome::Failed;
                    "was interrupted, and may be done or not".clone_into(&mut step.detail);
                    Ok(())
                }
            };
            if let Some(account) = &mut self.account {
                account.add(step)?;
            }
            bar.inc(1);
            taken?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The failure of a job that was interrupted, with the way to go on.
    fn interrupted(&self, taken: usize, open: usize) -> Failure {
        let hint = match &self.account {
            Some(account) => format!("`qrs apply {}` continues with the rest", account.name),
            None => "repeat the command for the rest; what is done stays done".to_owned(),
        };
        Failure::new(Code::Incomplete, format!("interrupted after {taken} of {}", counted(open, "change", "changes")))
            .hint(hint)
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
pub(super) fn verdict(steps: &[Step], stopped: Option<Failure>) -> Result<(), Failure> {
    let failed = steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
    if let Some(stopped) = stopped {
        let left = steps.iter().filter(|step| step.outcome == Outcome::Planned && step.is_open()).count();
        let left = format!("{} left as they were", counted(left, "item was", "items were"));
        let hint = stopped.hint.as_ref().map_or(left.clone(), |hint| format!("{left}; {hint}"));
        return Err(Failure { hint: Some(hint), ..stopped });
    }
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::new(Code::Incomplete, format!("{} of {} failed", failed, counted(steps.len(), "item", "items"))))
}

/// The columns of an account without a step.
const COLUMNS: &[&str] = &["action", "subject", "outcome", "detail"];

/// Writes the account: a table for people, or what was asked for.
fn write(output: &Output, steps: &[Step], open: usize) -> Result<(), Failure> {
    let rows: Vec<Value> = steps.iter().map(Step::to_json).collect();
    if output.format_or(Format::Table) != Format::Table {
        let columns = if steps.is_empty() { COLUMNS } else { &[] };
        return Ok(output.clone().with_columns(columns).write(&Value::Array(rows))?);
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

/// A number with its noun.
pub(super) fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
