//! Takes back passes that nobody uses: `cargo run -p qrs-tests --example release_inactive -- --help`.

mod site;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use qrs_generated::repository::NEVER;
use qrs_generated::types::AccessTypeAllocation;
use qrs_generated::{Client, send_all};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use site::Site;

/// Takes back the professional passes of users who were not seen for some time.
///
/// Without --apply nothing is changed: the plan is written as JSON, to be read or kept. With --apply it is carried out;
/// a plan that was read over before is carried out by --from.
///
/// The exit code is 1 if a pass of the plan could not be taken back. The site is the one that the QRS_* variables name;
/// without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// A pass is inactive when it was last used so many days ago; one that never was, when it was given so long ago.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u32,
    /// A user who keeps the pass whatever happens, as `DIRECTORY\id`. Case does not matter.
    #[arg(long, value_name = "USER")]
    protect: Vec<String>,
    /// Where the plan is written; without it, to standard output.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Carries out the plan of this file, and makes none. A pass that was used since is left alone. Implies --apply.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plan", "protect", "days"])]
    from: Option<PathBuf>,
    /// Carries out the plan.
    #[arg(long)]
    apply: bool,
}

/// A pass to take back, and why.
#[derive(Serialize, Deserialize)]
struct Release {
    id: Uuid,
    user: String,
    reason: Reason,
    /// When the pass was last used, or given if it never was.
    since: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    Unused,
    NeverUsed,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<ExitCode, Box<dyn Error>> {
    let site = Site::connect().await?;
    let plan = if let Some(file) = &args.from {
        still_inactive(&site.client, read(file)?).await?
    } else {
        let plan = plan(&site.client, &args).await?;
        let text = serde_json::to_string_pretty(&plan)? + "\n";
        match &args.plan {
            Some(file) => fs::write(file, text)?,
            None => io::stdout().write_all(text.as_bytes())?,
        }
        plan
    };
    if !args.apply && args.from.is_none() {
        eprintln!("{} passes would be taken back; nothing was changed (--apply).", plan.len());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(apply(&site.client, &plan).await)
}

async fn plan(client: &Client, args: &Args) -> Result<Vec<Release>, Box<dyn Error>> {
    if let Some(name) = args.protect.iter().find(|name| !name.contains('\\')) {
        return Err(format!("--protect {name}: a user is named as `DIRECTORY\\id`").into());
    }
    let age = SignedDuration::from_hours(24 * i64::from(args.days));
    let before = Timestamp::now().checked_sub(age).map_err(|_| format!("--days {}: before all time", args.days))?;
    // The short list does not say when a pass was used.
    let passes = client.get_professional_access_types_full().send().await?;
    Ok(passes.iter().filter_map(|pass| release(pass, before, &args.protect)).collect())
}

fn read(file: &Path) -> Result<Vec<Release>, Box<dyn Error>> {
    let failed = |error: &dyn Error| format!("{}: {error}", file.display());
    let text = fs::read(file).map_err(|error| failed(&error))?;
    Ok(serde_json::from_slice(&text).map_err(|error| failed(&error))?)
}

/// What is left of a plan that was made some time ago.
async fn still_inactive(client: &Client, mut plan: Vec<Release>) -> Result<Vec<Release>, Box<dyn Error>> {
    let passes = client.get_professional_access_types_full().send().await?;
    plan.retain(|release| {
        let used = passes.iter().find(|pass| pass.id == Some(release.id)).and_then(|pass| pass.last_used);
        let since_then = used.is_some_and(|used| used > release.since);
        if since_then {
            eprintln!("{}: was used again, and keeps the pass", release.user);
        }
        !since_then
    });
    Ok(plan)
}

/// What is to be done about a pass, if anything. In doubt, a pass stays where it is.
fn release(pass: &AccessTypeAllocation, before: Timestamp, protected: &[String]) -> Option<Release> {
    let holder = pass.user.as_ref()?;
    let user = format!("{}\\{}", holder.user_directory.as_deref()?, holder.user_id.as_deref()?);
    let keeps = protected.iter().any(|name| name.to_lowercase() == user.to_lowercase());
    if keeps || pass.quarantined == Some(true) {
        return None;
    }
    // A pass of which the site does not say when it was used is no pass that was never used.
    let (reason, since) = match pass.last_used? {
        last if last > NEVER => (Reason::Unused, last),
        _ => (Reason::NeverUsed, pass.created_date?),
    };
    (since < before).then_some(Release { id: pass.id?, user, reason, since })
}

async fn apply(client: &Client, plan: &[Release]) -> ExitCode {
    let mut failed = 0;
    let mut done = 0;
    let mut all = send_all(plan.iter().map(|release| client.delete_professional_access_type(release.id)));
    while let Some((index, outcome)) = all.next().await {
        done += 1;
        let user = plan.get(index).map_or("?", |release| release.user.as_str());
        match outcome {
            Ok(()) => eprintln!("[{done}/{}] {user}: taken back", plan.len()),
            Err(error) if error.is_not_found() => eprintln!("[{done}/{}] {user}: was taken back before", plan.len()),
            Err(error) => {
                failed += 1;
                eprintln!("[{done}/{}] {user}: {error}", plan.len());
                if error.is_unauthorized() {
                    eprintln!("The credentials are not accepted: the rest of the plan is not begun.");
                    all.stop();
                }
            }
        }
    }
    eprintln!("{} of {} passes were taken back.", done - failed, plan.len());
    if failed == 0 && done == plan.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
