//! Names of users, from arguments, lists and CSV; and the users and passes of a site.

use clap::{Arg, ArgAction, ArgMatches};
use serde_json::Value;

use crate::cli::failure::{Code, Failure};
use crate::cli::input;
use crate::cli::table_output::csv_records;
use crate::types::{AccessTypeAllocation, User};
use crate::{Client, Request as _};

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
        names.extend(of_file(&file)?);
    }
    Ok(names)
}

/// A name without the quotes around it, which cmd passes on.
pub(super) fn unquoted(name: &str) -> &str {
    name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(name)
}

/// The names in a file.
pub(super) fn of_file(file: &str) -> Result<Vec<String>, Failure> {
    Ok(of_text(&input::text(file)?))
}

fn of_text(text: &str) -> Vec<String> {
    let mut records = csv_records(text);
    records.retain(|record| !record.first().is_some_and(|first| first.trim_start().starts_with('#')));
    // The first of these names that a column has.
    let column = |heading: &[String], names: &[&str]| {
        let plain = |cell: &String| cell.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        names.iter().find_map(|name| heading.iter().position(|cell| plain(cell) == *name))
    };
    let Some(heading) = records.first().cloned() else { return Vec::new() };
    let cell = |record: &[String], at: usize| record.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    let directory = column(&heading, &["userdirectory", "directory", "domain"]);
    let id = column(&heading, &["userid", "samaccountname"]);
    let whole = column(&heading, &["user", "account", "guid", "id", "name"]);
    let rows = records.iter().map(Vec::as_slice).skip(1);
    let names: Vec<String> = match (directory, id, whole) {
        (Some(directory), Some(id), _) => {
            rows.map(|row| format!(r"{}\{}", cell(row, directory), cell(row, id))).collect()
        }
        (_, _, Some(whole)) => rows.map(|row| cell(row, whole)).collect(),
        _ => text.lines().map(of_line).collect(),
    };
    names.into_iter().filter(|name| !name.is_empty() && name != "\\").collect()
}

/// The name in a line of a list without headings: a name, or a directory and an id.
fn of_line(line: &str) -> String {
    let line = line.trim();
    if line.starts_with('#') {
        return String::new();
    }
    // The name of a directory may have a semicolon.
    let separators: &[char] = if line.contains('\\') { &[',', '\t'] } else { &[',', ';', '\t'] };
    let mut cells = line.split(separators).map(|cell| cell.trim().trim_matches('"'));
    match (cells.next(), cells.next()) {
        (Some(directory), Some(id)) if !directory.contains(['\\', '/']) && directory.parse::<uuid::Uuid>().is_err() => {
            format!(r"{directory}\{id}")
        }
        (first, _) => first.unwrap_or_default().to_owned(),
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
