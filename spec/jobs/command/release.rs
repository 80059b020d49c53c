//! `qrs release` and `qrs excess`: passes of users who do not use them, or cannot, and those beyond the license.

use std::collections::{HashMap, HashSet};

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::allocate::{malformed, some};
use super::inputs::{self, given_names};
use super::options::{self, given_kinds};
use super::step::{Action, Outcome, Step};
use super::{report, spared, step_file, work};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::account::Account;
use crate::jobs::passes::{Kind, deleted_holder, holder, in_excess};
use crate::jobs::release::{Conditions, Decision, Reason, Release, Spared, decide, plan};
use crate::types::{AccessTypeAllocation, User};

/// `qrs release`.
pub(super) fn command() -> Command {
    Command::new("release")
        .about("Releases passes of users who do not use them, who cannot, or who are named")
        .long_about(
            "Releases passes: of users who have not used theirs for a time (--inactive), who are deleted, removed from their \
             directory, inactive or blocked (--gone), or who are named. With names and a condition, only those of the named \
             users lose their passes who fulfil the condition. A pass whose use the site does not tell is never released for \
             not being used. A user who is spared keeps the pass always. Released passes of a serial license stay reserved \
             for a while.",
        )
        .args(inputs::names("Users whose passes to release"))
        .arg(options::kinds())
        .arg(
            Arg::new("inactive")
                .long("inactive")
                .value_name("AGE")
                .value_parser(|text: &str| options::age(text))
                .help("Passes that were not used for so long: `30d`, `4w`, `36h`; those never used count from their allocation")
                .long_help(
                    "Passes that were not used for so long: `30d` or `30` (days), `4w` (weeks), `36h` (hours). Those never \
                     used count from their allocation. With names, only passes of the named users",
                ),
        )
        .arg(
            Arg::new("gone")
                .long("gone")
                .action(ArgAction::SetTrue)
                .help("Passes of users who are deleted, removed from their directory, inactive or blocked"),
        )
        .args(spared::options())
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
    let age = matches.get_one::<SignedDuration>("inactive").copied();
    let conditions = Conditions { unused_since: before(age)?, gone: matches.get_flag("gone") };
    if age.is_none() && !conditions.gone {
        some(names.clone()).map_err(|failure| failure.hint("or say which by `--inactive 30d` or `--gone`"))?;
    }
    let spared = spared::given(matches)?;
    let client = context.client()?;
    let users = inputs::users(&client).await?;
    if users.is_none() && !(spared.tags.is_empty() && spared.properties.is_empty()) {
        return Err(Failure::usage(
            "this site does not list its users, so that none is known by tag or custom property",
        ));
    }
    if users.is_none() && conditions.gone {
        output::tell(
            "note: this site does not list its users: those who are inactive, blocked or removed are unknown, deleted ones \
             are not",
        );
    }
    let mut passes = Vec::new();
    for kind in given_kinds(matches) {
        passes.push((kind, inputs::passes(&client, kind).await?));
    }
    let all: Vec<&AccessTypeAllocation> = passes.iter().flat_map(|(_, passes)| passes).collect();
    spared::check(&spared, users.as_deref(), &all)?;
    let site = Found::new(&passes, users.as_deref(), conditions, &spared);
    let steps = if names.is_empty() { site.unnamed() } else { site.named(&names) };
    if let Some(file) = matches.get_one::<String>("plan") {
        step_file::write_plan(file, client.shared().base.as_str(), &steps)?;
        let items = work::counted(steps.len(), "item", "items");
        output::tell(format_args!(
            "The plan of {items} is in `{file}`; nothing was changed. `qrs apply {file}` carries it out."
        ));
        for step in steps.iter().filter(|step| step.outcome == Outcome::Failed) {
            output::warn(format_args!("`{}` {}", step.subject, step.detail));
        }
        return work::verdict(&steps, None);
    }
    work::carry_out(context, steps, matches).await
}

/// The time that lies so far back.
fn before(age: Option<SignedDuration>) -> Result<Option<Timestamp>, Failure> {
    let before = |age| Timestamp::now().checked_sub(age).map_err(|_| Failure::usage("`--inactive` is before all time"));
    age.map(before).transpose()
}

/// The passes and users of a site, with what is to be released of them.
struct Found<'a> {
    passes: &'a [(Kind, Vec<AccessTypeAllocation>)],
    users: Option<&'a [User]>,
    conditions: Conditions,
    spared: &'a Spared,
    users_by_id: HashMap<Uuid, &'a User>,
    accounts: HashSet<Account>,
    passes_by_account: HashMap<Account, Vec<KindAndPass<'a>>>,
    /// By the identifier of the user, and by its own.
    passes_by_id: HashMap<Uuid, Vec<KindAndPass<'a>>>,
}

type KindAndPass<'a> = (Kind, &'a AccessTypeAllocation);

impl<'a> Found<'a> {
    fn new(
        passes: &'a [(Kind, Vec<AccessTypeAllocation>)],
        users: Option<&'a [User]>,
        conditions: Conditions,
        spared: &'a Spared,
    ) -> Self {
        let listed = users.unwrap_or_default();
        let mut passes_by_account: HashMap<Account, Vec<KindAndPass<'_>>> = HashMap::new();
        let mut passes_by_id: HashMap<Uuid, Vec<KindAndPass<'_>>> = HashMap::new();
        for (kind, passes) in passes {
            for pass in passes {
                if let Some(account) = holder(pass) {
                    passes_by_account.entry(account).or_default().push((*kind, pass));
                }
                let user = pass.user.as_ref().and_then(|user| user.id);
                for id in user.into_iter().chain(pass.id.filter(|id| user != Some(*id))) {
                    passes_by_id.entry(id).or_default().push((*kind, pass));
                }
            }
        }
        Self {
            passes,
            users,
            conditions,
            spared,
            users_by_id: listed.iter().filter_map(|user| Some((user.id?, user))).collect(),
            accounts: listed.iter().map(|user| Account::new(&user.user_directory, &user.user_id)).collect(),
            passes_by_account,
            passes_by_id,
        }
    }

    /// The releases of all passes that fulfil a condition.
    fn unnamed(&self) -> Vec<Step> {
        let users = self.users.unwrap_or_default();
        let plan = |(kind, passes): &(Kind, Vec<AccessTypeAllocation>)| {
            plan(*kind, passes, users, self.conditions, self.spared)
        };
        self.passes.iter().flat_map(plan).map(|release| step(&release)).collect()
    }

    /// The releases of passes of named users, who may be named by identifiers, too.
    fn named(&self, names: &[String]) -> Vec<Step> {
        let mut seen = HashSet::new();
        names.iter().flat_map(|name| self.of_name(name, &mut seen)).collect()
    }

    fn of_name(&self, name: &str, seen: &mut HashSet<Uuid>) -> Vec<Step> {
        let id = name.trim().parse::<Uuid>().ok();
        let account = name.parse::<Account>().ok();
        if id.is_none() && account.is_none() {
            return vec![malformed(name.to_owned())];
        }
        // No identifier has the form of an account.
        let by_id = id.and_then(|id| self.passes_by_id.get(&id));
        let by_account = account.as_ref().and_then(|account| self.passes_by_account.get(account));
        let (mut steps, mut is_repeated) = (Vec::new(), false);
        for (kind, pass) in by_id.or(by_account).into_iter().flatten() {
            let Some(decision) = decide(*kind, pass, self.user(pass), self.conditions, self.spared) else { continue };
            if pass.id.is_some_and(|id| !seen.insert(id)) {
                is_repeated = true;
            } else {
                steps.push(named_step(*kind, name, &decision, self.conditions));
            }
        }
        if steps.is_empty() {
            let detail = if is_repeated { "is named twice" } else { self.absence(account.as_ref()) };
            steps.push(Step::settled(name.to_owned(), Outcome::Unchanged, detail));
        }
        steps
    }

    fn user(&self, pass: &AccessTypeAllocation) -> Option<&User> {
        self.users_by_id.get(&pass.user.as_ref()?.id?).copied()
    }

    /// Why nothing is found for a name. An identifier has no account: it may be that of a pass.
    fn absence(&self, account: Option<&Account>) -> &'static str {
        match account {
            Some(account) if self.users.is_some() && !self.accounts.contains(account) => {
                "is unknown to the site, and holds no pass"
            }
            _ => "holds no such pass",
        }
    }
}

fn named_step(kind: Kind, name: &str, decision: &Decision, conditions: Conditions) -> Step {
    let kept = |detail: &str| Step::settled(name.to_owned(), Outcome::Unchanged, format!("{kind}: {detail}"));
    match decision {
        Decision::Release(release) => step(release),
        Decision::Spared => kept("is spared"),
        Decision::Kept if conditions.unused_since.is_none() => kept("the user is not gone"),
        Decision::Kept if conditions.gone => kept("the pass is in use, and the user is not gone"),
        Decision::Kept => kept("the pass was used, or nobody knows"),
    }
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
        output::tell("note: this site does not tell which passes are beyond the license");
    }
    if matches.get_flag("release") {
        return work::carry_out(context, steps, matches).await;
    }
    let output = Output::of(matches).with_columns(report::COLUMNS);
    if rows.is_empty() && output.format_or(Format::Table) == Format::Table {
        return if is_unknown { Ok(()) } else { Ok(output::say("No pass is beyond the license.")?) };
    }
    Ok(output.write_as(&json!(rows), Format::Table)?)
}
