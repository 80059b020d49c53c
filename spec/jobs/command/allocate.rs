//! `qrs allocate` and `qrs sync`: passes for the users of a list.

use clap::{Arg, ArgMatches, Command};

use super::inputs::{self, given_names};
use super::options::{self, given_kind};
use super::release;
use super::step::{Action, Outcome, Step};
use super::work;
use crate::Client;
use crate::cli::failure::Failure;
use crate::cli::run::Context;
use crate::jobs::allocate::{self as plan, Item};
use crate::jobs::passes::Kind;
use crate::jobs::sync;

/// `qrs allocate`.
pub(super) fn command() -> Command {
    Command::new("allocate")
        .about("Gives users a pass each")
        .long_about(
            "Gives users a pass each. Users who have one keep it, so that the command can be repeated. A user who cannot get one \
             does not keep the others from theirs.",
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
    work::carry_out(context, items.into_iter().map(|item| step(kind, item)).collect(), matches).await
}

/// `qrs sync`.
pub(super) fn sync_command() -> Command {
    Command::new("sync")
        .about("Brings the passes of a kind into line with a list: who is on it has one, nobody else does")
        .arg(
            Arg::new("file").value_name("FILE").required(true).help(
                "The list, or CSV with a column `user`, or two `userDirectory` and `userId`; `-` is standard input",
            ),
        )
        .arg(options::kinds().required(true).help("The kind of passes"))
        .args(work::options())
}

/// Runs `qrs sync`.
pub(super) async fn run_sync(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let [kind] = options::given_kinds(matches)[..] else {
        return Err(Failure::usage("`--kind` is one kind: each has a list of its own"));
    };
    let file = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let names = inputs::of_file(&file)?;
    if names.is_empty() {
        // Nobody means that.
        return Err(Failure::usage("the list is empty: everybody would lose the pass"));
    }
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    refuse_names_without_users(&names, users.is_some())?;
    let steps = sync_steps(&client, kind, &names, &users.unwrap_or_default()).await?;
    work::carry_out(context, steps, matches).await
}

async fn sync_steps(
    client: &Client,
    kind: Kind,
    names: &[String],
    users: &[crate::types::User],
) -> Result<Vec<Step>, Failure> {
    let held = inputs::passes(client, kind).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = sync::plan(kind, &names, users, &held);
    // A name that cannot be read might be one whose pass would be released.
    if let Some(item) = plan.allocate.iter().find(|item| item.outcome == plan::Outcome::Malformed) {
        return Err(Failure::usage(format!("`{}` {}", item.name, item.outcome)));
    }
    // Releases make room.
    let mut steps: Vec<Step> = plan.release.iter().map(release::step).collect();
    steps.extend(plan.allocate.into_iter().map(|item| step(kind, item)));
    Ok(steps)
}

fn step(kind: Kind, item: Item) -> Step {
    let Item { name, outcome } = item;
    let detail = outcome.to_string();
    match outcome {
        plan::Outcome::Planned(user) => Step::planned(Action::Allocate { kind, user }, name, detail),
        plan::Outcome::Held | plan::Outcome::Repeated => Step::settled(name, Outcome::Unchanged, detail),
        plan::Outcome::NoUser | plan::Outcome::Malformed => {
            let hint = if name.contains(['\\', '/']) { "" } else { r"; quote it in shells of Unix: 'DIRECTORY\id'" };
            Step::settled(name, Outcome::Failed, format!("{detail}{hint}"))
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
