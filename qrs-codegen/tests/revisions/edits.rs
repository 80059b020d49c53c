//! The revisions that `NAME.yaml` here describe: for `document`, and where it has to follow for `caller`, a list of texts
//! to replace in `base.yaml` and `caller.rs`. Under `before`, the same lists make another base of them, for a change of what
//! the base does not have. Shared by the tests of what is said of them and of whether it is true.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The revisions in this folder, by name, in order.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "yaml") && !path.ends_with("base.yaml") {
            names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    names.sort();
    Ok(names)
}

/// The document that all revisions differ from, and code that uses all of it.
pub(crate) fn base(folder: &Path) -> Result<[String; 2], Box<dyn Error>> {
    Ok([fs::read_to_string(folder.join("base.yaml"))?, fs::read_to_string(folder.join("caller.rs"))?])
}

/// The text that a revision differs from, if that is not the base itself: what `before` of its edits makes of that.
pub(crate) fn before(folder: &Path, name: &str) -> Result<Option<[String; 2]>, Box<dyn Error>> {
    from(folder, name, &edits(folder, name)?)
}

fn from(folder: &Path, name: &str, edits: &Value) -> Result<Option<[String; 2]>, Box<dyn Error>> {
    edits.get("before").map(|edits| edited(name, edits, base(folder)?)).transpose()
}

/// A revision's document, and code that uses all of that.
pub(crate) fn revised(folder: &Path, name: &str) -> Result<[String; 2], Box<dyn Error>> {
    let edits = edits(folder, name)?;
    let texts = from(folder, name, &edits)?.map_or_else(|| base(folder), Ok)?;
    edited(name, &edits, texts)
}

fn edits(folder: &Path, name: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_yaml::from_str(&fs::read_to_string(folder.join(name).with_extension("yaml"))?)?)
}

fn edited(name: &str, edits: &Value, texts: [String; 2]) -> Result<[String; 2], Box<dyn Error>> {
    let [mut document, mut caller] = texts;
    for (key, text) in [("document", &mut document), ("caller", &mut caller)] {
        for edit in edits[key].as_array().into_iter().flatten() {
            let (Some(from), Some(to)) = (edit["from"].as_str(), edit["to"].as_str()) else {
                return Err(format!("{name}: an edit is from and to").into());
            };
            if !text.contains(from) {
                return Err(format!("{name}: `{from}` is not there").into());
            }
            *text = text.replace(from, to);
        }
    }
    Ok([document, caller])
}
