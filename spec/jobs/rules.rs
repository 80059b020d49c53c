//! Backs licence rules up, and restores them.

use std::fmt;

use crate::types::{ErrorMessage, SystemRule};
use crate::{Client, Error};

/// Reads the licence rules with all their fields, those that the client does not know among them.
pub(crate) async fn back_up(client: &Client) -> Result<Vec<SystemRule>, Error<ErrorMessage>> {
    client.get_system_rules_full().filter("category eq 'License'").send().await
}

/// The outcome for one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restored {
    /// The site has the rule as it was.
    Unchanged,
    /// The rule was changed, and is as it was again.
    Updated,
    /// The rule was gone, and was created with a new identifier.
    Created,
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unchanged => "unchanged",
            Self::Updated => "updated",
            Self::Created => "created",
        })
    }
}

/// Says what restoring a rule would do to a site with these rules.
pub(crate) fn plan(rule: &SystemRule, present: &[SystemRule]) -> Restored {
    match counterpart(rule, present) {
        Some(found) if content(found) == content(rule) => Restored::Unchanged,
        Some(_) => Restored::Updated,
        None => Restored::Created,
    }
}

/// The rule of a site that a rule of a backup stands for. One that was created again has another identifier, and the same
/// name.
fn counterpart<'r>(rule: &SystemRule, present: &'r [SystemRule]) -> Option<&'r SystemRule> {
    let by_id = present.iter().find(|found| found.id.is_some() && found.id == rule.id);
    by_id.or_else(|| present.iter().find(|found| found.name == rule.name))
}

/// Restores a rule: creates it if it is gone, and sets it back if it differs.
pub(crate) async fn restore_one(client: &Client, rule: &SystemRule) -> Result<Restored, Error<ErrorMessage>> {
    let present = back_up(client).await?;
    let planned = plan(rule, &present);
    match (planned, counterpart(rule, &present)) {
        (Restored::Updated, Some(found)) => update(client, found, rule).await?,
        (Restored::Created, _) => drop(client.create_system_rule(rule.clone()).send().await?),
        _ => {}
    }
    Ok(planned)
}

/// Sets a rule back. The site takes a change only with the `modifiedDate` that it has now.
async fn update(client: &Client, found: &SystemRule, rule: &SystemRule) -> Result<(), Error<ErrorMessage>> {
    let mut rule = rule.clone();
    rule.id = found.id;
    rule.modified_date = found.modified_date;
    match found.id {
        Some(id) => client.update_system_rule(id, rule).send().await.map(drop),
        None => Ok(()),
    }
}

/// The rule without what the site sets.
fn content(rule: &SystemRule) -> SystemRule {
    let mut rule = rule.clone();
    (rule.id, rule.created_date, rule.modified_date) = (None, None, None);
    (rule.modified_by_user_name, rule.privileges) = (None, None);
    rule
}
