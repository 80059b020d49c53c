//! Backs licence rules up, and restores them.

use std::fmt;

use qrs_generated::types::{ErrorMessage, SystemRule};
use qrs_generated::{Client, Error, property};

/// Reads the licence rules with all their fields, those that the client does not know among them.
pub(crate) async fn back_up(client: &Client) -> Result<Vec<SystemRule>, Error<ErrorMessage>> {
    client.get_system_rules_full().filter(property!("category").eq("License")).send().await
}

/// The outcome for one rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Restored {
    /// The site has the rule as it was.
    Unchanged,
    /// The rule was changed, and is as it was again.
    Updated,
    /// The rule was gone, and was created with a new identifier.
    Created,
    /// The site refused, with these words.
    Failed(String),
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchanged => f.write_str("unchanged"),
            Self::Updated => f.write_str("updated"),
            Self::Created => f.write_str("created"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}

/// Restores rules: creates those that are gone, and sets back those that differ. Others of the site stay.
pub(crate) async fn restore(
    client: &Client,
    backup: &[SystemRule],
) -> Result<Vec<(String, Restored)>, Error<ErrorMessage>> {
    let present = back_up(client).await?;
    let mut outcomes = Vec::new();
    for rule in backup {
        // A rule that was created again has another identifier, and the same name.
        let same = |found: &&SystemRule| found.id == rule.id || found.name == rule.name;
        let outcome = match present.iter().find(same) {
            Some(found) if content(found) == content(rule) => Ok(Restored::Unchanged),
            Some(found) => update(client, found, rule).await.map(|()| Restored::Updated),
            None => client.create_system_rule(rule.clone()).send().await.map(|_| Restored::Created),
        };
        outcomes.push((rule.name.clone(), outcome.unwrap_or_else(|error| Restored::Failed(error.to_string()))));
    }
    Ok(outcomes)
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
