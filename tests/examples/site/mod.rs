//! The site that an example works on.

use std::env;
use std::error::Error;

use jiff::SignedDuration;
use qrs_generated::{Certificate, Client, Identity, Server, environment};
use qrs_tests::{Pool, StandIn, seed};
use serde_json::json;

/// A client, and the stand-in that it speaks to if no site is configured. The stand-in ends when it is dropped.
pub(crate) struct Site {
    pub(crate) client: Client,
    _stand_in: Option<StandIn>,
}

impl Site {
    /// The site that the `QRS_*` variables name (see `qrs_generated::environment`), or a stand-in if none is set.
    pub(crate) async fn connect() -> Result<Self, Box<dyn Error>> {
        if env::vars_os().any(|(name, _)| name.to_str().is_some_and(|name| name.starts_with("QRS_"))) {
            return Ok(Self { client: environment::client()?, _stand_in: None });
        }
        eprintln!("No QRS_* variable is set: this is a stand-in, not a site.\n");
        let stand_in = StandIn::start().await?;
        furnish(&stand_in);
        let client = Client::builder(Server::url(stand_in.url()))
            .certificate(Identity::from_pem(stand_in.client_pem().as_bytes(), stand_in.client_key_pem().as_bytes())?)
            .root_certificate(Certificate::from_pem(stand_in.root_pem().as_bytes())?)
            .user("INTERNAL", "sa_repository")
            .build()?;
        Ok(Self { client, _stand_in: Some(stand_in) })
    }
}

/// Passes of every age, so that there is something to see.
fn furnish(site: &StandIn) {
    site.set_capacity(Pool::Professional, 10);
    let never = "1753-01-01T00:00:00.000Z".to_owned();
    for (number, (user, created, used)) in
        [("grace", 400, Some(3)), ("dijkstra", 400, Some(95)), ("hopper", 200, None), ("turing", 5, None)]
            .into_iter()
            .enumerate()
    {
        let ago = |days: i64| (site.now() - SignedDuration::from_hours(24 * days)).to_string();
        let row = json!({
            "id": format!("a110c000-0000-4000-9000-{number:012}"),
            "createdDate": ago(created),
            "lastUsed": used.map_or_else(|| never.clone(), ago),
            "user": { "id": format!("7dd80a30-0000-4000-9000-{number:012}"), "userDirectory": "CORP", "userId": user },
            "quarantined": false,
        });
        site.push_allocation(Pool::Professional, row.as_object().cloned().unwrap_or_default());
    }
    let used = site.now() - SignedDuration::from_hours(20);
    // It is there from the start.
    let _ = site.mark_used(Pool::Professional, seed::PASS_OF_ADA, used);
}
