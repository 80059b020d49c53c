//! `qrs rules`: the rules that allocate licenses.

use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};
use uuid::Uuid;

use super::step::{Action, Outcome, Step};
use super::work::{self, counted};
use crate::Client;
use crate::cli::failure::{Code, Failure};
use crate::cli::input;
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::jobs::rules::{Restored, back_up, plan};
use crate::types::{Audit, AuditParameters, LicenseAuditRequest, RuleApplication, SystemRule};

/// `qrs rules`.
pub(super) fn command() -> Command {
    Command::new("rules")
        .about("Lists, backs up, restores and audits the rules that allocate licenses")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            Command::new("list").about("Lists the license rules").args(output::options()),
            Command::new("show")
                .about("Shows one rule")
                .arg(Arg::new("rule").value_name("RULE").required(true).help("Its name or identifier"))
                .args(output::options()),
            Command::new("export")
                .about("Backs the license rules up, with all their fields, as JSON")
                .arg(
                    Arg::new("file")
                        .value_name("FILE")
                        .help("The new file to write; without it, or `-`, standard output"),
                )
                .arg(
                    Arg::new("force").long("force").action(ArgAction::SetTrue).help("Overwrites a file that is there"),
                ),
            Command::new("import")
                .about("Restores rules of a backup: creates those that are gone, and sets back those that differ")
                .arg(Arg::new("file").value_name("FILE").required(true).help("The backup; `-` is standard input"))
                .args(work::options()),
            audit(),
        ])
}

fn audit() -> Command {
    Command::new("audit")
        .about("Shows which rules give which users access")
        .arg(
            Arg::new("resource-type")
                .long("resource-type")
                .value_name("TYPE")
                .default_value("License.ProfessionalAccessGroup")
                .help("The type of resources, such as License.LoginAccessType"),
        )
        .arg(Arg::new("resource-filter").long("resource-filter").value_name("FILTER").help("Only these resources"))
        .arg(
            Arg::new("user-filter")
                .long("user-filter")
                .value_name("FILTER")
                .help("Only these users, as in \"userDirectory eq 'CORP'\""),
        )
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Also rules that do not give access"))
        .args(output::options())
}

/// Runs `qrs rules`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let client = context.client()?;
    match name {
        "list" => list(&client, matches).await,
        "show" => show(&client, matches).await,
        "export" => export(&client, matches).await,
        "import" => import(context, &client, matches).await,
        _ => run_audit(&client, matches).await,
    }
}

/// The license rules; the contract's interface has no system rules, but a list of its own.
async fn rules(client: &Client) -> Result<Vec<Value>, Failure> {
    let json = |rule| serde_json::to_value(rule).unwrap_or_default();
    match back_up(client).await {
        Ok(rules) => Ok(rules.iter().map(json).collect()),
        Err(error) if error.is_not_found() => {
            let rules = client.get_license_rules_full().send().await?;
            Ok(rules.iter().map(|rule| serde_json::to_value(rule).unwrap_or_default()).collect())
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let output = Output::of(matches);
    let rules = rules(client).await?;
    if rules.is_empty() {
        output::tell("The site shows no license rule.");
    }
    if output.format_or(Format::Table) == Format::Json {
        return Ok(output.write(&Value::Array(rules))?);
    }
    // Other fields can be asked for.
    Ok(output.with_columns(LISTED).write_as(&Value::Array(rules), Format::Table)?)
}

/// The columns of a list of rules.
const LISTED: &[&str] = &["name", "type", "disabled", "resourceFilter", "rule", "id"];

/// The columns of one rule: those of a system rule.
const SHOWN: &[&str] = &[
    "id",
    "createdDate",
    "modifiedDate",
    "modifiedByUserName",
    "name",
    "category",
    "subcategory",
    "type",
    "rule",
    "resourceFilter",
    "actions",
    "comment",
    "disabled",
    "ruleContext",
    "seedId",
    "version",
    "tags",
    "privileges",
    "schemaPath",
];

/// The columns of an audit.
const AUDITED: &[&str] = &["user", "resource", "rule", "access"];

async fn show(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let wanted = matches.get_one::<String>("rule").cloned().unwrap_or_default();
    let is_wanted = |rule: &&Value| {
        let is =
            |name: &str| rule.get(name).and_then(Value::as_str).is_some_and(|held| held.eq_ignore_ascii_case(&wanted));
        is("id") || is("name")
    };
    let rules = rules(client).await?;
    match rules.iter().find(is_wanted) {
        Some(rule) => Ok(Output::of(matches).with_columns(SHOWN).write(rule)?),
        None => Err(Failure::new(Code::NotFound, format!("there is no license rule `{wanted}`"))),
    }
}

/// The license rules as system rules, which alone can be set back.
async fn system_rules(client: &Client) -> Result<Vec<SystemRule>, Failure> {
    back_up(client).await.map_err(|error| {
        if !error.is_not_found() {
            return error.into();
        }
        let message = "this site has no system rules, so that license rules can be neither saved nor set back: QRS has them, \
                       from version 38.16 at the latest, the published contract has not";
        Failure::new(Code::NotFound, message).hint("`qrs rules list -o json` prints the rules that the site shows")
    })
}

async fn export(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let path = matches.get_one::<String>("file").filter(|path| *path != "-");
    if let Some(path) = path.filter(|path| !matches.get_flag("force") && Path::new(path).exists()) {
        return Err(Failure::usage(format!("`{path}` is there already")).hint("name another file, or add `--force`"));
    }
    let rules = system_rules(client).await?;
    let text = serde_json::to_string_pretty(&rules).unwrap_or_default() + "\n";
    match path {
        Some(path) => {
            std::fs::write(path, text).map_err(|error| Failure::usage(format!("`{path}`: {error}")))?;
            output::tell(format_args!("{} in `{path}`.", counted(rules.len(), "rule is", "rules are")));
        }
        None => output::say(text.trim_end())?,
    }
    Ok(())
}

async fn import(context: &Context<'_>, client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let file = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let backup: Vec<SystemRule> = serde_json::from_str(&input::text(&file)?)
        .map_err(|error| Failure::usage(format!("{} is no backup of rules: {error}", input::shown(&file))))?;
    let present = system_rules(client).await?;
    let step = |rule: SystemRule| {
        let name = rule.name.clone();
        match plan(&rule, &present) {
            Restored::Unchanged => Step::settled(name, Outcome::Unchanged, "is as in the backup"),
            Restored::Updated => Step::planned(Action::Restore(Box::new(rule)), name, "differs, and is set back"),
            Restored::Created => Step::planned(Action::Restore(Box::new(rule)), name, "is gone, and is created"),
        }
    };
    work::carry_out(context, backup.into_iter().map(step).collect(), matches).await
}

async fn run_audit(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let mut parameters = AuditParameters::new()
        .resource_type(text("resource-type").unwrap_or_default())
        .include_non_granting_rules(matches.get_flag("all"));
    if let Some(filter) = text("resource-filter") {
        parameters = parameters.resource_filter(filter);
    }
    if let Some(filter) = text("user-filter") {
        parameters = parameters.user_filter(filter);
    }
    let audit = match client.audit_license_system_rules(parameters).send().await {
        Err(error) if error.is_not_found() => return audit_contract(client, matches).await,
        audit => audit?,
    };
    let output = Output::of(matches);
    if output.format_or(Format::Table) == Format::Json {
        return Ok(output.write(&serde_json::to_value(&audit).unwrap_or_default())?);
    }
    let rows = audit.rule_application.iter().flatten().map(|application| row(&audit, application));
    write_audit(output, rows.collect())
}

/// Writes the rows of an audit. One without a row says so.
fn write_audit(output: Output, rows: Vec<Value>) -> Result<(), Failure> {
    if rows.is_empty() {
        output::tell("No rule gives these users access to these resources.");
    }
    // A site may send rows that nothing describes.
    let is_known = rows.iter().all(|row| row.get("access").is_some());
    let output = if is_known { output.with_columns(AUDITED) } else { output };
    Ok(output.write_as(&Value::Array(rows), Format::Table)?)
}

/// Audits by the contract's operation. Nothing says what its matrix holds: rows of another form are printed as they come.
async fn audit_contract(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("all") {
        let message = "`--all` needs the audit of QRS, which has it from version 38.16 at the latest: this site has none but \
                       the published contract's";
        return Err(Failure::usage(message));
    }
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let mut request = LicenseAuditRequest::new().resource_type(text("resource-type").unwrap_or_default());
    (request.resource_filter, request.user_filter) = (text("resource-filter"), text("user-filter"));
    let result = client.audit_license_rules(request).send().await.map_err(|error| {
        if !error.is_not_found() {
            return error.into();
        }
        let message = "this site has no audit of license rules: neither that of QRS, which has it from version 38.16 at the \
                       latest, nor the published contract's";
        Failure::new(Code::NotFound, message)
    })?;
    let output = Output::of(matches);
    if output.format_or(Format::Table) == Format::Json {
        return Ok(output.write(&serde_json::to_value(&result).unwrap_or_default())?);
    }
    let rows: Vec<Value> = result.matrix.into_iter().flatten().map(Value::Object).collect();
    let Some(known) = rows.iter().map(contract_row).collect::<Option<Vec<Value>>>() else {
        return write_audit(output, rows);
    };
    write_audit(output, known.into_iter().filter(|row| row.get("access") != Some(&json!("not granted"))).collect())
}

/// A row of the contract's audit as one of the other, if it has the same things.
fn contract_row(row: &Value) -> Option<Value> {
    let text = |path: &str| row.pointer(path).and_then(Value::as_str);
    let access = match row.pointer("/audit/access/granted").and_then(Value::as_bool) {
        Some(true) => "granted",
        Some(false) => "not granted",
        None => "unknown",
    };
    Some(json!({
        "user": format!(r"{}\{}", text("/subject/userDirectory")?, text("/subject/userId")?),
        "resource": text("/resource/name").or_else(|| text("/resourceType")),
        "rule": text("/rule/name")?,
        "access": access,
    }))
}

/// A user, a resource and a rule by their names, where the audit has them.
fn row(audit: &Audit, application: &RuleApplication) -> Value {
    let key = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let user = audit.users.as_ref().and_then(|users| users.get(&key(application.user_id)));
    let user = user.and_then(|user| Some(format!(r"{}\{}", user.user_directory.as_ref()?, user.user_id.as_ref()?)));
    let resource = audit.resources.as_ref().and_then(|resources| resources.get(&key(application.resource_id)));
    let rule = audit.rules.as_ref().and_then(|rules| rules.get(&key(application.rule_id)));
    let name = |name: Option<String>, id: Option<Uuid>| name.filter(|name| !name.is_empty()).unwrap_or_else(|| key(id));
    let error = application.error_message.as_deref().filter(|error| !error.is_empty());
    let access = match (application.allowed, error) {
        (_, Some(error)) => format!("error: {error}"),
        (Some(true), None) => "granted".to_owned(),
        (Some(false), None) => "not granted".to_owned(),
        (None, None) => "unknown".to_owned(),
    };
    json!({
        "user": name(user, application.user_id),
        "resource": name(resource.and_then(|resource| resource.name.clone()), application.resource_id),
        "rule": name(rule.and_then(|rule| rule.name.clone()), application.rule_id),
        "access": access,
    })
}
