//! Reports capacity and expiry, for monitoring: `cargo run -p qrs-tests --example license_status -- --help`.

mod site;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use qrs_generated::repository::NEVER;
use qrs_generated::types::{AccessTypeOverview, AccessTypeSummary, License};

use site::Site;

/// Tells the capacity and the expiry of the site's licence.
///
/// The exit code is that of a monitoring plugin: 0 all is well, 1 a warning, 2 critical, 3 the site could not be asked.
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// Warn when so few passes of a kind are left; at none it is critical.
    #[arg(long, value_name = "PASSES", default_value_t = 1)]
    min_available: i64,
    /// Warn when the licence ends within so many days; when it has ended it is critical.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    min_days: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Ok,
    Warning,
    Critical,
    Unknown,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let status = match check(&args).await {
        Ok(findings) => {
            for (status, text) in &findings {
                println!("{}: {text}", status.name());
            }
            findings.iter().map(|(status, _)| *status).max().unwrap_or(Status::Unknown)
        }
        Err(error) => {
            println!("UNKNOWN: {error}");
            Status::Unknown
        }
    };
    ExitCode::from(status as u8)
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

async fn check(args: &Args) -> Result<Vec<(Status, String)>, Box<dyn Error>> {
    let site = Site::connect().await?;
    let Some(license) = site.client.get_license().send().await? else {
        return Ok(vec![(Status::Critical, "the site has no licence".to_owned())]);
    };
    let mut findings = vec![validity(&license, args, Timestamp::now())];
    let overview = site.client.get_access_type_overview().send().await?;
    findings.extend(capacity(&overview, args));
    Ok(findings)
}

fn validity(license: &License, args: &Args, now: Timestamp) -> (Status, String) {
    let serial = license.serial.as_deref().unwrap_or("without a number");
    let reason = license.expired_reason.as_deref().filter(|reason| !reason.is_empty()).unwrap_or("no reason is given");
    if license.is_blacklisted == Some(true) || license.is_invalid == Some(true) {
        return (Status::Critical, format!("licence {serial} is not valid"));
    }
    if license.is_expired == Some(true) {
        return (Status::Critical, format!("licence {serial} has expired: {reason}"));
    }
    match license.timelimited {
        // A licence that does not tell its end may have one all the same.
        None => (Status::Unknown, format!("licence {serial} does not tell its end")),
        Some(end) if end <= NEVER => (Status::Ok, format!("licence {serial} has no end")),
        Some(end) if end <= now => (Status::Critical, format!("licence {serial} ended on {}", end.strftime("%F"))),
        Some(end) => {
            let soon = now.duration_until(end) < SignedDuration::from_hours(args.min_days.saturating_mul(24));
            let status = if soon { Status::Warning } else { Status::Ok };
            (status, format!("licence {serial} ends on {}", end.strftime("%F")))
        }
    }
}

fn capacity(overview: &AccessTypeOverview, args: &Args) -> Vec<(Status, String)> {
    let kinds = [("professional", &overview.professional), ("analyzer", &overview.analyzer)];
    let told = kinds.into_iter().filter_map(|(kind, summary)| Some((kind, summary.as_ref()?)));
    told.filter_map(|(kind, summary)| left(kind, summary, args)).collect()
}

fn left(kind: &str, summary: &AccessTypeSummary, args: &Args) -> Option<(Status, String)> {
    let (total, available) = (summary.total?, summary.available?);
    if total == 0 {
        return None;
    }
    let excess = summary.excess.unwrap_or_default();
    let status = match available {
        left if left <= 0 || excess > 0 => Status::Critical,
        few if few <= args.min_available => Status::Warning,
        _ => Status::Ok,
    };
    let quarantined = summary.quarantined.unwrap_or_default();
    let text = format!(
        "{available} of {total} {kind} passes are available, {quarantined} are in quarantine, {excess} in excess"
    );
    Some((status, text))
}
