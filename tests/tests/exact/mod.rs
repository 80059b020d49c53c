//! Random values that random schemas allow, through the compiled types and back: they are the same JSON values. Values that
//! the schemas do not allow are refused, or become ones that they do allow, as far as types hold values to schemas.
//!
//! A sample runs here. `QRS_EXACT_ROUNDS=100 cargo test -p qrs-tests --test round_trips exact -- --nocapture` tries a
//! hundred times as many schemas; `QRS_EXACT_SEED` chooses others, and `QRS_EXACT_VALUES` is the number of values for each.

mod cost;
mod random;
mod suite;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fastrand::Rng;
use qrs_codegen::diagnostic::Severity;
use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::Value;

use crate::scratch::write;
use crate::types_crate::write_types;
use random::{Schemas, name};

type Checked<T> = Result<T, Box<dyn Error>>;

/// Schemas of one crate.
const SCHEMAS: usize = 120;

/// Values tried of each schema.
const VALUES: u64 = 40;

/// Failures that are shown.
const SHOWN: usize = 12;

const PROGRAM: &str = r#"
use std::io::BufRead as _;
use client::types;

fn round<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> Result<String, String> {
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_string(&value).map_err(|error| error.to_string())
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (index, text) = line.split_once(' ').expect("an index and a value");
        let outcome = match index {
ARMS
            _ => Err("no such schema".to_owned()),
        };
        match outcome {
            Ok(text) => println!("{text}"),
            Err(error) => println!("! {error}"),
        }
    }
}
"#;

/// A crate that has the types of all schemas of a document, and a program that reads and writes values of them.
fn build(document: &Value, schemas: usize, allows_null: &dyn Fn(usize) -> bool, scratch: &Path) -> Checked<PathBuf> {
    let mut arms = String::new();
    for index in 0..schemas {
        // `null` is of the place that mentions a type.
        let (before, after) = if allows_null(index) { ("Option<", ">") } else { ("", "") };
        writeln!(arms, "            \"{index}\" => round::<{before}types::{}{after}>(text),", name(index))?;
    }
    build_program(document, &PROGRAM.replace("ARMS", &arms), Profile::Debug, scratch)
}

/// How a program is compiled.
#[derive(Clone, Copy, PartialEq)]
enum Profile {
    Debug,
    Release,
}

/// A program that uses the types of a document's schemas.
fn build_program(document: &Value, program: &str, profile: Profile, scratch: &Path) -> Checked<PathBuf> {
    let text = document.to_string();
    let document = Source { name: "random.json", text: &text };
    let generated = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" });
    let files = generated.map_err(|report| {
        let errors = report.located().filter(|(found, _)| found.severity == Severity::Error);
        errors.map(|(found, _)| format!("{}: {}", found.pointer, found.problem)).collect::<Vec<_>>().join("\n")
    })?;
    let files = files.files;
    write_types(&files, "random-client", &scratch.join("client"))?;
    write(&scratch.join("tries/src/main.rs"), program)?;
    write(
        &scratch.join("tries/Cargo.toml"),
        "[package]\nname = \"tries\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         client = { path = \"../client\", package = \"random-client\" }\nserde = \"1\"\nserde_json = \"1\"\n",
    )?;
    write(&scratch.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"client\", \"tries\"]\n")?;
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), scratch.join("Cargo.lock"))?;
    let target = scratch.join("target");
    let (folder, arguments): (_, &[&str]) = match profile {
        Profile::Debug => ("debug", &[]),
        Profile::Release => ("release", &["--release"]),
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--package", "tries"])
        .args(arguments)
        .current_dir(scratch)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &target)
        .output()?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned().into());
    }
    Ok(target.join(folder).join("tries"))
}

/// A value that its schema allows and, property for property, describes.
struct Case {
    schema: usize,
    value: Value,
}

/// A validator that holds texts to their formats, as types do.
fn validator(schema: &Value) -> Checked<jsonschema::Validator> {
    let options = jsonschema::draft202012::options().should_validate_formats(true).with_format("byte", is_base64);
    Ok(options.build(schema).map_err(|error| error.to_string())?)
}

/// Whether a text is Base64 (RFC 4648): of either alphabet, with or without padding and line breaks.
fn is_base64(text: &str) -> bool {
    let plain: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let digits = plain.trim_end_matches('=');
    let is_padded = digits.len() == plain.len() || (plain.len() - digits.len() <= 2 && plain.len().is_multiple_of(4));
    let is_of =
        |others: [char; 2]| digits.chars().all(|digit| digit.is_ascii_alphanumeric() || others.contains(&digit));
    is_padded && digits.len() % 4 != 1 && (is_of(['+', '/']) || is_of(['-', '_']))
}

fn cases(schemas: &Schemas, rng: &mut Rng) -> Checked<Vec<Case>> {
    let mut cases = Vec::new();
    for schema in 0..schemas.all.len() {
        let (allowed, described) = (validator(&schemas.standalone(schema))?, validator(&schemas.described(schema))?);
        let values = (0..number("QRS_EXACT_VALUES", VALUES)).map(|_| schemas.value(schema, rng));
        let is_case = |value: &Value| allowed.is_valid(value) && described.is_valid(value);
        cases.extend(values.filter(is_case).map(|value| Case { schema, value }));
    }
    Ok(cases)
}

/// Values that violate their schemas.
fn damaged(schemas: &Schemas, rng: &mut Rng) -> Checked<Vec<Case>> {
    let mut cases = Vec::new();
    for schema in 0..schemas.all.len() {
        let held = validator(&schemas.held(schema))?;
        let values = (0..number("QRS_EXACT_VALUES", VALUES)).map(|_| schemas.damaged(schema, rng));
        cases.extend(values.filter(|value| !held.is_valid(value)).map(|value| Case { schema, value }));
    }
    Ok(cases)
}

/// The damaged values that a type takes and writes as values that its schema does not allow.
fn wrongly_taken(schemas: &Schemas, program: &Path, rng: &mut Rng) -> Checked<(usize, Vec<String>)> {
    let cases = damaged(schemas, rng)?;
    let mut wrong = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes(program, &cases)?) {
        let Ok(written) = serde_json::from_str::<Value>(&outcome) else { continue };
        if !validator(&schemas.held(case.schema))?.is_valid(&written) {
            let (name, schema) = (name(case.schema), &schemas.all[case.schema]);
            wrong.push(format!("TAKEN {name}: {schema}\n   was {}\n   is  {outcome}", case.value));
        }
    }
    Ok((cases.len(), wrong))
}

/// The output of the program for each case.
fn outcomes(program: &Path, cases: &[Case]) -> Checked<Vec<String>> {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("the program has an input")?;
    let lines: Vec<String> = cases.iter().map(|case| format!("{} {}", case.schema, case.value)).collect();
    let writer = std::thread::spawn(move || lines.iter().try_for_each(|line| writeln!(input, "{line}")));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the input could not be written")??;
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

/// Whether two values are equal, numbers compared as numbers.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn values_come_back_as_they_came() -> Checked<()> {
    let seed = number("QRS_EXACT_SEED", 1);
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("exact-{seed}"));
    let (mut tried, mut violating, mut changed) = (0, 0, 0);
    for round in 0..number("QRS_EXACT_ROUNDS", 1) {
        let schemas = Schemas::random(seed + round, SCHEMAS);
        let cases = cases(&schemas, &mut Rng::with_seed(seed + round))?;
        assert!(cases.len() > SCHEMAS * 5, "too few values satisfy their schemas: {}", cases.len());
        let nulls: Vec<bool> = (0..schemas.all.len())
            .map(|index| Ok(validator(&schemas.standalone(index))?.is_valid(&Value::Null)))
            .collect::<Checked<_>>()?;
        let program = build(&schemas.document(), nulls.len(), &|index| nulls[index], &scratch)?;
        let outcomes = outcomes(&program, &cases)?;
        assert_eq!(outcomes.len(), cases.len());
        let is_lost = |(case, outcome): &(&Case, &String)| {
            !serde_json::from_str(outcome).is_ok_and(|back: Value| same(&case.value, &back))
        };
        let lost: Vec<String> = cases
            .iter()
            .zip(&outcomes)
            .filter(is_lost)
            .map(|(case, back)| {
                format!("{}: {}\n   was {}\n   is  {back}", name(case.schema), schemas.all[case.schema], case.value)
            })
            .collect();
        let (damaged, wrong) = wrongly_taken(&schemas, &program, &mut Rng::with_seed(seed + round))?;
        let lost: Vec<String> = lost.into_iter().chain(wrong).collect();
        if !lost.is_empty() {
            println!("seed {}: {} values were changed or wrongly taken:", seed + round, lost.len());
            println!("{}", lost[..lost.len().min(SHOWN)].join("\n"));
        }
        (tried, violating, changed) = (tried + cases.len(), violating + damaged, changed + lost.len());
        println!(
            "{} schemas, {tried} values and {violating} that violate their schemas: {changed} found",
            (round + 1) * SCHEMAS as u64
        );
    }
    assert_eq!(changed, 0, "values were changed, or taken although their schemas do not allow them");
    Ok(())
}
