//! A site to try `qrs` on, on this machine: `cargo run -p qrs-tests --example demo`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use qrs_tests::{Pool, StandIn};
use serde_json::json;
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map_or_else(|| env::temp_dir().join("qrs-demo"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    let site = StandIn::builder().live().start().await?;
    furnish(&site);
    site.write_certificates(&folder)?;
    let config = folder.join("config.toml");
    fs::write(&config, configuration(&site))?;
    println!("{}", instructions(&site, &config));
    // Until it is interrupted.
    std::future::pending::<()>().await;
    Ok(())
}

/// The configuration of a site, as an administrator writes it.
fn configuration(site: &StandIn) -> String {
    format!(
        "default = 'demo'\n\n[sites.demo]\nurl = '{}'\ncertificate = 'client.pem'\nkey = 'client_key.pem'\n\
         root-certificate = 'root.pem'\nuser = 'INTERNAL\\sa_repository'\n",
        site.url()
    )
}

fn instructions(site: &StandIn, config: &Path) -> String {
    let config = config.display();
    format!(
        "A stand-in for a Qlik Sense site runs at {} until you press Ctrl+C.\n\n\
         In another terminal, say where it is:\n\n  \
           export QRS_CONFIG='{config}'      (shells of Unix)\n  \
           $env:QRS_CONFIG = '{config}'      (PowerShell)\n  \
           set QRS_CONFIG={config}           (cmd)\n\n\
         and try:\n\n  \
           qrs site check\n  \
           qrs status\n  \
           qrs report\n  \
           qrs release --inactive 30d --dry-run\n  \
           qrs allocate analyzer 'CORP\\turing'",
        site.url()
    )
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
