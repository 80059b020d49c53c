//! The generated client, set up for a stand-in.

use std::error::Error;

use qrs_generated::{BuildError, Certificate, Client, ClientBuilder, Identity, Retry, Server};
use qrs_tests::StandIn;

/// How a test ends that can fail on the way.
pub(crate) type Checked = Result<(), Box<dyn Error>>;

/// A builder with all that a site asks for, that makes each call once.
pub(crate) fn builder_for(site: &StandIn) -> Result<ClientBuilder, BuildError> {
    let identity = Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?;
    Ok(Client::builder(Server::url(site.url()))
        .certificate(identity)
        .root_certificate(Certificate::from_pem(site.root_pem().as_bytes())?)
        .user("INTERNAL", "sa_repository")
        .retry(Retry::never()))
}
