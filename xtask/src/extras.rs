//! The options of `cargo xtask codegen` beside the files of a run: the part of the document that is taken, and what is
//! written about the run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qrs_codegen::diagnostic::Severity;
use qrs_codegen::report::Report;
use qrs_codegen::{Generated, Input};
use serde_json::{Value, json};

use crate::outcome::Failure;
use crate::{harmless, paths, terminal};

/// The name of the overlay that the options make, in messages.
pub(crate) const CHOICE: &str = "--include and --exclude";

/// The options.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct Extras {
    /// Generate only the operations that a pattern means, with what they use; may be given more than once
    ///
    /// A pattern is a path (`/users/**`, with `*` for any characters of a segment and `**` for any segments), a method and a
    /// path (`GET /users/*`), a method (`GET`), `tag:NAME` or `operationId:NAME`. For trying it out: what is to stay stands in
    /// `x-codegen` of the document or an overlay, as `include` and `exclude`, and the option adds to it.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,

    /// Leave out the operations that a pattern means; may be given more than once
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,

    /// Write what became of the document to a file, or to standard output (`-`): how much of it is degraded, by kind, and
    /// which types are any JSON value, and why
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// The form of the report [default: json for a file that is called so, else table]
    #[arg(long, value_name = "FORMAT", requires = "report")]
    report_format: Option<Format>,

    /// Write the document as the client is generated from it to a file, or to standard output (`-`), as YAML: overlays
    /// applied, operations chosen, files bundled, Swagger 2.0 translated
    #[arg(long, value_name = "FILE")]
    effective: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

impl Extras {
    /// The overlay that the patterns make, if there are any.
    pub(crate) fn overlay(&self) -> Option<String> {
        if self.include.is_empty() && self.exclude.is_empty() {
            return None;
        }
        let lists = [("include", &self.include), ("exclude", &self.exclude)];
        let lists: serde_json::Map<String, Value> = lists
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(key, list)| (key.to_owned(), json!(list)))
            .collect();
        let overlay = json!({
            "overlay": "1.0.0",
            "info": { "title": CHOICE, "version": "1" },
            "actions": [{ "target": "$", "update": { "x-codegen": lists } }],
        });
        Some(format!("{overlay:#}"))
    }

    /// The options as they are written, for a command that is to be run again.
    pub(crate) fn choice(&self) -> String {
        let mut text = String::new();
        for (option, pattern) in
            self.include.iter().map(|it| ("--include", it)).chain(self.exclude.iter().map(|it| ("--exclude", it)))
        {
            _ = write!(text, " {option} {}", paths::quote(pattern.as_ref()));
        }
        text
    }

    /// Writes the document as it is worked on.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn write_effective(&self, input: &Input<'_>) -> Result<(), Failure> {
        let Some(path) = &self.effective else { return Ok(()) };
        // What keeps it from being read is reported by the run itself.
        let Ok(tree) = qrs_codegen::effective(input) else { return Ok(()) };
        let text = serde_yaml::to_string(&tree).map_err(|error| Failure(error.to_string()))?;
        write(path, &text)
    }

    /// Writes what became of the document.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn write_report(&self, document: &str, generated: &Generated) -> Result<(), Failure> {
        let Some(path) = &self.report else { return Ok(()) };
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let format = self.report_format.unwrap_or(if is_json { Format::Json } else { Format::Table });
        match format {
            Format::Table => write(path, &table(document, generated)),
            Format::Json if is_standard(path) => terminal::output_json(&format!("{:#}\n", json(document, generated))),
            Format::Json => write(path, &format!("{:#}\n", json(document, generated))),
        }
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if is_standard(path) {
        return terminal::output(text);
    }
    fs::write(path, text).map_err(|error| Failure(format!("{}: {error}", paths::show(path))))
}

/// Reports in one line how many parts of the document are degraded: the warnings, by their kind.
pub(crate) fn report_degraded(report: &Report) {
    let kinds = report.count_by_code(Severity::Warning).into_iter();
    let kinds: Vec<String> = kinds.map(|(code, count)| format!("{count} {code}")).collect();
    if !kinds.is_empty() {
        terminal::message(&format!("parts that are not generated as they are written: {}", kinds.join(", ")));
    }
}

/// The counts of a severity by kind, the most frequent first.
fn counts(report: &Report, severity: Severity) -> Vec<(&'static str, usize)> {
    let counts: BTreeMap<&'static str, usize> = report.count_by_code(severity);
    let mut counts: Vec<(&'static str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    counts
}

fn json(document: &str, generated: &Generated) -> Value {
    let of = |severity| -> Value {
        counts(&generated.report, severity).into_iter().map(|(code, count)| (code.to_owned(), json!(count))).collect()
    };
    let positions = generated.report.positions(generated.untyped.iter().map(|it| &it.pointer));
    let untyped = generated.untyped.iter().zip(positions).map(|(it, at)| {
        let at = at.map(|at| at.to_string());
        json!({ "place": it.place, "at": at, "pointer": it.pointer.to_string(), "why": it.why })
    });
    json!({
        "document": document,
        "operations": generated.size.operations,
        "types": generated.size.types,
        "warnings": of(Severity::Warning),
        "notes": of(Severity::Note),
        "untyped": untyped.collect::<Value>(),
    })
}

fn table(document: &str, generated: &Generated) -> String {
    let mut text = format!("{document}: {} operations, {} types\n\n", generated.size.operations, generated.size.types);
    let kinds = [(Severity::Warning, "degraded"), (Severity::Note, "noted")];
    let rows = kinds.into_iter().flat_map(|(severity, word)| {
        counts(&generated.report, severity)
            .into_iter()
            .map(move |(code, count)| [word.to_owned(), code.to_owned(), count.to_string()])
    });
    rows_of(&mut text, ["", "kind", "places"], &rows.collect::<Vec<_>>());
    let positions = generated.report.positions(generated.untyped.iter().map(|it| &it.pointer));
    let rows: Vec<[String; 3]> = generated
        .untyped
        .iter()
        .zip(positions)
        .map(|(it, at)| {
            let at = at.map(|at| format!("{at} ")).unwrap_or_default();
            let cells = [it.place.clone(), it.why.clone(), format!("{at}{}", it.pointer)];
            cells.map(|cell| harmless::line(&cell).into_owned())
        })
        .collect();
    _ = writeln!(text, "\n{} places hold any JSON value", rows.len());
    if !rows.is_empty() {
        text.push('\n');
        rows_of(&mut text, ["place", "why", "in the document"], &rows);
    }
    text
}

/// A table in Markdown, with columns of one width.
fn rows_of(text: &mut String, head: [&str; 3], rows: &[[String; 3]]) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default().max(head[column].chars().count()).max(3)
    };
    let widths: [usize; 3] = std::array::from_fn(width);
    let mut line = |cells: [&str; 3]| {
        for (cell, width) in cells.into_iter().zip(widths) {
            _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
    };
    line(head);
    let dashes = widths.map(|width| "-".repeat(width));
    line(std::array::from_fn(|column| dashes[column].as_str()));
    for row in rows {
        line(std::array::from_fn(|column| row[column].as_str()));
    }
}
