//! Checks how the client of a large document is laid out.

#![allow(clippy::panic, reason = "a document that is refused fails its test")]

use std::collections::BTreeMap;

use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::{Map, Value, json};

/// Lines of a generated file, at most.
const MOST_LINES: usize = 5_000;

/// The files of the client of a document.
fn files(document: &Value) -> BTreeMap<String, String> {
    let text = document.to_string();
    let document = Source { name: "large.json", text: &text };
    match generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" }) {
        Ok(generated) => generated.files,
        Err(report) => panic!("{report}"),
    }
}

/// Checks the length of each file that is not copied from the runtime.
fn assert_short(files: &BTreeMap<String, String>) {
    for (name, text) in files.iter().filter(|(name, _)| !name.starts_with("src/runtime/")) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{name} has {lines} lines");
    }
}

/// A document with `count` schemas whose names differ late.
fn schemas(count: usize) -> Value {
    let properties: Map<String, Value> =
        (0..16).map(|number| (format!("property{number}"), json!({ "type": "string" }))).collect();
    let schemas: Map<String, Value> = (0..count)
        .map(|number| {
            let name = format!("WebhookPullRequestReviewRequestedAndDismissed{number:03}");
            (name, json!({ "type": "object", "properties": properties }))
        })
        .collect();
    let schemas = Value::Object(schemas);
    json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "components": { "schemas": schemas } })
}

#[test]
fn types_whose_names_begin_alike_for_long_are_in_several_files() {
    let before = files(&schemas(40));
    assert_short(&before);
    let after = files(&schemas(41));
    let is_changed = |(name, text): &(&String, &String)| before.get(*name) != Some(text);
    let changed: Vec<&String> = after.iter().filter(is_changed).map(|(name, _)| name).collect();
    let (index, contract) = ("src/types/mod.rs", "src/contract.rs");
    let types = changed.iter().filter(|name| ![index, contract].contains(&name.as_str())).count();
    assert_eq!(types, 1, "{changed:?}");
}

/// A document with `count` operations of one tag, and one of another.
fn operations(count: usize) -> Value {
    let operation = |tag: &str| json!({ "get": { "tags": [tag], "responses": { "204": { "description": "Done." } } } });
    let of_many = (0..count).map(|number| (format!("/many/{number:03}"), operation("many")));
    let paths: Map<String, Value> = of_many.chain([("/few".to_owned(), operation("few"))]).collect();
    json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": paths })
}

#[test]
fn many_operations_are_grouped_and_keep_their_methods() {
    let few = files(&operations(20));
    assert!(few["src/operations/few.rs"].contains("impl Client {\n    /// `GET /few`"));
    assert!(!few.values().any(|text| text.contains("#[doc(hidden)]\n    pub fn get_")));

    let many = files(&operations(260));
    assert_short(&many);
    let module = &many["src/operations/few.rs"];
    assert!(module.contains("pub fn few(&self) -> FewOperations<'_>"), "{module}");
    assert!(module.contains("#[doc(hidden)]\n    pub fn get_few(&self) -> GetFew"), "{module}");
    assert!(many["README.md"].contains("`few().get_few`"));

    let index = &many["src/operations/many.rs"];
    assert!(index.contains("pub struct ManyOperations<'c>") && index.contains("pub use many00::*;"), "{index}");
    assert!(many["src/operations/many/many00.rs"].contains("impl ManyOperations<'_> {"));
}

#[test]
fn the_command_and_the_mock_of_many_operations_are_in_several_files() {
    let property = |number: usize| (format!("property{number:02}"), json!({ "type": "string" }));
    let parameter =
        |number: usize| json!({ "name": format!("p{number}"), "in": "query", "schema": { "type": "string" } });
    let parameters: Vec<Value> = (0..6).map(parameter).collect();
    let operation = |number: usize| {
        let responses = json!({ "204": { "description": "Done." } });
        let schema = json!({ "$ref": format!("#/components/schemas/S{number:03}") });
        let body = json!({ "content": { "application/json": { "schema": schema } } });
        json!({ "post": { "tags": ["many"], "parameters": parameters, "requestBody": body, "responses": responses } })
    };
    let paths: Map<String, Value> = (0..200).map(|number| (format!("/many/{number:03}"), operation(number))).collect();
    let properties: Map<String, Value> = (0..20).map(property).collect();
    let schema = json!({ "type": "object", "properties": properties });
    let schemas: Map<String, Value> = (0..200).map(|number| (format!("S{number:03}"), schema.clone())).collect();
    let info = json!({ "title": "t", "version": "1", "x-codegen": { "cli": { "name": "many" }, "mock": true } });
    let document = json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": { "schemas": schemas } });
    let files = files(&document);
    assert_short(&files);
    for (folder, what) in [("src/cli/table", "COMMAND_"), ("src/mock/operations/many", "MOCK_OF_")] {
        let index = &files[&format!("{folder}.rs")];
        let modules: Vec<&str> =
            index.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
        assert!(modules.len() > 1, "{index}");
        let of_module =
            |module: &&str| files[&format!("{folder}/{module}.rs")].matches(&format!("static {what}")).count();
        assert_eq!(modules.iter().map(of_module).sum::<usize>(), 200, "each has its static");
    }
    // A static is mentioned by the path of its file.
    let table = &files["src/cli/table.rs"];
    let mentioned: Vec<&str> = table.split("&crate::cli::table::").skip(1).collect();
    assert_eq!(mentioned.len(), 200, "{table}");
    for path in mentioned {
        let (module, rest) = path.split_once("::").unwrap_or_default();
        let name = rest.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next().unwrap_or_default();
        assert!(files[&format!("src/cli/table/{module}.rs")].contains(&format!("static {name}: Command")), "{path}");
    }
}

/// The files of a client whose paths begin with each of these names.
fn of_paths(names: &[&str]) -> BTreeMap<String, String> {
    let paths: Map<String, Value> = (0..30)
        .flat_map(|number| names.iter().map(move |name| format!("/{name}/{number:03}")))
        .map(|path| (path, json!({ "get": { "tags": ["all"], "responses": { "204": { "description": "Done." } } } })))
        .collect();
    files(&json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": paths }))
}

#[test]
fn paths_that_begin_as_no_module_does_have_modules() {
    let files = of_paths(&["2015-03-31", "mod", "aux", "größe"]);
    assert_short(&files);
    let within = |name: &str| files.contains_key(&format!("src/operations/all/{name}.rs"));
    assert!(["_2", "m", "a", "g"].into_iter().all(within), "{:?}", files.keys());
    let index = &files["src/operations/all.rs"];
    assert!(index.contains("mod _2;") && index.contains("pub use _2::*;"), "{index}");
}

/// Clippy does not allow a module the name of the one that it is in.
#[test]
fn no_module_is_called_as_the_one_that_it_is_in() {
    let operation = |tag: &str| json!({ "get": { "tags": [tag], "responses": { "204": { "description": "Done." } } } });
    // The paths are alike but for their parameters.
    let alike = (0..90).map(|number| (format!("/all{}", "/{id}".repeat(number)), operation("all")));
    let paths: Map<String, Value> = alike.chain([("/x".to_owned(), operation("all"))]).collect();
    let parts = files(&json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": paths }));
    assert!(parts.contains_key("src/operations/all/all_.rs"), "{:?}", parts.keys());

    let paths = json!({ "/a": operation("users"), "/b": operation("Users") });
    let tags = json!([{ "name": "users" }, { "name": "Users", "parent": "users" }]);
    let info = json!({ "title": "t", "version": "1" });
    let nested = files(&json!({ "openapi": "3.2.0", "info": info, "tags": tags, "paths": paths }));
    assert!(nested.contains_key("src/operations/users/users_2.rs"), "{:?}", nested.keys());

    for module in parts.keys().chain(nested.keys()).filter_map(|name| name.strip_suffix(".rs")) {
        let names: Vec<&str> = module.rsplit('/').take(2).collect();
        assert_ne!(names.first(), names.get(1), "{module}");
    }
}

/// Windows has no file of such a name, whatever its extension.
#[test]
fn no_file_is_called_as_a_device_of_windows() {
    let tag = |name: &str| json!({ "get": { "tags": [name], "responses": { "204": { "description": "Done." } } } });
    let paths = json!({ "/a": tag("aux"), "/b": tag("CON"), "/c": tag("com1"), "/d": tag("comet") });
    let files = files(&json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": paths }));
    for module in ["aux_", "con_", "com1_", "comet"] {
        assert!(files.contains_key(&format!("src/operations/{module}.rs")), "{:?}", files.keys());
    }
}
