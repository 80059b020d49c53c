//! The site that an example works on.

use std::env;
use std::error::Error;

use jiff::SignedDuration;
use qrs_generated::{Certificate, Client, Identity, Server, environment};
use qrs_tests::{Pool, StandIn};
use serde_json::json;
use uuid::Uuid;

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
        let stand_in = StandIn::builder().live().start().await?;
        furnish(&stand_in);
        let client = Client::builder(Server::url(stand_in.url()))
            .certificate(Identity::from_pem(stand_in.client_pem().as_bytes(), stand_in.client_key_pem().as_bytes())?)
            .root_certificate(Certificate::from_pem(stand_in.root_pem().as_bytes())?)
            .user("INTERNAL", "sa_repository")
            .build()?;
        Ok(Self { client, _stand_in: Some(stand_in) })
    }
}

/// Adds passes of every age, so that there is something to see.
fn furnish(site: &StandIn) {
    site.set_capacity(Pool::Professional, 10);
    let ago = |days: i64| site.now() - SignedDuration::from_hours(24 * days);
    for (number, (user_id, name, created, used)) in [
        ("grace", "Grace Hopper", 400, Some(3)),
        ("dijkstra", "Edsger Dijkstra", 400, Some(95)),
        ("noether", "Emmy Noether", 200, None),
        ("turing", "Alan Turing", 5, None),
    ]
    .into_iter()
    .enumerate()
    {
        let user = site.add_user("CORP", user_id, name);
        let pass = Uuid::from_u128(0xa110_c000_0000_4000_9000_0000_0000_0000 + number as u128);
        let row = json!({
            "id": pass,
            "createdDate": ago(created).to_string(),
            "user": { "id": user, "userDirectory": "CORP", "userId": user_id, "name": name },
            "quarantined": false,
        });
        site.push_allocation(Pool::Professional, row.as_object().cloned().unwrap_or_default());
        if let Some(days) = used {
            // The pass is there: it was added just now.
            let _ = site.mark_used(Pool::Professional, pass, ago(days));
        }
    }
}
