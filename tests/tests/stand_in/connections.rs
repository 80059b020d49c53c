//! Certificates and connections.

use std::error::Error;
use std::time::Duration;

use qrs_tests::{Answer, Credentials, Fault, Method, StandIn, StatusCode, Target, TlsVersions};
use tokio::net::TcpStream;

use crate::caller::{Caller, Outcome, tls, trusted};

/// The whole chain of an error's causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn foreign_certificates_are_refused() -> Outcome {
    for versions in [TlsVersions::Only12, TlsVersions::Only13, TlsVersions::Both] {
        let site = StandIn::builder().tls(versions).start().await?;
        let Credentials { client_pem, client_key_pem, root_pem, .. } = site.foreign_client()?;
        for (config, client_says, site_says) in [
            (tls(site.root_pem(), None)?, "CertificateRequired", "peer sent no certificates"),
            (tls(site.root_pem(), Some((&client_pem, &client_key_pem)))?, "UnknownCA", "invalid peer certificate"),
            (tls(&root_pem, Some((site.client_pem(), site.client_key_pem())))?, "UnknownIssuer", "UnknownCA"),
        ] {
            let before = site.refused_handshakes().len();
            let caller = Caller::with(&site, config)?;
            let error = caller.get("/license").await.map(|told| told.status).unwrap_err();
            assert!(chain(error.as_ref()).contains(client_says), "{}", chain(error.as_ref()));
            // The site may still be reading the client's alert.
            for _ in 0..100 {
                if site.refused_handshakes().len() > before {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let refused = site.refused_handshakes();
            let reason = refused.get(before).ok_or("the site noticed nothing")?;
            assert!(reason.contains(site_says), "{versions:?}: {reason}");
        }
        assert!(site.requests().is_empty());
        assert_eq!(Caller::new(&site)?.get("/license").await?.status, 200, "{versions:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_certificate_may_hold_only_a_short_name() -> Outcome {
    let site = StandIn::builder().server_name("qlik-node").start().await?;
    let error = Caller::new(&site)?.get("/license").await.map(|told| told.status).unwrap_err();
    let error = chain(error.as_ref());
    assert!(error.contains("not valid for name \"localhost\""), "{error}");

    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(trusted(&site)?)
        .no_proxy()
        .resolve("qlik-node", ([127, 0, 0, 1], site.port()).into())
        .build()?;
    let base = format!("https://qlik-node:{}/qrs", site.port());
    assert_eq!(Caller { http, base }.get("/license").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn exported_certificates_open_a_connection() -> Outcome {
    let site = StandIn::start().await?;
    let folder = tempfile::tempdir()?;
    site.write_certificates(folder.path())?;
    let read = |name| std::fs::read_to_string(folder.path().join(name));
    let config = tls(&read("root.pem")?, Some((&read("client.pem")?, &read("client_key.pem")?)))?;
    assert_eq!(Caller::with(&site, config)?.get("/license").await?.status, 200);
    assert!(site.write_certificates(folder.path().join("missing")).is_err());
    let shown = format!("{site:?} {:?}", site.foreign_client()?);
    assert!(!shown.contains("PRIVATE KEY"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn stopping_closes_every_connection() -> Outcome {
    let site = StandIn::start().await?;
    let port = site.port();
    let caller = Caller::new(&site)?;
    site.answer_next(Target::Any, Answer::text(StatusCode::OK, "").fault(Fault::Endless));
    let mut endless = caller.request(Method::GET, "/license").send().await?;
    assert!(endless.chunk().await?.is_some());
    site.stop().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    while let Ok(chunk) = endless.chunk().await {
        assert!(chunk.is_some(), "a cut must not look like an end");
    }

    // The port is free for the next, and a dropped site gives it back as well.
    let site = StandIn::builder().port(port).empty().start().await?;
    assert!(site.users().is_empty() && site.license().is_none());
    let caller = Caller::new(&site)?;
    assert_eq!(caller.get("/license").await?.status, 403);
    drop(site);
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err("a dropped site still listens".into())
}
