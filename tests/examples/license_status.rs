//! Reports capacity and expiry, for monitoring: `cargo run -p qrs-tests --example license_status -- --help`.

#[allow(dead_code, reason = "each example uses a part of the jobs")]
mod jobs;
mod site;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use jiff::Timestamp;

use jobs::status::{self, Finding, Level, Thresholds};
use site::Site;

/// Reports the end of the site's licence, and what is available of each kind: passes, tokens, minutes.
///
/// The exit code is that of a monitoring plugin: 0 all is well, 1 a warning, 2 critical, 3 unknown. The site is the one
/// that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// Warn when so few of a kind are available; none is critical.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    min_available: i64,
    /// Warn when the licence ends within so many days; when it has ended it is critical.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    min_days: i64,
    /// Writes CSV, a row for each kind, instead of findings. The exit code stays.
    #[arg(long)]
    csv: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let level = match run(&Args::parse()).await {
        Ok(level) => level,
        Err(error) => {
            println!("{}: {error}", Level::Unknown);
            Level::Unknown
        }
    };
    ExitCode::from(level as u8)
}

/// Prints the report, and returns the worst level. What is critical is worse than what is unknown.
async fn run(args: &Args) -> Result<Level, Box<dyn Error>> {
    let site = Site::connect().await?;
    let license = site.client.get_license().send().await?;
    let overview = site.client.get_access_type_overview().send().await?;
    let thresholds = Thresholds { available: args.min_available, days: args.min_days };
    let findings = status::findings(license.as_ref(), &overview, thresholds, Timestamp::now());
    if args.csv {
        print!("{}", status::report(license.as_ref(), &overview));
    } else {
        for Finding { level, text } in &findings {
            println!("{level}: {text}");
        }
    }
    let is_critical = findings.iter().any(|finding| finding.level == Level::Critical);
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Unknown);
    Ok(if is_critical { Level::Critical } else { worst })
}
