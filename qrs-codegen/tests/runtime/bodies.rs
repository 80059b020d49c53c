//! Forms and bodies of several parts, to the byte; streams that are sent.

use serde::Serialize;
use serde_json::json;

use crate::runtime::{
    Call, ErrorKind, Field, Multipart, Parameter, Payload, Request as _, Retry, Secret, Style, Upload, decode,
};
use crate::support::{CREATE, PUBLIC, Site, header};

/// The body of a request.
fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

async fn sent(make: impl FnOnce(Call) -> Call) -> String {
    let site = Site::answering("200 OK", &[], "").await;
    make(Call::new(&site.client(), &CREATE)).send(decode::empty, decode::no_error).await.unwrap();
    site.requests().remove(0)
}

#[tokio::test]
async fn a_form() {
    #[derive(Serialize)]
    struct Form {
        text: &'static str,
        list: Vec<i64>,
        object: serde_json::Value,
        none: Option<String>,
        empty: Vec<String>,
        deep: serde_json::Value,
        joined: Vec<&'static str>,
        json: Vec<i64>,
        flag: bool,
    }
    let form = Form {
        text: "a b&c=d+é/%~",
        list: vec![1, 2],
        object: json!({ "x": "y z" }),
        none: None,
        empty: Vec::new(),
        deep: json!({ "a": { "b": 1 } }),
        joined: vec!["p", "q|r"],
        json: vec![3, 4],
        flag: true,
    };
    let fields = [
        Field::Styled(Parameter::query("deep", Style::DeepObject).exploded()),
        Field::Styled(Parameter::query("joined", Style::PipeDelimited)),
        Field::Json("json"),
    ];
    let request = sent(|call| call.form(form, &fields, "application/x-www-form-urlencoded")).await;
    assert_eq!(header(&request, "Content-Type"), Some("application/x-www-form-urlencoded"));
    // Which order the properties have depends on a feature of serde_json.
    let mut pairs: Vec<&str> = body(&request).split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            "deep%5Ba%5D%5Bb%5D=1",
            "flag=true",
            "joined=p%7Cq%7Cr",
            "json=%5B3%2C4%5D",
            "list=1",
            "list=2",
            "object=%7B%22x%22%3A%22y+z%22%7D",
            "text=a+b%26c%3Dd%2B%C3%A9%2F%25~",
        ]
    );
}

#[tokio::test]
async fn a_form_is_made_of_an_object() {
    let site = Site::answering("200 OK", &[], "").await;
    let call = Call::new(&site.client(), &CREATE).form([1, 2], &[], "application/x-www-form-urlencoded");
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().ends_with("a form must be an object"), "{error}");
    assert!(site.requests().is_empty());
}

/// A body of parts, with its boundary written as `B`.
fn parts(request: &str) -> String {
    let media_type = header(request, "Content-Type").unwrap();
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(boundary.len(), 48);
    body(request).replace(boundary, "B")
}

#[tokio::test]
async fn parts_are_written_to_the_byte() {
    let request = sent(|call| {
        call.multipart("multipart/form-data", &[])
            .part("old", None, "1".to_owned())
            .part("name \"é\"\r\n", None, "a\r\nb".to_owned())
            .parts("tags", Some("text/csv"), vec!["x".to_owned(), "y".to_owned()])
            .part_json("meta", None, json!({ "a": 1 }))
            .parts_json("all", None, vec![json!([1]), json!("t")])
            .upload("file", None, Upload::new(vec![0x50, 0x4b]).file_name("a\"b.zip"))
            .upload("image", Some("image/png"), "png".into())
            .uploads("more", None, vec![Upload::new("m").content_type("text/x-m")])
            .part("old", None, "2".to_owned())
    })
    .await;
    let expected = "\
--B\r\nContent-Disposition: form-data; name=\"name %22é%22%0D%0A\"\r\n\r\na\r\nb\r\n\
--B\r\nContent-Disposition: form-data; name=\"tags\"\r\nContent-Type: text/csv\r\n\r\nx\r\n\
--B\r\nContent-Disposition: form-data; name=\"tags\"\r\nContent-Type: text/csv\r\n\r\ny\r\n\
--B\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n\
--B\r\nContent-Disposition: form-data; name=\"all\"\r\nContent-Type: application/json\r\n\r\n[1]\r\n\
--B\r\nContent-Disposition: form-data; name=\"all\"\r\nContent-Type: application/json\r\n\r\n\"t\"\r\n\
--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.zip\"\r\nContent-Type: application/octet-stream\r\n\r\nPK\r\n\
--B\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image\"\r\nContent-Type: image/png\r\n\r\npng\r\n\
--B\r\nContent-Disposition: form-data; name=\"more\"; filename=\"more\"\r\nContent-Type: text/x-m\r\n\r\nm\r\n\
--B\r\nContent-Disposition: form-data; name=\"old\"\r\n\r\n2\r\n\
--B--\r\n";
    assert_eq!(parts(&request), expected);
}

#[tokio::test]
async fn parts_that_the_caller_puts_together() {
    let whole = Multipart::new().text("a", "1").file("f", Upload::new("x"));
    assert_eq!(format!("{whole:?}"), "Multipart { parts: [a, f], .. }");
    let request = sent(|call| call.multipart_body(whole, "multipart/form-data")).await;
    assert!(parts(&request).starts_with("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B"));
}

#[tokio::test]
async fn a_part_cannot_break_out_of_its_head() {
    let site = Site::answering("200 OK", &[], "").await;
    let file = Upload::new("x").content_type("text/plain\r\nX-Evil: 1");
    let call = Call::new(&site.client(), &CREATE).upload("f", None, file);
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(site.requests().is_empty());
}

/// A stream of known pieces, of which nobody knows the length.
struct Pieces(Vec<&'static str>);

impl http_body::Body for Pieces {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        std::task::Poll::Ready(
            next.map(|piece| Ok(http_body::Frame::data(bytes::Bytes::from_static(piece.as_bytes())))),
        )
    }
}

fn stream() -> Payload {
    reqwest::Body::wrap(Pieces(vec!["one ", "two"])).into()
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    let site = Site::echoing("500 Internal Server Error").await;
    let client = site.builder().retry(Retry::attempts(3)).build().unwrap();
    let call = Call::new(&client, &CREATE).bytes(stream(), "application/octet-stream");
    let again = call.clone();
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    let error = again.send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().ends_with("the stream of its body was sent before"), "{error}");
}

#[tokio::test]
async fn a_stream_among_parts() {
    let site = Site::chunked().await;
    let call = Call::new(&site.client(), &CREATE).part("a", None, "1".to_owned()).upload("f", None, stream().into());
    call.send(decode::empty, decode::no_error).await.unwrap();
    let request = site.requests().remove(0);
    assert_eq!(header(&request, "Transfer-Encoding"), Some("chunked"));
    let mut received = String::new();
    let mut rest = body(&request);
    while let Some((size, after)) = rest.split_once("\r\n") {
        let (chunk, after) = after.split_at(usize::from_str_radix(size, 16).unwrap());
        received.push_str(chunk);
        rest = after.strip_prefix("\r\n").unwrap();
    }
    let boundary = header(&request, "Content-Type").unwrap().rsplit_once('=').unwrap().1;
    assert_eq!(
        received.replace(boundary, "B"),
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
         --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n\
         one two\r\n--B--\r\n"
    );
}

#[test]
fn what_is_sent_does_not_show() {
    let payload: Payload = "first-secret".into();
    assert_eq!(format!("{payload:?}"), "Payload(12 bytes)");
    assert_eq!(format!("{:?}", stream()), "Payload(a stream)");
    let upload = Upload::from("first-secret").file_name("f");
    assert!(!format!("{upload:?}").contains("secret"));
}

#[tokio::test]
async fn secrets_in_forms_and_parts_are_taken_out_of_echoes() {
    #[derive(Serialize)]
    struct Form {
        key: Secret,
    }
    let site = Site::echoing("400 Bad Request").await;
    let form = || Form { key: "the/secret&key".into() };
    for call in [
        Call::new(&site.client(), &CREATE).form(form(), &[], "application/x-www-form-urlencoded"),
        Call::new(&site.client(), &CREATE).part_json("key", None, form()),
    ] {
        let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
        let text = error.text().unwrap();
        assert!(text.contains("[redacted]") && !text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn status_and_headers_come_with_a_success() {
    /// As a generated request has it.
    #[derive(Clone)]
    struct Get(Call);
    impl crate::runtime::Sealed for Get {
        fn settings(&mut self) -> &mut crate::runtime::Settings {
            self.0.settings()
        }
    }
    impl crate::runtime::Request for Get {
        type Output = String;
        type Error = ();
        fn prepare(self) -> crate::runtime::PreparedRequest<String, ()> {
            self.0.prepared(decode::text, decode::no_error)
        }
    }
    let site = Site::answering("203 Non-Authoritative Information", &["X-Left: 7", "X-Odd: no"], "text").await;
    let response = Get(Call::new(&site.client(), &PUBLIC)).send_with_response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_str()), (203, "text"));
    let left: Option<i64> = crate::runtime::header_value(response.headers(), "x-left");
    let odd: Option<i64> = crate::runtime::header_value(response.headers(), "x-odd");
    assert_eq!((left, odd), (Some(7), None));
    assert!(format!("{response:?}").contains("x-left") && !format!("{response:?}").contains('7'));
    assert_eq!(Get(Call::new(&site.client(), &PUBLIC)).send().await.unwrap(), "text");
}

#[tokio::test]
async fn parts_without_names_are_told_apart_by_their_order() {
    let site = Site::answering("200 OK", &[], "").await;
    let call = Call::new(&site.client(), &CREATE)
        .multipart("multipart/mixed", &["part 1", "part 2", "parts"])
        .unnamed_parts()
        .parts_json("parts", None, vec![json!({ "a": 1 }), json!({ "a": 2 })])
        .upload("part 2", Some("image/png"), Upload::new("pixels"))
        .part("part 1", None, "text".to_owned());
    call.send(decode::empty, decode::no_error).await.unwrap();
    let request = site.requests().remove(0);
    let media_type = header(&request, "Content-Type").unwrap();
    let boundary = media_type.strip_prefix("multipart/mixed; boundary=").unwrap();
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let expected = [
        "\r\ntext",
        "Content-Type: image/png\r\n\r\npixels",
        "Content-Type: application/json\r\n\r\n{\"a\":1}",
        "Content-Type: application/json\r\n\r\n{\"a\":2}",
    ];
    let expected = expected.map(|part| format!("--{boundary}\r\n{part}\r\n")).concat();
    assert_eq!(body, format!("{expected}--{boundary}--\r\n"));
}

#[tokio::test]
async fn a_part_without_a_name_takes_no_other_ones_place() {
    let site = Site::answering("200 OK", &[], "").await;
    let call = || {
        let order = &["part 1", "part 2", "parts"];
        Call::new(&site.client(), &CREATE).multipart("multipart/mixed", order).unnamed_parts()
    };
    let error = call()
        .part("part 1", None, "text".to_owned())
        .parts("parts", None, vec!["a".to_owned()])
        .send(decode::empty, decode::no_error)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("`part 2` of its body is missing"), "{error}");
    assert!(site.requests().is_empty());
    call().part("part 1", None, "text".to_owned()).send(decode::empty, decode::no_error).await.unwrap();
}
