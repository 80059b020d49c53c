//! Requests on the wire: paths, queries, headers, bodies.

use serde_json::json;

use crate::runtime::{Call, Error, ErrorKind, Operation, Parameter, Style, decode};
use crate::support::{CREATE, Fault, ONE, PUBLIC, Site, header, target};

async fn path_sent(operation: &'static Operation, values: &[(&'static str, &str)]) -> Result<String, Error> {
    let site = Site::answering("200 OK", &[], "").await;
    let mut call = Call::new(&site.client(), operation);
    for (name, value) in values {
        call = call.path(name, (*value).to_owned());
    }
    let sent = call.send(decode::empty, decode::no_error).await;
    let requests = site.requests();
    match sent {
        Ok(()) => Ok(target(&requests[0]).to_owned()),
        Err(error) => {
            assert!(requests.is_empty(), "refused, but sent: {requests:?}");
            Err(error)
        }
    }
}

#[tokio::test]
async fn a_path_value_stays_in_its_segment() {
    for (value, encoded) in [
        ("a", "a"),
        ("0d1f-A_b.c~", "0d1f-A_b.c~"),
        ("a/b", "a%2Fb"),
        ("/", "%2F"),
        ("../../license", "..%2F..%2Flicense"),
        ("..\\x", "..%5Cx"),
        ("...", "..."),
        ("a..", "a.."),
        ("%2e%2e", "%252e%252e"),
        ("%2f", "%252f"),
        ("a?b=c", "a%3Fb%3Dc"),
        ("a#b", "a%23b"),
        ("a;b", "a%3Bb"),
        ("a@b:c", "a%40b%3Ac"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        (" ", "%20"),
        ("a\tb\nc\r\0", "a%09b%0Ac%0D%00"),
        ("{id}", "%7Bid%7D"),
        ("\"<>^`|", "%22%3C%3E%5E%60%7C"),
        ("é", "%C3%A9"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("!$&'()*,=", "%21%24%26%27%28%29%2A%2C%3D"),
        ("http://evil.example/", "http%3A%2F%2Fevil.example%2F"),
    ] {
        let sent = path_sent(&ONE, &[("id", value)]).await.unwrap();
        assert_eq!(sent, format!("/base/things/{encoded}/parts"), "{value:?}");
    }
}

#[tokio::test]
async fn a_path_value_that_would_lead_elsewhere_is_refused() {
    for value in ["", ".", ".."] {
        let error = path_sent(&ONE, &[("id", value)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        let message = error.to_string();
        assert!(message.starts_with("getThing: GET /things/{id}/parts: the path parameter `id` "), "{message}");
    }
    let missing = path_sent(&ONE, &[]).await.unwrap_err();
    assert_eq!(missing.to_string(), "getThing: GET /things/{id}/parts: the path parameter `id` has no value");
}

static PAIR: Operation = Operation { path: "/x/{a}{b}/{c}.json", ..PLAIN };
static DOUBLED: Operation = Operation { path: "//x//{a}/", ..PLAIN };
static ODD: Operation = Operation { path: "/a b/{a}:verb/#frag?fixed=1&x", ..PLAIN };
const PLAIN: Operation = Operation {
    id: "plain",
    method: "GET",
    path: "/",
    security: &[],
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn templates_of_every_shape() {
    let sent = path_sent(&PAIR, &[("a", "."), ("b", "x"), ("c", "..")]).await.unwrap();
    assert_eq!(sent, "/base/x/.x/...json");
    let error = path_sent(&PAIR, &[("a", "."), ("b", "."), ("c", "c")]).await.unwrap_err();
    assert!(error.to_string().contains("the path parameter `a` cannot be `.` or `..`"), "{error}");
    let sent = path_sent(&DOUBLED, &[("a", "b")]).await.unwrap();
    assert_eq!(sent, "/base//x//b/");
    let sent = path_sent(&ODD, &[("a", "b")]).await.unwrap();
    assert_eq!(sent, "/base/a%20b/b:verb/%23frag?fixed=1&x");
}

#[tokio::test]
async fn a_query_is_percent_encoded_and_keeps_its_order() {
    let site = Site::answering("200 OK", &[], "").await;
    Call::new(&site.client(), &PUBLIC)
        .query("filter", "old".to_owned())
        .query("orderby", "name asc".to_owned())
        .query("filter", "name eq 'O\\'Neil & co' #1 + é%=".to_owned())
        .list(Parameter::query("sort", Style::Form).exploded(), vec!["old".to_owned()])
        .list(Parameter::query("sort", Style::Form).exploded(), vec!["x,y".to_owned(), "z".to_owned()])
        .list(Parameter::query("list", Style::Form), vec!["a".to_owned(), "b,c".to_owned()])
        .query("odd[name]", String::new())
        .send(decode::empty, decode::no_error)
        .await
        .unwrap();
    assert_eq!(
        target(&site.requests()[0]),
        "/base/things?filter=name%20eq%20%27O%5C%27Neil%20%26%20co%27%20%231%20%2B%20%C3%A9%25%3D\
         &orderby=name%20asc&sort=x%2Cy&sort=z&list=a,b%2Cc&odd%5Bname%5D="
    );
}

#[tokio::test]
async fn headers_and_cookies() {
    let site = Site::answering("200 OK", &[], "").await;
    Call::new(&site.client(), &PUBLIC)
        .header("X-Trace", "first".to_owned())
        .header("X-Trace", "second".to_owned())
        .cookie("theme", "a; b=c".to_owned())
        .send(decode::empty, decode::no_error)
        .await
        .unwrap();
    let requests = site.requests();
    let request = requests[0].as_str();
    assert_eq!(header(request, "X-Trace"), Some("second"));
    assert_eq!(header(request, "Cookie"), Some("theme=a%3B%20b%3Dc"));
    assert_eq!(header(request, "Accept"), Some("application/json"));
    assert_eq!(header(request, "User-Agent"), Some(crate::contract::USER_AGENT));
    assert_eq!(header(request, "Referer"), None);
    assert_eq!(header(request, "Accept-Encoding"), None);
    assert_eq!(header(request, "Content-Type"), None);
}

#[tokio::test]
async fn a_header_that_would_split_the_request_is_refused() {
    let site = Site::answering("200 OK", &[], "").await;
    let error = Call::new(&site.client(), &PUBLIC)
        .header("X-Trace", "a\r\nX-Evil: b".to_owned())
        .send(decode::empty, decode::no_error)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert_eq!(
        error.to_string(),
        "getThings: GET /things: the value for the header `X-Trace` contains a character that a header cannot carry"
    );
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn bodies_of_each_kind() {
    let site = Site::answering("201 Created", &[], "").await;
    let client = site.client();
    let send = |call: Call| call.send(decode::empty, decode::no_error);
    send(Call::new(&client, &CREATE).json(json!({"name": "é"}), "application/merge-patch+json")).await.unwrap();
    send(Call::new(&client, &CREATE).text("plain".to_owned(), "text/plain")).await.unwrap();
    send(Call::new(&client, &CREATE).bytes(vec![1, 2, 3].into(), "application/octet-stream")).await.unwrap();
    send(Call::new(&client, &CREATE)).await.unwrap();
    let seen: Vec<(Option<String>, Option<String>, String)> = site
        .requests()
        .iter()
        .map(|request| {
            let body = request.split_once("\r\n\r\n").unwrap().1;
            let of = |name| header(request, name).map(str::to_owned);
            (of("Content-Type"), of("Content-Length"), body.to_owned())
        })
        .collect();
    let expected = [
        (Some("application/merge-patch+json"), Some("13"), "{\"name\":\"é\"}"),
        (Some("text/plain"), Some("5"), "plain"),
        (Some("application/octet-stream"), Some("3"), "\u{1}\u{2}\u{3}"),
        (None, Some("0"), ""),
    ]
    .map(|(kind, length, body)| (kind.map(str::to_owned), length.map(str::to_owned), body.to_owned()));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_before_sending() {
    let site = Site::answering("200 OK", &[], "").await;
    let map = std::collections::HashMap::from([(vec!["SECRET"], 1)]);
    let error = Call::new(&site.client(), &CREATE)
        .json(map, "application/json")
        .send(decode::empty, decode::no_error)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert_eq!(error.to_string(), "createThing: POST /things: the body cannot be encoded as JSON");
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn a_cloned_call_is_sent_twice() {
    let site = Site::answering("200 OK", &[], "").await;
    let call = Call::new(&site.client(), &CREATE).json(json!([1]), "application/json");
    call.clone().send(decode::empty, decode::no_error).await.unwrap();
    call.send(decode::empty, decode::no_error).await.unwrap();
    let requests = site.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1]);
}

#[test]
fn futures_can_move_between_threads() {
    fn needs_send<T: Send>(_: T) {}
    fn needs_send_and_sync<T: Send + Sync>(_: T) {}
    let client = crate::runtime::Client::builder(crate::runtime::Server::url("http://localhost")).build().unwrap();
    let call = Call::new(&client, &PUBLIC);
    needs_send(call.clone().send(decode::json::<Vec<std::cell::Cell<u8>>>, decode::json_error::<Fault>));
    needs_send(call.clone().send(decode::text, decode::no_error));
    needs_send_and_sync(call);
    needs_send_and_sync(client);
}

#[derive(Debug, PartialEq)]
struct Dated {
    at: Option<jiff::Timestamp>,
    id: Option<uuid::Uuid>,
}

crate::runtime::object! { Dated { optional_text(at("at")), optional_text(id("id")) } }

#[test]
fn an_empty_string_is_no_value() {
    let read = |text: &str| serde_json::from_str::<Dated>(text);
    let none = Dated { at: None, id: None };
    for text in ["{}", r#"{"at":null,"id":null}"#, r#"{"at":"","id":""}"#] {
        assert_eq!(read(text).unwrap(), none, "{text}");
    }
    let full = read(r#"{"at":"1753-01-01T00:00:00.000Z","id":"67e55044-10b1-426f-9247-bb680e5fe0c8"}"#).unwrap();
    assert_eq!(full.at, Some("1753-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(full.id, Some(uuid::uuid!("67e55044-10b1-426f-9247-bb680e5fe0c8")));
    assert_eq!(
        read(r#"{"at":"2022-08-27T06:47:08+00:00"}"#).unwrap().at,
        Some("2022-08-27T06:47:08Z".parse().unwrap())
    );
    for text in [r#"{"at":"soon"}"#, r#"{"id":"x"}"#, r#"{"id":5}"#, r#"{"id":" "}"#] {
        assert!(read(text).is_err(), "{text}");
    }
}
