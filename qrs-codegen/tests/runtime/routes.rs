//! Ways to a server other than its own address, and what every request takes along.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::runtime::{BuildErrorKind, Call, Client, ClientBuilder, ErrorKind, Server, decode};
use crate::support::{CREATE, Fault, GUARDED, PUBLIC, SESSION, Site, TOKEN, everything_shown, get, header, target};

fn at(address: &str) -> ClientBuilder {
    Client::builder(Server::url(address))
}

fn refusal(builder: ClientBuilder) -> (BuildErrorKind, String) {
    let error = builder.build().unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn another_address_by_name_and_by_number() {
    let site = Site::answering("200 OK", &[], "7").await;
    let port = site.port;
    for address in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
        let client = at("http://node.invalid:8000/base").connect_to(&address).build().unwrap();
        assert_eq!(get::<u8>(&client).await.unwrap(), 7, "{address}");
    }
    // Without a port it is the server's, and so is the header.
    for address in ["127.0.0.1", "localhost"] {
        let client = at(&format!("http://node.invalid:{port}/base")).connect_to(address).build().unwrap();
        assert_eq!(get::<u8>(&client).await.unwrap(), 7, "{address}");
    }
    // A port that goes without saying is not said to the server either.
    let client = at("http://node.invalid/base").connect_to(format!("127.0.0.1:{port}")).build().unwrap();
    assert_eq!(get::<u8>(&client).await.unwrap(), 7);
    let requests = site.requests();
    let hosts: Vec<_> = requests.iter().map(|request| header(request, "Host").unwrap().to_owned()).collect();
    let own = format!("node.invalid:{port}");
    assert_eq!(hosts, ["node.invalid:8000", "node.invalid:8000", &own, &own, "node.invalid"]);
    assert!(requests.iter().all(|request| target(request) == "/base/things"), "{requests:?}");
}

#[tokio::test]
async fn an_address_of_the_sixth_version() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        // Not every machine that builds this speaks it.
        return;
    };
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&crate::support::answer("200 OK", &[], b"7")).await;
        }
    });
    let server = format!("http://node.invalid:{port}");
    for address in [format!("[::1]:{port}"), "[::1]".to_owned(), "::1".to_owned()] {
        let client = at(&server).connect_to(&address).build().unwrap();
        assert_eq!(get::<u8>(&client).await.unwrap(), 7, "{address}");
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = at("http://node.invalid:8000").connect_to(address).build().unwrap();
    let error = get::<u8>(&client).await.unwrap_err();
    let start = format!(
        "getThings: GET /things: no connection to node.invalid:8000 at {address} (`ClientBuilder::connect_to`): "
    );
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().starts_with(&start), "{error}");

    let client = at("http://localhost:8000").connect_to("nowhere.invalid").build().unwrap();
    let error = get::<u8>(&client).await.unwrap_err();
    let start =
        "getThings: GET /things: the host of nowhere.invalid:8000 (`ClientBuilder::connect_to`) was not found: ";
    assert!(error.to_string().starts_with(start), "{error}");
}

#[test]
fn what_is_no_address() {
    for (server, address, why) in [
        ("https://node", "", "expected a host, or a host and a port: `host:4242`"),
        ("https://node", "http://other", "expected a host, or a host and a port: `host:4242`"),
        ("https://node", "other/path", "expected a host, or a host and a port: `host:4242`"),
        ("https://node", ":4242", "expected a host, or a host and a port: `host:4242`"),
        (
            "https://10.0.0.1",
            "10.0.0.5",
            "the server's own address must be the name in its certificate, not an IP address",
        ),
    ] {
        assert_eq!(
            refusal(at(server).connect_to(address)),
            (BuildErrorKind::Route, format!("`{address}` is not an address for `ClientBuilder::connect_to`: {why}"))
        );
    }
    let (kind, message) = refusal(at("https://[::1]:4242").connect_to("node"));
    assert_eq!(kind, BuildErrorKind::Route);
    assert!(message.contains("must be the name in its certificate"), "{message}");
    let (_, message) = refusal(at("https://node").connect_to("user:hunter2@other:1:2"));
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn settings_that_exclude_each_other() {
    let http = || reqwest::Client::builder().tls_backend_preconfigured(crate::tls::trusting_nobody()).build().unwrap();
    for (builder, setting) in [
        (at("http://node").connect_to("other"), "connect_to"),
        (at("http://node").proxy("http://proxy"), "proxy"),
        (at("http://node").danger_accept_invalid_certs(true), "danger_accept_invalid_certs"),
    ] {
        let (kind, message) = refusal(builder.http_client(http()));
        assert_eq!(kind, BuildErrorKind::Conflict);
        assert!(message.starts_with(&format!("`ClientBuilder::{setting}` has no effect beside ")), "{message}");
    }
    assert_eq!(
        refusal(at("http://node").connect_to("other").proxy("http://proxy")),
        (
            BuildErrorKind::Conflict,
            "`ClientBuilder::connect_to` has no effect beside `ClientBuilder::proxy`: the proxy looks the server up"
                .to_owned()
        )
    );
}

/// A proxy that asks for `user` and `hunter2:`, and leads every tunnel to one port.
async fn tunnel(port: u16) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { return };
                    head.push(char::from(byte));
                }
                let refusal = match header(&head, "Proxy-Authorization") {
                    _ if !head.starts_with("CONNECT localhost:4242 ") => "403 Forbidden",
                    Some("Basic dXNlcjpodW50ZXIyOg==") => "",
                    _ => "407 Proxy Authentication Required",
                };
                if !refusal.is_empty() {
                    let _ = stream.write_all(format!("HTTP/1.1 {refusal}\r\n\r\n").as_bytes()).await;
                    return;
                }
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    (address, task)
}

#[tokio::test]
async fn a_tunnel_through_a_proxy() {
    let (site, authority) = crate::tls::localhost().await;
    let (proxy, task) = tunnel(site.port).await;
    let through = |server: &str, login: &str| {
        at(server).root_certificate(authority.clone()).proxy(format!("http://{login}{proxy}/")).build().unwrap()
    };
    let client = through("https://localhost:4242", "user:hunter2%3A@");
    assert_eq!(get::<u8>(&client).await.unwrap(), 7);

    for (server, login, said) in [
        (
            "https://localhost:4242",
            "",
            format!(
                "the proxy http://{proxy} requires a login, or rejected the one given: put it in the URL for `ClientBuilder::proxy`"
            ),
        ),
        (
            "https://localhost:4242",
            "user:hunter2@",
            format!(
                "the proxy http://{proxy} requires a login, or rejected the one given: put it in the URL for `ClientBuilder::proxy`"
            ),
        ),
        (
            "https://localhost:4243",
            "user:hunter2%3A@",
            format!("the proxy http://{proxy} refused to connect to localhost:4243 (after 3 attempts)"),
        ),
    ] {
        let error = get::<u8>(&through(server, login)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.to_string(), format!("getThings: GET /things: {said}"));
        let shown = everything_shown(&error);
        assert!(!shown.contains("hunter2") && !shown.contains("dXNlcjpo"), "{shown}");
    }

    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let error = get::<u8>(&through("https://localhost:4242", "user:hunter2%3A@")).await.unwrap_err();
    let start = format!("getThings: GET /things: no connection to localhost:4242 through the proxy http://{proxy}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    let shown = everything_shown(&error);
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_proxy_for_a_server_without_tls() {
    let proxy = Site::echoing("403 Forbidden").await;
    let builder = at("http://node.invalid/base").proxy(format!("http://us%20er:hunter2@127.0.0.1:{}", proxy.port));
    assert!(!format!("{builder:?} {builder:#?}").contains("hunter2"));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?} {client:#?}").contains("hunter2"));
    let error = get::<u8>(&client).await.unwrap_err();
    let requests = proxy.requests();
    assert_eq!(target(&requests[0]), "http://node.invalid/base/things");
    assert_eq!(header(&requests[0], "Proxy-Authorization"), Some("Basic dXMgZXI6aHVudGVyMg=="));
    let text = error.text().unwrap();
    assert!(text.to_lowercase().contains("proxy-authorization: basic [redacted]"), "{text}");
    let shown = everything_shown(&error);
    assert!(!shown.contains("hunter2") && !shown.contains("dXMgZXI6"), "{shown}");
}

#[test]
fn what_is_no_proxy() {
    for (url, why) in [
        ("proxy:3128", "it must begin with `http://`"),
        ("https://user:hunter2@proxy", "only HTTP proxies are supported: it must begin with `http://`"),
        ("socks5://hunter2@proxy", "only HTTP proxies are supported: it must begin with `http://`"),
        ("http://user:hunter2@", "it is not a URL"),
        ("http://user:hun/ter2@proxy", "it is not a URL"),
        ("http://user:hunter2@proxy/path", "it may contain only a host, a port and a login"),
        ("http://user:hunter2@proxy?query", "it may contain only a host, a port and a login"),
        ("http://user:hunter2%FF@proxy", "its user name or its password is not UTF-8"),
    ] {
        let message = format!("the address given to `ClientBuilder::proxy` cannot be used: {why}");
        assert_eq!(refusal(at("http://node").proxy(url)), (BuildErrorKind::Route, message), "{url}");
    }
}

#[tokio::test]
async fn a_default_header_goes_with_every_request() {
    let site = Site::answering("200 OK", &[], "7").await;
    let client = site
        .builder()
        .default_header("X-Site", "first")
        .default_header("x-site", "second")
        .default_header("X-Empty", "")
        .default_header("User-Agent", "tool/1")
        .default_header("Accept", "text/plain")
        .default_header("Authorization", "mine")
        .default_header("Cookie", "sticky=1")
        .credential(&TOKEN, "theirs".to_owned())
        .build()
        .unwrap();
    assert_eq!(get::<u8>(&client).await.unwrap(), 7);
    Call::new(&client, &CREATE)
        .text("body".to_owned(), "text/plain")
        .send(decode::bytes, decode::no_error)
        .await
        .unwrap();
    Call::new(&client, &GUARDED).send(decode::bytes, decode::no_error).await.unwrap();
    let requests = site.requests();
    for request in &requests {
        assert_eq!(header(request, "X-Site"), Some("second"));
        assert_eq!(header(request, "X-Empty").map(str::trim), Some(""));
        assert_eq!(header(request, "User-Agent"), Some("tool/1"));
        assert_eq!(header(request, "Cookie"), Some("sticky=1"));
        // What the request says by itself comes first.
        assert_eq!(header(request, "Accept"), Some("application/json"));
    }
    assert_eq!(header(&requests[0], "Authorization"), Some("mine"));
    assert_eq!(header(&requests[2], "Authorization"), Some("theirs"));

    let client =
        site.builder().default_header("Cookie", "sticky=1").credential(&SESSION, "s".to_owned()).build().unwrap();
    Call::new(&client, &GUARDED).send(decode::bytes, decode::no_error).await.unwrap();
    assert_eq!(header(site.requests().last().unwrap(), "Cookie"), Some("sticky=1; X-Session=s"));
}

#[tokio::test]
async fn a_default_header_beside_ones_own_http_client() {
    let site = Site::answering("200 OK", &[], "7").await;
    let http = reqwest::Client::builder().tls_backend_preconfigured(crate::tls::trusting_nobody()).build().unwrap();
    let client = site.builder().http_client(http).default_header("X-Site", "mine").build().unwrap();
    assert_eq!(get::<u8>(&client).await.unwrap(), 7);
    assert_eq!(header(&site.requests()[0], "X-Site"), Some("mine"));
}

#[test]
fn what_is_no_header() {
    let line_break = "its value contains a line break (text read from a file often ends with one: trim it)";
    for (name, value, why) in [
        ("", "hunter2", "HTTP does not allow its name"),
        ("X Site", "hunter2", "HTTP does not allow its name"),
        ("X-Site", "hunter2\n", line_break),
        ("X-Site", "hunter2\r\nX-Other: 1", line_break),
        ("X-Site", "hunter2\0", "its value contains a character that a header cannot carry"),
        ("Host", "hunter2", "HTTP itself sets it"),
        ("content-length", "hunter2", "HTTP itself sets it"),
        ("Transfer-Encoding", "hunter2", "HTTP itself sets it"),
    ] {
        assert_eq!(
            refusal(at("http://node").default_header(name, value)),
            (BuildErrorKind::Header, format!("the default header `{name}` cannot be sent: {why}"))
        );
    }
}

#[tokio::test]
async fn a_default_header_never_shows() {
    let site = Site::echoing("403 Forbidden").await;
    let builder = site.builder().default_header("X-Gateway-Key", "Key hunter2");
    assert!(!format!("{builder:?} {builder:#?}").contains("hunter2"));
    assert!(format!("{builder:?}").contains("X-Gateway-Key"));
    let client = builder.default_header("X-Short", "on").build().unwrap();
    let call = Call::new(&client, &PUBLIC);
    assert!(!format!("{client:?} {call:?}").contains("hunter2"));
    let error = call.send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
    let text = error.text().unwrap().to_lowercase();
    assert!(text.contains("x-gateway-key: [redacted]"), "{text}");
    // A short value is no secret: without this rule, `application/json` would be illegible.
    assert!(text.contains("x-short: on") && text.contains("application/json"), "{text}");
    assert!(!everything_shown(&error).contains("hunter2"));
}
