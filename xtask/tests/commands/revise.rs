//! `cargo xtask revise`, run as a maintainer runs it, in a repository of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Ran, workspace, xtask};

/// A repository with the files of this one that a revision may change, all of them committed. The client is alone in its
/// workspace: the generator and the tests would take longer to copy than to revise.
struct Repository {
    root: TempDir,
    elsewhere: TempDir,
}

impl Repository {
    fn new() -> Self {
        let (root, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            fs::create_dir_all(root.path().join(&folder)).unwrap();
            for entry in fs::read_dir(workspace().join(&folder)).unwrap() {
                let entry = entry.unwrap();
                let path = folder.join(entry.file_name());
                let is_copied = ["qrs-generated", "qrs-stand-in", "spec"].iter().any(|folder| path.starts_with(folder));
                match entry.file_type().unwrap() {
                    kind if kind.is_dir() && is_copied => open.push(path),
                    kind if kind.is_dir() => {}
                    // In a linked worktree it is a file.
                    _ if path == Path::new(".git") => {}
                    _ => _ = fs::copy(entry.path(), root.path().join(path)).unwrap(),
                }
            }
        }
        let repository = Self { root, elsewhere };
        let manifest = repository.read("Cargo.toml");
        let (_, after) = manifest.split_once("[workspace.package]").unwrap();
        let alone =
            format!("[workspace]\nresolver = \"3\"\nmembers = [\"qrs-generated\"]\n\n[workspace.package]{after}");
        fs::write(repository.path().join("Cargo.toml"), alone).unwrap();
        repository.git(&["init", "--quiet"]);
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "core.autocrlf=false"];
        let output = command.args(identity).args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "All"]);
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    /// The document with some of it replaced, outside of the repository.
    fn revised(&self, edits: &[(&str, &str)]) -> PathBuf {
        let mut text = self.read("spec/licenses.yaml");
        for (from, to) in edits {
            assert!(text.contains(from), "`{from}`");
            text = text.replace(from, to);
        }
        let path = self.elsewhere.path().join("revised.yaml");
        fs::write(&path, text).unwrap();
        path
    }

    fn task(&self, name: &str) -> Command {
        let mut command = Command::new(xtask());
        command.arg(name).current_dir(self.path()).env("CARGO_MANIFEST_DIR", self.path().join("xtask"));
        command.env("CARGO_PKG_NAME", "xtask");
        command
    }

    fn revise(&self, revised: &Path) -> Command {
        let mut command = self.task("revise");
        command.arg(revised);
        command
    }
}

/// The version of the document that all revisions here have.
const VERSION: &str = "9999.1.0";
const RENAMED: (&str, &str) = ("operationId: getLicense\n", "operationId: readLicense\n");

impl Repository {
    /// A line of the document, without its indentation.
    fn version_line(&self) -> String {
        let document = self.read("spec/licenses.yaml");
        document.lines().map(str::trim_start).find(|line| line.starts_with("version: ")).unwrap().to_owned()
    }

    /// The document with another version, and with these edits.
    fn revision(&self, edits: &[(&str, &str)]) -> PathBuf {
        let (from, to) = (self.version_line(), format!("version: {VERSION}"));
        self.revised(&[&[(from.as_str(), to.as_str())], edits].concat())
    }

    /// The version of the client, and those after it that break nobody and that may break somebody.
    fn versions(&self) -> [String; 3] {
        let manifest = self.read("qrs-generated/Cargo.toml");
        let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"');
        let [major, minor, patch] = version.splitn(3, '.').collect::<Vec<_>>().try_into().unwrap();
        let [major, minor, patch]: [u32; 3] = [major, minor, patch].map(|number| number.parse().unwrap());
        let breaking = if major == 0 { format!("0.{}.0", minor + 1) } else { format!("{}.0.0", major + 1) };
        [version.to_owned(), format!("{major}.{minor}.{}", patch + 1), breaking]
    }

    /// With this hand-written module in the client.
    fn with_module(&self, module: &str) {
        fs::write(self.path().join("spec/extra.rs"), module).unwrap();
        Ran::of(&mut self.task("codegen")).exits_with(0);
        self.commit();
    }

    fn revise_and_test(&self, revised: &Path) -> Command {
        let mut command = self.revise(revised);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("scratch");
        command.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "0").env("CARGO_NET_OFFLINE", "true");
        command
    }
}

/// A small document in Swagger 2.0.
const SWAGGER_2: &str = "\
swagger: '2.0'
info: { title: Things, version: 1.0.0 }
host: api.example.com
schemes: [https]
basePath: /v1
produces: [application/json]
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - { name: limit, in: query, type: integer, maximum: 10 }
      responses: { '200': { description: Them., schema: { type: array, items: { type: string } } } }
";

impl Repository {
    /// With that document in the place of its own, with an overlay of its tree and without modules.
    fn write_as_swagger_2(&self) {
        fs::remove_dir_all(self.path().join("spec")).unwrap();
        fs::create_dir(self.path().join("spec")).unwrap();
        fs::write(self.path().join("spec/licenses.yaml"), SWAGGER_2).unwrap();
        let [version, _, _] = self.versions();
        let overlay = format!(
            "overlay: 1.0.0\ninfo: {{ title: More, version: 1.0.0 }}\nactions:\n  - target: $.info\n    update:\n      \
             x-codegen:\n        package:\n          name: qrs-generated\n          version: {version}\n"
        );
        fs::write(self.path().join("spec/overlay.yaml"), overlay).unwrap();
        Ran::of(&mut self.task("codegen")).exits_with(0);
    }
}

/// The entry of a version in the changelog, which begins with its day.
fn entry<'t>(changelog: &'t str, version: &str) -> &'t str {
    let (_, entry) = changelog.split_once(&format!("## qrs-generated {version} - ")).expect("there is an entry");
    let (day, entry) = entry.split_once('\n').unwrap();
    let shape: String = day.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    assert_eq!(shape, "0000-00-00", "{day}");
    entry.split("\n## ").next().unwrap()
}

#[test]
fn a_revision_is_taken_in_whole() {
    let repository = Repository::new();
    let [old, _, new] = repository.versions();
    let revised = repository.revision(&[RENAMED]);
    let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(ran.stdout.contains("Write `Client::read_license` for `Client::get_license`."), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("qrs-generated {old} becomes {new}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("git commit -m 'Take in the document 9999.1.0'"), "{}", ran.stderr);

    assert_eq!(repository.read("spec/licenses.yaml"), fs::read_to_string(&revised).unwrap(), "byte for byte");
    assert!(repository.read("qrs-generated/src/operations/license.rs").contains("pub fn read_license"));
    assert!(repository.read("qrs-generated/Cargo.toml").contains(&format!("version = \"{new}\"")));
    assert!(repository.read("Cargo.lock").contains(&format!("name = \"qrs-generated\"\nversion = \"{new}\"")));
    let changelog = repository.read("CHANGELOG.md");
    let entry = entry(&changelog, &new);
    assert!(entry.starts_with("\nFrom the document 9999.1.0.\n\n### Breaking\n"), "{entry}");
    assert!(entry.contains("\n- operation: GET /license (readLicense) was"), "{entry}");
    assert!(changelog.find("## Unreleased") < changelog.find(entry));

    // What is committed then is what the generator gives.
    repository.commit();
    Ran::of(repository.task("codegen").arg("--check")).exits_with(0);
    let again = Ran::of(&mut repository.revise(&revised)).exits_with(0);
    assert!(again.last_message().ends_with("there is nothing to take in"), "{}", again.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn documentation_alone_is_a_step_that_nobody_notices() {
    let repository = Repository::new();
    let [_, patched, _] = repository.versions();
    Ran::of(repository.revise(&repository.revision(&[])).arg("--no-test")).exits_with(0);
    assert!(repository.read("qrs-generated/Cargo.toml").contains(&format!("version = \"{patched}\"")));
    let changelog = repository.read("CHANGELOG.md");
    let entry = entry(&changelog, &patched);
    assert!(entry.starts_with("\nFrom the document 9999.1.0.\n\n### Other\n"), "{entry}");
}

/// The client says which text it was made from, by its hash.
#[test]
fn another_text_is_another_version_even_where_it_says_the_same() {
    let repository = Repository::new();
    let [_, patched, _] = repository.versions();
    let revised = repository.revised(&[("openapi: 3.1.0\n", "# Received again.\nopenapi: 3.1.0\n")]);
    Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    let changelog = repository.read("CHANGELOG.md");
    assert!(entry(&changelog, &patched).contains("Nothing that the client is made of differs."), "{changelog}");
}

#[test]
fn a_dry_run_shows_all_and_writes_nothing() {
    let repository = Repository::new();
    let [_, _, new] = repository.versions();
    let ran = Ran::of(repository.revise(&repository.revision(&[RENAMED])).arg("--dry-run")).exits_with(0);
    assert!(ran.stderr.contains(&format!("becomes {new}")), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("    ## qrs-generated {new} - ")), "{}", ran.stderr);
    assert!(ran.stderr.contains("    - operation: GET /license (readLicense) was"), "{}", ran.stderr);
    let told: Vec<&str> = ran.stderr.lines().filter_map(|line| line.strip_prefix("    changed ")).collect();
    assert_eq!(repository.status(), "");

    // Those are the files that are written then.
    Ran::of(repository.revise(&repository.revision(&[RENAMED])).arg("--no-test")).exits_with(0);
    let mut told = told.into_iter().map(str::to_owned).collect::<Vec<_>>();
    told.sort();
    let status = repository.status();
    let mut written: Vec<String> = status.lines().map(|line| line[3..].to_owned()).collect();
    written.sort();
    assert_eq!(told, written);
}

#[test]
fn uncommitted_changes_are_not_put_at_risk() {
    let repository = Repository::new();
    fs::write(repository.path().join("spec/note.txt"), "mine").unwrap();
    let ran = Ran::of(&mut repository.revise(&repository.revised(&[RENAMED]))).exits_with(2);
    assert!(ran.stderr.contains("uncommitted changes") && ran.stderr.contains("spec/note.txt"), "{}", ran.stderr);
    assert_eq!(repository.status(), "?? spec/note.txt\n");
    assert_eq!(repository.read("spec/note.txt"), "mine");
}

/// A revision deletes what is not generated in the client's folder; git could not bring back what it ignores.
#[test]
fn files_that_git_ignores_or_overlooks_are_not_put_at_risk() {
    let repository = Repository::new();
    fs::write(repository.path().join(".git/info/exclude"), "*.bak\n*.swp\n*.log\n").unwrap();
    // The generator leaves those alone.
    fs::write(repository.path().join("qrs-generated/src/.lib.rs.swp"), "mine").unwrap();
    fs::write(repository.path().join("spec/notes.bak"), "mine").unwrap();
    let revised = repository.revised(&[RENAMED]);
    for name in ["notes.bak", "größe.bak", "my notes.log", "\"quoted\".log"] {
        let file = repository.path().join("qrs-generated").join(name);
        fs::write(&file, "mine").unwrap();
        let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(2);
        assert!(ran.stderr.contains(&format!("\n  qrs-generated/{name}\n")), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        fs::remove_file(file).unwrap();
    }
    assert_eq!(repository.status(), "");

    let changelog = repository.read("CHANGELOG.md");
    repository.git(&["update-index", "--assume-unchanged", "CHANGELOG.md"]);
    fs::write(repository.path().join("CHANGELOG.md"), "mine").unwrap();
    let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(2);
    assert!(ran.stderr.contains("\n  CHANGELOG.md\n"), "{}", ran.stderr);
    assert_eq!(repository.read("CHANGELOG.md"), "mine");
    fs::write(repository.path().join("CHANGELOG.md"), changelog).unwrap();

    Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert_eq!(repository.read("spec/notes.bak"), "mine");
    assert_eq!(repository.read("qrs-generated/src/.lib.rs.swp"), "mine");
}

/// A workspace may be a folder of a larger repository, with uncommitted changes beside it.
#[test]
fn a_workspace_within_a_larger_repository_is_revised_alone() {
    let repository = Repository::new();
    let outer = TempDir::new().unwrap();
    let inner = outer.path().join("tools/the client");
    fs::create_dir_all(inner.parent().unwrap()).unwrap();
    fs::remove_dir_all(repository.path().join(".git")).unwrap();
    let revised = repository.revision(&[RENAMED]);
    fs::rename(repository.path(), &inner).unwrap();
    fs::create_dir(repository.path()).unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(arguments);
        assert!(command.current_dir(outer.path()).status().unwrap().success());
    };
    fs::write(outer.path().join("thesis.tex"), "a").unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "All"]);
    fs::write(outer.path().join("thesis.tex"), "b").unwrap();
    let mut command = Command::new(xtask());
    command.args(["revise", "--no-test"]).arg(&revised).current_dir(&inner);
    command.env("CARGO_MANIFEST_DIR", inner.join("xtask")).env("CARGO_PKG_NAME", "xtask");
    Ran::of(&mut command).exits_with(0);
    assert_eq!(fs::read(inner.join("spec/licenses.yaml")).unwrap(), fs::read(&revised).unwrap());
    assert_eq!(fs::read_to_string(outer.path().join("thesis.tex")).unwrap(), "b");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let repository = Repository::new();
    let elsewhere = repository.elsewhere.path().join("CHANGELOG.md");
    let changelog = repository.path().join("CHANGELOG.md");
    fs::rename(&changelog, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &changelog).unwrap();
    repository.commit();
    let before = fs::read_to_string(&elsewhere).unwrap();
    let ran = Ran::of(repository.revise(&repository.revised(&[RENAMED])).arg("--no-test")).exits_with(2);
    assert!(ran.stderr.contains("CHANGELOG.md is a symbolic link"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), before);
    assert_eq!(repository.status(), "");
}

#[test]
fn a_document_that_is_refused_changes_nothing() {
    let repository = Repository::new();
    let revised = repository.revised(&[("openapi: 3", "openapi: 9")]);
    let ran = Ran::of(&mut repository.revise(&revised)).exits_with(1);
    assert!(ran.stderr.contains("the newer document is refused"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("an error of the document is to be mended where the document comes from"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("an action whose target is gone"), "{}", ran.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn an_action_of_the_overlay_that_no_longer_applies_is_named_and_goes_with_the_revision() {
    let repository = Repository::new();
    let revised =
        repository.revised(&[("    LicenseSet:", "    LicenceSet:"), ("schemas/LicenseSet", "schemas/LicenceSet")]);
    let ran = Ran::of(&mut repository.revise(&revised)).exits_with(1);
    assert!(ran.stderr.contains("spec/overlays/10-contract.yaml:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("$.components.schemas.LicenseSet.properties.control"), "{}", ran.stderr);
    assert!(ran.stderr.contains("an action whose target is gone is to be removed, or given"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("an error of the document"), "{}", ran.stderr);
    assert_eq!(repository.status(), "");

    // What the message says: a copy, and the command.
    let overlay =
        repository.read("spec/overlays/10-contract.yaml").replace("schemas.LicenseSet.", "schemas.LicenceSet.");
    let copy = repository.elsewhere.path().join("10-contract.yaml");
    fs::write(&copy, &overlay).unwrap();
    let [old, _, new] = repository.versions();
    Ran::of(repository.revise(&revised).arg("--overlay").arg(&copy).arg("--no-test")).exits_with(0);
    let expected = overlay.replace(&format!("          version: {old}\n"), &format!("          version: {new}\n"));
    assert_eq!(repository.read("spec/overlays/10-contract.yaml"), expected);
    repository.commit();
    Ran::of(repository.task("codegen").arg("--check")).exits_with(0);
}

/// A change that somebody approved is told as such, and moves the version nevertheless: callers see it.
#[test]
fn approved_changes_are_told_and_stale_approvals_too() {
    let repository = Repository::new();
    let revised = repository.revision(&[RENAMED]);
    let ran = Ran::of(
        repository
            .task("diff")
            .arg(repository.path().join("spec/licenses.yaml"))
            .arg(&revised)
            .args(["--format", "json"]),
    );
    let json: serde_json::Value = serde_json::from_str(&ran.exits_with(0).stdout).unwrap();
    let renamed = json["changes"].as_array().unwrap().iter().find(|it| it["id"] == "operation-renamed").unwrap();
    let fingerprint = renamed["fingerprint"].as_str().unwrap();
    let approved =
        |fingerprint: &str| format!("- fingerprint: {fingerprint}\n  reason: Nobody calls it.\n  until: 9999-01-01\n");
    let entries = approved(fingerprint) + &approved("0123456789abcdef");
    fs::write(repository.path().join("spec/approved-changes.yaml"), entries).unwrap();
    repository.commit();

    let [_, _, new] = repository.versions();
    let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(ran.stdout.contains("; 1 approved"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Approved until 9999-01-01: Nobody calls it."), "{}", ran.stdout);
    let stale = "spec/approved-changes.yaml: there is no change 0123456789abcdef any more: remove its entry";
    assert!(ran.stderr.contains(stale), "{}", ran.stderr);
    assert!(repository.read("qrs-generated/Cargo.toml").contains(&format!("version = \"{new}\"")));
}

/// The overlay is written against the tree of 2.0, and the places of changes are those of its text.
#[test]
fn a_revision_in_swagger_2_is_taken_in() {
    let repository = Repository::new();
    repository.write_as_swagger_2();
    repository.commit();
    let swagger = repository.read("spec/licenses.yaml");
    let revised = repository.elsewhere.path().join("revised.yaml");
    let edited = swagger.replace("version: 1.0.0", "version: 9999.1.0").replace("maximum: 10", "maximum: 5");
    fs::write(&revised, &edited).unwrap();
    let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(ran.stdout.contains("had the `maximum` 10 and has 5"), "{}", ran.stdout);
    assert!(ran.stdout.contains("old client, new server: may fail"), "{}", ran.stdout);
    assert!(ran.stdout.contains("spec/licenses.yaml:12:"), "the places are those of the text: {}", ran.stdout);
    assert_eq!(repository.read("spec/licenses.yaml"), edited);
    assert!(repository.read("qrs-generated/src/contract.rs").contains(VERSION));
    repository.commit();
    let again = Ran::of(&mut repository.revise(&revised)).exits_with(0);
    assert!(again.last_message().ends_with("there is nothing to take in"), "{}", again.stderr);
}

#[test]
fn a_document_of_several_files_is_no_revision_of_one() {
    let repository = Repository::new();
    fs::write(repository.elsewhere.path().join("error.yaml"), "type: object\n").unwrap();
    let revised = repository.revised(&[("    Error:\n", "    Other: { $ref: error.yaml }\n    Error:\n")]);
    let ran = Ran::of(&mut repository.revise(&revised)).exits_with(1);
    assert!(ran.last_message().contains("refers to other files"), "{}", ran.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn a_failure_on_the_way_leaves_the_tree_as_it_is() {
    let repository = Repository::new();
    // Cargo looks for it when everything is written in the copy.
    let manifest = repository.read("qrs-stand-in/Cargo.toml");
    let manifest = manifest.replace("[dependencies]\n", "[dependencies]\nno-such-crate-anywhere = \"1\"\n");
    fs::write(repository.path().join("qrs-stand-in/Cargo.toml"), manifest).unwrap();
    repository.commit();
    let ran = Ran::of(&mut repository.revise(&repository.revision(&[RENAMED]))).exits_with(1);
    assert_eq!(ran.last_message(), "nothing was changed: the working tree is as it was", "{}", ran.stderr);
    assert_eq!(repository.status(), "");
    assert!(!repository.read("spec/licenses.yaml").contains(VERSION));
}

#[test]
#[ignore = "compiles the client; run by cargo xtask ci"]
fn hand_written_code_that_a_revision_breaks_is_named() {
    let repository = Repository::new();
    repository.with_module(
        "//! A module.\n\n/// Asks.\npub fn ask(client: &crate::Client) {\n    _ = client.get_license();\n}\n",
    );
    let revised = repository.revision(&[RENAMED]);
    let ran = Ran::of(&mut repository.revise_and_test(&revised)).exits_with(1);
    assert!(ran.stderr.contains("no method named `get_license` found"), "{}", ran.stderr);
    let said = "hand-written code does not compile with the revised client:\n\n    spec/extra.rs\n\n";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert_eq!(repository.status(), "");

    let command = format!("cargo xtask revise {} --no-test", revised.display());
    assert!(ran.stderr.contains(&command), "{}", ran.stderr);
    Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(repository.status().contains("spec/licenses.yaml"));
}

/// Edits in the working tree while the tests run are the user's, whether the tests pass or not.
#[test]
#[ignore = "compiles the client with its tests; run by cargo xtask ci"]
fn a_test_that_fails_leaves_the_tree_as_it_is() {
    let repository = Repository::new();
    let version = repository.version_line().trim_start_matches("version: ").trim_matches(['"', '\'']).to_owned();
    // The test edits the working tree, as its user might do meanwhile.
    let edited = repository.path().join("README.md");
    let made = repository.path().join("qrs-generated/my notes.txt");
    repository.with_module(&format!(
        "//! A module.\n\n#[test]\nfn version() {{\n    std::fs::write({edited:?}, \"mine\").unwrap();\n    \
         std::fs::write({made:?}, \"mine\").unwrap();\n    assert_eq!(crate::contract::VERSION, \"{version}\");\n}}\n"
    ));
    let ran = Ran::of(&mut repository.revise_and_test(&repository.revision(&[]))).exits_with(1);
    assert!(ran.stderr.contains("everything compiles, but the tests above fail"), "{}", ran.stderr);
    assert_eq!(ran.last_message(), "nothing was changed: the working tree is as it was", "{}", ran.stderr);
    assert_eq!(repository.status(), " M README.md\n?? \"qrs-generated/my notes.txt\"\n");
    assert_eq!(fs::read_to_string(edited).unwrap(), "mine");
    assert_eq!(fs::read_to_string(made).unwrap(), "mine");
}
