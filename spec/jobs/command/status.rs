//! `qrs status`: the license, for people and for monitoring.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::options;
use crate::capacity::Capacity;
use crate::cli::failure::{Code, Failure};
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::cli::table_output::printable;
use crate::jobs::status::{Finding, Level, Thresholds, findings, held, shown, worst};
use crate::license::LicenseEnd;
use crate::types::{AccessTypeOverview, License};

/// `qrs status`.
pub(super) fn command() -> Command {
    let age = |name: &'static str, default: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("AGE")
            .default_value(default)
            .value_parser(|text: &str| options::age(text))
            .help(help)
    };
    Command::new("status")
        .about("Shows the license: its end, and the capacity of each kind of access")
        .long_about(
            "Shows the license: its end, and the capacity of each kind of access. With --check it is a plugin for monitoring \
             (Nagios, Icinga, Checkmk): one line with performance data, a line for each finding, and the exit codes 0 OK, \
             1 WARNING, 2 CRITICAL, 3 UNKNOWN. A site that cannot be asked, an end that cannot be read, and wrong usage or \
             configuration are UNKNOWN.",
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["output", "fields", "out"])
                .help("Checks as a plugin for monitoring"),
        )
        .arg(age("warn", "30d", "Warns when the license ends within this time: `30d` or `30` (days), `4w` (weeks), `36h` (hours)"))
        .arg(age("crit", "7d", "Is critical when the license ends within this time"))
        .arg(
            Arg::new("min-available")
                .long("min-available")
                .value_name("NUMBER")
                .default_value("1")
                .value_parser(clap::value_parser!(i64))
                .help("Warns when no more than these of a kind are available; none is always critical"),
        )
        .args(output::options())
}

/// Runs `qrs status`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let thresholds = thresholds(matches);
    if thresholds.days < thresholds.critical_days {
        let Thresholds { days, critical_days, .. } = thresholds;
        return Err(Failure::usage(format!("`--warn` ({days} days) is below `--crit` ({critical_days} days)"))
            .hint("it would never warn"));
    }
    let state = read(context).await?;
    if matches.get_flag("check") {
        check(&state, thresholds)
    } else {
        show(&state, thresholds, &Output::of(matches).with_columns(COLUMNS))
    }
}

/// Reports a failure of `qrs status --check` as UNKNOWN, on standard output.
pub(super) fn plugin(arguments: &[OsString], message: &str) -> Option<ExitCode> {
    let has = |argument: &str| arguments.iter().any(|given| given == argument);
    if !has("status") || !has("--check") {
        return None;
    }
    let level = Level::Unknown;
    let _ = output::say(format_args!("QLIK {level} - {}", printable(message).replace('|', "/")));
    Some(ExitCode::from(level as u8))
}

struct State {
    license: Option<License>,
    overview: AccessTypeOverview,
}

async fn read(context: &Context<'_>) -> Result<State, Failure> {
    let client = context.client()?;
    let license = client.get_license().send().await?;
    let overview = client.get_access_type_overview().send().await?;
    Ok(State { license, overview })
}

fn thresholds(matches: &ArgMatches) -> Thresholds {
    let days = |name: &str| matches.get_one::<SignedDuration>(name).map_or(0, |age| age.as_hours().div_euclid(24));
    Thresholds {
        available: matches.get_one::<i64>("min-available").copied().unwrap_or(1),
        days: days("warn"),
        critical_days: days("crit"),
    }
}

/// The exit code of a level, without a word on standard error.
fn silent(level: Level) -> Failure {
    Failure::new(Code::Own(level as u8), "")
}

fn check(state: &State, thresholds: Thresholds) -> Result<(), Failure> {
    let now = Timestamp::now();
    let findings = findings(state.license.as_ref(), &state.overview, thresholds, now);
    let level = worst(&findings);
    let told: Vec<&str> =
        findings.iter().filter(|finding| finding.level == level).map(|finding| finding.text.as_str()).collect();
    let summary = printable(&told.join(", ")).replace('|', "/");
    output::say(format_args!("QLIK {level} - {summary} | {}", performance(state, thresholds, now)))?;
    for Finding { level, text } in &findings {
        output::say(format_args!("{level}: {}", printable(text).replace('|', "/")))?;
    }
    if level == Level::Ok { Ok(()) } else { Err(silent(level)) }
}

/// Performance data: `label=value;warn;crit;min;max`. Ranges with a colon are alerts below.
fn performance(state: &State, thresholds: Thresholds, now: Timestamp) -> String {
    let mut out = String::new();
    if let Some(days) = state.license.as_ref().and_then(|license| LicenseEnd::of(license).days_left(now)) {
        let _ = write!(out, "license_days={days};{}:;{}:", thresholds.days, thresholds.critical_days);
    }
    for row in held(&state.overview) {
        let label = row.kind.to_string().replace(' ', "_");
        let total = row.total.map(|total| total.to_string()).unwrap_or_default();
        if let Some(available) = row.available {
            let _ =
                write!(out, " {label}_available={available};{}:;1:;0;{total}", thresholds.available.saturating_add(1));
        }
        for (number, word) in [(row.used, "used"), (row.quarantined, "quarantined"), (row.excess, "excess")] {
            if let Some(number) = number {
                let _ = write!(out, " {label}_{word}={number};;;0;");
            }
        }
    }
    out.trim_start().to_owned()
}

/// The columns of the capacity.
const COLUMNS: &[&str] = &["kind", "unit", "total", "allocated", "used", "available", "quarantined", "excess"];

fn show(state: &State, thresholds: Thresholds, output: &Output) -> Result<(), Failure> {
    let now = Timestamp::now();
    let rows: Vec<Value> = held(&state.overview).map(|row| capacity(&row)).collect();
    let end = state.license.as_ref().map(LicenseEnd::of);
    let findings = findings(state.license.as_ref(), &state.overview, thresholds, now);
    match output.format_or(Format::Table) {
        Format::Table => {
            let mut text = heading(state.license.as_ref(), end, now) + "\n";
            if !rows.is_empty() {
                text = text + "\n" + &output.text(&Value::Array(rows), Format::Table)?;
            }
            let notable: Vec<&Finding> = findings.iter().filter(|finding| finding.level != Level::Ok).collect();
            if !notable.is_empty() {
                text.push('\n');
            }
            for Finding { level, text: finding } in notable {
                let _ = writeln!(text, "{level}: {}", printable(finding));
            }
            output.write_text(&text)?;
        }
        Format::Csv | Format::JsonLines => output.write(&Value::Array(rows))?,
        Format::Json => {
            let license = state.license.as_ref();
            output.write(&json!({
                "licensed": license.is_some(),
                "serial": license.and_then(|license| license.serial.clone()),
                "organization": license.and_then(|license| license.organization.clone()),
                "ends": end.map(shown),
                "daysLeft": end.and_then(|end| end.days_left(now)),
                "level": worst(&findings).to_string(),
                "capacity": rows,
                "findings": findings.iter().map(|finding| json!({
                    "level": finding.level.to_string(),
                    "text": finding.text,
                })).collect::<Vec<_>>(),
            }))?;
        }
    }
    Ok(())
}

fn heading(license: Option<&License>, end: Option<LicenseEnd>, now: Timestamp) -> String {
    let (Some(license), Some(end)) = (license, end) else { return "The site has no license.".to_owned() };
    let mut text = "License".to_owned();
    for word in [&license.serial, &license.name].into_iter().flatten().filter(|word| !word.is_empty()).take(1) {
        let _ = write!(text, " {}", printable(word));
    }
    if let Some(organization) = license.organization.as_deref().filter(|organization| !organization.is_empty()) {
        let _ = write!(text, " of {}", printable(organization));
    }
    let _ = write!(text, ", ends: {}", shown(end));
    if let Some(days) = end.days_left(now) {
        let _ = write!(text, " ({days} days left)");
    }
    text
}

fn capacity(row: &Capacity) -> Value {
    json!({
        "kind": row.kind.to_string(),
        "unit": row.unit.to_string(),
        "total": row.total,
        "allocated": row.allocated,
        "used": row.used,
        "available": row.available,
        "quarantined": row.quarantined,
        "excess": row.excess,
    })
}
