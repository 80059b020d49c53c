//! Errors: their bodies, text and headers.

use qrs_generated::{ErrorKind, types};
use qrs_tests::{Answer, Fault, HeaderValue, Operation, StandIn, StatusCode, header};
use serde_json::json;

use crate::calls::Failure;
use crate::support::{Checked, builder_for};

const START: &str = "getLicense: GET /license: ";

async fn told(site: &StandIn, bound: usize, answer: Answer) -> Failure {
    let client = builder_for(site).unwrap().max_response_bytes(bound).build().unwrap();
    site.answer_next(Operation::GetLicense, answer);
    client.get_license().send().await.unwrap_err()
}

#[tokio::test]
async fn a_documented_error_body_is_decoded_despite_other_fields() -> Checked {
    let site = StandIn::start().await?;
    for (sent, message, said) in [
        (json!({ "message": "No." }), Some("No."), "401 Unauthorized: No."),
        (
            json!({ "message": "Two\r\nlines\u{1b}[31m.", "code": 7 }),
            Some("Two\r\nlines\u{1b}[31m."),
            "401 Unauthorized: Two lines[31m.",
        ),
        (json!({ "message": null }), None, "401 Unauthorized"),
        (json!({ "message": "" }), Some(""), "401 Unauthorized"),
        (json!({ "detail": "elsewhere" }), None, "401 Unauthorized: elsewhere"),
        (json!({}), None, "401 Unauthorized"),
    ] {
        let error = told(&site, 4096, Answer::json(StatusCode::UNAUTHORIZED, &sent)).await;
        let body = error.body().unwrap();
        assert_eq!(body.message.as_deref(), message);
        assert_eq!(error.text(), Some(sent.to_string().as_str()), "the text is there as well");
        assert_eq!(error.to_string(), format!("{START}{said}"), "one line, that a terminal does not act on");
        assert_eq!(error.into_body().and_then(|body| body.message).as_deref(), message);
    }
    Ok(())
}

#[tokio::test]
async fn an_undocumented_error_is_kept_as_text() -> Checked {
    let site = StandIn::start().await?;
    let json = json!({ "message": "No." });
    // 403 is what a live site says most often, and the document does not have it.
    let error = told(&site, 4096, Answer::json(StatusCode::FORBIDDEN, &json)).await;
    assert!(error.is_forbidden() && error.body().is_none());
    assert_eq!(error.to_string(), format!("{START}403 Forbidden: No."));

    for (sent, said) in [
        // JSON without words for people in it need not be shown; it is never a decoding error.
        ("[1, 2]", ""),
        ("{\"message\": 7}", ""),
        ("\"No.\"", ": No."),
        ("{\"message\": \"No.", ": {\"message\": \"No."),
        ("No.", ": No."),
    ] {
        let error = told(&site, 4096, Answer::new(StatusCode::UNAUTHORIZED).body(sent)).await;
        assert_eq!((error.kind(), error.body(), error.text()), (ErrorKind::Status, None, Some(sent)));
        assert!(error.is_unauthorized());
        assert_eq!(error.to_string(), format!("{START}401 Unauthorized{said}"));
    }

    let error = told(&site, 4096, Answer::new(StatusCode::BAD_GATEWAY).body(&b"\xFF\0\x01\xFE"[..])).await;
    assert_eq!(error.to_string(), format!("{START}502 Bad Gateway: 4 bytes that are not text"));
    Ok(())
}

#[tokio::test]
async fn a_truncated_error_body_keeps_its_status() -> Checked {
    let site = StandIn::start().await?;
    // No letters: the end of what was cut is left out where it could be the beginning of a request's key.
    let text = json!({ "message": ".".repeat(3000) }).to_string();
    for fault in [Fault::TruncateAfter(1000), Fault::TruncateChunkedAfter(1000)] {
        let answer = Answer::new(StatusCode::UNAUTHORIZED).body(text.clone()).fault(fault);
        let error = told(&site, 1 << 20, answer).await;
        assert_eq!((error.kind(), error.body()), (ErrorKind::Status, None), "{fault:?}");
        assert!(error.is_unauthorized());
        assert_eq!(error.text(), text.get(..1000));
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("{START}401 Unauthorized: {{\"message\":\"...")), "{shown}");
        assert!(shown.ends_with(" (the body broke off)") && shown.len() < 400, "{shown}");
    }
    for fault in [Fault::None, Fault::Endless] {
        let error = told(&site, 1000, Answer::new(StatusCode::UNAUTHORIZED).body(text.clone()).fault(fault)).await;
        assert_eq!((error.kind(), error.body()), (ErrorKind::Status, None), "{fault:?}");
        assert_eq!(error.text(), text.get(..1000));
        let shown = error.to_string();
        assert!(shown.ends_with(" (the body is larger than allowed and was cut)") && shown.len() < 400, "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn a_long_error_text_is_truncated() -> Checked {
    let site = StandIn::start().await?;
    let error = told(&site, 1 << 20, Answer::text(StatusCode::INTERNAL_SERVER_ERROR, &"ö".repeat(200_000))).await;
    let kept = error.text().unwrap();
    assert!(kept.len() <= 64 * 1024 && kept.len() > 64 * 1024 - 4 && kept.chars().all(|character| character == 'ö'));
    assert!(error.to_string().chars().count() < 300, "{error}");
    Ok(())
}

#[tokio::test]
async fn the_headers_of_an_error_are_kept() -> Checked {
    let site = StandIn::start().await?;
    let answer = Answer::text(StatusCode::TOO_MANY_REQUESTS, "Slow down.")
        .header(header::RETRY_AFTER, HeaderValue::from_static("17"));
    let error = told(&site, 4096, answer).await;
    assert!(error.is_too_many_requests());
    assert_eq!(error.headers().and_then(|headers| headers.get(header::RETRY_AFTER)?.to_str().ok()), Some("17"));
    Ok(())
}

#[tokio::test]
async fn errors_of_all_operations_can_have_one_type() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    site.set_error_style(qrs_tests::ErrorStyle::Json);
    site.refuse_credentials(true);
    let error = client.get_license().send().await.unwrap_err();
    assert_eq!(
        error.body().and_then(|body: &types::ErrorMessage| body.message.as_deref()),
        Some("Authentication failed.")
    );
    let shown = error.to_string();
    let plain: qrs_generated::Error = error.without_body();
    assert_eq!((plain.to_string(), plain.status(), plain.body()), (shown, Some(StatusCode::UNAUTHORIZED), None));
    let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(plain);
    assert_eq!(boxed.to_string(), format!("{START}401 Unauthorized: Authentication failed."));
    Ok(())
}
