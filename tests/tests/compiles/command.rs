//! The command of a document that is nobody's in particular, compiled and run: its names, its secrets, its files, and what it
//! prints.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use super::scratch::write;
use super::{Checked, write_crate};

/// The requests that a server was sent, as text.
type Seen = Arc<Mutex<Vec<String>>>;

/// The responses of the library, by the paths of their requests.
const PAGE: &str = r#"{"nextPage":"p2","warnings":[],"items":[{"name":"A","books":[{"title":"T"},{"title":"U"}]},{"name":"B","books":[]}]}"#;
const LIST: &str = r#"[{"title":"T","author":{"name":"A"}}]"#;

/// A server that responds with a page of shelves, with nothing for one book, and to each other request with a list of one
/// book. It keeps what it was sent.
fn library() -> Result<(String, Seen), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut request = vec![0; 64 * 1024];
            // All that the command sends here fits into one piece.
            let length = connection.read(&mut request).unwrap_or_default();
            let text = String::from_utf8_lossy(&request[..length]).into_owned();
            let (status, body) = match text.split(' ').nth(1) {
                Some(path) if path.contains("/shelves") && path.contains("stamp=AAAA") => ("404 Not Found", ""),
                Some(path) if path.contains("/shelves") => ("200 OK", PAGE),
                Some(path) if path.ends_with("/books/7") => ("404 Not Found", ""),
                _ => ("200 OK", LIST),
            };
            log.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
            let _ = write!(connection, "{head}connection: close\r\n\r\n{body}");
        }
    });
    Ok((url, seen))
}

/// The compiled command, beside a server that it calls.
struct Compiled {
    program: PathBuf,
    scratch: PathBuf,
    url: String,
    seen: Seen,
}

impl Compiled {
    fn new() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("any-command");
        write_crate(&root.join("qrs-codegen/tests/documents/command.yaml"), &scratch.join("command"))?;
        write(&scratch.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"command\"]\n")?;
        fs::copy(root.join("Cargo.lock"), scratch.join("Cargo.lock"))?;
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--offline", "--features", "golden-command/cli"]).current_dir(&scratch);
        let compiled = build.env("CARGO_TARGET_DIR", scratch.join("target")).output()?;
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let program = scratch.join("target/debug/golden-command").with_extension(std::env::consts::EXE_EXTENSION);
        let (url, seen) = library()?;
        Ok(Self { program, scratch, url, seen })
    }

    /// Runs the command. Returns its exit code, its output and its messages.
    fn run(&self, arguments: &[&str]) -> Result<(i32, String, String), Box<dyn Error>> {
        let mut command = Command::new(&self.program);
        command
            .args(["--url", &self.url])
            .args(arguments)
            .env("SHELF_OAUTH2", "t0ken")
            .env("SHELF_TOKEN", "t0ken")
            .env("XDG_CONFIG_HOME", &self.scratch);
        let ran = command.env("APPDATA", &self.scratch).env("NO_COLOR", "1").output()?;
        let said = [&ran.stdout, &ran.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        let [out, err] = said;
        Ok((ran.status.code().unwrap_or(-1), out, err))
    }

    /// The last request that the server was sent.
    fn last(&self) -> String {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).last().cloned().unwrap_or_default()
    }

    /// Writes a file. Returns its path.
    fn file(&self, name: &str, text: &str) -> Result<String, Box<dyn Error>> {
        let path = self.scratch.join(name);
        write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    }
}

/// Parameters are sent by the names of the document, those that the command itself has among them; secrets may be in files.
fn check_parameters(command: &Compiled, secret: &str) -> Checked {
    let listing = ["book", "list", "--version", "-1.5", "--output-parameter", "x", "--access-token-file", secret];
    let (code, out, err) = command.run(&[&listing[..], &["-o", "csv", "--fields", "title,author.name"]].concat())?;
    assert_eq!((code, out.as_str()), (0, "title,author.name\r\nT,A\r\n"), "{err}");
    let last = command.last();
    assert!(last.starts_with("GET /v1/books?") || last.starts_with("GET /books?"), "{last}");
    for part in ["output=x", "version=-1.5", "access_token=hunter2", "authorization: Bearer t0ken"] {
        assert!(last.contains(part), "{part}: {last}");
    }
    Ok(())
}

/// A body is made of options, or read from a file.
fn check_bodies(command: &Compiled, secret: &str) -> Checked {
    let add = ["book", "add", "--title", "T", "--year", "-44", "--author.name", "A", "--tags", "a", "--tags", "b"];
    command.run(&add)?;
    let body = r#"{"title":"T","year":-44,"tags":["a","b"],"author":{"name":"A"}}"#;
    assert!(command.last().ends_with(body), "{}", command.last());

    let (code, _, err) = command.run(&["book", "add", "--title", "T"])?;
    assert_eq!((code, err.as_str()), (2, "error: the body needs `--author.name`\n"));

    // The tag of the module `operations_2`.
    let put_scan = |body: &str| command.run(&["operations", "put-scan", "--id", "3", "--body", body]);
    put_scan(secret)?;
    let last = command.last();
    assert!(last.starts_with("PUT ") && last.ends_with("hunter2\r\n"), "{last}");
    put_scan("<pdf/>")?;
    let last = command.last();
    assert!(last.starts_with("PUT ") && last.ends_with("\r\n\r\n<pdf/>"), "{last}");
    let (code, _, err) = put_scan("a=b")?;
    assert!(code == 2 && err.contains("no such file") && err.contains("any other text by `--body -`"), "{code} {err}");

    let parts = "--edge\r\nContent-Disposition: form-data; name=\"page\"\r\n\r\n1\r\n--edge--\r\n";
    let encoded = command.file("parts.txt", parts)?;
    command.run(&["untagged", "add-scan", "--body", &encoded])?;
    let last = command.last();
    assert!(last.contains("multipart/form-data; boundary=\"edge\"") && last.ends_with(parts), "{last}");
    let (code, _, err) = command.run(&["untagged", "add-scan", "--body", r#"{"page":"1"}"#])?;
    assert!(code == 2 && err.contains("its first line has to be `--` and the boundary"), "{code} {err}");
    Ok(())
}

/// A page is printed in each format, with the fields that are asked for.
fn check_output(command: &Compiled) -> Checked {
    for (arguments, expected) in [
        (&["-o", "csv"][..], "name\r\nA\r\nB\r\n"),
        (&["-o", "csv", "--fields", "name,nextPage"], "name,nextPage\r\nA,p2\r\nB,p2\r\n"),
        (&["-o", "csv", "--fields", "items.name,books.title"], "items.name,books.title\r\nA,T U\r\nB,\r\n"),
        (&["-o", "jsonl", "--fields", "books.title"], "{\"books.title\":[\"T\",\"U\"]}\n{\"books.title\":[]}\n"),
        (&["--fields", "nextPage"], "{\n  \"nextPage\": \"p2\"\n}\n"),
        (&["--fields", "items.name"], "{\n  \"items.name\": [\n    \"A\",\n    \"B\"\n  ]\n}\n"),
        (&["-o", "table", "--kind", "glass", "--level", "top"], "NAME\nA\nB\n"),
    ] {
        let (code, out, err) = command.run(&[&["untagged", "list-shelves"], arguments].concat())?;
        assert_eq!((code, out.as_str()), (0, expected), "{arguments:?}: {err}");
    }
    let last = command.last();
    assert!(last.contains("kind=glass") && last.contains("level=top"), "{last}");
    Ok(())
}

/// The help describes tags, operations and the values of options.
fn check_help(command: &Compiled) -> Checked {
    let (_, help, _) = command.run(&["-h"])?;
    assert!(help.contains("Books, e.g. novels\n"), "{help}");
    let (_, help, _) = command.run(&["untagged", "list-shelves", "--help"])?;
    for line in
        ["--owner-ids <UUID>", "--stamp <BASE64>", "--kind <TEXT>", "wood, steel, glass", "--oauth2-file <FILE>"]
    {
        assert!(help.contains(line), "{line}: {help}");
    }
    assert!(help.contains("A token of OAuth 2.0. A file"), "{help}");
    Ok(())
}

/// Values that cannot be sent and things that the server does not have are errors of their own.
fn check_errors(command: &Compiled) -> Checked {
    for (option, value, problem) in [("--stamp", "?", "not Base64"), ("--owner-ids", "ada", "not a UUID")] {
        let (code, _, err) = command.run(&["untagged", "list-shelves", option, value])?;
        assert!(code == 2 && err.contains(problem), "{option}: {code} {err}");
    }
    let (code, _, err) = command.run(&["volume", "show", "--id", "7"])?;
    assert!(code == 4 && err.contains("there is no such thing, or the server's version lacks"), "{code} {err}");
    let (code, _, err) = command.run(&["untagged", "list-shelves", "--stamp", "AAAA"])?;
    assert!(code == 4 && err.contains("the server's version lacks this operation (see its `--help`)"), "{code} {err}");
    Ok(())
}

#[test]
#[ignore = "compiles a crate with its command; run by cargo xtask ci"]
fn the_command_of_any_document_runs() -> Checked {
    let command = Compiled::new()?;
    let secret = command.file("secret.txt", "hunter2\r\n")?;
    check_parameters(&command, &secret)?;
    check_bodies(&command, &secret)?;
    check_output(&command)?;
    check_help(&command)?;
    check_errors(&command)
}
