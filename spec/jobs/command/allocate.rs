//! `qrs allocate` and `qrs sync`: passes for the users of a list.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::inputs::{self, given_names, listed};
use super::list;
use super::options::{self, given_kind};
use super::release;
use super::step::{Action, Outcome, Step};
use super::work;
use crate::Client;
use crate::capacity::{self, Unit};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::run::Context;
use crate::jobs::account::AccountState;
use crate::jobs::allocate::{self as plan, Item};
use crate::jobs::passes::Kind;
use crate::jobs::sync;

/// `qrs allocate`.
pub(super) fn command() -> Command {
    Command::new("allocate")
        .about("Gives users a pass each")
        .long_about(
            "Gives users a pass each. Users who have one keep it, so that the command can be repeated. A user who cannot get one \
             does not keep the others from theirs. Users who are inactive, blocked or removed get a pass with a warning.",
        )
        .arg(options::kind("kind"))
        .args(inputs::names("Users to give a pass to"))
        .args(work::options())
}

/// Runs `qrs allocate`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let kind = given_kind(matches, "kind")?;
    let names = some(given_names(matches)?)?;
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    refuse_names_without_users(&names, users.is_some())?;
    let held = inputs::passes(&client, kind).await?;
    let items = plan::plan(names.iter().map(String::as_str), &users.unwrap_or_default(), &held);
    let mut steps: Vec<Step> = items.into_iter().map(|item| step(kind, item)).collect();
    mark_excess(&client, kind, &mut steps, matches).await;
    work::carry_out(context, steps, matches).await
}

/// `qrs sync`.
pub(super) fn sync_command() -> Command {
    Command::new("sync")
        .about("Brings the passes of a kind into line with a list: who is on it has one, nobody else does")
        .long_about(
            "Brings the passes of a kind into line with a list: who is on it has one, nobody else does. Nothing is released \
             while the list has names that the site does not know, since one may be misspelt, and its user would lose the pass.",
        )
        .arg(
            Arg::new("file").value_name("FILE").required(true).help(
                "The list, or CSV with a column `user`, or two `userDirectory` and `userId`; `-` is standard input",
            ),
        )
        .arg(options::kinds().required(true).help("The kind of passes"))
        .arg(
            Arg::new("allow-unknown")
                .long("allow-unknown")
                .action(ArgAction::SetTrue)
                .help("Releases passes even if the list has names that the site does not know"),
        )
        .args(work::options())
}

/// Runs `qrs sync`.
pub(super) async fn run_sync(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let [kind] = options::given_kinds(matches)[..] else {
        return Err(Failure::usage("`--kind` is one kind: each has a list of its own"));
    };
    let file = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let names = list::of_file(&file)?;
    if names.is_empty() {
        // Nobody means that.
        return Err(Failure::usage("the list is empty: everybody would lose the pass"));
    }
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    refuse_names_without_users(&names, users.is_some())?;
    let held = inputs::passes(&client, kind).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = sync::plan(kind, &names, &users.unwrap_or_default(), &held);
    let refusal = refusal(&plan, matches.get_flag("allow-unknown"));
    // Releases make room.
    let mut steps: Vec<Step> = plan.release.iter().map(release::step).collect();
    steps.extend(plan.allocate.into_iter().map(|item| step(kind, item)));
    mark_excess(&client, kind, &mut steps, matches).await;
    match refusal {
        None => work::carry_out(context, steps, matches).await,
        Some(refusal) => {
            if matches.get_flag("dry-run") {
                // The refusal says what fails.
                let _ = work::carry_out(context, steps, matches).await;
            }
            Err(refusal)
        }
    }
}

/// Why nothing is released: a name that is malformed or unknown might be that of somebody who would lose the pass.
fn refusal(plan: &sync::Sync, allows_unknown: bool) -> Option<Failure> {
    let names = |outcome: &plan::Outcome| -> Vec<String> {
        plan.allocate.iter().filter(|item| item.outcome == *outcome).map(|item| item.name.clone()).collect()
    };
    let malformed = names(&plan::Outcome::Malformed);
    if !malformed.is_empty() {
        let message = format!("{} not written as `DIRECTORY\\id`, and no identifier", listed(&malformed, "is", "are"));
        return Some(Failure::usage(message).hint("nothing was changed"));
    }
    let unknown = names(&plan::Outcome::NoUser);
    if allows_unknown || plan.release.is_empty() || unknown.is_empty() {
        return None;
    }
    let passes = work::counted(plan.release.len(), "pass", "passes");
    let message = format!("{} unknown to the site, and {passes} would be released", listed(&unknown, "is", "are"));
    Some(Failure::usage(message).hint("nothing was changed: correct the list, or add `--allow-unknown`"))
}

fn step(kind: Kind, item: Item) -> Step {
    let Item { name, outcome, state } = item;
    let detail = outcome.to_string();
    match outcome {
        plan::Outcome::Planned(user) => {
            let detail = match state {
                Some(state @ (AccountState::Inactive | AccountState::Blocked | AccountState::Removed)) => {
                    output::warn(format_args!("`{name}` is to get a pass, and the account is {}", state.name()));
                    format!("{detail}; the account is {}", state.name())
                }
                Some(AccountState::Active) | None => detail,
            };
            Step::planned(Action::Allocate { kind, user }, name, detail)
        }
        plan::Outcome::Held | plan::Outcome::Repeated => Step::settled(name, Outcome::Unchanged, detail),
        plan::Outcome::NoUser => Step::settled(name, Outcome::Failed, detail),
        plan::Outcome::Malformed => malformed(name),
    }
}

/// A name that cannot be read.
pub(super) fn malformed(name: String) -> Step {
    let hint = if name.contains(['\\', '/']) { "" } else { r"; quote it in shells of Unix: 'DIRECTORY\id'" };
    Step::settled(name, Outcome::Failed, format!("{}{hint}", plan::Outcome::Malformed))
}

/// Marks the allocations for which no pass is left: as failed in a dry run, and otherwise with a word in the question. What
/// is released before makes room, at least where the license does not reserve it for a while.
async fn mark_excess(client: &Client, kind: Kind, steps: &mut [Step], matches: &ArgMatches) {
    // Those who may allocate passes need not be able to read this.
    let Ok(overview) = client.get_access_type_overview().send().await else { return };
    let kind = match kind {
        Kind::Professional => capacity::Kind::Professional,
        Kind::Analyzer => capacity::Kind::Analyzer,
        Kind::User => capacity::Kind::User,
    };
    let rows = capacity::overview(&overview);
    let row = rows.iter().find(|row| row.kind == kind && row.unit == Unit::Passes);
    let Some(available) = row.and_then(|row| row.available).and_then(|left| usize::try_from(left.max(0)).ok()) else {
        return;
    };
    let releases = steps.iter().filter(|step| matches!(step.action, Action::Release { .. })).count();
    let left = available.saturating_add(releases);
    let allocations = steps.iter_mut().filter(|step| matches!(step.action, Action::Allocate { .. }));
    for step in allocations.skip(left) {
        step.detail = format!("does not fit: {} left", work::counted(left, "pass is", "passes are"));
        if matches.get_flag("dry-run") {
            step.outcome = Outcome::Failed;
        }
    }
}

/// The names, of which there has to be one.
pub(super) fn some(names: Vec<String>) -> Result<Vec<String>, Failure> {
    if names.is_empty() {
        return Err(Failure::usage("no user is named: name some, or a list by `--from FILE`"));
    }
    Ok(names)
}

/// Without a list of users, a user is an identifier.
pub(super) fn refuse_names_without_users(names: &[String], has_users: bool) -> Result<(), Failure> {
    if has_users || names.iter().all(|name| name.trim().parse::<uuid::Uuid>().is_ok()) {
        return Ok(());
    }
    Err(Failure::usage("this site does not list its users, so that none can be found by name").hint("give identifiers"))
}
