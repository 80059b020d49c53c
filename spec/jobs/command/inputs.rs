//! Names of users, from arguments and lists; and the users and passes of a site.

use clap::{Arg, ArgAction, ArgMatches};
use serde_json::Value;

use crate::cli::failure::{Code, Failure};
use crate::cli::input;
use crate::types::{AccessTypeAllocation, User};
use crate::{Client, Request as _};

use super::list;
use super::options::texts;
use crate::jobs::passes::Kind;

/// The arguments for names.
pub(super) fn names(help: &'static str) -> [Arg; 2] {
    [
        Arg::new("who").value_name("USER").action(ArgAction::Append).help(help).long_help(format!(
            "{help}: `DIRECTORY\\id` or an identifier. Shells of Unix want quotes around a `\\`, or a slash instead of it: \
             `CORP/ada`"
        )),
        Arg::new("from")
            .long("from")
            .value_name("FILE")
            .action(ArgAction::Append)
            .help("A list with a name in each line, or CSV; `-` is standard input")
            .long_help(
                "A list with a name in each line, or CSV with a column `user`, `id`, or two columns `userDirectory` and \
                 `userId`; `-` is standard input",
            ),
    ]
}

/// The names that were given.
pub(super) fn given_names(matches: &ArgMatches) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = texts(matches, "who").iter().map(|name| unquoted(name).to_owned()).collect();
    for file in texts(matches, "from") {
        names.extend(list::of_file(&file)?);
    }
    Ok(names)
}

/// A name without the quotes around it, which cmd passes on.
pub(super) fn unquoted(name: &str) -> &str {
    name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(name)
}

/// Names in a message, with the verb for one and for several: "`a` is", "`a`, `b` and 3 others are".
pub(super) fn listed(names: &[String], one: &str, several: &str) -> String {
    const MOST: usize = 10;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { one } else { several };
    match names.len().saturating_sub(MOST) {
        0 => format!("{} {verb}", shown.join(", ")),
        more => format!("{} and {more} more {verb}", shown.join(", ")),
    }
}

/// The users of a site; `None` if the site does not list them, as the contract's interface does not.
pub(super) async fn users(client: &Client) -> Result<Option<Vec<User>>, Failure> {
    match client.get_users_full().send_lenient().await {
        // A user that cannot be read is one that nobody can be told by.
        Ok(users) => Ok(Some(users.into_iter().filter_map(Result::ok).collect())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The passes of a kind; none where the site does not know the kind.
pub(super) async fn passes(client: &Client, kind: Kind) -> Result<Vec<AccessTypeAllocation>, Failure> {
    match kind.list(client, None).await {
        Ok(passes) => Ok(passes),
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Reads a file of JSON lines.
pub(super) fn json_lines(file: &str) -> Result<Vec<Value>, Failure> {
    let text = input::text(file)?;
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(value) => values.push(value),
            // The last line of a run that was killed may be half of one.
            Err(_) if index + 1 == text.lines().count() && !values.is_empty() => {}
            Err(_) => {
                let message = format!("{}: line {} is not JSON", input::shown(file), index + 1);
                return Err(Failure::new(Code::Usage, message));
            }
        }
    }
    Ok(values)
}
