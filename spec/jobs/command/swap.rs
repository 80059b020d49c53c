//! `qrs swap`: passes of one kind for passes of another.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::allocate::{malformed, some};
use super::inputs::{self, given_names};
use super::options::{self, given_kind};
use super::step::{Action, Outcome, Step};
use super::work;
use crate::cli::failure::Failure;
use crate::cli::run::Context;
use crate::jobs::allocate as plan;
use crate::jobs::passes::holder;
use crate::jobs::swap::Gap;
use crate::types::{AccessTypeAllocation, User};

/// `qrs swap`.
pub(super) fn command() -> Command {
    Command::new("swap")
        .about("Swaps the passes of users for passes of another kind")
        .long_about(
            "Swaps the passes of users for passes of another kind. The new pass is allocated before the old one is released. \
             Where the site gives no second pass, the user keeps the old one, unless a gap is allowed.",
        )
        .arg(options::kind("old").value_name("FROM").help("The kind that they hold"))
        .arg(options::kind("new").value_name("TO").help("The kind that they get"))
        .args(inputs::names("Users to swap passes of"))
        .arg(
            Arg::new("allow-gap")
                .long("allow-gap")
                .action(ArgAction::SetTrue)
                .help("Releases the old pass first where there is no other way: the user is without one for a moment"),
        )
        .args(work::options())
}

/// Runs `qrs swap`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let kinds = [given_kind(matches, "old")?, given_kind(matches, "new")?];
    if kinds[0] == kinds[1] {
        return Err(Failure::usage("both kinds are the same"));
    }
    let names = some(given_names(matches)?)?;
    let gap = if matches.get_flag("allow-gap") { Gap::Allowed } else { Gap::Refused };
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    let held = inputs::passes(&client, kinds[0]).await?;
    // Where the site does not list its users, the holders of passes are known by theirs.
    let are_listed = users.is_some();
    let users = users.unwrap_or_else(|| holders(&held));
    // With no pass held, each name that is known is planned.
    let items = plan::plan(names.iter().map(String::as_str), &users, &[]);
    let holds = |user| held.iter().any(|pass| pass.user.as_ref().and_then(|user| user.id) == Some(user));
    let step = |item: plan::Item| match item.outcome {
        plan::Outcome::Planned(user) if holds(user) => {
            Step::planned(Action::Swap { kinds, user, gap }, item.name, "is to be swapped")
        }
        plan::Outcome::NoUser if !are_listed => Step::settled(item.name, Outcome::Unchanged, "holds no pass to swap"),
        plan::Outcome::Planned(_) => Step::settled(item.name, Outcome::Unchanged, "holds no pass to swap"),
        plan::Outcome::Held | plan::Outcome::Repeated => {
            Step::settled(item.name, Outcome::Unchanged, item.outcome.to_string())
        }
        plan::Outcome::NoUser => Step::settled(item.name, Outcome::Failed, item.outcome.to_string()),
        plan::Outcome::Malformed => malformed(item.name),
    };
    work::carry_out(context, items.into_iter().map(step).collect(), matches).await
}

/// The users who hold passes.
fn holders(passes: &[AccessTypeAllocation]) -> Vec<User> {
    let user = |pass: &AccessTypeAllocation| {
        let account = holder(pass)?;
        Some(User::new(account.directory, account.id).id(pass.user.as_ref()?.id?))
    };
    passes.iter().filter_map(user).collect()
}
