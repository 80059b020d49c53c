//! A caller of a stand-in that shares no code with the client.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;

use qrs_tests::{Method, StandIn};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) const KEY: &str = "0123456789abcDEF";
pub(crate) const XSRF: &str = "XSRF prevention check failed. Possible XSRF discovered.";
pub(crate) const PROFESSIONAL: &str = "/license/professionalaccesstype";

pub(crate) fn tls(root: &str, client: Option<(&str, &str)>) -> Outcome<ClientConfig> {
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

pub(crate) fn trusted(site: &StandIn) -> Outcome<ClientConfig> {
    tls(site.root_pem(), Some((site.client_pem(), site.client_key_pem())))
}

/// A caller who does everything right, unless told otherwise.
pub(crate) struct Caller {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
}

#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) allow: String,
    pub(crate) text: String,
}

impl Told {
    pub(crate) fn json(&self) -> Outcome<Value> {
        if self.kind != "application/json; charset=utf-8" {
            return Err(format!("no JSON: {self:?}").into());
        }
        Ok(serde_json::from_str(&self.text)?)
    }

    /// Status and text, the text's kind checked.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        assert_eq!(self.kind, "text/plain; charset=utf-8", "{self:?}");
        (self.status, &self.text)
    }
}

impl Caller {
    pub(crate) fn new(site: &StandIn) -> Outcome<Self> {
        Self::with(site, trusted(site)?)
    }

    pub(crate) fn with(site: &StandIn, config: ClientConfig) -> Outcome<Self> {
        let http = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build()?;
        Ok(Self { http, base: site.url() })
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let joint = if path.contains('?') { '&' } else { '?' };
        self.bare(method, &format!("{path}{joint}Xrfkey={KEY}"))
            .header("X-Qlik-Xrfkey", KEY)
            .header("X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository")
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Outcome<Told> {
        ask(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Outcome<Told> {
        ask(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Outcome<Told> {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Outcome<Told> {
        self.send(Method::PUT, path, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Outcome<Told> {
        let request = self.request(method, path).header("Content-Type", "application/json").body(body.to_string());
        ask(request).await
    }

    /// Sends a POST without a body.
    pub(crate) async fn post_nothing(&self, path: &str) -> Outcome<Told> {
        ask(self.request(Method::POST, path)).await
    }

    /// The JSON of a GET that succeeds.
    pub(crate) async fn json(&self, path: &str) -> Outcome<Value> {
        let told = self.get(path).await?;
        assert_eq!(told.status, 200, "{path}: {}", told.text);
        told.json()
    }

    /// The identifiers in a list that a filter leaves.
    pub(crate) async fn filtered(&self, path: &str, filter: &str) -> Outcome<Vec<String>> {
        let told = self.get(&format!("{path}?filter={}", escape(filter))).await?;
        assert_eq!(told.status, 200, "{filter}: {}", told.text);
        let rows = told.json()?;
        let rows = rows.as_array().ok_or("no list")?.iter();
        Ok(rows.map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect())
    }
}

pub(crate) async fn ask(request: reqwest::RequestBuilder) -> Outcome<Told> {
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
pub(crate) fn escape(text: &str) -> String {
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

/// Sends one request written by hand, and returns the response to the byte and how the connection ended.
pub(crate) async fn raw(site: &StandIn, target: &str) -> Outcome<(Vec<u8>, Result<(), ErrorKind>)> {
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

pub(crate) fn split(received: &[u8]) -> Outcome<(String, &[u8])> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no end of the headers")?;
    let head = std::str::from_utf8(&received[..end])?.to_ascii_lowercase();
    Ok((head, &received[end + 4..]))
}
