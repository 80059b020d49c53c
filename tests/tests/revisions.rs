//! That the verdicts on revisions are true: code that was written against one revision compiles against another one
//! exactly when the verdict says so. The revisions are those of `qrs-codegen/tests/revisions`.

#[path = "support/scratch.rs"]
mod scratch;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qrs_codegen::changes::{Effect, compare};
use qrs_codegen::{Input, Source, generate};
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
        let document = fs::read_to_string(folder().join("base.yaml"))?;
        let caller = fs::read_to_string(folder().join("caller.rs"))?;
        Ok(Self { name: "base".to_owned(), document, caller })
    }

    fn of(name: &str) -> Result<Self, Box<dyn Error>> {
        let edits: Value = serde_yaml::from_str(&fs::read_to_string(folder().join(name).with_extension("yaml"))?)?;
        let mut revision = Self { name: name.to_owned(), ..Self::base()? };
        for (key, text) in [("document", &mut revision.document), ("caller", &mut revision.caller)] {
            for edit in edits[key].as_array().into_iter().flatten() {
                let (Some(from), Some(to)) = (edit["from"].as_str(), edit["to"].as_str()) else {
                    return Err(format!("{name}: an edit is from and to").into());
                };
                assert!(text.contains(from), "{name}: `{from}` is not there");
                *text = text.replace(from, to);
            }
        }
        Ok(revision)
    }

    fn input(&self) -> Input<'_> {
        let document = Source { name: &self.name, text: &self.document };
        Input { document, overlay: None, files: &[], modules: &[], command: "cargo test" }
    }

    /// Its crate, under a name that no other one has.
    fn package(&self) -> String {
        format!("library_{}", self.name)
    }

    fn write(&self, crates: &Path) -> Checked {
        let package = self.package();
        let files = generate(&self.input()).map_err(|report| report.to_string())?.files;
        for (path, text) in files {
            let named = format!("name = \"{package}\"");
            let text = if path == "Cargo.toml" { text.replacen("name = \"library-client\"", &named, 1) } else { text };
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

/// The packages of a workspace that do not compile.
fn failures(workspace: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--workspace", "--keep-going", "--message-format", "json"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.with_file_name("target"))
        .output()?;
    let mut failed = BTreeSet::new();
    let mut seen = 0;
    for message in
        output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok())
    {
        let target = message["target"]["name"].as_str().unwrap_or_default();
        match message["reason"].as_str() {
            Some("compiler-message") if message["message"]["level"] == "error" => {
                failed.insert(target.to_owned());
            }
            Some("compiler-artifact") if target.starts_with("library_") => seen += 1,
            _ => {}
        }
    }
    assert!(seen > 0, "{}", String::from_utf8_lossy(&output.stderr));
    Ok(failed)
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
    for name in names {
        let revision = Revision::of(name)?;
        revision.write(&crates)?;
        sound.push(revision.call(&revision, &crates)?);
        for (old, new) in [(&base, &revision), (&revision, &base)] {
            let caller = old.call(new, &crates)?;
            let changes = compare(&old.input(), &new.input())?;
            let breaks = changes.iter().any(|change| change.rust == Effect::Breaks);
            cases.push((caller, breaks, changes.bump()));
        }
    }
    fs::write(workspace.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    fs::copy(folder().join("../../../Cargo.lock"), workspace.join("Cargo.lock"))?;
    let failed = failures(&workspace)?;
    for caller in &sound {
        assert!(!failed.contains(caller), "{caller} was written for just this revision");
    }
    println!("| code of … on … | verdict | callers break | the compiler |\n| --- | --- | --- | --- |");
    for (caller, breaks, bump) in &cases {
        let refused = if failed.contains(caller) { "refuses it" } else { "takes it" };
        println!("| {caller} | {bump} | {} | {refused} |", if *breaks { "yes" } else { "no" });
    }
    let wrong: Vec<&String> = cases
        .iter()
        .filter(|(caller, breaks, _)| failed.contains(caller) != *breaks)
        .map(|(caller, ..)| caller)
        .collect();
    assert!(wrong.is_empty(), "the compiler does not agree on {wrong:?}");
    Ok(())
}

fn names() -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "yaml") && !path.ends_with("base.yaml") {
            names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    names.sort();
    Ok(names)
}

#[test]
fn the_compiler_agrees_on_a_sample() -> Checked {
    let sample: Vec<String> = names()?.into_iter().step_by(7).collect();
    assert!(sample.len() >= 6, "{sample:?}");
    judge(&sample, "revisions-sample")
}

/// `cargo test -p qrs-tests --test revisions -- --ignored --nocapture` prints the table of all of them.
#[test]
#[ignore = "compiles more than a hundred crates"]
fn the_compiler_agrees_on_every_revision() -> Checked {
    judge(&names()?, "revisions")
}
