//! Unusual addresses, names and networks of a site.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use qrs_generated::{BuildErrorKind, Certificate, Client, ClientBuilder, Identity, Server};
use qrs_tests::{Answer, Operation, StandIn, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Checked, builder_for};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A builder for a site that is called `qlik-node`, a name that leads nowhere from here.
fn builder_for_node(site: &StandIn) -> Result<ClientBuilder, qrs_generated::BuildError> {
    let identity = Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?;
    Ok(Client::builder(Server::url(format!("https://qlik-node:{}/qrs", site.port())))
        .certificate(identity)
        .root_certificate(Certificate::from_pem(site.root_pem().as_bytes())?)
        .user("INTERNAL", "sa_repository"))
}

fn refusal(builder: ClientBuilder) -> (Option<BuildErrorKind>, String) {
    match builder.build() {
        Ok(_) => (None, String::new()),
        Err(error) => (Some(error.kind()), error.to_string()),
    }
}

#[tokio::test]
async fn a_server_is_reached_by_an_address_and_verified_by_another_name() -> Checked {
    let site = StandIn::builder().server_name("qlik-node").start().await?;
    let there = SocketAddr::new(HERE, site.port());
    for address in [there.to_string(), HERE.to_string(), format!("localhost:{}", site.port()), "localhost".to_owned()] {
        let client = builder_for_node(&site)?.connect_to(&address).build()?;
        assert!(client.get_license().send().await?.is_some(), "{address}");
        let seen = site.last_request().ok_or("nothing was sent")?;
        assert_eq!(seen.header("host"), Some(format!("qlik-node:{}", site.port()).as_str()), "{address}");
    }
    // The name is still checked: this site has a certificate for another one.
    let other = StandIn::start().await?;
    let client = builder_for_node(&other)?.connect_to(SocketAddr::new(HERE, other.port())).build()?;
    let error = client.get_license().send().await.err().ok_or("it is refused")?;
    assert!(error.is_tls() && error.to_string().contains("qlik-node"), "{error}");
    Ok(())
}

#[test]
fn an_invalid_address_is_refused() {
    let builder = || Client::builder(Server::direct("qlik-node")).bearer("x");
    for address in ["", ":1", "a b", "host:port", "host:99999", "https://host", "[::1"] {
        let (kind, said) = refusal(builder().connect_to(address));
        assert_eq!(kind, Some(BuildErrorKind::Route), "{address:?}");
        assert!(said.contains("ClientBuilder::connect_to"), "{said}");
    }
    let ip = Client::builder(Server::direct("10.0.0.1")).bearer("x").connect_to("node");
    assert!(refusal(ip).1.contains("must be the name in its certificate"), "there would be no name to expect");
    let both = builder().connect_to("node").proxy("http://proxy.example.com");
    assert_eq!(refusal(both).0, Some(BuildErrorKind::Conflict));
}

#[tokio::test]
async fn any_certificate_is_accepted_only_on_request() -> Checked {
    let site = StandIn::builder().server_name("qlik-node").start().await?;
    let identity = || Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes());
    let builder = || {
        Ok::<_, qrs_generated::BuildError>(
            Client::builder(Server::url(site.url())).certificate(identity()?).user("INTERNAL", "sa_repository"),
        )
    };
    for careful in [builder()?, builder()?.danger_accept_invalid_certs(false)] {
        let error = careful.build()?.get_license().send().await.err().ok_or("it is refused")?;
        assert!(error.is_tls(), "{error}");
    }
    let client = builder()?.danger_accept_invalid_certs(true).build()?;
    assert!(client.get_license().send().await?.is_some());
    Ok(())
}

#[tokio::test]
async fn default_headers_are_sent_with_every_request_and_not_shown() -> Checked {
    let site = StandIn::start().await?;
    let builder = builder_for(&site)?.default_header("hdr-usr", r"CORP\hunter2-ada").default_header("X-Trace", "t");
    let shown = format!("{builder:?}");
    assert!(shown.contains("hdr-usr") && !shown.contains("hunter2"), "{shown}");
    let client = builder.build()?;
    client.get_license().send().await?;
    let seen = site.last_request().ok_or("nothing was sent")?;
    assert_eq!((seen.header("hdr-usr"), seen.header("x-trace")), (Some(r"CORP\hunter2-ada"), Some("t")));

    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::FORBIDDEN, r"no such user: CORP\hunter2-ada"));
    let error = client.get_license().send().await.err().ok_or("it is refused")?;
    assert!(!format!("{error} {error:?} {:?}", error.text()).contains("hunter2"), "{error}");

    for (name, value) in [("a b", "x"), ("x", "a\nb"), ("Host", "x"), ("content-length", "1"), ("", "x")] {
        let (kind, said) = refusal(builder_for(&site)?.default_header(name, value));
        assert_eq!(kind, Some(BuildErrorKind::Header), "{name:?}: {said}");
    }
    Ok(())
}

/// An HTTP proxy for one tunnel: what it was asked, once the tunnel is closed.
async fn proxy_once(listener: TcpListener) -> std::io::Result<String> {
    let (stream, _) = listener.accept().await?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        stream.read_line(&mut head).await?;
    }
    let target = head.split(' ').nth(1).unwrap_or_default().replace("localhost", "127.0.0.1");
    let mut server = TcpStream::connect(target).await?;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    // A side that goes without a word has gone all the same.
    let _ = copy_bidirectional(&mut stream, &mut server).await;
    Ok(head)
}

#[tokio::test]
async fn a_proxy_sees_only_the_name_of_the_server() -> Checked {
    let site = StandIn::start().await?;
    let listener = TcpListener::bind((HERE, 0)).await?;
    let address = format!("http://someone:hunter2%20pass@{}", listener.local_addr()?);
    let proxy = tokio::spawn(proxy_once(listener));
    let builder = builder_for(&site)?.proxy(&address);
    assert!(!format!("{builder:?}").contains("hunter2"), "{builder:?}");
    let client = builder.build()?;
    assert!(client.get_license().send().await?.is_some());
    drop(client);
    let head = proxy.await??.to_lowercase();
    assert!(head.starts_with(&format!("connect localhost:{} http/1.1\r\n", site.port())), "{head}");
    assert!(head.contains("proxy-authorization: basic c29tzw9uztpodw50zxiyihbhc3m="), "{head}");
    assert!(!head.contains("x-qlik") && !head.contains("xrfkey"), "{head}");

    for proxy in ["proxy:3128", "https://proxy", "http://proxy/path", "http://", "socks5://hunter2@proxy"] {
        let (kind, said) = refusal(builder_for(&site)?.proxy(proxy));
        assert_eq!(kind, Some(BuildErrorKind::Route), "{proxy}");
        assert!(!said.contains("hunter2"), "{said}");
    }

    let closed = TcpListener::bind((HERE, 0)).await?.local_addr()?;
    let client = builder_for(&site)?.proxy(format!("http://someone:hunter2@{closed}")).build()?;
    let error = client.get_license().send().await.err().ok_or("nobody is there")?;
    assert!(error.is_connect() && error.to_string().contains(&format!("proxy http://{closed}")), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    Ok(())
}

#[test]
fn settings_beside_a_custom_http_client_are_refused() -> Checked {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    let http = qrs_generated::reqwest::Client::builder().tls_backend_preconfigured(config).build()?;
    let own = || Client::builder(Server::direct("qlik-node")).http_client(http.clone());
    let settings = [
        (own().connect_to("node"), "connect_to"),
        (own().proxy("http://proxy"), "proxy"),
        (own().danger_accept_invalid_certs(true), "danger_accept_invalid_certs"),
        (own().system_roots(), "system_roots"),
    ];
    for (builder, name) in settings {
        let (kind, said) = refusal(builder);
        assert_eq!(kind, Some(BuildErrorKind::Conflict), "{name}");
        assert!(said.contains(&format!("ClientBuilder::{name}")), "{said}");
    }
    Ok(())
}
