//! Responses that a client must not believe, to every operation.

use std::time::Duration;

use qrs_generated::ErrorKind;
use qrs_tests::{Answer, Fault, HeaderValue, Method, Operation, StandIn, StatusCode, header};

use crate::calls::{Failure, all, each_fails, named};
use crate::support::{Checked, builder_for};

const PAGE: &str = "<!DOCTYPE html>\r\n<html><head><title>Log in &mdash; Hub</title></head><body>Who?</body></html>";

/// Which media type was expected.
fn due(operation: Operation) -> &'static str {
    match operation {
        Operation::DownloadLef => "instead of text/plain",
        operation if operation.method() == Method::DELETE => "where no content was expected",
        _ => "instead of JSON",
    }
}

#[tokio::test]
async fn a_login_page_is_an_error() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for answer in [
        Answer::html(StatusCode::OK, PAGE),
        // Not every page says what it is.
        Answer::new(StatusCode::OK).body(PAGE),
    ] {
        let prepare = |operation| site.answer_next(operation, answer.clone());
        each_fails(&site, &client, prepare, |operation, error| {
            assert_eq!(error.kind(), ErrorKind::UnexpectedContent, "{operation:?}");
            assert_eq!((error.status(), error.text(), error.body()), (Some(StatusCode::OK), Some(PAGE), None));
            let start = named(operation);
            assert_eq!(error.to_string(), format!("{start}200 OK, but HTML {}: a login page?", due(operation)));
        })
        .await;
    }
    assert!(client.get_professional_access_types().send().await?.len() > 1, "nothing was deleted");
    Ok(())
}

#[tokio::test]
async fn an_html_error_keeps_its_status() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let prepare = |operation| site.answer_next(operation, Answer::html(StatusCode::UNAUTHORIZED, PAGE));
    each_fails(&site, &client, prepare, |operation, error| {
        assert!(error.is_unauthorized() && error.kind() == ErrorKind::Status);
        assert_eq!((error.text(), error.body()), (Some(PAGE), None));
        let said = "401 Unauthorized: an HTML page titled \"Log in &mdash; Hub\"";
        assert_eq!(error.to_string(), format!("{}{said}", named(operation)));
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (status, reason) in [
        (StatusCode::MOVED_PERMANENTLY, "301 Moved Permanently"),
        (StatusCode::FOUND, "302 Found"),
        (StatusCode::SEE_OTHER, "303 See Other"),
        (StatusCode::TEMPORARY_REDIRECT, "307 Temporary Redirect"),
    ] {
        // To the site itself, where a client that follows would be seen.
        let place = HeaderValue::from_str(&format!("{}/license?ticket=hunter2", site.url()))?;
        let prepare = |operation| {
            site.answer_next(operation, Answer::new(status).header(header::LOCATION, place.clone()));
        };
        each_fails(&site, &client, prepare, |operation, error| {
            assert_eq!((error.kind(), error.status()), (ErrorKind::Status, Some(status)));
            assert_eq!(error.headers().and_then(|headers| headers.get("location")), Some(&place));
            let said = "redirects are not followed; this one points to localhost/qrs/license";
            assert_eq!(error.to_string(), format!("{}{reason}: {said}", named(operation)));
        })
        .await;
    }
    Ok(())
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    // As far as it goes it is what each operation could be content with.
    let body = format!("null{}", " ".repeat(20_000));
    for (fault, lost) in [
        (Fault::TruncateAfter(10_004), "after 10004 of 20004 bytes"),
        (Fault::TruncateChunkedAfter(10_004), "after 10004 bytes"),
        (Fault::TruncateAfter(0), "after 0 of 20004 bytes"),
        (Fault::TruncateChunkedAfter(0), "after 0 bytes"),
    ] {
        let answer = Answer::new(StatusCode::OK).body(body.clone()).fault(fault);
        let prepare = |operation| site.answer_next(operation, answer.clone());
        let check = |operation, error: &Failure| {
            assert_eq!((error.kind(), error.status()), (ErrorKind::Body, Some(StatusCode::OK)), "{operation:?}");
            assert_eq!(error.to_string(), format!("{}200 OK, but the response broke off {lost}", named(operation)));
            let read = error.text().unwrap();
            assert!(body.starts_with(read) && (read.is_empty() == lost.starts_with("after 0 ")), "{}", read.len());
            assert!(!error.is_timeout() && !error.is_connect());
        };
        each_fails(&site, &client, prepare, check).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_response_beyond_the_size_limit_is_not_read() -> Checked {
    const BOUND: usize = 4096;
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.max_response_bytes(BOUND).build()?;
    for answer in [
        Answer::new(StatusCode::OK).body(" ".repeat(BOUND + 1)),
        Answer::new(StatusCode::OK).fault(Fault::Endless),
        // Said to be too large, and hardly sent.
        Answer::new(StatusCode::OK).body(" ".repeat(1 << 20)).fault(Fault::TruncateAfter(10)),
    ] {
        let prepare = |operation| site.answer_next(operation, answer.clone());
        each_fails(&site, &client, prepare, |operation, error| {
            assert_eq!((error.kind(), error.status()), (ErrorKind::TooLarge, Some(StatusCode::OK)), "{operation:?}");
            let said = "200 OK, but the body is larger than 4096 bytes (`ClientBuilder::max_response_bytes`)";
            assert_eq!(error.to_string(), format!("{}{said}", named(operation)));
        })
        .await;
    }
    let answer = Answer::new(StatusCode::OK).body(format!("null{}", " ".repeat(BOUND - 4)));
    site.answer_next(Operation::GetLicense, answer);
    assert_eq!(client.get_license().send().await?, None, "the bound itself is within it");
    Ok(())
}

#[tokio::test]
async fn a_connection_closed_before_the_response_is_an_error() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let prepare = |operation| site.answer_next(operation, Answer::new(StatusCode::OK).fault(Fault::CloseBefore));
    each_fails(&site, &client, prepare, |operation, error| {
        assert_eq!((error.kind(), error.status(), error.text()), (ErrorKind::NoAnswer, None, None), "{operation:?}");
        assert!(!error.is_connect(), "the site may have acted");
        let said = format!("{}localhost:{} sent no response: ", named(operation), site.port());
        assert!(error.to_string().starts_with(&said), "{error}");
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_late_response_is_a_timeout() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.timeout(Duration::from_millis(400)).build()?;
    let port = site.port();
    let late = Answer::new(StatusCode::OK).delay(Duration::from_secs(60));
    let slow = |bytes| {
        let fault = Fault::Drip { piece: bytes, pause: Duration::from_millis(150) };
        Answer::new(StatusCode::OK).body(" ".repeat(100)).fault(fault)
    };

    site.answer_next(Operation::SetLicense, late);
    let request = client.set_license(qrs_generated::types::LicenseSet::new("1", "2"));
    let error = request.send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, None));
    assert!(error.is_timeout() && !error.is_connect(), "the site may have acted");
    assert_eq!(
        error.to_string(),
        format!(
            "setLicense: POST /license: no response from localhost:{port} within 400ms (`ClientBuilder::timeout`); \
             the server may have carried it out: check before you send it again"
        )
    );

    site.answer_next(Operation::DeleteUserAccessType, slow(7));
    let error = client.delete_user_access_type(qrs_tests::seed::USER_PASS_OF_ADA).send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, Some(StatusCode::OK)), "the status is kept");
    let said = error.to_string();
    let start = "deleteUserAccessType: DELETE /license/useraccesstype/{id}: 200 OK, but the response was not complete \
                 within 400ms (`ClientBuilder::timeout`): ";
    assert!(said.starts_with(start) && said.ends_with(" bytes were received"), "{said}");
    assert!(error.text().is_some_and(|text| !text.is_empty() && text.len() < 100), "what has come is kept");
    Ok(())
}

#[tokio::test]
async fn any_2xx_status_is_a_success() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for status in [200, 201, 202, 203, 299] {
        for (operation, sent) in all(&client) {
            let list = operation.takes_filter();
            let text = if list { "[]" } else { "{}" };
            let answer = Answer::new(StatusCode::from_u16(status)?).body(text);
            site.answer_next(operation, answer);
            sent.await.map_err(|error| format!("{operation:?}, {status}: {error}"))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_body_where_one_is_due_is_an_error() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for status in [StatusCode::OK, StatusCode::NO_CONTENT] {
        for (operation, sent) in all(&client) {
            site.answer_next(operation, Answer::new(status));
            let answer = sent.await;
            let optional = operation.method() == Method::DELETE
                || [Operation::GetLicense, Operation::DownloadLef].contains(&operation);
            if optional {
                let answer = answer.map_err(|error| format!("{operation:?}: {error}"))?;
                assert!(answer.is_null() || answer == "", "{answer}");
                continue;
            }
            let error = answer.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(status)), "{operation:?}");
            assert_eq!(
                error.to_string(),
                format!("{}{status}, but the body is empty where JSON was expected", named(operation))
            );
        }
    }
    Ok(())
}
