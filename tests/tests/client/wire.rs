//! The bytes that the generated client sends, and responses at the edge of what the document allows.

use std::time::Duration;

use qrs_generated::{ErrorKind, types};
use qrs_tests::{Answer, HeaderValue, Operation, StandIn, StatusCode, header, seed};
use serde_json::json;

use crate::support::{Checked, builder_for};

/// The whole of the last request, its key and its host by name.
fn sent(site: &StandIn) -> String {
    let seen = site.last_request().unwrap();
    let host = format!("localhost:{}", site.port());
    let agent = seen.header("user-agent").unwrap();
    let text = seen.transcript().replace(seen.parameter("Xrfkey").unwrap(), "KEY").replace(agent, "AGENT");
    text.replace(&host, "HOST").replace("\r\n", "\n")
}

/// The whole of a request as it has to be.
fn due(line: &str, content: &str, body: &str) -> String {
    let user = "UserDirectory=INTERNAL; UserId=sa_repository";
    format!("{line}\n{content}host: HOST\nuser-agent: AGENT\nx-qlik-user: {user}\nx-qlik-xrfkey: KEY\n\n{body}")
}

fn content(body: &str) -> String {
    format!("accept: application/json\ncontent-length: {}\ncontent-type: application/json\n", body.len())
}

#[tokio::test]
async fn requests_hold_nothing_unexpected() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    client.get_license_rules().filter("disabled eq True").send().await?;
    let line = "GET /qrs/licenserule?filter=disabled%20eq%20True&Xrfkey=KEY";
    assert_eq!(sent(&site), due(line, "accept: application/json\n", ""));

    client.delete_user_access_type(seed::USER_PASS_OF_ADA).send().await?;
    let line = format!("DELETE /qrs/license/useraccesstype/{}?Xrfkey=KEY", seed::USER_PASS_OF_ADA);
    assert_eq!(sent(&site), due(&line, "accept: */*\n", ""));

    let bare = types::LicenseSet::new("9999000011112222", "12345");
    client.set_license(bare.clone()).send().await?;
    let body = r#"{"serial":"9999000011112222","control":"12345"}"#;
    assert_eq!(sent(&site), due("POST /qrs/license?Xrfkey=KEY", &content(body), body));

    let whole = bare.name("Å \"quoted\" \\ name").organization("").lef("1;;\r\n2;\u{1f600};\r\n");
    client.set_license(whole).send().await?;
    let body = concat!(
        r#"{"serial":"9999000011112222","control":"12345","name":"Å \"quoted\" \\ name","organization":"","#,
        r#""lef":"1;;\r\n2;😀;\r\n"}"#
    );
    assert_eq!(sent(&site), due("POST /qrs/license?Xrfkey=KEY", &content(body), body));

    let wanted = types::LicenseAuditRequest::new();
    for (wanted, body) in [
        (wanted.clone(), "{}"),
        (
            wanted.resource_type("App").resource_filter("name eq 'x'").user_filter("userId eq 'ada'"),
            r#"{"resourceType":"App","resourceFilter":"name eq 'x'","userFilter":"userId eq 'ada'"}"#,
        ),
    ] {
        client.audit_license_rules(wanted).send().await?;
        assert_eq!(sent(&site), due("POST /qrs/licenserule/audit?Xrfkey=KEY", &content(body), body));
    }
    Ok(())
}

#[tokio::test]
async fn a_response_without_a_body_is_not_html_whatever_its_content_type() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for status in [StatusCode::NO_CONTENT, StatusCode::OK] {
        site.answer_next(Operation::DeleteAnalyzerAccessType, Answer::html(status, ""));
        client.delete_analyzer_access_type(seed::PASS_OF_O_NEIL).send().await?;
        site.answer_next(Operation::GetLicense, Answer::html(status, ""));
        assert_eq!(client.get_license().send().await?, None);
        site.answer_next(Operation::GetAccessTypeInfo, Answer::html(status, ""));
        let error = client.get_access_type_info().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().ends_with(", but the body is empty where JSON was expected"), "{error}");
    }
    assert_eq!(site.unused_answers(), 0);
    Ok(())
}

#[tokio::test]
async fn license_files_in_other_encodings_are_read() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let answer = |media: &'static str, body: &'static [u8]| {
        Answer::new(StatusCode::OK).header(header::CONTENT_TYPE, HeaderValue::from_static(media)).body(body)
    };
    for (answer, read) in [
        (answer("text/plain; charset=utf-8", "\u{feff}Å;;\r\n".as_bytes()), "Å;;\r\n"),
        (answer("text/plain; charset=iso-8859-1", b"\xc5;;\r\n"), "Å;;\r\n"),
        (answer("application/octet-stream", "Å;;\r\n".as_bytes()), "Å;;\r\n"),
        (Answer::new(StatusCode::OK).body("1;2\n"), "1;2\n"),
    ] {
        site.answer_next(Operation::DownloadLef, answer);
        assert_eq!(client.download_lef().send().await?.expose(), read);
    }
    site.answer_next(Operation::DownloadLef, answer("text/plain", b"OWNER;\xc5;\r\n"));
    let error = client.download_lef().send().await.unwrap_err();
    assert_eq!(error.to_string(), "downloadLef: GET /license/download: 200 OK, but the text is not UTF-8 (byte 6)");
    Ok(())
}

#[tokio::test]
async fn a_cancelled_call_leaves_the_client_usable() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let late = Answer::json(StatusCode::OK, &json!({ "name": "late" })).delay(Duration::from_secs(30));
    site.answer_next(Operation::GetLicense, late);
    let given_up = tokio::time::timeout(Duration::from_millis(200), client.get_license().send()).await;
    assert!(given_up.is_err());
    assert_eq!(site.requests().len(), 1, "it was under way");
    let license = client.get_license().send().await?.ok_or("the site has a licence")?;
    assert_eq!(license.name.as_deref(), Some("Stand-in"), "its answer is not taken for the next one's");
    Ok(())
}

#[tokio::test]
async fn xrfkeys_use_their_whole_alphabet() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for _ in 0..100 {
        client.get_access_type_info().send().await?;
    }
    let requests = site.requests();
    let keys: Vec<_> = requests.iter().filter_map(|seen| seen.parameter("Xrfkey")).collect();
    // One of 62 characters is missing among 1,600 by chance in one of some three billion runs.
    let used: std::collections::HashSet<char> = keys.concat().chars().collect();
    assert_eq!(used.len(), 62);
    for place in 0..16 {
        let here: std::collections::HashSet<_> = keys.iter().map(|key| key.as_bytes().get(place)).collect();
        assert!(here.len() > 20, "the characters at {place} hardly change: {here:?}");
    }
    Ok(())
}

/// A program can say which document it was built from, and whoever reads that can find the document again.
#[test]
fn the_contract_is_the_committed_document() -> Checked {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/licenses.yaml");
    let document = std::fs::read(path)?;
    let hash = ring_digest(&document);
    assert_eq!(qrs_generated::contract::SHA256, hash);
    let document: serde_json::Value = serde_yaml::from_slice(&document)?;
    assert_eq!(document.pointer("/info/version").ok_or("it has a version")?, qrs_generated::contract::VERSION);
    assert!(qrs_generated::contract::GENERATOR.starts_with("qrs-codegen "));
    Ok(())
}

/// SHA-256, by another library than the generator's.
fn ring_digest(bytes: &[u8]) -> String {
    let provider = rustls::crypto::ring::default_provider();
    let suites = provider.cipher_suites.iter().filter_map(rustls::SupportedCipherSuite::tls13);
    let hash = suites.map(|suite| suite.common.hash_provider).find(|hash| hash.output_len() == 32);
    let digest = hash.map(|hash| hash.hash(bytes));
    let bytes: Vec<String> = digest.iter().flat_map(AsRef::as_ref).map(|byte: &u8| format!("{byte:02x}")).collect();
    bytes.concat()
}
