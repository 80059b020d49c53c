//! Decoding of responses, and the errors of those that do not fit.
//!
//! It is one file, longer than others: the tests share the bodies that they send.

use serde_json::Value;

use crate::runtime::{Call, Error, ErrorKind, Operation, RawResponse, Statuses, decode};
use crate::support::{Behaviour, CREATE, Fault, Owner, PUBLIC, Site, Thing, answer, everything_shown, get};

const JSON: &str = "Content-Type: application/json";
const HTML: &str = "Content-Type: text/html; charset=utf-8";

async fn things(body: impl AsRef<[u8]>) -> Result<Vec<Thing>, Error<Fault>> {
    get(&Site::answering("200 OK", &[JSON], body).await.client()).await
}

#[tokio::test]
async fn any_2xx_is_a_success() {
    let thing = r#"{"id":"a","count":1,"owner":{"name":"n","active":true},"new":[{}]}"#;
    for status in ["200 OK", "201 Created", "202 Accepted", "299 Odd"] {
        let site = Site::answering(status, &[JSON], thing).await;
        let owner = Some(Owner { name: "n".to_owned(), active: true });
        assert_eq!(get::<Thing>(&site.client()).await.unwrap(), Thing { id: "a".to_owned(), count: 1, owner });
    }
}

#[tokio::test]
async fn a_content_type_need_not_be_right_nor_there() {
    for headers in [&[][..], &["Content-Type: text/plain"], &["Content-Type: application/json; charset=utf-8"]] {
        let site = Site::answering("200 OK", headers, b"\xEF\xBB\xBF[]").await;
        assert!(get::<Vec<Thing>>(&site.client()).await.unwrap().is_empty());
    }
}

/// JSON Schema 2020-12, Validation 6.1.1: a number with a fraction of zero is an integer.
#[tokio::test]
async fn whole_numbers_may_be_written_with_a_fraction_or_an_exponent() {
    let things = things(r#"[{"id":"a","count":5.0},{"id":"b","count":1e3},{"id":"c","count":-2.0E0}]"#).await.unwrap();
    assert_eq!(things.iter().map(|thing| thing.count).collect::<Vec<_>>(), [5, 1000, -2]);
    let error =
        get::<Vec<Thing>>(&Site::answering("200 OK", &[JSON], r#"[{"id":"a","count":5.5}]"#).await.client()).await;
    assert!(error.unwrap_err().to_string().contains("[0].count"));
}

#[tokio::test]
async fn no_body_where_json_is_due() {
    for (status, body) in [("204 No Content", ""), ("200 OK", ""), ("200 OK", "null"), ("200 OK", "\u{FEFF}")] {
        let site = Site::answering(status, &[], body).await;
        assert_eq!(get::<Option<Thing>>(&site.client()).await.unwrap(), None);
    }
    let site = Site::answering("204 No Content", &[], "").await;
    let error = get::<Thing>(&site.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "getThings: GET /things: 204 No Content, but the body is empty where JSON was expected"
    );
}

static TEXT: Operation = Operation {
    id: "download",
    method: "GET",
    path: "/download",
    security: &[],
    credential_parameters: &[],
    accept: "text/plain",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn bodies_that_are_not_json() {
    let site = Site::answering("200 OK", &["Content-Type: text/plain"], "\u{FEFF}1234 é\r\n").await;
    let call = Call::new(&site.client(), &TEXT);
    assert_eq!(call.clone().send(decode::text, decode::no_error).await.unwrap(), "1234 é\r\n");
    assert_eq!(call.clone().send(decode::secret, decode::no_error).await.unwrap().expose(), "1234 é\r\n");
    let bytes = call.clone().send(decode::bytes, decode::no_error).await.unwrap();
    assert_eq!(bytes, "\u{FEFF}1234 é\r\n".as_bytes());
    call.send(decode::empty, decode::no_error).await.unwrap();

    let latin = Site::answering("200 OK", &["Content-Type: text/plain; charset=ISO-8859-1"], b"caf\xE9").await;
    assert_eq!(Call::new(&latin.client(), &TEXT).send(decode::text, decode::no_error).await.unwrap(), "café");

    let broken = Site::answering("200 OK", &["Content-Type: text/plain"], b"SECRET\xFF").await;
    let error = Call::new(&broken.client(), &TEXT).send(decode::text, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.to_string(), "download: GET /download: 200 OK, but the text is not UTF-8 (byte 6)");
    assert_eq!(error.text(), Some("SECRET\u{FFFD}"));
}

/// RFC 9110, section 8.3.2, and RFC 2781: text is in the charset that is named, and a byte order mark is no text.
#[tokio::test]
async fn text_is_read_in_its_charset() {
    type Order = fn(u16) -> [u8; 2];
    let utf_16 = |text: &str, order: Order| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let (little, big): (Order, Order) = (u16::to_le_bytes, u16::to_be_bytes);
    let texts = [
        ("utf-16le", utf_16("é€😀", little), "é€😀"),
        ("\"UTF-16LE\"", utf_16("\u{FEFF}é", little), "é"),
        ("utf-16be", utf_16("é", big), "é"),
        ("utf-16", utf_16("é", big), "é"),
        ("utf-16", utf_16("\u{FEFF}é", little), "é"),
        ("utf-8", utf_16("\u{FEFF}é", big), "é"),
        ("latin1", b"caf\xE9 \x80".to_vec(), "café \u{80}"),
        ("iso-8859-15", b"\xA4\xE9".to_vec(), "€é"),
        ("windows-1252", b"\x80\x93\xE9\xFF".to_vec(), "€“éÿ"),
        ("us-ascii", b"plain".to_vec(), "plain"),
        ("utf-8", "\u{FEFF}é".as_bytes().to_vec(), "é"),
    ];
    for (charset, body, text) in texts {
        let header = format!("Content-Type: text/plain; charset={charset}");
        let site = Site::answering("200 OK", &[&header], &body).await;
        let call = Call::new(&site.client(), &TEXT);
        assert_eq!(call.send(decode::text, decode::no_error).await.unwrap(), text, "{charset}");
        // What an error shows of it is read alike.
        let site = Site::answering("404 Not Found", &[&header], &body).await;
        let error = Call::new(&site.client(), &TEXT).send(decode::text, decode::no_error).await.unwrap_err();
        assert_eq!(error.text(), Some(text), "{charset}");
    }
    for (charset, body, why) in [
        ("shift_jis", &b"\x83"[..], "its text has a charset that is not supported: shift_jis"),
        ("utf-16le", b"a\0b", "the text is not UTF-16"),
        ("utf-16le", b"\0\xD8", "the text is not UTF-16"),
    ] {
        let site = Site::answering("200 OK", &[&format!("Content-Type: text/plain; charset={charset}")], body).await;
        let error = Call::new(&site.client(), &TEXT).send(decode::text, decode::no_error).await.unwrap_err();
        assert_eq!(error.to_string(), format!("download: GET /download: 200 OK, but {why}"));
    }
}

/// RFC 9110, section 5.6.6.
#[tokio::test]
async fn parameters_of_a_media_type_may_be_quoted() {
    for media_type in [
        r#"text/plain; note="a; charset=utf-8"; charset=latin1"#,
        r#"text/plain; charset="latin\1""#,
        r#"text/plain; flag; charset = "latin1" ; charset=utf-8"#,
        r"text/plain;;CHARSET='latin1'",
    ] {
        let site = Site::answering("200 OK", &[&format!("Content-Type: {media_type}")], b"caf\xE9").await;
        let text = Call::new(&site.client(), &TEXT).send(decode::text, decode::no_error).await;
        assert_eq!(text.unwrap(), "café", "{media_type}");
    }
}

/// RFC 8259 knows UTF-8 alone; some servers do not.
#[tokio::test]
async fn json_is_read_in_other_charsets_too() {
    let json = r#"[{"id":"é","count":1}]"#;
    let little: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = json.replace('é', "\u{1}").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
    for (charset, body) in
        [("utf-16le", &little), ("utf-8", &little), ("iso-8859-1", &latin), ("iso-8859-1", &json.as_bytes().to_vec())]
    {
        let header = format!("Content-Type: application/json; charset={charset}");
        let things: Vec<Thing> = get(&Site::answering("200 OK", &[&header], body).await.client()).await.unwrap();
        assert_eq!(things[0].id, "é", "{charset}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_placed_and_never_quoted() {
    for (body, problem) in [
        (
            r#"[{"id":"a","count":1},{"id":"a","count":"SECRET"}]"#,
            "[1].count: a string where i64 was expected (line 1, column 48)",
        ),
        (
            r#"[{"id":"a","count":1.5}]"#,
            "[0].count: a number with a fraction where i64 was expected (line 1, column 22)",
        ),
        (r#"[{"id":918273,"count":1}]"#, "[0].id: an integer where a string was expected (line 1, column 13)"),
        (r#"[{"id":2.0,"count":1}]"#, "[0].id: a number where a string was expected (line 1, column 10)"),
        (r#"[{"id":true,"count":1}]"#, "[0].id: a boolean where a string was expected (line 1, column 11)"),
        (r#"[{"id":null,"count":1}]"#, "[0].id: null where a string was expected (line 1, column 11)"),
        (r#"[{"id":["SECRET"],"count":1}]"#, "[0].id: a list where a string was expected (line 1, column 7)"),
        (
            r#"[{"id":"a","count":1,"owner":"SECRET, expected SECRET"}]"#,
            "[0].owner: a string where an object (Owner) was expected (line 1, column 54)",
        ),
        (
            "[\n {\"id\":\"a\",\"count\":1,\n\"owner\":{\"name\":\"SECRET\",\"active\":\"SECRET\"}}]",
            "[0].owner.active: a string where a boolean was expected (line 3, column 42)",
        ),
        (r#"[{"id":"SECRET"}]"#, "[0]: `count` is missing (line 1, column 16)"),
        (r#"[{"id":"SECRET","id":"SECRET","count":1}]"#, "[0]: `id` is there twice (line 1, column 20)"),
        (r#""SECRET""#, "a string where a list was expected (line 1, column 8)"),
        (r#"{"SECRET":"SECRET"}"#, "an object where a list was expected (line 1, column 1)"),
        (
            r#"[{"id":"a","count":99999999999999999999}]"#,
            "[0].count: a number where i64 was expected (line 1, column 39)",
        ),
    ] {
        let error = things(body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!("getThings: GET /things: 200 OK, but the body is not what is documented: {problem}")
        );
        let shown = everything_shown(&error);
        assert!(!shown.contains("SECRET") && !shown.contains("918273"), "{shown}");
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.text(), Some(body));
        assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_placed_and_never_quoted() {
    for (content_type, body, problem) in [
        (JSON, "[{\"SECRET\": tru", "the body ends in the middle of its JSON (line 1, column 15)"),
        (JSON, "[{\"SECRET\": trux", "the body is not valid JSON (line 1, column 16)"),
        (JSON, "[\n\nSECRET]", "the body is not valid JSON (line 3, column 1)"),
        (JSON, "[{\"id\":\"SECRET", "the body ends in the middle of its JSON (line 1, column 14)"),
        (JSON, "[]SECRET", "the body is not valid JSON (line 1, column 3)"),
        ("Content-Type: application/xml", "<SECRET/>", "the body is application/xml, not JSON"),
        ("Content-Type: text/plain", "SECRET", "the body is text/plain, not JSON"),
        ("Content-Type: SE CRET", "SECRET", "the body is not valid JSON (line 1, column 1)"),
    ] {
        let site = Site::answering("200 OK", &[content_type], body).await;
        let error = get::<Vec<Thing>>(&site.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.to_string(), format!("getThings: GET /things: 200 OK, but {problem}"));
        assert!(!everything_shown(&error).contains("SECRET"));
    }
    let deep = "[".repeat(100_000);
    let site = Site::answering("200 OK", &[JSON], deep).await;
    let error = get::<Value>(&site.client()).await.unwrap_err();
    assert!(error.to_string().contains("200 OK, but the body is not valid JSON (line 1, column 12"), "{error}");
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "only what fails to decode matters")]
struct Forms {
    day: Option<jiff::Timestamp>,
    map: Option<std::collections::BTreeMap<String, Owner>>,
    number: Option<std::collections::BTreeMap<i64, u8>>,
    choice: Option<Choice>,
    either: Option<Either>,
    pair: Option<(i64, i64)>,
    wrapped: Option<Wrapped>,
}

#[derive(Debug, serde::Deserialize)]
enum Choice {
    #[serde(rename = "one")]
    One,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only what fails to decode matters")]
enum Either {
    Number(i64),
    Flag(bool),
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "only what fails to decode matters")]
struct Wrapped(Vec<u8>);

#[tokio::test]
async fn a_fault_is_found_in_every_form_of_type() {
    for (body, problem) in [
        (r#"{"day":"SECRET"}"#, "day: a value that does not have the documented form (line 1, column 15)"),
        // The keys of a map are data, and no names that the document knows.
        (
            r#"{"map":{"SECRET":{"name":"n","active":5}}}"#,
            "map.*.active: an integer where a boolean was expected (line 1, column 39)",
        ),
        (r#"{"number":{"77":300}}"#, "number.*: an integer that is not u8 (line 1, column 19)"),
        (r#"{"choice":"SECRET"}"#, "choice: a value that is not one of those documented (line 1, column 18)"),
        (r#"{"either":"SECRET"}"#, "either: a value that does not have the documented form (line 1, column 19)"),
        (r#"{"pair":[1]}"#, "pair: a list of another length than documented (line 1, column 11)"),
        (r#"{"wrapped":[1,2,"SECRET"]}"#, "wrapped[2]: a string where u8 was expected (line 1, column 24)"),
    ] {
        let site = Site::answering("200 OK", &[JSON], body).await;
        let error = get::<Forms>(&site.client()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("getThings: GET /things: 200 OK, but the body is not what is documented: {problem}")
        );
        assert!(!everything_shown(&error).contains("SECRET"));
    }
}

#[tokio::test]
async fn a_page_where_data_was_due() {
    let page = "<!DOCTYPE html><html><head><title>SECRET</title></head></html>";
    for (headers, body) in [
        (&[HTML][..], page),
        (&["Content-Type: TEXT/HTML"], "SECRET"),
        (&[], page),
        (&[], " \r\n<HTML>SECRET"),
        (&[JSON], page),
    ] {
        let site = Site::answering("200 OK", headers, body).await;
        let error = get::<Thing>(&site.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
        assert_eq!(error.to_string(), "getThings: GET /things: 200 OK, but HTML instead of JSON: a login page?");
        assert!(!everything_shown(&error).contains("SECRET"));
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.text(), Some(body));
    }
    let site = Site::answering("200 OK", &[HTML], page).await;
    let error = Call::new(&site.client(), &TEXT).send(decode::text, decode::no_error).await.unwrap_err();
    assert_eq!(error.to_string(), "download: GET /download: 200 OK, but HTML instead of text/plain: a login page?");
    // Who deletes something behind a login page has deleted nothing.
    for delete in [&DELETE, &DELETE_OF_ANY_TYPE] {
        let error = Call::new(&site.client(), delete).send(decode::empty, decode::no_error).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
        assert_eq!(
            error.to_string(),
            "delete: DELETE /x: 200 OK, but HTML where no content was expected: a login page?"
        );
    }
    // Nor is there a page where there is no body, whatever type the server names.
    for status in ["204 No Content", "200 OK"] {
        let site = Site::answering(status, &[HTML], "").await;
        for delete in [&DELETE, &DELETE_OF_ANY_TYPE] {
            Call::new(&site.client(), delete).send(decode::empty, decode::no_error).await.unwrap();
        }
        assert_eq!(get::<Option<Thing>>(&site.client()).await.unwrap(), None);
    }
    // A document may say that HTML is due.
    assert_eq!(Call::new(&site.client(), &PAGE).send(decode::text, decode::no_error).await.unwrap(), page);
}

static DELETE: Operation = Operation { method: "DELETE", id: "delete", path: "/x", accept: "", ..BARE };
static DELETE_OF_ANY_TYPE: Operation = Operation { method: "DELETE", id: "delete", path: "/x", accept: "*/*", ..BARE };
static PAGE: Operation = Operation { method: "GET", id: "page", path: "/x", accept: "text/html, text/plain", ..BARE };
const BARE: Operation = Operation {
    id: "",
    method: "GET",
    path: "",
    security: &[],
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn a_success_without_content_may_have_some() {
    for (status, body) in [("200 OK", "{\"deleted\":true}"), ("204 No Content", ""), ("202 Accepted", "later")] {
        let site = Site::answering(status, &[], body).await;
        Call::new(&site.client(), &DELETE).send(decode::empty, decode::no_error).await.unwrap();
    }
}

async fn refused(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Error<Fault> {
    let error = get::<Thing>(&Site::answering(status, headers, body).await.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status().unwrap().as_str(), status.split(' ').next().unwrap());
    error
}

#[tokio::test]
async fn what_a_refusal_says() {
    let long = "x".repeat(300);
    for (status, headers, body, said) in [
        (
            "401 Unauthorized",
            &["Content-Type: text/plain"][..],
            "Authentication failed",
            "401 Unauthorized: Authentication failed",
        ),
        ("401 Unauthorized", &[], "", "401 Unauthorized"),
        ("401 Unauthorized", &[JSON], "", "401 Unauthorized"),
        (
            "401 Unauthorized",
            &[HTML],
            "<html><head><title>Sign  in\n</title>",
            "401 Unauthorized: an HTML page titled \"Sign in\"",
        ),
        ("401 Unauthorized", &[HTML], "<h1>no</h1>", "401 Unauthorized: an HTML page"),
        ("401 Unauthorized", &[], "<html><title><b>x</b></title>", "401 Unauthorized: an HTML page"),
        ("404 Not Found", &[JSON], r#"{"message":"no such\nthing"}"#, "404 Not Found: no such thing"),
        ("400 Bad Request", &[JSON], r#"{"error":{"message":"bad"}}"#, "400 Bad Request: bad"),
        ("400 Bad Request", &[JSON], r#"{"code":7}"#, "400 Bad Request"),
        ("400 Bad Request", &[JSON], r#"{"message":""}"#, "400 Bad Request"),
        ("400 Bad Request", &[], "\"quoted\"", "400 Bad Request: quoted"),
        ("400 Bad Request", &[JSON], "not json", "400 Bad Request: not json"),
        ("400 Bad Request", &[], " a\u{1b}[31m\r\n\tb\u{202e}c\u{200b} ", "400 Bad Request: a[31m bc"),
        ("400 Bad Request", &["Content-Type: image/png"], "\u{1}png", "400 Bad Request: 4 bytes of image/png"),
        ("400 Bad Request", &[], "\0\0", "400 Bad Request: 2 bytes that are not text"),
        ("503 Service Unavailable", &[], long.as_str(), &format!("503 Service Unavailable: {}…", "x".repeat(200))),
        ("599 Odd", &[], "odd", "599: odd"),
        ("304 Not Modified", &[], "", "304 Not Modified"),
    ] {
        let error = refused(status, headers, body).await;
        assert_eq!(error.to_string(), format!("getThings: GET /things: {said}"));
        assert_eq!(error.text(), Some(body));
        assert_eq!((error.operation(), error.method().as_str(), error.path()), ("getThings", "GET", "/things"));
        let text = format!("{error:?}");
        assert_eq!(
            text,
            format!(
                "Error {{ kind: Status, operation: \"getThings\", status: Some({}), message: {said:?}, .. }}",
                &status[..3]
            )
        );
    }
}

#[tokio::test]
async fn a_documented_body_of_a_refusal() {
    let json = r#"{"message":"gone"}"#;
    let error = refused("404 Not Found", &[JSON], json).await;
    assert_eq!(error.body(), Some(&Fault { message: "gone".to_owned() }));
    assert!(error.is_not_found() && !error.is_unauthorized() && !error.is_connect());
    assert_eq!(error.into_body(), Some(Fault { message: "gone".to_owned() }));
    assert!(refused("503 Service Unavailable", &[], json).await.body().is_some());
    // What is not documented is not typed, though it may look alike.
    assert_eq!(refused("400 Bad Request", &[JSON], json).await.body(), None);
    // What is documented and does not come keeps its status.
    for body in ["", "<html>", "null", r#"{"message":5}"#] {
        assert_eq!(refused("404 Not Found", &[], body).await.body(), None);
    }
    let erased: Error = refused("404 Not Found", &[JSON], json).await.without_body();
    assert!(erased.body().is_none() && erased.is_not_found());
    let any = Site::answering("418 Teapot", &[JSON], json).await;
    let error = Call::new(&any.client(), &CREATE).send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
    assert!(error.body().is_some());
}

#[derive(Debug, PartialEq)]
enum Several {
    Gone(Fault),
    Bad(Vec<String>),
}

/// As generated for an operation with more than one type of error.
fn several(answer: &RawResponse) -> Option<Several> {
    match answer.status() {
        404 => decode::json_error(answer).map(Several::Gone),
        500..=599 => decode::json_error(answer).map(Several::Bad),
        _ => None,
    }
}

#[tokio::test]
async fn several_documented_bodies() {
    for (status, body, expected) in [
        ("404 Not Found", r#"{"message":"m"}"#, Some(Several::Gone(Fault { message: "m".to_owned() }))),
        ("500 Oops", r#"["a"]"#, Some(Several::Bad(vec!["a".to_owned()]))),
        ("500 Oops", r#"{"message":"m"}"#, None),
        ("400 Bad Request", r#"["a"]"#, None),
    ] {
        let site = Site::answering(status, &[], body).await;
        let error = Call::new(&site.client(), &PUBLIC).send(decode::json::<Thing>, several).await.unwrap_err();
        assert_eq!(error.into_body(), expected);
    }
}

#[test]
fn statuses() {
    let status = |code| reqwest::StatusCode::from_u16(code).unwrap();
    assert!(Statuses::One(404).include(status(404)) && !Statuses::One(404).include(status(400)));
    assert!(Statuses::Range(4).include(status(499)) && !Statuses::Range(4).include(status(500)));
    assert!(Statuses::Any.include(status(302)));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Site::answering("200 OK", &[JSON], "[]").await;
    for (location, said) in [
        (
            format!("{}/login?key=SECRET#x", target.url()),
            "302 Found: redirects are not followed; this one points to 127.0.0.1/base/login",
        ),
        ("/login?SECRET".to_owned(), "302 Found: redirects are not followed; this one points to 127.0.0.1/login"),
        (
            "https://user:SECRET@idp.example/a b".to_owned(),
            "302 Found: redirects are not followed; this one points to idp.example/a%20b",
        ),
        ("http://[".to_owned(), "302 Found: redirects are not followed"),
    ] {
        let error = refused("302 Found", &[&format!("Location: {location}"), HTML], "<html>SECRET</html>").await;
        assert_eq!(error.to_string(), format!("getThings: GET /things: {said}"));
        assert!(!everything_shown(&error).contains("SECRET"));
    }
    assert!(target.requests().is_empty());
}

/// RFC 9110, section 15.4.5: it leads nowhere, although it may say where the content is.
#[tokio::test]
async fn not_modified_is_no_redirect() {
    let error = refused("304 Not Modified", &["Location: /things"], "").await;
    assert_eq!(error.to_string(), "getThings: GET /things: 304 Not Modified");
}

#[tokio::test]
async fn a_refusal_keeps_its_status_when_its_body_does_not_end_well() {
    let mut cut = answer("403 Forbidden", &["Content-Type: text/plain"], b"no permission");
    cut.truncate(cut.len() - 5);
    let site = Site::start(Behaviour::RawResponse(cut)).await;
    let error = get::<Thing>(&site.client()).await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.to_string(), "getThings: GET /things: 403 Forbidden: no permi (the body broke off)");

    let site = Site::answering("404 Not Found", &[JSON], format!(r#"{{"message":"{}"}}"#, "x".repeat(5000))).await;
    let client = site.builder().max_response_bytes(1000).build().unwrap();
    let error = get::<Thing>(&client).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.body(), None);
    assert_eq!(error.text().unwrap().len(), 1000);
    assert!(error.to_string().ends_with("… (the body is larger than allowed and was cut)"), "{error}");

    // A part of a value may look like a value.
    let site = Site::answering("404 Not Found", &[JSON], "123456").await;
    for (limit, body) in [(3, None), (6, Some(123_456))] {
        let client = site.builder().max_response_bytes(limit).build().unwrap();
        let call = Call::new(&client, &PUBLIC).send(decode::json::<Thing>, decode::json_error::<u64>);
        assert_eq!(call.await.unwrap_err().into_body(), body);
    }
}

#[tokio::test]
async fn the_text_of_an_error_is_bounded() {
    let error = refused("500 Oops", &[], "é".repeat(100_000)).await;
    let text = error.text().unwrap();
    assert_eq!(text.len(), 64 * 1024);
    assert!(text.chars().all(|c| c == 'é'));
    let error = refused("500 Oops", &[], vec![0xFF; 64 * 1024]).await;
    assert!(error.text().unwrap().len() <= 64 * 1024);
}

#[tokio::test]
async fn an_error_is_small() {
    assert!(size_of::<Error<[u8; 4096]>>() <= 2 * size_of::<usize>());
    let error: Box<dyn std::error::Error + Send + Sync> = refused("500 Oops", &[], "").await.into();
    assert_eq!(error.to_string(), "getThings: GET /things: 500 Internal Server Error");
}
