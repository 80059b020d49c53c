//! TLS: who trusts whom, and what is said when somebody does not.
//!
//! It is one file, longer than others: the tests share certificates and servers.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::runtime::{Call, Certificate, Client, ClientBuilder, Error, ErrorKind, Identity, Retry, Server, decode};
use crate::support::{Behaviour, CERTIFICATE, Fault, Site, TOKEN, answer};

/// A certificate and its key, as PEM.
struct Pair {
    certificate: String,
    key: String,
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn certificate(&self) -> Certificate {
        Certificate::from_pem(self.pem().as_bytes()).unwrap()
    }

    fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    fn identity(&self) -> Identity {
        let pair = self.issue(&["client"], |_| {});
        Identity::from_pem(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap()
    }
}

pub(crate) fn any_identity() -> Identity {
    Authority::new("any").identity()
}

pub(crate) fn any_certificate() -> Certificate {
    Authority::new("any").certificate()
}

/// A server with a certificate for `localhost`, which answers 7, and its authority.
pub(crate) async fn localhost() -> (Site, Certificate) {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    (start(config(&pair, None, &VERSIONS)).await, authority.certificate())
}

pub(crate) fn trusting_nobody() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

/// A server's side, which demands a certificate of `clients` if there is one.
fn config(pair: &Pair, clients: Option<&Authority>, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
    builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap()).unwrap()
}

async fn start(config: ServerConfig) -> Site {
    Site::listen(Behaviour::RawResponse(answer("200 OK", &[], b"7")), Some(config)).await
}

fn builder(site: &Site) -> ClientBuilder {
    Client::builder(Server::url(format!("https://localhost:{}/base", site.port)))
        .credential(&TOKEN, "hunter2".to_owned())
        .retry(Retry::never())
}

async fn call(builder: ClientBuilder) -> Result<u8, Error<Fault>> {
    static CALL: crate::runtime::Operation = crate::runtime::Operation {
        id: "getNumber",
        method: "GET",
        path: "/number",
        security: &[&[&TOKEN], &[&CERTIFICATE]],
        credential_parameters: &[],
        accept: "application/json",
        describes_partial_content: false,
        errors: &[],
    };
    Call::new(&builder.build().unwrap(), &CALL).send(decode::json, decode::json_error).await
}

/// The message about a failure of TLS, after the parts that are the same everywhere.
async fn failure(site: &Site, builder: ClientBuilder) -> String {
    let error = call(builder).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}: {}", crate::support::everything_shown(&error));
    assert!(error.is_tls() && !error.is_timeout() && error.status().is_none());
    assert!(site.requests().is_empty());
    let shown = crate::support::everything_shown(&error);
    assert!(!shown.contains("hunter2"), "{shown}");
    let message = error.to_string();
    message
        .strip_prefix("getNumber: GET /number: ")
        .unwrap_or_else(|| panic!("{message}"))
        .replace(&format!("localhost:{}", site.port), "HOST")
}

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

#[tokio::test]
async fn both_versions_and_both_sides_certified() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost", "127.0.0.1"], |_| {});
    for version in VERSIONS {
        let site = start(config(&pair, Some(&authority), &[version])).await;
        let builder = builder(&site).certificate(authority.identity()).root_certificate(authority.certificate());
        assert_eq!(call(builder.clone()).await.unwrap(), 7);
        // The given authority is trusted beside the system's as well.
        assert_eq!(call(builder.clone().system_roots()).await.unwrap(), 7);
        // And among others.
        assert_eq!(call(builder.root_certificate(any_certificate())).await.unwrap(), 7);
    }
}

#[tokio::test]
async fn the_certificate_counts_as_a_credential() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    let site = start(config(&pair, Some(&authority), &VERSIONS)).await;
    let client = Client::builder(Server::url(format!("https://localhost:{}", site.port)))
        .root_certificate(authority.certificate())
        .certificate(authority.identity());
    assert_eq!(call(client).await.unwrap(), 7);
}

#[tokio::test]
async fn an_authority_that_is_not_trusted() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    for version in VERSIONS {
        let site = start(config(&pair, None, &[version])).await;
        for builder in [
            builder(&site).root_certificate(any_certificate()),
            builder(&site).root_certificate(any_certificate()).system_roots(),
        ] {
            assert_eq!(
                failure(&site, builder).await,
                "the certificate of HOST comes from an authority that is not trusted: \
                 if it is the right one, give it with `ClientBuilder::root_certificate`"
            );
        }
    }
}

#[tokio::test]
async fn a_name_that_is_not_the_servers() {
    let authority = Authority::new("site");
    let said = async |names: &[&str]| {
        let site = start(config(&authority.issue(names, |_| {}), None, &VERSIONS)).await;
        failure(&site, builder(&site).root_certificate(authority.certificate())).await
    };
    assert_eq!(
        said(&["node", "*.example.com", "10.0.0.1"]).await,
        "the certificate of HOST is for node, *.example.com, 10.0.0.1, not for localhost: use the name that it has in the \
         server's address, with `ClientBuilder::connect_to` if that name does not lead to the server"
    );
    assert_eq!(
        said(&[]).await,
        "the certificate of HOST has no subject alternative name, and its common name does not count: it needs one for the \
         name in the server's address"
    );
}

#[tokio::test]
async fn certificates_that_cannot_be_used() {
    let authority = Authority::new("site");
    let said = async |change: fn(&mut CertificateParams)| {
        let site = start(config(&authority.issue(&["localhost"], change), None, &VERSIONS)).await;
        failure(&site, builder(&site).root_certificate(authority.certificate())).await
    };
    assert_eq!(
        said(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)).await,
        "the certificate of HOST is that of an authority, not of a server: the server needs one of its own, issued by the \
         authority"
    );
    assert_eq!(
        said(|params| params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth]).await,
        "the certificate of HOST is not for servers (its extended key usage lacks `serverAuth`): the server needs one that is"
    );
}

#[tokio::test]
async fn a_server_with_nothing_in_common_blames_no_certificate() {
    let pair = Authority::new("site").issue(&["localhost"], |_| {});
    let mut provider = default_provider();
    // For keys of another kind than the certificate has.
    provider.cipher_suites.retain(|suite| format!("{:?}", suite.suite()).contains("ECDHE_RSA"));
    let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap())
        .unwrap();
    let site = start(config).await;
    let said = failure(&site, builder(&site)).await;
    assert!(
        said.starts_with(
            "HOST refused the TLS handshake without a reason: it has no cipher suite or curve in common with this client, or it \
             requires a client certificate (give one with `ClientBuilder::certificate`); this client supports"
        ),
        "{said}"
    );
    assert!(said.ends_with("use `ClientBuilder::http_client` with another TLS library"), "{said}");
}

#[tokio::test]
async fn the_servers_name_at_another_address() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["node"], |_| {});
    let site = start(config(&pair, Some(&authority), &VERSIONS)).await;
    // The port of the server's own address is another one, so that the header `Host` can be told from it.
    let there = |name: &str| {
        Client::builder(Server::url(format!("https://{name}:4242/base")))
            .root_certificate(authority.certificate())
            .certificate(authority.identity())
            .connect_to(std::net::SocketAddr::from(([127, 0, 0, 1], site.port)))
    };
    assert_eq!(call(there("node")).await.unwrap(), 7);
    let requests = site.requests();
    assert_eq!(crate::support::header(&requests[0], "Host"), Some("node:4242"));
    assert_eq!(crate::support::target(&requests[0]), "/base/number");

    let error = call(there("other")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "getNumber: GET /number: the certificate of other:4242 is for node, not for other: \
         use the name that it has in the server's address"
    );
}

#[tokio::test]
async fn anyone_is_accepted_where_that_is_asked_for() {
    let authority = Authority::new("site");
    let expired = authority.issue(&["elsewhere"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    for version in VERSIONS {
        let site = start(config(&expired, None, &[version])).await;
        let builder = builder(&site).root_certificate(any_certificate());
        assert_eq!(call(builder.clone().danger_accept_invalid_certs(true)).await.unwrap(), 7);
        let error = call(builder.danger_accept_invalid_certs(true).danger_accept_invalid_certs(false)).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Tls);
    }
}

/// A server that presents a certificate without the key to it.
async fn presenting(certificate: &str, version: &'static SupportedProtocolVersion) -> Site {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let held = Authority::new("other").issue(&["localhost"], |_| {});
    let key = PrivateKeyDer::from_pem_slice(held.key.as_bytes()).unwrap();
    let key = default_provider().key_provider.load_private_key(key).unwrap();
    let pair = Arc::new(rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(chain, key)));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(pair as Arc<dyn rustls::server::ResolvesServerCert>);
    start(config).await
}

#[tokio::test]
async fn a_certificate_that_is_somebody_elses() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    for version in VERSIONS {
        let site = presenting(&pair.certificate, version).await;
        assert_eq!(
            failure(&site, builder(&site).root_certificate(authority.certificate())).await,
            "the certificate of HOST goes with a signature that does not match: the other side does not hold its key, or another authority of the same name has issued it"
        );
    }
}

/// Certificates that `ring` and `webpki` cannot verify do not reach them.
#[tokio::test]
async fn any_certificate_is_accepted_where_that_is_asked_for() {
    for certificate in [
        include_str!("fixtures/rsa_1024_certificate.pem"),
        include_str!("fixtures/version_1_certificate.pem"),
        include_str!("fixtures/p521_certificate.pem"),
    ] {
        for version in VERSIONS {
            let site = presenting(certificate, version).await;
            assert_eq!(call(builder(&site).danger_accept_invalid_certs(true)).await.unwrap(), 7);
            assert_eq!(call(builder(&site)).await.unwrap_err().kind(), ErrorKind::Tls);
        }
    }
    // Not a certificate at all.
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let site = presenting(nonsense, &TLS13).await;
    assert_eq!(call(builder(&site).danger_accept_invalid_certs(true)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_certificate_out_of_its_time() {
    let authority = Authority::new("site");
    let expired = authority.issue(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let site = start(config(&expired, None, &VERSIONS)).await;
    let said = failure(&site, builder(&site).root_certificate(authority.certificate())).await;
    let days: u64 = said
        .strip_prefix("the certificate of HOST expired ")
        .and_then(|rest| rest.strip_suffix(" days ago: it needs a new one, unless this machine's clock is wrong"))
        .unwrap_or_else(|| panic!("{said}"))
        .parse()
        .unwrap();
    assert!(days > 2000, "{days}");

    let future = authority.issue(&["localhost"], |params| params.not_before = date_time_ymd(3000, 1, 1));
    let site = start(config(&future, None, &VERSIONS)).await;
    let said = failure(&site, builder(&site).root_certificate(authority.certificate())).await;
    assert!(said.starts_with("the certificate of HOST is not valid for another "), "{said}");
    assert!(said.ends_with(" days: is this machine's clock wrong?"), "{said}");
}

#[tokio::test]
async fn a_server_that_demands_a_certificate() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    for version in VERSIONS {
        let site = start(config(&pair, Some(&authority), &[version])).await;
        assert_eq!(
            failure(&site, builder(&site).root_certificate(authority.certificate())).await,
            "HOST requires a client certificate: give one with `ClientBuilder::certificate`",
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_certificate() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    for version in VERSIONS {
        let site = start(config(&pair, Some(&authority), &[version])).await;
        assert_eq!(
            failure(&site, builder(&site).root_certificate(authority.certificate()).certificate(any_identity())).await,
            "HOST refused the client certificate (UnknownCA): it does not come from an authority that the server trusts",
            "{version:?}"
        );
        let pair = authority.issue(&["client"], |params| params.not_after = date_time_ymd(2020, 1, 1));
        let expired = Identity::from_pem(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
        assert_eq!(
            failure(&site, builder(&site).root_certificate(authority.certificate()).certificate(expired)).await,
            "HOST refused the client certificate (CertificateExpired): it has expired, or its time has not come",
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn a_port_without_tls() {
    let site = Site::start(Behaviour::RawResponse(answer("200 OK", &[], b"7"))).await;
    // A server that speaks HTTP reads a handshake as a request that never ends, or answers it in its own tongue.
    let answering = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = answering.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = answering.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let client = Client::builder(Server::url(format!("https://localhost:{port}")))
        .root_certificate(any_certificate())
        .credential(&TOKEN, "t".to_owned());
    let error = call(client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "getNumber: GET /number: localhost:{port} does not speak TLS on this port: \
             is its address `http://`, or is the port another one?"
        )
    );
    drop(site);

    let closing = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closing.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = closing.accept().await {
            let mut hello = [0; 2048];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await;
        }
    });
    let client = Client::builder(Server::url(format!("https://localhost:{port}")))
        .root_certificate(any_certificate())
        .credential(&TOKEN, "t".to_owned());
    let client = client.retry(Retry::attempts(2).first_pause(Duration::ZERO));
    let error = call(client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 2), "a service that restarts does so");
    assert!(error.is_connect());
    assert_eq!(
        error.to_string(),
        format!(
            "getNumber: GET /number: localhost:{port} closed the connection in the TLS handshake: \
             is it being restarted, or does it not speak TLS on this port? (after 2 attempts)"
        )
    );
}

#[tokio::test]
async fn a_server_that_breaks_the_rules_of_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 2048];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await;
            // The server's hello for TLS 1.2, with RC4, which the client has not offered.
            let mut answer = vec![22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3];
            answer.extend([7; 32]);
            answer.extend([0, 0, 5, 0]);
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &answer).await;
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    let client = Client::builder(Server::url(format!("https://localhost:{port}"))).root_certificate(any_certificate());
    let error = call(client.credential(&TOKEN, "t".to_owned()).retry(Retry::never())).await.unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("does not follow the rules of TLS (SelectedUnofferedCipherSuite), or something"),
        "{message}"
    );
    assert!(message.ends_with("use `ClientBuilder::http_client` with another TLS library"), "{message}");
}

#[tokio::test]
async fn a_body_cut_within_tls() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    let mut cut = answer("200 OK", &[], b"[1,2,3]");
    cut.truncate(cut.len() - 3);
    let site = Site::listen(Behaviour::RawResponse(cut), Some(config(&pair, None, &VERSIONS))).await;
    let error = call(builder(&site).root_certificate(authority.certificate())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(error.to_string(), "getNumber: GET /number: 200 OK, but the response broke off after 4 of 7 bytes");
}

#[tokio::test]
async fn ones_own_http_client_without_a_certificate() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    for version in VERSIONS {
        let site = start(config(&pair, Some(&authority), &[version])).await;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).build().unwrap();
        assert_eq!(
            failure(&site, builder(&site).http_client(http)).await,
            "HOST requires a client certificate, and the client given to `ClientBuilder::http_client` has none"
        );
    }
}

#[tokio::test]
async fn a_server_that_speaks_another_protocol() {
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    let mut config = config(&pair, None, &VERSIONS);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let site = start(config).await;
    assert_eq!(
        failure(&site, builder(&site).root_certificate(authority.certificate())).await,
        "HOST ended the TLS connection (NoApplicationProtocol)"
    );
}

/// Which authorities a system trusts is settled before a process starts, so this test runs itself once more with an
/// authority of its own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn given_authorities_replace_the_systems() {
    const AGAIN: &str = "RUNTIME_TEST_AGAIN";
    let Some(file) = std::env::var_os(AGAIN).and(std::env::var_os("SSL_CERT_FILE")) else {
        let folder = tempfile::tempdir().unwrap();
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tls::given_authorities_replace_the_systems"])
            .env(AGAIN, "1")
            .env("SSL_CERT_FILE", folder.path().join("authority.pem"))
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success() && said.contains("1 passed"), "{said}");
        return;
    };
    let authority = Authority::new("site");
    let pair = authority.issue(&["localhost"], |_| {});
    let site = start(config(&pair, None, &VERSIONS)).await;

    let error = builder(&site).build().unwrap_err();
    assert_eq!(error.kind(), crate::runtime::BuildErrorKind::Setup);
    assert!(error.to_string().ends_with("give the server's own with `ClientBuilder::root_certificate`"), "{error}");

    std::fs::write(file, authority.pem()).unwrap();
    assert_eq!(call(builder(&site).root_certificate(any_certificate()).system_roots()).await.unwrap(), 7);
    assert_eq!(call(builder(&site)).await.unwrap(), 7);
    let error = call(builder(&site).root_certificate(any_certificate())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
}
