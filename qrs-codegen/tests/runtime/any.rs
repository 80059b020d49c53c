//! Requests of paths that no document describes.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::runtime::{
    AnyOperations, AnyRequest, Carrier, Client, ErrorKind, Method, Request as _, Secret, any_operations,
};
use crate::support::{KEY, NewThing, Site, TOKEN, everything_shown, header, target};

static ANY: AnyOperations = any_operations(&[&[&KEY, &TOKEN]], &[(Carrier::Query("Made"), &KEY)]);
static PUBLIC: AnyOperations = any_operations(&[], &[]);

/// As `client.rs` of a generated crate has it.
fn call(client: &Client, method: &Method, path: &str) -> AnyRequest {
    AnyRequest::new(client, &PUBLIC, method, path.to_owned())
}

#[derive(Debug, Deserialize, PartialEq)]
struct App {
    name: String,
}

#[tokio::test]
async fn it_is_sent_as_every_other_request_is() {
    let site = Site::answering("200 OK", &["Content-Type: application/json"], r#"[{"name":"Sales"}]"#).await;
    let client = site.builder().credential(&TOKEN, "token".to_owned()).build().unwrap();
    let apps = AnyRequest::new(&client, &ANY, &Method::GET, "/app/full".to_owned())
        .query("filter", "name eq 'a&b'")
        .query("privileges", true)
        .header("X-Trace", "7")
        .returning::<Vec<App>>()
        .send()
        .await
        .unwrap();
    assert_eq!(apps, [App { name: "Sales".to_owned() }]);
    let sent = &site.requests()[0];
    let Carrier::Header(name) = KEY.carrier else { panic!("the key is a header") };
    let made = header(sent, name).unwrap();
    assert_eq!(target(sent), format!("/base/app/full?filter=name%20eq%20%27a%26b%27&privileges=true&Made={made}"));
    assert_eq!(header(sent, "Authorization"), Some("token"));
    assert_eq!(header(sent, "X-Trace"), Some("7"));
    assert_eq!(header(sent, "Accept"), Some("application/json"));
}

#[tokio::test]
async fn credentials_are_needed_as_for_every_other_request() {
    let site = Site::answering("200 OK", &[], "").await;
    let request = AnyRequest::new(&site.client(), &ANY, &Method::GET, "/app".to_owned());
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.to_string(), "call: GET /app: it needs credentials: use `ClientBuilder::token`");
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn each_method_and_a_body() {
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let site = Site::answering("201 Created", &[], r#"{"id":1}"#).await;
        let request = call(&site.client(), &method, "/app/{id}/copy").path("id", "a/b").json(&json!({ "name": "x" }));
        assert_eq!(request.send().await.unwrap(), json!({ "id": 1 }));
        let sent = &site.requests()[0];
        assert!(sent.starts_with(&format!("{method} /base/app/a%2Fb/copy HTTP/1.1")), "{sent}");
        assert!(sent.ends_with(r#"{"name":"x"}"#), "{sent}");
    }
    let site = Site::answering("200 OK", &[], "").await;
    let trace = call(&site.client(), &Method::TRACE, "/app").send().await.unwrap_err();
    assert_eq!(trace.kind(), ErrorKind::Request);
    assert!(trace.to_string().contains("the method `TRACE` is not supported"), "{trace}");
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn a_success_without_a_body_is_null_and_text_is_text() {
    let site = Site::answering("204 No Content", &[], "").await;
    assert_eq!(call(&site.client(), &Method::DELETE, "/app/1").send().await.unwrap(), Value::Null);
    let site = Site::answering("200 OK", &["Content-Type: text/csv"], "a;b\r\n").await;
    let text = call(&site.client(), &Method::GET, "/export").returning_text().send().await.unwrap();
    assert_eq!(text, "a;b\r\n");
    assert_eq!(header(&site.requests()[0], "Accept"), Some("*/*"));
}

#[tokio::test]
async fn a_path_that_could_lead_elsewhere_is_refused() {
    let site = Site::answering("200 OK", &[], "").await;
    let client = site.client();
    for (path, why) in [
        ("", "does not begin with `/`"),
        ("app", "does not begin with `/`"),
        ("http://evil.example/", "does not begin with `/`"),
        ("/", "has an empty segment"),
        ("//evil.example/app", "has an empty segment"),
        ("/app//full", "has an empty segment"),
        ("/app/", "has an empty segment"),
        ("/app/../license", "has a segment `.` or `..`"),
        ("/app/%2E%2e/license", "has a segment `.` or `..`"),
        ("/./app", "has a segment `.` or `..`"),
        ("/app\\..\\license", "has a `\\\\`"),
        ("/app/..%2Flicense", "has an encoded slash"),
        ("/app/..%5clicense", "has an encoded slash"),
        ("/app?filter=x", "has a query: set its parameters with `query`"),
        ("/app#x", "has a `#`"),
        ("/app\r\nX: y", "has a `\\r`"),
    ] {
        let error = call(&client, &Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{path}");
        let message = error.to_string();
        assert!(message.contains(why) && message.lines().count() == 1, "{path}: {message}");
    }
    for (value, why) in [("", "is empty"), ("..", "cannot be `.` or `..`")] {
        let error = call(&client, &Method::GET, "/app/{id}").path("id", value).send().await.unwrap_err();
        assert!(error.to_string().starts_with("call: GET /app/{id}: the path parameter `id` "), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    let missing = call(&client, &Method::GET, "/app/{id}").send().await.unwrap_err();
    assert_eq!(missing.to_string(), "call: GET /app/{id}: the path parameter `id` has no value");
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn an_error_names_the_path_and_keeps_secrets() {
    let body = r#"{"message":"The key k3y-of-the-body is refused."}"#;
    let site = Site::answering("400 Bad Request", &["Content-Type: application/json"], body).await;
    let thing = NewThing { name: "n".to_owned(), key: Secret::from("k3y-of-the-body") };
    let error = call(&site.client(), &Method::POST, "/thing").json(&thing).send().await.unwrap_err();
    assert_eq!((error.operation(), error.path(), error.method()), ("call", "/thing", &Method::POST));
    assert!(error.to_string().starts_with("call: POST /thing: 400 Bad Request: The key "), "{error}");
    assert!(!everything_shown(&error).contains("k3y"), "{error:?}");
    assert!(error.body().is_some_and(|body| body.get("message").is_some()));
    let request = call(&site.client(), &Method::POST, "/thing").json(&thing);
    assert!(!format!("{request:?}").contains("k3y"));
    assert!(format!("{request:?}").contains("POST /thing"), "{request:?}");
}

#[tokio::test]
async fn a_login_page_is_no_success() {
    let site = Site::answering("200 OK", &["Content-Type: text/html"], "<html><title>Login</title></html>").await;
    let error = call(&site.client(), &Method::GET, "/app").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
    let response = Site::answering("200 OK", &["X-Node: 1"], "[1, 2]").await;
    let kept = call(&response.client(), &Method::GET, "/app").keep_text().send_with_response().await.unwrap();
    assert_eq!((kept.body(), kept.text()), (&json!([1, 2]), Some("[1, 2]")));
}

#[tokio::test]
async fn a_success_may_be_read_piece_by_piece() {
    let site = Site::answering("200 OK", &["Content-Type: text/csv"], "a,b\n1,2\n").await;
    let get = || call(&site.client(), &Method::GET, "/export");
    let mut bytes = Vec::new();
    let mut stream = get().send_stream().await.unwrap();
    while let Some(piece) = stream.chunk().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    assert_eq!(bytes, b"a,b\n1,2\n");
    drop(get().accept("text/csv").send_stream().await.unwrap());
    assert_eq!(get().accept("text/csv").returning_text().send().await.unwrap(), "a,b\n1,2\n");
    let asked: Vec<_> = site.requests().iter().map(|sent| header(sent, "Accept").unwrap().to_owned()).collect();
    assert_eq!(asked, ["*/*", "text/csv", "text/csv"]);

    let site = Site::answering("200 OK", &[], "{\"name\":\"a\"}\n{\"name\":\"b\"}\n").await;
    let mut lines = call(&site.client(), &Method::GET, "/export").send_lines().await.unwrap();
    assert_eq!(lines.next::<App>().await.unwrap(), Some(App { name: "a".to_owned() }));
    assert_eq!(lines.next::<App>().await.unwrap(), Some(App { name: "b".to_owned() }));
    assert_eq!(lines.next::<App>().await.unwrap(), None);
    assert_eq!(header(&site.requests()[0], "Accept"), Some("application/x-ndjson, application/jsonl"));

    let site = Site::answering("200 OK", &[], "data: 1\n\n").await;
    let mut events = call(&site.client(), &Method::GET, "/events").send_events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "1");
    assert_eq!(header(&site.requests()[0], "Accept"), Some("text/event-stream"));

    let site = Site::answering("404 Not Found", &[], r#"{"message":"no such app"}"#).await;
    let error = call(&site.client(), &Method::GET, "/export").send_stream().await.unwrap_err();
    assert_eq!(error.body(), Some(&json!({ "message": "no such app" })));
}
