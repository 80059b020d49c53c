//! The cost of an operation, in documents of 100, 1,000 and 10,000 of them: the CPU time of all threads must not grow
//! with their number.
//!
//! `cargo bench -p qrs-codegen` shows it, and fails if it grows by a half.

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::Duration;

use qrs_codegen::{Input, NoFiles, Source, generate};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A document of this many operations, four to a path and forty to a tag, each two paths with a schema of their own.
fn document(operations: usize) -> String {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for number in 0..operations / 4 {
        let tag = format!("group {}", number / 10);
        let name = format!("Thing{}", number / 2);
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        let content = json!({ "application/json": { "schema": schema } });
        let answer = json!({ "description": "It is there.", "content": content });
        let error = json!({ "$ref": "#/components/responses/Error" });
        let id =
            json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } });
        let page = json!({ "$ref": "#/components/parameters/page" });
        let operation = |verb: &str, more: Value| {
            let mut operation = json!({
                "tags": [tag], "operationId": format!("{verb}Thing{number}"), "summary": "Does it.",
                "description": "What it does, **at length**:\n\n- one\n- two\n",
                "responses": { "200": answer, "404": error, "default": error },
            });
            if let (Some(operation), Value::Object(more)) = (operation.as_object_mut(), more) {
                operation.extend(more);
            }
            operation
        };
        let item = json!({
            "parameters": [id],
            "get": operation("get", json!({ "parameters": [page] })),
            "put": operation("put", json!({ "requestBody": { "required": true, "content": content } })),
            "patch": operation("change", json!({ "requestBody": { "content": content } })),
            "delete": operation("delete", json!({})),
        });
        paths.insert(format!("/things{number}/{{id}}"), item);
        if number % 2 == 0 {
            let next = json!({ "$ref": format!("#/components/schemas/Thing{}", number / 2 / 2) });
            let properties = json!({
                "id": { "type": "string", "format": "uuid", "description": "Which it is." },
                "name": { "type": "string", "maxLength": 100 },
                "state": { "type": "string", "enum": ["new", "old"] },
                "made": { "type": "string", "format": "date-time" },
                "parts": { "type": "array", "items": next },
            });
            let schema = json!({ "type": "object", "required": ["id", "name"], "properties": properties });
            schemas.insert(name, schema);
        }
    }
    json!({
        "openapi": "3.1.0", "info": { "title": "Things", "version": "1" },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": { "page": { "name": "page", "in": "query", "schema": { "type": "integer" } } },
            "responses": { "Error": { "description": "It went wrong.", "content": { "application/json": { "schema": { "type": "object", "properties": { "message": { "type": "string" } } } } } } },
        },
    })
    .to_string()
}

/// The CPU time of this process, all its threads together.
fn spent() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// The CPU time that generating takes, once.
fn once(operations: usize) -> Duration {
    let text = document(operations);
    let document = Source { name: "things.json", text: &text };
    let started = spent();
    let result = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "bench" });
    let taken = spent().saturating_sub(started);
    assert!(result.is_ok_and(|generated| generated.size.operations == operations), "it is sound");
    taken
}

/// The median of some runs, each in a process of its own, as the command is: memory that was used before would be for
/// nothing, and make small documents look cheaper than they are.
fn time(operations: usize, times: usize) -> Result<Duration, Box<dyn Error>> {
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let output = Command::new(env::current_exe()?).env(ONE, operations.to_string()).output()?;
        let nanoseconds: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
        taken.push(Duration::from_nanos(nanoseconds));
    }
    taken.sort_unstable();
    Ok(taken.get(times / 2).copied().unwrap_or_default())
}

/// Says to such a process how many operations it is for.
const ONE: &str = "OPERATIONS_OF_ONE_RUN";

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(operations) = env::var(ONE) {
        println!("{}", once(operations.parse()?).as_nanos());
        return Ok(());
    }
    // Without operations there is the runtime, which is the same for all.
    let base = time(0, 41)?;
    println!("     0 operations: {base:>10.2?}");
    let mut costs = Vec::new();
    for (operations, times) in [(100, 41), (1_000, 9), (10_000, 3)] {
        let taken = time(operations, times)?;
        let each =
            taken.saturating_sub(base).as_secs_f64() * 1e6 / f64::from(u32::try_from(operations).unwrap_or(u32::MAX));
        println!("{operations:>6} operations: {taken:>10.2?}, {each:>6.1} µs each");
        costs.push(each);
    }
    // The mark is 1.1; what is beyond it here is what a busy machine may add.
    let (Some(first), Some(last)) = (costs.first(), costs.last()) else { return Ok(()) };
    println!("{:.2} times as much at the most operations as at the fewest", last / first);
    assert!(*last < first * 1.5, "the cost of an operation grows with their number: {costs:.1?} µs");
    Ok(())
}
