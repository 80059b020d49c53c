//! The subcommands of `qrs` that are not operations of the API.

mod allocate;
mod apply;
mod connect;
mod demo;
mod inputs;
mod interrupt;
mod list;
mod options;
mod release;
mod report;
mod rules;
mod site;
mod spared;
mod status;
mod step;
mod step_file;
mod swap;
mod work;

use clap::{ArgMatches, Command};

use crate::cli::failure::Failure;
use crate::cli::run::{Context, Extension, Running};

/// The subcommands beyond the operations, and the way to connect.
pub(crate) static EXTENSION: Extension = Extension {
    settings: connect::settings,
    connect: connect::builder,
    commands,
    without_site: &["demo"],
    run,
    plugin: status::plugin,
    examples: EXAMPLES,
};

const EXAMPLES: &str = r"Examples:
  qrs site check --server qlik.example.com --certificate client.pfx
      Check step by step whether the site can be reached, and what is missing.
  qrs status
      The license: its end, and how many passes of each kind are left.
  qrs allocate professional 'CORP\ada' 'CORP\grace' --dry-run
      Show what would happen. Quotes are needed in shells of Unix, and do no
      harm in PowerShell and cmd.
  qrs release --inactive 30d --kind professional,analyzer --plan plan.jsonl
      Plan which passes to release; `qrs apply plan.jsonl` then does it.";

fn commands() -> Vec<Command> {
    vec![
        status::command(),
        report::command(),
        allocate::command(),
        release::command(),
        allocate::sync_command(),
        swap::command(),
        release::excess_command(),
        apply::command(),
        rules::command(),
        site::command(),
        demo::command(),
    ]
}

fn run<'a>(context: &'a Context<'a>, name: &'a str, matches: &'a ArgMatches) -> Running<'a> {
    Box::pin(async move {
        match name {
            "status" => status::run(context, matches).await,
            "report" => report::run(context, matches).await,
            "allocate" => allocate::run(context, matches).await,
            "release" => release::run(context, matches).await,
            "sync" => allocate::run_sync(context, matches).await,
            "swap" => swap::run(context, matches).await,
            "excess" => release::run_excess(context, matches).await,
            "apply" => apply::run(context, matches).await,
            "rules" => rules::run(context, matches).await,
            "site" => site::run(context, matches).await,
            "demo" => demo::run(matches).await,
            _ => Err(Failure::usage(format!("there is no subcommand `{name}`"))),
        }
    })
}
