//! `qrs report`: who holds which pass.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use super::inputs;
use super::options::{self, given_kinds};
use crate::DateTime;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::account::AccountState;
use crate::jobs::passes::{Kind, deleted_holder, holder};
use crate::repository::NEVER;
use crate::types::{AccessTypeAllocation, User};

/// `qrs report`.
pub(super) fn command() -> Command {
    Command::new("report")
        .about("Lists who holds a pass: with names, times, state and identifiers")
        .arg(options::kinds())
        .arg(Arg::new("directory").long("directory").value_name("DIRECTORY").help("Only users of this directory"))
        .arg(Arg::new("excess").long("excess").action(ArgAction::SetTrue).help("Only passes beyond the license"))
        .arg(
            Arg::new("sort")
                .long("sort")
                .value_name("FIELD")
                .default_value("user")
                .value_parser(["user", "name", "kind", "created", "lastUsed", "state"])
                .help("The field to sort by; times sort from the earliest"),
        )
        .args(output::options())
}

/// Runs `qrs report`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let client = context.client()?;
    let users = inputs::users(&client).await?.unwrap_or_default();
    let directory = matches.get_one::<String>("directory").map(|directory| directory.to_lowercase());
    let mut rows = Vec::new();
    for kind in given_kinds(matches) {
        for pass in inputs::passes(&client, kind).await? {
            let is_of = |directory: &String| {
                holder(&pass).is_some_and(|account| account.directory.to_lowercase() == *directory)
            };
            let is_wanted =
                directory.as_ref().is_none_or(is_of) && (!matches.get_flag("excess") || pass.excess == Some(true));
            if is_wanted {
                let id = pass.user.as_ref().and_then(|user| user.id);
                rows.push(row(kind, &pass, users.iter().find(|user| user.id.is_some() && user.id == id)));
            }
        }
    }
    let field = matches.get_one::<String>("sort").map_or("user", String::as_str);
    rows.sort_by_cached_key(|row| row.get(field).and_then(Value::as_str).unwrap_or_default().to_lowercase());
    let output = Output::of(matches).with_columns(COLUMNS);
    let format = output.format_or(Format::Table);
    let count = rows.len();
    if count > 0 || format != Format::Table {
        output.write_as(&Value::Array(rows), Format::Table)?;
    }
    if format == Format::Table {
        output::tell(format_args!("{count} passes"));
    }
    Ok(())
}

/// The columns of [`row`].
pub(super) const COLUMNS: &[&str] =
    &["kind", "user", "name", "created", "lastUsed", "state", "account", "excess", "passId", "userId"];

/// A pass as a row. What the site does not tell is `null`.
pub(super) fn row(kind: Kind, pass: &AccessTypeAllocation, user: Option<&User>) -> Value {
    let state = if pass.user.is_none() && deleted_holder(pass).is_some() {
        "user deleted".to_owned()
    } else if pass.quarantined == Some(true) {
        day(pass.quarantine_end).map_or_else(|| "quarantined".to_owned(), |end| format!("quarantined until {end}"))
    } else {
        "held".to_owned()
    };
    let account = user.map(|user| AccountState::of(user).name());
    json!({
        "kind": kind.name(),
        "user": holder(pass).map(|user| user.to_string()),
        "name": pass.user.as_ref().and_then(|user| user.name.clone()),
        "created": day(pass.created_date),
        "lastUsed": day(pass.last_used),
        "state": state,
        "account": account,
        "excess": pass.excess,
        "passId": pass.id,
        "userId": pass.user.as_ref().and_then(|user| user.id),
    })
}

/// The day of a time; nothing for one that stands for "never".
fn day(time: Option<DateTime>) -> Option<String> {
    time.filter(|time| *time > NEVER).map(|time| time.timestamp().strftime("%F").to_string())
}
