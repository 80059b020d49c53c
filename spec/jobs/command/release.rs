//! `qrs release` and `qrs excess`: passes of users who do not use them, or cannot, and those beyond the license.

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::allocate::some;
use super::inputs::{self, given_names};
use super::options::{self, given_kinds, texts};
use super::step::{Action, Outcome, Step};
use super::{report, work};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::account::Account;
use crate::jobs::passes::{Kind, deleted_holder, holder, in_excess, is_active};
use crate::jobs::release::{self as plan, Reason, Release, Spared};
use crate::types::{AccessTypeAllocation, User};

/// `qrs release`.
pub(super) fn command() -> Command {
    let several = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append).help_heading("Spared").help(help)
    };
    Command::new("release")
        .about("Releases passes of users who do not use them, who cannot, or who are named")
        .long_about(
            "Releases passes: of users who have not used theirs for a time (--inactive), who are deleted, removed from their \
             directory or disabled (--gone), or who are named. A pass whose use the site does not tell is never released for \
             not being used. Released passes of a serial license stay reserved for a while.",
        )
        .args(inputs::names("Users whose passes to release"))
        .arg(options::kinds())
        .arg(
            Arg::new("inactive")
                .long("inactive")
                .value_name("AGE")
                .value_parser(|text: &str| options::age(text))
                .help("Passes that were not used for so long, as `30d`; those never used count from their allocation"),
        )
        .arg(
            Arg::new("gone")
                .long("gone")
                .action(ArgAction::SetTrue)
                .help("Passes of users who are deleted, removed from their directory, or disabled"),
        )
        .arg(several("spare", "USER", "Spares this user; may be given several times"))
        .arg(several("spare-from", "FILE", "Spares the users of this list"))
        .arg(several("spare-directory", "DIRECTORY", "Spares the users of this directory"))
        .arg(several("spare-tag", "TAG", "Spares users with this tag"))
        .arg(several("spare-property", "NAME=VALUE", "Spares users with this value of a custom property"))
        .arg(
            Arg::new("plan")
                .long("plan")
                .value_name("FILE")
                .help("Writes the plan to this new file and changes nothing; `qrs apply FILE` carries it out later"),
        )
        .args(work::options())
}

/// Runs `qrs release`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let names = given_names(matches)?;
    let inactive = matches.get_one::<SignedDuration>("inactive").copied();
    if inactive.is_none() && !matches.get_flag("gone") {
        some(names.clone()).map_err(|failure| failure.hint("or say which by `--inactive 30d` or `--gone`"))?;
    }
    let spared = spared(matches)?;
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    if users.is_none() && !(spared.tags.is_empty() && spared.properties.is_empty()) {
        return Err(Failure::usage(
            "this site does not list its users, so that none is known by tag or custom property",
        ));
    }
    if users.is_none() && matches.get_flag("gone") {
        output::tell(format_args!(
            "note: this site does not list its users: those who are disabled or removed are unknown, deleted ones are not"
        ));
    }
    let users = users.unwrap_or_default();
    let mut steps = Vec::new();
    let mut found = Vec::new();
    for kind in given_kinds(matches) {
        let passes = inputs::passes(&client, kind).await?;
        steps.extend(
            idle(kind, &passes, &users, inactive, &spared)?
                .iter()
                .filter(|release| {
                    inactive.is_some() && release.reason.is_idle()
                        || matches.get_flag("gone") && !release.reason.is_idle()
                })
                .map(step),
        );
        for name in &names {
            if let Some(step) = named(kind, &passes, name) {
                found.push(name.clone());
                steps.push(step);
            }
        }
    }
    for name in names.iter().filter(|name| !found.contains(name)) {
        steps.push(Step::settled(name.clone(), Outcome::Unchanged, "holds no such pass"));
    }
    if let Some(file) = matches.get_one::<String>("plan") {
        work::write_plan(file, &steps)?;
        output::tell(format_args!("The plan is in `{file}`; nothing was changed. `qrs apply {file}` carries it out."));
        return Ok(());
    }
    work::carry_out(context, steps, matches).await
}

fn idle(
    kind: Kind,
    passes: &[AccessTypeAllocation],
    users: &[User],
    inactive: Option<SignedDuration>,
    spared: &Spared,
) -> Result<Vec<Release>, Failure> {
    let age = inactive.unwrap_or_default();
    let before = Timestamp::now().checked_sub(age).map_err(|_| Failure::usage("`--inactive` is before all time"))?;
    Ok(plan::plan(kind, passes, users, before, spared))
}

/// The step of a release.
pub(super) fn step(release: &Release) -> Step {
    let Release { kind, id, user, reason, since } = release;
    let unless_used_since = since.filter(|_| reason.is_idle());
    let action = Action::Release { kind: *kind, pass: *id, unless_used_since };
    let day = since.map(|since| since.strftime("%F"));
    let detail = match (reason, day) {
        (Reason::Unused, Some(day)) => format!("the pass was last used on {day}"),
        (Reason::NeverUsed, Some(day)) => format!("the pass was never used, and allocated on {day}"),
        _ => reason.to_string(),
    };
    Step::planned(action, user.clone(), detail)
}

/// The release of the pass that a named user holds.
fn named(kind: Kind, passes: &[AccessTypeAllocation], name: &str) -> Option<Step> {
    let id = name.trim().parse::<uuid::Uuid>().ok();
    let account = name.parse::<Account>().ok();
    let is_meant = |pass: &&AccessTypeAllocation| {
        let by_id = id.is_some() && (pass.user.as_ref().and_then(|user| user.id) == id || pass.id == id);
        let by_name = account.is_some() && holder(pass) == account;
        is_active(pass) && (by_id || by_name)
    };
    let pass = passes.iter().find(is_meant)?;
    let user = holder(pass).map_or_else(|| name.to_owned(), |user| user.to_string());
    let action = Action::Release { kind, pass: pass.id?, unless_used_since: None };
    Some(Step::planned(action, user, "is named"))
}

fn spared(matches: &ArgMatches) -> Result<Spared, Failure> {
    let mut names = texts(matches, "spare");
    for file in texts(matches, "spare-from") {
        names.extend(inputs::of_file(&file)?);
    }
    let account = |name: &String| inputs::unquoted(name).parse::<Account>().map_err(Failure::usage);
    let property = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::usage(format!("a custom property is given as `NAME=VALUE`, not `{text}`"))),
    };
    Ok(Spared {
        accounts: names.iter().map(account).collect::<Result<_, _>>()?,
        directories: texts(matches, "spare-directory"),
        tags: texts(matches, "spare-tag"),
        properties: texts(matches, "spare-property").iter().map(property).collect::<Result<_, _>>()?,
    })
}

/// `qrs excess`.
pub(super) fn excess_command() -> Command {
    Command::new("excess")
        .about("Lists the passes beyond what the license holds, and releases them with --release")
        .arg(options::kinds())
        .arg(Arg::new("release").long("release").action(ArgAction::SetTrue).help("Releases them"))
        .args(work::options())
}

/// Runs `qrs excess`.
pub(super) async fn run_excess(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let client = context.client()?;
    let mut rows: Vec<Value> = Vec::new();
    let mut steps = Vec::new();
    let (mut is_told, mut is_empty) = (false, true);
    for kind in given_kinds(matches) {
        let passes = inputs::passes(&client, kind).await?;
        is_told |= passes.iter().any(|pass| pass.excess.is_some());
        is_empty &= passes.is_empty();
        for pass in in_excess(&passes) {
            rows.push(report::row(kind, pass, None));
            let Some(id) = pass.id else { continue };
            let user =
                holder(pass).or_else(|| deleted_holder(pass)).map_or_else(|| id.to_string(), |user| user.to_string());
            let action = Action::Release { kind, pass: id, unless_used_since: None };
            steps.push(Step::planned(action, user, "is beyond the license"));
        }
    }
    let is_unknown = !is_told && !is_empty;
    if is_unknown {
        output::tell(format_args!("note: this site does not tell which passes are beyond the license"));
    }
    if matches.get_flag("release") {
        return work::carry_out(context, steps, matches).await;
    }
    let output = Output::of(matches);
    if rows.is_empty() && output.format_or(Format::Table) == Format::Table {
        return if is_unknown { Ok(()) } else { Ok(output::say("No pass is beyond the license.")?) };
    }
    Ok(output.write_as(&json!(rows), Format::Table)?)
}
