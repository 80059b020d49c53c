//! Values that are kept and read beside, or in spite of, what the document says.

use serde_json::json;

use crate::runtime::{AnyOperations, AnyRequest, ErrorKind, Method, Request as _, any_operations, object};
use crate::support::{Site, Thing};

static PUBLIC: AnyOperations = any_operations(&[], &[]);

fn things(site: &Site, path: &str) -> AnyRequest<Vec<Thing>> {
    AnyRequest::new(&site.client(), &PUBLIC, &Method::GET, path.to_owned()).returning()
}

const LIST: &str = r#"[{"id":"a","count":1},{"id":"b","count":"s3cret"},{"id":"c","count":3},7]"#;

#[tokio::test]
async fn one_element_that_does_not_decode_is_told_by_its_index() {
    let site = Site::answering("200 OK", &[], LIST).await;
    let error = things(&site, "/things").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("[1].count: a string where i64 was expected"), "{error}");

    let read = things(&site, "/things").send_lenient().await.unwrap();
    let ids: Vec<Option<&str>> = read.iter().map(|thing| thing.as_ref().ok().map(|thing| &*thing.id)).collect();
    assert_eq!(ids, [Some("a"), None, Some("c"), None]);
    let error = read[1].as_ref().unwrap_err();
    let message = "element 1 of the list is not what is documented: count: a string where i64 was expected";
    assert_eq!((error.index(), error.to_string().as_str()), (1, message));
    assert_eq!(error.value(), &json!({ "id": "b", "count": "s3cret" }));
    assert!(!format!("{error:?}{error}").contains("s3cret"), "{error:?}");
    assert_eq!(read[3].as_ref().unwrap_err().index(), 3);
}

#[tokio::test]
async fn what_is_no_list_is_an_error_of_the_whole() {
    for body in ["{}", "[1", "7"] {
        let site = Site::answering("200 OK", &[], body).await;
        let error = things(&site, "/things").send_lenient().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}: {error}");
    }
    let site = Site::answering("403 Forbidden", &[], "no").await;
    assert!(things(&site, "/things").send_lenient().await.unwrap_err().is_forbidden());
}

#[tokio::test]
async fn the_text_of_a_success_is_kept_if_asked_for() {
    let site = Site::answering("200 OK", &["Set-Cookie: a=b"], LIST.replace("\"s3cret\"", "2").replace(",7", "")).await;
    let plain = things(&site, "/things").send_with_response().await.unwrap();
    assert_eq!((plain.body().len(), plain.text()), (3, None));
    let kept = things(&site, "/things").keep_text().send_with_response().await.unwrap();
    assert_eq!((kept.body(), kept.text().map(str::len)), (plain.body(), Some(64)));
    assert!(!format!("{kept:?}").contains("text"), "{kept:?}");
}

#[tokio::test]
async fn a_conflict_says_what_happened() {
    let site = Site::answering("409 Conflict", &["Content-Type: text/plain"], "The modified date is stale.").await;
    let request = |method| AnyRequest::new(&site.client(), &PUBLIC, &method, "/thing/1".to_owned()).json(&json!({}));
    let error = request(Method::PUT).send().await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(error.to_string(), "call: PUT /thing/1: 409 Conflict: The modified date is stale.");

    let site = Site::answering("409 Conflict", &[], "").await;
    let request = |method| AnyRequest::new(&site.client(), &PUBLIC, &method, "/thing/1".to_owned()).json(&json!({}));
    let error = request(Method::PATCH).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "call: PATCH /thing/1: 409 Conflict (it conflicts with the current state: it may have changed since it was read)"
    );
    let error = request(Method::POST).send().await.unwrap_err();
    assert_eq!(error.to_string(), "call: POST /thing/1: 409 Conflict");
}

#[derive(Clone, Debug, PartialEq)]
struct Count {
    value: i64,
}

object! { Count { required(value("value")); bare "value" } }

#[derive(Clone, Debug, Default, PartialEq)]
struct Kept {
    name: Option<String>,
    more: crate::runtime::FurtherProperties,
}

object! { Kept { optional(name("name")); ..more } }

#[test]
fn a_bare_value_is_read_as_its_property() {
    let read = |text| serde_json::from_str::<Count>(text).map(|count| count.value);
    assert_eq!((read("7").unwrap(), read(r#"{"value":8,"novel":null}"#).unwrap()), (7, 8));
    assert_eq!(serde_json::to_string(&Count { value: 7 }).unwrap(), r#"{"value":7}"#);
    for text in ["null", "[]", "\"7\"", "{}", "7.5"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn properties_that_are_not_described_go_back() {
    let text = r#"{"name":"n","novel":{"deep":[1,null]},"secret":"s3cret"}"#;
    let kept: Kept = serde_json::from_str(text).unwrap();
    assert_eq!(kept.more.get("novel"), Some(&json!({ "deep": [1, null] })));
    assert_eq!(serde_json::to_string(&kept).unwrap(), text);
    assert_eq!(format!("{kept:?}"), r#"Kept { name: Some("n"), more: {"novel", "secret"} }"#);
}
