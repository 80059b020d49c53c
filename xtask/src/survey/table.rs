//! The findings, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Finding;
use super::one::{Generation, Reading, Reason};
use crate::outcome::Failure;
use crate::paths;

/// The most reasons of a refused document that are shown.
const SHOWN: usize = 3;

/// The most lines of the compiler's first complaint that are shown.
const LINES: usize = 12;

const HEAD: [&str; 14] = [
    "document",
    "version",
    "operations",
    "types",
    "errors",
    "warnings",
    "notes",
    "ms",
    "MiB",
    "lines",
    "crate",
    "complaints",
    "check s",
    "MiB",
];

/// The columns of words; the others hold numbers, which stand on the right.
const WORDS: [usize; 3] = [0, 1, 10];

/// A table, what is to be said of its rows, and the sums.
pub(super) fn text(findings: &[Finding]) -> String {
    let rows: Vec<[String; 14]> = std::iter::once(HEAD.map(str::to_owned)).chain(findings.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 14] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Writing to a string cannot fail.
            _ = if WORDS.contains(&column) {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    for finding in findings {
        text += &remarks(finding);
    }
    text.push('\n');
    text += &sums(findings);
    text
}

fn row(finding: &Finding) -> [String; 14] {
    let Generation { reading, time, memory } = &finding.generation;
    let unknown = || "-".to_owned();
    let (openapi, counts, [operations, types, lines]) = match reading {
        Reading::Generated { openapi, operations, types, lines, errors, warnings, notes } => {
            let extent = [operations, types, lines].map(ToString::to_string);
            (openapi, [errors, warnings, notes].map(ToString::to_string), extent)
        }
        Reading::Refused { openapi, errors, warnings, notes, .. } => {
            (openapi, [errors, warnings, notes].map(ToString::to_string), [(); 3].map(|()| unknown()))
        }
        Reading::Crashed { openapi, .. } => (openapi, [(); 3].map(|()| unknown()), [(); 3].map(|()| unknown())),
    };
    let [errors, warnings, notes] = counts;
    let checked = finding.checked.as_ref();
    let complaints = checked.map_or_else(unknown, |checked| (checked.errors + checked.warnings).to_string());
    let measure = checked.and_then(|checked| checked.measure);
    [
        paths::show(finding.subject.file.as_ref()),
        openapi.clone().unwrap_or_else(unknown),
        operations,
        types,
        errors,
        warnings,
        notes,
        time.as_millis().to_string(),
        mebibytes(*memory),
        lines,
        verdict(finding).to_owned(),
        complaints,
        measure.map_or_else(unknown, |measure| format!("{}.{}", measure.cpu_ms / 1000, measure.cpu_ms % 1000 / 100)),
        measure.map_or_else(unknown, |measure| mebibytes(measure.memory)),
    ]
}

fn mebibytes(bytes: u64) -> String {
    bytes.div_ceil(1 << 20).to_string()
}

/// The outcome of a document, in a word.
fn verdict(finding: &Finding) -> &'static str {
    match (&finding.generation.reading, &finding.checked) {
        (Reading::Crashed { .. }, _) => "crashed",
        (Reading::Refused { .. }, _) => "refused",
        (Reading::Generated { .. }, Some(checked)) if !checked.compiles => "broken",
        (Reading::Generated { .. }, Some(checked)) if checked.warnings > 0 => "warned of",
        (Reading::Generated { .. }, _) => "compiles",
    }
}

/// Why a document was refused, or what the compiler has against its crate.
fn remarks(finding: &Finding) -> String {
    let file = paths::show(finding.subject.file.as_ref());
    let mut text = String::new();
    match (&finding.generation.reading, &finding.checked) {
        (Reading::Crashed { how, .. }, _) => _ = write!(text, "\n{file}: the generator crashed: {how}\n"),
        (Reading::Refused { reasons, errors, .. }, _) => {
            _ = writeln!(text, "\n{file}: refused");
            for Reason { code, place, message } in reasons.iter().take(SHOWN) {
                let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
                _ = writeln!(text, "  {place}{message} [{code}]");
            }
            let more = errors.saturating_sub(reasons.len().min(SHOWN));
            if more > 0 {
                _ = writeln!(text, "  and {more} more");
            }
        }
        (Reading::Generated { .. }, Some(checked)) => {
            if let Some(first) = checked.first.as_ref() {
                let what = if checked.compiles { "the compiler warns" } else { "does not compile" };
                _ = writeln!(text, "\n{file}: {what}");
                for line in first.lines().take(LINES) {
                    _ = writeln!(text, "  {line}");
                }
            }
        }
        (Reading::Generated { .. }, None) => {}
    }
    text
}

/// As `3 documents: 2 compile, 1 refused`.
fn sums(findings: &[Finding]) -> String {
    let known = [
        ("compiles", "compile"),
        ("warned of", "warned of"),
        ("broken", "broken"),
        ("refused", "refused"),
        ("crashed", "crashed"),
    ];
    let counted = known.into_iter().filter_map(|(outcome, said)| {
        let count = findings.iter().filter(|finding| verdict(finding) == outcome).count();
        (count > 0).then(|| format!("{count} {said}"))
    });
    let plural = if findings.len() == 1 { "" } else { "s" };
    format!("{} document{plural}: {}\n", findings.len(), counted.collect::<Vec<_>>().join(", "))
}

/// An array with an object for each document.
pub(super) fn json(findings: &[Finding]) -> Result<String, Failure> {
    let all: Vec<Value> = findings.iter().map(object).collect();
    let text = serde_json::to_string_pretty(&all).map_err(|error| Failure(error.to_string()))?;
    Ok(text + "\n")
}

fn object(finding: &Finding) -> Value {
    let Generation { reading, time, memory } = &finding.generation;
    let mut object = json!({
        "document": finding.subject.file,
        "crate": finding.subject.package,
        "outcome": verdict(finding),
        "generate": { "cpu_ms": time.as_millis(), "memory": memory },
    });
    let more = match reading {
        Reading::Generated { openapi, operations, types, lines, errors, warnings, notes } => json!({
            "openapi": openapi, "operations": operations, "types": types, "lines": lines,
            "errors": errors, "warnings": warnings, "notes": notes,
        }),
        Reading::Refused { openapi, errors, warnings, notes, reasons } => json!({
            "openapi": openapi, "errors": errors, "warnings": warnings, "notes": notes, "reasons": reasons,
        }),
        Reading::Crashed { openapi, how } => json!({ "openapi": openapi, "crash": how }),
    };
    let checked = finding.checked.as_ref().map(|checked| {
        json!({
            "compiles": checked.compiles, "errors": checked.errors, "warnings": checked.warnings,
            "first": checked.first, "cost": checked.measure,
        })
    });
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
        object.insert("check".to_owned(), checked.unwrap_or_default());
    }
    object
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::super::check::Checked;
    use super::super::one::{Generation, Reading};
    use super::super::{Finding, Subject};
    use super::{json, text};

    fn finding(file: &str, checked: Checked) -> Finding {
        let reading = Reading::Generated {
            openapi: Some("3.1.0".to_owned()),
            operations: 193,
            types: 7,
            lines: 12_000,
            errors: 0,
            warnings: 2,
            notes: 1,
        };
        Finding {
            subject: Subject { file: file.to_owned(), path: PathBuf::new(), package: format!("survey-{file}") },
            generation: Generation { reading, time: Duration::from_millis(42), memory: 3 << 20 },
            checked: Some(checked),
        }
    }

    #[test]
    fn a_crate_that_does_not_compile_shows_its_first_error() {
        let broken = Checked {
            errors: 2,
            warnings: 1,
            first: Some("error[E0425]: cannot find value `x`\n --> src/lib.rs:1:1".to_owned()),
            ..Checked::default()
        };
        let sound = Checked { compiles: true, ..Checked::default() };
        let findings = [finding("a", broken), finding("bcd.yaml\u{1b}[2J", sound)];
        let shown = text(&findings);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("document           version  operations  types"), "{shown}");
        assert!(lines[1].starts_with("a                  3.1.0           193      7"), "{shown}");
        assert!(lines[1].contains("  broken             3  "), "{shown}");
        assert!(
            shown.contains("\na: does not compile\n  error[E0425]: cannot find value `x`\n   --> src/lib.rs:1:1\n")
        );
        assert!(shown.ends_with("\n2 documents: 1 compile, 1 broken\n"), "{shown}");
        assert!(!shown.contains('\u{1b}'));
        let rows: Vec<serde_json::Value> = serde_json::from_str(&json(&findings).unwrap()).unwrap();
        assert_eq!(rows[0]["outcome"], "broken");
        assert_eq!(rows[0]["check"]["errors"], 2);
        assert_eq!(rows[1]["check"]["compiles"], true);
    }
}
