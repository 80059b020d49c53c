//! That the verdicts on revisions are true: code that was written against one revision compiles against another one
//! exactly when the verdict says so. The revisions are those of `qrs-codegen/tests/revisions`.

#[path = "../../qrs-codegen/tests/revisions/edits.rs"]
mod edits;
#[path = "support/scratch.rs"]
mod scratch;
#[path = "revisions/server.rs"]
mod server;
#[path = "revisions/wire.rs"]
mod wire;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qrs_codegen::changes::{Approval, Bump, Change, ChangeKind, Effect, compare};
use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::Value;

use scratch::write;

type Checked = Result<(), Box<dyn Error>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../qrs-codegen/tests/revisions")
}

/// A revision: its document, and code that uses all of it.
#[derive(Clone)]
struct Revision {
    name: String,
    document: String,
    caller: String,
}

impl Revision {
    fn base() -> Result<Self, Box<dyn Error>> {
        let [document, caller] = edits::base(&folder())?;
        Ok(Self { name: "base".to_owned(), document, caller })
    }

    /// The text that the revision of this name differs from, if that is not the base itself.
    fn before(name: &str) -> Result<Option<Self>, Box<dyn Error>> {
        let texts = edits::before(&folder(), name)?;
        Ok(texts.map(|[document, caller]| Self { name: format!("{name}_before"), document, caller }))
    }

    fn of(name: &str) -> Result<Self, Box<dyn Error>> {
        let [document, caller] = edits::revised(&folder(), name)?;
        Ok(Self { name: name.to_owned(), document, caller })
    }

    fn input(&self) -> Input<'_> {
        let document = Source { name: &self.name, text: &self.document };
        Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" }
    }

    /// Its crate, under a name that no other one has.
    fn package(&self) -> String {
        format!("library_{}", self.name)
    }

    fn write(&self, crates: &Path) -> Checked {
        let package = self.package();
        let files = generate(&self.input()).map_err(|report| report.to_string())?.files;
        for (path, text) in files {
            let text = if path == "Cargo.toml" { renamed(&text, &package) } else { text };
            write(&crates.join(&package).join(path), &text)?;
        }
        Ok(())
    }

    /// A crate of the code that uses this revision, which depends on `other` instead.
    fn call(&self, other: &Self, crates: &Path) -> Result<String, Box<dyn Error>> {
        let name = format!("{}_on_{}", self.name, other.name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             library = {{ package = \"{0}\", path = \"../{0}\" }}\n",
            other.package()
        );
        write(&crates.join(&name).join("Cargo.toml"), &manifest)?;
        write(&crates.join(&name).join("src/lib.rs"), &self.caller)?;
        Ok(name)
    }
}

/// A manifest with another name of the package.
fn renamed(manifest: &str, name: &str) -> String {
    let is_name = |line: &str| line.starts_with("name = ");
    let mut lines: Vec<String> = manifest.lines().map(str::to_owned).collect();
    if let Some(line) = lines.iter_mut().find(|line| is_name(line)) {
        *line = format!("name = \"{name}\"");
    }
    lines.join("\n") + "\n"
}

/// The packages of a workspace that do not compile, and those that compile with a warning that they use what is
/// deprecated.
fn refused_and_warned(workspace: &Path) -> Result<[BTreeSet<String>; 2], Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--workspace", "--keep-going", "--message-format", "json"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.with_file_name("target"))
        .output()?;
    let (mut failed, mut warned) = (BTreeSet::new(), BTreeSet::new());
    let mut seen = 0;
    for message in
        output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok())
    {
        let target = message["target"]["name"].as_str().unwrap_or_default();
        match message["reason"].as_str() {
            Some("compiler-message") if message["message"]["level"] == "error" => {
                failed.insert(target.to_owned());
            }
            Some("compiler-message") if message["message"]["code"]["code"] == "deprecated" => {
                warned.insert(target.to_owned());
            }
            Some("compiler-artifact") if target.starts_with("library_") => seen += 1,
            _ => {}
        }
    }
    assert!(seen > 0, "{}", String::from_utf8_lossy(&output.stderr));
    Ok([failed, warned])
}

/// The code of one revision on another one, and what is said of it.
struct Case {
    caller: String,
    old: String,
    new: String,
    breaks: bool,
    warns: bool,
    bump: Bump,
}

/// The verdict of `cargo-semver-checks` on the descriptions that rustdoc gives as JSON.
struct SecondOpinion {
    descriptions: PathBuf,
}

impl SecondOpinion {
    /// Describes every crate of a workspace; `None` where the tool is not installed, or was not asked for: rustdoc takes
    /// a second for each crate, and gives JSON on a stable toolchain only to who insists.
    fn of(workspace: &Path, names: &[String]) -> Result<Option<Self>, Box<dyn Error>> {
        let installed = Command::new("cargo-semver-checks").args(["semver-checks", "--version"]).output();
        if std::env::var_os("SEMVER_CHECKS").is_none() || !installed.is_ok_and(|output| output.status.success()) {
            return Ok(None);
        }
        let descriptions = workspace.with_file_name("descriptions");
        let target = workspace.with_file_name("target");
        for package in names.iter().map(String::as_str).chain(["base"]).map(|name| format!("library_{name}")) {
            let arguments = ["rustdoc", "--quiet", "--offline", "--all-features", "--lib", "--package", &package, "--"];
            let json = ["-Zunstable-options", "--output-format=json", "--document-hidden-items", "--cap-lints=allow"];
            let mut command = Command::new(env!("CARGO"));
            command.args(arguments).args(json).current_dir(workspace);
            let output = command.env("CARGO_TARGET_DIR", &target).env("RUSTC_BOOTSTRAP", "1").output()?;
            assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
            let text = fs::read_to_string(target.join("doc").join(&package).with_extension("json"))?;
            // All of them are revisions of one crate.
            write(&descriptions.join(&package).with_extension("json"), &text.replace(&package, "library"))?;
        }
        Ok(Some(Self { descriptions }))
    }

    /// The step of the version that it asks for.
    fn step(&self, old: &str, new: &str) -> Result<Bump, Box<dyn Error>> {
        let file = |package: &str| self.descriptions.join(package).with_extension("json");
        let mut command = Command::new("cargo-semver-checks");
        command.args(["semver-checks", "check-release", "--color=never", "--release-type=patch"]);
        command.arg("--baseline-rustdoc").arg(file(old)).arg("--current-rustdoc").arg(file(new));
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        match () {
            () if said.contains("requires new major version") => Ok(Bump::Breaking),
            () if said.contains("requires new minor version") => Ok(Bump::Additive),
            () if output.status.success() && said.contains("no semver update required") => Ok(Bump::None),
            () => Err(format!("{old} to {new}: {said}").into()),
        }
    }
}

/// Lets the compiler judge these revisions, each way round, and prints the table.
fn judge(names: &[String], scratch: &str) -> Checked {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(scratch);
    let workspace = scratch.join("workspace");
    if workspace.exists() {
        fs::remove_dir_all(&workspace)?;
    }
    let crates = workspace.join("crates");
    let base = Revision::base()?;
    base.write(&crates)?;
    let mut sound = vec![base.call(&base, &crates)?];
    let mut cases = Vec::new();
    let mut described = names.to_vec();
    for name in names {
        let revision = Revision::of(name)?;
        let own = Revision::before(name)?;
        for revision in own.iter().chain([&revision]) {
            revision.write(&crates)?;
            sound.push(revision.call(revision, &crates)?);
        }
        described.extend(own.iter().map(|own| own.name.clone()));
        let before = own.as_ref().unwrap_or(&base);
        for (old, new) in [(before, &revision), (&revision, before)] {
            let caller = old.call(new, &crates)?;
            let changes = compare(&old.input(), &new.input())?;
            // The manifests of callers name the package, and these crates have names of their own here. Code that names
            // a value compiles, and means another one, if that takes the name.
            let hidden = [ChangeKind::PackageRenamed, ChangeKind::EnumValueRustNameChanged];
            let is_in_code = |change: &&Change| !hidden.contains(&change.kind);
            let breaks = changes.iter().filter(is_in_code).any(|change| change.rust == Effect::Breaks);
            let (old, new) = (old.package(), new.package());
            let warns = changes.iter().any(|change| change.rust == Effect::Warns);
            cases.push(Case { caller, old, new, breaks, warns, bump: changes.bump() });
        }
    }
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    fs::copy(folder().join("../../../Cargo.lock"), workspace.join("Cargo.lock"))?;
    let [failed, warned] = refused_and_warned(&workspace)?;
    for caller in &sound {
        assert!(!failed.contains(caller), "{caller} was written for just this revision");
    }
    let second = SecondOpinion::of(&workspace, &described)?;
    println!(
        "| code of … on … | verdict | callers break | the compiler | cargo-semver-checks |\n| --- | --- | --- | --- | --- |"
    );
    let mut laxer = Vec::new();
    for Case { caller, old, new, breaks, bump, .. } in &cases {
        let refused = if failed.contains(caller) { "refuses it" } else { "takes it" };
        let asked = second.as_ref().map(|second| second.step(old, new)).transpose()?;
        let shown = asked.map_or("not run".to_owned(), |asked| asked.to_string());
        println!("| {caller} | {bump} | {} | {refused} | {shown} |", if *breaks { "yes" } else { "no" });
        if asked > Some(*bump) {
            laxer.push(caller);
        }
    }
    assert!(laxer.is_empty(), "cargo-semver-checks asks for more than we do of {laxer:?}");
    agree(&cases, &failed, &warned);
    Ok(())
}

/// Holds the verdicts against what the compiler said.
fn agree(cases: &[Case], failed: &BTreeSet<String>, warned: &BTreeSet<String>) {
    let wrong: Vec<&String> = cases
        .iter()
        .map(|case| (&case.caller, case.breaks))
        .filter(|(caller, breaks)| failed.contains(*caller) != *breaks)
        .map(|(caller, _)| caller)
        .collect();
    assert!(wrong.is_empty(), "the compiler does not agree on {wrong:?}");
    let silent: Vec<&String> =
        cases.iter().filter(|case| case.warns && !warned.contains(&case.caller)).map(|case| &case.caller).collect();
    assert!(silent.is_empty(), "the compiler does not warn of what is deprecated in {silent:?}");
}

/// The JSON of the changes has the form that `docs/changes.schema.json` describes.
#[test]
fn json_has_the_form_of_its_schema() -> Checked {
    let schema = fs::read_to_string(folder().join("../../../docs/changes.schema.json"))?;
    let schema = jsonschema::options().should_validate_formats(true).build(&serde_json::from_str(&schema)?)?;
    let base = Revision::base()?;
    let mut seen = 0;
    for name in edits::names(&folder())? {
        let (before, revision) = (Revision::before(&name)?.unwrap_or_else(|| base.clone()), Revision::of(&name)?);
        let mut changes = compare(&before.input(), &revision.input())?;
        let first = changes.iter().next().map(qrs_codegen::changes::Change::fingerprint);
        let approval = Approval { reason: "Nobody noticed.".to_owned(), until: "2027-03-01".to_owned() };
        assert!(first.is_none_or(|first| changes.approve(&first, &approval)), "{name}");
        let json: Value = serde_json::from_str(&changes.to_json())?;
        let problems: Vec<String> = schema.iter_errors(&json).map(|problem| problem.to_string()).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        seen += json["changes"].as_array().map_or(0, Vec::len);
    }
    assert!(seen >= 60, "{seen}");
    assert!(!schema.is_valid(&serde_json::json!({ "old": {}, "new": {}, "bump": "none", "changes": [] })));
    Ok(())
}

#[test]
#[ignore = "compiles some forty crates; run by cargo xtask ci"]
fn the_compiler_agrees_on_a_sample() -> Checked {
    let sample: Vec<String> = edits::names(&folder())?.into_iter().step_by(7).collect();
    assert!(sample.len() >= 6, "{sample:?}");
    judge(&sample, "revisions-sample")
}

/// `SEMVER_CHECKS=1 cargo test -p qrs-tests --test revisions every_revision -- --ignored --nocapture` prints the
/// table of all of them, with the opinion of `cargo-semver-checks` where that is installed: ours may be stricter, never laxer.
/// The revisions that `REVISIONS` names, divided by commas; all of them without it.
fn chosen() -> Result<Vec<String>, Box<dyn Error>> {
    match std::env::var("REVISIONS") {
        Ok(names) => Ok(names.split(',').map(str::to_owned).collect()),
        Err(_) => edits::names(&folder()),
    }
}

#[test]
#[ignore = "compiles hundreds of crates; run by hand, or for the revisions that REVISIONS names"]
fn the_compiler_agrees_on_every_revision() -> Checked {
    judge(&chosen()?, "revisions")
}
