//! Which credentials go where, and which are refused.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::runtime::{
    BuildErrorKind, Call, Carrier, Client, ClientBuilder, ErrorKind, GeneratedValue, Operation, Scheme, Server, decode,
};
use crate::support::{GUARDED, KEY, QUERY, SESSION, Site, TOKEN, USER, header, target};
use crate::tls::{any_certificate, any_identity};

async fn request_with(settle: impl FnOnce(ClientBuilder) -> ClientBuilder) -> String {
    let site = Site::answering("200 OK", &[], "").await;
    let client = settle(site.builder()).build().unwrap();
    Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap();
    site.requests().remove(0)
}

#[tokio::test]
async fn the_first_alternative_that_is_held_in_full_is_used() {
    let request = request_with(|builder| builder.user("CORP", "é b;").certificate(any_identity())).await;
    assert_eq!(header(&request, "X-User"), Some("Directory=CORP; Id=%C3%A9%20b%3B"));
    assert!(header(&request, "X-Made").is_some());

    // A user alone does for none of the alternatives, so it is not sent.
    let request = request_with(|builder| builder.user("CORP", "a").credential(&TOKEN, "Token abc".to_owned())).await;
    assert_eq!(header(&request, "X-User"), None);
    assert_eq!(header(&request, "Authorization"), Some("Token abc"));

    let request = request_with(|builder| builder.credential(&QUERY, "a+b&c".to_owned())).await;
    assert!(target(&request).starts_with("/base/guarded?api_key=a%2Bb%26c&Made="), "{request}");
    assert_eq!(header(&request, "X-Made"), None);

    let request = request_with(|builder| builder.credential(&SESSION, "0d1f".to_owned())).await;
    assert_eq!(header(&request, "Cookie"), Some("X-Session=0d1f"));

    // The caller knows the name better than the document does.
    let named =
        |builder: ClientBuilder, scheme| builder.named_credential(scheme, &[&KEY], "own".to_owned(), "0d1f".to_owned());
    let request = request_with(|builder| named(builder, &SESSION)).await;
    assert_eq!(header(&request, "Cookie"), Some("own=0d1f"));
    let request = request_with(|builder| named(builder, &TOKEN)).await;
    assert_eq!((header(&request, "own"), header(&request, "Authorization")), (Some("0d1f"), None));
    let request = request_with(|builder| named(builder, &QUERY)).await;
    assert!(target(&request).starts_with("/base/guarded?own=0d1f&Made="), "{request}");
}

#[tokio::test]
async fn http_schemes() {
    let request = request_with(|builder| builder.bearer_credential(&TOKEN, "abc.def".to_owned())).await;
    assert_eq!(header(&request, "Authorization"), Some("Bearer abc.def"));
    for (user, password, encoded) in [
        ("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("u", "p:", "dTpwOg=="),
        ("é", "ö?>", "w6k6w7Y/Pg=="),
        ("abc", "de", "YWJjOmRl"),
    ] {
        let request = request_with(|builder| builder.basic_credential(&TOKEN, user, password.to_owned())).await;
        assert_eq!(header(&request, "Authorization"), Some(format!("Basic {encoded}").as_str()));
    }
}

#[tokio::test]
async fn a_second_value_for_a_scheme_replaces_the_first() {
    let request = request_with(|builder| {
        builder.credential(&TOKEN, "first".to_owned()).bearer_credential(&TOKEN, "second".to_owned())
    })
    .await;
    assert_eq!(header(&request, "Authorization"), Some("Bearer second"));
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let site = Site::answering("200 OK", &[], "").await;
    let message = async |builder: ClientBuilder| {
        let error =
            Call::new(&builder.build().unwrap(), &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(error.status(), None);
        error.to_string()
    };
    assert_eq!(
        message(site.builder()).await,
        "getGuarded: GET /guarded: it needs credentials: use `ClientBuilder::certificate` and `ClientBuilder::user`, \
         or `ClientBuilder::token`, or `ClientBuilder::query`, or `ClientBuilder::session`"
    );
    assert_eq!(
        message(site.builder().user("a", "b")).await,
        "getGuarded: GET /guarded: it needs more credentials: use `ClientBuilder::certificate`, \
         or `ClientBuilder::token`, or `ClientBuilder::query`, or `ClientBuilder::session`"
    );
    assert!(site.requests().is_empty());
}

static OPTIONAL: Operation = Operation {
    security: &[&[&TOKEN], &[]],
    method: "GET",
    id: "o",
    path: "/o",
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn credentials_may_be_optional() {
    let site = Site::answering("200 OK", &[], "").await;
    let with = site.builder().credential(&TOKEN, "t".to_owned()).build().unwrap();
    for client in [with, site.client()] {
        Call::new(&client, &OPTIONAL).send(decode::empty, decode::no_error).await.unwrap();
    }
    let requests = site.requests();
    assert_eq!(header(&requests[0], "Authorization"), Some("t"));
    assert_eq!(header(&requests[1], "Authorization"), None);
}

#[tokio::test]
async fn a_made_value_is_new_each_time_and_the_same_in_both_places() {
    let site = Site::answering("200 OK", &[], "").await;
    let client = site.builder().credential(&TOKEN, "t".to_owned()).build().unwrap();
    let call = Call::new(&client, &GUARDED);
    for _ in 0..40 {
        call.clone().send(decode::empty, decode::no_error).await.unwrap();
    }
    let mut values = BTreeSet::new();
    for request in site.requests() {
        let value = header(&request, "X-Made").unwrap().to_owned();
        assert_eq!(target(&request), format!("/base/guarded?Made={value}"));
        assert_eq!(value.len(), 16);
        assert!(value.chars().all(|c| c.is_ascii_alphanumeric()), "{value}");
        values.insert(value);
    }
    assert_eq!(values.len(), 40);
}

static SKEWED: Scheme = Scheme {
    name: "skewed",
    carrier: Carrier::Header("X-Skewed"),
    set_by: "",
    generated: Some(GeneratedValue { length: 30_000, alphabet: "abé" }),
};
static DRAW: Operation = Operation {
    security: &[&[&SKEWED]],
    method: "GET",
    id: "draw",
    path: "/",
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn made_values_are_uniform() {
    let site = Site::answering("200 OK", &[], "").await;
    Call::new(&site.client(), &DRAW).send(decode::empty, decode::no_error).await.unwrap();
    let requests = site.requests();
    let value = header(&requests[0], "X-Skewed").unwrap();
    assert_eq!(value.chars().count(), 30_000);
    for character in ['a', 'b', 'é'] {
        let count = value.matches(character).count();
        // Ten thousand are expected, with a deviation of 82: six of them are allowed.
        assert!((9_500..10_500).contains(&count), "{character}: {count}");
    }
}

static HOPELESS: Scheme = Scheme {
    name: "hopeless",
    carrier: Carrier::Header("X"),
    set_by: "",
    generated: Some(GeneratedValue { length: 1, alphabet: "" }),
};
static HOPELESS_CALL: Operation = Operation {
    security: &[&[&HOPELESS]],
    method: "GET",
    id: "h",
    path: "/",
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn an_alphabet_without_characters_is_an_error() {
    let site = Site::answering("200 OK", &[], "").await;
    let error = Call::new(&site.client(), &HOPELESS_CALL).send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(site.requests().is_empty());
}

/// Builds a client with a value for a scheme that cannot be sent, for the reason in `problem`.
#[track_caller]
fn refuses(builder: ClientBuilder, scheme: &Scheme, problem: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::Credential);
    let name = scheme.name;
    assert_eq!(
        error.to_string(),
        format!("the value given to `ClientBuilder::{name}` for `{name}` cannot be sent: {problem}")
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

fn unsecured() -> ClientBuilder {
    Client::builder(Server::url("http://localhost"))
}

#[test]
fn names_that_cannot_be_sent_are_refused_when_building() {
    for (scheme, name, problem) in [
        (&TOKEN, "hdr usr", "its header has a name that HTTP does not allow"),
        (&TOKEN, "Host", "HTTP itself sets the header of that name"),
        (&SESSION, "a=b; c", "its cookie has a name that HTTP does not allow"),
    ] {
        let builder = unsecured().named_credential(scheme, &[&KEY], name.to_owned(), "hunter2".to_owned());
        refuses(builder, scheme, problem);
    }
}

#[test]
fn header_values_that_cannot_be_sent_are_refused_when_building() {
    let line_break = "it contains a line break (text read from a file often ends with one: trim it)";
    for (builder, problem) in [
        (
            unsecured().bearer_credential(&TOKEN, "Bearer hunter2".to_owned()),
            "it begins with `Bearer`, which the client adds itself",
        ),
        (unsecured().credential(&TOKEN, "hunter2\n".to_owned()), line_break),
        (unsecured().bearer_credential(&TOKEN, "hunter2\r\nX-Evil: 1".to_owned()), line_break),
        (unsecured().credential(&TOKEN, "hunter2\0".to_owned()), "it contains a character that a header cannot carry"),
        (unsecured().credential(&TOKEN, String::new()), "it is empty"),
        (unsecured().pattern_credential(&TOKEN, "Id={id}", &[("id", String::new())]), "a part of it is empty"),
        (unsecured().bearer_credential(&TOKEN, String::new()), "the token is empty"),
        (unsecured().basic_credential(&TOKEN, "a:b", "hunter2".to_owned()), "a user name cannot contain a colon"),
    ] {
        refuses(builder, &TOKEN, problem);
    }
}

#[test]
fn cookie_values_that_cannot_be_sent_are_refused_when_building() {
    for (value, problem) in [
        ("X-Session=hunter2", "it begins with the cookie's name: give its value alone"),
        ("hunter2; Path=/", "it contains a character that a cookie cannot carry"),
    ] {
        refuses(unsecured().credential(&SESSION, value.to_owned()), &SESSION, problem);
    }
}

#[tokio::test]
async fn ones_own_http_client() {
    let site = Site::answering("200 OK", &[], "").await;
    let own = || {
        let config = crate::tls::trusting_nobody();
        reqwest::Client::builder().tls_backend_preconfigured(config).user_agent("mine/1").build().unwrap()
    };
    let client = site.builder().user("CORP", "a").http_client(own()).build().unwrap();
    Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap();
    let requests = site.requests();
    assert_eq!(header(&requests[0], "User-Agent"), Some("mine/1"));
    assert_eq!(header(&requests[0], "X-User"), Some("Directory=CORP; Id=a"));

    for (builder, setting) in [
        (site.builder().certificate(any_identity()), "ClientBuilder::certificate"),
        (site.builder().root_certificate(any_certificate()), "ClientBuilder::root_certificate"),
        (site.builder().system_roots(), "ClientBuilder::system_roots"),
        (site.builder().connect_timeout(Duration::from_secs(1)), "ClientBuilder::connect_timeout"),
    ] {
        let error = builder.http_client(own()).build().unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::Conflict);
        assert_eq!(
            error.to_string(),
            format!("`{setting}` has no effect beside `ClientBuilder::http_client`: set it where that client is built")
        );
    }
}

#[test]
fn debug_shows_names_only() {
    let builder = Client::builder(Server::url("http://localhost/base"))
        .user("CORP", "hunter2")
        .credential(&TOKEN, "hunter2".to_owned())
        .certificate(any_identity());
    let shown = format!("{builder:?}");
    assert!(shown.contains("http://localhost/base") && shown.contains("[user, token]"), "{shown}");
    assert!(shown.contains("certificate") && !shown.contains("hunter2"), "{shown}");
    let client = builder.build().unwrap();
    assert_eq!(
        format!("{client:?}"),
        r#"Client { server: "http://localhost/base", credentials: ["user", "token", "certificate"], .. }"#
    );
    let call = Call::new(&client, &GUARDED)
        .path("id", "hunter2".to_owned())
        .query("filter", "hunter2".to_owned())
        .header("X", "hunter2".to_owned())
        .json("hunter2", "application/json");
    assert_eq!(
        format!("{call:?}"),
        r#"Call { operation: getGuarded: GET /guarded, server: "http://localhost/base", path: ["id"], query: ["filter"], headers: ["X"], cookies: [], body: Some("application/json"), .. }"#
    );
    assert_eq!(format!("{KEY:?} {USER:?}"), "key user");
}
