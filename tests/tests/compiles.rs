//! The documents of the generator's golden tests, and this repository's own without its overlay, compiled: neither the
//! compiler nor clippy nor rustdoc warns of a crate that is made from one of them, with all its features, and all
//! examples in its documentation compile.

#[path = "compiles/command.rs"]
mod command;
#[path = "../../qrs-codegen/tests/support/files.rs"]
mod files;
#[path = "support/scratch.rs"]
mod scratch;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use qrs_codegen::{Input, Source, generate};

use files::Folder;
use scratch::write;

type Checked = Result<(), Box<dyn Error>>;

/// Writes the crate that a document makes, if it is not there already, so that the compiler sees what has changed.
fn write_crate(document: &Path, folder: &Path) -> Checked {
    let text = fs::read_to_string(document)?;
    let name = document.file_name().and_then(|name| name.to_str()).ok_or("a document has a name")?;
    let overlay = fs::read_to_string(document.with_extension("overlay.yaml")).ok();
    let overlay = overlay.as_deref().map(|text| Source { name: "overlay.yaml", text });
    let source = Source { name, text: &text };
    let files = Folder::new(document.with_extension("files"));
    let input =
        Input { document: source, overlays: overlay.as_slice(), files: &files, modules: &[], command: "cargo test" };
    let files = generate(&input).map_err(|report| report.to_string())?.files;
    // Many documents have one title; cargo wants each package under a name of its own.
    let stem = folder.file_name().and_then(|stem| stem.to_str()).ok_or("a folder has a name")?;
    let manifest = files.get("Cargo.toml").ok_or("a crate has a manifest")?;
    let package = manifest.lines().find_map(|line| line.strip_prefix("name = ")).ok_or("a crate has a name")?;
    let package = &package.trim_matches('"').to_owned();
    let generated = files.iter().filter(|(name, _)| !name.starts_with("src/runtime/")).map(|(_, text)| text);
    let header = format!("{ALLOWED}\nextern crate golden_{} as {};\nfn main() {{}}\n", snake(stem), snake(package));
    let examples = format!("{header}{}", examples(generated));
    write(&folder.join("examples/documentation.rs"), &examples)?;
    for (name, text) in files {
        let path = folder.join(&name);
        let text = match name.as_str() {
            "Cargo.toml" => renamed(&text, stem),
            "src/lib.rs" => strict(&text)?,
            _ if name.starts_with("src/bin/") => text.replace(&snake(package), &format!("golden_{}", snake(stem))),
            _ => text,
        };
        write(&path, &text)?;
    }
    Ok(())
}

/// The root of a crate, without the permission that its runtime has to hold what nothing uses.
fn strict(library: &str) -> Result<String, Box<dyn Error>> {
    let (before, after) = library.split_once("mod runtime;").ok_or("a crate has a runtime")?;
    let (before, allowed) = before.rsplit_once("#[allow(").ok_or("the runtime may hold what nothing uses")?;
    assert!(allowed.starts_with("dead_code") || allowed.trim_start().starts_with("dead_code"), "{allowed}");
    Ok(format!("{before}mod runtime;{after}"))
}

/// Lints that examples need not satisfy.
const ALLOWED: &str = "#![allow(unused, deprecated, clippy::all, clippy::pedantic)]";

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// The examples of documentation, each in a function of a single program: one to compile for a crate instead of many.
fn examples<'a>(files: impl Iterator<Item = &'a String>) -> String {
    let mut program = String::new();
    let mut found = 0;
    // The fence of the code block that is open, and whether the block is an example.
    let mut open: Option<(String, bool)> = None;
    for line in files.flat_map(|text| text.lines()) {
        let trimmed = line.trim_start();
        let Some(text) = trimmed.strip_prefix("///").or_else(|| trimmed.strip_prefix("//!")) else { continue };
        let text = text.strip_prefix(' ').unwrap_or(text);
        let unmarked = text.trim_start_matches(['>', '*', ' ']);
        match &open {
            None if unmarked.starts_with("```") => {
                let language = unmarked.trim_start_matches('`');
                let is_example = matches!(language, "" | "no_run" | "rust,no_run");
                if is_example {
                    found += 1;
                    let _ = writeln!(program, "fn example_{found}() {{");
                }
                open = Some((unmarked[..unmarked.len() - language.len()].to_owned(), is_example));
            }
            Some((fence, is_example)) if unmarked == fence => {
                program.push_str(if *is_example { "}\n" } else { "" });
                open = None;
            }
            Some((_, true)) => {
                let _ = writeln!(program, "{}", text.strip_prefix("# ").unwrap_or(text));
            }
            _ => {}
        }
    }
    program
}

/// A manifest with another name for its package.
fn renamed(manifest: &str, stem: &str) -> String {
    let lines = manifest.lines().map(|line| match line.strip_prefix("name = ") {
        Some(_) => format!("name = \"golden-{stem}\"\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// The rest of the folder is overlays and golden texts.
fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind != "txt" && kind != "files")
        && !path.to_string_lossy().ends_with(".overlay.yaml")
}

#[test]
#[ignore = "compiles a crate for each golden document; run by cargo xtask ci"]
fn generated_crates_compile_without_a_warning() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiles");
    let mut documents = vec![root.join("spec/licenses.yaml")];
    for entry in fs::read_dir(root.join("qrs-codegen/tests/documents"))? {
        documents.extend(Some(entry?.path()).filter(|path| is_document(path)));
    }
    documents.sort();
    assert!(documents.len() > 5, "{documents:?}");

    let crates = scratch.join("crates");
    if crates.exists() {
        for entry in fs::read_dir(&crates)? {
            let stem = entry?.file_name();
            if !documents.iter().any(|document| document.file_stem() == Some(&stem)) {
                fs::remove_dir_all(crates.join(stem))?;
            }
        }
    }
    for document in &documents {
        write_crate(document, &crates.join(document.file_stem().unwrap_or_default()))?;
    }
    fs::write(scratch.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    fs::copy(root.join("Cargo.lock"), scratch.join("Cargo.lock"))?;

    for command in [["clippy", "--all-targets"], ["doc", "--no-deps"]] {
        let checked = Command::new(env!("CARGO"))
            .args(command)
            .args(["--quiet", "--offline", "--workspace", "--all-features"])
            .current_dir(&scratch)
            .env("RUSTFLAGS", "-D warnings")
            .env("RUSTDOCFLAGS", "-D warnings")
            .env("CARGO_TARGET_DIR", scratch.join("target"))
            .output()?;
        assert!(checked.status.success(), "{command:?}: {}", String::from_utf8_lossy(&checked.stderr));
    }
    Ok(())
}

/// Runs a program; whether it is there and succeeds.
fn succeeds(program: &str, arguments: &str, folder: &Path) -> bool {
    let output = Command::new(program).args(arguments.split(' ')).current_dir(folder).output();
    output.is_ok_and(|output| output.status.success())
}

/// Certificates of an authority, a server and a client, in a folder.
fn certificates(folder: &Path) -> Checked {
    write(&folder.join("extensions"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:false\n")?;
    let mut commands =
        vec!["req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 9 -subj /CN=Root".to_owned()];
    for name in ["server", "client"] {
        commands.push(format!("req -new -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        commands.push(format!(
            "x509 -req -in {name}.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile extensions -out {name}.pem"
        ));
    }
    for command in commands {
        assert!(succeeds("openssl", &command, folder), "openssl {command}");
    }
    Ok(())
}

const MAIN: &str = r#"
use std::fs::read;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (certificate, key, root) = (read("client.pem")?, read("client.key")?, read("root.pem")?);
    DOCUMENTED
    let error = client.get_about().send().await.unwrap_err();
    println!("{:?} {:?}", error.kind(), error.status());
    let own = qrs_generated::Client::builder(qrs_generated::Server::direct("qlik.example.com"))
        .certificate(qrs_generated::Identity::from_pem(&certificate, &key)?)
        .root_certificate(qrs_generated::Certificate::from_pem(&root)?)
        .user("INTERNAL", "sa_repository")
        .build()?;
    println!("{}", own.get_about().send().await.unwrap_err());
    Ok(())
}
"#;

/// The way of `docs/security.md`, word for word but for the address, to a server with CBC suites alone.
#[test]
#[ignore = "fetches and compiles another TLS library, and needs openssl; run by cargo xtask ci"]
fn a_site_of_another_age_is_reached_with_the_systems_tls() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let folder = &PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("native-tls");
    fs::create_dir_all(folder)?;
    if !succeeds("openssl", "version", folder) || !succeeds("pkg-config", "--exists openssl", folder) {
        println!("skipped: openssl is not installed");
        return Ok(());
    }
    certificates(folder)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let documentation = fs::read_to_string(root.join("docs/security.md"))?;
    let block = |language: &str| {
        let (_, rest) = documentation.split_once(&format!("```{language}\n"))?;
        rest.split_once("```").map(|(block, _)| block)
    };
    let documented = block("rust,ignore").ok_or("the page has an example")?;
    let address = format!("Server::url(\"https://localhost:{port}/qrs\")");
    let main = MAIN.replace("DOCUMENTED", documented).replace("Server::direct(\"qlik.example.com\")", &address);
    write(&folder.join("src/main.rs"), &main)?;
    let manifest = format!(
        "[package]\nname = \"native\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nqrs-generated = {{ path = {:?} }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n{}",
        root.join("qrs-generated"),
        block("toml").ok_or("the page has a dependency")?
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    if !succeeds(env!("CARGO"), "fetch --quiet", folder) {
        println!("skipped: the TLS library cannot be fetched");
        return Ok(());
    }
    let serve = format!(
        "s_server -accept {port} -cert server.pem -key server.key -CAfile root.pem -Verify 1 -tls1_2 -cipher \
         ECDHE-RSA-AES256-SHA384 -www -quiet"
    );
    let mut server = Command::new("openssl")
        .args(serve.split(' '))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let ran = Command::new(env!("CARGO"))
        .args(["run", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output();
    server.kill()?;
    server.wait()?;
    let ran = ran?;
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    // The page that openssl answers with: TLS is no obstacle any more.
    assert!(said.starts_with("UnexpectedContent Some(200)\n"), "{said}");
    assert!(
        said.contains("refused the TLS handshake without a reason: it has no cipher suite or curve in common"),
        "{said}"
    );
    assert!(said.contains("use `ClientBuilder::http_client` with another TLS library"), "{said}");
    Ok(())
}

/// The example of the README, as a test file of the caller's crate.
fn example_of_the_readme(root: &Path) -> Result<String, Box<dyn Error>> {
    let readme = fs::read_to_string(root.join("README.md"))?;
    let (_, after) =
        readme.split_once("```rust,ignore\nuse qrs_generated::mock::Mock;").ok_or("the README shows the mock")?;
    let (code, _) = after.split_once("```").ok_or("a block has an end")?;
    Ok(format!("use qrs_generated::mock::Mock;{code}"))
}

#[test]
#[ignore = "compiles a crate of a caller; run by cargo xtask ci"]
fn a_caller_tests_code_with_the_mock() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mock-caller");
    let caller = root.join("tests/tests/mock_caller");
    let generated = root.join("qrs-generated").to_string_lossy().replace('\\', "/");
    let manifest = fs::read_to_string(caller.join("Cargo.toml.txt"))?.replace("QRS_GENERATED", &generated);
    write(&scratch.join("Cargo.toml"), &manifest)?;
    write(&scratch.join("src/lib.rs"), &fs::read_to_string(caller.join("lib.rs"))?)?;
    write(&scratch.join("tests/readme.rs"), &example_of_the_readme(&root)?)?;
    fs::copy(root.join("Cargo.lock"), scratch.join("Cargo.lock"))?;
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline"])
        .current_dir(&scratch)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .output()?;
    let said = [tested.stdout, tested.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(tested.status.success(), "{said}");
    Ok(())
}

#[test]
#[ignore = "compiles a crate with its mock; run by cargo xtask ci"]
fn a_caller_tests_code_with_the_mock_of_any_document() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("any-mock");
    let folder = scratch.join("mock");
    write_crate(&root.join("qrs-codegen/tests/documents/mock.yaml"), &folder)?;
    let test = root.join("tests/tests/mock_caller/any.rs");
    write(&folder.join("tests/any.rs"), &fs::read_to_string(test)?)?;
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let tokio = "[dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";
    write(&folder.join("Cargo.toml"), &format!("{manifest}\n{tokio}"))?;
    write(&scratch.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"mock\"]\n")?;
    fs::copy(root.join("Cargo.lock"), scratch.join("Cargo.lock"))?;
    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--quiet", "--offline", "--features", "mock", "--test", "any"]).current_dir(&folder);
    let tested = test.env("CARGO_TARGET_DIR", scratch.join("target")).output()?;
    let said = [tested.stdout, tested.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(tested.status.success(), "{said}");
    Ok(())
}
