//! The way to a site: options, variables, named sites, and the check of it.

use std::path::Path;

use qrs_tests::{Answer, Operation, StatusCode};

use crate::Checked;
use crate::binary::{LIVE, MODES, Ran, Site, bare, run};

fn configuration(site: &Site) -> String {
    let text = format!(
        "default = 'test'\n[sites.test]\nurl = '{}'\ncertificate = 'client.pem'\nkey = 'client_key.pem'\n\
         root-certificate = 'root.pem'\n\n[sites.broken]\nurl = 'https://127.0.0.1:1/qrs'\ntoken-file = 'token.txt'\n",
        site.stand_in.url()
    );
    site.write("token.txt", "hunter2-token\r\n");
    site.write("config.toml", &text)
}

#[tokio::test]
async fn a_named_site_is_taken_from_the_configuration() -> Checked {
    let site = Site::start(LIVE).await?;
    let config = configuration(&site);
    let mut command = bare();
    command.args(["--config", &config, "about", "get", "-o", "json"]);
    let ran = run(command).await.code(0);
    assert!(ran.json().get("buildVersion").is_some(), "{ran:?}");

    // What variables say belongs to another site.
    let mut command = bare();
    command
        .args(["about", "get", "--site", "test"])
        .env("QRS_CONFIG", &config)
        .env("QRS_URL", "https://127.0.0.1:1/qrs");
    run(command).await.code(0);

    let mut command = bare();
    command.args(["--config", &config, "--site", "other", "status"]);
    let ran = run(command).await.code(2);
    assert!(ran.err.contains("there is no site `other`") && ran.err.contains("`broken`, `test`"), "{ran:?}");

    let mut command = bare();
    command.args(["--config", &config, "--site", "broken", "status"]);
    let ran = run(command).await.code(6);
    assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");

    let mut command = bare();
    command.args(["--config", &config, "site", "list", "-o", "csv"]);
    assert!(run(command).await.code(0).out.starts_with("site,server,default\r\nbroken,"));
    Ok(())
}

/// Variables come before the default site, except those that are meant for one site.
#[tokio::test]
async fn variables_come_before_the_default_site() -> Checked {
    let site = Site::start(LIVE).await?;
    let config = configuration(&site);
    let with = async |variables: &[(&str, &str)], arguments: &[&str]| -> Ran {
        let mut command = bare();
        command.args(arguments).env("QRS_CONFIG", &config).envs(variables.iter().copied());
        run(command).await
    };
    let about = ["about", "get"];
    let ran = with(&[("QRS_USER", r"CORP\nobody")], &about).await.code(3);
    assert!(site.stand_in.last_request().is_some_and(|seen| seen.transcript().contains("nobody")), "{ran:?}");
    let ran = with(&[("QRS_TIMEOUT", "soon")], &about).await.code(2);
    assert!(ran.err.contains("QRS_TIMEOUT"), "{ran:?}");
    with(&[("QRS_ROOT_CERTIFICATE", &site.file("no-such.pem"))], &about).await.code(2);
    let ran = with(&[("QRS_USER", "nobody")], &about).await.code(2);
    assert!(ran.err.contains("`QRS_USER` has the form"), "{ran:?}");
    // Those of one site never reach another.
    for variable in [
        ("QRS_TOKEN", "hunter2"),
        ("QRS_CERTIFICATE", "no-such-file.pem"),
        ("QRS_KEY", "no-such-file.pem"),
        ("QRS_CONNECT_TO", "127.0.0.1:1"),
    ] {
        with(&[variable], &about).await.code(0);
    }
    // A site that is named takes nothing from variables.
    for named in [&["--site", "test", "about", "get"][..], &["about", "get", "--site", "test"]] {
        with(&[("QRS_USER", r"CORP\nobody"), ("QRS_TIMEOUT", "soon")], named).await.code(0);
    }
    with(&[("QRS_USER", r"CORP\nobody"), ("QRS_SITE", "test")], &about).await.code(0);
    Ok(())
}

/// Messages of the client name methods of Rust, which the command has not.
#[tokio::test]
async fn messages_have_the_words_of_the_command() -> Checked {
    let site = Site::start(LIVE).await?;
    let with = async |variables: &[(&str, &str)], arguments: &[&str]| -> Ran {
        let mut command = bare();
        command.args(arguments).envs(site.variables()).env("QRS_TIMEOUT", "1").envs(variables.iter().copied());
        run(command).await
    };
    let proxy = ("QRS_URL", "https://127.0.0.1:1/jwt/qrs");
    for variables in [
        &[("QRS_ROOT_CERTIFICATE", "")][..],
        &[proxy, ("QRS_TIMEOUT", "1")],
        &[proxy, ("QRS_CERTIFICATE", ""), ("QRS_KEY", ""), ("QRS_TOKEN", "Bearer hunter2")],
        &[proxy, ("QRS_CERTIFICATE", ""), ("QRS_KEY", ""), ("QRS_SESSION", "X-Qlik-Session=hunter2 hunter2")],
        &[proxy, ("QRS_CERTIFICATE", ""), ("QRS_KEY", ""), ("QRS_HEADER", "cookie: hunter2")],
        &[("QRS_CONNECT_TO", "no host"), ("QRS_PROXY", "nowhere")],
    ] {
        for arguments in [&["site", "check"][..], &["status"], &["about", "get"], &["status", "--check"]] {
            let ran = with(variables, arguments).await;
            let text = format!("{}{}", ran.out, ran.err);
            assert!(ran.code != 0 && !text.contains("::") && !text.contains("ClientBuilder"), "{variables:?}: {ran:?}");
            assert!(!text.contains("each can also be"), "{ran:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_path_that_is_not_the_repositorys_is_told() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let mut command = bare();
        let url = site.stand_in.url().replace("/qrs", "/qsr");
        command.args(["site", "check"]).envs(site.variables()).env("QRS_URL", url);
        let ran = run(command).await.code(4);
        assert!(ran.out.contains("FAIL  address") && ran.out.contains("ends in `/qrs`"), "{mode:?}: {ran:?}");
        // The failure is printed once.
        assert_eq!((ran.out + &ran.err).matches("404").count(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn mistakes_in_the_configuration_are_explained() -> Checked {
    let site = Site::start(LIVE).await?;
    for (text, expected) in [
        (
            "[sites.a]\nurl = 'https://a/qrs'\ntoken = 'hunter2'\n",
            "`token` is a secret, which does not belong in this file",
        ),
        ("[sites.a]\nsrever = 'a'\n", "there is no setting `srever`"),
        ("[sites.a]\ncertificate = \"C:\\certificates\\client.pfx\"\n", "in single quotes"),
        ("site = 'a'\n", "`site` is not expected here"),
    ] {
        let config = site.write("config.toml", text);
        let mut command = bare();
        command.args(["--config", &config, "status"]);
        let ran = run(command).await.code(2);
        assert!(ran.err.contains(expected) && !ran.err.contains("hunter2"), "{ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn without_settings_the_command_says_what_is_missing() -> Checked {
    let mut command = bare();
    command.arg("status");
    let ran = run(command).await.code(2);
    assert!(ran.err.contains("`--server`") && ran.err.contains("`--certificate`"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn a_site_is_checked_step_by_step() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let ran = site.run(&["site", "check"]).await.code(0);
        let steps: Vec<&str> = ran.out.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        let expected = ["settings", "name", "port", "TLS", "certificate", "Xrfkey", "user", "version", "license"];
        assert_eq!(steps, expected, "{ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_check_says_where_it_stops_and_what_to_do() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let stops = async |change: &[(&str, &str)]| -> Ran {
            let mut command = bare();
            command.args(["site", "check"]).envs(site.variables());
            for (name, value) in change {
                command.env(name, value);
            }
            run(command).await
        };
        let ran = stops(&[("QRS_URL", "https://no-such-host.invalid:4242/qrs")]).await.code(6);
        assert!(ran.out.contains("FAIL  name"), "{ran:?}");
        let ran = stops(&[("QRS_URL", "https://127.0.0.1:1/qrs")]).await.code(6);
        assert!(ran.out.contains("FAIL  port"), "{ran:?}");
        let ran = stops(&[("QRS_ROOT_CERTIFICATE", "")]).await.code(6);
        assert!(ran.out.contains("FAIL  TLS") && ran.out.contains("--root-certificate"), "{ran:?}");
        let ran = stops(&[("QRS_CERTIFICATE", "no-such-file.pem")]).await.code(2);
        assert!(ran.out.contains("FAIL  settings"), "{ran:?}");
        let ran = stops(&[("QRS_USER", r"CORP\nobody")]).await.code(3);
        assert!(ran.out.contains("FAIL  user"), "{ran:?}");
        site.stand_in.answer_next(Operation::GetLicense, Answer::html(StatusCode::OK, "<html>Log in</html>"));
        let ran = stops(&[]).await.code(3);
        let step = if mode == LIVE { "FAIL  license" } else { "FAIL  user" };
        assert!(ran.out.contains(step), "{ran:?}");
    }
    Ok(())
}

/// A site of the contract does not describe itself: only its license shows whether the way is right.
#[tokio::test]
async fn the_check_says_ok_to_what_works_alone() -> Checked {
    for mode in MODES {
        for (status, code, stop) in [
            (StatusCode::UNAUTHORIZED, 3, "user"),
            (StatusCode::FORBIDDEN, 3, "user"),
            (StatusCode::INTERNAL_SERVER_ERROR, 7, "response"),
        ] {
            let site = Site::start(mode).await?;
            site.stand_in.answer_next(Operation::GetLicense, Answer::new(status));
            let ran = site.run(&["site", "check", "--timeout", "5"]).await.code(code);
            let is_live = mode == LIVE;
            let stop = if is_live { "license" } else { stop };
            assert!(ran.out.contains(&format!("FAIL  {stop}")), "{mode:?} {status}: {ran:?}");
            assert_eq!(ran.out.contains("ok    user"), is_live, "{mode:?} {status}: {ran:?}");
            assert_eq!(ran.out.contains("ok    TLS"), is_live, "{mode:?} {status}: {ran:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_site_describes_itself() -> Checked {
    let site = Site::start(LIVE).await?;
    let file = site.file("qrs.json");
    site.run(&["site", "openapi", "--out", &file]).await.code(0);
    let saved: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    assert_eq!(saved["swagger"], "2.0");
    let contract = Site::start(qrs_tests::Mode::Contract).await?;
    let ran = contract.run(&["site", "openapi"]).await.code(4);
    assert!(ran.err.contains("does not describe itself"), "{ran:?}");
    Ok(())
}

/// A block of `docs/site.md`.
fn guide(language: &str) -> Result<String, Box<dyn std::error::Error>> {
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/site.md"))?;
    let (_, rest) = guide.split_once(&format!("```{language}\n")).ok_or("the page has no such block")?;
    Ok(rest.split("```").next().unwrap_or_default().to_owned())
}

/// A client of a site's description, with the overlay of `docs/site.md`.
async fn generated(site: &Site) -> Result<qrs_codegen::Generated, Box<dyn std::error::Error>> {
    let names = site.run(&["about", "get-interfaces", "-o", "jsonl"]).await.code(0).out;
    assert!(names.contains("\"main\""), "{names}");
    let text = site.run(&["site", "openapi", "main"]).await.code(0).out;
    Ok(qrs_codegen::generate(&qrs_codegen::Input {
        document: qrs_codegen::Source { name: "main.json", text: &text },
        overlays: &[qrs_codegen::Source { name: "main.overlay.yaml", text: &guide("yaml")? }],
        files: &qrs_codegen::NoFiles,
        modules: &[],
        command: "test",
    })?)
}

/// Depends on the generated client as `docs/site.md` does, and makes its call.
#[tokio::test]
#[ignore = "compiles a client and a caller; run by cargo xtask ci"]
async fn the_client_of_a_site_is_used_as_the_guide_says() -> Checked {
    let site = Site::start(LIVE).await?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide");
    let write = |name: &str, text: &str| -> Checked {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
        Ok(std::fs::write(path, text)?)
    };
    for (name, text) in &generated(&site).await?.files {
        write(&format!("our-site/{name}"), text)?;
    }
    let manifest = "[package]\nname = \"caller\"\nedition = \"2024\"\n\n[workspace]\n\n";
    let dependencies = guide("toml")?.replace("../our-site", "our-site");
    write("Cargo.toml", &format!("{manifest}{dependencies}"))?;
    let call = guide("rust,ignore")?;
    write(
        "src/main.rs",
        &format!(
            "async fn call() -> Result<(), Box<dyn std::error::Error>> {{\n{call}\ndrop(license);\nOk(())\n}}\nfn main() {{ drop(call()); }}\n"
        ),
    )?;
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let checked = std::process::Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUSTFLAGS", "-Dwarnings")
        .output()?;
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    Ok(())
}

/// Checks the steps of `docs/site.md` as far as they are the generator's.
#[tokio::test]
async fn a_client_is_generated_from_the_description_of_a_site() -> Checked {
    let site = Site::start(LIVE).await?;
    let generated = generated(&site).await?;
    assert_eq!(generated.report.count(qrs_codegen::diagnostic::Severity::Warning), 0, "{}", generated.report);
    assert_eq!(generated.untyped, []);
    let license = &generated.files["src/operations/license.rs"];
    assert!(license.contains("pub fn get_license(&self) -> GetLicense"));
    assert!(license.contains(r#"runtime::Carrier::Query("xrfkey"), &client::XRFKEY"#));
    assert!(generated.files["src/client.rs"].contains("pub fn user(self, directory: impl Into<String>"));
    Ok(())
}

#[tokio::test]
async fn a_certificate_of_windows_is_read() -> Checked {
    let site = Site::start(LIVE).await?;
    let pfx =
        |name: &str, algorithm: p12_keystore::EncryptionAlgorithm| -> Result<String, Box<dyn std::error::Error>> {
            let der = |file: &str| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
                use rustls::pki_types::pem::PemObject as _;
                let path = site.file(file);
                Ok(match file {
                    "client.pem" => rustls::pki_types::CertificateDer::from_pem_file(path)?.to_vec(),
                    _ => rustls::pki_types::PrivateKeyDer::from_pem_file(path)?.secret_der().to_vec(),
                })
            };
            let chain = p12_keystore::PrivateKeyChain::new(
                "a key",
                p12_keystore::PrivateKey::from_der(&der("client_key.pem")?)?,
                [p12_keystore::Certificate::from_der(&der("client.pem")?)?],
            );
            let mut store = p12_keystore::KeyStore::new();
            store.add_entry("client", p12_keystore::KeyStoreEntry::PrivateKeyChain(chain));
            // Windows writes 2,000 iterations; the default here is five times that.
            let writer = store.writer("hunter2-pfx").encryption_algorithm(algorithm);
            let bytes = writer.encryption_iterations(2_000).mac_iterations(2_000).write()?;
            std::fs::write(site.folder.path().join(name), bytes)?;
            Ok(site.file(name))
        };
    for (name, algorithm) in [
        ("new.pfx", p12_keystore::EncryptionAlgorithm::PbeWithHmacSha256AndAes256),
        ("old.pfx", p12_keystore::EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc),
    ] {
        let file = pfx(name, algorithm)?;
        let with = async |password: &str| {
            let mut command = bare();
            let variables = site.variables().into_iter().filter(|(name, _)| *name != "QRS_KEY");
            command.args(["status"]).envs(variables).env("QRS_CERTIFICATE", &file);
            command.env("QRS_CERTIFICATE_PASSWORD", password);
            run(command).await
        };
        with("hunter2-pfx").await.code(0);
        let ran = with("hunter2-wrong").await.code(2);
        assert!(ran.err.contains("the password may be wrong") && !ran.err.contains("hunter2"), "{ran:?}");
        assert!(with("").await.code(2).err.contains("it may have a password"));
    }
    Ok(())
}
