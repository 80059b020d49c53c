//! Secrets never show, however a call fails and whatever a server sends back.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::time::Duration;

use qrs_generated::{Certificate, Client, Identity, Secret, Server, types};
use qrs_tests::{Answer, Credentials, Fault, HeaderValue, Method, Operation, StandIn, StatusCode, header, seed};
use serde_json::{Value, json};

use crate::calls::{CONTROL, Failure, all, each_fails};
use crate::support::{Checked, builder_for};

const TOKEN: &str = "hunter2-token";
const LEF: &str = "hunter2-lef;;\r\nOWNER;\"Å\"";
const KEY: &str = "hunter2-key";

/// All that a value shows to whoever prints it.
fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// All that an error shows to people and to logs, with the whole chain of its causes.
fn shown(error: &(dyn StdError + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| StdError::source(*error));
    chain.flat_map(|error| [format!("{error}"), format!("{error:#}"), debug(&error)]).collect::<Vec<_>>().join("\n")
}

/// The lines of a private key that are not its frame.
fn key_lines(pem: &str) -> Vec<String> {
    pem.lines().filter(|line| !line.starts_with("-----") && line.len() > 16).map(str::to_owned).collect()
}

fn check(output: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!output.contains(secret.as_str()), "{secret:?} is shown:\n{output}");
    }
}

/// What a site must not show: a license with its key and its LEF.
fn license() -> Value {
    json!({ "serial": "s", "key": KEY, "lef": LEF, "numberOfCores": "hunter2-cores" })
}

/// Responses of a site that sends back all that it was sent, and more that it should have kept to itself.
fn leaking_answers() -> Result<Vec<Answer>, Box<dyn StdError>> {
    let license = license();
    let page = format!("<html><head><title>{TOKEN}</title></head>{license}");
    let to = HeaderValue::from_str(&format!("https://elsewhere.example/hub/{TOKEN}?ticket=hunter2"))?;
    let mut answers = vec![
        Answer::json(StatusCode::UNAUTHORIZED, &json!({ "message": format!("{TOKEN} {CONTROL}") })),
        Answer::html(StatusCode::UNAUTHORIZED, &page).echo(),
        Answer::new(StatusCode::OK).body(page.clone()),
        Answer::html(StatusCode::OK, &page).echo(),
        Answer::new(StatusCode::OK).body(license.to_string().repeat(200)),
        Answer::text(StatusCode::OK, &license.to_string()).echo().fault(Fault::TruncateAfter(120)),
        Answer::text(StatusCode::OK, &license.to_string()).echo().fault(Fault::TruncateChunkedAfter(120)),
        Answer::new(StatusCode::OK).fault(Fault::CloseBefore),
        Answer::new(StatusCode::OK).fault(Fault::Endless),
        Answer::new(StatusCode::FOUND).header(header::LOCATION, to),
    ];
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        answers.push(Answer::text(StatusCode::from_u16(status)?, "").echo());
    }
    Ok(answers)
}

/// Checks that an error holds nothing of its own request. Returns the text in which no secret of any call may be.
fn check_own_request_is_absent(site: &StandIn, operation: Operation, error: &Failure) -> String {
    let said = shown(error);
    // The text is what the server wrote, but what was sent is not in it either. What the server made up is.
    let text = error.text().unwrap_or_default();
    let key = site.last_request().and_then(|seen| seen.parameter("Xrfkey").map(str::to_owned)).unwrap();
    for sent in [key.as_str(), TOKEN] {
        assert!(!text.contains(sent), "{operation:?}: {sent} in {text}");
    }
    // Only one operation sends it.
    assert!(operation != Operation::SetLicense || !text.contains(CONTROL), "{text}");
    assert!(!said.contains(&key), "{operation:?}: the key {key} is shown: {said}");
    // What the site says of its own accord in plain words is shown: that is what messages are for. The
    // control number is a secret only of the call that sent it.
    if operation == Operation::SetLicense { said } else { said.replace(CONTROL, "") }
}

/// All that is shown of the errors of a site that responds with secrets, or too late.
async fn errors_with_a_response(site: &StandIn, client: &Client) -> Result<String, Box<dyn StdError>> {
    let output = RefCell::new(String::new());
    for answer in leaking_answers()? {
        let prepare = |operation| site.answer_next(operation, answer.clone());
        let check = |operation, error: &Failure| {
            output.borrow_mut().push_str(&check_own_request_is_absent(site, operation, error));
        };
        each_fails(site, client, prepare, check).await;
    }
    let mut output = output.into_inner();
    for sent in [Answer::json(StatusCode::OK, &license()), Answer::json(StatusCode::OK, &json!([license()]))] {
        for (operation, call) in all(client) {
            site.answer_next(operation, sent.clone());
            if let Err(error) = call.await {
                output += &shown(&error);
            }
        }
    }
    site.answer_next(Operation::GetLicense, Answer::new(StatusCode::OK).delay(Duration::from_secs(60)));
    output += &shown(&client.get_license().send().await.unwrap_err());
    Ok(output)
}

/// All that is shown of calls that fail before there is a response.
async fn errors_without_a_response(site: &StandIn, foreign: &Credentials) -> Result<String, Box<dyn StdError>> {
    let mut output = String::new();
    let foreigner = || Identity::from_pem(foreign.client_pem.as_bytes(), foreign.client_key_pem.as_bytes());
    let trusted = || Certificate::from_pem(site.root_pem().as_bytes());
    output += &debug(&foreigner()?);
    for builder in [
        Client::builder(Server::url(site.url())).root_certificate(trusted()?),
        Client::builder(Server::url(site.url())).root_certificate(trusted()?).bearer(TOKEN),
        Client::builder(Server::url(site.url())).root_certificate(trusted()?).bearer(TOKEN).certificate(foreigner()?),
        Client::builder(Server::url("https://localhost:1/qrs")).root_certificate(trusted()?).bearer(TOKEN),
        Client::builder(Server::url(site.url()))
            .root_certificate(Certificate::from_pem(foreign.root_pem.as_bytes())?)
            .bearer(TOKEN),
    ] {
        output += &debug(&builder);
        let client = builder.build()?;
        let wanted = types::LicenseSet::new("1", CONTROL).lef(LEF);
        output += &shown(&client.set_license(wanted).send().await.unwrap_err());
    }
    Ok(output)
}

/// All that is shown of settings that are refused.
fn build_errors(site: &StandIn, foreign: &Credentials) -> String {
    let nowhere = |url: &str| Client::builder(Server::url(url)).bearer(TOKEN).build().unwrap_err();
    let two_lines = format!("{TOKEN}\n");
    [
        nowhere("https://user:hunter2@localhost/qrs"),
        nowhere("https://localhost/qrs?key=hunter2"),
        Client::builder(Server::url(site.url())).bearer(two_lines).build().unwrap_err(),
        // The certificate and the key are swapped.
        Identity::from_pem(site.client_key_pem().as_bytes(), site.client_pem().as_bytes()).unwrap_err(),
        // The key is that of another certificate.
        Identity::from_pem(site.client_pem().as_bytes(), foreign.client_key_pem.as_bytes()).unwrap_err(),
    ]
    .iter()
    .map(|error| shown(error))
    .collect()
}

#[tokio::test]
async fn errors_hold_no_secret() -> Checked {
    let site = StandIn::start().await?;
    let foreign = site.foreign_client()?;
    let mut secrets: Vec<String> = [TOKEN, "hunter2", CONTROL, "key-of-"].map(str::to_owned).into();
    secrets.extend(key_lines(site.client_key_pem()));
    assert!(secrets.len() > 5, "the private key has lines");
    secrets.extend(key_lines(&foreign.client_key_pem));

    let builder = builder_for(&site)?.bearer(TOKEN).max_response_bytes(20_000).timeout(Duration::from_secs(1));
    let mut output = debug(&builder);
    let client = builder.build()?;
    output += &debug(&client);
    output += &errors_with_a_response(&site, &client).await?;
    output += &errors_without_a_response(&site, &foreign).await?;
    output += &build_errors(&site, &foreign);

    check(&output, &secrets);
    assert!(output.len() > 100_000, "there was something to look through");
    Ok(())
}

#[tokio::test]
async fn an_error_that_quotes_the_request_is_redacted() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let wanted = types::LicenseSet::new("1111222233334444", CONTROL).organization("Shown").lef(LEF);
    let start = Answer::text(StatusCode::BAD_REQUEST, "You sent: ").echo();
    site.answer_next(Operation::SetLicense, start);
    let error = client.set_license(wanted).send().await.unwrap_err();
    let text = error.text().unwrap();
    assert!(text.starts_with("You sent: POST /qrs/license?Xrfkey=[redacted]\r\n"), "{text}");
    assert!(text.contains("\r\nx-qlik-xrfkey: [redacted]\r\n"), "{text}");
    let body = r#"{"serial":"1111222233334444","control":"[redacted]","organization":"Shown","lef":"[redacted]"}"#;
    assert!(text.ends_with(body), "{text}");
    assert!(error.to_string().contains("400 Bad Request: You sent: POST /qrs/license?Xrfkey=[redacted] "), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_truncated_secret_is_redacted() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let before = "GET /qrs/license?Xrfkey=";
    for length in 1..16 {
        let answer = Answer::text(StatusCode::BAD_GATEWAY, "").echo();
        let fault = Fault::TruncateAfter(before.len() + length);
        site.answer_next(Operation::GetLicense, answer.fault(fault));
        let error = client.get_license().send().await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
        assert_eq!(error.text(), Some(before), "not one of {length} characters is left");
        assert_eq!(
            error.to_string(),
            format!("getLicense: GET /license: 502 Bad Gateway: {} (the body broke off)", before.trim_end())
        );
    }
    Ok(())
}

#[tokio::test]
async fn debug_output_hides_secrets() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let mut output = String::new();
    let wanted = types::LicenseSet::new("1111222233334444", CONTROL).lef(LEF);
    output += &debug(&wanted);
    output += &debug(&client.set_license(wanted));
    let license = client.get_license().send().await?.ok_or("the site has a licence")?;
    assert_eq!(license.key.as_ref().map(Secret::expose), Some(format!("key-of-{}", seed::SERIAL).as_str()));
    output += &debug(&license);
    output += &debug(&client.download_lef().send().await?);
    let request = client.get_license_rules().filter("name eq 'hunter2'");
    output += &debug(&request);
    check(&output, &["hunter2", CONTROL, "key-of-", "PRODUCTLEVEL", "OWNER"].map(str::to_owned));
    assert!(output.contains("[redacted]"));

    // It is a value for programs all the same: what is read can be written down.
    let stored = serde_json::to_value(&license)?;
    assert_eq!(serde_json::from_value::<types::License>(stored)?, license);
    Ok(())
}

#[tokio::test]
async fn the_xrfkey_is_in_no_header_that_is_forwarded() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (_, call) in all(&client) {
        call.await?;
    }
    for seen in site.requests() {
        let key = seen.parameter("Xrfkey").unwrap();
        let holding: Vec<_> = seen
            .headers
            .iter()
            .filter(|(_, value)| value.to_str().is_ok_and(|value| value.contains(key)))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(holding, ["x-qlik-xrfkey"]);
        assert!(seen.method == Method::POST || seen.raw_body.is_empty());
    }
    Ok(())
}
