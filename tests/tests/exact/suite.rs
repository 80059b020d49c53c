//! The valid instances of JSON Schema's own test suite, draft 2020-12, through the compiled types and back.
//!
//! `QRS_JSON_SCHEMA_SUITE=…/tests/draft2020-12 cargo test -p qrs-tests --test round_trips suite -- --ignored --nocapture`

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Case, Checked, build, outcomes, same};

/// The share of instances that come back, at least.
const LEAST: f64 = 482.0 / 491.0;

/// The kind of value that keywords speak of.
const SPOKEN: [(&str, &[&str]); 3] = [
    ("object", &["properties", "required", "additionalProperties", "patternProperties"]),
    ("array", &["items", "prefixItems"]),
    ("string", &["format", "contentEncoding", "contentMediaType"]),
];

/// Whether a schema without a `type` speaks of other kinds of values than this one, and so allows it by saying nothing. Its
/// type is that of the values that it speaks of, as the documentation says.
fn is_unspoken(schema: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        _ => "other",
    };
    let speaks = |keywords: &[&str]| keywords.iter().any(|keyword| schema.get(keyword).is_some());
    let mut spoken = SPOKEN.iter().filter(|(_, keywords)| speaks(keywords)).map(|(kind, _)| *kind).peekable();
    schema.get("type").is_none() && spoken.peek().is_some() && spoken.all(|spoken| spoken != kind)
}

/// A whole number without a fraction: what a client decodes `1.0` as, the types alone do not.
fn whole(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 => {
            format!("{number:.0}").parse::<i64>().map_or_else(|_| value.clone(), |whole| json!(whole))
        }
        _ => value.clone(),
    }
}

type Suite = (Vec<(String, Value)>, Vec<Case>);

/// The schemas of a folder of the suite, as components, and the valid instances of each.
fn read(folder: &Path) -> Checked<Suite> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Checked<_>>()?;
    files.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    let (mut schemas, mut cases) = (Vec::new(), Vec::new());
    for file in files {
        let groups: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file)?)?;
        for group in groups {
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let index = schemas.len();
            let mut schema = group["schema"].clone();
            if let Some(map) = schema.as_object_mut() {
                // A schema of the suite is a document of its own.
                map.entry("$id").or_insert_with(|| json!(format!("https://suite.example/{index}")));
                map.remove("$schema");
            }
            schemas.push((format!("{stem}: {}", group["description"].as_str().unwrap_or_default()), schema));
            let tests = group["tests"].as_array().into_iter().flatten();
            let valid = tests.filter(|test| test["valid"] == true);
            cases.extend(valid.map(|test| Case { schema: index, value: whole(&test["data"]) }));
        }
    }
    Ok((schemas, cases))
}

fn document(schemas: &[(String, Value)]) -> Value {
    let components: Map<String, Value> =
        schemas.iter().enumerate().map(|(index, (_, schema))| (super::name(index), schema.clone())).collect();
    json!({ "openapi": "3.1.0", "info": { "title": "Suite", "version": "1" }, "paths": {}, "components": { "schemas": components } })
}

/// Whether a value is another one without some of the properties of its objects.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| is_part(value, whole)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        _ => same(part, whole),
    }
}

#[test]
#[ignore = "needs the suite's folder in QRS_JSON_SCHEMA_SUITE"]
fn valid_instances_of_the_suite_come_back() -> Checked<()> {
    let folder = env::var("QRS_JSON_SCHEMA_SUITE")?;
    let (schemas, cases) = read(Path::new(&folder))?;
    let allows_null = |index: usize| cases.iter().any(|case| case.schema == index && case.value.is_null());
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("suite");
    let program = build(&document(&schemas), schemas.len(), &allows_null, &scratch)?;
    let outcomes = outcomes(&program, &cases)?;
    let (mut exact, mut smaller, mut unspoken) = (0_u32, 0_u32, 0_u32);
    for (case, outcome) in cases.iter().zip(&outcomes) {
        let back: Option<Value> = serde_json::from_str(outcome).ok();
        let (name, schema) = &schemas[case.schema];
        match back {
            Some(back) if same(&case.value, &back) => exact += 1,
            Some(back) if is_part(&back, &case.value) => {
                smaller += 1;
                println!("smaller: {name}\n  {schema}\n  was {}\n  is  {back}", case.value);
            }
            _ if is_unspoken(schema, &case.value) => unspoken += 1,
            _ => println!("CHANGED: {name}\n  {schema}\n  was {}\n  is  {outcome}", case.value),
        }
    }
    let total = u32::try_from(cases.len())? - unspoken;
    println!("{exact} of {total} valid instances come back, and {smaller} without properties that are not described");
    println!("{unspoken} more are of a kind that their schema says nothing of");
    assert!(f64::from(exact + smaller) >= f64::from(total) * LEAST, "{exact} and {smaller} of {total}");
    Ok(())
}
