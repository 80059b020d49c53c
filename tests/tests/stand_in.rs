//! The stand-in is strict: what a live site refuses, it refuses, and what it records is what was sent.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use qrs_tests::{
    Answer, Credentials, ErrorStyle, Fault, HeaderValue, LicenseKind, Method, Operation, Pool, StandIn, StatusCode,
    Target, TlsVersions, header, seed,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use uuid::Uuid;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const KEY: &str = "0123456789abcDEF";
const XSRF: &str = "XSRF prevention check failed. Possible XSRF discovered.";
const PROFESSIONAL: &str = "/license/professionalaccesstype";

fn tls(root: &str, client: Option<(&str, &str)>) -> Outcome<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes())?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(match client {
        Some((certificate, key)) => builder.with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes())?],
            PrivateKeyDer::from_pem_slice(key.as_bytes())?,
        )?,
        None => builder.with_no_client_auth(),
    })
}

fn trusted(site: &StandIn) -> Outcome<ClientConfig> {
    tls(site.root_pem(), Some((site.client_pem(), site.client_key_pem())))
}

/// A caller who does everything right, unless told otherwise.
struct Caller {
    http: reqwest::Client,
    base: String,
}

#[derive(Debug)]
struct Told {
    status: u16,
    kind: String,
    allow: String,
    text: String,
}

impl Told {
    fn json(&self) -> Outcome<Value> {
        if self.kind != "application/json; charset=utf-8" {
            return Err(format!("no JSON: {self:?}").into());
        }
        Ok(serde_json::from_str(&self.text)?)
    }

    /// Status and text, the text's kind checked.
    fn refusal(&self) -> (u16, &str) {
        assert_eq!(self.kind, "text/plain; charset=utf-8", "{self:?}");
        (self.status, &self.text)
    }
}

impl Caller {
    fn new(site: &StandIn) -> Outcome<Self> {
        Self::with(site, trusted(site)?)
    }

    fn with(site: &StandIn, config: ClientConfig) -> Outcome<Self> {
        let http = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build()?;
        Ok(Self { http, base: site.url() })
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let joint = if path.contains('?') { '&' } else { '?' };
        self.bare(method, &format!("{path}{joint}Xrfkey={KEY}"))
            .header("X-Qlik-Xrfkey", KEY)
            .header("X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository")
    }

    fn bare(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    async fn get(&self, path: &str) -> Outcome<Told> {
        ask(self.request(Method::GET, path)).await
    }

    async fn delete(&self, path: &str) -> Outcome<Told> {
        ask(self.request(Method::DELETE, path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Outcome<Told> {
        let request =
            self.request(Method::POST, path).header("Content-Type", "application/json").body(body.to_string());
        ask(request).await
    }

    /// The identifiers in a list that a filter leaves.
    async fn filtered(&self, path: &str, filter: &str) -> Outcome<Vec<String>> {
        let told = self.get(&format!("{path}?filter={}", escape(filter))).await?;
        assert_eq!(told.status, 200, "{filter}: {}", told.text);
        let rows = told.json()?;
        let rows = rows.as_array().ok_or("no list")?.iter();
        Ok(rows.map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect())
    }
}

async fn ask(request: reqwest::RequestBuilder) -> Outcome<Told> {
    let response = request.send().await?;
    let header = |name| {
        let value = response.headers().get(name);
        value.map_or(Ok(String::new()), |value| value.to_str().map(str::to_owned))
    };
    Ok(Told {
        status: response.status().as_u16(),
        kind: header("content-type")?,
        allow: header("allow")?,
        text: response.text().await?,
    })
}

/// Percent-encodes everything but letters and digits.
fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

/// What comes back, to the byte, from a connection on which one request is written by hand, and how it ended.
async fn raw(site: &StandIn, target: &str) -> Outcome<(Vec<u8>, Result<(), ErrorKind>)> {
    let stream = TcpStream::connect(("127.0.0.1", site.port())).await?;
    let connector = TlsConnector::from(Arc::new(trusted(site)?));
    let name = ServerName::try_from("localhost")?;
    let mut stream = connector.connect(name, stream).await?;
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Qlik-Xrfkey: {KEY}\r\n\
         X-Qlik-User: {}\r\nConnection: close\r\n\r\n",
        site.user_header()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).await;
    Ok((received, end.map(drop).map_err(|error| error.kind())))
}

fn split(received: &[u8]) -> Outcome<(String, &[u8])> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no end of the headers")?;
    let head = std::str::from_utf8(&received[..end])?.to_ascii_lowercase();
    Ok((head, &received[end + 4..]))
}

#[tokio::test]
async fn every_operation_answers() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let allocation = json!({ "user": { "id": seed::NEWCOMER } });
    let set = json!({ "serial": "1111222233334444", "control": "12345" });

    for (operation, body, status) in [
        (Operation::GetLicense, None, 200),
        (Operation::DownloadLef, None, 200),
        (Operation::GetAccessTypeInfo, None, 200),
        (Operation::GetAccessTypeOverview, None, 200),
        (Operation::GetProfessionalAccessTypes, None, 200),
        (Operation::CreateProfessionalAccessType, Some(&allocation), 201),
        (Operation::GetProfessionalAccessType, None, 200),
        (Operation::DeleteProfessionalAccessType, None, 204),
        (Operation::GetAnalyzerAccessTypes, None, 200),
        (Operation::CreateAnalyzerAccessType, Some(&allocation), 201),
        (Operation::GetAnalyzerAccessType, None, 200),
        (Operation::DeleteAnalyzerAccessType, None, 204),
        (Operation::GetLoginAccessTypes, None, 200),
        (Operation::GetUserAccessTypes, None, 200),
        (Operation::CreateUserAccessType, Some(&allocation), 201),
        (Operation::DeleteUserAccessType, None, 204),
        (Operation::GetLicenseRules, None, 200),
        (Operation::GetLicenseRulesFull, None, 200),
        (Operation::GetLicenseRule, None, 200),
        (Operation::AuditLicenseRules, Some(&json!({})), 201),
        (Operation::SetLicense, Some(&set), 201),
    ] {
        let id = match operation {
            Operation::GetProfessionalAccessType | Operation::DeleteProfessionalAccessType => seed::PASS_OF_BJORN,
            Operation::GetAnalyzerAccessType | Operation::DeleteAnalyzerAccessType => seed::PASS_OF_O_NEIL,
            Operation::DeleteUserAccessType => seed::USER_PASS_OF_ADA,
            _ => seed::PROFESSIONAL_RULE,
        };
        let path = operation.template().replace("{id}", &id.to_string());
        let told = match (operation.method(), body) {
            (Method::GET, None) => caller.get(&path).await?,
            (Method::DELETE, None) => caller.delete(&path).await?,
            (_, body) => caller.post(&path, body.ok_or("a POST has a body")?).await?,
        };
        assert_eq!(told.status, status, "{operation:?}: {told:?}");
        if status == 204 {
            assert_eq!(told.text, "", "{operation:?}");
        } else if operation == Operation::DownloadLef {
            assert_eq!(told.kind, "text/plain; charset=utf-8");
            assert!(told.text.starts_with(seed::SERIAL), "{}", told.text);
        } else {
            told.json()?;
        }
    }

    let operations: BTreeSet<_> = site.requests().iter().filter_map(|seen| seen.operation.map(Operation::id)).collect();
    assert_eq!(operations.len(), 21, "{operations:?}");
    Ok(())
}

#[tokio::test]
async fn the_key_pair_is_demanded() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    // A JSON style changes nothing: this refusal is always text.
    site.set_error_style(ErrorStyle::Json);
    for (query, sent) in [
        ("", Some(KEY)),
        ("?Xrfkey=0123456789abcDEF", None),
        ("?Xrfkey=0123456789abcDEF", Some("0123456789abcDEf")),
        ("?xrfkey=0123456789abcDEF", Some(KEY)),
        ("?Xrfkey=0123456789abcDE", Some("0123456789abcDE")),
        ("?Xrfkey=0123456789abcDE_", Some("0123456789abcDE_")),
        ("?Xrfkey=0123456789abcDEF&Xrfkey=0123456789abcDEF", Some(KEY)),
        // A raw hash cuts the query before the key.
        ("?filter=name eq 'a#b'&Xrfkey=0123456789abcDEF", Some(KEY)),
    ] {
        let mut request =
            caller.bare(Method::GET, &format!("/licenserule{query}")).header("X-Qlik-User", site.user_header());
        if let Some(sent) = sent {
            request = request.header("X-Qlik-Xrfkey", sent);
        }
        let told = ask(request).await?;
        assert_eq!(told.refusal(), (403, XSRF), "{query} {sent:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_user_is_demanded() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let inactive = "Your account is inactive. Contact your administrator to activate it.";
    for (user, text) in [
        (None, "The header X-Qlik-User is missing."),
        (Some("sa_repository"), "The header X-Qlik-User is malformed."),
        (Some("UserDirectory=CORP; UserId=bj%F6rn"), "The header X-Qlik-User is malformed."),
        (Some("UserDirectory=CORP; UserId=nobody"), inactive),
        (Some("UserDirectory=CORP; UserId=idle"), inactive),
    ] {
        let mut request = caller.bare(Method::GET, &format!("/license?Xrfkey={KEY}")).header("X-Qlik-Xrfkey", KEY);
        if let Some(user) = user {
            request = request.header("X-Qlik-User", user);
        }
        assert_eq!(ask(request).await?.refusal(), (403, text), "{user:?}");
    }
    for (user, read) in [
        ("UserDirectory=internal; UserId=SA_API", ("internal", "SA_API")),
        ("UserDirectory=CORP; UserId=bj%C3%B6rn", ("CORP", "björn")),
        ("UserDirectory=PARTNER%3B%20EAST; UserId=o%27neil", ("PARTNER; EAST", "o'neil")),
    ] {
        let request = caller
            .bare(Method::GET, &format!("/license?Xrfkey={KEY}"))
            .header("X-Qlik-Xrfkey", KEY)
            .header("X-Qlik-User", user);
        assert_eq!(ask(request).await?.status, 200, "{user}");
        let seen = site.last_request().and_then(|seen| seen.user);
        let seen = seen.as_ref().map(|(directory, id)| (directory.as_str(), id.as_str()));
        assert_eq!(seen, Some(read));
    }
    assert!(site.deactivate_user(seed::SA_REPOSITORY));
    assert_eq!(caller.get("/license").await?.refusal(), (403, inactive));
    Ok(())
}

#[tokio::test]
async fn only_the_documents_paths_and_methods_exist() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let pass = seed::PASS_OF_ADA;
    for target in [
        "/license".to_owned(),
        "/virtual/qrs/license".to_owned(),
        "/qrsx/license".to_owned(),
        "/qrs".to_owned(),
        "/qrs/".to_owned(),
        "/qrs//license".to_owned(),
        "/qrs/license/".to_owned(),
        "/qrs/License".to_owned(),
        format!("/qrs{PROFESSIONAL}/"),
        format!("/qrs{PROFESSIONAL}/.."),
        format!("/qrs{PROFESSIONAL}/../../license"),
        format!("/qrs{PROFESSIONAL}/%2E%2E%2F%2E%2E%2Flicense"),
        format!("/qrs{PROFESSIONAL}/{pass}/"),
        format!("/qrs{PROFESSIONAL}/{}", pass.simple()),
        format!("/qrs{PROFESSIONAL}/{pass}%20"),
        format!("/qrs{PROFESSIONAL}/%FF"),
        format!("/qrs{PROFESSIONAL}/{}", seed::PASS_OF_O_NEIL),
        format!("/qrs/license/useraccesstype/{pass}/x"),
    ] {
        let (received, _) = raw(&site, &format!("{target}?Xrfkey={KEY}")).await?;
        let (head, _) = split(&received)?;
        assert!(head.starts_with("http/1.1 404 "), "{target}: {head}");
    }
    let encoded = pass.to_string().replace('-', "%2D");
    let told = caller.get(&format!("{PROFESSIONAL}/{encoded}")).await?;
    assert_eq!(told.json()?["id"], json!(pass));

    for (method, path, allow) in [
        (Method::PUT, "/license", "GET, POST"),
        (Method::HEAD, "/license", "GET, POST"),
        (Method::DELETE, "/licenserule", "GET"),
        (Method::GET, "/licenserule/audit", "POST"),
        (Method::PATCH, "/license/professionalaccesstype/a110c000-0000-4000-8000-000000000001", "GET, DELETE"),
        (Method::POST, "/license/loginaccesstype", "GET"),
        (Method::GET, "/license/useraccesstype/a110c000-0000-4000-8000-000000000004", "DELETE"),
    ] {
        let told = ask(caller.request(method.clone(), path)).await?;
        assert_eq!((told.status, told.allow.as_str()), (405, allow), "{method} {path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_body_has_to_be_the_documents() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let good = json!({ "user": { "id": seed::NEWCOMER } }).to_string();
    let stranger = json!({ "user": { "id": Uuid::from_u128(1) } }).to_string();
    let missing = "Missing parameter value(s)";
    let no_object = "The body is not a JSON object.";
    for (kind, body, status, text) in [
        (None, good.as_str(), 415, "The body of this request has to be application/json."),
        (Some("text/json"), &good, 415, "The body of this request has to be application/json."),
        (Some("application/json; charset=latin1"), &good, 415, "The body of this request has to be application/json."),
        (Some("application/json"), "", 400, no_object),
        (Some("application/json"), "{", 400, no_object),
        (Some("application/json"), "null", 400, no_object),
        (Some("application/json"), "{}", 400, missing),
        (Some("application/json"), r#"{"user":{}}"#, 400, missing),
        (Some("application/json"), r#"{"user":{"id":"ada"}}"#, 400, "The identifier of the user is not a valid GUID."),
        (Some("application/json"), &stranger, 400, "The user does not exist."),
    ] {
        let mut request = caller.request(Method::POST, PROFESSIONAL).body(body.to_owned());
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        assert_eq!(ask(request).await?.refusal(), (status, text), "{kind:?} {body}");
    }
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    let request =
        caller.request(Method::POST, PROFESSIONAL).header("Content-Type", "application/json; charset=UTF-8").body(good);
    assert_eq!(ask(request).await?.status, 201);
    assert_eq!(site.allocations(Pool::Professional).len(), 3);

    let large = caller
        .request(Method::POST, PROFESSIONAL)
        .header("Content-Type", "application/json")
        .body(" ".repeat(1024 * 1024 + 1));
    assert_eq!(ask(large).await?.status, 413);
    Ok(())
}

#[tokio::test]
async fn passes_are_given_taken_back_and_quarantined() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let overview = async || -> Outcome<Value> {
        let all = caller.get("/license/accesstypeoverview").await?.json()?;
        Ok(all["professional"].clone())
    };
    let counts = |total: i64, allocated: i64, available: i64, quarantined: i64, excess: i64| {
        json!({ "total": total, "allocated": allocated, "available": available,
                "quarantined": quarantined, "excess": excess })
    };
    assert_eq!(overview().await?, counts(4, 2, 2, 0, 0));

    let body = |id: Uuid| json!({ "user": { "id": id } });
    let made = caller.post(PROFESSIONAL, &body(seed::NEWCOMER)).await?.json()?;
    assert_eq!(made["user"]["userId"], "newcomer");
    assert_eq!(made["modifiedByUserName"], r"INTERNAL\sa_repository");
    assert_eq!(made["quarantined"], false);
    let made = format!("{PROFESSIONAL}/{}", made["id"].as_str().ok_or("no id")?);
    assert_eq!(caller.get(&made).await?.status, 200);
    let again = caller.post(PROFESSIONAL, &body(seed::NEWCOMER)).await?;
    assert_eq!(again.refusal(), (400, "The user already has access of this type."));

    site.set_capacity(Pool::Professional, 3);
    let full = caller.post(PROFESSIONAL, &body(seed::O_NEIL)).await?;
    assert_eq!(full.refusal().0, 400);
    site.set_capacity(Pool::Professional, 2);
    assert_eq!(overview().await?, counts(2, 3, 0, 0, 1));
    site.set_capacity(Pool::Professional, 4);

    // Never used: gone at once, and then not found.
    assert_eq!(caller.delete(&made).await?.status, 204);
    assert_eq!(caller.delete(&made).await?.status, 404);

    // Used yesterday: it stays, quarantined, and taking it back again changes nothing.
    let ada = format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA);
    assert_eq!(caller.delete(&ada).await?.status, 204);
    assert_eq!(caller.delete(&ada).await?.status, 204);
    let row = caller.get(&ada).await?.json()?;
    assert_eq!(row["quarantined"], true);
    let end: jiff::Timestamp = row["quarantineEnd"].as_str().ok_or("no date")?.parse()?;
    let left = end.duration_since(site.now());
    assert!(left > SignedDuration::from_hours(6 * 24 - 1) && left <= SignedDuration::from_hours(6 * 24), "{left}");
    assert_eq!(overview().await?, counts(4, 1, 2, 1, 0));

    // Its user may have it back; else it is free when the quarantine ends.
    let back = caller.post(PROFESSIONAL, &body(seed::ADA)).await?;
    assert_eq!((back.status, &back.json()?["quarantined"]), (201, &json!(false)));
    assert_eq!(caller.delete(&ada).await?.status, 204);
    site.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(caller.get(&ada).await?.status, 404);
    assert_eq!(overview().await?, counts(4, 1, 3, 0, 0));

    // Last used a week ago or more: gone at once.
    let user_pass = format!("/license/useraccesstype/{}", seed::USER_PASS_OF_ADA);
    let week_ago = site.now() - SignedDuration::from_hours(7 * 24);
    assert!(site.mark_used(Pool::User, seed::USER_PASS_OF_ADA, week_ago));
    assert_eq!(caller.delete(&user_pass).await?.status, 204);
    assert_eq!(site.allocations(Pool::User), Vec::<Value>::new());

    // With a signed key there is no quarantine.
    site.set_license_kind(LicenseKind::SignedKey);
    let bjorn = format!("{PROFESSIONAL}/{}", seed::PASS_OF_BJORN);
    assert!(site.mark_used(Pool::Professional, seed::PASS_OF_BJORN, site.now()));
    assert_eq!(caller.delete(&bjorn).await?.status, 204);
    assert_eq!(site.allocations(Pool::Professional), Vec::<Value>::new());

    let info = caller.get("/license/accesstypeinfo").await?.json()?;
    assert_eq!([&info["totalTokens"], &info["usedTokens"], &info["availableTokens"]], [13, 4, 9]);
    Ok(())
}

#[tokio::test]
async fn the_licence_is_read_set_and_missing() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    site.unlicensed();
    let none = caller.get("/license").await?;
    assert_eq!((none.status, none.text.as_str()), (200, "null"));
    assert_eq!(caller.get("/license/download").await?.status, 404);
    let body = json!({ "user": { "id": seed::NEWCOMER } });
    assert_eq!(caller.post(PROFESSIONAL, &body).await?.status, 400);

    for (body, text) in [
        (json!({ "serial": "1111222233334444" }), "Missing parameter value(s)"),
        (json!({ "serial": "1111222233334444", "control": "1" }), "The control number is not valid."),
        (json!({ "serial": "x", "control": "12345" }), "The serial number is not valid."),
        (json!({ "serial": "1111222233334444", "control": "12345", "name": null }), "'name' is not a string."),
    ] {
        let told = caller.post("/license", &body).await?;
        assert_eq!(told.refusal(), (400, text));
    }
    let body = json!({ "serial": "1111222233334444", "control": "98765", "name": "Å", "lef": "a\r\nb" });
    let set = caller.post("/license", &body).await?;
    assert_eq!((set.status, &set.json()?["name"]), (201, &json!("Å")));
    assert!(!set.text.contains("98765"), "the control number came back");
    assert_eq!(caller.get("/license").await?.json()?, set.json()?);
    assert_eq!(site.license(), Some(set.json()?));
    assert_eq!(caller.get("/license/download").await?.text, "a\r\nb");
    Ok(())
}

#[tokio::test]
async fn lists_are_filtered() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let [ada, bjorn] = [seed::PASS_OF_ADA, seed::PASS_OF_BJORN].map(|id| id.to_string());
    for (path, filter, left) in [
        (PROFESSIONAL, "user.userId eq 'BJÖRN'", vec![&bjorn]),
        (PROFESSIONAL, "user.userDirectory eq 'CORP' and quarantined eq False", vec![&ada, &bjorn]),
        (PROFESSIONAL, "quarantineEnd le '1753-01-01T00:00:00.000Z'", vec![&ada]),
        (PROFESSIONAL, "createdDate ge '2023-01-01T00:00:00Z'", vec![&bjorn]),
        ("/license/analyzeraccesstype", r"user.name so '\'Neil \\ E'", vec![&seed::PASS_OF_O_NEIL.to_string()]),
        ("/license/loginaccesstype", "tokensUsed gt 3", vec![&seed::LOGIN_ALLOCATION.to_string()]),
        ("/license/useraccesstype", "user.userId eq 'nobody'", vec![]),
        ("/licenserule", "disabled eq True or type eq 9", vec![&seed::DISABLED_RULE.to_string()]),
        ("/licenserule/full", "rule so 'CORP'", vec![&seed::PROFESSIONAL_RULE.to_string()]),
    ] {
        let found = caller.filtered(path, filter).await?;
        assert_eq!(found.iter().collect::<Vec<_>>(), left, "{path} {filter}");
    }
    for (query, text) in [
        ("filter=", "Missing parameter value(s)"),
        ("filter=name%20eq%20'R&D'", "Cannot parse the expression: a string is not closed"),
        (
            "filter=name%20eq%20'O''Neil'",
            "Cannot parse the expression: a string is followed by something else than a space",
        ),
        ("filter=nom%20eq%20'x'", "Cannot parse the expression: there is no property 'nom'"),
        ("filter=name+eq+'x'&filter=name+eq+'y'", "More than one filter was given."),
        ("filter=%FF", "The query is not valid percent-encoded UTF-8."),
    ] {
        let told = caller.get(&format!("/licenserule?{query}")).await?;
        assert_eq!(told.refusal(), (400, text), "{query}");
    }

    // The plain list leaves out who made a rule and when; the full one and the single rule do not.
    let plain = caller.get("/licenserule").await?.json()?;
    let full = caller.get("/licenserule/full").await?.json()?;
    let one = caller.get(&format!("/licenserule/{}", seed::PROFESSIONAL_RULE)).await?.json()?;
    assert!(plain[0].get("createdDate").is_none() && plain[0].get("name").is_some());
    assert_eq!(full[0], one);
    Ok(())
}

#[tokio::test]
async fn an_audit_gives_back_nested_data() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let body = json!({
        "resourceType": "License.ProfessionalAccessType",
        "userFilter": "userDirectory eq 'CORP' and userId sw 'a'",
    });
    let result = caller.post("/licenserule/audit", &body).await?.json()?;
    assert_eq!(result["schemaPath"], "LicenseAuditResult");
    assert_eq!(result["matrix"].as_array().map(Vec::len), Some(2));
    let row = &result["matrix"][0];
    assert_eq!(row["subject"]["id"], json!(seed::ADA));
    assert_eq!(row["request"], body);
    assert_eq!(row["audit"]["trail"], json!([{ "step": 1, "weight": 0.5 }, null, [true, "end"]]));
    let broken = caller.post("/licenserule/audit", &json!({ "userFilter": "x" })).await?;
    assert_eq!(broken.status, 400);
    Ok(())
}

#[tokio::test]
async fn refusals_come_in_three_styles() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let path = format!("{PROFESSIONAL}/{}", Uuid::from_u128(1));
    let text = "The requested resource was not found.";
    assert_eq!(caller.get(&path).await?.refusal(), (404, text));
    site.set_error_style(ErrorStyle::Json);
    let told = caller.get(&path).await?;
    assert_eq!((told.status, told.json()?), (404, json!({ "message": text })));
    site.set_error_style(ErrorStyle::Html);
    let told = caller.get(&path).await?;
    assert_eq!((told.status, told.kind.as_str()), (404, "text/html; charset=utf-8"));
    assert!(told.text.contains(text) && told.text.starts_with("<!DOCTYPE html>"));

    site.set_error_style(ErrorStyle::Json);
    site.refuse_credentials(true);
    for operation in Operation::ALL {
        let path = operation.template().replace("{id}", &Uuid::nil().to_string());
        let told = ask(caller.request(operation.method(), &path)).await?;
        let message = json!({ "message": "Authentication failed." });
        assert_eq!((told.status, told.json()?), (401, message), "{operation:?}");
    }
    site.refuse_credentials(false);
    assert_eq!(caller.get("/license").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn what_is_recorded_is_what_was_sent() -> Outcome {
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
async fn answers_are_scripted_in_order() -> Outcome {
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
async fn a_truncated_body_really_is_cut() -> Outcome {
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
async fn answers_go_wrong_in_the_other_ways() -> Outcome {
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

/// The whole chain of an error's causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn a_certificate_of_the_sites_authority_is_demanded() -> Outcome {
    for versions in [TlsVersions::Only12, TlsVersions::Only13, TlsVersions::Both] {
        let site = StandIn::builder().tls(versions).start().await?;
        let Credentials { client_pem, client_key_pem, root_pem, .. } = site.foreign_client()?;
        for (config, client_says, site_says) in [
            (tls(site.root_pem(), None)?, "CertificateRequired", "peer sent no certificates"),
            (tls(site.root_pem(), Some((&client_pem, &client_key_pem)))?, "UnknownCA", "invalid peer certificate"),
            (tls(&root_pem, Some((site.client_pem(), site.client_key_pem())))?, "UnknownIssuer", "UnknownCA"),
        ] {
            let before = site.refused_handshakes().len();
            let caller = Caller::with(&site, config)?;
            let error = caller.get("/license").await.map(|told| told.status).unwrap_err();
            assert!(chain(error.as_ref()).contains(client_says), "{}", chain(error.as_ref()));
            // The site may still be reading the client's alert.
            for _ in 0..100 {
                if site.refused_handshakes().len() > before {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let refused = site.refused_handshakes();
            let reason = refused.get(before).ok_or("the site noticed nothing")?;
            assert!(reason.contains(site_says), "{versions:?}: {reason}");
        }
        assert!(site.requests().is_empty());
        assert_eq!(Caller::new(&site)?.get("/license").await?.status, 200, "{versions:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_site_may_know_only_its_short_name() -> Outcome {
    let site = StandIn::builder().server_name("qlik-node").start().await?;
    let error = Caller::new(&site)?.get("/license").await.map(|told| told.status).unwrap_err();
    let error = chain(error.as_ref());
    assert!(error.contains("not valid for name \"localhost\""), "{error}");

    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(trusted(&site)?)
        .no_proxy()
        .resolve("qlik-node", ([127, 0, 0, 1], site.port()).into())
        .build()?;
    let base = format!("https://qlik-node:{}/qrs", site.port());
    assert_eq!(Caller { http, base }.get("/license").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_certificate_export_is_complete() -> Outcome {
    let site = StandIn::start().await?;
    let folder = tempfile::tempdir()?;
    site.write_certificates(folder.path())?;
    let read = |name| std::fs::read_to_string(folder.path().join(name));
    let config = tls(&read("root.pem")?, Some((&read("client.pem")?, &read("client_key.pem")?)))?;
    assert_eq!(Caller::with(&site, config)?.get("/license").await?.status, 200);
    assert!(site.write_certificates(folder.path().join("missing")).is_err());
    let shown = format!("{site:?} {:?}", site.foreign_client()?);
    assert!(!shown.contains("PRIVATE KEY"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn it_stops_and_takes_its_connections_along() -> Outcome {
    let site = StandIn::start().await?;
    let port = site.port();
    let caller = Caller::new(&site)?;
    site.answer_next(Target::Any, Answer::text(StatusCode::OK, "").fault(Fault::Endless));
    let mut endless = caller.request(Method::GET, "/license").send().await?;
    assert!(endless.chunk().await?.is_some());
    site.stop().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    while let Ok(chunk) = endless.chunk().await {
        assert!(chunk.is_some(), "a cut must not look like an end");
    }

    // The port is free for the next, and a dropped site gives it back as well.
    let site = StandIn::builder().port(port).empty().start().await?;
    assert!(site.users().is_empty() && site.license().is_none());
    let caller = Caller::new(&site)?;
    assert_eq!(caller.get("/license").await?.status, 403);
    drop(site);
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err("a dropped site still listens".into())
}
