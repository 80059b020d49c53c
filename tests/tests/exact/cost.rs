//! The cost of reading a union: a list of 50,000 elements of a union of ten variants, against `serde_json::Value`.
//!
//! `cargo test -p qrs-tests --test round_trips cost -- --ignored --nocapture`

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{Checked, Profile, build_program};

const PROGRAM: &str = r##"
use std::time::Duration;
use client::types;

/// The CPU time of this thread, which does not depend on what else the machine does.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    Duration::from_nanos(text.split(' ').next().and_then(|time| time.parse().ok()).expect("a number"))
}

fn least<T: serde::de::DeserializeOwned>(text: &str) -> Duration {
    let once = || {
        let start = cpu();
        let value: T = serde_json::from_str(text).expect("it is valid");
        let took = cpu() - start;
        drop(value);
        took
    };
    (0..15).map(|_| once()).min().expect("some runs")
}

fn text(tag: bool) -> String {
    let element = |index: usize| {
        let kind = index % 10;
        let tag = if tag { format!(r#","kind":"k{kind}""#) } else { String::new() };
        format!(
            r#"{{"id":{index},"name":"name {index}","tags":["a","b"],"place":{{"x":{index},"y":2.5}},"own{kind}":"text"{tag}}}"#
        )
    };
    let elements: Vec<String> = (0..50_000).map(element).collect();
    format!("[{}]", elements.join(","))
}

fn main() {
    let (plain, tagged) = (text(false), text(true));
    let value = least::<serde_json::Value>(&plain).as_secs_f64();
    println!("plain {:.3}", least::<Vec<types::Plain>>(&plain).as_secs_f64() / value);
    let value = least::<serde_json::Value>(&tagged).as_secs_f64();
    println!("constant {:.3}", least::<Vec<types::Constant>>(&tagged).as_secs_f64() / value);
    println!("tagged {:.3}", least::<Vec<types::Tagged>>(&tagged).as_secs_f64() / value);
    println!("value {:.1} ms", value * 1000.0);
}
"##;

fn document() -> Value {
    let mut schemas = Map::new();
    let reference = |name: String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let place = json!({ "type": "object", "properties": { "x": { "type": "integer" }, "y": { "type": "number" } } });
    for kind in 0..10 {
        let own = format!("own{kind}");
        let mut properties = json!({
            "id": { "type": "integer" },
            "name": { "type": "string" },
            "tags": { "type": "array", "items": { "type": "string" } },
            "place": { "$ref": "#/components/schemas/Place" },
        });
        properties[&own] = json!({ "type": "string" });
        let plain = json!({ "type": "object", "required": ["id", own], "properties": properties });
        schemas.insert(format!("Plain{kind}"), plain.clone());
        let mut constant = plain;
        constant["properties"]["kind"] = json!({ "type": "string", "const": format!("k{kind}") });
        constant["required"] = json!(["id", own, "kind"]);
        schemas.insert(format!("Constant{kind}"), constant);
    }
    schemas.insert("Place".to_owned(), place);
    let all = |name: &str| -> Vec<Value> { (0..10).map(|kind| reference(format!("{name}{kind}"))).collect() };
    schemas.insert("Plain".to_owned(), json!({ "oneOf": all("Plain") }));
    schemas.insert("Constant".to_owned(), json!({ "oneOf": all("Constant") }));
    let mapping: Map<String, Value> =
        (0..10).map(|kind| (format!("k{kind}"), json!(format!("#/components/schemas/Constant{kind}")))).collect();
    let discriminator = json!({ "propertyName": "kind", "mapping": mapping });
    schemas.insert("Tagged".to_owned(), json!({ "oneOf": all("Constant"), "discriminator": discriminator }));
    json!({ "openapi": "3.1.0", "info": { "title": "Cost", "version": "1" }, "paths": {}, "components": { "schemas": schemas } })
}

#[test]
#[ignore = "measures, with optimisation, on Linux; run by hand"]
fn what_a_union_costs() -> Checked<()> {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cost");
    let program = build_program(&document(), PROGRAM, Profile::Release, &scratch)?;
    let output = Command::new(program).output()?;
    let text = String::from_utf8(output.stdout)?;
    println!("{text}");
    let ratios = text.lines().filter_map(|line| line.split_once(' ')?.1.parse::<f64>().ok());
    assert!(ratios.clone().count() == 3 && ratios.clone().all(|ratio| ratio < 3.0), "{text}");
    Ok(())
}
