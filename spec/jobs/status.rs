//! Judges the state of a licence: its end, and its capacity by kind.

use std::fmt;

use crate::capacity::{self, Capacity, Kind, Unit};
use crate::license::LicenseEnd;
use crate::types::{AccessTypeOverview, License};
use jiff::Timestamp;

/// How bad a finding is, in the order of a monitoring plugin's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        })
    }
}

/// A level and the reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    pub(crate) text: String,
}

/// The kinds of access that the licence holds.
pub(crate) fn held(overview: &AccessTypeOverview) -> impl Iterator<Item = Capacity> {
    let rows = capacity::overview(overview).into_iter();
    rows.filter(|row| row.enabled != Some(false) && row.total.unwrap_or(1) != 0)
}

/// The thresholds of warnings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thresholds {
    /// So few that are available are a warning; none are critical.
    pub(crate) available: i64,
    /// Fewer days that are left are a warning.
    pub(crate) days: i64,
    /// Fewer days that are left are critical; an end that has passed always is.
    pub(crate) critical_days: i64,
}

/// The state of a licence, worst or not: one finding for its validity, one for each kind.
pub(crate) fn findings(
    license: Option<&License>,
    overview: &AccessTypeOverview,
    thresholds: Thresholds,
    now: Timestamp,
) -> Vec<Finding> {
    let Some(license) = license else {
        return vec![Finding { level: Level::Critical, text: "the site has no license".to_owned() }];
    };
    let mut findings = vec![validity(license, thresholds, now)];
    // User and login access are paid with tokens: how many are left, their own row says.
    let is_paid = |row: &Capacity| row.unit == Unit::Tokens && row.kind != Kind::Tokens;
    findings.extend(held(overview).filter(|row| !is_paid(row)).map(|row| finding(&row, thresholds)));
    findings
}

fn validity(license: &License, thresholds: Thresholds, now: Timestamp) -> Finding {
    let serial = license.serial.as_deref().filter(|serial| !serial.is_empty()).unwrap_or("without a number");
    let reason = license.expired_reason.as_deref().filter(|reason| !reason.is_empty()).unwrap_or("no reason is given");
    let (level, state) = if license.is_blacklisted == Some(true) || license.is_invalid == Some(true) {
        (Level::Critical, "is not valid".to_owned())
    } else if license.is_expired == Some(true) {
        (Level::Critical, format!("has expired: {reason}"))
    } else {
        let end = LicenseEnd::of(license);
        let level = match end.days_left(now) {
            None if end.is_unknown() => Level::Unknown,
            Some(..=-1) => Level::Critical,
            Some(left) if left < thresholds.critical_days => Level::Critical,
            Some(left) if left < thresholds.days => Level::Warning,
            _ => Level::Ok,
        };
        (level, format!("ends: {}", shown(end)))
    };
    Finding { level, text: format!("license {serial} {state}") }
}

fn finding(capacity: &Capacity, thresholds: Thresholds) -> Finding {
    let Capacity { kind, unit, total, available, quarantined, excess, .. } = capacity;
    let level = match (available, excess) {
        (_, Some(1..)) | (Some(..=0), _) => Level::Critical,
        (None, _) => Level::Unknown,
        (Some(few), _) if *few <= thresholds.available => Level::Warning,
        _ => Level::Ok,
    };
    let number = |number: &Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let what = if kind.to_string() == unit.to_string() { kind.to_string() } else { format!("{kind} {unit}") };
    let mut text = format!("{} of {} {what} are available", number(available), number(total));
    for (count, place) in [(quarantined, "in quarantine"), (excess, "in excess")] {
        if let Some(count @ 1..) = count {
            text = format!("{text}, {count} {place}");
        }
    }
    Finding { level, text }
}

/// The last day of a licence.
pub(crate) fn shown(end: LicenseEnd) -> String {
    match end {
        LicenseEnd::At(end) => end.strftime("%F").to_string(),
        LicenseEnd::Through(day) => day.to_string(),
        LicenseEnd::Never => "never".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The worst level. What is critical is worse than what is unknown.
pub(crate) fn worst(findings: &[Finding]) -> Level {
    if findings.iter().any(|finding| finding.level == Level::Critical) {
        return Level::Critical;
    }
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Unknown)
}
