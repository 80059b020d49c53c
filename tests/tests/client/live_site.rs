//! The client's additions for live sites, which `spec/overlays/` makes.

use qrs_generated::{Certificate, Client, ClientBuilder, Identity, Server, types};
use qrs_tests::{Answer, Operation, StandIn, StatusCode, seed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Checked, builder_for};

/// The line of the last request, without the key.
fn line(site: &StandIn) -> Option<String> {
    let seen = site.last_request()?;
    let query: Vec<String> =
        seen.query.iter().filter(|(name, _)| name != "Xrfkey").map(|(name, value)| format!("{name}={value}")).collect();
    Some(format!("{} {}?{}", seen.method, seen.path, query.join("&")))
}

fn answer(site: &StandIn, path: &str, body: &Value) {
    site.answer_next(path, Answer::json(StatusCode::OK, body));
}

#[tokio::test]
async fn an_allocation_has_its_last_use() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let never = "1753-01-01T00:00:00.000Z";
    let rows = json!([
        { "lastUsed": "2022-08-27T06:47:08.584Z", "excess": false, "privileges": ["read", "update"] },
        { "lastUsed": never, "deletedUserId": "ada", "deletedUserDirectory": "CORP", "privileges": null },
        {},
    ]);
    site.answer_next(Operation::GetProfessionalAccessTypes, Answer::json(StatusCode::OK, &rows));
    let passes = client.get_professional_access_types().send().await?;
    let [used, unused, old] = passes.as_slice() else { return Err(format!("{passes:?}").into()) };
    assert_eq!((used.last_used, used.excess), (Some("2022-08-27T06:47:08.584Z".parse()?), Some(false)));
    assert_eq!(used.privileges.as_deref(), Some(["read".to_owned(), "update".to_owned()].as_slice()));
    assert_eq!((unused.last_used, &unused.privileges), (Some(never.parse()?), &None));
    assert_eq!(unused.deleted_user_id.as_deref(), Some("ada"));
    assert_eq!(unused.deleted_user_directory.as_deref(), Some("CORP"));
    assert_eq!(old, &types::AccessTypeAllocation::default(), "an older version has none of it");
    Ok(())
}

#[tokio::test]
async fn an_overview_is_read_in_both_spellings() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let summary = |total: i64| json!({ "total": total });
    let spellings = [
        json!({ "professional": summary(1), "analyzer": summary(2) }),
        json!({ "professionalAccess": summary(1), "analyzerAccess": summary(2) }),
    ];
    for spelling in spellings {
        site.answer_next(Operation::GetAccessTypeOverview, Answer::json(StatusCode::OK, &spelling));
        let overview = client.get_access_type_overview().send().await?;
        let total = |summary: Option<types::AccessTypeSummary>| summary.and_then(|summary| summary.total);
        assert_eq!((total(overview.professional), total(overview.analyzer)), (Some(1), Some(2)), "{spelling}");
    }
    Ok(())
}

#[tokio::test]
async fn lists_take_an_order_and_privileges() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    answer(&site, "/qrs/licenserule", &json!([]));
    client.get_license_rules().orderby("name desc").privileges(true).filter("name sw 'a'").send().await?;
    let expected = "GET /qrs/licenserule?orderby=name desc&privileges=true&filter=name sw 'a'";
    assert_eq!(line(&site).as_deref(), Some(expected));
    Ok(())
}

#[tokio::test]
async fn allocations_are_listed_in_full_and_counted() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let row = json!([{ "id": seed::PASS_OF_ADA, "excess": true }]);
    let count = json!({ "value": 12 });
    let path = |kind: &str, end: &str| format!("/qrs/license/{kind}accesstype/{end}");
    for kind in ["professional", "analyzer", "user"] {
        answer(&site, &path(kind, "full"), &row);
        let rows = match kind {
            "professional" => client.get_professional_access_types_full().filter("excess eq True").send().await?,
            "analyzer" => client.get_analyzer_access_types_full().filter("excess eq True").send().await?,
            _ => client.get_user_access_types_full().filter("excess eq True").send().await?,
        };
        assert_eq!(
            rows.iter().map(|row| (row.id, row.excess)).collect::<Vec<_>>(),
            [(Some(seed::PASS_OF_ADA), Some(true))]
        );
        assert_eq!(line(&site), Some(format!("GET {}?filter=excess eq True", path(kind, "full"))));
        answer(&site, &path(kind, "count"), &count);
        let count = match kind {
            "professional" => client.count_professional_access_types().send().await?,
            "analyzer" => client.count_analyzer_access_types().send().await?,
            _ => client.count_user_access_types().send().await?,
        };
        assert_eq!(count.value, 12);
        assert_eq!(line(&site), Some(format!("GET {}?", path(kind, "count"))));
    }
    answer(&site, &path("login", "full"), &json!([{ "tokensUsed": 4 }]));
    assert_eq!(client.get_login_access_types_full().send().await?[0].tokens_used, Some(4));
    answer(&site, &path("login", "count"), &count);
    assert_eq!(client.count_login_access_types().send().await?.value, 12);
    assert_eq!(site.unused_answers(), 0);
    Ok(())
}

/// The text that arrives at the proxy for one `GET /license`, in lower case.
/// The first example of the README, word for word but for the address and the output.
#[tokio::test]
async fn the_first_call_of_the_readme_names_the_holders_of_passes() -> Checked {
    let readme = include_str!("../../../README.md");
    let call = r#"client.get_professional_access_types_full().filter("user.userDirectory eq 'CORP'").send().await?"#;
    assert!(readme.contains(call), "the README has another first call: try that one");
    for site in [StandIn::start().await?, StandIn::builder().live().start().await?] {
        let folder = tempfile::tempdir()?;
        site.write_certificates(folder.path())?;
        let file = |name| folder.path().join(name);
        let client = Client::builder(Server::url(site.url()))
            .certificate(Identity::from_pem_files(file("client.pem"), file("client_key.pem"))?)
            .root_certificate(Certificate::from_pem_file(file("root.pem"))?)
            .user("INTERNAL", "sa_repository")
            .build()?;
        let passes = client.get_professional_access_types_full().filter("user.userDirectory eq 'CORP'").send().await?;
        assert_eq!(passes.len(), 2);
        for pass in passes {
            let user = pass.user.unwrap_or_default();
            assert_eq!(user.user_directory.as_deref(), Some("CORP"));
            assert!(user.user_id.is_some_and(|id| !id.is_empty()));
        }
    }
    Ok(())
}

async fn at_the_proxy(builder: impl FnOnce(Server) -> ClientBuilder) -> Result<String, Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = builder(Server::url(format!("http://{}/prefix/qrs", listener.local_addr()?))).build()?;
    let proxy = async {
        let (mut stream, _) = listener.accept().await?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await?);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnull").await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&request).to_lowercase())
    };
    let (license, request) = tokio::join!(client.get_license().send(), proxy);
    assert_eq!(license?, None);
    Ok(request?)
}

#[tokio::test]
async fn the_proxy_takes_a_token_or_a_session() -> Checked {
    let request = at_the_proxy(|server| Client::builder(server).bearer("abc.def")).await?;
    assert!(request.starts_with("get /prefix/qrs/license?xrfkey="), "{request}");
    assert!(request.contains("\r\nauthorization: bearer abc.def\r\n"), "{request}");
    assert!(!request.contains("cookie:") && !request.contains("x-qlik-user"), "{request}");

    let request = at_the_proxy(|server| Client::builder(server).session("6d5c")).await?;
    assert!(request.contains("\r\ncookie: x-qlik-session=6d5c\r\n"), "{request}");
    assert!(!request.contains("authorization:"), "{request}");
    Ok(())
}

#[tokio::test]
async fn an_xrfkey_error_is_recognized() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (text, is_csrf) in
        [("XSRF prevention check failed. Possible XSRF discovered.", true), ("You are not allowed to do this.", false)]
    {
        site.answer_next(Operation::GetLicense, Answer::text(StatusCode::FORBIDDEN, text));
        let error = client.get_license().send().await.err().ok_or("it is refused")?;
        assert_eq!((error.is_csrf(), error.is_forbidden()), (is_csrf, true), "{error}");
    }
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::CONFLICT, "XSRF"));
    assert!(client.get_license().send().await.is_err_and(|error| !error.is_csrf()));
    Ok(())
}

#[tokio::test]
async fn a_pass_never_used_has_the_time_never() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let passes = client.get_professional_access_types_full().send().await?;
    let used: Vec<_> =
        passes.iter().map(|pass| pass.last_used.is_some_and(|used| used == qrs_generated::repository::NEVER)).collect();
    assert_eq!(used, [false, true], "ada used hers yesterday, björn never did");
    assert_eq!(client.count_professional_access_types().send().await?.value, 2);
    Ok(())
}

#[tokio::test]
async fn cookies_and_headers_of_a_virtual_proxy_have_custom_names() -> Checked {
    let request = at_the_proxy(|server| Client::builder(server).named_session("X-Qlik-Session-saml", "6d5c")).await?;
    assert!(request.contains("\r\ncookie: x-qlik-session-saml=6d5c\r\n"), "{request}");
    let request = at_the_proxy(|server| Client::builder(server).trusted_header("X-Who", r"CORP\ada")).await?;
    assert!(request.contains("\r\nx-who: corp\\ada\r\n"), "{request}");
    assert!(!request.contains("hdr-usr") && !request.contains("x-qlik-user"), "{request}");
    Ok(())
}

#[test]
fn the_prefix_of_a_virtual_proxy_is_checked() {
    let server = Server::virtual_proxy("qlik.example.com", "jwt");
    assert_eq!(server.as_str(), "https://qlik.example.com/jwt/qrs");
    for prefix in ["", "a/b", "..", "a?b"] {
        let refused = Client::builder(Server::virtual_proxy("qlik.example.com", prefix)).bearer("x").build();
        assert!(refused.is_err(), "the prefix {prefix:?} is refused");
    }
}
