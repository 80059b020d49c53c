//! A client from `QRS_*` variables.

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use qrs_generated::ClientBuilder;
use qrs_generated::environment::{EnvironmentError, builder_from};
use qrs_tests::StandIn;

type Checked = Result<(), Box<dyn Error>>;

fn builder(variables: &[(&str, &str)]) -> Result<ClientBuilder, EnvironmentError> {
    builder_from(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
}

fn refusal(variables: &[(&str, &str)]) -> String {
    match builder(variables) {
        Ok(_) => "it is not refused".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn all_missing_variables_are_reported_at_once() {
    let missing = "`QRS_SERVER` (a host) or `QRS_URL` (a base address) is missing; `QRS_CERTIFICATE` (with `QRS_KEY`) for \
                   a direct connection, or `QRS_TOKEN`, `QRS_SESSION` or `QRS_HEADER` for one through the proxy, is missing";
    assert_eq!(refusal(&[]), missing);
    assert_eq!(refusal(&[("QRS_SERVER", ""), ("QRS_TOKEN", "")]), missing, "empty counts as not set");
}

#[test]
fn conflicting_variables_are_refused() {
    let said = refusal(&[
        ("QRS_SERVER", "a"),
        ("QRS_URL", "https://a/qrs"),
        ("QRS_TOKEN", "hunter2-token"),
        ("QRS_KEY", "k.pem"),
        ("QRS_USER", "nobody"),
    ]);
    assert_eq!(
        said,
        "`QRS_SERVER` and `QRS_URL` exclude each other; `QRS_KEY` has no effect without `QRS_CERTIFICATE`; `QRS_USER` has \
         no effect beside `QRS_TOKEN`, which says who the user is; `QRS_USER` has the form `DIRECTORY\\id`"
    );
    assert!(!said.contains("hunter2"), "no value of a secret is shown");
}

#[test]
fn one_kind_of_credentials_is_enough() {
    let said = refusal(&[
        ("QRS_URL", "https://a/jwt/qrs"),
        ("QRS_TOKEN", "hunter2-token"),
        ("QRS_SESSION", "hunter2-session"),
        ("QRS_HEADER", "hunter2-header"),
    ]);
    assert_eq!(
        said,
        "`QRS_TOKEN`, `QRS_SESSION` and `QRS_HEADER` exclude each other; `QRS_SESSION` has the form `X-Qlik-Session=…`; \
         `QRS_HEADER` has the form `hdr-usr: DIRECTORY\\user`"
    );
}

#[test]
fn a_session_or_a_header_is_sent_through_the_proxy() -> Checked {
    for (variable, value, scheme) in [
        ("QRS_SESSION", "X-Qlik-Session-jwt=hunter2", "named_session"),
        ("QRS_HEADER", r"hdr-usr: CORP\hunter2", "trusted_header"),
    ] {
        let builder = builder(&[("QRS_URL", "https://a/jwt/qrs"), (variable, value), ("QRS_CONNECT_TO", "10.0.0.5")])?;
        let shown = format!("{builder:?}");
        assert!(shown.contains(scheme) && shown.contains("10.0.0.5") && !shown.contains("hunter2"), "{shown}");
        builder.build()?;
    }
    Ok(())
}

#[test]
fn a_missing_file_is_named() {
    let said =
        refusal(&[("QRS_SERVER", "a"), ("QRS_CERTIFICATE", "nowhere/client.pem"), ("QRS_KEY", "nowhere/key.pem")]);
    assert!(said.contains("nowhere/client.pem"), "{said}");
}

#[test]
fn a_token_is_sent_through_the_proxy() -> Checked {
    let builder = builder(&[("QRS_URL", "https://qlik.example.com/jwt/qrs/"), ("QRS_TOKEN", "hunter2-token")])?;
    let shown = format!("{builder:?}");
    assert!(shown.contains("https://qlik.example.com/jwt/qrs") && shown.contains("bearer"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    builder.build()?;
    Ok(())
}

#[tokio::test]
async fn a_direct_connection_needs_only_the_variables() -> Checked {
    let site = StandIn::start().await?;
    let folder = tempfile::tempdir()?;
    site.write_certificates(folder.path())?;
    let file = |name: &str| Path::new(folder.path()).join(name).display().to_string();
    let (certificate, key, root) = (file("client.pem"), file("client_key.pem"), file("root.pem"));
    let url = site.url();
    let variables = [
        ("QRS_URL", url.as_str()),
        ("QRS_CERTIFICATE", &certificate),
        ("QRS_KEY", &key),
        ("QRS_ROOT_CERTIFICATE", &root),
    ];
    let client = builder(&variables)?.build()?;
    assert!(client.get_license().send().await?.is_some());
    let seen = site.last_request().ok_or("nothing was sent")?;
    assert_eq!(seen.user, Some(("INTERNAL".to_owned(), "sa_repository".to_owned())));
    Ok(())
}

#[test]
fn the_server_variable_takes_only_a_host() {
    let certificate = [("QRS_CERTIFICATE", "client.pem")];
    for server in ["https://qlik.example.com", "qlik.example.com:4242", "qlik.example.com/qrs"] {
        let said = refusal(&[&certificate[..], &[("QRS_SERVER", server)]].concat());
        assert_eq!(said, "`QRS_SERVER` is a host alone, as in `qlik.example.com`: a whole address is for `QRS_URL`");
    }
}

/// A token on the port of the repository itself would be read by nobody who should.
#[test]
fn credentials_of_the_proxy_are_not_sent_to_the_repository() {
    for (name, value) in
        [("QRS_TOKEN", "hunter2"), ("QRS_SESSION", "X-Qlik-Session=a"), ("QRS_HEADER", "hdr-usr: A\\b")]
    {
        let said = refusal(&[("QRS_SERVER", "qlik.example.com"), (name, value)]);
        assert!(said.starts_with(&format!("`{name}` is for a connection through the proxy")), "{said}");
    }
}
