//! Swaps a professional pass for an analyzer pass.

use qrs_tests::{Answer, LicenseKind, Mode, Pool, StatusCode, seed};

use crate::jobs::passes::Kind;
use crate::jobs::swap::{Gap, Swapped, swap};
use crate::support::Checked;
use crate::{LIVE, holders, site};

const KINDS: [Kind; 2] = [Kind::Professional, Kind::Analyzer];

#[tokio::test]
async fn the_new_pass_comes_before_the_old_one_goes() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        assert_eq!(swap(&client, seed::NEWCOMER, KINDS, Gap::Refused).await?, Swapped::NotHeld);
        let swapped = swap(&client, seed::BJORN, KINDS, Gap::Refused).await?;
        assert_eq!(swapped, Swapped::Done { reserved_until: None });
        assert_eq!(holders(&site, Pool::Professional), ["ada"]);
        assert_eq!(holders(&site, Pool::Analyzer), ["o'neil", "björn"]);
        let methods: Vec<_> =
            site.requests().iter().map(|seen| seen.method.to_string()).filter(|method| method != "GET").collect();
        assert_eq!(methods, ["POST", "DELETE"], "{mode:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_pass_used_lately_stays_reserved() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        let swapped = swap(&client, seed::ADA, KINDS, Gap::Refused).await?;
        assert!(matches!(swapped, Swapped::Done { reserved_until: Some(end) } if end > site.now()), "{swapped}");
        site.set_license_kind(LicenseKind::SignedKey);
        let back = swap(&client, seed::ADA, [Kind::Analyzer, Kind::Professional], Gap::Refused).await?;
        assert_eq!(back, Swapped::Done { reserved_until: None }, "{mode:?}");
        assert_eq!(holders(&site, Pool::Professional), ["ada", "björn"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_site_of_one_pass_a_user_needs_a_gap() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        site.limit_to_one_pass(true);
        let refused = swap(&client, seed::ADA, KINDS, Gap::Refused).await?;
        assert!(
            matches!(&refused, Swapped::Kept(why) if why.contains("already has access of another type")),
            "{refused}"
        );
        assert_eq!(holders(&site, Pool::Professional), ["ada", "björn"]);
        assert_eq!(swap(&client, seed::ADA, KINDS, Gap::Allowed).await?, Swapped::AfterGap);
        assert_eq!(holders(&site, Pool::Professional), ["björn"]);
        assert_eq!(holders(&site, Pool::Analyzer), ["o'neil", "ada"]);
    }
    Ok(())
}

#[tokio::test]
async fn without_capacity_the_old_pass_is_kept() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        site.set_capacity(Pool::Analyzer, 1);
        for gap in [Gap::Refused, Gap::Allowed] {
            let kept = swap(&client, seed::ADA, KINDS, gap).await?;
            assert!(matches!(&kept, Swapped::Kept(why) if why.contains("no capacity left")), "{kept}");
            assert_eq!(holders(&site, Pool::Professional), ["ada", "björn"], "{mode:?} {gap:?}");
        }
        assert_eq!(holders(&site, Pool::Analyzer), ["o'neil"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_swap_that_fails_halfway_is_undone() -> Checked {
    let (site, client) = site(LIVE).await?;
    let path = format!("/qrs/license/professionalaccesstype/{}", seed::PASS_OF_BJORN);
    site.answer_next(path.as_str(), Answer::text(StatusCode::FORBIDDEN, "You may not do this."));
    let kept = swap(&client, seed::BJORN, KINDS, Gap::Refused).await?;
    assert!(matches!(&kept, Swapped::Kept(why) if why.contains("You may not do this.")), "{kept}");
    assert_eq!(holders(&site, Pool::Professional), ["ada", "björn"]);
    assert_eq!(holders(&site, Pool::Analyzer), ["o'neil"]);
    Ok(())
}
