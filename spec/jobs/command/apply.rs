//! `qrs apply`: carries a plan out, or takes up an account.

use std::collections::{HashMap, HashSet};

use clap::{Arg, ArgMatches, Command};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::inputs;
use super::step::{Action, Outcome, Step};
use super::step_file::{self, StepFile};
use super::work::{self, Job, counted};
use crate::Client;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::passes::{Kind, is_active};

/// `qrs apply`.
pub(super) fn command() -> Command {
    Command::new("apply")
        .about("Carries out a plan, or takes up an account that was interrupted")
        .long_about(
            "Carries out a plan, or takes up an account that was interrupted: does what is left, and what failed, and adds the \
             outcomes to the file. The file says for which site it is; another one refuses it. A pass that was used since its \
             release was planned stays.",
        )
        .arg(Arg::new("file").value_name("FILE").required(true).help("The file of `--plan` or `--account`"))
        .args(work::options().into_iter().filter(|option| option.get_id() != "account"))
}

/// Runs `qrs apply`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let file = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let client = context.client()?;
    let site = client.shared().base.as_str().to_owned();
    let mut steps = step_file::read(&file, &site)?;
    let all = steps.len();
    steps.retain(Step::is_open);
    if steps.is_empty() {
        let items = counted(all, "item", "items");
        output::tell(format_args!("Nothing is left to do: `{file}` has {items}, all settled."));
        let output = Output::of(matches);
        // Programs expect a list.
        return if output.format_or(Format::Table) == Format::Table { Ok(()) } else { Ok(output.write(&json!([]))?) };
    }
    if steps.len() < all {
        let (left, all) = (steps.len(), counted(all, "item", "items"));
        output::tell(format_args!("{left} of {all} in `{file}` {} left to do.", if left == 1 { "is" } else { "are" }));
    }
    for step in steps.iter_mut().filter(|step| step.outcome == Outcome::Failed) {
        step.outcome = Outcome::Planned;
        step.detail = format!("failed before: {}", step.detail);
    }
    settle(&client, &mut steps).await?;
    let account = if matches.get_flag("dry-run") {
        None
    } else {
        let mut account = StepFile::append(&file, &site)?;
        steps.iter().filter(|step| !step.is_open()).try_for_each(|step| account.add(step))?;
        Some(account)
    };
    Job { client, account }.run(steps, matches).await
}

/// Settles the steps that a site has overtaken: passes that are gone or were used since their release was planned, and users
/// who have a pass, perhaps by the run that was interrupted before it could write that down.
async fn settle(client: &Client, steps: &mut [Step]) -> Result<(), Failure> {
    let kinds: HashSet<Kind> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Release { kind, .. } | Action::Allocate { kind, .. } => Some(*kind),
            _ => None,
        })
        .collect();
    let mut active: HashSet<Uuid> = HashSet::new();
    let mut used: HashMap<Uuid, Timestamp> = HashMap::new();
    let mut held: HashSet<(Kind, Uuid)> = HashSet::new();
    for kind in kinds {
        for pass in inputs::passes(client, kind).await?.iter().filter(|pass| is_active(pass)) {
            active.extend(pass.id);
            used.extend(pass.id.zip(pass.last_used.map(|used| used.timestamp())));
            held.extend(pass.user.as_ref().and_then(|user| user.id).map(|user| (kind, user)));
        }
    }
    for step in steps.iter_mut() {
        let settled = match &step.action {
            Action::Release { pass, .. } if !active.contains(pass) => Some("holds no such pass"),
            Action::Release { pass, unless_used_since: Some(since), .. } => {
                used.get(pass).is_some_and(|used| used > since).then_some("was used since it was planned, and stays")
            }
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
