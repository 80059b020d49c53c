//! Secrets are not shown, whoever repeats them.

use crate::runtime::{Call, Error, Secret, decode};
use crate::support::{CREATE, Fault, GUARDED, NewThing, QUERY, SESSION, Site, TOKEN, everything_shown};

const TOKEN_VALUE: &str = "tök/en+\"<hunter2>\\&'=";

fn shown(error: &Error<Fault>) -> String {
    format!("{}{}", everything_shown(error), error.text().unwrap_or_default())
}

/// Each character spelt in its own way.
fn spelt<T>(parts: impl IntoIterator<Item = T>, spell: impl Fn(T) -> String) -> String {
    let parts: Vec<String> = parts.into_iter().map(spell).collect();
    parts.concat()
}

fn json_units(value: &str) -> String {
    spelt(value.encode_utf16(), |unit| format!("\\u{unit:04x}"))
}

/// The ways in which a server may write a value back.
fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let json = json.trim_matches('"');
    let html = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;");
    let percent = |value: &str| spelt(value.bytes(), |byte| format!("%{byte:02X}"));
    let entities = |value: &str| spelt(value.chars(), |character| format!("&#x{:x};", u32::from(character)));
    let in_json = |value: &str| serde_json::to_string(value).unwrap().trim_matches('"').to_owned();
    vec![
        value.to_owned(),
        // Escapes of escapes, as of JSON in JSON.
        in_json(json),
        in_json(&in_json(json)),
        in_json(&json_units(value)),
        percent(&percent(value)),
        percent(json),
        entities(&entities(value)),
        html.replace('&', "&amp;"),
        in_json(&html),
        in_json(&percent(value)),
        percent(&in_json(&entities(value))),
        // Of Rust, Python and C.
        spelt(value.chars(), |character| format!("\\u{{{:x}}}", u32::from(character))),
        spelt(value.chars(), |character| match u32::from(character) {
            code @ ..0x80 => format!("\\x{code:02x}"),
            code => format!("\\u{code:04x}"),
        }),
        spelt(value.bytes(), |byte| format!("%{byte:02X}")),
        spelt(value.bytes(), |byte| format!("%{byte:02x}")),
        spelt(value.chars(), |character| match character {
            'a'..='z' => character.to_string(),
            _ => spelt(character.to_string().bytes(), |byte| format!("%{byte:02X}")),
        }),
        json.to_owned(),
        json.replace('/', "\\/"),
        json_units(value),
        json_units(value).to_uppercase().replace("\\U", "\\u"),
        html,
        spelt(value.chars(), |character| format!("&#{};", u32::from(character))),
        spelt(value.chars(), |character| format!("&#x{:x};", u32::from(character))),
    ]
}

/// Texts that begin like an escape, or end like one that is not finished.
#[tokio::test]
async fn a_credential_at_the_end_of_a_text() {
    for value in ["p&ssw0rd", "100%", "a%4", "a\\", "CORP\\usr", "Q&A", "&#38", TOKEN_VALUE] {
        for spelling in spellings(value) {
            let body = format!("wrong: {spelling}");
            let site = Site::answering("401 Unauthorized", &["Content-Type: text/plain"], &body).await;
            let client = site.builder().bearer_credential(&TOKEN, value.to_owned()).build().unwrap();
            let error =
                Call::new(&client, &GUARDED).send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
            assert_eq!(error.text(), Some("wrong: [redacted]"), "{spelling}");
            assert!(!shown(&error).contains(value), "{spelling}");
        }
    }
}

#[tokio::test]
async fn an_echoed_credential_is_taken_out_however_it_is_spelt() {
    for spelling in spellings(TOKEN_VALUE) {
        let body = format!("before {spelling} between {spelling}after");
        let site = Site::answering("403 Forbidden", &["Content-Type: text/plain"], &body).await;
        let client = site.builder().bearer_credential(&TOKEN, TOKEN_VALUE.to_owned()).build().unwrap();
        let error = Call::new(&client, &GUARDED).send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
        assert_eq!(error.text(), Some("before [redacted] between [redacted]after"), "{spelling}");
        assert_eq!(
            error.to_string(),
            "getGuarded: GET /guarded: 403 Forbidden: before [redacted] between [redacted]after"
        );
    }
}

#[tokio::test]
async fn a_secret_beyond_the_basic_plane() {
    let value = "🔑key";
    let site = Site::answering("403 Forbidden", &[], format!("{value}, {}", json_units(value))).await;
    let client = site.builder().credential(&QUERY, value.to_owned()).build().unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.text(), Some("[redacted], [redacted]"));
}

#[tokio::test]
async fn every_kind_of_credential_is_taken_out() {
    for (settle, secrets) in [
        (
            (|builder| builder.basic_credential(&TOKEN, "user", "hunter2".to_owned()))
                as fn(crate::runtime::ClientBuilder) -> crate::runtime::ClientBuilder,
            &[
                "hunter2",
                "dXNlcjpodW50ZXIy",
                "Basic dXNlcjpodW50ZXIy",
                "dXNlcjp\\u006fdW50ZXIy",
                // `hunter2` within other texts, as Base64.
                "aHVudGVyMg==",
                "eDpodW50ZXIyOng=",
                "OmRlYWQ6aHVudGVyMjo=",
                // And in hexadecimal digits.
                "68756e74657232",
            ][..],
        ),
        (|builder| builder.bearer_credential(&TOKEN, "hunter2".to_owned()), &["hunter2", "Bearer hunter2"]),
        (|builder| builder.credential(&TOKEN, "ApiKey hunter2".to_owned()), &["hunter2", "ApiKey hunter2"]),
        (|builder| builder.credential(&QUERY, "hunter2".to_owned()), &["hunter2"]),
        (|builder| builder.credential(&SESSION, "hunter2".to_owned()), &["hunter2", "X-Session=hunter2"]),
    ] {
        for secret in secrets {
            let html = format!("<html><title>{secret}</title></html>");
            let json = serde_json::json!({ "message": secret }).to_string();
            let location = format!("Location: /{secret}");
            for (status, headers, body) in [
                ("401 Unauthorized", &[][..], (*secret).to_owned()),
                ("401 Unauthorized", &[], html.clone()),
                ("401 Unauthorized", &[], json.clone()),
                ("200 OK", &[], json),
                ("200 OK", &[], html),
                ("302 Found", &[location.as_str()], String::new()),
            ] {
                let site = Site::answering(status, headers, body).await;
                let client = settle(site.builder()).build().unwrap();
                let error = Call::new(&client, &GUARDED)
                    .send(decode::json::<u8>, decode::json_error::<Fault>)
                    .await
                    .unwrap_err();
                let shown = shown(&error);
                for part in ["hunter2", "dXNlcjpodW50", "HVudGVy", "h1bnRlc", "odW50ZX", "756e7465"] {
                    assert!(!shown.contains(part), "{part}: {shown}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_longer_of_two_secrets_goes_as_a_whole() {
    let site = Site::answering("403 Forbidden", &[], "abc abcdef red ab").await;
    let client = site
        .builder()
        .credential(&QUERY, "abc".to_owned())
        .credential(&SESSION, "abcdef".to_owned())
        .credential(&TOKEN, "red".to_owned())
        .build()
        .unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.text(), Some("[redacted] [redacted] [redacted] ab"));
}

#[tokio::test]
async fn a_secret_is_not_cut_in_half() {
    // At every offset around the bound on the text, and where the body breaks off.
    let secret = "hunter2hunter2";
    for start in (64 * 1024 - 20)..(64 * 1024 + 2) {
        let body = format!("{}{secret}{}", ".".repeat(start), ".".repeat(100));
        let site = Site::answering("403 Forbidden", &[], body).await;
        let client = site.builder().credential(&QUERY, secret.to_owned()).build().unwrap();
        let error = Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
        let text = error.text().unwrap();
        assert!(!text.contains('h') && text.len() <= 64 * 1024, "{start}: {}", &text[64 * 1024 - 40..]);
    }
    let site = Site::answering("403 Forbidden", &[], format!("{} token: {secret}", "x".repeat(80))).await;
    let client = site.builder().credential(&QUERY, secret.to_owned()).max_response_bytes(95).build().unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
    assert!(!error.to_string().contains('h') || !error.to_string().contains("hun"), "{error}");
    assert!(error.text().unwrap().ends_with("x token: "), "{:?}", error.text());
}

#[tokio::test]
async fn many_secrets_do_not_push_a_part_of_one_into_view() {
    let secret = "hunter2".repeat(200);
    let site = Site::answering("403 Forbidden", &[], secret.repeat(100)).await;
    let client = site.builder().credential(&QUERY, secret).build().unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
    assert!(!error.text().unwrap().contains("hunter2"));
}

#[tokio::test]
async fn the_made_key_is_taken_out() {
    let site = crate::support::Site::echoing("403 Forbidden").await;
    let client = site.builder().credential(&TOKEN, "hunter2".to_owned()).build().unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
    let requests = site.requests();
    let made = crate::support::header(&requests[0], "X-Made").unwrap();
    let shown = shown(&error);
    assert!(error.text().unwrap().contains("?Made=[redacted] HTTP/1.1"), "{shown}");
    assert!(!shown.contains(made) && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_secret_that_was_sent_in_a_body_is_taken_out() {
    let site = crate::support::Site::echoing("400 Bad Request").await;
    let new = NewThing { name: "visible".to_owned(), key: Secret::from("hunter2") };
    let error = Call::new(&site.client(), &CREATE)
        .json(new, "application/json")
        .hide("hidden")
        .header("X-Trace", "hidden".to_owned())
        .send(decode::empty, decode::json_error::<Fault>)
        .await
        .unwrap_err();
    assert!(site.requests()[0].ends_with(r#"{"name":"visible","key":"hunter2"}"#));
    let shown = shown(&error);
    assert!(shown.contains("visible") && !shown.contains("hunter2") && !shown.contains("hidden"), "{shown}");
    assert!(error.text().unwrap().ends_with(r#"{"name":"visible","key":"[redacted]"}"#));
}

#[tokio::test]
async fn a_secret_of_several_lines_is_taken_out() {
    let site = crate::support::Site::echoing("400 Bad Request").await;
    let lines = "hunter2;\r\n\t\"Å\" \\ / \u{8}\u{c}\u{1}\nhunter2;\r\n";
    let new = NewThing { name: "visible".to_owned(), key: Secret::from(lines) };
    let call = Call::new(&site.client(), &CREATE).json(new, "application/json");
    let error = call.send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
    assert!(site.requests()[0].contains(r#""key":"hunter2;\r\n\t\"Å\" \\ / \b\f\u0001\n"#));
    assert!(error.text().unwrap().ends_with(r#"{"name":"visible","key":"[redacted]"}"#), "{:?}", error.text());
}

#[test]
fn a_secret_shows_nothing() {
    let secret = Secret::from("hunter2".to_owned());
    assert_eq!(
        format!("{secret:?} {secret:#?} {:?}", Some(&secret)),
        "Secret([redacted]) Secret([redacted]) Some(Secret([redacted]))"
    );
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
    assert_eq!(serde_json::from_str::<Secret>("\"hunter2\"").unwrap(), secret);
    assert_eq!(secret.expose(), "hunter2");
    assert_eq!(secret.clone().into_exposed(), "hunter2");
    assert_eq!(Secret::default().expose(), "");
}

#[tokio::test]
async fn credentials_do_not_show_in_failures_on_the_way() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let closing = Site::start(crate::support::Behaviour::Close).await;
    for url in [format!("http://127.0.0.1:{port}"), closing.url()] {
        let client = crate::runtime::Client::builder(crate::runtime::Server::url(url))
            .credential(&QUERY, "hunter2".to_owned())
            .build()
            .unwrap();
        let error = Call::new(&client, &GUARDED).send(decode::empty, decode::json_error::<Fault>).await.unwrap_err();
        let shown = shown(&error);
        assert!(!shown.contains("hunter2") && !shown.contains("Made="), "{shown}");
    }
}
