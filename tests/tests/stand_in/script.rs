//! The log of the site, and the responses that a test scripts.

use std::io::ErrorKind;
use std::time::Duration;

use qrs_tests::{Answer, Fault, HeaderValue, Method, Operation, StandIn, StatusCode, Target, header, seed};
use serde_json::json;

use crate::caller::{Caller, KEY, Outcome, PROFESSIONAL, ask, raw, split};

#[tokio::test]
async fn requests_are_recorded_as_sent() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    caller.get("/licenserule?filter=name%20eq%20%27R%26D%27&orderby=name").await?;
    caller.get("/license?filter=x").await?;
    let body = format!("{{\"user\": {{\"id\":\"{}\"}} }}", seed::NEWCOMER);
    let request =
        caller.request(Method::POST, PROFESSIONAL).header("Content-Type", "application/json").body(body.clone());
    ask(request).await?;
    caller.get("/elsewhere").await?;

    let [list, license, allocate, elsewhere] =
        <[_; 4]>::try_from(site.requests()).map_err(|seen| format!("{} requests", seen.len()))?;
    assert_eq!(list.operation, Some(Operation::GetLicenseRules));
    assert_eq!(list.method, Method::GET);
    assert_eq!(list.path, "/qrs/licenserule");
    assert_eq!(list.raw_query, format!("filter=name%20eq%20%27R%26D%27&orderby=name&Xrfkey={KEY}"));
    assert_eq!(list.parameter("filter"), Some("name eq 'R&D'"));
    assert_eq!(list.unknown_parameters(), ["orderby"]);
    assert_eq!(list.header("x-qlik-xrfkey"), Some(KEY));
    assert_eq!(list.client_certificate_subject, "CN=QlikClient");
    assert_eq!(list.user, Some(("INTERNAL".to_owned(), "sa_repository".to_owned())));
    assert!(list.raw_body.is_empty() && list.body.is_none());
    assert_eq!(license.unknown_parameters(), ["filter"]);
    assert_eq!(allocate.raw_body, body.as_bytes());
    assert_eq!(allocate.body, Some(json!({ "user": { "id": seed::NEWCOMER } })));
    assert_eq!(elsewhere.operation, None);
    assert_eq!([list.connection, elsewhere.connection], [1, 1]);
    assert_eq!(site.connections(), 1);
    site.forget_requests();
    assert!(site.last_request().is_none());
    Ok(())
}

#[tokio::test]
async fn scripted_responses_are_used_in_order() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let login = "<html>Log in</html>";
    site.answer_next(Operation::GetLicense, Answer::html(StatusCode::OK, login));
    site.answer_next(
        Target::Any,
        Answer::text(StatusCode::TOO_MANY_REQUESTS, "Later").header(header::RETRY_AFTER, HeaderValue::from_static("1")),
    );
    site.answer_next("/qrs/nowhere", Answer::json(StatusCode::OK, &json!([1])));
    site.answer_next(
        Operation::GetLicense,
        Answer::new(StatusCode::FOUND).header(header::LOCATION, HeaderValue::from_static("https://localhost:1/")),
    );

    assert_eq!(caller.get("/nowhere").await?.text, "Later");
    assert_eq!(caller.get("/nowhere").await?.json()?, json!([1]));
    let page = caller.get("/license").await?;
    assert_eq!((page.status, page.text.as_str()), (200, login));
    assert_eq!(site.unused_answers(), 1);
    let (received, _) = raw(&site, &format!("/qrs/license?Xrfkey={KEY}")).await?;
    let (head, body) = split(&received)?;
    assert!(head.starts_with("http/1.1 302 ") && head.contains("\r\nlocation: https://localhost:1/"), "{head}");
    assert!(body.is_empty());
    assert_eq!(site.unused_answers(), 0);
    assert_eq!(site.requests().len(), 4);
    assert_eq!(caller.get("/license").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn truncated_bodies_are_cut() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let body: Vec<u8> = (0..200_000_u32).map(|place| b'a' + u8::try_from(place % 26).unwrap()).collect();
    let target = format!("/qrs/license?Xrfkey={KEY}");
    for sent in [0, 1, 10, 100_000] {
        let answer = Answer::text(StatusCode::OK, "").body(body.clone());
        site.answer_next(Target::Any, answer.clone().fault(Fault::TruncateAfter(sent)));
        let (received, end) = raw(&site, &target).await?;
        let (head, received) = split(&received)?;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert!(head.contains("\r\ncontent-length: 200000"), "{head}");
        assert!(received == &body[..sent], "{} of {sent} bytes came", received.len());
        // No close_notify: to TLS too this is a cut, not an end.
        assert_eq!(end, Err(ErrorKind::UnexpectedEof));

        site.answer_next(Target::Any, answer.clone().fault(Fault::TruncateChunkedAfter(sent)));
        let (received, end) = raw(&site, &target).await?;
        let (head, received) = split(&received)?;
        assert!(head.contains("\r\ntransfer-encoding: chunked"), "{head}");
        assert!(received.len() >= sent && !received.ends_with(b"0\r\n\r\n"));
        assert_eq!(end, Err(ErrorKind::UnexpectedEof));

        for fault in [Fault::TruncateAfter(sent), Fault::TruncateChunkedAfter(sent)] {
            site.answer_next(Target::Any, answer.clone().fault(fault));
            let response = caller.request(Method::GET, "/license").send().await?;
            assert_eq!(response.status(), 200);
            let error = response.bytes().await.map(|bytes| bytes.len()).unwrap_err();
            assert!(error.is_body() || error.is_decode(), "{error:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn other_faults_delay_and_close() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;

    site.answer_next(Target::Any, Answer::text(StatusCode::OK, "x").fault(Fault::CloseBefore));
    let (received, end) = raw(&site, &format!("/qrs/license?Xrfkey={KEY}")).await?;
    assert_eq!((received.len(), end), (0, Err(ErrorKind::UnexpectedEof)));

    let drip = Fault::Drip { piece: 3, pause: Duration::from_millis(20) };
    site.answer_next(Target::Any, Answer::text(StatusCode::OK, "0123456789").fault(drip));
    let start = std::time::Instant::now();
    assert_eq!(caller.get("/license").await?.text, "0123456789");
    assert!(start.elapsed() >= Duration::from_millis(80));

    site.answer_next(Target::Any, Answer::text(StatusCode::OK, "late").delay(Duration::from_secs(60)));
    let hasty = caller.request(Method::GET, "/license").timeout(Duration::from_millis(100));
    assert!(hasty.send().await.unwrap_err().is_timeout());

    for body in ["", "[{}],"] {
        site.answer_next(Target::Any, Answer::text(StatusCode::OK, body).fault(Fault::Endless));
        let mut response = caller.request(Method::GET, "/license").send().await?;
        let mut received = 0;
        while received < 1024 * 1024 {
            received += response.chunk().await?.ok_or("it ended")?.len();
        }
    }
    // Whoever left did not stop the site.
    assert_eq!(caller.get("/license").await?.status, 200);
    Ok(())
}
