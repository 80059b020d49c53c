//! The manifests: the generated crate depends on what this workspace is tested with, and the crates that are published
//! say what a registry asks for.

use std::error::Error;
use std::fs;
use std::path::Path;

type Checked = Result<(), Box<dyn Error>>;

/// The lines `name = …` under a heading.
fn entries<'t>(manifest: &'t str, heading: &str) -> Vec<(&'t str, &'t str)> {
    let after = manifest.split_once(&format!("[{heading}]\n")).map_or("", |(_, after)| after);
    let table = after.split("\n[").next().unwrap_or_default();
    table.lines().filter_map(|line| line.split_once(" = ")).filter(|(name, _)| !name.starts_with('#')).collect()
}

/// The version requirement and the features of an entry, features sorted.
fn read(entry: &str) -> (String, Vec<String>) {
    let quoted = |text: &str| text.split('"').nth(1).unwrap_or_default().to_owned();
    let version = entry.split_once("version = ").map_or_else(|| quoted(entry), |(_, rest)| quoted(rest));
    let features = entry.split_once("features = [").map_or("", |(_, rest)| rest.split(']').next().unwrap_or_default());
    let mut features: Vec<String> = features.split(',').map(quoted).filter(|feature| !feature.is_empty()).collect();
    features.sort();
    (version, features)
}

#[test]
fn the_generated_manifest_names_the_versions_of_the_workspace() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = fs::read_to_string(root.join("Cargo.toml"))?;
    let generated = fs::read_to_string(root.join("qrs-generated/Cargo.toml"))?;
    let known = entries(&workspace, "workspace.dependencies");
    let used = entries(&generated, "dependencies");
    assert!(used.len() > 5, "the dependencies were not found: {used:?}");
    for (name, entry) in used {
        let Some((_, known)) = known.iter().find(|(known, _)| *known == name) else {
            // The command and the mock are compiled in this client alone.
            assert!(entry.contains("optional = true"), "{name} is not known");
            continue;
        };
        let (version, features) = read(entry);
        let (tested_version, tested_features) = read(known);
        assert_eq!(version, tested_version, "the version of {name}");
        // `preserve_order` is the generator's: the client has no use for the order of a free-form object.
        let tested_features: Vec<_> = tested_features.into_iter().filter(|name| name != "preserve_order").collect();
        assert_eq!(features, tested_features, "the features of {name}");
    }
    Ok(())
}

/// A package has nothing but its own folder: what its licences say has to be in it, and is said once.
#[test]
fn each_package_carries_the_licences() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for package in ["qrs-codegen", "qrs-generated", "qrs-stand-in"] {
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let (ours, theirs) = (fs::read(root.join(file))?, fs::read(root.join(package).join(file))?);
            assert!(ours == theirs, "{package}/{file} is not {file}");
        }
    }
    Ok(())
}

/// The packages of a selection, each with its features.
#[cfg(target_os = "linux")]
fn packages(arguments: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} [{f}]"]).args(arguments);
    let output = cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout)?;
    Ok(lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

/// Otherwise cargo compiles the generator twice: for `cargo xtask`, and for the tests.
#[cfg(target_os = "linux")]
#[test]
fn xtask_is_built_with_the_features_of_the_tests() -> Checked {
    let of_tests = packages(&["--workspace", "--edges", "normal,build,dev"])?;
    let of_xtask = packages(&["--package", "xtask", "--edges", "normal,build"])?;
    assert!(of_xtask.len() > 50, "{of_xtask:?}");
    let others: Vec<&String> = of_xtask.iter().filter(|package| !of_tests.contains(package)).collect();
    assert!(others.is_empty(), "xtask/Cargo.toml lacks features that the tests add to these: {others:?}");
    Ok(())
}
