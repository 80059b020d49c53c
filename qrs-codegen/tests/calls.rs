//! Checks the requests of a generated client to the byte. The client of `documents/calls.yaml` is compiled into this
//! test.
//!
//! It is one file, longer than others: the tests share the client and the server that they compare.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    unreachable_pub,
    dead_code,
    unused_imports,
    unused_macros,
    clippy::needless_pass_by_value,
    reason = "what a generated crate exports, a test keeps to itself"
)]

#[rustfmt::skip]
#[path = "calls/client.rs"]
mod client;
#[rustfmt::skip]
#[path = "calls/contract.rs"]
mod contract;
#[rustfmt::skip]
#[path = "calls/operations/mod.rs"]
mod operations;
#[path = "../runtime/mod.rs"]
mod runtime;
#[path = "calls/server.rs"]
mod server;
#[rustfmt::skip]
#[path = "calls/types.rs"]
mod types;

use operations::untagged::{
    AskError, AskHeaders, AskSuccess, ChooseError, ChooseSuccess, HeadedHeaders, VersionsSuccess,
};
use runtime::{
    Base64, ByteStream, Client, ErrorKind, EventStream, FurtherProperties, Items, JsonText, LineStream, Payload,
    Request as _, Secret, Server, Upload,
};
use server::Site;
use types::{HeadedHeadersXKind, HeadedHeadersXLevel, Rich, Shade};

fn client(site: &Site) -> Client {
    Client::builder(Server::server_1(site.port.to_string())).key("a key").build().unwrap()
}

fn shade() -> Shade {
    Shade::new(7).red("a&b")
}

#[tokio::test]
async fn parameters() {
    let site = Site::echoing().await;
    let sent = client(&site)
        .find(5, ["a/b", "c"])
        .each(["x", "y z"])
        .joined([1, 2])
        .deep(shade())
        .shade(Shade::new(8))
        .json(Shade::new(9))
        .x_shade(shade())
        .flags([3, 4])
        .send()
        .await
        .unwrap();
    let first = sent.lines().next().unwrap();
    assert_eq!(
        first,
        "GET /v1/things/5:open/.a%2Fb.c?each=x&each=y%20z&joined=1,2&deep%5Bblue%5D=7&deep%5Bred%5D=a%26b&blue=8\
         &json=%7B%22blue%22%3A9%7D HTTP/1.1"
    );
    for line in ["x-shade: blue,7,red,a&b", "x-key: a key", "cookie: flags=3; flags=4"] {
        assert!(sent.lines().any(|sent| sent.eq_ignore_ascii_case(line)), "{line} is not in {sent}");
    }
}

#[tokio::test]
async fn ways_in() {
    let site = Site::echoing().await;
    let builder = Client::builder(Server::server_1(site.port.to_string()));
    let one_of_two = builder.clone().token("t").build().unwrap();
    let refused = one_of_two.make_text("x").send().await.unwrap_err();
    assert!(refused.to_string().contains("`ClientBuilder::session`"), "{refused}");
    let both = builder.token("t").session("s").build().unwrap();
    let sent = both.make_text("x").send().await.unwrap();
    for line in ["authorization: Bearer t", "cookie: sid=s"] {
        assert!(sent.lines().any(|sent| sent.eq_ignore_ascii_case(line)), "{line} is not in {sent}");
    }
}

#[tokio::test]
async fn bodies() {
    let site = Site::echoing().await;
    let client = client(&site);
    let body = |sent: &str| sent.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(&client.make(shade()).send().await.unwrap()), r#"{"blue":7,"red":"a&b"}"#);
    assert_eq!(body(&client.make_form(shade()).send().await.unwrap()), "blue=7&red=a%26b");
    assert_eq!(body(&client.make_text("plain").send().await.unwrap()), "plain");
    let image = client.make_png([1_u8, 2]).send().await.unwrap();
    assert!(image.to_ascii_lowercase().contains("content-type: image/png"), "{image}");
    let parts = client.make_multipart(Upload::new("bytes").file_name("f.txt")).shade(shade()).note("n").send().await;
    let parts = body(&parts.unwrap());
    for part in [
        "name=\"file\"; filename=\"f.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nbytes\r\n",
        "name=\"shade\"\r\nContent-Type: application/json\r\n\r\n{\"blue\":7,\"red\":\"a&b\"}\r\n",
        "name=\"note\"\r\n\r\nn\r\n",
    ] {
        assert!(parts.contains(part), "{parts}");
    }
}

#[tokio::test]
async fn answers_by_their_status() {
    let json = "Content-Type: application/json\r\nX-Left: 3\r\nX-Key: hunter2\r\n";
    let site = Site::answering("200 OK", json, r#"{"blue":1}"#).await;
    let answer = client(&site).ask().send_with_response().await.unwrap();
    let headers = AskHeaders::from(answer.headers());
    assert_eq!((headers.x_left, headers.x_key.as_ref().map(Secret::expose)), (Some(3), Some("hunter2")));
    assert!(!format!("{headers:?}").contains("hunter2"), "{headers:?}");
    assert!(matches!(answer.into_body(), AskSuccess::Ok(Shade { blue: 1, .. })));
    let site = Site::answering("202 Accepted", json, r#""later""#).await;
    assert!(matches!(client(&site).ask().send().await.unwrap(), AskSuccess::Accepted(text) if text == "later"));
    let site = Site::answering("204 No Content", "", "").await;
    assert!(matches!(client(&site).ask().send().await.unwrap(), AskSuccess::NoContent));
    // The status tells, whatever the body would fit.
    let site = Site::answering("202 Accepted", json, r#"{"blue":1}"#).await;
    assert_eq!(client(&site).ask().send().await.unwrap_err().kind(), runtime::ErrorKind::Decode);
    let site = Site::answering("206 Partial Content", json, r#"{"blue":1}"#).await;
    let undocumented = client(&site).ask().send().await.unwrap_err();
    assert_eq!(undocumented.status().map(|status| status.as_u16()), Some(206));

    let site = Site::answering("404 Not Found", json, r#"{"blue":2}"#).await;
    let error = client(&site).ask().send().await.unwrap_err();
    assert!(matches!(error.into_body(), Some(AskError::NotFound(Shade { blue: 2, .. }))));
    let site = Site::answering("418 I'm a teapot", json, r#""no""#).await;
    let error = client(&site).ask().send().await.unwrap_err();
    assert!(matches!(error.into_body(), Some(AskError::ClientError(text)) if text == "no"));
    let site = Site::answering("500 Internal Server Error", json, r#""no""#).await;
    assert!(client(&site).ask().send().await.unwrap_err().body().is_none());
}

#[tokio::test]
async fn events() {
    let site =
        Site::answering("200 OK", "Content-Type: text/event-stream\r\n", "data: {\"blue\":1}\n\ndata: [DONE]\n\n")
            .await;
    let mut events = client(&site).watch().send_events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().json::<Shade>().unwrap().blue, 1);
    assert_eq!(events.next().await.unwrap().unwrap().data, "[DONE]");
    assert!(events.next().await.unwrap().is_none());
}

#[tokio::test]
async fn lines() {
    let site =
        Site::answering("200 OK", "Content-Type: application/x-ndjson\r\n", "{\"blue\":1}\n{\"blue\":2}\n").await;
    let mut lines = client(&site).export().send_lines().await.unwrap();
    assert_eq!(lines.next::<Shade>().await.unwrap().unwrap().blue, 1);
    assert_eq!(lines.next::<Shade>().await.unwrap().unwrap().blue, 2);
    assert!(lines.next::<Shade>().await.unwrap().is_none());
}

#[tokio::test]
async fn bytes() {
    let site = Site::answering("200 OK", "Content-Type: application/octet-stream\r\n", "0123").await;
    let mut pieces = client(&site).download().send_stream().await.unwrap();
    assert_eq!(pieces.chunk().await.unwrap().unwrap().as_ref(), b"0123");
    assert!(pieces.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn what_else_a_success_may_be() {
    let site = Site::echoing().await;
    let mut pieces = client(&site).report().send_stream_as("application/pdf").await.unwrap();
    let mut sent = Vec::new();
    while let Some(piece) = pieces.chunk().await.unwrap() {
        sent.extend_from_slice(&piece);
    }
    assert!(String::from_utf8(sent).unwrap().contains("\r\naccept: application/pdf\r\n"));

    for none in ["", "text/csv\r\nX-Evil: 1"] {
        let error = client(&site).report().send_stream_as(none).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains("the media type to ask for is not valid"), "{error}");
    }

    let csv = Site::answering("200 OK", "Content-Type: text/csv\r\n", "blue\n7\n").await;
    let mut pieces = client(&csv).report().send_stream_as("text/csv").await.unwrap();
    assert_eq!(pieces.chunk().await.unwrap().unwrap().as_ref(), b"blue\n7\n");
}

/// RFC 9110, section 8.3: the `Content-Type` of a response says what it is.
#[tokio::test]
async fn a_success_is_what_its_content_type_says() {
    let choose = async |content_type: &str, body: &str| {
        let site = Site::answering("200 OK", &format!("Content-Type: {content_type}\r\n"), body).await;
        client(&site).choose().send().await.unwrap()
    };
    // Each body fits both types by its look.
    let both = r#"{"blue":1,"label":"l"}"#;
    for plain in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.other+json", "image/png"] {
        assert!(matches!(choose(plain, both).await, ChooseSuccess::OkJson(Shade { blue: 1, .. })), "{plain}");
    }
    let rich = choose("application/vnd.x.v2+json", both).await;
    assert!(matches!(rich, ChooseSuccess::OkVndXV2Json(Rich { label, .. }) if label == "l"));
    assert!(matches!(choose("text/csv", "a,b\n").await, ChooseSuccess::OkCsv(text) if text == "a,b\n"));
    // Without a `Content-Type` it is what the client would rather have.
    let site = Site::answering("200 OK", "", both).await;
    assert!(matches!(client(&site).choose().send().await.unwrap(), ChooseSuccess::OkJson(_)));

    let sent = Site::echoing().await;
    let error = client(&sent).choose().send().await.unwrap_err();
    let sent = error.text().unwrap();
    let accept = "accept: application/json, application/vnd.x.v2+json, text/csv;q=0.9";
    assert!(sent.lines().any(|line| line == accept), "{sent}");
}

#[tokio::test]
async fn media_types_may_differ_by_their_parameters() {
    let versions = async |content_type: &str, body: &str| {
        let site = Site::answering("200 OK", &format!("Content-Type: {content_type}\r\n"), body).await;
        client(&site).versions().send().await.unwrap()
    };
    let both = r#"{"blue":1,"label":"l"}"#;
    assert!(matches!(versions("application/json; version=1", both).await, VersionsSuccess::OkJson(_)));
    assert!(matches!(versions("application/json;VERSION=\"2\"", both).await, VersionsSuccess::OkJson2(_)));
    assert!(matches!(versions("application/json", both).await, VersionsSuccess::OkJson(_)));
    assert!(matches!(versions("image/png", both).await, VersionsSuccess::OkBytes(bytes) if bytes == both.as_bytes()));
}

#[tokio::test]
async fn an_error_is_what_its_content_type_says() {
    let choose = async |status: &str, content_type: &str, body: &str| {
        let site = Site::answering(status, &format!("Content-Type: {content_type}\r\n"), body).await;
        client(&site).choose().send().await.unwrap_err().into_body()
    };
    let both = r#"{"blue":1,"label":"l"}"#;
    let missing = "404 Not Found";
    assert!(matches!(choose(missing, "application/json", both).await, Some(ChooseError::NotFoundJson(_))));
    let problem = choose(missing, "application/problem+json", both).await;
    assert!(matches!(problem, Some(ChooseError::NotFoundProblemJson(Rich { label, .. })) if label == "l"));
    let text = choose(missing, "text/plain; charset=iso-8859-1", "none").await;
    assert!(matches!(text, Some(ChooseError::NotFoundText(text)) if text == "none"));
    let other = choose("409 Conflict", "application/problem+json", both).await;
    assert!(matches!(other, Some(ChooseError::Other(Rich { .. }))));
}

/// The body that `default` describes is all that is known of errors, too.
#[tokio::test]
async fn default_alone_describes_successes_and_errors() {
    let json = "Content-Type: application/json\r\n";
    let site = Site::answering("200 OK", json, r#"{"blue":1}"#).await;
    assert_eq!(client(&site).only_default().send().await.unwrap().blue, 1);
    let site = Site::answering("500 Internal Server Error", json, r#"{"blue":2}"#).await;
    assert_eq!(client(&site).only_default().send().await.unwrap_err().into_body().unwrap().blue, 2);
}

async fn headers(lines: &str) -> HeadedHeaders {
    let site = Site::answering("200 OK", lines, "").await;
    HeadedHeaders::from(client(&site).headed().send_with_response().await.unwrap().headers())
}

/// RFC 9110, section 5.3.
#[tokio::test]
async fn headers_are_typed_and_all_their_lines_count() {
    let all = headers(
        "X-Rate: 5\r\nX-Tags: a, \"b,c\"\r\nX-Tags:\r\nX-Tags: d\r\nX-Ids: 1,2\r\nX-Ids: 3\r\nX-Kind: two\r\n\
         X-Level: 2\r\nX-Obj: a,1,b,x y,c,7\r\nX-Exp: a=2, b=y=z\r\nX-Json: {\"blue\":1\r\n\
         X-Json: \"red\":\"r\"}\r\nX-Text: one\r\nX-Text: two\r\nSet-Cookie: a=1, x\r\nSet-Cookie: b=2\r\n",
    )
    .await;
    assert_eq!(all.x_rate, Some(5));
    assert_eq!(all.x_tags.unwrap(), ["a", "\"b,c\"", "d"]);
    assert_eq!(all.x_ids, Some(vec![1, 2, 3]));
    assert_eq!(all.x_kind, Some(HeadedHeadersXKind::Two));
    assert_eq!(all.x_level, Some(HeadedHeadersXLevel::N2));
    let pair = all.x_obj.unwrap();
    assert_eq!((pair.a, pair.b.as_deref(), pair.additional_properties.get("c")), (Some(1), Some("x y"), Some(&7)));
    let pair = all.x_exp.unwrap();
    assert_eq!((pair.a, pair.b.as_deref()), (Some(2), Some("y=z")));
    let shade = all.x_json.unwrap();
    assert_eq!((shade.blue, shade.red.as_deref()), (1, Some("r")));
    assert_eq!(all.x_text.as_deref(), Some("one, two"));
    assert_eq!(all.set_cookie.unwrap(), ["a=1, x", "b=2"]);

    let none = headers("X-Rate: many\r\nX-Ids: 1,x\r\nX-Obj: a\r\nX-Json: {\r\nX-Level: high\r\n").await;
    assert!(none.x_rate.is_none() && none.x_ids.is_none() && none.x_obj.is_none() && none.x_json.is_none());
    assert!(none.x_level.is_none() && none.x_tags.is_none() && none.set_cookie.is_none());
    // The same value again says nothing new.
    assert_eq!(headers("X-Rate: 5\r\nX-Rate: 5\r\n").await.x_rate, Some(5));
    assert_eq!(headers("X-Rate: 5\r\nX-Rate: 6\r\n").await.x_rate, None);
}

fn content_type(sent: &str) -> &str {
    sent.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("none")
}

/// OAS 3.1.1, Media Type Object: a range of media types describes all of them; one is sent.
#[tokio::test]
async fn the_caller_says_which_media_type_of_a_range_is_sent() {
    let site = Site::echoing().await;
    let client = client(&site);
    let sent = client.ranged_image_any([1_u8, 2], "image/png").send().await.unwrap();
    assert_eq!(content_type(&sent), "image/png");
    let sent = client.ranged("plain", "text/markdown; charset=utf-8").send().await.unwrap();
    assert_eq!(content_type(&sent), "text/markdown; charset=utf-8");
    let sent = client.ranged_bytes([1_u8]).send().await.unwrap();
    assert_eq!(content_type(&sent), "application/octet-stream");
    let sent = client.ranged_optional().body("{}", "application/json").send().await.unwrap();
    assert_eq!(content_type(&sent), "application/json");
    assert_eq!(content_type(&client.ranged_optional().send().await.unwrap()), "none");
    for wrong in ["text/plain", "image/*", "image", "", "image/png\r\nX-Evil: 1", "image/a b"] {
        let error = client.ranged_image_any([1_u8], wrong).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{wrong}");
    }
}

#[tokio::test]
async fn text_is_sent_in_the_charset_of_its_media_type() {
    let site = Site::echoing().await;
    let sent = client(&site).latin("caf\u{e9}").send().await;
    // The answer is no UTF-8: what was sent is in it as it was sent.
    assert!(sent.unwrap_err().to_string().contains("not UTF-8"));
    let error = client(&site).latin("\u{20ac}").send().await.unwrap_err();
    assert!(error.to_string().contains("iso-8859-1"), "{error}");
}

/// RFC 2046, section 5.1.1, and RFC 2387.
#[tokio::test]
async fn parts_are_sent_in_order_and_as_the_media_type_that_is_documented() {
    let site = Site::echoing().await;
    let sent =
        client(&site).related(Upload::new("bytes").content_type("image/png")).meta(shade()).send().await.unwrap();
    let (media_type, boundary) = content_type(&sent).split_once("; boundary=").unwrap();
    let (boundary, root) = boundary.split_once("; ").unwrap();
    assert_eq!((media_type, root), ("multipart/related", "type=\"application/json\""));
    let body = sent.split_once("\r\n\r\n").unwrap().1;
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: inline; name=\"meta\"\r\nContent-ID: <meta>\r\n\
         Content-Type: application/json\r\n\r\n{{\"blue\":7,\"red\":\"a&b\"}}\r\n--{boundary}\r\n\
         Content-Disposition: attachment; name=\"file\"; filename=\"file\"\r\nContent-ID: <file>\r\n\
         Content-Type: image/png\r\n\r\nbytes\r\n--{boundary}--\r\n"
    );
    assert_eq!(body, expected);

    let sent = client(&site).mixed().more("2").meta("1").send().await.unwrap();
    assert!(content_type(&sent).starts_with("multipart/mixed; boundary="), "{sent}");
    assert!(sent.find("name=\"meta\"").unwrap() < sent.find("name=\"more\"").unwrap(), "{sent}");
}

#[tokio::test]
async fn parts_whose_names_the_caller_chooses_are_sent_beside_those_that_are_named() {
    let site = Site::echoing().await;
    let file = |text: &'static str| Upload::new(text).file_name("f");
    let request = client(&site).open().note("n").additional_part("a", file("1")).additional_part("b", file("2"));
    let sent = request.additional_part("a", file("3")).send().await.unwrap();
    for part in ["name=\"note\"\r\n\r\nn\r\n", "name=\"b\"; filename=\"f\"", "\r\n\r\n2\r\n", "\r\n\r\n3\r\n"] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    // The same name again is another value.
    assert!(!sent.contains("\r\n\r\n1\r\n"), "{sent}");
    assert_eq!(content_type(&client(&site).open().send().await.unwrap()), "none");
}

#[tokio::test]
async fn parts_that_only_a_condition_describes_and_parts_without_a_description_can_be_sent() {
    let site = Site::echoing().await;
    let request = client(&site).unclear_parts("late").until("2024-01-02".parse().unwrap());
    let sent = request.additional_part("undescribed", [7_u8]).send().await.unwrap();
    for part in ["name=\"kind\"\r\n\r\nlate\r\n", "name=\"until\"\r\n\r\n2024-01-02\r\n", "\r\n\r\n\u{7}\r\n"] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

/// OAS 3.1.1, Considerations for File Uploads.
#[tokio::test]
async fn parts_of_a_media_type_are_files_of_it() {
    let site = Site::echoing().await;
    let request = client(&site).media_parts().pic([1_u8]).pics([Upload::new("p"), Upload::new("q")]);
    let request = request.typed([2_u8]).coded([3_u8].to_vec().into()).data("{}").additional_part("size", 5);
    let sent = request.send().await.unwrap();
    for part in [
        "name=\"pic\"; filename=\"pic\"\r\nContent-Type: image/png\r\n\r\n\u{1}\r\n",
        "name=\"pics\"; filename=\"pics\"\r\nContent-Type: image/png\r\n\r\nq\r\n",
        "name=\"typed\"; filename=\"typed\"\r\nContent-Type: image/webp\r\n\r\n\u{2}\r\n",
        "name=\"coded\"\r\nContent-Type: image/gif\r\n\r\nAw==\r\n",
        "name=\"data\"\r\nContent-Type: application/json\r\n\r\n{}\r\n",
        "name=\"size\"\r\n\r\n5\r\n",
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

#[tokio::test]
async fn the_words_of_3_2() {
    let site = Site::echoing().await;
    let client = client(&site);
    let sent = client.latest_query("a:b/c", [shade(), Shade::new(8)]).send().await.unwrap();
    assert!(sent.starts_with("QUERY /v1/latest/a:b%2Fc HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n{\"blue\":7,\"red\":\"a&b\"}\n{\"blue\":8}\n"), "{sent}");
    assert_eq!(content_type(&sent), "application/jsonl");
    let sent = client.latest_link("x").session("a%20b=c").all(shade()).send().await.unwrap();
    assert!(sent.starts_with("LINK /v1/latest/x?blue=7&red=a%26b HTTP/1.1\r\n"), "{sent}");
    assert!(sent.to_lowercase().contains("cookie: session=a%20b=c\r\n"), "{sent}");
    let event = types::LatestEventsBodyItem::new("e", JsonText::new(shade()));
    let sent = client.latest_events("x", [event]).send().await.unwrap();
    assert!(sent.ends_with("\r\n\r\nevent: e\ndata: {\"blue\":7,\"red\":\"a&b\"}\n\n"), "{sent}");
    let sent = client.latest_parts("x", shade(), "pixels").parts(["p", "q"]).send().await.unwrap();
    let parts = ["application/json\r\n\r\n{\"blue\"", "image/png\r\n\r\npixels\r\n", "\r\n\r\np\r\n", "\r\n\r\nq\r\n"];
    let places: Vec<Option<usize>> = parts.iter().map(|part| sent.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {sent}");
    assert!(!sent.contains("name="), "{sent}");
}

#[tokio::test]
async fn parts_within_parts() {
    let site = Site::echoing().await;
    let request = client(&site).latest_nested("x", shade(), "inner text", "pixels", "n");
    let sent = request.part_2_parts(vec![Shade::new(9)]).part_3_pic("gif").send().await.unwrap();
    let boundary = content_type(&sent).split_once("boundary=").unwrap().1;
    let body = sent.split_once("\r\n\r\n").unwrap().1;
    let inner = |kind: &str| {
        let (_, rest) = body.split_once(&format!("Content-Type: {kind}; boundary=")).unwrap();
        rest.split_once("\r\n").unwrap().0
    };
    let (mixed, form) = (inner("multipart/mixed"), inner("multipart/form-data"));
    assert!(boundary != mixed && mixed != form, "{sent}");
    let expected = format!(
        "--{boundary}\r\nContent-Type: application/json\r\n\r\n{{\"blue\":7,\"red\":\"a&b\"}}\r\n\
         --{boundary}\r\nContent-Type: multipart/mixed; boundary={mixed}\r\n\r\n\
         --{mixed}\r\n\r\ninner text\r\n\
         --{mixed}\r\nContent-Type: image/png\r\n\r\npixels\r\n\
         --{mixed}\r\nContent-Type: application/json\r\n\r\n{{\"blue\":9}}\r\n--{mixed}--\r\n\r\n\
         --{boundary}\r\nContent-Type: multipart/form-data; boundary={form}\r\n\r\n\
         --{form}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nn\r\n\
         --{form}\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"pic\"\r\nContent-Type: image/gif\r\n\r\n\
         gif\r\n--{form}--\r\n\r\n--{boundary}--\r\n"
    );
    assert_eq!(body, expected);
}

/// OAS 3.2, Encoding Usage and Restrictions: a part in an order is a whole list, a part with a name is one item.
#[tokio::test]
async fn a_part_in_an_order_holds_a_whole_list() {
    let site = Site::echoing().await;
    let request = client(&site).other_ordered_parts(vec![1, 2], "<shade/>");
    let sent = request.parts(vec![vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()]]).send().await.unwrap();
    let boundary = content_type(&sent).split_once("boundary=").unwrap().1;
    let json = "Content-Type: application/json\r\n\r\n";
    let expected = format!(
        "--{boundary}\r\n{json}[1,2]\r\n--{boundary}\r\nContent-Type: application/xml\r\n\r\n<shade/>\r\n\
         --{boundary}\r\n{json}[\"a\",\"b\"]\r\n--{boundary}\r\n{json}[\"c\"]\r\n--{boundary}--\r\n"
    );
    assert_eq!(sent.split_once("\r\n\r\n").unwrap().1, expected);
    let sent = client(&site).other_named_parts().rows(vec![vec![1, 2], vec![3]]).send().await.unwrap();
    for part in ["name=\"rows\"\r\nContent-Type: application/json\r\n\r\n[1,2]\r\n", "\r\n\r\n[3]\r\n"] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

/// A part is JSON only if its media type may be.
#[tokio::test]
async fn a_part_of_another_media_type_than_json_is_as_the_caller_writes_it() {
    let site = Site::echoing().await;
    let request = client(&site).other_named_parts().xml(["<a/>", "<b/>"]).cbor([0x60_u8]);
    let sent = request.either(Upload::new("p {}").content_type("text/css")).send().await.unwrap();
    for part in [
        "name=\"xml\"\r\nContent-Type: application/xml\r\n\r\n<a/>\r\n",
        "name=\"xml\"\r\nContent-Type: application/xml\r\n\r\n<b/>\r\n",
        "name=\"cbor\"; filename=\"cbor\"\r\nContent-Type: application/cbor\r\n\r\n`\r\n",
        "name=\"either\"; filename=\"either\"\r\nContent-Type: text/css\r\n\r\np {}\r\n",
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

#[tokio::test]
async fn a_whole_query_needs_no_name() {
    let site = Site::echoing().await;
    let target = "/v1/other-parts?blue=7&red=a%26b HTTP/1.1\r\n";
    let sent = client(&site).whole_query().query(shade()).send().await.unwrap();
    assert!(sent.starts_with(&format!("GET {target}")), "{sent}");
    let sent = client(&site).whole_query_schema().all(shade()).send().await.unwrap();
    assert!(sent.starts_with(&format!("DELETE {target}")), "{sent}");
}

/// RFC 9110, section 7.1.
#[tokio::test]
async fn the_fragment_of_a_path_is_not_sent() {
    let site = Site::echoing().await;
    let sent = client(&site).fragment("a#b").send().await.unwrap();
    assert!(sent.starts_with("GET /v1/fragments/a%23b HTTP/1.1\r\n"), "{sent}");
}

/// OAS 3.2, Additional Encoding Approaches: the header has the name of a part of a form in order.
#[tokio::test]
async fn parts_of_a_form_in_order() {
    let site = Site::echoing().await;
    let sent = client(&site).latest_form("x", "1", "2").send().await.unwrap();
    let parts =
        ["name=\"first\"\r\n\r\n1\r\n", "name=\"second\"; filename=\"second\"\r\nContent-Type: image/png\r\n\r\n2\r\n"];
    let places: Vec<Option<usize>> = parts.iter().map(|part| sent.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {sent}");
}

#[tokio::test]
async fn a_whole_query_keeps_reserved_characters_where_it_may() {
    let site = Site::echoing().await;
    let error = client(&site).latest_received("x").expression("$.a[0]&b=1 #c").send().await.unwrap_err();
    let sent = error.text().unwrap();
    assert!(sent.starts_with("GET /v1/latest/x?$.a[0]&b=1%20%23c HTTP/1.1\r\n"), "{sent}");
}

#[tokio::test]
async fn the_query_of_a_path_names_what_is_sent() {
    let site = Site::echoing().await;
    let sent = client(&site).templated().given("a&b").both([1, 2]).send().await.unwrap();
    assert!(sent.starts_with("GET /v1/templated?fixed=1&sent=a%26b&both=1&both=2 HTTP/1.1\r\n"), "{sent}");
    let sent = client(&site).templated().send().await.unwrap();
    assert!(sent.starts_with("GET /v1/templated?fixed=1 HTTP/1.1\r\n"), "{sent}");
}

#[tokio::test]
async fn responses_in_parts() {
    let body = "preamble\r\n--a b\r\nContent-Type: application/json\r\n\r\n{\"blue\":1}\r\n--a b  \r\n\r\nsome\r\n--text\r\n\
                --a b--\r\nepilogue";
    let site = Site::answering("200 OK", "Content-Type: multipart/mixed; charset=x; boundary=\"a b\"\r\n", body).await;
    let (first, second) = client(&site).latest_received("x").send().await.unwrap();
    assert_eq!((first.blue, second.as_str()), (1, "some\r\n--text"));

    let header = "Content-Type: multipart/mixed; boundary=b\r\n";
    let body = "--b\n\n{\"blue\":1}\n--b\ncontent-type: application/vnd.x+json\n\n{\"blue\":2}\n--b--";
    let site = Site::answering("200 OK", header, body).await;
    let all = client(&site).received_items().send().await.unwrap();
    assert_eq!(all.iter().map(|shade| shade.blue).collect::<Vec<_>>(), [1, 2]);
    let site = Site::answering("200 OK", header, "--b\r\n\r\n{\"blue\":1}\r\n").await;
    let error = client(&site).received_items().send().await.unwrap_err();
    assert!(error.to_string().contains("ends before the last boundary"), "{error}");
    // Two values are no part.
    let body = "--b\r\nContent-Type: application/json\r\n\r\n{\"blue\":1},{\"blue\":2}\r\n--b--\r\n";
    let site = Site::answering("200 OK", header, body).await;
    assert_eq!(client(&site).received_items().send().await.unwrap_err().kind(), ErrorKind::Decode);

    let body = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n5\r\n--b\r\nContent-Disposition: form-data; \
                name=\"shade\"\r\nContent-Type: application/json\r\n\r\n{\"blue\":3}\r\n--b--\r\n";
    let site = Site::answering("200 OK", "Content-Type: multipart/form-data; boundary=b\r\n", body).await;
    let item = types::ReceivedNamedBodyItem::new("k");
    let named = client(&site).received_named([item]).send().await.unwrap();
    assert_eq!((named.shade.blue, named.note.as_str()), (3, "5"));
}

#[tokio::test]
async fn secrets_in_a_stream_of_items_are_redacted() {
    let site = Site::echoing().await;
    let items = futures_util::stream::iter(["hunter2", "swordfish"].map(types::ReceivedNamedBodyItem::new));
    let error = client(&site).received_named(Items::stream(items)).send().await.unwrap_err();
    let text = error.text().unwrap();
    assert!(text.contains("[redacted]") && !text.contains("hunter2") && !text.contains("swordfish"), "{text}");
}

/// OAS 3.2, Discriminator Object: `defaultMapping` has the values without a tag, and those with an unknown one.
#[tokio::test]
async fn a_value_with_an_unknown_tag_keeps_it() {
    for body in [r#"{"kind":"bird","name":"n"}"#, r#"{"name":"n"}"#, r#"{"kind":"Being","name":"n"}"#] {
        let site = Site::answering("200 OK", "Content-Type: application/json\r\n", body).await;
        let cat = types::Creature::Cat(types::Cat::new("Cat", 9));
        let being = client(&site).received_default(cat).send().await.unwrap();
        assert!(!matches!(being, types::Creature::Cat(_) | types::Creature::Unknown(_)), "{being:?}");
        let same: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(serde_json::to_value(&being).unwrap(), same);
    }
}
