//! A crate of a caller, who tests code with the mock. `compiles.rs` puts it outside of the workspace, beside the example of
//! the README.

use std::error::Error;

use qrs_generated::types::{AccessTypeAllocationCreate, AccessTypeAllocationCreateUser};
use qrs_generated::{Client, types};
use uuid::Uuid;

/// The code under test: gives a user a pass, and says whether the license is somebody's.
pub async fn give(client: &Client, user: Uuid) -> Result<Option<String>, Box<dyn Error>> {
    let license: Option<types::License> = client.get_license().send().await?;
    let body = AccessTypeAllocationCreate::new(AccessTypeAllocationCreateUser::new(user));
    client.create_professional_access_type(body).send().await?;
    Ok(license.and_then(|license| license.organization))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use qrs_generated::mock::Mock;
    use qrs_generated::types::{AccessTypeAllocation, ErrorMessage, License};
    use qrs_generated::{ErrorKind, Method, Request as _};

    use super::*;

    const ADA: Uuid = Uuid::from_u128(7);

    fn license() -> License {
        License::new().organization("Analytical Engines")
    }

    /// The message of the mock when it is dropped.
    fn difference(mock: Mock) -> String {
        match catch_unwind(AssertUnwindSafe(|| drop(mock))) {
            Ok(()) => String::new(),
            Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
        }
    }

    #[tokio::test]
    async fn typed_responses_and_requests() {
        let mock = Mock::start().await;
        mock.get_license().responds(license());
        mock.create_professional_access_type()
            .when(|request| request.body.user.id == ADA)
            .times(1)
            .responds(AccessTypeAllocation::new());
        assert_eq!(give(&mock.client(), ADA).await.unwrap().as_deref(), Some("Analytical Engines"));
        assert_eq!(mock.create_professional_access_type().requests()[0].body.user.id, ADA);
        assert_eq!(mock.all_requests().len(), 2);
        let keys: Vec<_> =
            mock.all_requests().iter().map(|request| request.header("X-Qlik-Xrfkey").map(str::len)).collect();
        assert_eq!(keys, [Some(16), Some(16)]);
    }

    #[tokio::test]
    async fn errors_delays_sequences_and_faults() {
        let mock = Mock::start().await;
        let client = mock.client();
        let never = || qrs_generated::Retry::never();
        mock.get_license().times(1).responds_error(401, ErrorMessage::new().message("none"));
        let error = client.get_license().send().await.unwrap_err();
        assert!(error.is_unauthorized() && error.body().is_some());
        mock.get_license().times(2).responds_in_turn([license(), License::new()]);
        assert!(client.get_license().send().await.unwrap().unwrap().organization.is_some());
        assert!(client.get_license().send().await.unwrap().unwrap().organization.is_none());
        mock.get_license().times(1).breaks();
        let error = client.get_license().retry(never()).send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoAnswer | ErrorKind::Connect), "{error}");
        mock.get_license().times(1).delayed(Duration::from_secs(5)).responds(license());
        let late = client.get_license().retry(never()).timeout(Duration::from_millis(200)).send().await;
        assert!(late.unwrap_err().is_timeout());
        mock.get_license().recovers(503, 1, license());
        assert!(client.get_license().send().await.is_ok(), "the client tries again");
        let id = Uuid::from_u128(3);
        mock.delete_professional_access_type().when(move |request| request.id == id).responds(());
        client.delete_professional_access_type(id).send().await.unwrap();
        mock.get_users_full().responds(vec![]);
        client.get_users_full().filter("name eq 'a'").send().await.unwrap();
        assert_eq!(mock.get_users_full().requests()[0].filter.as_deref(), Some("name eq 'a'"));
        mock.count_users().responds_text(500, "down");
        assert_eq!(client.count_users().retry(never()).send().await.unwrap_err().text(), Some("down"));
    }

    #[tokio::test]
    async fn what_does_not_fit_fails_the_test_readably() {
        let mock = Mock::start().await;
        mock.get_license().responds(license());
        mock.create_professional_access_type().times(2).responds(AccessTypeAllocation::new());
        let refused = give(&mock.client(), ADA).await;
        assert!(refused.is_ok());
        let said = difference(mock);
        assert!(
            said.contains("MISSING : create_professional_access_type (POST /license/professionalaccesstype), 2 times"),
            "{said}"
        );
        assert!(said.contains("came:     POST /license/professionalaccesstype?"), "{said}");
        assert!(said.contains(&ADA.to_string()), "{said}");

        let mock = Mock::start().await;
        let refused = mock.client().get_users().send().await.unwrap_err();
        assert_eq!(refused.status().map(|status| status.as_u16()), Some(501));
        assert!(difference(mock).contains("get_users: no such request is expected"));

        let mock = Mock::start().await;
        let client = mock.client();
        mock.create_professional_access_type()
            .when(|request| request.body.user.id == ADA)
            .times(1)
            .responds(AccessTypeAllocation::new());
        let create = |user| AccessTypeAllocationCreate::new(AccessTypeAllocationCreateUser::new(user));
        client.create_professional_access_type(create(Uuid::from_u128(8))).send().await.unwrap_err();
        client.create_professional_access_type(create(ADA)).send().await.unwrap();
        client.create_professional_access_type(create(ADA)).send().await.unwrap_err();
        let said = difference(mock);
        assert!(said.contains("none of those that the conditions of the test describe"), "{said}");
        assert!(said.contains("no further request is expected"), "{said}");

        let mock = Mock::start().await;
        let _ = mock.client().call(Method::GET, "/nowhere").send().await;
        assert!(difference(mock).contains("GET /nowhere is no operation"));
    }

    #[tokio::test]
    async fn requests_are_checked_against_the_document() {
        let mock = Mock::start().await;
        mock.get_license().at_will().responds(license());
        // A caller without credentials, and with half of the key.
        let mut stream = TcpStream::connect(mock.url().trim_start_matches("http://")).unwrap();
        stream
            .write_all(b"GET /license?Xrfkey=0123456789abcdef HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("HTTP/1.1 400"), "{said}");
        let said = difference(mock);
        assert!(said.contains("the credentials are missing") && said.contains("not the same in both places"), "{said}");
    }

    #[tokio::test]
    async fn what_the_document_does_not_describe_fails_the_test() {
        let mock = Mock::start().await;
        let client = mock.client();
        mock.get_users_full().at_will().responds(vec![]);
        mock.get_license().at_will().responds(license());
        client.get_users_full().filter("name eq 'a'").send().await.unwrap();
        // A caller who does not use the methods for operations.
        let call = client.call(Method::GET, "/user/full").query("filtr", "name eq 'a'").query("orderby", "name");
        assert_eq!(call.send().await.unwrap_err().status().map(|status| status.as_u16()), Some(400));
        client.call(Method::GET, "/license").query("filter", "a").send().await.unwrap_err();
        let said = difference(mock);
        assert!(said.contains("get_users_full: the request does not fit the document: "), "{said}");
        assert!(said.contains("the document describes no query parameter `filtr`, but `filter`, "), "{said}");
        assert!(said.contains("the document describes no query parameter `filter`, but `privileges`"), "{said}");
        assert!(!said.contains("`orderby`;") && !said.contains("parameter `Xrfkey`"), "{said}");
    }

    #[tokio::test]
    async fn values_are_checked_against_their_types() {
        let mock = Mock::start().await;
        mock.create_professional_access_type().at_will().responds(AccessTypeAllocation::new());
        // A caller who does not use the types.
        let body = BTreeMap::from([("user", BTreeMap::from([("id", "ada")]))]);
        let call = mock.client().call(Method::POST, "/license/professionalaccesstype").json(&body);
        assert_eq!(call.send().await.unwrap_err().status().map(|status| status.as_u16()), Some(400));
        let said = difference(mock);
        assert!(said.contains("does not fit the document: the body: "), "{said}");
        assert!(said.contains(r#"{"user":{"id":"ada"}}"#), "{said}");
    }
}
