//! Plans and accounts: files of steps, as JSON lines, each with the site that it is for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};

use serde_json::Value;

use super::inputs;
use super::step::Step;
use crate::cli::failure::{Code, Failure};

/// The field with the address of the site.
const SITE: &str = "site";

/// Reads the steps of a file that is for this site, each with its last outcome.
pub(super) fn read(file: &str, site: &str) -> Result<Vec<Step>, Failure> {
    let mut steps: Vec<Step> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (index, value) in inputs::json_lines(file)?.iter().enumerate() {
        let entry = index + 1;
        check_site(file, entry, value, site)?;
        let wrong = |why| Failure::usage(format!("`{file}`: entry {entry} is no step of a plan: {why}"));
        let step = Step::from_json(value).map_err(wrong)?;
        match known.get(&step.key()).and_then(|at| steps.get_mut(*at)) {
            Some(earlier) => *earlier = step,
            None => {
                known.insert(step.key(), steps.len());
                steps.push(step);
            }
        }
    }
    Ok(steps)
}

/// Refuses a step for another site: what its identifiers mean there, nobody knows.
fn check_site(file: &str, entry: usize, value: &Value, site: &str) -> Result<(), Failure> {
    match value.get(SITE).and_then(Value::as_str) {
        Some(named) if named == site => Ok(()),
        Some(named) => {
            Err(Failure::usage(format!("`{file}`: entry {entry} is for the site {named}, and this is {site}"))
                .hint("choose that site, by the same address"))
        }
        None if value.get("action").is_none() => {
            Err(Failure::usage(format!("`{file}`: entry {entry} is no step of a plan")))
        }
        None => Err(Failure::usage(format!("`{file}`: entry {entry} does not say for which site it is"))
            .hint("an older version of this command wrote it: make a new plan")),
    }
}

/// Writes a plan to a file, for `qrs apply`.
pub(super) fn write_plan(file: &str, site: &str, steps: &[Step]) -> Result<(), Failure> {
    StepFile::create(file, site, steps).map(drop)
}

/// A file that is added to after each step, so that an interruption loses none.
pub(super) struct StepFile {
    file: File,
    pub(super) name: String,
    site: String,
}

impl StepFile {
    /// Creates the file, with all steps. One that is there is not overwritten.
    pub(super) fn create(name: &str, site: &str, steps: &[Step]) -> Result<Self, Failure> {
        let file = File::create_new(name).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::usage(format!("`{name}` is there already"))
                .hint(format!("take it up by `qrs apply {name}`, or name another file")),
            _ => Failure::usage(format!("`{name}`: {error}")),
        })?;
        let mut account = Self { file, name: name.to_owned(), site: site.to_owned() };
        steps.iter().try_for_each(|step| account.add(step))?;
        Ok(account)
    }

    /// Opens the file of an earlier run, to add to it.
    pub(super) fn append(name: &str, site: &str) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::usage(format!("`{name}`: {error}"));
        let text = std::fs::read(name).map_err(failed)?;
        if text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) {
            return Err(
                Failure::usage(format!("`{name}` is UTF-16")).hint("save it as UTF-8, so that it can be added to")
            );
        }
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let last = text.get(end..).unwrap_or_default();
        let is_whole = serde_json::from_slice::<Value>(last).is_ok();
        if !is_whole {
            // Half a line, of a run that was killed. On Windows, a file that is only added to cannot be cut.
            let file = File::options().write(true).open(name).map_err(failed)?;
            file.set_len(u64::try_from(end).unwrap_or(u64::MAX)).map_err(failed)?;
        }
        let mut file = File::options().append(true).open(name).map_err(failed)?;
        if is_whole {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { file, name: name.to_owned(), site: site.to_owned() })
    }

    /// Adds a step with its outcome.
    pub(super) fn add(&mut self, step: &Step) -> Result<(), Failure> {
        let mut value = step.to_json();
        if let Some(fields) = value.as_object_mut() {
            fields.insert(SITE.to_owned(), Value::from(self.site.as_str()));
        }
        let line = format!("{value}\n");
        let name = &self.name;
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| Failure::new(Code::Incomplete, format!("the account `{name}` cannot be written: {error}")))
    }
}
