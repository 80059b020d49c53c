//! Reports the end of a licence and its capacity.

use jiff::{SignedDuration, Timestamp};
use qrs_tests::{LicenseKind, Licensing, Mode, Pool};
use serde_json::json;

use crate::jobs::status::{Finding, Level, Thresholds, findings, held};
use crate::support::Checked;
use crate::{LIVE, fields, site};

const THRESHOLDS: Thresholds = Thresholds { available: 1, days: 30, critical_days: 7 };

#[tokio::test]
async fn capacity_is_told_in_both_modes() -> Checked {
    for (mode, used, available) in [(Mode::Contract, 2, 0), (LIVE, 1, 0)] {
        let (site, client) = site(mode).await?;
        site.set_capacity(Pool::Professional, 1);
        let overview = client.get_access_type_overview().send().await?;
        let row = held(&overview).next().ok_or("the licence has professional access")?;
        let numbers = (row.total, row.used, row.available, row.excess);
        assert_eq!(numbers, (Some(1), Some(used), Some(available), Some(1)), "{mode:?}");
    }
    let (_site, client) = site(Mode::Live(Licensing::Tokens)).await?;
    let overview = client.get_access_type_overview().send().await?;
    let row = held(&overview).last().ok_or("the licence has tokens")?;
    assert_eq!(
        (row.kind.to_string(), row.total, row.used, row.available),
        ("tokens".to_owned(), Some(13), Some(5), Some(8))
    );
    Ok(())
}

#[tokio::test]
async fn findings_warn_in_time() -> Checked {
    let (site, client) = site(LIVE).await?;
    let findings = async |now: Timestamp| -> Result<Vec<Finding>, Box<dyn std::error::Error>> {
        let license = client.get_license().send().await?;
        Ok(findings(license.as_ref(), &client.get_access_type_overview().send().await?, THRESHOLDS, now))
    };
    let told = |findings: &[Finding]| {
        findings.iter().map(|finding| format!("{}: {}", finding.level, finding.text)).collect::<Vec<_>>()
    };
    let serial = qrs_tests::seed::SERIAL;
    assert_eq!(
        told(&findings(site.now()).await?),
        [
            format!("OK: license {serial} ends: 2099-12-31"),
            "OK: 2 of 4 professional passes are available".to_owned(),
            "WARNING: 1 of 2 analyzer passes are available".to_owned(),
            "OK: 880 of 1000 analyzer time minutes are available".to_owned(),
        ]
    );
    let end: Timestamp = "2100-01-01T00:00:00Z".parse()?;
    let first = async |days: i64| -> Result<Level, Box<dyn std::error::Error>> {
        Ok(findings(end - SignedDuration::from_hours(24 * days)).await?[0].level)
    };
    assert_eq!((first(30).await?, first(29).await?, first(-1).await?), (Level::Ok, Level::Warning, Level::Critical));
    assert_eq!((first(7).await?, first(6).await?), (Level::Warning, Level::Critical));

    site.set_capacity(Pool::Professional, 1);
    let excess = &findings(site.now()).await?[1];
    assert_eq!(
        (excess.level, excess.text.as_str()),
        (Level::Critical, "0 of 1 professional passes are available, 1 in excess")
    );

    let mut row = fields(&site.license().ok_or("the site has a licence")?);
    row.insert("lef".to_owned(), json!("1111222233334444\r\nPRODUCTLEVEL;50;;\r\n"));
    site.set_license(row, LicenseKind::Serial, "");
    assert_eq!(findings(site.now()).await?[0].level, Level::Unknown, "no line says the end");
    site.unlicensed();
    assert_eq!(told(&findings(site.now()).await?), ["CRITICAL: the site has no license"]);
    Ok(())
}
