//! That the verdicts about the wire are true: a client of one revision calls a server of another one, which checks every
//! request by its own document, and gives responses by it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qrs_codegen::changes::{Change, ChangeKind, Changes, Wire, Works, compare};
use serde_json::Value;

use super::server::Contract;
use super::{Checked, Revision, edits, folder, scratch::write};

/// A client and a server of two revisions, and what is said of them.
struct Meeting {
    client: String,
    server: Revision,
    verdict: Works,
}

/// Writes a program that makes each call of a revision's code once and prints what came of it.
fn write_program(revision: &Revision, crates: &Path) -> Checked {
    let name = program(revision);
    let package = revision.package();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         library = {{ package = \"{package}\", path = \"../{package}\" }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
    );
    write(&crates.join(&name).join("Cargo.toml"), &manifest)?;
    // The server of the document is not there: the one of the test takes its place.
    let call = "Client::builder(";
    let (before, after) = revision.caller.split_once(call).ok_or("the code builds a client")?;
    let (_, after) = after.split_once(')').ok_or("with a server")?;
    let caller = format!("{before}{call}Server::url(std::env::var(\"SERVER\").unwrap_or_default()){after}");
    write(&crates.join(&name).join("src/caller.rs"), &caller)?;
    let functions = caller.split("pub async fn ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("(client: &Client) -> ")?;
        let call = format!("caller::{name}(&client).await");
        Some(if rest.starts_with("Result<") {
            format!("    if let Err(error) = {call} {{\n        report(\"{name}\", &error);\n    }}\n")
        } else {
            format!("    {call};\n")
        })
    });
    let main = format!(
        "#[allow(dead_code, unused_imports, deprecated, clippy::all)]\nmod caller;\n\n{REPORT}\
         #[tokio::main(flavor = \"current_thread\")]\nasync fn main() {{\n    \
         let client = caller::client().expect(\"a client\");\n{}}}\n",
        functions.collect::<String>()
    );
    write(&crates.join(&name).join("src/main.rs"), &main)
}

/// Prints an error: the function, the operation, the status code, whether the body was read, and the message.
const REPORT: &str = r#"fn report<E>(function: &str, error: &library::Error<E>) {
    let status = error.status().map_or(0, |status| status.as_u16());
    println!("{function}\t{}\t{status}\t{}\t{error}", error.operation(), error.body().is_some());
}

"#;

fn program(revision: &Revision) -> String {
    format!("calls_of_{}", revision.name)
}

/// The path of the document's first server, which is that of the client's constructor.
fn path_of_server(revision: &Revision) -> Result<String, Box<dyn Error>> {
    let document: Value = serde_yaml::from_str(&revision.document)?;
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    Ok(url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default())
}

/// The failures of a revision's program that called a server, which sends each of its responses in turn: refusals, and
/// responses that the program could not read.
fn failures(program: &Path, client: &Revision, server: &Revision) -> Result<Vec<String>, Box<dyn Error>> {
    let path = path_of_server(client)?;
    let own = Contract::new(&client.document)?;
    let contract = Contract::for_client(&server.document, &own)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let port = runtime.block_on(contract.serve())?;
    let mut failures = Vec::new();
    for round in 0..contract.rounds() {
        contract.set_round(round);
        let output = Command::new(program).env("SERVER", format!("http://127.0.0.1:{port}{path}")).output()?;
        failures.extend(contract.take_refusals());
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        failures.extend(printed.lines().filter(|line| is_unread(line, &own)).map(str::to_owned));
        if !output.status.success() {
            failures.push(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    Ok(failures)
}

/// Whether a line that a program printed tells of a success that it could not read, or of an error whose body its own
/// document describes and which it could not read. Any other error is a response like others.
fn is_unread(line: &str, own: &Contract) -> bool {
    let columns: Vec<&str> = line.split('\t').collect();
    let [_, operation, status, read, ..] = columns.as_slice() else { return true };
    let is_error = status.starts_with(['4', '5']);
    !is_error || (*read == "false" && own.describes_body(operation, status))
}

/// The worst verdict of the changes on one of the clients.
fn worst(changes: &Changes, works: fn(&Wire) -> Works) -> Works {
    // Callers who lack a credential that is needed now fail, and this code gives it.
    let of_change = |change: &Change| match change.kind {
        ChangeKind::OperationSecurityChanged => works(&change.wire).min(Works::Maybe),
        _ => works(&change.wire),
    };
    changes.iter().map(of_change).max().unwrap_or(Works::Yes)
}

/// The programs of revisions, by their names.
type Clients = BTreeMap<String, Revision>;

/// The meetings of clients and servers whose revisions differ on the wire, each way round, and all that take part.
fn meetings(names: &[String]) -> Result<(Clients, Vec<Meeting>), Box<dyn Error>> {
    let mut clients = Clients::new();
    let mut meetings = Vec::new();
    for name in names {
        let (old, new) = (Revision::before(name)?.map_or_else(Revision::base, Ok)?, Revision::of(name)?);
        for (one, other) in [(&old, &new), (&new, &old)] {
            let changes = compare(&one.input(), &other.input())?;
            if changes.iter().all(|change| change.wire == Wire::SAME) {
                continue;
            }
            for revision in [one, other] {
                clients.insert(program(revision), revision.clone());
            }
            meetings.push(Meeting {
                client: program(one),
                server: other.clone(),
                verdict: worst(&changes, |wire| wire.old_client),
            });
            meetings.push(Meeting {
                client: program(other),
                server: one.clone(),
                verdict: worst(&changes, |wire| wire.new_client),
            });
        }
    }
    Ok((clients, meetings))
}

/// Compiles the programs of the clients. Returns the folder of the binaries.
fn build(clients: &Clients, workspace: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let crates = workspace.join("crates");
    for client in clients.values() {
        client.write(&crates)?;
        write_program(client, &crates)?;
    }
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    fs::copy(folder().join("../../../Cargo.lock"), workspace.join("Cargo.lock"))?;
    let target = workspace.with_file_name("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--workspace", "--bins"]).current_dir(workspace);
    let output = cargo.env("CARGO_TARGET_DIR", &target).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(target.join("debug"))
}

/// The clients that fail with a server of their own revision: code that gives values that its own document does not allow
/// proves nothing about another one.
fn careless(clients: &Clients, binary: impl Fn(&str) -> PathBuf) -> Result<Vec<&String>, Box<dyn Error>> {
    let mut careless = Vec::new();
    for (name, revision) in clients {
        let failed = failures(&binary(name), revision, revision)?;
        if let Some(first) = failed.first() {
            println!("{name} fails with a server of its own revision: {first}");
            careless.push(name);
        }
    }
    Ok(careless)
}

/// Lets clients call servers of the other revision, each way round, and prints the table.
pub(super) fn prove(names: &[String], scratch: &str) -> Checked {
    let workspace = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(scratch).join("workspace");
    if workspace.exists() {
        fs::remove_dir_all(&workspace)?;
    }
    let (clients, meetings) = meetings(names)?;
    let binaries = build(&clients, &workspace)?;
    let binary = |name: &str| binaries.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let careless = careless(&clients, binary)?;
    assert!(careless.len() * 8 <= clients.len(), "these fail with servers of their own revisions: {careless:?}");
    let mut wrong = Vec::new();
    println!("| client | server | verdict | on the wire |\n| --- | --- | --- | --- |");
    for Meeting { client, server, verdict } in meetings.iter().filter(|it| !careless.contains(&&it.client)) {
        let failed = failures(&binary(client), &clients[client], server)?;
        let seen = failed.first().map_or("works", String::as_str);
        println!("| {client} | {} | {verdict} | {} |", server.name, seen.lines().next().unwrap_or_default());
        let contradicts = match verdict {
            Works::Yes => !failed.is_empty(),
            Works::Maybe => false,
            Works::No => failed.is_empty(),
        };
        if contradicts {
            wrong.push(format!("{client} and a server of {}: {verdict}, and {failed:?}", server.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(meetings.len() >= names.len(), "few of these concern the wire");
    Ok(())
}

#[test]
#[ignore = "compiles a dozen programs; run by cargo xtask ci"]
fn clients_and_servers_of_a_sample_meet() -> Checked {
    let sample: Vec<String> = edits::names(&folder())?.into_iter().step_by(6).collect();
    prove(&sample, "wire-sample")
}

/// `cargo test -p qrs-tests --test revisions meet_of_every_revision -- --ignored --nocapture` prints the table of all.
#[test]
#[ignore = "compiles hundreds of crates; run by hand, or for the revisions that REVISIONS names"]
fn clients_and_servers_meet_of_every_revision() -> Checked {
    prove(&super::chosen()?, "wire")
}
