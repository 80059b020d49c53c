//! Failures between a client and a site: each has a kind of its own and a readable error.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use qrs_generated::{Certificate, Client, Error, ErrorKind, Identity, Server, types};
use qrs_tests::{
    Answer, ErrorStyle, Fault, HeaderValue, Operation, Pool, StandIn, StatusCode, TlsVersions, header, seed,
};
use uuid::Uuid;

use crate::support::{Checked, builder_for};

const NOBODY: Uuid = Uuid::from_u128(42);

fn create(user: Uuid) -> types::AccessTypeAllocationCreate {
    types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(user))
}

async fn refused<T: Debug>(
    call: impl Future<Output = Result<T, Error<types::ErrorMessage>>>,
) -> Error<types::ErrorMessage> {
    call.await.unwrap_err()
}

/// A refusal in every style: typed where it is the documented JSON, kept as text where it is not.
async fn is_refused<T, F>(site: &StandIn, call: impl Fn() -> F, operation: Operation, status: u16)
where
    T: Debug,
    F: Future<Output = Result<T, Error<types::ErrorMessage>>>,
{
    let reason = StatusCode::from_u16(status).unwrap().to_string();
    let start = format!("{}: {} {}: {reason}", operation.id(), operation.method(), operation.template());

    site.set_error_style(ErrorStyle::Json);
    let error = refused(call()).await;
    let message = error.body().and_then(|body| body.message.clone()).unwrap();
    assert!(!message.is_empty());
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, status));
    assert_eq!(error.to_string(), format!("{start}: {message}"));
    assert_eq!((error.operation(), error.path()), (operation.id(), operation.template()));

    site.set_error_style(ErrorStyle::Text);
    let error = refused(call()).await;
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, status));
    assert_eq!((error.body(), error.text()), (None, Some(message.as_str())));
    assert_eq!(error.to_string(), format!("{start}: {message}"));

    site.set_error_style(ErrorStyle::Html);
    let error = refused(call()).await;
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, status));
    assert!(error.body().is_none() && error.text().unwrap().starts_with("<!DOCTYPE html>"));
    assert_eq!(error.to_string(), format!("{start}: an HTML page titled \"{reason}\""));
    site.set_error_style(ErrorStyle::Text);
}

#[tokio::test]
async fn documented_400s_are_decoded() -> Checked {
    use Operation as Op;
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let license = || types::LicenseSet::new("no digits", "12345");
    is_refused(&site, || client.set_license(license()).send(), Op::SetLicense, 400).await;
    is_refused(
        &site,
        || client.create_professional_access_type(create(NOBODY)).send(),
        Op::CreateProfessionalAccessType,
        400,
    )
    .await;
    is_refused(&site, || client.create_analyzer_access_type(create(NOBODY)).send(), Op::CreateAnalyzerAccessType, 400)
        .await;
    is_refused(&site, || client.create_user_access_type(create(NOBODY)).send(), Op::CreateUserAccessType, 400).await;

    site.set_capacity(Pool::Professional, 2);
    let error = refused(client.create_professional_access_type(create(seed::NEWCOMER)).send()).await;
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "there is no pass left");
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    Ok(())
}

#[tokio::test]
async fn documented_401s_are_decoded() -> Checked {
    use Operation as Op;
    let site = StandIn::start().await?;
    let c = builder_for(&site)?.build()?;
    site.refuse_credentials(true);
    let license = || types::LicenseSet::new("1111222233334444", "12345");
    let audit = types::LicenseAuditRequest::new;
    is_refused(&site, || c.get_license().send(), Op::GetLicense, 401).await;
    is_refused(&site, || c.set_license(license()).send(), Op::SetLicense, 401).await;
    is_refused(&site, || c.download_lef().send(), Op::DownloadLef, 401).await;
    is_refused(&site, || c.get_access_type_info().send(), Op::GetAccessTypeInfo, 401).await;
    is_refused(&site, || c.get_access_type_overview().send(), Op::GetAccessTypeOverview, 401).await;
    is_refused(&site, || c.get_professional_access_types().send(), Op::GetProfessionalAccessTypes, 401).await;
    is_refused(
        &site,
        || c.create_professional_access_type(create(NOBODY)).send(),
        Op::CreateProfessionalAccessType,
        401,
    )
    .await;
    is_refused(&site, || c.get_professional_access_type(NOBODY).send(), Op::GetProfessionalAccessType, 401).await;
    is_refused(&site, || c.delete_professional_access_type(NOBODY).send(), Op::DeleteProfessionalAccessType, 401).await;
    is_refused(&site, || c.get_analyzer_access_types().send(), Op::GetAnalyzerAccessTypes, 401).await;
    is_refused(&site, || c.create_analyzer_access_type(create(NOBODY)).send(), Op::CreateAnalyzerAccessType, 401).await;
    is_refused(&site, || c.get_analyzer_access_type(NOBODY).send(), Op::GetAnalyzerAccessType, 401).await;
    is_refused(&site, || c.delete_analyzer_access_type(NOBODY).send(), Op::DeleteAnalyzerAccessType, 401).await;
    is_refused(&site, || c.get_login_access_types().send(), Op::GetLoginAccessTypes, 401).await;
    is_refused(&site, || c.get_user_access_types().send(), Op::GetUserAccessTypes, 401).await;
    is_refused(&site, || c.create_user_access_type(create(NOBODY)).send(), Op::CreateUserAccessType, 401).await;
    is_refused(&site, || c.delete_user_access_type(NOBODY).send(), Op::DeleteUserAccessType, 401).await;
    is_refused(&site, || c.get_license_rules().send(), Op::GetLicenseRules, 401).await;
    is_refused(&site, || c.get_license_rules_full().send(), Op::GetLicenseRulesFull, 401).await;
    is_refused(&site, || c.get_license_rule(NOBODY).send(), Op::GetLicenseRule, 401).await;
    is_refused(&site, || c.audit_license_rules(audit()).send(), Op::AuditLicenseRules, 401).await;
    assert_eq!(site.requests().len(), 3 * Operation::ALL.len());
    Ok(())
}

#[tokio::test]
async fn documented_404s_are_decoded() -> Checked {
    use Operation as Op;
    let site = StandIn::start().await?;
    let c = builder_for(&site)?.build()?;
    is_refused(&site, || c.get_professional_access_type(NOBODY).send(), Op::GetProfessionalAccessType, 404).await;
    is_refused(&site, || c.delete_professional_access_type(NOBODY).send(), Op::DeleteProfessionalAccessType, 404).await;
    is_refused(&site, || c.get_analyzer_access_type(NOBODY).send(), Op::GetAnalyzerAccessType, 404).await;
    is_refused(&site, || c.delete_analyzer_access_type(NOBODY).send(), Op::DeleteAnalyzerAccessType, 404).await;
    is_refused(&site, || c.delete_user_access_type(NOBODY).send(), Op::DeleteUserAccessType, 404).await;
    is_refused(&site, || c.get_license_rule(NOBODY).send(), Op::GetLicenseRule, 404).await;
    let error = refused(c.get_license_rule(NOBODY).send()).await;
    assert!(error.is_not_found() && !error.is_unauthorized());
    Ok(())
}

#[tokio::test]
async fn undocumented_errors_are_readable() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let error = refused(client.get_license_rules().filter("name equals 'x'").send()).await;
    assert_eq!((error.status(), error.body()), (Some(StatusCode::BAD_REQUEST), None));
    let said = error.to_string();
    assert!(
        said.starts_with("getLicenseRules: GET /licenserule: 400 Bad Request: Cannot parse the expression"),
        "{said}"
    );

    let stranger = builder_for(&site)?.user("CORP", "idle").build()?;
    let error = refused(stranger.get_license().send()).await;
    assert!(error.is_forbidden() && error.to_string().contains("403 Forbidden: "), "{error}");

    for (status, text) in [(429, "Slow down"), (503, "Service restarting")] {
        let status = StatusCode::from_u16(status)?;
        site.answer_next(Operation::GetLicense, Answer::text(status, text));
        let error = refused(client.get_license().send()).await;
        assert_eq!((error.kind(), error.status(), error.text()), (ErrorKind::Status, Some(status), Some(text)));
        assert_eq!(error.to_string(), format!("getLicense: GET /license: {status}: {text}"));
    }

    let login = HeaderValue::from_static("/login/?redirect=https%3A%2F%2Fx");
    let answer = Answer::new(StatusCode::FOUND).header(header::LOCATION, login);
    site.answer_next(Operation::SetLicense, answer);
    let seen = site.requests().len();
    let error = refused(client.set_license(types::LicenseSet::new("1", "2")).send()).await;
    assert_eq!(error.status(), Some(StatusCode::FOUND));
    assert_eq!(
        error.to_string(),
        "setLicense: POST /license: 302 Found: redirects are not followed; this one points to localhost/login/"
    );
    assert_eq!(site.requests().len(), seen + 1, "it was not followed");
    Ok(())
}

#[tokio::test]
async fn unexpected_responses_are_told_apart() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.max_response_bytes(100_000).build()?;
    let get = async |answer: Answer| {
        site.answer_next(Operation::GetLicense, answer);
        refused(client.get_license().send()).await
    };

    let page = "<!DOCTYPE html><html><head><title>Log in</title></head><body>Who are you?</body></html>";
    let error = get(Answer::html(StatusCode::OK, page)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::UnexpectedContent, Some(StatusCode::OK)));
    assert_eq!(error.to_string(), "getLicense: GET /license: 200 OK, but HTML instead of JSON: a login page?");
    assert_eq!(error.text(), Some(page));

    site.answer_next(Operation::DownloadLef, Answer::html(StatusCode::OK, page));
    let error = refused(client.download_lef().send()).await;
    assert_eq!(error.kind(), ErrorKind::UnexpectedContent, "a page is no licence file");

    let error = get(Answer::html(StatusCode::UNAUTHORIZED, page)).await;
    assert!(error.is_unauthorized() && error.body().is_none());
    assert_eq!(error.to_string(), "getLicense: GET /license: 401 Unauthorized: an HTML page titled \"Log in\"");

    let error = get(Answer::new(StatusCode::UNAUTHORIZED)).await;
    assert_eq!(error.to_string(), "getLicense: GET /license: 401 Unauthorized");

    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(50_000));
    for fault in [Fault::TruncateAfter(20_000), Fault::TruncateChunkedAfter(20_000)] {
        let error = get(Answer::new(StatusCode::OK).body(long.clone()).fault(fault)).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Body, Some(StatusCode::OK)), "{fault:?}");
        assert!(error.to_string().starts_with("getLicense: GET /license: 200 OK, but "), "{error}");
    }

    for fault in [Fault::None, Fault::Endless] {
        let error = get(Answer::new(StatusCode::OK).body("x".repeat(200_000)).fault(fault)).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::TooLarge, Some(StatusCode::OK)), "{fault:?}");
        assert!(error.to_string().contains("ClientBuilder::max_response_bytes"), "{error}");
    }

    let wrong = serde_json::json!({"id": seed::ADA, "numberOfCores": "hunter2"});
    let error = get(Answer::json(StatusCode::OK, &wrong)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(StatusCode::OK)));
    let said = error.to_string();
    assert!(said.contains("numberOfCores") && said.contains("i64") && !said.contains("hunter2"), "{said}");

    let rows = serde_json::json!([{"id": seed::ADA}, {"user": {"id": "no uuid"}}]);
    site.answer_next(Operation::GetUserAccessTypes, Answer::json(StatusCode::OK, &rows));
    let error = refused(client.get_user_access_types().send()).await;
    assert!(error.to_string().contains("[1].user.id"), "{error}");

    let error = get(Answer::text(StatusCode::OK, "no JSON at all")).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    let error = get(Answer::new(StatusCode::OK).fault(Fault::CloseBefore)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::NoAnswer, None));
    assert_eq!(site.unused_answers(), 0);

    assert!(client.get_license().send().await?.is_some(), "the client is as good as before");
    Ok(())
}

#[tokio::test]
async fn late_responses_are_timeouts() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.timeout(Duration::from_millis(300)).build()?;
    let drip = Fault::Drip { piece: 1, pause: Duration::from_millis(100) };
    let answers = [
        Answer::text(StatusCode::OK, "late").delay(Duration::from_secs(20)),
        Answer::text(StatusCode::OK, &"slow".repeat(100)).fault(drip),
    ];
    for answer in answers {
        site.answer_next(Operation::GetLicense, answer);
        let error = refused(client.get_license().send()).await;
        assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
        assert!(error.to_string().contains("within 300ms (`ClientBuilder::timeout`)"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn rejected_certificates_are_reported() -> Checked {
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let site = StandIn::builder().tls(versions).start().await?;
        let root = || Certificate::from_pem(site.root_pem().as_bytes());
        let identity = || Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes());
        let foreign = site.foreign_client()?;
        let foreigner = Identity::from_pem(foreign.client_pem.as_bytes(), foreign.client_key_pem.as_bytes())?;
        let stranger = Certificate::from_pem(foreign.root_pem.as_bytes())?;
        let builder = || Client::builder(Server::url(site.url())).user("INTERNAL", "sa_repository");

        let client = builder().certificate(identity()?).root_certificate(stranger).build()?;
        let error = refused(client.get_license().send()).await;
        assert!(error.is_tls() && error.status().is_none(), "{error:?}");
        assert!(error.to_string().contains("root_certificate"), "it says what to do: {error}");

        let client = builder().certificate(identity()?).build()?;
        let error = refused(client.get_license().send()).await;
        assert!(error.is_tls(), "the system's roots do not know the site: {error:?}");

        let client = builder().certificate(foreigner).root_certificate(root()?).build()?;
        let error = refused(client.get_license().send()).await;
        assert!(error.is_tls() && error.to_string().contains("certificate"), "{error}");
        assert!(error.to_string().contains("server"), "it says who refuses whom: {error}");

        assert!(site.requests().is_empty(), "none of them got through");
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_certificate_is_reported() -> Checked {
    let site = StandIn::start().await?;
    let root = Certificate::from_pem(site.root_pem().as_bytes())?;
    let client = Client::builder(Server::url(site.url())).root_certificate(root).build()?;
    let error = refused(client.get_license().send()).await;
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let said = error.to_string();
    let calls = ["ClientBuilder::certificate", "ClientBuilder::user", "ClientBuilder::bearer"];
    assert!(calls.iter().all(|call| said.contains(call)), "{said}");
    assert_eq!(site.connections(), 0, "nothing was sent");

    // A token needs no certificate as far as the document goes, but this site's port does.
    let client = Client::builder(Server::url(site.url()))
        .root_certificate(Certificate::from_pem(site.root_pem().as_bytes())?)
        .bearer("token")
        .build()?;
    let error = refused(client.get_license().send()).await;
    assert!(error.is_tls(), "{error:?}");
    assert!(error.to_string().contains("ClientBuilder::certificate"), "it says what to do: {error}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_server_name_is_reported() -> Checked {
    let site = StandIn::builder().server_name("qlik-node").start().await?;
    let client = builder_for(&site)?.build()?;
    let error = refused(client.get_license().send()).await;
    let said = error.to_string();
    assert!(error.is_tls() && said.contains("qlik-node") && said.contains("localhost"), "{said}");
    Ok(())
}

#[tokio::test]
async fn an_unreachable_server_is_reported() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    site.stop().await;
    let error = refused(client.get_license().send()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Connect, None));
    assert!(error.is_connect() && error.to_string().contains("localhost"), "{error}");
    Ok(())
}

/// All that an error shows, to people and to logs.
fn shown(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(|error| format!("{error} {error:?} {error:#?}")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn errors_hold_no_secret() -> Checked {
    let site = StandIn::start().await?;
    let secrets = ["hunter2-token", "hunter2-control", "hunter2-lef", "key-of-", seed::SERIAL, "BEGIN"];
    let builder = builder_for(&site)?.bearer("hunter2-token");
    let mut output = vec![format!("{builder:?} {builder:#?}")];
    let client = builder.max_response_bytes(4096).build()?;
    let wanted = types::LicenseSet::new("1111222233334444", "hunter2-control").lef("hunter2-lef");
    output.push(format!("{client:?} {client:#?} {wanted:?}"));
    let request = client.set_license(wanted.clone());
    output.push(format!("{request:?} {request:#?}"));

    // A server that says back all that it was told, in every way that a call can fail; and a licence that is not read.
    let echo = r#"{"message":"hunter2-token hunter2-control hunter2-lef"}"#;
    let license = r#"{"key":"key-of-1","lef":"hunter2-lef","numberOfCores":"key-of-2"}"#;
    let answers = [
        Answer::text(StatusCode::BAD_REQUEST, echo),
        Answer::new(StatusCode::FORBIDDEN).body(echo),
        Answer::html(StatusCode::UNAUTHORIZED, &format!("<html><title>{echo}</title></html>")),
        Answer::html(StatusCode::OK, &format!("<html>{license}</html>")),
        Answer::new(StatusCode::OK).body(license),
        Answer::new(StatusCode::OK).body(license).fault(Fault::TruncateAfter(80)),
        Answer::new(StatusCode::OK).body(license.repeat(100)),
        Answer::new(StatusCode::OK).fault(Fault::CloseBefore),
    ];
    let count = answers.len();
    for answer in answers {
        site.answer_next(Operation::SetLicense, answer);
        let error = refused(client.set_license(wanted.clone()).send()).await;
        output.push(shown(&error));
    }
    let license = client.get_license().send().await?;
    output.push(format!("{license:?} {:?}", client.download_lef().send().await?));

    let output = output.join("\n");
    let keys = site.requests();
    assert_eq!(keys.len(), count + 2);
    for seen in &keys {
        let key = seen.parameter("Xrfkey").unwrap();
        assert!(!output.contains(key), "a request's key is shown");
    }
    // The serial number of the licence is no secret; it is in the answer that was asked for, as a text.
    let output = output.replace(&format!("serial: Some(\"{}\")", seed::SERIAL), "");
    for secret in secrets {
        assert!(!output.contains(secret), "`{secret}` is shown");
    }
    Ok(())
}
