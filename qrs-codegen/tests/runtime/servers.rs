//! Which addresses a client takes, and what it makes of them.

use crate::runtime::{BuildErrorKind, Call, Client, Server, Variable, decode};
use crate::support::{PUBLIC, Site, target};

fn refusal(server: Server) -> String {
    let error = Client::builder(server).build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::Server);
    error.to_string()
}

fn variable(name: &'static str, value: &str) -> Variable {
    Variable { name, value: value.to_owned(), allowed: &[] }
}

#[test]
fn good_addresses() {
    for (url, shown) in [
        ("http://localhost", "http://localhost"),
        ("https://localhost/", "https://localhost"),
        ("https://localhost:4242/qrs", "https://localhost:4242/qrs"),
        ("https://localhost:4242/qrs/", "https://localhost:4242/qrs"),
        ("HTTPS://LOCALHOST/Qrs", "https://localhost/Qrs"),
        ("https://[::1]:4242/qrs", "https://[::1]:4242/qrs"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://bücher.example/a%20b", "https://xn--bcher-kva.example/a%20b"),
        ("https://localhost//qrs", "https://localhost//qrs"),
    ] {
        let server = Server::url(url);
        assert_eq!(server.as_str(), shown);
        assert_eq!(server.to_string(), shown);
        let client = Client::builder(server).root_certificate(crate::tls::any_certificate()).build();
        assert!(client.is_ok(), "{url}: {}", client.unwrap_err());
    }
}

#[test]
fn bad_addresses() {
    for (url, why) in [
        ("", "it is empty"),
        ("localhost", "it must begin with `https://` or `http://`"),
        ("localhost:4242/qrs", "it must begin with `https://` or `http://`"),
        ("/qrs", "it must begin with `https://` or `http://`"),
        ("ftp://localhost", "it must begin with `https://` or `http://`"),
        ("file:///etc/passwd", "it must begin with `https://` or `http://`"),
        ("https:/localhost", "it must begin with `https://` or `http://`"),
        ("https://", "it has no host"),
        ("https:///qrs", "it has no host"),
        ("https://:4242/qrs", "it has no host"),
        ("https://localhost:port", "invalid port number"),
        ("https://localhost:99999", "invalid port number"),
        ("https://local host/", "it contains white space"),
        (" https://localhost", "it contains white space"),
        ("https://localhost\n", "it contains white space"),
        ("https://localhost\\qrs", "it contains a backslash"),
        ("https://localhost?key=value", "it has a query"),
        ("https://localhost#top", "it has a fragment"),
        ("https://user@localhost", "it contains a user name or password"),
        ("https://{server}:4242/qrs", "the variable `server` has no value"),
        ("https://localhost/{", "it contains a brace"),
        ("https://localhost/a/../b", "its path contains `.` or `..`"),
        ("https://localhost/%2E%2e/b", "its path contains `.` or `..`"),
        ("https://[::1", "invalid IPv6 address"),
        ("https://a<b/", "invalid international domain name"),
    ] {
        let refusal = refusal(Server::url(url));
        assert!(refusal.contains(why), "{url}: {refusal}");
        assert!(refusal.contains("is not a valid server address"), "{refusal}");
    }
}

#[test]
fn an_address_shows_no_password() {
    for url in [
        "https://user:hunter2@localhost/qrs",
        "https://user:hunter2/x@localhost/qrs",
        "https://localhost/qrs?key=hunter2",
        "https://localhost/qrs#hunter2",
    ] {
        let server = Server::url(url);
        let shown = format!("{server} {server:?} {} {:?}", server.as_str(), Client::builder(server.clone()));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!refusal(server).contains("hunter2"));
    }
}

#[test]
fn variables_of_an_address() {
    for (template, variables, shown) in [
        ("https://{server}:4242/qrs", vec![variable("server", "node.example")], "https://node.example:4242/qrs"),
        ("https://{server}:4242/qrs", vec![variable("server", "[::1]")], "https://[::1]:4242/qrs"),
        ("https://{server}/qrs", vec![variable("server", "[::1]:4242")], "https://[::1]:4242/qrs"),
        ("https://{server}/qrs", vec![variable("server", "node:4242")], "https://node:4242/qrs"),
        ("https://{server}", vec![variable("server", "node:4242")], "https://node:4242"),
        (
            "{scheme}://{host}:{port}/{prefix}/qrs",
            vec![variable("scheme", "http"), variable("host", "h"), variable("port", "81"), variable("prefix", "a:é")],
            "http://h:81/a%3A%C3%A9/qrs",
        ),
        ("{url}/qrs", vec![variable("url", "https://node:4242/x/")], "https://node:4242/x/qrs"),
        (
            "https://eu.{domain}/v{version}",
            vec![variable("domain", "example.com"), variable("version", "")],
            "https://eu.example.com/v",
        ),
    ] {
        assert_eq!(Server::from_template(template, &variables).as_str(), shown);
    }
}

#[test]
fn variables_that_would_change_an_address() {
    for value in [
        "a/b", "a?b", "a#b", "u@a", "a\\b", "a b", "a\tb", "a\n", "a:b", "a:80", "::1", "[::1", "[x]", "[::1]x:1",
        "a%2fb", "{x}", "",
    ] {
        let server = Server::from_template("https://{server}:4242/qrs", &[variable("server", value)]);
        refusal(server);
    }
    for value in ["a/b", "..", ".", "a?b", "a#b", "a b", "a\\b", "u@a", "", "{x}"] {
        refusal(Server::from_template("https://h/{prefix}/qrs", &[variable("prefix", value)]));
    }
    for value in ["ftp", "a:b", "https://h/"] {
        refusal(Server::from_template("{scheme}://h/qrs", &[variable("scheme", value)]));
    }
    for value in ["https://u:hunter2@h", "https://h?x", "h"] {
        let refusal = refusal(Server::from_template("{url}/qrs", &[variable("url", value)]));
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }
    assert_eq!(
        refusal(Server::from_template("https://{server}:4242/qrs", &[variable("server", "node/x")])),
        "the server's variable `server` cannot be `node/x`: it contains `/`, which would change the address around it (for a whole address there is `Server::url`)"
    );
    assert_eq!(
        refusal(Server::from_template("https://{server}:4242/qrs", &[variable("server", "::1")])),
        "the server's variable `server` cannot be `::1`: an IPv6 address has to stand in brackets, `[::1]`"
    );
    assert_eq!(
        refusal(Server::from_template("https://{server}:4242/qrs", &[])),
        "the server's variable `server` has no value"
    );
    let region = Variable { name: "region", value: "mars".to_owned(), allowed: &["eu", "us"] };
    assert_eq!(
        refusal(Server::from_template("https://{region}.example", &[region])),
        "the server's variable `region` cannot be `mars`: it is one of `eu`, `us`"
    );
}

#[tokio::test]
async fn a_slash_at_the_end_makes_no_difference() {
    let site = Site::answering("200 OK", &[], "").await;
    let at = format!("http://127.0.0.1:{}", site.port);
    for (base, path) in
        [("", "/things"), ("/", "/things"), ("/a", "/a/things"), ("/a/", "/a/things"), ("/a//", "/a/things")]
    {
        let client = Client::builder(Server::url(format!("{at}{base}"))).build().unwrap();
        Call::new(&client, &PUBLIC).send(decode::empty, decode::no_error).await.unwrap();
        assert_eq!(target(site.requests().last().unwrap()), path);
    }
}

#[tokio::test]
async fn one_client_at_another_server() {
    let (first, second) = (Site::answering("200 OK", &[], "").await, Site::answering("200 OK", &[], "").await);
    let client = first.builder().default_header("X-All", "a-header").build().unwrap();
    let other = client.at_server(&Server::url(second.url())).unwrap();
    Call::new(&other, &PUBLIC).send(decode::empty, decode::no_error).await.unwrap();
    Call::new(&client, &PUBLIC).send(decode::empty, decode::no_error).await.unwrap();
    assert_eq!(first.requests().len(), 1);
    let request = second.requests().remove(0);
    assert_eq!(target(&request), "/base/things");
    assert_eq!(crate::support::header(&request, "X-All"), Some("a-header"));

    assert_eq!(client.at_server(&Server::url("ftp://x")).unwrap_err().kind(), BuildErrorKind::Server);
    let without_tls = client.at_server(&Server::url("https://localhost")).unwrap_err();
    assert_eq!(without_tls.kind(), BuildErrorKind::Conflict);
    let builder = Client::builder(Server::url("http://name.example")).connect_to("127.0.0.1");
    let elsewhere = builder.build().unwrap();
    let refused = elsewhere.at_server(&Server::url(second.url())).unwrap_err();
    assert_eq!(refused.kind(), BuildErrorKind::Conflict);
}
