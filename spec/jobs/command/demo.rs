//! `qrs demo`: sites on this machine, to try the command on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use qrs_stand_in::{Licensing, Mode, StandIn, seed};

use crate::cli::config;
use crate::cli::failure::Failure;
use crate::cli::output;

/// The sites, by the names that the configuration gives them: the first is the default one.
const SITES: [(&str, Mode, &str); 2] = [
    ("demo", Mode::Live(Licensing::Capacity), "responds as QRS 38.22 does"),
    ("contract", Mode::Contract, "has the operations of the published contract alone"),
];

/// `qrs demo`.
pub(super) fn command() -> Command {
    Command::new("demo")
        .about("Starts sites on this machine, to try everything without a site of your own")
        .long_about(
            "Starts two stand-ins for a site on this machine, and writes a configuration file that names them: `demo` responds \
             as QRS 38.22 does, `contract` has the operations of the published contract alone. They hold a license, users, \
             passes and rules, only this machine can reach them, and they forget everything when they stop.",
        )
        .arg(
            Arg::new("folder")
                .long("folder")
                .value_name("FOLDER")
                .value_parser(value_parser!(PathBuf))
                .help("The folder for the configuration and the certificates [default: `demo` beside the configuration file]"),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16).range(1..u16::MAX.into()))
                .help("The port of `demo`; `contract` takes the next one [default: any two that are free]"),
        )
}

/// Runs `qrs demo`, until it is interrupted.
pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let folder = matches.get_one::<PathBuf>("folder").cloned();
    let folder = folder.unwrap_or_else(usual_folder);
    let folder = std::path::absolute(&folder).map_err(|error| of_file(&folder, &error))?;
    let port = matches.get_one::<u16>("port").copied();
    let (mut sites, mut config) = (Vec::new(), format!("default = '{}'\n", SITES[0].0));
    for (index, (name, mode, about)) in (0..).zip(SITES) {
        let builder = StandIn::builder().mode(mode).port(port.map_or(0, |port| port.saturating_add(index)));
        let site = builder.start().await.map_err(|error| not_started(&error))?;
        seed::furnish(&site);
        let certificates = folder.join(name);
        fs::create_dir_all(&certificates).map_err(|error| of_file(&certificates, &error))?;
        site.write_certificates(&certificates).map_err(|error| of_file(&certificates, &error))?;
        config.push_str(&configuration(name, &site));
        sites.push((name, about, site));
    }
    let file = folder.join("config.toml");
    fs::write(&file, config).map_err(|error| of_file(&file, &error))?;
    output::say(instructions(&sites, &file))?;
    std::future::pending().await
}

/// A folder that nobody else writes to, as they might to one among the temporary files.
fn usual_folder() -> PathBuf {
    let beside = config::usual_path("qrs").and_then(|path| Some(path.parent()?.join("demo")));
    beside.unwrap_or_else(|| PathBuf::from("qrs-demo"))
}

fn of_file(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("`{}`: {error}", path.display()))
}

fn not_started(error: &dyn std::error::Error) -> Failure {
    let reason = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    Failure::usage(format!("{error}{reason}")).hint("without --port, any free one is taken")
}

/// A site of the configuration, as an administrator writes it.
fn configuration(name: &str, site: &StandIn) -> String {
    format!(
        "\n[sites.{name}]\nurl = '{}'\ncertificate = '{name}/client.pem'\nkey = '{name}/client_key.pem'\n\
         root-certificate = '{name}/root.pem'\nuser = 'INTERNAL\\sa_repository'\n",
        site.url()
    )
}

fn instructions(sites: &[(&str, &str, StandIn)], config: &Path) -> String {
    let config = config.display();
    let sites: Vec<String> =
        sites.iter().map(|(name, about, site)| format!("  {name:<9} {}  {about}", site.url())).collect();
    format!(
        "Two sites run on this machine until you press Ctrl+C:\n\n{}\n\n\
         In another terminal, say where they are:\n\n  \
           export QRS_CONFIG='{config}'      (shells of Unix)\n  \
           $env:QRS_CONFIG = '{config}'      (PowerShell)\n  \
           set QRS_CONFIG={config}           (cmd)\n\n\
         and try:\n\n  \
           qrs site check\n  \
           qrs status\n  \
           qrs report\n  \
           qrs release --inactive 30d --dry-run\n  \
           qrs allocate professional 'CORP\\newcomer'\n  \
           qrs --site contract status",
        sites.join("\n")
    )
}
