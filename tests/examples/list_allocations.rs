//! Lists who holds a pass: `cargo run -p qrs-tests --example list_allocations -- --help`.

#[allow(dead_code, reason = "each example uses a part of the jobs")]
mod jobs;
mod site;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use comfy_table::{Table, presets};
use jiff::Timestamp;
use qrs_generated::repository::NEVER;
use qrs_generated::types::AccessTypeAllocation;
use qrs_generated::{Client, property};

use jobs::csv;
use jobs::passes::{Kind, deleted_holder, holder};
use site::Site;

/// Lists who holds a pass, as a table or as CSV.
///
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// Only passes of this kind; may be given more than once. Without it, all kinds.
    #[arg(long, value_enum)]
    kind: Vec<Kind>,
    /// Only passes of users of this directory.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<String>,
    /// Only passes beyond what the licence holds.
    #[arg(long)]
    excess: bool,
    /// The column to sort by; times sort from the earliest.
    #[arg(long, value_enum, default_value_t = Order::User)]
    sort: Order,
    /// Writes CSV instead of a table.
    #[arg(long)]
    csv: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    User,
    Created,
    LastUsed,
    State,
}

const COLUMNS: [&str; 8] = ["PASS", "USER", "NAME", "CREATED", "LAST USED", "STATE", "EXCESS", "ID"];

/// A line of the list.
struct Line {
    kind: Kind,
    user: String,
    name: String,
    created: Option<Timestamp>,
    last_used: Option<Timestamp>,
    state: String,
    excess: Option<bool>,
    id: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let site = Site::connect().await?;
    let mut lines = lines(&site.client, args).await?;
    match args.sort {
        Order::User => lines.sort_by_key(|line| line.user.to_lowercase()),
        Order::Created => lines.sort_by_key(|line| line.created),
        Order::LastUsed => lines.sort_by_key(|line| line.last_used),
        Order::State => lines.sort_by(|left, right| left.state.cmp(&right.state)),
    }
    if args.csv {
        print!("{}", csv::line(COLUMNS));
        for line in &lines {
            print!("{}", csv::line(line.cells()));
        }
        return Ok(());
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(COLUMNS);
    table.add_rows(lines.iter().map(Line::cells));
    println!("{table}\n\n{} passes", lines.len());
    Ok(())
}

async fn lines(client: &Client, args: &Args) -> Result<Vec<Line>, Box<dyn Error>> {
    let kinds = if args.kind.is_empty() { Kind::value_variants() } else { &args.kind };
    let mut lines = Vec::new();
    for kind in kinds {
        let filter = args.directory.as_ref().map(|directory| property!("user.userDirectory").eq(directory));
        let passes = kind.list(client, filter).await?;
        lines.extend(passes.iter().map(|pass| Line::new(*kind, pass)));
    }
    if args.excess {
        lines.retain(|line| line.excess == Some(true));
    }
    Ok(lines)
}

impl Line {
    fn new(kind: Kind, pass: &AccessTypeAllocation) -> Self {
        let state = if pass.user.is_none() && deleted_holder(pass).is_some() {
            "user deleted".to_owned()
        } else if pass.quarantined == Some(true) {
            format!("quarantined until {}", day(pass.quarantine_end))
        } else {
            "held".to_owned()
        };
        Self {
            kind,
            user: holder(pass).map_or_else(|| "-".to_owned(), |user| user.to_string()),
            name: pass.user.as_ref().and_then(|user| user.name.clone()).unwrap_or_default(),
            created: pass.created_date,
            last_used: pass.last_used,
            state,
            excess: pass.excess,
            id: pass.id.map(|id| id.to_string()).unwrap_or_default(),
        }
    }

    fn cells(&self) -> [String; 8] {
        let excess = match self.excess {
            Some(true) => "yes",
            Some(false) => "no",
            None => "-",
        };
        [
            self.kind.to_string(),
            self.user.clone(),
            self.name.clone(),
            day(self.created),
            day(self.last_used),
            self.state.clone(),
            excess.to_owned(),
            self.id.clone(),
        ]
    }
}

/// The day of a time; a dash for one that is absent or stands for "never".
fn day(time: Option<Timestamp>) -> String {
    match time {
        Some(time) if time > NEVER => time.strftime("%F").to_string(),
        _ => "-".to_owned(),
    }
}
