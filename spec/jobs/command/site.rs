//! `qrs site`: the sites of the configuration, a check of the way to one, and its own description.

use std::time::Duration;

use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};
use tokio::net::{TcpStream, lookup_host};

use crate::cli::failure::{Code, Failure};
use crate::cli::output::{self, Format, Output};
use crate::cli::run::Context;
use crate::cli::table_output::printable;
use crate::types::{About, ErrorMessage};
use crate::{Client, Error, ErrorKind, Request as _};

/// `qrs site`.
pub(super) fn command() -> Command {
    Command::new("site")
        .about("Checks the way to a site, lists the configured ones, saves a site's own description")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            Command::new("check").about("Checks step by step what works, and says what to do where it stops"),
            Command::new("list").about("Lists the sites of the configuration file").args(output::options()),
            Command::new("openapi")
                .about("Writes a site's own description of an interface (Swagger 2.0)")
                .arg(Arg::new("interface").value_name("INTERFACE").default_value("main").help("The interface"))
                .arg(
                    Arg::new("out")
                        .long("out")
                        .value_name("FILE")
                        .help("The file to write; without it, standard output"),
                ),
        ])
}

/// Runs `qrs site`.
pub(super) async fn run(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("check", _)) => check(context).await,
        Some(("list", matches)) => list(context, matches),
        Some(("openapi", matches)) => openapi(&context.client()?, matches).await,
        _ => Ok(()),
    }
}

fn list(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Failure> {
    let default = context.config.default_site();
    let mut rows = Vec::new();
    for name in context.config.names() {
        let settings = context.config.site(name)?;
        let server = settings.get("server").or_else(|| settings.get("url"));
        rows.push(json!({ "site": name, "server": server, "default": default.as_deref() == Some(name) }));
    }
    if rows.is_empty() {
        let hint = format!("write them into {}: see `qrs --help`", context.config.shown());
        return Err(Failure::usage("no site is configured").hint(hint));
    }
    Ok(Output::of(matches).write_as(&Value::Array(rows), Format::Table)?)
}

async fn openapi(client: &Client, matches: &ArgMatches) -> Result<(), Failure> {
    let interface = matches.get_one::<String>("interface").cloned().unwrap_or_default();
    let found = client.get_interface(interface).keep_text().send_with_response().await.map_err(|error| {
        let is_missing = error.is_not_found();
        let failure = Failure::from(error);
        if is_missing { failure.hint("the site does not describe itself, or has no such interface") } else { failure }
    })?;
    // As the site wrote it: an order of keys is lost in a map.
    let text = found.text().unwrap_or_default();
    match matches.get_one::<String>("out") {
        Some(file) => std::fs::write(file, text).map_err(|error| Failure::usage(format!("`{file}`: {error}"))),
        None => Ok(output::say(text)?),
    }
}

/// Writes a line. The exit code says the same to those who do not read it.
fn print_line(text: std::fmt::Arguments<'_>) {
    let _ = output::say(text);
}

/// Says that a step works.
fn works(step: &str, what: &str) {
    print_line(format_args!("ok    {step:<12} {}", printable(what)));
}

/// Says that a step fails, and what to do. The message is the failure of the command.
fn fails(context: &Context<'_>, step: &str, what: &str, failure: Failure) -> Failure {
    print_line(format_args!("FAIL  {step:<12} {}", printable(&context.in_options(what))));
    if let Some(hint) = &failure.hint {
        print_line(format_args!("      {:<12} {}", "", printable(&context.in_options(hint))));
    }
    // The line has said what, and standard error says where.
    Failure { message: format!("the check stops at `{step}`"), hint: None, ..failure }
}

async fn check(context: &Context<'_>) -> Result<(), Failure> {
    let client = match context.client() {
        Ok(client) => client,
        Err(failure) => return Err(fails(context, "settings", &failure.message.clone(), failure)),
    };
    let base = &client.shared().base;
    let mut from: Vec<String> =
        context.values.site.iter().map(|site| format!("the site `{site}` of {}", context.config.shown())).collect();
    // What comes from the site is told with it.
    from.extend(
        context
            .values
            .sources()
            .map(|(_, source)| source)
            .filter(|source| !source.contains(" of the site "))
            .map(str::to_owned),
    );
    works("settings", &format!("{} ({})", base.as_str(), from.join(", ")));
    if context.values.text("proxy").is_none() {
        reach(context, &client).await?;
    }
    let about = client.get_about().send().await;
    if let Err(error) = &about
        && !error.is_not_found()
    {
        return Err(explain(context, error));
    }
    // A site of the contract does not tell about itself, and neither does a wrong path; but it has a license.
    let license = client.get_license().send().await;
    if let Err(error) = &license
        && (about.is_err() || error.is_not_found())
    {
        return Err(explain(context, error));
    }
    if base.is_https() {
        works("TLS", "the site's certificate is trusted");
    }
    if context.values.text("certificate").is_some() {
        works("certificate", "the site accepts the client's");
    }
    works("Xrfkey", "the site sees the same key in both places");
    works("user", "the site accepts the user");
    match about {
        Ok(About { build_version: Some(version), .. }) => works("version", &version),
        _ => works("version", "the site does not tell it"),
    }
    match license {
        Ok(Some(_)) => works("license", "the user may read it"),
        Ok(None) => works("license", "the site has none"),
        Err(error) => return Err(explain_license(context, &error)),
    }
    Ok(())
}

/// Looks up the name, and opens the port.
async fn reach(context: &Context<'_>, client: &Client) -> Result<(), Failure> {
    let base = &client.shared().base;
    let address = match context.values.text("connect-to") {
        Some(address) if address.parse::<std::net::IpAddr>().is_ok() || !address.contains(':') => {
            format!("{address}:{}", base.port())
        }
        Some(address) => address.to_owned(),
        None => format!("{}:{}", base.url().host_str().unwrap_or_default(), base.port()),
    };
    let unreachable = |what: &str, hint: &str| Failure::new(Code::Unreachable, what).hint(hint);
    let found = match lookup_host(&address).await.map(Vec::from_iter) {
        Ok(found) if !found.is_empty() => found,
        _ => {
            let what = format!("`{address}` is not known here");
            let hint =
                "check the spelling; if the name is only that of the certificate, give the address by `--connect-to`";
            return Err(fails(context, "name", &what, unreachable(&what, hint)));
        }
    };
    let shown: Vec<String> = found.iter().map(|found| found.ip().to_string()).collect();
    works("name", &format!("{address} is {}", shown.join(", ")));
    let opened = tokio::time::timeout(Duration::from_secs(10), TcpStream::connect(&found[..])).await;
    if let Ok(Ok(_)) = opened {
        works("port", &format!("{} is open", base.port()));
        return Ok(());
    }
    let what = format!("no connection to {address}");
    let hint = match base.port() {
        4242 => "the Repository Service may not run, or a firewall may close port 4242; through the proxy, use `--url`",
        _ => "the service may not run, or a firewall may close the port",
    };
    Err(fails(context, "port", &what, unreachable(&what, hint)))
}

/// Names the step that an error stops at, and what to do.
fn explain(context: &Context<'_>, error: &Error<ErrorMessage>) -> Failure {
    let (step, hint) = step_of(context, error);
    stops(context, step, error, hint)
}

/// Says that the license cannot be read, although the site has described itself to the user.
fn explain_license(context: &Context<'_>, error: &Error<ErrorMessage>) -> Failure {
    let hint = match error.status().map(|status| status.as_u16()) {
        Some(401 | 403) => "the way is right, and the user lacks the right to read the license",
        _ => step_of(context, error).1,
    };
    stops(context, "license", error, hint)
}

fn stops(context: &Context<'_>, step: &str, error: &Error<ErrorMessage>, hint: &str) -> Failure {
    let message = error.to_string();
    fails(context, step, &message, Failure::new(Code::of(error), &message).hint(hint))
}

/// The step that an error stops at, and what to do.
fn step_of(context: &Context<'_>, error: &Error<ErrorMessage>) -> (&'static str, &'static str) {
    let by_certificate = context.values.text("certificate").is_some();
    let message = error.to_string();
    if error.is_csrf() {
        ("Xrfkey", "a proxy on the way drops the header `X-Qlik-Xrfkey` or the query: ask who runs it")
    } else {
        match (error.kind(), error.status().map(|status| status.as_u16())) {
            (ErrorKind::Tls, _)
                if message.contains("client certificate") || message.contains("certificate required") =>
            {
                (
                    "certificate",
                    "export client.pem and client_key.pem, or client.pfx, from the management console, and name them",
                )
            }
            (ErrorKind::Tls, _) => (
                "TLS",
                "trust the site's own authority by `--root-certificate root.pem`; if the certificate has another name, give \
                 that as `--server` and the address as `--connect-to`",
            ),
            (ErrorKind::UnexpectedContent, _) | (ErrorKind::Status, Some(300..=399)) => (
                "user",
                "a login page came: the token or cookie is not accepted, or `--url` lacks the prefix of the virtual proxy",
            ),
            (ErrorKind::Status, Some(401 | 403)) if by_certificate => (
                "user",
                r"the site does not know the user, or it is inactive: `--user 'DIRECTORY\id'`, or leave it out",
            ),
            (ErrorKind::Status, Some(401 | 403)) => {
                ("user", "the credentials are not accepted, or the user lacks the rights")
            }
            (ErrorKind::Status, Some(404)) => (
                "address",
                "there is no Repository Service at this path: a base address ends in `/qrs`, through a virtual proxy in \
                 `/PREFIX/qrs`",
            ),
            (ErrorKind::Status, _) => {
                ("response", "the way is right, and the site does not answer as expected: see its logs")
            }
            (ErrorKind::Connect, _) => ("port", "the service may not run, or a firewall may close the port"),
            (ErrorKind::Timeout, _) => ("response", "the site takes too long: try a longer `--timeout`"),
            _ => ("response", "is this the address of a Repository Service?"),
        }
    }
}
