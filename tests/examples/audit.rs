//! Shows which rules give access to whom: `cargo run -p qrs-tests --example audit -- --help`.

mod site;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use comfy_table::{Table, presets};
use qrs_generated::types::LicenseAuditRequest;
use serde_json::{Map, Value};

use site::Site;

/// Lists the licence rules, and audits them: which of them give which users access.
///
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// The type of resource to audit, such as `License.ProfessionalAccessType`.
    #[arg(long, value_name = "TYPE")]
    resource_type: Option<String>,
    /// Only these resources: a filter expression.
    #[arg(long, value_name = "FILTER")]
    resource_filter: Option<String>,
    /// Only these users: a filter expression, such as `userDirectory eq 'CORP'`.
    #[arg(long, value_name = "FILTER")]
    user_filter: Option<String>,
    /// Writes the audit's matrix as the site sent it, as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let site = Site::connect().await?;
    let mut request = LicenseAuditRequest::new();
    if let Some(resource_type) = args.resource_type {
        request = request.resource_type(resource_type);
    }
    if let Some(filter) = args.resource_filter {
        request = request.resource_filter(filter);
    }
    if let Some(filter) = args.user_filter {
        request = request.user_filter(filter);
    }
    let audit = site.client.audit_license_rules(request).send().await?;
    let matrix = audit.matrix.unwrap_or_default();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&matrix)?);
        return Ok(());
    }
    for rule in site.client.get_license_rules_full().send().await? {
        let name = rule.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("(without a name)");
        let state = if rule.disabled == Some(true) { " (disabled)" } else { "" };
        println!("{name}{state}: {}", rule.rule.as_deref().unwrap_or("no condition"));
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["USER", "RULE", "ACCESS"]);
    table.add_rows(matrix.iter().map(row));
    println!("\n{table}");
    Ok(())
}

/// What an entry says; the document leaves open what is in it.
fn row(entry: &Map<String, Value>) -> [String; 3] {
    let text = |part: &str, name: &str| {
        let found = entry.get(part).and_then(|part| part.get(name));
        found.and_then(Value::as_str).unwrap_or("?").to_owned()
    };
    let granted = entry.get("audit").and_then(|audit| audit.pointer("/access/granted")).and_then(Value::as_bool);
    let access = match granted {
        Some(true) => "granted",
        Some(false) => "not granted",
        None => "?",
    };
    let user = format!("{}\\{}", text("subject", "userDirectory"), text("subject", "userId"));
    [user, text("rule", "name"), access.to_owned()]
}
