//! Checks what is generated from documents. `documents/NAME.yaml` (or `.json`) is a document for many features,
//! `documents/NAME.overlay.yaml` an optional overlay, and `documents/NAME.files` a folder of files that it refers to.
//! `documents/NAME.txt` is the golden text: the report and the files that depend on the document.
//! `tests/tests/compiles.rs` compiles the same documents.
//!
//! `UPDATE_EXPECT=1 cargo test -p qrs-codegen --test accepts` rewrites the golden texts.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

#[path = "support/files.rs"]
mod files;
#[path = "support/swagger_rules.rs"]
mod swagger_rules;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use qrs_codegen::report::Style;
use qrs_codegen::{Generated, Input, NoFiles, Source, generate};

use files::Folder;

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| is_document(path)).collect();
    paths.sort();
    paths
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind != "txt" && kind != "files")
        && !path.to_string_lossy().ends_with(".overlay.yaml")
}

fn generated(path: &Path) -> Generated {
    let text = fs::read_to_string(path).expect("it can be read");
    let name = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    let document = Source { name, text: &text };
    let overlay = fs::read_to_string(path.with_extension("overlay.yaml")).ok();
    let overlay = overlay.as_deref().map(|text| Source { name: "overlay.yaml", text });
    let files = Folder::new(path.with_extension("files"));
    let overlays = overlay.as_slice();
    match generate(&Input { document, overlays, files: &files, modules: &[], command: "cargo xtask codegen" }) {
        Ok(generated) => generated,
        Err(report) => panic!("{name} is refused:\n{report}"),
    }
}

#[test]
fn documents_become_what_is_expected() {
    assert!(documents().len() >= 5);
    for path in documents() {
        let Generated { files, report, .. } = generated(&path);
        let mut golden = report.render(Style::Plain);
        let is_made = |name: &str| ["src/cli/table.rs", "src/mock/operations.rs"].contains(&name);
        let is_copied = |name: &str| (name.starts_with("src/cli/") || name.starts_with("src/mock/")) && !is_made(name);
        let depends = |name: &str| !name.starts_with("src/runtime/") && name != "src/lib.rs" && !is_copied(name);
        for (name, text) in files.iter().filter(|(name, _)| depends(name)) {
            let _ = write!(golden, "\n==== {name}\n{text}");
        }
        expect_file![path.with_extension("txt")].assert_eq(&golden);
    }
}

/// Generates the client of one operation with a command, with these parameters and this body.
fn with_command(parameters: &str, body: &str) -> Generated {
    let text = format!(
        "openapi: 3.1.0
info: {{ title: Small, version: '1', x-codegen: {{ cli: {{ name: small }} }} }}
paths:
  /things:
    post:
      operationId: addThing
      parameters: [{parameters}]
{body}      responses: {{ '200': {{ description: It, content: {{ application/json: {{ schema: {{ type: object }} }} }} }} }}
"
    );
    let document = Source { name: "small.yaml", text: &text };
    let input = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "generate" };
    generate(&input).unwrap_or_else(|report| panic!("it is refused:\n{report}"))
}

#[test]
fn a_command_ships_what_its_document_needs() {
    let small = with_command("", "").files;
    let parts = ["request/form.rs", "request/multipart.rs", "request/parameter.rs", "client/server_template.rs"];
    for part in parts {
        assert!(!small.contains_key(&format!("src/runtime/{part}")), "{part}");
    }
    assert!(!small.contains_key("src/cli/identity.rs") && !small["Cargo.toml"].contains("p12-keystore"));
    let call = &small["src/cli/call.rs"];
    assert!(!call.contains("call.header(") && !call.contains("// only:"), "{call}");
    let with_header = with_command("{ name: X-Tenant, in: header, schema: { type: string } }", "").files;
    assert!(with_header["src/cli/call.rs"].contains("call.header("));
    // What hides the secrets of a body comes with whatever calls it.
    assert!(!call.contains("call.hide(") && !small["src/cli/body.rs"].contains("fn secrets"), "{call}");
    let body = "      requestBody: { content: { application/json: { schema: \
                { type: object, properties: { name: { type: string } } } } } }\n";
    let with_body = with_command("", body).files;
    assert!(with_body["src/cli/call.rs"].contains("call.hide("));
    assert!(with_body["src/runtime/request/call.rs"].contains("fn hide("));
}

/// Checks that the files of `calls`, which that test compiles, are those generated from `documents/calls.yaml`.
#[test]
fn the_calls_that_are_tried_are_those_of_the_document() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let Generated { files, .. } = generated(&folder.join("documents/calls.yaml"));
    let operations = ["operations/mod.rs", "operations/latest.rs", "operations/untagged.rs"];
    for name in ["client.rs", "contract.rs", "types.rs"].into_iter().chain(operations) {
        let golden = folder.join("calls").join(name);
        expect_file![golden].assert_eq(&files[&format!("src/{name}")]);
    }
}

#[test]
fn equal_documents_give_equal_files() {
    for path in documents() {
        assert!(generated(&path).files == generated(&path).files, "{}", path.display());
    }
}

#[test]
fn the_order_of_keys_in_other_objects_does_not_matter() {
    let one = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { type: string, description: x } } }\n";
    let other = "components: { schemas: { A: { description: x, type: string } } }\npaths: {}\ninfo: { version: '1', title: A }\nopenapi: 3.1.0\n";
    let files = |text| {
        let document = Source { name: "a.yaml", text };
        let generated = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" });
        let mut files = generated.expect("it is sound").files;
        // It holds the hash of the text.
        assert!(files.remove("src/contract.rs").is_some());
        files
    };
    assert!(files(one) == files(other));
}

/// Adds something to a document, and checks that everything from before is still there, word for word.
#[test]
fn what_was_there_stays_when_something_is_added() {
    let before = "\
openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a: { get: { tags: [t], operationId: getA, responses: { '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
components:
  schemas:
    A: { type: object, properties: { a: { type: string } } }
";
    let after = before.replace(
        "paths:\n",
        "paths:\n  /0: { get: { tags: [t], operationId: first, responses: { '204': { description: '' } } } }\n",
    ) + "    Z: { type: object, properties: { a: { $ref: '#/components/schemas/A' } } }\n";
    let files = |text: &str| {
        let document = Source { name: "a.yaml", text };
        generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" })
            .expect("it is sound")
            .files
    };
    let (before, after) = (files(before), files(&after));
    for name in ["src/types.rs", "src/operations/t.rs"] {
        for line in before[name].lines() {
            assert!(after[name].lines().any(|other| other == line), "{name} lost `{line}`");
        }
    }
}

#[test]
fn hostile_text_never_becomes_code() {
    let texts = [
        "*/ fn evil() {} /*",
        "\"; fn evil() {} \"",
        "\"# fn evil() {} r#\"",
        "\n}\nfn evil() {}\n",
        "\\\"",
        "{}",
        "%s",
        "../../x",
    ];
    for text in texts {
        let quoted = serde_json::to_string(text).expect("it is text");
        let document = format!(
            r##"{{"openapi":"3.1.0","info":{{"title":{quoted},"version":{quoted},"description":{quoted}}},
            "servers":[{{"url":"https://x.example.com/{{v}}","description":{quoted},"variables":{{"v":{{"default":{quoted},"enum":[{quoted}]}}}}}}],
            "paths":{{"/a":{{"get":{{"operationId":{quoted},"tags":[{quoted}],"summary":{quoted},
              "parameters":[{{"name":{quoted},"in":"query","schema":{{"type":"string","enum":[{quoted}]}}}}],
              "responses":{{"200":{{"description":{quoted},"content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/A"}}}}}}}}}}}}}}}},
            "components":{{"schemas":{{"A":{{"type":"object","description":{quoted},"properties":{{{quoted}:{{"type":"string","default":{quoted},"pattern":{quoted}}}}}}}}},
              "securitySchemes":{{"s":{{"type":"apiKey","in":"query","name":{quoted},"description":{quoted}}}}}}}}}"##
        );
        let document = Source { name: "a.json", text: &document };
        let files = match generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" }) {
            Ok(generated) => generated.files,
            Err(report) => panic!("{text:?} is refused:\n{report}"),
        };
        for (name, file) in files.iter().filter(|(name, _)| name.starts_with("src/") && !name.contains("runtime")) {
            let file = syn::parse_file(file).unwrap_or_else(|error| panic!("{name} is not Rust: {error}"));
            let evil = file.items.iter().any(|item| matches!(item, syn::Item::Fn(_)));
            assert!(!evil, "{text:?} became code in {name}");
            assert!(!name.contains(".."), "{name}");
        }
    }
}

/// Without tags, and with more operations than one file should hold, the paths make the modules and the names.
#[test]
fn operations_without_tags_and_names_are_told_by_their_paths() {
    use serde_json::{Map, Value, json};
    let operation =
        |id: usize| json!({ "operationId": format!("{id:032x}"), "responses": { "204": { "description": "" } } });
    let few = (0..20).map(|index| format!("/user/{{id}}/few{index}"));
    let many = (0..60).map(|index| format!("/app/part{}/{index}", index % 2));
    let paths: Map<String, Value> = few
        .chain(many)
        .enumerate()
        .map(|(id, path)| {
            let parameters = if path.contains('{') {
                json!([{ "name": "id", "in": "path", "required": true, "type": "string" }])
            } else {
                json!([])
            };
            (path, json!({ "get": operation(id), "parameters": parameters }))
        })
        .collect();
    let text = json!({ "swagger": "2.0", "info": { "title": "A", "version": "1" }, "paths": paths }).to_string();
    let document = Source { name: "a.json", text: &text };
    let input = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" };
    let files = generate(&input).expect("it is sound").files;
    let modules: Vec<&str> = files.keys().filter_map(|name| name.strip_prefix("src/operations/")).collect();
    assert_eq!(modules, ["app_part0.rs", "app_part1.rs", "mod.rs", "user.rs"]);
    assert!(files["src/operations/user.rs"].contains("pub fn get_user_by_id_few0(&self"));
}

#[test]
fn operation_ids_can_be_ignored() {
    let document = |ignored: bool| {
        format!(
            "openapi: 3.1.0\nx-codegen: {{ ignore-operation-ids: {ignored} }}\ninfo: {{ title: A, version: '1' }}\npaths:\n  \
             /pets/{{id}}: {{ get: {{ operationId: op17, parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}], \
             responses: {{ '204': {{ description: Done. }} }} }} }}\n"
        )
    };
    for (ignored, method) in [(false, "op17"), (true, "get_pets_by_id")] {
        let text = document(ignored);
        let document = Source { name: "a.yaml", text: &text };
        let input = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" };
        let generated = generate(&input).expect("it is sound");
        let mut modules = generated.files.iter().filter(|(name, _)| name.starts_with("src/operations/"));
        let declared = format!("pub fn {method}(");
        assert!(modules.any(|(_, text)| text.contains(&declared)), "{declared}");
    }
}

/// The report on a document with these paths.
fn reported(version: &str, paths: &str) -> String {
    let text = format!("{version}\ninfo: {{ title: A, version: '1' }}\npaths:\n{paths}");
    let document = Source { name: "a.yaml", text: &text };
    let input = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" };
    generate(&input).unwrap_or_else(|report| panic!("it is refused:\n{report}")).report.render(Style::Plain)
}

/// Since OpenAPI 3.1, the Operation Object does not require `responses`.
#[test]
fn an_operation_may_have_no_responses_since_3_1() {
    let paths = "  /a: { get: { operationId: getA } }";
    for version in ["openapi: 3.1.0", "openapi: 3.2.0"] {
        assert_eq!(reported(version, paths), "", "{version}");
    }
    for version in ["openapi: 3.0.3", "swagger: '2.0'"] {
        let report = reported(version, paths);
        assert!(report.contains("warning[missing-key]: `responses` is missing"), "{version}:\n{report}");
    }
}

#[test]
fn servers_without_a_name_are_numbered() {
    let urls = "[{ url: 'https://a.example.com' }, { url: 'https://b.example.com' }]";
    let responses = "responses: { '204': { description: '' } }";
    let of_path = format!("  /b: {{ servers: {urls}, get: {{ operationId: srv, {responses} }} }}");
    assert_eq!(reported("openapi: 3.0.3", &of_path), "");
    let of_operation = format!("  /b: {{ get: {{ operationId: srv, servers: {urls}, {responses} }} }}");
    assert_eq!(reported("openapi: 3.0.3", &of_operation), "");
    // A name that the author wrote is missed.
    let named = of_path.replace(".com' }]", ".com', x-codegen: { name: srv_server } }]");
    let report = reported("openapi: 3.0.3", &named);
    assert!(report.contains("warning[name-collision]: `srv_server` would be called `srv_server`"), "{report}");
}

#[test]
fn an_empty_format_is_none() {
    let schema = |format: &str| {
        format!(
            "  /a: {{ post: {{ operationId: postA, requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, \
             properties: {{ a: {{ type: string{format} }}, b: {{ allOf: [{{ type: integer, format: int32 }}]{format} }} }} }} }} }} }}, \
             responses: {{ '204': {{ description: '' }} }} }} }}"
        )
    };
    assert_eq!(reported("openapi: 3.1.0", &schema(", format: ''")), "");
    assert!(reported("openapi: 3.1.0", &schema(", format: odd")).contains("the format `odd`"));
}

/// A range in `consumes` of Swagger 2.0 covers the media types of forms.
#[test]
fn a_form_is_sent_in_a_range_of_media_types() {
    let form = |consumes: &str, ty: &str| {
        let paths = format!(
            "  /a: {{ post: {{ operationId: postA, consumes: ['{consumes}'], \
             parameters: [{{ name: a, in: formData, type: {ty} }}], responses: {{ '204': {{ description: '' }} }} }} }}"
        );
        reported("swagger: '2.0'\nhost: a.example.com\nschemes: [https]", &paths)
    };
    for (range, ty) in [("*/*", "string"), ("*/*", "file"), ("application/*", "string"), ("multipart/*", "string")] {
        assert_eq!(form(range, ty), "", "{range} {ty}");
    }
    for (range, ty) in [("application/*", "file"), ("text/*", "string")] {
        assert!(form(range, ty).contains("is not supported"), "{range} {ty}");
    }
}
