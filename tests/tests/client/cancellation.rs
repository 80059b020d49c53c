//! Calls that are cancelled, and the state that clients do and do not share.

use std::time::Duration;

use qrs_generated::{Certificate, Client, ClientBuilder, Identity, Retry, Server, send_all, types};
use qrs_tests::{Answer, Ending, FaultProxy, HeaderValue, Mishap, Operation, Pool, StandIn, StatusCode, header, seed};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::support::{Checked, builder_for};

/// Nothing here takes longer, on whatever machine.
const DEADLINE: Duration = Duration::from_secs(30);

fn through(proxy: &FaultProxy, site: &StandIn) -> Result<ClientBuilder, qrs_generated::BuildError> {
    let eager = Retry::attempts(10).first_pause(Duration::ZERO);
    Ok(builder_for(site)?.connect_to(proxy.address()).retry(eager).timeout(DEADLINE * 10))
}

/// One call of each method, under way.
fn calls(client: &Client) -> [JoinHandle<()>; 3] {
    let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
    let get = client.get_license().send();
    let delete = client.delete_professional_access_type(seed::PASS_OF_BJORN).send();
    let post = client.create_professional_access_type(types::AccessTypeAllocationCreate::new(user)).send();
    [
        tokio::spawn(async move { drop(get.await) }),
        tokio::spawn(async move { drop(delete.await) }),
        tokio::spawn(async move { drop(post.await) }),
    ]
}

/// Drops the futures of calls that are under way, and returns once they are gone.
async fn give_up(calls: [JoinHandle<()>; 3]) {
    for call in calls {
        assert!(!call.is_finished(), "it is still under way");
        call.abort();
        assert!(call.await.is_err_and(|error| error.is_cancelled()));
    }
}

#[tokio::test]
async fn a_call_cancelled_while_the_site_works_is_over() -> Checked {
    let site = StandIn::start().await?;
    let proxy = site.fault_proxy().await?;
    let client = through(&proxy, &site)?.build()?;
    (0..3).for_each(|_| proxy.next(Mishap::Answer(|_| Vec::new(), Ending::Silence)));
    let calls = calls(&client);
    timeout(DEADLINE, site.reached_by(3)).await?;
    give_up(calls).await;
    timeout(DEADLINE, proxy.abandoned()).await?;
    assert_eq!((proxy.connections(), proxy.requests()), (3, 3));

    // Nothing comes later: the next request is the next that is seen, and what was done stays done.
    client.get_license().send().await?;
    assert_eq!((proxy.connections(), proxy.requests(), site.requests().len()), (4, 4, 4));
    let held = site.allocations(Pool::Professional);
    let newcomer = seed::NEWCOMER.to_string();
    assert_eq!(held.iter().filter(|pass| pass["user"]["id"] == newcomer.as_str()).count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_call_cancelled_while_it_connects_sends_nothing() -> Checked {
    let site = StandIn::start().await?;
    let proxy = site.fault_proxy().await?;
    let client = through(&proxy, &site)?.connect_timeout(DEADLINE).build()?;
    for ending in [Mishap::Connection(Ending::Silence), Mishap::Handshake(Ending::Silence)] {
        let before = proxy.connections();
        (0..3).for_each(|_| proxy.next(ending));
        let calls = calls(&client);
        timeout(DEADLINE, proxy.connected(before + 3)).await?;
        give_up(calls).await;
        timeout(DEADLINE, proxy.abandoned()).await?;
        assert_eq!((proxy.connections(), proxy.requests()), (before + 3, 0));
    }
    client.get_license().send().await?;
    assert_eq!((proxy.connections(), proxy.requests(), site.requests().len()), (7, 1, 1));
    Ok(())
}

#[tokio::test]
async fn a_call_cancelled_in_a_pause_is_not_retried() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.retry(Retry::attempts(10)).timeout(DEADLINE * 10).build()?;
    let busy = || {
        let answer = Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting");
        answer.header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    };
    site.answer_next(Operation::GetLicense, busy());
    site.answer_next(Operation::DeleteProfessionalAccessType, busy());
    let get = tokio::spawn(client.get_license().send());
    let delete = tokio::spawn(client.delete_professional_access_type(seed::PASS_OF_BJORN).send());
    timeout(DEADLINE, site.reached_by(2)).await?;
    get.abort();
    delete.abort();
    assert!(get.await.is_err_and(|error| error.is_cancelled()), "it waits, as it was asked to");
    assert!(delete.await.is_err_and(|error| error.is_cancelled()), "it waits, as it was asked to");
    // Longer than it had asked for.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(site.requests().len(), 2);
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    Ok(())
}

#[tokio::test]
async fn many_cancelled_requests_end_at_once() -> Checked {
    let site = StandIn::start().await?;
    let proxy = site.fault_proxy().await?;
    let client = through(&proxy, &site)?.build()?;
    site.bound_answers(Some(0));
    let requests: Vec<_> = (0..100).map(|_| client.get_license()).collect();
    let all = tokio::spawn(send_all(requests).concurrency(5).collect());
    timeout(DEADLINE, site.reached_by(5)).await?;
    all.abort();
    assert!(all.await.is_err_and(|error| error.is_cancelled()));
    site.bound_answers(None);
    timeout(DEADLINE, proxy.abandoned()).await?;
    client.get_license().send().await?;
    assert_eq!((proxy.requests(), site.requests().len()), (6, 6));
    Ok(())
}

#[tokio::test]
async fn clones_share_one_pool() -> Checked {
    let site = StandIn::start().await?;
    let proxy = site.fault_proxy().await?;
    let client = through(&proxy, &site)?.build()?;
    for _ in 0..20 {
        client.clone().get_license().send().await?;
    }
    assert_eq!((proxy.connections(), proxy.requests()), (1, 20));
    Ok(())
}

/// A client of one site's, with a name of its own and a header that says whose it is.
fn own(site: &StandIn, user: &str, mark: &str) -> Result<Client, qrs_generated::BuildError> {
    Client::builder(Server::url(site.url()))
        .certificate(Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?)
        .root_certificate(Certificate::from_pem(site.root_pem().as_bytes())?)
        .user("INTERNAL", user)
        .default_header("X-Whose", mark)
        .build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_several_sites_share_nothing() -> Checked {
    const EACH: usize = 25;
    let sites = [StandIn::start().await?, StandIn::start().await?];
    let mut calls = JoinSet::new();
    for (number, site) in sites.iter().enumerate() {
        for user in ["sa_repository", "sa_api"] {
            let client = own(site, user, &format!("{number}-{user}"))?;
            for _ in 0..EACH {
                let client = client.clone();
                calls.spawn(async move { client.get_license().send().await.map(drop) });
            }
        }
    }
    while let Some(outcome) = calls.join_next().await {
        outcome??;
    }
    for (number, site) in sites.iter().enumerate() {
        let requests = site.requests();
        assert_eq!(requests.len(), 2 * EACH);
        for user in ["sa_repository", "sa_api"] {
            let mark = format!("{number}-{user}");
            let of_user = requests.iter().filter(|seen| seen.user == Some(("INTERNAL".to_owned(), user.to_owned())));
            assert_eq!(of_user.filter(|seen| seen.header("x-whose") == Some(mark.as_str())).count(), EACH);
        }
        // The site knows none but the certificate that it gave out itself.
        assert!(requests.iter().all(|seen| seen.client_certificate_subject == "CN=QlikClient"));
        assert!(site.refused_handshakes().is_empty());
    }
    // One site's client is no client of the other's.
    let stranger = Client::builder(Server::url(sites[1].url()))
        .certificate(Identity::from_pem(sites[0].client_pem().as_bytes(), sites[0].client_key_pem().as_bytes())?)
        .root_certificate(Certificate::from_pem(sites[1].root_pem().as_bytes())?)
        .user("INTERNAL", "sa_repository")
        .build()?;
    let error = stranger.get_license().send().await.err().ok_or("it is refused")?;
    assert!(error.is_tls(), "{error}");
    assert_eq!(sites[1].requests().len(), 2 * EACH);
    Ok(())
}

#[tokio::test]
async fn a_cookie_that_a_site_sets_is_not_sent_back() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let cookie = HeaderValue::from_static("X-Qlik-Session=somebody-else; Path=/; Secure");
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::OK, "null").header(header::SET_COOKIE, cookie));
    assert_eq!(client.get_license().send().await?, None);
    assert!(client.get_license().send().await?.is_some());
    assert!(site.requests().iter().all(|seen| seen.header("cookie").is_none()));
    Ok(())
}
