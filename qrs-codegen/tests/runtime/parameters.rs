//! The styles of parameters, as RFC 6570 and the tables of the OpenAPI Specification have them (3.1.1, section 4.8.12.4).

use std::time::Duration;

use serde_json::{Value, json};

use crate::runtime::{Call, ErrorKind, Field, Operation, Parameter, Retry, Secret, Style, decode};
use crate::support::{PUBLIC, Site, everything_shown, header, target};

static IN_PATH: Operation = Operation { path: "/x/{color}", ..NOTHING };
static IN_QUERY: Operation = Operation { path: "/x", ..NOTHING };
static FIXED: Operation = Operation { path: "/x:go?key={color}&it's", ..NOTHING };
const NOTHING: Operation = Operation {
    id: "paint",
    method: "GET",
    path: "/",
    security: &[],
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

/// The request that a parameter makes of a value.
async fn sent(operation: &'static Operation, parameter: Parameter, value: Value) -> String {
    let site = Site::answering("200 OK", &[], "").await;
    Call::new(&site.client(), operation)
        .structured(parameter, value)
        .send(decode::empty, decode::no_error)
        .await
        .unwrap();
    site.requests().remove(0)
}

fn list() -> Value {
    json!(["blue", "black", "brown"])
}

fn object() -> Value {
    // In the order of the alphabet: which one it is otherwise depends on a feature of serde_json.
    json!({ "B": 150, "G": 200, "R": 100 })
}

#[tokio::test]
async fn the_styles_of_a_path() {
    use Style::{Label, Matrix, Simple};
    let plain = |style| Parameter::path("color", style);
    let each = |style| Parameter::path("color", style).exploded();
    for (parameter, value, expected) in [
        (plain(Simple), json!("blue"), "blue"),
        (plain(Simple), list(), "blue,black,brown"),
        (each(Simple), list(), "blue,black,brown"),
        (plain(Simple), object(), "B,150,G,200,R,100"),
        (each(Simple), object(), "B=150,G=200,R=100"),
        (plain(Label), json!("blue"), ".blue"),
        (plain(Label), list(), ".blue,black,brown"),
        (each(Label), list(), ".blue.black.brown"),
        (plain(Label), object(), ".B,150,G,200,R,100"),
        (each(Label), object(), ".B=150.G=200.R=100"),
        (plain(Matrix), json!("blue"), ";color=blue"),
        (plain(Matrix), json!(""), ";color"),
        (plain(Matrix), list(), ";color=blue,black,brown"),
        (each(Matrix), list(), ";color=blue;color=black;color=brown"),
        (plain(Matrix), object(), ";color=B,150,G,200,R,100"),
        (each(Matrix), object(), ";B=150;G=200;R=100"),
        // No element leaves its place, and what lies deeper is JSON.
        (plain(Simple), json!(["a,b", "../c", "d=e", true, 1.5]), "a%2Cb,..%2Fc,d%3De,true,1.5"),
        (each(Simple), json!({ "a=b,": { "c": [1] }, "n": null }), "a%3Db%2C=%7B%22c%22%3A%5B1%5D%7D"),
        (each(Matrix), json!({ "a;b": "c;d=e/f" }), ";a%3Bb=c%3Bd%3De%2Ff"),
    ] {
        let request = sent(&IN_PATH, parameter, value.clone()).await;
        assert_eq!(target(&request), format!("/base/x/{expected}"), "{value}");
    }
}

#[tokio::test]
async fn a_value_of_the_path_that_is_none_is_refused() {
    let site = Site::answering("200 OK", &[], "").await;
    for (style, value) in [
        (Style::Simple, json!([])),
        (Style::Simple, json!({})),
        (Style::Simple, json!(null)),
        (Style::Simple, json!("")),
        (Style::Label, json!("")),
        (Style::Label, json!(".")),
        (Style::Label, json!([])),
        (Style::Matrix, json!([])),
    ] {
        let call = Call::new(&site.client(), &IN_PATH).structured(Parameter::path("color", style), value.clone());
        let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{style:?} {value}");
    }
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn the_styles_of_a_query() {
    use Style::{DeepObject, Form, PipeDelimited, SpaceDelimited};
    let plain = |style| Parameter::query("color", style);
    let each = |style| Parameter::query("color", style).exploded();
    for (parameter, value, expected) in [
        (plain(Form), json!("blue"), "?color=blue"),
        (plain(Form), json!(""), "?color="),
        (plain(Form), list(), "?color=blue,black,brown"),
        (each(Form), list(), "?color=blue&color=black&color=brown"),
        (plain(Form), object(), "?color=B,150,G,200,R,100"),
        (each(Form), object(), "?B=150&G=200&R=100"),
        (each(Form), json!({ "a": [1, 2], "b": { "c": 3 } }), "?a=1&a=2&b=%7B%22c%22%3A3%7D"),
        (plain(SpaceDelimited), list(), "?color=blue%20black%20brown"),
        (each(SpaceDelimited), list(), "?color=blue&color=black&color=brown"),
        (plain(SpaceDelimited), object(), "?color=B%20150%20G%20200%20R%20100"),
        (plain(PipeDelimited), list(), "?color=blue%7Cblack%7Cbrown"),
        (plain(PipeDelimited), object(), "?color=B%7C150%7CG%7C200%7CR%7C100"),
        (each(DeepObject), object(), "?color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100"),
        (plain(DeepObject), json!("blue"), "?color=blue"),
        (each(DeepObject), list(), "?color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown"),
        (
            each(DeepObject),
            json!({ "a": { "b": 1, "c": [2, 3] }, "d": [{ "e": 4 }], "f": null }),
            "?color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bc%5D%5B%5D=2&color%5Ba%5D%5Bc%5D%5B%5D=3&color%5Bd%5D%5B0%5D%5Be%5D=4",
        ),
        // An empty list is no value.
        (plain(Form), json!([]), ""),
        (each(Form), json!([]), ""),
        (plain(Form), json!({}), ""),
        (plain(PipeDelimited), json!([null]), ""),
        (each(DeepObject), json!({}), ""),
        // Nothing adds a pair, nothing leaves its place.
        (each(Form), json!({ "a&b=c": "d&e=f#g" }), "?a%26b%3Dc=d%26e%3Df%23g"),
        (plain(Form), json!(["a,b", "c&d"]), "?color=a%2Cb,c%26d"),
        (plain(PipeDelimited), json!(["a|b"]), "?color=a%7Cb"),
        (each(DeepObject), json!({ "a][b": "=&" }), "?color%5Ba%5D%5Bb%5D=%3D%26"),
        (plain(Form).reserved(), json!(":/?#[]@!$&'()*+,;=%41 é"), "?color=:/?%23%5B%5D@!$%26%27()*%2B,;=%41%20%C3%A9"),
    ] {
        let request = sent(&IN_QUERY, parameter, value.clone()).await;
        assert_eq!(target(&request), format!("/base/x{expected}"), "{value}");
    }
}

#[tokio::test]
async fn lists_that_are_delimited_as_swagger_has_it() {
    let query = Parameter::query("a", Style::Form);
    let nested = || json!([["a b", "c"], ["d|e"], []]);
    for (parameter, value, expected) in [
        (query.delimited(&['\t']), json!(["x", "y z"]), "/base/x?a=x%09y%20z"),
        (query.delimited(&['|', ',']), nested(), "/base/x?a=a%20b,c%7Cd%7Ce"),
        (query.delimited(&[' ']).exploded(), nested(), "/base/x?a=a%20b%20c&a=d%7Ce"),
        (query.delimited(&[',']), json!([]), "/base/x"),
    ] {
        assert_eq!(target(&sent(&IN_QUERY, parameter, value).await), expected);
    }
    let path = Parameter::path("color", Style::Simple);
    assert_eq!(target(&sent(&IN_PATH, path.delimited(&['|']), json!([1, 2])).await), "/base/x/1%7C2");
    assert_eq!(target(&sent(&IN_PATH, path.delimited(&['\t']), json!(["/", 2])).await), "/base/x/%2F%092");
    let header = sent(&IN_QUERY, Parameter::header("x-a").delimited(&['\t', ',']), json!([[1, 2], [3]])).await;
    assert!(header.contains("x-a: 1,2\t3\r\n"), "{header}");
    let part = Parameter::part("a").delimited(&['|', ' ']);
    assert_eq!(part.delimited_texts(&nested()), ["a b c|d|e"]);
    assert_eq!(part.exploded().delimited_texts(&json!([["a", "b"], ["c"]])), ["a|b", "c"]);
}

#[tokio::test]
async fn a_later_value_takes_the_place_of_an_earlier_one() {
    let site = Site::answering("200 OK", &[], "").await;
    let form = Parameter::query("a", Style::Form).exploded();
    Call::new(&site.client(), &PUBLIC)
        .query("first", "1".to_owned())
        .structured(form, object())
        .query("last", "2".to_owned())
        .structured(form, json!({ "C": 1 }))
        .list(Parameter::header("X-List"), vec!["a".to_owned()])
        .list(Parameter::header("X-List"), Vec::new())
        .list(Parameter::cookie("c", Style::Form).exploded(), vec!["a".to_owned()])
        .list(Parameter::cookie("c", Style::Form).exploded(), Vec::new())
        .send(decode::empty, decode::no_error)
        .await
        .unwrap();
    let request = site.requests().remove(0);
    assert_eq!(target(&request), "/base/things?first=1&C=1&last=2");
    assert_eq!(header(&request, "X-List"), None);
    assert_eq!(header(&request, "Cookie"), None);
}

#[tokio::test]
async fn headers_and_cookies() {
    let plain = Parameter::header("X-Color");
    for (parameter, value, expected) in [
        (plain, json!("blue, or so"), "blue, or so"),
        (plain, list(), "blue,black,brown"),
        (plain, object(), "B,150,G,200,R,100"),
        (plain.exploded(), object(), "B=150,G=200,R=100"),
    ] {
        let request = sent(&IN_QUERY, parameter, value.clone()).await;
        assert_eq!(header(&request, "X-Color"), Some(expected), "{value}");
    }
    let plain = Parameter::cookie("color", Style::Form);
    for (parameter, value, expected) in [
        (plain, json!("a; b"), "color=a%3B%20b"),
        (plain, list(), "color=blue,black,brown"),
        (plain.exploded(), list(), "color=blue; color=black; color=brown"),
        (plain.exploded(), object(), "B=150; G=200; R=100"),
    ] {
        let request = sent(&IN_QUERY, parameter, value.clone()).await;
        assert_eq!(header(&request, "Cookie"), Some(expected), "{value}");
    }
}

#[tokio::test]
async fn cookies_in_their_own_style_are_sent_as_they_are() {
    let plain = Parameter::cookie("my$color", Style::Cookie);
    for (parameter, value, expected) in [
        (plain, json!("a%20b c\u{e4}"), "my$color=a%20b c\u{e4}"),
        (plain, list(), "my$color=blue,black,brown"),
        (plain.exploded(), list(), "my$color=blue; my$color=black; my$color=brown"),
        (plain.exploded(), object(), "B=150; G=200; R=100"),
        (plain, object(), "my$color=B,150,G,200,R,100"),
    ] {
        let request = sent(&IN_QUERY, parameter, value.clone()).await;
        assert_eq!(header(&request, "Cookie"), Some(expected), "{value}");
    }
    let site = Site::answering("200 OK", &[], "").await;
    let call = Call::new(&site.client(), &IN_QUERY).styled(plain, "a; other=b".to_owned());
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("the cookie `my$color` contains a character"), "{error}");
}

#[tokio::test]
async fn reserved_characters_stay_where_they_mean_nothing_else() {
    let path = Parameter::path("color", Style::Simple).reserved();
    let request = sent(&IN_PATH, path, json!("a:b@c!$&'()*+,;=/?#[]% x")).await;
    assert_eq!(target(&request), "/base/x/a:b@c!$&'()*+,;=%2F%3F%23%5B%5D%25%20x");
    let encoded = json!("a%2Fb%2b%%41%4 %4é%");
    assert_eq!(target(&sent(&IN_PATH, path, encoded.clone()).await), "/base/x/a%2Fb%2b%25%41%254%20%254%C3%A9%25");
    let query = Parameter::query("color", Style::Form).reserved();
    let request = sent(&IN_QUERY, query, encoded).await;
    assert_eq!(target(&request), "/base/x?color=a%2Fb%2b%25%41%254%20%254%C3%A9%25");
    let matrix = Parameter::path("color", Style::Matrix).reserved();
    assert_eq!(target(&sent(&IN_PATH, matrix, json!("a:b/c")).await), "/base/x/;color=a:b%2Fc");
    let cookie = Parameter::cookie("color", Style::Form).reserved();
    assert_eq!(header(&sent(&IN_PATH_OF_ITS_OWN, cookie, json!("a:b; c")).await, "Cookie"), Some("color=a:b%3B%20c"));
}

static IN_PATH_OF_ITS_OWN: Operation = Operation { path: "/y", ..NOTHING };
static QUERY: Operation = Operation { method: "QUERY", path: "/x", ..NOTHING };
static COPY: Operation = Operation { method: "Copy", path: "/x", ..NOTHING };

#[tokio::test]
async fn a_whole_query_is_sent_without_its_name() {
    let site = Site::answering("200 OK", &[], "").await;
    let call = || Call::new(&site.client(), &IN_QUERY);
    let value = || json!({ "foo": "a + b", "list": ["x", "y"], "none": null, "object": { "a": 1 } });
    let joined = [Field::Styled(Parameter::query("list", Style::Form))];
    let calls = [
        (call().query_form("all", value(), &[]), "/base/x?foo=a+%2B+b&list=x&list=y&object=%7B%22a%22%3A1%7D"),
        (call().query_form("all", value(), &joined), "/base/x?foo=a+%2B+b&list=x,y&object=%7B%22a%22%3A1%7D"),
        (
            call().query_json("all", json!({ "flag": null, "numbers": [1, 2] })),
            "/base/x?%7B%22flag%22%3Anull%2C%22numbers%22%3A%5B1%2C2%5D%7D",
        ),
        (call().query_text("all", "$.a.b[1:1]".to_owned()), "/base/x?%24.a.b%5B1%3A1%5D"),
        (call().query_encoded("all", "a=b&c".to_owned()), "/base/x?a=b&c"),
        (call().query_text("all", "one".to_owned()).query_text("all", String::new()), "/base/x"),
    ];
    for (call, expected) in calls {
        call.send(decode::empty, decode::no_error).await.unwrap();
        assert_eq!(target(site.requests().last().unwrap()), expected);
    }
}

#[tokio::test]
async fn methods_are_sent_as_they_are_and_query_is_retried() {
    for (operation, attempts) in [(&QUERY, 3), (&COPY, 1)] {
        let site = Site::answering("503 Service Unavailable", &["Retry-After: 0"], "").await;
        let client = site.builder().retry(Retry::attempts(3).first_pause(Duration::ZERO)).build().unwrap();
        let call = Call::new(&client, operation).json(json!({ "a": 1 }), "application/json");
        let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
        assert_eq!(error.attempts(), attempts);
        assert_eq!(error.method().as_str(), operation.method);
        let requests = site.requests();
        assert_eq!(u32::try_from(requests.len()), Ok(attempts));
        assert!(requests[0].starts_with(&format!("{} /base/x HTTP/1.1", operation.method)), "{}", requests[0]);
        assert!(requests[0].ends_with("{\"a\":1}"), "{}", requests[0]);
    }
}

#[tokio::test]
async fn a_template_with_a_query_of_its_own() {
    let request = sent(&FIXED, Parameter::path("color", Style::Simple), json!("a&b")).await;
    assert_eq!(target(&request), "/base/x:go?key=a%26b&it%27s");
}

#[tokio::test]
async fn json_in_a_parameter() {
    let site = Site::answering("200 OK", &[], "").await;
    Call::new(&site.client(), &IN_PATH)
        .json_parameter(Parameter::path("color", Style::Simple), [1, 2])
        .json_parameter(Parameter::query("q", Style::Form), json!({ "a": "b&c" }))
        .json_parameter(Parameter::header("X-Q"), "d")
        .send(decode::empty, decode::no_error)
        .await
        .unwrap();
    let request = site.requests().remove(0);
    assert_eq!(target(&request), "/base/x/%5B1%2C2%5D?q=%7B%22a%22%3A%22b%26c%22%7D");
    assert_eq!(header(&request, "X-Q"), Some("\"d\""));
}

#[tokio::test]
async fn secrets_in_lists_and_objects_are_taken_out_of_echoes() {
    let site = Site::echoing("400 Bad Request").await;
    let secrets = ["first-secret", "second/secret"].map(str::to_owned).to_vec();
    let call = Call::new(&site.client(), &PUBLIC)
        .hide_all(&secrets)
        .list(Parameter::query("keys", Style::Form), secrets)
        .structured(Parameter::header("X-Keys"), [Secret::from("third-secret")]);
    let debug = format!("{call:?}");
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    let text = error.text().unwrap();
    assert!(text.contains("keys=[redacted],[redacted]"), "{text}");
    for shown in [text, &debug, &everything_shown(&error)] {
        for part in ["first-secret", "second", "third-secret"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

/// Texts that try to leave their place, put together at random from what has a meaning in a URL, a header or a cookie.
fn texts(count: usize) -> Vec<String> {
    const PIECES: &[&str] = &[
        "a", "é", "日", "&", "=", "?", "#", "/", "..", ".", "%", "%2F", "%26", "+", " ", ",", ";", ":", "@", "!", "$",
        "'", "(", ")", "*", "[", "]", "{", "}", "|", "\\", "\"", "<", ">", "^", "`", "~", "\t", "\n", "\0", "\u{202e}",
    ];
    // A linear congruential generator (Knuth, MMIX): the same texts on every run.
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..count).map(|_| (0..=next(6)).map(|_| PIECES[next(PIECES.len())]).collect()).collect()
}

#[tokio::test]
async fn what_a_server_reads_is_what_was_given() {
    let site = Site::echoing("200 OK").await;
    let client = site.client();
    for values in texts(600).chunks(3) {
        let [first, second, third] = values else { panic!("they are three") };
        let sent = Call::new(&client, &IN_PATH)
            .path("color", format!("x{first}"))
            .list(Parameter::query("each", Style::Form).exploded(), vec![first.clone(), second.clone()])
            .list(Parameter::query("joined", Style::Form), vec![second.clone(), third.clone()])
            .list(Parameter::query("piped", Style::PipeDelimited), vec![third.clone(), first.clone()])
            .styled(Parameter::query("kept", Style::Form).reserved(), third.clone())
            .structured(Parameter::query("deep", Style::DeepObject), json!({ "k": second, "l": [third] }))
            .structured(Parameter::query("own", Style::Form).exploded(), json!({ format!("n{first}"): second }))
            .cookie("c", first.clone())
            .send(decode::text, decode::no_error)
            .await
            .unwrap();
        let url = reqwest::Url::parse(&format!("http://x{}", target(&sent))).unwrap();
        let segments: Vec<String> = url.path_segments().unwrap().map(decoded).collect();
        assert_eq!(segments, ["base", "x", &format!("x{first}")]);
        let raw: Vec<(&str, &str)> =
            url.query().unwrap().split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let pairs: Vec<(String, String)> = raw.iter().map(|(name, value)| (decoded(name), decoded(value))).collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs,
            [
                pair("each", first),
                pair("each", second),
                pair("joined", &format!("{second},{third}")),
                pair("piped", &format!("{third}|{first}")),
                pair("kept", &decoded(third)),
                pair("deep[k]", second),
                pair("deep[l][]", third),
                pair(&format!("n{first}"), second),
            ]
        );
        // The delimiter between elements is told from one within them.
        let elements: Vec<String> = raw[2].1.split(',').map(decoded).collect();
        assert_eq!(elements, [second.as_str(), third.as_str()]);
        assert_eq!(decoded(header(&sent, "Cookie").unwrap().strip_prefix("c=").unwrap()), *first);
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
