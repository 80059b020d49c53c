//! Options that several subcommands have, and the values that they take.

use clap::{Arg, ArgAction, ArgMatches};
use jiff::SignedDuration;

use crate::cli::failure::Failure;
use crate::jobs::passes::Kind;

/// The option for kinds of passes, of which there may be several.
pub(super) fn kinds() -> Arg {
    let names = Kind::ALL.map(Kind::name);
    Arg::new("kind")
        .long("kind")
        .short('k')
        .value_name("KINDS")
        .value_delimiter(',')
        .action(ArgAction::Append)
        .value_parser(names)
        .help("The kinds of passes, separated by commas; without it, all that the license has")
}

/// The argument for one kind.
pub(super) fn kind(name: &'static str) -> Arg {
    Arg::new(name).value_name("KIND").required(true).value_parser(Kind::ALL.map(Kind::name)).help("The kind of passes")
}

/// The kinds that were given; all without any.
pub(super) fn given_kinds(matches: &ArgMatches) -> Vec<Kind> {
    let given: Vec<Kind> =
        matches.get_many::<String>("kind").into_iter().flatten().filter_map(|name| Kind::named(name)).collect();
    if given.is_empty() { Kind::ALL.to_vec() } else { given }
}

/// The kind that was given.
pub(super) fn given_kind(matches: &ArgMatches, name: &str) -> Result<Kind, Failure> {
    let kind = matches.get_one::<String>(name).and_then(|name| Kind::named(name));
    kind.ok_or_else(|| Failure::usage(format!("the kind `{name}` is missing")))
}

/// The texts of an option that may be given several times.
pub(super) fn texts(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
}

/// A time in days, weeks or hours, as `30d`, `4w` or `36h`; a number alone is days.
pub(super) fn age(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no age: write days as `30d` or `30`, weeks as `4w`, hours as `36h`");
    let units = [('d', 24), ('w', 7 * 24), ('h', 1)];
    let unit = units.into_iter().find_map(|(unit, hours)| Some((text.strip_suffix(unit)?, hours)));
    let (number, hours) = unit.unwrap_or((text, 24));
    let number: i64 = number.parse().map_err(|_| wrong())?;
    // A thousand years.
    if !(0..=365_000).contains(&number) {
        return Err(wrong());
    }
    Ok(SignedDuration::from_hours(number * hours))
}
