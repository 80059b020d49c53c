//! Releases passes that nobody uses: `cargo run -p qrs-tests --example release_inactive -- --help`.

#[allow(dead_code, reason = "each example uses a part of the jobs")]
mod jobs;
mod site;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use qrs_generated::Client;
use qrs_generated::types::{AccessTypeAllocation, User};

use jobs::account::Account;
use jobs::passes::Kind;
use jobs::release::{self, Release, Spared};
use site::Site;

/// Releases the passes of users who were not seen for some time, or who cannot come any more: inactive accounts, users
/// removed from their directory, deleted users.
///
/// Without --apply nothing is changed: the plan is written as JSON, to be read or kept. With --apply it is carried out;
/// a plan that was read over before is carried out by --from.
///
/// The exit code is 1 if a pass of the plan could not be released. The site is the one that the QRS_* variables name;
/// without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// A pass is inactive when it was last used so many days ago; one that never was, when it was allocated so long ago.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u32,
    /// The kind of passes; may be given more than once.
    #[arg(long, value_enum, default_values_t = [Kind::Professional, Kind::Analyzer])]
    kind: Vec<Kind>,
    /// A user who keeps the pass whatever happens, as `DIRECTORY\id`. Case does not matter.
    #[arg(long, value_name = "USER")]
    protect: Vec<Account>,
    /// A directory whose users keep their passes.
    #[arg(long, value_name = "DIRECTORY")]
    protect_directory: Vec<String>,
    /// A tag whose users keep their passes.
    #[arg(long, value_name = "TAG")]
    protect_tag: Vec<String>,
    /// A custom property whose users keep their passes, as `NAME=VALUE`.
    #[arg(long, value_name = "PROPERTY", value_parser = property)]
    protect_property: Vec<(String, String)>,
    /// The file of the plan; without it, the plan goes to standard output.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Carries out the plan of this file, and makes none. A pass that was used since is left alone. Implies --apply.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plan", "protect", "days", "kind"])]
    from: Option<PathBuf>,
    /// Carries out the plan.
    #[arg(long)]
    apply: bool,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("a custom property is given as `NAME=VALUE`, not `{text}`")),
    }
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
        still_unused(&site.client, read(file)?).await?
    } else {
        let plan = plan(&site.client, &args).await?;
        let text = serde_json::to_string_pretty(&plan)? + "\n";
        match &args.plan {
            Some(file) => fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?,
            None => io::stdout().write_all(text.as_bytes())?,
        }
        plan
    };
    if !args.apply && args.from.is_none() {
        eprintln!("{} passes would be released; nothing was changed (--apply).", plan.len());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(apply(&site.client, &plan).await)
}

async fn plan(client: &Client, args: &Args) -> Result<Vec<Release>, Box<dyn Error>> {
    let age = SignedDuration::from_hours(24 * i64::from(args.days));
    let before = Timestamp::now().checked_sub(age).map_err(|_| format!("--days {}: before all time", args.days))?;
    let spared = Spared {
        accounts: args.protect.clone(),
        directories: args.protect_directory.clone(),
        tags: args.protect_tag.clone(),
        properties: args.protect_property.clone(),
    };
    let users = users(client, args).await?;
    let mut plan = Vec::new();
    for kind in &args.kind {
        plan.extend(release::plan(*kind, &kind.list(client, None).await?, &users, before, &spared));
    }
    Ok(plan)
}

/// Reads the users of the site. Without them, nobody can be told by a tag or a custom property.
async fn users(client: &Client, args: &Args) -> Result<Vec<User>, Box<dyn Error>> {
    match client.get_users_full().send().await {
        Ok(users) => Ok(users),
        Err(error) if error.is_not_found() && args.protect_tag.is_empty() && args.protect_property.is_empty() => {
            eprintln!("The site does not list its users: only the passes themselves are judged.");
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

fn read(file: &Path) -> Result<Vec<Release>, Box<dyn Error>> {
    let failed = |error: &dyn Error| format!("{}: {error}", file.display());
    let text = fs::read(file).map_err(|error| failed(&error))?;
    Ok(serde_json::from_slice(&text).map_err(|error| failed(&error))?)
}

/// Drops what does not hold any more from a plan that was made some time ago.
async fn still_unused(client: &Client, mut plan: Vec<Release>) -> Result<Vec<Release>, Box<dyn Error>> {
    let mut passes: Vec<AccessTypeAllocation> = Vec::new();
    for kind in [Kind::Professional, Kind::Analyzer, Kind::User] {
        if plan.iter().any(|release| release.kind == kind) {
            passes.extend(kind.list(client, None).await?);
        }
    }
    for release in release::drop_used_since(&mut plan, &passes) {
        eprintln!("{}: was used again, and keeps the pass", release.user);
    }
    Ok(plan)
}

async fn apply(client: &Client, plan: &[Release]) -> ExitCode {
    let (mut done, mut failed) = (0, 0);
    release::apply(client, plan, |release, outcome| {
        done += 1;
        let told = match outcome {
            Ok(()) => format!("released, because {}", release.reason),
            Err(error) => {
                failed += 1;
                error
            }
        };
        eprintln!("[{done}/{}] {}, {}: {told}", plan.len(), release.user, release.kind);
    })
    .await;
    eprintln!("{} of {} passes were released.", done - failed, plan.len());
    if failed == 0 && done == plan.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
