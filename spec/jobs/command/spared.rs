//! The users who keep their passes: the options that name them, and a check that these spare somebody.

use std::collections::HashSet;

use clap::{Arg, ArgAction, ArgMatches};
use uuid::Uuid;

use super::inputs::{self, listed};
use super::list;
use super::options::texts;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::jobs::account::Account;
use crate::jobs::passes::holder;
use crate::jobs::release::{Spared, has_property, has_tag, is_same};
use crate::types::{AccessTypeAllocation, User};

/// The options.
pub(super) fn options() -> Vec<Arg> {
    let several = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append).help_heading("Spared").help(help)
    };
    vec![
        several("spare", "USER", "Spares this user, also one who is named; may be given several times"),
        several("spare-from", "FILE", "Spares the users of this list"),
        several("spare-directory", "DIRECTORY", "Spares the users of this directory"),
        several("spare-tag", "TAG", "Spares users with this tag"),
        several("spare-property", "NAME=VALUE", "Spares users with this value of a custom property"),
    ]
}

/// The users that the options name.
pub(super) fn given(matches: &ArgMatches) -> Result<Spared, Failure> {
    let mut spared = Spared {
        directories: texts(matches, "spare-directory"),
        tags: texts(matches, "spare-tag"),
        ..Spared::default()
    };
    let mut names = texts(matches, "spare");
    for file in texts(matches, "spare-from") {
        names.extend(list::of_file(&file)?);
    }
    for name in &names {
        let name = inputs::unquoted(name);
        match name.trim().parse::<Uuid>() {
            Ok(id) => spared.ids.insert(id),
            Err(_) => spared.accounts.insert(name.parse::<Account>().map_err(Failure::usage)?),
        };
    }
    for text in texts(matches, "spare-property") {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => spared.properties.push((name.to_owned(), value.to_owned())),
            _ => return Err(Failure::usage(format!("a custom property is given as `NAME=VALUE`, not `{text}`"))),
        }
    }
    Ok(spared)
}

/// Refuses users whom the site does not know, and warns of what spares nobody: either may be misspelt.
///
/// Without a list of users, the site shows those who hold passes, and no more: somebody else may exist.
pub(super) fn check(spared: &Spared, users: Option<&[User]>, passes: &[&AccessTypeAllocation]) -> Result<(), Failure> {
    let listed_users = users.unwrap_or_default();
    let holders = passes.iter().filter_map(|pass| holder(pass));
    let accounts = listed_users.iter().map(|user| Account::new(&user.user_directory, &user.user_id));
    let accounts: HashSet<Account> = accounts.chain(holders).collect();
    let ids_of_holders = passes.iter().filter_map(|pass| pass.user.as_ref()?.id);
    let ids: HashSet<Uuid> = listed_users.iter().filter_map(|user| user.id).chain(ids_of_holders).collect();
    let unknown_accounts = spared.accounts.difference(&accounts).map(ToString::to_string);
    let unknown_ids = spared.ids.difference(&ids).map(ToString::to_string);
    let mut unknown: Vec<String> = unknown_accounts.chain(unknown_ids).collect();
    unknown.sort_unstable();
    if users.is_some() && !unknown.is_empty() {
        let message = format!("{} to be spared, and unknown to the site", listed(&unknown, "is", "are"));
        return Err(Failure::usage(message).hint("correct the name, or leave it out; nothing was changed"));
    }
    for name in unknown {
        warn("spare", &name, "holds no pass here");
    }
    let directories = |directory: &String| accounts.iter().any(|account| is_same(&account.directory, directory));
    for directory in spared.directories.iter().filter(|directory| !directories(directory)) {
        warn("spare-directory", directory, "no user is in it");
    }
    for tag in spared.tags.iter().filter(|tag| !listed_users.iter().any(|user| has_tag(user, tag))) {
        warn("spare-tag", tag, "no user has it");
    }
    for (name, value) in &spared.properties {
        if !listed_users.iter().any(|user| has_property(user, name, value)) {
            warn("spare-property", &format!("{name}={value}"), "no user has it");
        }
    }
    Ok(())
}

fn warn(option: &str, value: &str, why: &str) {
    output::warn(format_args!("`--{option} {value}` spares nobody: {why}"));
}
