//! Reports the end of a licence and its capacity.

use jiff::{SignedDuration, Timestamp};
use qrs_tests::{LicenseKind, Licensing, Mode, Pool};
use serde_json::json;

use crate::jobs::status::{Finding, Level, Thresholds, findings, report};
use crate::support::Checked;
use crate::{LIVE, fields, site};

const THRESHOLDS: Thresholds = Thresholds { available: 1, days: 30 };

#[tokio::test]
async fn capacity_is_told_in_both_modes() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        site.set_capacity(Pool::Professional, 1);
        let report = report(None, &client.get_access_type_overview().send().await?);
        let lines: Vec<_> = report.lines().take(3).collect();
        let used = if mode == LIVE { [1, 0] } else { [2, 1] };
        let expected = [
            "kind,unit,total,used,available,quarantined,excess,licence ends".to_owned(),
            format!("professional,passes,1,{},0,0,1,no licence", used[0]),
            format!("analyzer,passes,2,{},1,0,0,no licence", used[1]),
        ];
        assert_eq!(lines, expected, "{mode:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_report_is_csv() -> Checked {
    let (_site, client) = site(LIVE).await?;
    let (license, overview) = (client.get_license().send().await?, client.get_access_type_overview().send().await?);
    let expected = [
        "kind,unit,total,used,available,quarantined,excess,licence ends",
        "professional,passes,4,1,2,0,0,2099-12-31",
        "analyzer,passes,2,0,1,0,0,2099-12-31",
        "analyzer time,minutes,1000,120,880,0,,2099-12-31",
        "",
    ];
    assert_eq!(report(license.as_ref(), &overview), expected.join("\r\n"));

    let (_site, client) = site(Mode::Live(Licensing::Tokens)).await?;
    let (license, overview) = (client.get_license().send().await?, client.get_access_type_overview().send().await?);
    assert!(report(license.as_ref(), &overview).contains("\r\ntokens,tokens,13,5,8,,,2099-12-31\r\n"));
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
            format!("OK: licence {serial} ends: 2099-12-31"),
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
    assert_eq!(told(&findings(site.now()).await?), ["CRITICAL: the site has no licence"]);
    Ok(())
}
