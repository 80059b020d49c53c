//! `cargo xtask diff`, run as a user runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Ran, workspace, xtask};

fn diff() -> Command {
    let mut command = Command::new(xtask());
    command.arg("diff").current_dir(workspace());
    command
}

fn document() -> String {
    fs::read_to_string(workspace().join("spec/licenses.yaml")).unwrap()
}

/// `version: …`, as the document has it.
fn version(document: &str) -> &str {
    document.lines().map(str::trim_start).find(|line| line.starts_with("version: ")).unwrap()
}

/// The document with one operation under another name, and of another version.
fn revised(folder: &TempDir) -> PathBuf {
    let document = document();
    let revised = document.replace("operationId: getLicense\n", "operationId: readLicense\n");
    let revised = revised.replace(version(&document), "version: 9999.1.0");
    assert_ne!(document, revised);
    let path = folder.path().join("revised.yaml");
    fs::write(&path, revised).unwrap();
    path
}

fn against(revised: &Path) -> Command {
    let mut command = diff();
    command.arg("spec/licenses.yaml").arg(revised);
    command
}

#[test]
fn a_revision_is_compared_with_the_committed_overlay_on_both_sides() {
    let folder = TempDir::new().unwrap();
    let ran = Ran::of(&mut against(&revised(&folder))).exits_with(0);
    let document = document();
    let versions =
        format!("{} → 9999.1.0", version(&document).trim_start_matches("version: ").trim_matches(['"', '\'']));
    let summary = format!("{versions}: 1 breaking change, 0 additive, 1 compatible");
    assert!(ran.stdout.lines().next().unwrap().contains(&summary), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(
            "operation: GET /license (readLicense) was `Client::get_license` and is `Client::read_license` (likely)"
        ),
        "{}",
        ran.stdout
    );
    let line = document.lines().position(|line| line.ends_with("operationId: getLicense")).unwrap();
    assert!(ran.stdout.contains(&format!("spec/licenses.yaml:{line}:5 → ")), "{}", ran.stdout);
    // Without the overlays nothing of them is compared; the difference is the same, but for the title that they change.
    let plain = Ran::of(against(&revised(&folder)).arg("--no-overlay")).exits_with(0);
    let after_title = |text: &str| text.split_once(&versions).map(|(_, rest)| rest.to_owned());
    assert_eq!(after_title(&plain.stdout), after_title(&ran.stdout));
}

#[test]
fn the_exit_code_says_what_was_asked() {
    let folder = TempDir::new().unwrap();
    let revised = revised(&folder);
    let same = || {
        let mut command = diff();
        command.arg("spec/licenses.yaml");
        command
    };
    Ran::of(against(&revised).args(["--fail-on", "breaking"])).exits_with(1);
    Ran::of(against(&revised).args(["--fail-on", "any"])).exits_with(1);
    // Another name in Rust is the same operation on the wire.
    Ran::of(against(&revised).args(["--fail-on", "wire"])).exits_with(0);
    let ran = Ran::of(same().args(["--fail-on", "any"])).exits_with(0);
    assert!(ran.stdout.contains("nothing changed"), "{}", ran.stdout);
    Ran::of(diff().arg("nowhere.yaml")).exits_with(2);
    let ran = Ran::of(diff().arg("git:HEAD")).exits_with(2);
    assert!(ran.stderr.contains("git:REV:PATH"), "{}", ran.stderr);
}

/// A tighter constraint breaks no code, but an old client may send what a new server refuses.
#[test]
fn a_tighter_constraint_counts_as_breaking_unless_it_is_approved() {
    let folder = TempDir::new().unwrap();
    let document = |name: &str, maximum: u32| {
        let path = folder.path().join(name);
        let text = format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /a:
    get:
      operationId: getA
      parameters: [{{ name: limit, in: query, schema: {{ type: integer, maximum: {maximum} }} }}]
      responses: {{ '204': {{ description: Done. }} }}
"
        );
        fs::write(&path, text).unwrap();
        path
    };
    let (old, new) = (document("old.yaml", 10), document("new.yaml", 5));
    // A client in use may send a 7.
    for (one, other, changes, code) in
        [(&old, &new, "breaking", 1), (&old, &new, "wire", 1), (&new, &old, "breaking", 0), (&new, &old, "wire", 1)]
    {
        let ran = Ran::of(diff().args([one, other]).args(["--fail-on", changes])).exits_with(code);
        assert!(ran.stdout.contains("had the `maximum` "), "{}", ran.stdout);
    }
    approved_changes_do_not_count(&folder, &old, &new);
}

fn approved_changes_do_not_count(folder: &TempDir, old: &Path, new: &Path) {
    let compared = |more: &[&str], code: i32| Ran::of(diff().arg(old).arg(new).args(more)).exits_with(code);
    let json: serde_json::Value = serde_json::from_str(&compared(&["--format", "json"], 0).stdout).unwrap();
    let fingerprint = json["changes"][0]["fingerprint"].as_str().unwrap();
    let entry = |fingerprint: &str, until: &str| {
        format!("- fingerprint: '{fingerprint}'\n  reason: Nobody asks for more.\n  until: {until}\n")
    };
    let file = folder.path().join("approved.yaml");
    let approved = |text: String, code: i32| {
        fs::write(&file, text).unwrap();
        compared(&["--fail-on", "breaking", "--approved", file.to_str().unwrap()], code)
    };
    let ran = approved(entry(fingerprint, "9999-01-01"), 0);
    assert!(ran.stdout.contains("Approved until 9999-01-01: Nobody asks for more."), "{}", ran.stdout);
    assert!(ran.stdout.contains("; 1 approved"), "{}", ran.stdout);
    let ran = approved(entry(fingerprint, "2001-01-01"), 1);
    assert!(ran.stderr.contains(&format!("the approval of {fingerprint} ended on 2001-01-01")), "{}", ran.stderr);
    let ran = approved(entry("0123456789abcdef", "9999-01-01"), 1);
    assert!(ran.stderr.contains("there is no change 0123456789abcdef any more"), "{}", ran.stderr);
    let ran = approved(entry(fingerprint, "someday"), 2);
    assert!(ran.stderr.contains("`someday`, and no day"), "{}", ran.stderr);
    approved("- fingerprint: a\n  why: Because.\n".to_owned(), 2);
    approved(String::new(), 1);

    let junit = |more: &[&str], code| compared(&[&["--format", "junit"], more].concat(), code).stdout;
    assert!(junit(&[], 0).contains("tests=\"1\" failures=\"0\""));
    let failing = junit(&["--fail-on", "breaking"], 1);
    assert!(failing.contains("<testcase classname=\"constraint-tightened\""), "{failing}");
    assert!(failing.contains("<failure message=\"had the `maximum` 10 and has 5 (sent)\""), "{failing}");
    fs::write(&file, entry(fingerprint, "9999-01-01")).unwrap();
    let skipped = junit(&["--fail-on", "breaking", "--approved", file.to_str().unwrap()], 0);
    assert!(skipped.contains("<skipped message=\"approved until 9999-01-01: Nobody asks for more.\"/>"), "{skipped}");
}

#[test]
fn a_document_that_is_refused_says_why() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("broken.yaml");
    fs::write(&path, "openapi: 9.1.0\ninfo: { title: A, version: '1' }\npaths: {}\n").unwrap();
    let ran = Ran::of(diff().arg(&path).arg(&path)).exits_with(1);
    assert!(ran.stderr.contains("broken.yaml:1") && ran.stdout.is_empty(), "{}\n{}", ran.stderr, ran.stdout);
    assert_eq!(ran.last_message(), "the older document is refused, so there is nothing to compare");
}

#[test]
fn each_format_is_what_its_reader_takes() {
    let folder = TempDir::new().unwrap();
    let revised = revised(&folder);
    let format = |name: &str| Ran::of(against(&revised).args(["--format", name])).exits_with(0).stdout;
    assert!(format("markdown").contains("### Breaking\n\n| change | Rust callers |"));
    let json: serde_json::Value = serde_json::from_str(&format("json")).unwrap();
    assert_eq!(json["bump"], "breaking");
    assert_eq!(json["new"]["version"], "9999.1.0");
    let github = format("github");
    assert!(github.lines().any(|line| line.starts_with("::error file=") && line.contains("read_license")), "{github}");
}

#[test]
fn a_change_without_a_place_in_the_new_document_is_annotated_too() {
    let folder = TempDir::new().unwrap();
    let revised = revised(&folder);
    let ran = Ran::of(diff().arg(&revised).arg("spec/licenses.yaml").args(["--format", "github"])).exits_with(0);
    let begins = |line: &str| line.starts_with("::error file=spec/licenses.yaml,line=");
    assert!(ran.stdout.lines().any(begins), "{}", ran.stdout);
    let text =
        document().replace("        schemaPath:\n          type: string\n    LicenseSet:\n", "    LicenseSet:\n");
    let gone = folder.path().join("gone.yaml");
    fs::write(&gone, text).unwrap();
    let ran = Ran::of(against(&gone).args(["--format", "github"])).exits_with(0);
    let annotated: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(annotated.len(), 1, "{}", ran.stdout);
    assert!(annotated[0].contains("gone.yaml,line=1::field: License.schemaPath"), "{}", ran.stdout);
}

/// A document gives no commands to a terminal, nor to the CI runner that reads the log.
#[test]
fn names_that_try_to_be_more_are_shown_as_text() {
    let folder = TempDir::new().unwrap();
    let evil = "operationId: \"a\\n::add-path::/evil\\e[2J##[add-path]/x\\u202E<img src=x>@everyone\"\n";
    let text = document().replace("operationId: getLicense\n", evil);
    let path = folder.path().join("evil.yaml");
    fs::write(&path, text).unwrap();
    for format in ["text", "markdown", "json", "github"] {
        let ran = Ran::of(against(&path).args(["--format", format])).exits_with(0);
        let shown = &ran.stdout;
        assert!(shown.contains("::add-path::/evil"), "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("\n::add-path"), "{shown}");
        assert!(!shown.contains("##["), "{shown}");
        if format == "markdown" {
            assert!(!shown.contains(" <img") && !shown.contains("@everyone"), "{shown}");
        }
        if format == "json" {
            serde_json::from_str::<serde_json::Value>(shown).unwrap();
        }
    }
}

/// A repository of its own, as a maintainer's is: the revision before is in its history.
#[test]
fn a_revision_may_be_one_of_git() {
    let committed = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(workspace()).output();
    if !committed.is_ok_and(|output| output.status.success()) {
        // An unpacked archive has no history.
        return;
    }
    let ran = Ran::of(diff().arg("git:HEAD:spec/licenses.yaml").args(["--format", "json"])).exits_with(0);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.stdout).is_ok(), "{}", ran.stdout);
    let ran = Ran::of(diff().arg("git:no-such-revision:spec/licenses.yaml")).exits_with(2);
    assert!(ran.stderr.contains("no such revision"), "{}", ran.stderr);
    let ran = Ran::of(diff().arg("git:--help:spec/licenses.yaml")).exits_with(2);
    assert!(ran.stderr.contains("git:REV:PATH"), "{}", ran.stderr);
}

const PETS: &str = "\
openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
paths:
  /pet:
    get:
      operationId: getPet
      responses: { '200': { description: It., content: { application/json: { schema: { $ref: pet.yaml } } } } }
";

/// A document and what it refers to, in `api/` of a repository; what is committed differs from what is there.
fn repository_of_pets() -> TempDir {
    let repository = TempDir::new().unwrap();
    let path = |name: &str| repository.path().join(name);
    fs::create_dir_all(path("api")).unwrap();
    fs::write(path("api/pets.yaml"), PETS).unwrap();
    fs::write(path("api/pet.yaml"), "type: object\nproperties:\n  name: { type: string }\n  age: { type: integer }\n")
        .unwrap();
    fs::write(path("secret.yaml"), "type: string\n").unwrap();
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "All"]] {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(arguments);
        assert!(command.current_dir(repository.path()).status().unwrap().success());
    }
    fs::write(path("api/pet.yaml"), "type: object\nproperties:\n  name: { type: string }\n  age: { type: string }\n")
        .unwrap();
    repository
}

#[test]
fn files_that_a_document_refers_to_are_compared_with_it() {
    let repository = repository_of_pets();
    let run = |old: &str, new: &str, from: &str| {
        let mut command = diff();
        command.args([old, new, "--fail-on", "breaking"]).current_dir(repository.path().join(from));
        Ran::of(&mut command)
    };
    let ran = run("git:HEAD:api/pets.yaml", "api/pets.yaml", "").exits_with(1);
    assert!(ran.stdout.contains("pet.age was `i64` and is `String`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("HEAD:api/pet.yaml:4:3 → api/pet.yaml:4:3"), "{}", ran.stdout);
    // From a folder in it, and by a path from there.
    for old in ["git:HEAD:api/pets.yaml", "git:HEAD:./pets.yaml"] {
        let ran = run(old, "pets.yaml", "api").exits_with(1);
        assert!(ran.stdout.contains("pet.age was `i64` and is `String`"), "{}", ran.stdout);
    }
    run("git:HEAD:api/pets.yaml", "git:HEAD:api/pets.yaml", "").exits_with(0);
}

#[test]
fn a_document_of_a_commit_refers_to_nothing_outside_of_its_folder() {
    let repository = repository_of_pets();
    let folder = repository.path().join("api");
    fs::remove_file(folder.join("pet.yaml")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.yaml", folder.join("pet.yaml")).unwrap();
    fs::create_dir(folder.join("folder.yaml")).unwrap();
    fs::write(folder.join("folder.yaml/a"), "").unwrap();
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    for arguments in [&["add", "--all"][..], &["commit", "--quiet", "--message", "More"]] {
        let mut command = Command::new("git");
        assert!(command.args(identity).args(arguments).current_dir(repository.path()).status().unwrap().success());
    }
    let refused = |reference: &str| {
        fs::write(folder.join("pets.yaml"), PETS.replace("pet.yaml", reference)).unwrap();
        let mut command = Command::new("git");
        command.args(identity).args(["commit", "--quiet", "--all", "--allow-empty", "--message", "Another"]);
        assert!(command.current_dir(repository.path()).status().unwrap().success());
        let mut command = diff();
        command.args(["git:HEAD:api/pets.yaml", "git:HEAD:api/pets.yaml"]).current_dir(repository.path());
        Ran::of(&mut command).exits_with(1).stderr
    };
    #[cfg(unix)]
    {
        let said = refused("pet.yaml");
        assert!(said.contains("`pet.yaml` is not read: it is no ordinary file"), "{said}");
    }
    let said = refused("folder.yaml");
    assert!(said.contains("`folder.yaml` is not read: it is no ordinary file"), "{said}");
    let said = refused("'*.yaml'");
    assert!(said.contains("is not read: there is no such file in that revision"), "{said}");
    let said = refused("../secret.yaml");
    assert!(said.contains("HEAD:api/pets.yaml:7:"), "{said}");
}
