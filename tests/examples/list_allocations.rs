//! Lists who holds a pass: `cargo run -p qrs-tests --example list_allocations -- --help`.

mod site;

use std::error::Error;

use clap::{Parser, ValueEnum};
use comfy_table::{Table, presets};
use jiff::Timestamp;
use qrs_generated::repository::NEVER;
use qrs_generated::types::AccessTypeAllocation;
use qrs_generated::{Client, property};

use site::Site;

/// Lists who holds a pass, as a table.
///
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// Which passes; without it, all three.
    #[arg(long, value_enum)]
    kind: Vec<Kind>,
    /// Only those of users of this directory.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Professional,
    Analyzer,
    User,
}

impl Kind {
    async fn list(self, client: &Client, directory: Option<&str>) -> Result<Vec<AccessTypeAllocation>, Box<dyn Error>> {
        let filter = directory.map(|directory| property!("user.userDirectory").eq(directory));
        // Three operations, three types of request: what they give is the same.
        Ok(match self {
            Self::Professional => {
                let request = client.get_professional_access_types_full();
                match filter {
                    Some(filter) => request.filter(filter).send().await?,
                    None => request.send().await?,
                }
            }
            Self::Analyzer => {
                let request = client.get_analyzer_access_types_full();
                match filter {
                    Some(filter) => request.filter(filter).send().await?,
                    None => request.send().await?,
                }
            }
            Self::User => {
                let request = client.get_user_access_types_full();
                match filter {
                    Some(filter) => request.filter(filter).send().await?,
                    None => request.send().await?,
                }
            }
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Args { kind, directory } = Args::parse();
    let kinds = if kind.is_empty() { vec![Kind::Professional, Kind::Analyzer, Kind::User] } else { kind };
    let site = Site::connect().await?;
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["PASS", "USER", "CREATED", "LAST USED", "STATE"]);
    let mut count = 0;
    for kind in kinds {
        for pass in kind.list(&site.client, directory.as_deref()).await? {
            table.add_row(row(kind, &pass));
            count += 1;
        }
    }
    println!("{table}\n\n{count} passes");
    Ok(())
}

fn row(kind: Kind, pass: &AccessTypeAllocation) -> [String; 5] {
    let user = pass.user.as_ref().map_or_else(
        || "-".to_owned(),
        |user| {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{}\\{}", text(&user.user_directory), text(&user.user_id))
        },
    );
    let state = if pass.quarantined == Some(true) {
        format!("quarantined until {}", day(pass.quarantine_end))
    } else {
        "held".to_owned()
    };
    [format!("{kind:?}").to_lowercase(), user, day(pass.created_date), day(pass.last_used), state]
}

/// The day of a time; a dash for one that is not there or stands for "never".
fn day(time: Option<Timestamp>) -> String {
    match time {
        Some(time) if time > NEVER => time.strftime("%F").to_string(),
        _ => "-".to_owned(),
    }
}
