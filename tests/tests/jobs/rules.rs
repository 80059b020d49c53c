//! Backs licence rules up, and restores them.

use qrs_generated::types::SystemRule;
use qrs_tests::seed;
use serde_json::Value;

use crate::jobs::rules::{Restored, back_up, restore_one};
use crate::support::Checked;
use crate::{LIVE, site};

fn rule<'a>(rules: &'a [Value], name: &str) -> &'a Value {
    rules.iter().find(|rule| rule["name"] == name).unwrap()
}

#[tokio::test]
async fn rules_come_back_as_they_were() -> Checked {
    let (site, client) = site(LIVE).await?;
    site.add_unknown_fields(true);
    let before = site.rules();
    let file = serde_json::to_string_pretty(&back_up(&client).await?)?;
    let backup: Vec<SystemRule> = serde_json::from_str(&file)?;
    assert_eq!(backup.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["Professionals of CORP", "Guests"]);

    client.delete_system_rule(seed::DISABLED_RULE).send().await?;
    let mut changed = client.get_system_rule(seed::PROFESSIONAL_RULE).send().await?;
    changed.disabled = Some(true);
    client.update_system_rule(seed::PROFESSIONAL_RULE, changed).send().await?;
    assert_eq!(site.rules().len(), 2);

    for (rule, expected) in backup.iter().zip([Restored::Updated, Restored::Created]) {
        assert_eq!(restore_one(&client, rule).await?, expected, "{}", rule.name);
    }
    let after = site.rules();
    for name in ["Professionals of CORP", "Guests"] {
        for field in ["rule", "resourceFilter", "actions", "disabled", "comment", "type"] {
            assert_eq!(rule(&after, name)[field], rule(&before, name)[field], "{name}: {field}");
        }
        assert!(rule(&after, name)["notYetDescribed"]["values"].is_array(), "unknown fields go back, too");
    }
    for rule in &backup {
        assert_eq!(restore_one(&client, rule).await?, Restored::Unchanged, "{}", rule.name);
    }
    Ok(())
}

#[tokio::test]
async fn a_change_of_a_stale_rule_is_a_conflict() -> Checked {
    let (_site, client) = site(LIVE).await?;
    let stale = client.get_system_rule(seed::PROFESSIONAL_RULE).send().await?;
    client.update_system_rule(seed::PROFESSIONAL_RULE, stale.clone()).send().await?;
    let error = client.update_system_rule(seed::PROFESSIONAL_RULE, stale).send().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(409), "{error}");
    Ok(())
}
