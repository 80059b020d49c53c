//! Shows which rules give access to whom: `cargo run -p qrs-tests --example audit -- --help`.

mod site;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use comfy_table::{Table, presets};
use qrs_generated::types::{Audit, AuditParameters, RuleApplication, SystemRule};
use qrs_generated::{Client, property};

use site::Site;

/// Lists the licence rules, and audits them: which of them give which users access.
///
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// The type of resource to audit, such as `License.LoginAccessType`.
    #[arg(long, value_name = "TYPE", default_value = "License.ProfessionalAccessGroup")]
    resource_type: String,
    /// Only these resources: a filter expression.
    #[arg(long, value_name = "FILTER")]
    resource_filter: Option<String>,
    /// Only these users: a filter expression, such as `userDirectory eq 'CORP'`.
    #[arg(long, value_name = "FILTER")]
    user_filter: Option<String>,
    /// Also shows the rules that do not give access.
    #[arg(long)]
    all: bool,
    /// Writes the audit as the site sent it, as JSON and nothing else.
    #[arg(long)]
    json: bool,
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
    let audit = audit(&site.client, args).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&audit)?);
        return Ok(());
    }
    let is_of_licence = property!("category").eq("License");
    for rule in site.client.get_system_rules_full().filter(is_of_licence).send().await? {
        println!("{}", describe(&rule));
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["USER", "RESOURCE", "RULE", "ACCESS"]);
    table.add_rows(audit.rule_application.iter().flatten().map(|application| row(&audit, application)));
    println!("\n{table}");
    Ok(())
}

async fn audit(client: &Client, args: &Args) -> Result<Audit, Box<dyn Error>> {
    let mut parameters =
        AuditParameters::new().resource_type(args.resource_type.as_str()).include_non_granting_rules(args.all);
    if let Some(filter) = &args.resource_filter {
        parameters = parameters.resource_filter(filter);
    }
    if let Some(filter) = &args.user_filter {
        parameters = parameters.user_filter(filter);
    }
    Ok(client.audit_license_system_rules(parameters).send().await?)
}

fn describe(rule: &SystemRule) -> String {
    let state = if rule.disabled == Some(true) { " (disabled)" } else { "" };
    let condition = rule.rule.as_deref().filter(|rule| !rule.is_empty()).unwrap_or("no condition");
    format!("{}{state}: {condition}", rule.name)
}

/// A user, a resource and a rule by their names, where the audit has them.
fn row(audit: &Audit, application: &RuleApplication) -> [String; 4] {
    let name = |name: Option<&String>, id: Option<uuid::Uuid>| {
        let name = name.filter(|name| !name.is_empty()).cloned();
        name.or_else(|| Some(id?.to_string())).unwrap_or_else(|| "?".to_owned())
    };
    let key = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let user = audit.users.as_ref().and_then(|users| users.get(&key(application.user_id)));
    let user = user.and_then(|user| Some(format!(r"{}\{}", user.user_directory.as_ref()?, user.user_id.as_ref()?)));
    let resource = audit.resources.as_ref().and_then(|resources| resources.get(&key(application.resource_id)));
    let rule = audit.rules.as_ref().and_then(|rules| rules.get(&key(application.rule_id)));
    let error = application.error_message.as_deref().filter(|error| !error.is_empty());
    let access = match (application.allowed, error) {
        (_, Some(error)) => format!("error: {error}"),
        (Some(true), None) => "granted".to_owned(),
        (Some(false), None) => "not granted".to_owned(),
        (None, None) => "?".to_owned(),
    };
    [
        name(user.as_ref(), application.user_id),
        name(resource.and_then(|resource| resource.name.as_ref()), application.resource_id),
        name(rule.and_then(|rule| rule.name.as_ref()), application.rule_id),
        access,
    ]
}
