//! The examples, as people run them.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use qrs_tests::{LicenseKind, Pool, StandIn, seed};
use serde_json::Value;

type Checked = Result<(), Box<dyn Error>>;

/// Builds the examples, which cargo does by itself only when all targets are tested. For the whole workspace, as `cargo test
/// --workspace` does: for one package, dependencies would have other features and be compiled again.
fn build(profile: &Path) -> bool {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--workspace", "--examples", "--target-dir"]);
    command.arg(profile.with_file_name(""));
    if profile.ends_with("release") {
        command.arg("--release");
    }
    command.status().is_ok_and(|status| status.success())
}

/// The example, without any `QRS_*` variable of the machine's.
fn example(name: &str) -> Result<Command, Box<dyn Error>> {
    static BUILT: OnceLock<bool> = OnceLock::new();
    let tests = env::current_exe()?;
    let profile = tests.ancestors().nth(2).ok_or("tests are built in a folder")?;
    assert!(BUILT.get_or_init(|| build(profile)), "the examples cannot be built");
    let folder = profile.join("examples");
    let mut command = Command::new(folder.join(name).with_extension(env::consts::EXE_EXTENSION));
    for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("QRS_")) {
        command.env_remove(variable);
    }
    Ok(command)
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// A stand-in, and the variables that lead to it. The folder holds the certificates.
struct Configured {
    site: StandIn,
    folder: tempfile::TempDir,
}

impl Configured {
    async fn start() -> Result<Self, Box<dyn Error>> {
        let site = StandIn::builder().live().start().await?;
        let folder = tempfile::tempdir()?;
        site.write_certificates(folder.path())?;
        Ok(Self { site, folder })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn run(&self, name: &str, args: &[&str]) -> Result<Output, Box<dyn Error>> {
        let mut command = example(name)?;
        command
            .args(args)
            .env("QRS_URL", self.site.url())
            .env("QRS_CERTIFICATE", self.file("client.pem"))
            .env("QRS_KEY", self.file("client_key.pem"))
            .env("QRS_ROOT_CERTIFICATE", self.file("root.pem"));
        Ok(tokio::task::spawn_blocking(move || command.output()).await??)
    }

    fn holders(&self) -> Vec<String> {
        let rows = self.site.allocations(Pool::Professional);
        let held = rows.iter().filter(|row| row["quarantined"] != true);
        held.filter_map(|row| Some(row["user"]["userId"].as_str()?.to_owned())).collect()
    }
}

#[test]
fn without_a_site_each_works_on_a_stand_in() -> Checked {
    for (name, code, shown) in [
        ("list_allocations", 0, r"CORP\dijkstra"),
        ("release_inactive", 0, r#""user": "CORP\\dijkstra""#),
        ("license_status", 1, "WARNING: 1 of 2 analyzer passes are available"),
        ("audit", 0, "Professionals of CORP"),
        ("description", 0, "main"),
    ] {
        let output = example(name)?.output()?;
        let (out, err) = said(&output);
        assert_eq!(output.status.code(), Some(code), "{name}: {out}{err}");
        assert!(out.contains(shown), "{name}: {out}");
        assert!(err.contains("this is a stand-in, not a site"), "{name}: {err}");
    }
    Ok(())
}

/// Checks the steps of `docs/site.md` as far as they are the generator's, with the overlay of that page.
#[tokio::test]
async fn a_client_is_generated_from_the_description_of_a_site() -> Checked {
    let configured = Configured::start().await?;
    let output = configured.run("description", &["main"]).await?;
    let (text, err) = said(&output);
    assert!(output.status.success(), "{err}");
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/site.md"))?;
    let overlay =
        guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).ok_or("it has an overlay")?;
    let generated = qrs_codegen::generate(&qrs_codegen::Input {
        document: qrs_codegen::Source { name: "main.json", text: &text },
        overlays: &[qrs_codegen::Source { name: "main.overlay.yaml", text: overlay }],
        files: &qrs_codegen::NoFiles,
        modules: &[],
        command: "test",
    })?;
    assert_eq!(generated.report.count(qrs_codegen::diagnostic::Severity::Warning), 0, "{}", generated.report);
    assert_eq!(generated.untyped, []);
    let license = &generated.files["src/operations/license.rs"];
    assert!(license.contains("pub fn get_license(&self) -> GetLicense"));
    assert!(license.contains(r#"runtime::Carrier::Query("xrfkey"), &client::XRFKEY"#));
    assert!(generated.files["src/client.rs"].contains("pub fn user(self, directory: impl Into<String>"));
    Ok(())
}

#[tokio::test]
async fn allocations_are_a_table_of_the_configured_site() -> Checked {
    let configured = Configured::start().await?;
    let output = configured.run("list_allocations", &["--kind", "analyzer"]).await?;
    let (out, err) = said(&output);
    assert!(output.status.success(), "{err}");
    assert!(out.contains(r"PARTNER; EAST\o'neil") && out.contains("1 passes") && !out.contains("CORP"), "{out}");
    assert!(out.contains(r"O'Neil \ East") && out.contains(&seed::PASS_OF_O_NEIL.to_string()), "{out}");
    assert!(!err.contains("stand-in"), "{err}");
    let output = configured.run("list_allocations", &["--directory", "PARTNER; EAST"]).await?;
    assert!(said(&output).0.contains("1 passes"), "{:?}", said(&output));
    Ok(())
}

#[tokio::test]
async fn allocations_are_sorted_csv_with_excess_and_deleted_users() -> Checked {
    let configured = Configured::start().await?;
    configured.site.set_capacity(Pool::Professional, 1);
    assert!(configured.site.delete_user(seed::BJORN));
    let day = (configured.site.now() - jiff::SignedDuration::from_hours(24)).strftime("%F").to_string();
    let output =
        configured.run("list_allocations", &["--csv", "--sort", "last-used", "--kind", "professional"]).await?;
    let (out, err) = said(&output);
    let expected = [
        "PASS,USER,NAME,CREATED,LAST USED,STATE,EXCESS,ID".to_owned(),
        format!(r"professional,CORP\björn,,2022-08-27,-,user deleted,yes,{}", seed::PASS_OF_BJORN),
        format!(r"professional,CORP\ada,Ada Lovelace,2022-08-27,{day},held,no,{}", seed::PASS_OF_ADA),
        String::new(),
    ];
    assert_eq!(out, expected.join("\r\n"), "{err}");
    let output = configured.run("list_allocations", &["--excess"]).await?;
    assert!(said(&output).0.contains("1 passes"), "{:?}", said(&output));
    Ok(())
}

#[tokio::test]
async fn an_audit_as_json_is_json_and_nothing_else() -> Checked {
    let configured = Configured::start().await?;
    let output = configured.run("audit", &["--json", "--user-filter", "userId eq 'ada'"]).await?;
    let audit: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(audit["users"][seed::ADA.to_string()]["userId"], "ada");
    let output = configured.run("audit", &["--all", "--user-filter", "userDirectory ne 'INTERNAL'"]).await?;
    let (out, _) = said(&output);
    assert!(out.contains("granted") && out.contains("not granted"), "{out}");
    Ok(())
}

#[tokio::test]
async fn errors_are_one_readable_line() -> Checked {
    let configured = Configured::start().await?;
    for (name, args) in [("audit", &["--user-filter", "nonsense"][..]), ("audit", &["--resource-type", "Cow"])] {
        let output = configured.run(name, args).await?;
        let (_, err) = said(&output);
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.starts_with("error: ") && err.trim_end().lines().count() == 1, "{err}");
        assert!(!err.contains('{') && !err.contains("Error"), "{err}");
    }
    Ok(())
}

#[tokio::test]
async fn inactive_passes_are_released_only_on_request() -> Checked {
    let configured = Configured::start().await?;
    let before = configured.holders();
    assert_eq!(before, ["ada", "björn"]);

    // Ada used her pass yesterday, Björn never did: his is judged by the day it was allocated.
    let file = configured.file("plan.json");
    let path = file.display().to_string();
    let output = configured.run("release_inactive", &["--kind", "professional", "--plan", &path]).await?;
    assert!(output.status.success(), "{:?}", said(&output));
    assert_eq!(configured.holders(), before, "a dry run changes nothing");
    let plan: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    assert_eq!(plan.as_array().map(Vec::len), Some(1), "{plan}");
    assert_eq!(plan[0]["user"], r"CORP\björn");
    assert_eq!(plan[0]["reason"], "never-used");

    for (args, code, why) in [
        (["--protect", "ada"], 2, r"a user is named as `DIRECTORY\id`, not `ada`"),
        (["--protect-property", "x"], 2, "a custom property is given as `NAME=VALUE`, not `x`"),
        (["--days", "4000000000"], 1, "--days 4000000000: before all time"),
        (["--from", "nowhere.json"], 1, "nowhere.json: "),
    ] {
        let output = configured.run("release_inactive", &args).await?;
        assert!(output.status.code() == Some(code) && said(&output).1.contains(why), "{:?}", said(&output));
    }

    let protect = ["--protect", r"corp\BJÖRN", "--protect-directory", "partner; east", "--apply"];
    let output = configured.run("release_inactive", &protect).await?;
    assert!(output.status.success(), "{:?}", said(&output));
    assert_eq!(configured.holders(), before, "protected users keep their passes");

    let output = configured.run("release_inactive", &["--from", &path]).await?;
    let (_, err) = said(&output);
    assert!(output.status.success(), "{err}");
    assert!(err.contains(r"[1/1] CORP\björn, professional: released, because the pass was never used"), "{err}");
    assert_eq!(configured.holders(), ["ada"]);

    let output = configured.run("release_inactive", &["--from", &path]).await?;
    assert!(output.status.success(), "a pass that is gone is released: {:?}", said(&output));
    Ok(())
}

#[tokio::test]
async fn a_pass_that_was_used_since_the_plan_was_made_is_left_alone() -> Checked {
    let configured = Configured::start().await?;
    let path = configured.file("plan.json").display().to_string();
    let output = configured.run("release_inactive", &["--plan", &path]).await?;
    assert!(output.status.success(), "{:?}", said(&output));
    assert!(configured.site.mark_used(Pool::Professional, seed::PASS_OF_BJORN, configured.site.now()));
    let output = configured.run("release_inactive", &["--from", &path]).await?;
    let (_, err) = said(&output);
    assert!(output.status.success() && err.contains(r"CORP\björn: was used again"), "{err}");
    assert_eq!(configured.holders(), ["ada", "björn"]);
    Ok(())
}

#[tokio::test]
async fn the_status_is_an_exit_code() -> Checked {
    let configured = Configured::start().await?;
    configured.site.set_capacity(Pool::Professional, 20);
    configured.site.set_capacity(Pool::Analyzer, 20);
    let status = async |args: &[&str]| configured.run("license_status", args).await;
    assert_eq!(status(&[]).await?.status.code(), Some(0));
    assert_eq!(status(&["--min-available", "18"]).await?.status.code(), Some(1));
    configured.site.set_capacity(Pool::Professional, 1);
    let output = status(&[]).await?;
    assert_eq!(output.status.code(), Some(2), "{:?}", said(&output));
    let expected = "CRITICAL: 0 of 1 professional passes are available, 1 in excess";
    assert!(said(&output).0.contains(expected), "{:?}", said(&output));
    let csv = status(&["--csv"]).await?;
    assert!(said(&csv).0.contains("\r\nprofessional,passes,1,1,0,0,1,2099-12-31\r\n"), "{:?}", said(&csv));
    Ok(())
}

#[tokio::test]
async fn an_end_that_nothing_says_is_unknown() -> Checked {
    let configured = Configured::start().await?;
    configured.site.set_capacity(Pool::Professional, 20);
    configured.site.set_capacity(Pool::Analyzer, 20);
    let mut row = configured.site.license().and_then(|row| row.as_object().cloned()).ok_or("there is a licence")?;
    row.insert("lef".to_owned(), "".into());
    configured.site.set_license(row, LicenseKind::Serial, "");
    let output = configured.run("license_status", &[]).await?;
    assert_eq!(output.status.code(), Some(3), "{:?}", said(&output));
    assert!(said(&output).0.contains("ends: unknown"), "{:?}", said(&output));
    Ok(())
}

#[test]
fn a_site_that_cannot_be_asked_is_said_to_be_so() -> Checked {
    let output = example("license_status")?.env("QRS_SERVER", "qlik.example.com").output()?;
    let (out, _) = said(&output);
    assert_eq!(output.status.code(), Some(3), "{out}");
    assert!(out.starts_with("UNKNOWN: `QRS_CERTIFICATE`"), "{out}");
    Ok(())
}
