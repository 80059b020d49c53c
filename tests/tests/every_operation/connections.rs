//! Connections: certificates, names, credentials, and the state that clients share.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use qrs_generated::{BuildErrorKind, Certificate, Client, ClientBuilder, ErrorKind, Identity, Server, reqwest};
use qrs_tests::{Answer, Operation, StandIn, StatusCode, TlsVersions, seed};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::calls::Failure;
use crate::support::{Checked, builder_for};

const START: &str = "getLicense: GET /license: ";
const VERSIONS: [TlsVersions; 3] = [TlsVersions::Both, TlsVersions::Only12, TlsVersions::Only13];

async fn refused(builder: ClientBuilder) -> Failure {
    builder.build().unwrap().get_license().send().await.unwrap_err()
}

/// The failure of a call that did not get as far as HTTP.
async fn refused_by_tls(site: &StandIn, builder: ClientBuilder) -> String {
    let error = refused(builder).await;
    assert_eq!((error.kind(), error.status(), error.text()), (ErrorKind::Tls, None, None), "{error}");
    assert!(error.is_tls() && error.headers().is_none() && error.body().is_none());
    assert!(site.requests().is_empty());
    let shown = error.to_string().replace(&format!("localhost:{}", site.port()), "HOST");
    shown.strip_prefix(START).map(str::to_owned).unwrap()
}

fn root(pem: &str) -> Certificate {
    Certificate::from_pem(pem.as_bytes()).unwrap()
}

fn bare(site: &StandIn) -> ClientBuilder {
    Client::builder(Server::url(site.url())).root_certificate(root(site.root_pem())).user("INTERNAL", "sa_repository")
}

/// An HTTP client of one's own.
fn own_http_client(site: &StandIn, with_certificate: bool) -> Result<reqwest::Client, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(site.root_pem().as_bytes())?)?;
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let tls = if with_certificate {
        tls.with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(site.client_pem().as_bytes())?],
            PrivateKeyDer::from_pem_slice(site.client_key_pem().as_bytes())?,
        )?
    } else {
        tls.with_no_client_auth()
    };
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?)
}

#[tokio::test]
async fn the_files_of_a_certificate_export_are_read() -> Checked {
    for versions in VERSIONS {
        let site = StandIn::builder().tls(versions).start().await?;
        let folder = tempfile::tempdir()?;
        site.write_certificates(folder.path())?;
        let file = |name: &str| folder.path().join(name);
        let client = Client::builder(Server::url(site.url()))
            .certificate(Identity::from_pem_files(file("client.pem"), file("client_key.pem"))?)
            .root_certificate(Certificate::from_pem_file(file("root.pem"))?)
            .user("INTERNAL", "sa_repository")
            .build()?;
        assert!(client.get_license().send().await?.is_some(), "{versions:?}");
        let seen = site.last_request().ok_or("it was asked")?;
        assert_eq!(seen.client_certificate_subject, "CN=QlikClient");
    }
    Ok(())
}

#[tokio::test]
async fn each_side_refuses_a_foreign_certificate() -> Checked {
    for versions in VERSIONS {
        let site = StandIn::builder().tls(versions).start().await?;
        let foreign = site.foreign_client()?;
        let identity = Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?;
        let foreigner = Identity::from_pem(foreign.client_pem.as_bytes(), foreign.client_key_pem.as_bytes())?;

        let distrusting = Client::builder(Server::url(site.url()))
            .root_certificate(root(&foreign.root_pem))
            .certificate(identity)
            .user("INTERNAL", "sa_repository");
        assert_eq!(
            refused_by_tls(&site, distrusting).await,
            "the certificate of HOST comes from an authority that is not trusted: if it is the right one, give it with \
             `ClientBuilder::root_certificate`"
        );
        assert_eq!(
            refused_by_tls(&site, bare(&site).certificate(foreigner)).await,
            "HOST refused the client certificate (UnknownCA): it does not come from an authority that the server trusts",
            "{versions:?}"
        );
        assert_eq!(
            refused_by_tls(&site, bare(&site).bearer("token")).await,
            "HOST requires a client certificate: give one with `ClientBuilder::certificate`",
            "{versions:?}"
        );
        let own = Client::builder(Server::url(site.url()))
            .http_client(own_http_client(&site, false)?)
            .user("INTERNAL", "sa_repository");
        assert_eq!(
            refused_by_tls(&site, own).await,
            "HOST requires a client certificate, and the client given to `ClientBuilder::http_client` has none",
            "{versions:?}"
        );
        assert_eq!(site.refused_handshakes().len(), 4, "{:?}", site.refused_handshakes());
    }
    Ok(())
}

#[tokio::test]
async fn missing_credentials_are_reported_before_anything_is_sent() -> Checked {
    let site = StandIn::start().await?;
    let identity = || Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes());
    let nothing = || Client::builder(Server::url(site.url())).root_certificate(root(site.root_pem()));
    for (builder, said) in [
        (
            nothing(),
            "it needs credentials: use `ClientBuilder::certificate` and `ClientBuilder::user`, or `ClientBuilder::bearer`, \
             or `ClientBuilder::session`, or `ClientBuilder::named_session`, or `ClientBuilder::trusted_header`",
        ),
        (
            bare(&site),
            "it needs more credentials: use `ClientBuilder::certificate`, or `ClientBuilder::bearer`, \
             or `ClientBuilder::session`, or `ClientBuilder::named_session`, or `ClientBuilder::trusted_header`",
        ),
        (
            nothing().certificate(identity()?),
            "it needs more credentials: use `ClientBuilder::user`, or `ClientBuilder::bearer`, \
             or `ClientBuilder::session`, or `ClientBuilder::named_session`, or `ClientBuilder::trusted_header`",
        ),
    ] {
        let error = refused(builder).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, None));
        assert_eq!(error.to_string(), format!("{START}{said}"));
    }
    assert_eq!((site.connections(), site.refused_handshakes().len()), (0, 0));
    Ok(())
}

#[tokio::test]
async fn one_kind_of_credentials_is_sent_at_a_time() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.bearer("hunter2").build()?;
    client.get_license().send().await?;
    let seen = site.last_request().ok_or("it was asked")?;
    assert!(seen.header("x-qlik-user").is_some());
    assert_eq!(seen.header("authorization"), None, "a token that is not needed is not given away");

    // As through a proxy: the certificate is what this site wants of everybody, the token goes into its header.
    let client = Client::builder(Server::url(site.url()))
        .http_client(own_http_client(&site, true)?)
        .bearer("hunter2")
        .build()?;
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::OK, "null"));
    assert_eq!(client.get_license().send().await?, None);
    let seen = site.last_request().ok_or("it was asked")?;
    assert_eq!((seen.header("authorization"), seen.header("x-qlik-user")), (Some("Bearer hunter2"), None));
    assert_eq!(seen.header("x-qlik-xrfkey"), seen.parameter("Xrfkey"), "the key pair goes along with either");
    assert!(seen.parameter("Xrfkey").is_some());
    Ok(())
}

#[tokio::test]
async fn user_names_are_encoded() -> Checked {
    let site = StandIn::start().await?;
    for (directory, id, header) in [
        ("CORP", "björn", "UserDirectory=CORP; UserId=bj%C3%B6rn"),
        ("PARTNER; EAST", "o'neil", "UserDirectory=PARTNER%3B%20EAST; UserId=o%27neil"),
    ] {
        builder_for(&site)?.user(directory, id).build()?.get_license().send().await?;
        let seen = site.last_request().ok_or("it was asked")?;
        assert_eq!(seen.header("x-qlik-user"), Some(header));
        assert_eq!(seen.user, Some((directory.to_owned(), id.to_owned())));
    }
    for (directory, id) in [("", "sa_repository"), ("INTERNAL", "")] {
        let error = builder_for(&site)?.user(directory, id).build().err().ok_or("half a user is none")?;
        assert!(error.to_string().contains("`ClientBuilder::user` for `user` cannot be sent: a part of it is empty"));
    }
    Ok(())
}

#[tokio::test]
async fn the_servers_certificate_has_to_hold_its_name() -> Checked {
    let site = StandIn::start().await?;
    let by_address = Client::builder(Server::url(format!("https://127.0.0.1:{}/qrs/", site.port())))
        .certificate(Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?)
        .root_certificate(root(site.root_pem()))
        .user("INTERNAL", "sa_repository")
        .build()?;
    assert!(by_address.get_license().send().await?.is_some());
    assert_eq!(site.last_request().map(|seen| seen.path), Some("/qrs/license".to_owned()), "one slash is enough");

    for versions in VERSIONS {
        let site = StandIn::builder().server_name("qlik-node").tls(versions).start().await?;
        assert_eq!(
            refused_by_tls(&site, builder_for(&site)?).await,
            "the certificate of HOST is for qlik-node, not for localhost: use the name that it has in the server's address, with \
                 `ClientBuilder::connect_to` if that name does not lead to the server"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_server_is_reached_by_another_address() -> Checked {
    let site = StandIn::start().await?;
    let at = |server: String| -> Result<ClientBuilder, Box<dyn std::error::Error>> {
        let identity = Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?;
        let builder = Client::builder(Server::url(server)).root_certificate(root(site.root_pem()));
        Ok(builder.certificate(identity).user("INTERNAL", "sa_repository"))
    };

    let error = refused(at(format!("https://localhost:{}/hub/qrs", site.port()))?).await;
    assert!(error.is_not_found() && error.body().is_none());
    assert_eq!(error.to_string(), format!("{START}404 Not Found: There is nothing at this path."));

    let port = site.port();
    let error = refused(at(format!("http://localhost:{port}/qrs"))?).await;
    assert!([ErrorKind::NoAnswer, ErrorKind::Connect].contains(&error.kind()), "{error:?}");
    assert!(error.to_string().starts_with(&format!("{START}localhost:{port} sent no response: ")), "{error}");

    let builder = at(site.url())?;
    site.stop().await;
    let error = refused(builder).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Connect, None));
    assert!(error.is_connect() && !error.is_timeout());
    let shown = error.to_string();
    assert!(shown.starts_with(&format!("{START}no connection to localhost:{port}: ")), "{shown}");
    Ok(())
}

#[tokio::test]
async fn conflicting_settings_are_refused() -> Checked {
    let site = StandIn::start().await?;
    let error = builder_for(&site)?.http_client(own_http_client(&site, true)?).build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::Conflict);
    assert_eq!(
        error.to_string(),
        "`ClientBuilder::certificate` has no effect beside `ClientBuilder::http_client`: set it where that client is built"
    );
    Ok(())
}

#[tokio::test]
async fn a_custom_http_client_serves_every_operation() -> Checked {
    let site = StandIn::start().await?;
    let http = own_http_client(&site, true)?;
    let client =
        Client::builder(Server::url(site.url())).http_client(http).user("INTERNAL", "sa_repository").build()?;
    for (operation, sent) in crate::calls::all(&client) {
        sent.await.map_err(|error| format!("{operation:?}: {error}"))?;
    }
    assert_eq!(site.requests().len(), Operation::ALL.len());
    assert_eq!(site.connections(), 1);
    Ok(())
}

#[tokio::test]
async fn clones_share_their_connections() -> Checked {
    const CALLS: usize = 40;
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for _ in 0..3 {
        client.clone().get_license().send().await?;
    }
    assert_eq!(site.connections(), 1);
    builder_for(&site)?.build()?.get_license().send().await?;
    assert_eq!(site.connections(), 2, "a client that was built anew has its own");

    site.forget_requests();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_license_rule(seed::PROFESSIONAL_RULE).send().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await??.id, Some(seed::PROFESSIONAL_RULE));
    }
    let requests = site.requests();
    assert_eq!(requests.len(), CALLS);
    let keys: HashSet<_> = requests.iter().filter_map(|seen| seen.parameter("Xrfkey")).collect();
    assert_eq!(keys.len(), CALLS, "also those of calls at the same time differ");
    // A connection is free again a moment after its answer was read.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let connections = site.connections();
    client.get_license().send().await?;
    assert_eq!(site.connections(), connections, "and their connections are used again");
    Ok(())
}

#[tokio::test]
async fn a_request_can_be_cloned_and_sent_later() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let request = client.get_license_rules().filter("disabled eq True");
    drop(client.clone().get_license());
    assert_eq!(site.connections(), 0, "nothing is sent before `send`");
    drop(client);
    let first = tokio::spawn(request.clone().send()).await??;
    assert_eq!(request.send().await?, first);
    let requests = site.requests();
    let [one, other] = requests.as_slice() else { return Err("it was sent twice".into()) };
    assert_eq!(one.parameter("filter"), other.parameter("filter"));
    assert_ne!(one.parameter("Xrfkey"), other.parameter("Xrfkey"), "the key is made when it is sent");
    Ok(())
}
