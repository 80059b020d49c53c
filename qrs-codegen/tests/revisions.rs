//! Checks the report on a revision. `revisions/base.yaml` is the older document, each `revisions/NAME.yaml` edits it into a
//! newer one (or first into another older one), and `revisions/NAME.txt` is the golden text of the changes, forth and back.
//!
//! `UPDATE_EXPECT=1 cargo test -p qrs-codegen --test revisions` rewrites the golden texts. `tests/tests/revisions.rs` proves
//! the verdicts with the compiler.
//!
//! It is one file, longer than others, with one small test for each rule of the report.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

#[path = "revisions/edits.rs"]
mod edits;
#[path = "support/files.rs"]
mod files;
#[path = "revisions/pairs.rs"]
mod pairs;
#[path = "revisions/positions.rs"]
mod positions;
#[path = "revisions/whole.rs"]
mod whole;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use qrs_codegen::changes::{Bump, Change, ChangeKind, Changes, Effect, Refused, Wire, Works, compare};
use qrs_codegen::{Input, NoFiles, Source};
use semver::Version;
use serde_json::Value;

use files::Folder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/revisions")
}

fn base() -> String {
    let [document, _] = edits::base(&folder()).expect("it can be read");
    document
}

fn revised(name: &str) -> String {
    let [document, _] = edits::revised(&folder(), name).expect("it can be edited");
    document
}

/// The revisions, by name, each with the text of the document that it differs from, and of its own.
fn revisions() -> Vec<(String, [String; 2])> {
    let before = |name: &str| match edits::before(&folder(), name).expect("it can be edited") {
        Some([document, _]) => document,
        None => base(),
    };
    let names = edits::names(&folder()).expect("they can be listed").into_iter();
    names.map(|name| (name.clone(), [before(&name), revised(&name)])).collect()
}

fn input<'a>(name: &'a str, text: &'a str) -> Input<'a> {
    Input { document: Source { name, text }, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" }
}

fn between(old: &str, new: &str) -> Changes {
    match compare(&input("old.yaml", old), &input("new.yaml", new)) {
        Ok(changes) => changes,
        Err(refused) => panic!("{refused}"),
    }
}

/// The report on one API in Swagger 2.0 and in a later version is the same; the places are those of each text.
#[test]
fn a_revision_may_be_in_another_version_of_the_specification() {
    let old = r"
swagger: '2.0'
info: { title: Pets, version: 1.0.0 }
host: api.example.com
schemes: [https]
basePath: /v1
produces: [application/json]
consumes: [application/json]
paths:
  /pets:
    post:
      operationId: addPet
      parameters:
        - { name: pet, in: body, required: true, schema: { $ref: '#/definitions/Pet' } }
        - { name: tags, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: dry, in: query, type: boolean }
      responses: { '200': { description: A pet., schema: { $ref: '#/definitions/Pet' } } }
definitions:
  Pet: { type: object, required: [name], properties: { name: { type: string }, nick: { type: string, x-nullable: true } } }
";
    let same = r"
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: https://api.example.com/v1 }]
paths:
  /pets:
    post:
      operationId: addPet
      parameters:
        - { name: tags, in: query, schema: { type: array, items: { type: string } } }
        - { name: dry, in: query, schema: { type: boolean } }
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '200': { description: A pet., content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
components:
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string }, nick: { type: string, nullable: true } } }
";
    let changes = between(old, same);
    let details: Vec<&str> = changes.iter().map(|change| change.detail.as_str()).collect();
    assert_eq!(details, ["has the OpenAPI version `3.0.3`, not `2.0`"]);
    assert_eq!(changes.bump(), Bump::Compatible);
    let other = same.replace("schema: { type: boolean }", "schema: { type: integer }");
    let changes = between(old, &other);
    let places: Vec<String> = changes
        .iter()
        .filter(|change| change.bump() > Bump::Compatible)
        .flat_map(|change| [&change.old, &change.new])
        .flatten()
        .map(|place| format!("{}:{} {}", place.file, place.line, place.pointer))
        .collect();
    assert_eq!(places, ["old.yaml:16 /paths/~1pets/post/parameters/2", "new.yaml:11 /paths/~1pets/post/parameters/1"]);
}

#[test]
fn each_revision_is_told_forth_and_back() {
    assert!(revisions().len() >= 40);
    for (name, [before, after]) in revisions() {
        let mut golden = String::new();
        for (way, old, new) in [("forth", &before, &after), ("back", &after, &before)] {
            let changes = between(old, new);
            let next = |version: &str| changes.next_version(&Version::parse(version).expect("a version")).to_string();
            let _ = writeln!(golden, "==== {way}: 0.1.0 becomes {}, 1.2.3 becomes {}", next("0.1.0"), next("1.2.3"));
            golden += &changes.to_text();
        }
        expect_file![folder().join(name).with_extension("txt")].assert_eq(&golden);
    }
}

/// The compiler, and clients and servers, judge the pairs of this folder (`tests/tests/revisions.rs`).
#[test]
fn each_kind_of_change_has_a_pair() {
    // `each_revision_is_told_forth_and_back` compares these texts with the reports.
    let text = |name: String| fs::read_to_string(folder().join(name).with_extension("txt")).expect("it can be read");
    let told: String = revisions().into_iter().map(|(name, _)| text(name)).collect();
    let is_missing = |id: &&str| !told.contains(&format!("[{id}]\n"));
    let missing: Vec<&str> = ChangeKind::ALL.iter().map(|kind| kind.id()).filter(is_missing).collect();
    assert!(missing.is_empty(), "no pair has {missing:?}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    // Most revisions are of one document.
    let texts: BTreeSet<String> = revisions().into_iter().flat_map(|(_, texts)| texts).collect();
    for text in texts {
        let changes = between(&text, &text);
        assert!(changes.is_empty() && changes.bump() == Bump::None, "{}", changes.to_text());
        let version = Version::new(1, 2, 3);
        assert_eq!(changes.next_version(&version), version);
    }
}

/// Nor does any of the documents that `accepts.rs` generates from.
#[test]
fn no_accepted_document_differs_from_itself() {
    let documents = folder().with_file_name("documents");
    let mut seen = 0;
    for entry in fs::read_dir(documents).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        let kind = path.extension().and_then(|kind| kind.to_str());
        if !matches!(kind, Some("yaml" | "json")) || path.to_string_lossy().ends_with(".overlay.yaml") {
            continue;
        }
        // A file of it cannot be read, so a comparison would count what is in it as removed.
        if path.ends_with("degraded.yaml") {
            continue;
        }
        let changes = with_itself(&path);
        assert!(changes.is_empty(), "{}: {}", path.display(), changes.to_text());
        seen += 1;
    }
    assert!(seen >= 5);
}

/// Compares a document with itself, with its overlay and with the files that it refers to.
fn with_itself(path: &Path) -> Changes {
    let text = fs::read_to_string(path).expect("it can be read");
    let name = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    let overlay = fs::read_to_string(path.with_extension("overlay.yaml")).ok();
    let overlay = overlay.as_deref().map(|text| Source { name: "overlay.yaml", text });
    let files = Folder::new(path.with_extension("files"));
    let input = Input { overlays: overlay.as_slice(), files: &files, ..input(name, &text) };
    match compare(&input, &input) {
        Ok(changes) => changes,
        Err(refused) => panic!("{name}: {refused}"),
    }
}

/// The edits that other tools miss (`cargo-semver-checks` 0.51, `cargo-public-api` 0.52): all of them are seen here.
#[test]
fn what_other_tools_miss_is_seen() {
    let seen = |name: &str| between(&base(), &revised(name));
    for name in ["response_field_retyped", "request_field_retyped", "parameter_required"] {
        assert_eq!(seen(name).bump(), Bump::Breaking, "{name}");
    }
    for name in ["method_changed", "security_header_renamed"] {
        let changes = seen(name);
        assert!(
            changes.iter().any(|change| change.wire.old_client == Works::No && change.rust == Effect::None),
            "{name}"
        );
        assert_eq!(changes.bump(), Bump::Breaking, "{name}");
    }
    assert!(!seen("status_changed").is_empty());
    assert_eq!(seen("documentation").bump(), Bump::Compatible);
}

/// A caller without the credential gets an error from the new client before anything is sent, whatever the server takes.
#[test]
fn a_credential_that_becomes_necessary_breaks_callers() {
    let secured = |security: &str| {
        format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
security: {security}
paths: {{ /a: {{ get: {{ operationId: a, responses: {{ '204': {{ description: Done. }} }} }} }} }}
components:
  securitySchemes:
    a: {{ type: apiKey, in: header, name: A }}
    b: {{ type: apiKey, in: header, name: B }}
    made: {{ type: apiKey, in: header, name: C, x-codegen: {{ generated: {{ length: 8, alphabet: abc }} }} }}
"
        )
    };
    for (old, new, bump) in [
        ("[]", "[{ a: [] }]", Bump::Breaking),
        ("[{ a: [] }]", "[{ a: [], b: [] }]", Bump::Breaking),
        ("[{ a: [] }, { b: [] }]", "[{ a: [] }]", Bump::Breaking),
        ("[{}, { a: [] }]", "[{ a: [] }]", Bump::Breaking),
        ("[{ a: [] }]", "[{ a: [] }, { b: [] }]", Bump::Additive),
        ("[{ a: [] }]", "[{ a: [] }, {}]", Bump::Additive),
        ("[{ a: [] }]", "[{ a: [], made: [] }]", Bump::Compatible),
    ] {
        let changes = between(&secured(old), &secured(new));
        assert_eq!(changes.bump(), bump, "{old} to {new}: {}", changes.to_text());
    }
}

/// A document that sends and receives a `Thing`, with these schemas.
fn with_schemas(schemas: &str) -> String {
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /thing:
    put:
      operationId: putThing
      requestBody: {{ required: true, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }} }}
      responses:
        '200': {{ description: It., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }} }}
components:
  schemas:
{schemas}"
    )
}

/// The arguments of `new` may change although none of them may be left out that could not be before.
/// Operations that differ in a fragment alone, which is not sent, are told apart by their names.
#[test]
fn operations_of_one_path_are_paired_by_name() {
    let document = |names: &[&str]| {
        let path = |name: &&str| {
            let parameter = format!("{{ name: {name}, in: query, required: true, schema: {{ type: string }} }}");
            format!(
                "  /a#{name}: {{ get: {{ operationId: {name}, parameters: [{parameter}], responses: {{ '204': {{ description: '' }} }} }} }}\n"
            )
        };
        let paths: String = names.iter().map(path).collect();
        format!("openapi: 3.1.0\ninfo: {{ title: A, version: '1' }}\npaths:\n{paths}")
    };
    let changes = between(&document(&["one", "two"]), &document(&["one", "between", "two"]));
    assert_eq!(verdicts_of(&changes), (Works::Yes, Works::Yes, vec!["operation-added"]), "{changes:?}");
}

#[test]
fn another_argument_of_new_breaks_callers() {
    let thing = |schema: &str| with_schemas(&format!("    Thing: {schema}\n"));
    let secret = "type: object, properties: { password: { type: string, writeOnly: true } }";
    let (optional, required) =
        (thing(&format!("{{ {secret} }}")), thing(&format!("{{ {secret}, required: [password] }}")));
    let kind = |values: &str| {
        thing(&format!("{{ type: object, required: [kind], properties: {{ kind: {{ enum: {values} }} }} }}"))
    };
    for (old, new, gives, takes) in [
        (&optional, &required, "password: is given to `Thing::new` now", "is not given to `Thing::new` any more"),
        (&kind("[a]"), &kind("[a, b]"), "kind: is given to `Thing::new` now", "is not given to `Thing::new` any more"),
    ] {
        for (old, new, words) in [(old, new, gives), (new, old, takes)] {
            let changes = between(old, new);
            let said = |change: &&Change| format!("{}: {}", change.subject, change.detail).contains(words);
            let change = changes.iter().find(said);
            assert!(change.is_some_and(|change| change.rust == Effect::Breaks), "{words}: {}", changes.to_text());
            assert_eq!(changes.bump(), Bump::Breaking, "{words}");
        }
    }
    let changes = between(&optional, &required);
    let [change] = changes.iter().as_slice() else { panic!("{}", changes.to_text()) };
    assert_eq!(change.wire, Wire { old_client: Works::Maybe, new_client: Works::Yes });
}

/// How a body is written is seen on the wire, although callers give the same.
#[test]
fn another_way_to_write_a_body_is_seen() {
    let document = |media_type: &str, properties: &str, encoding: &str| {
        format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /a:
    post:
      operationId: a
      requestBody:
        required: true
        content:
          {media_type}: {{ schema: {{ type: object, properties: {{ {properties} }} }}, encoding: {{ {encoding} }} }}
      responses: {{ '204': {{ description: Done. }} }}
"
        )
    };
    let form = |encoding: &str| {
        let properties = "tags: { type: array, items: { type: string } }";
        document("application/x-www-form-urlencoded", properties, encoding)
    };
    let parts = |encoding: &str| document("multipart/form-data", "meta: { type: object }", encoding);
    let [each, joined] = ["true", "false"].map(|explode| form(&format!("tags: {{ explode: {explode} }}")));
    let [plain, json, other] =
        ["", "meta: { contentType: application/json }", "meta: { contentType: application/a+json }"].map(parts);
    for (old, new, wire, words) in [
        (&each, &joined, Works::No, "`tags` written in the form, once for each value, and has it written in the form"),
        (&joined, &form(""), Works::No, "`tags` written in the form, and has it written in the default style"),
        (
            &each,
            &form(""),
            Works::Maybe,
            "`tags` written in the form, once for each value, and has it written in the default style",
        ),
        (&json, &other, Works::Maybe, "was sent as `application/json` and is sent as `application/a+json`"),
        (&plain, &other, Works::Maybe, "was sent as `application/json` and is sent as `application/a+json`"),
    ] {
        for (old, new, words) in [(old, new, Some(words)), (new, old, None)] {
            let changes = between(old, new);
            let [change] = changes.iter().as_slice() else { panic!("{}", changes.to_text()) };
            assert_eq!(change.wire, Wire { old_client: wire, new_client: wire }, "{}", changes.to_text());
            assert_eq!(change.rust, Effect::None);
            assert!(words.is_none_or(|words| change.detail.contains(words)), "{}", change.detail);
        }
    }
    let same = between(&plain, &json);
    assert!(same.is_empty(), "{}", same.to_text());
}

/// A parameter that is added takes its name from nobody: not from the body, which may be left out and so has a setter.
#[test]
fn a_parameter_called_body_is_more_to_call() {
    let document = |parameters: &str| {
        format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /a:
    post:
      operationId: a
      parameters: [{parameters}]
      requestBody: {{ content: {{ application/json: {{ schema: {{ type: string }} }} }} }}
      responses: {{ '204': {{ description: Done. }} }}
"
        )
    };
    let (old, new) = (document(""), document("{ name: body, in: query, schema: { type: string } }"));
    assert_eq!(between(&old, &new).bump(), Bump::Additive);
    let changes = between(&new, &old);
    let [change] = changes.iter().as_slice() else { panic!("{}", changes.to_text()) };
    assert_eq!(change.advice.as_deref(), Some("Do not chain `.body_2(…)`."));
}

/// A property that is added may take the name of a function that sets another one.
#[test]
fn a_setter_of_another_name_breaks_callers() {
    let thing = |properties: &str, rest: &str| {
        with_schemas(&format!("    Thing: {{ type: object, properties: {{ {properties} }}{rest} }}\n"))
    };
    let (note, rest) = ("note: { type: [string, 'null'] }", ", additionalProperties: { type: string }");
    for (old, new, words) in [
        (thing(note, ""), thing(&format!("{note}, note_null: {{ type: string }}"), ""), "was called `note_null`"),
        (thing(note, rest), thing("additional_properties: { type: string }", rest), "called its further properties"),
    ] {
        let changes = between(&old, &new);
        let change = changes.iter().find(|change| change.detail.starts_with(words));
        assert!(change.is_some_and(|change| change.rust == Effect::Breaks), "{words}: {}", changes.to_text());
    }
}

/// Callers use what a union implements, which depends on all of its variants.
#[test]
fn what_a_union_no_longer_implements_breaks_callers() {
    let union = |variants: &str| {
        with_schemas(&format!(
            "    Thing: {{ type: object, properties: {{ value: {{ $ref: '#/components/schemas/Value' }} }} }}
    Value: {{ oneOf: [{{ type: integer }}, {variants}] }}
    Title: {{ type: string }}
    Subtitle: {{ type: string }}
    Object: {{ type: object, properties: {{ a: {{ type: string }} }} }}
"
        ))
    };
    let title = "{ $ref: '#/components/schemas/Title' }";
    let more = |name: &str| union(&format!("{title}, {{ $ref: '#/components/schemas/{name}' }}"));
    for (name, words) in [("Object", "no longer implements `Display`"), ("Subtitle", "is no longer made from")] {
        let changes = between(&union(title), &more(name));
        let change = changes.iter().find(|change| change.detail.contains(words));
        assert!(change.is_some_and(|change| change.rust == Effect::Breaks), "{}", changes.to_text());
        let back = between(&more(name), &union(title));
        assert!(back.iter().any(|change| change.rust == Effect::Adds), "{}", back.to_text());
    }
}

/// A document with one operation, and more keys for a variable of its server, the operation itself, a header of its response,
/// its security scheme and the schema `Thing`.
fn secured_thing(server: &str, own: &str, header: &str, security: &str, schema: &str) -> String {
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
servers: [{{ url: 'https://{{host}}.example.com', variables: {{ host: {{ default: a, {server} }} }}, x-codegen: {{ name: main }} }}]
security: [{{ key: [] }}]
paths:
  /thing:
    get:
      operationId: getThing
      {own}
      responses:
        '200':
          description: It.
          headers: {{ X-Due: {{ {header} schema: {{ type: integer }} }} }}
          content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }}
components:
  securitySchemes:
    key: {{ type: apiKey, in: header, name: X-Key{security} }}
  schemas:
    Thing: {{ {schema} }}
"
    )
}

/// A part without a type in Rust changes too.
#[test]
fn what_no_type_shows_is_seen() {
    let base = secured_thing("", "", "", "", "type: object, properties: { value: { type: string } }");
    let with_schema = |schema: &str| secured_thing("", "", "", "", schema);
    let aliased = "type: object, properties: { value: { type: string, x-codegen: { aliases: [worth] } } }";
    let described = |words: &str| {
        with_schema(&format!("oneOf: [{{ type: integer }}, {{ title: Text, type: string, description: {words} }}]"))
    };
    let value = |words: &str| with_schema(&format!("oneOf: [{{ const: a, description: {words} }}, {{ const: b }}]"));
    let plain = "type: object, properties: { value: { type: string } }";
    let moved =
        secured_thing("", "servers: [{ url: 'https://files.example.com', x-codegen: { name: files } }]", "", "", plain);
    let made = secured_thing("", "", "", ", x-codegen: { generated: { length: 8, alphabet: abc } }", plain);
    for (old, new, words, bump) in [
        (
            &base,
            &moved,
            "was served by the document's servers and is served at `https://files.example.com`",
            Bump::Additive,
        ),
        (
            &moved,
            &base,
            "was served at `https://files.example.com` and is served by the document's servers",
            Bump::Breaking,
        ),
        (&with_schema(aliased), &base, "is no longer read from `worth` (received)", Bump::Additive),
        (&base, &with_schema(aliased), "is read from `worth` too (received)", Bump::Compatible),
        (&base, &secured_thing("description: Which.", "", "", "", plain), "has another description", Bump::Compatible),
        (
            &base,
            &secured_thing("", "", "description: In days.,", "", plain),
            "has another description",
            Bump::Compatible,
        ),
        (&described("One."), &described("Another."), "has another description", Bump::Compatible),
        (&value("One."), &value("Another."), "has another description", Bump::Compatible),
        (&made, &base, "takes its value in another form", Bump::Breaking),
    ] {
        let changes = between(old, new);
        assert!(changes.iter().any(|change| change.detail == words), "{words}: {}", changes.to_text());
        assert_eq!(changes.bump(), bump, "{words}: {}", changes.to_text());
    }
}

/// A text of a fixed form is a text, and some texts are of that form.
#[test]
fn a_text_of_another_form_may_fit() {
    let thing = |format: &str| {
        let schema = format!("{{ type: object, properties: {{ value: {{ type: string, format: {format} }} }} }}");
        with_schemas(&format!("    Thing: {schema}\n"))
    };
    for (old, new, works) in [
        // The value goes both ways.
        ("regex", "ipv4", Works::Maybe),
        ("regex", "byte", Works::Maybe),
        ("regex", "uuid", Works::Maybe),
        ("ipv4", "ip", Works::Maybe),
        ("ipv4", "ipv6", Works::No),
        ("date", "byte", Works::No),
    ] {
        for (old, new) in [(old, new), (new, old)] {
            let changes = between(&thing(old), &thing(new));
            let is_of_field = |change: &&Change| change.kind == ChangeKind::FieldTypeChanged;
            let found: Vec<&Change> = changes.iter().filter(is_of_field).collect();
            let [change] = found[..] else { panic!("{}", changes.to_text()) };
            assert_eq!(change.wire, Wire { old_client: works, new_client: works }, "{old} to {new}");
        }
    }
}

#[test]
fn versions_move_by_cargos_rules() {
    let breaking = between(&base(), &revised("operation_renamed"));
    let additive = between(&base(), &revised("operation_added"));
    let compatible = between(&base(), &revised("documentation"));
    for (version, after_breaking, after_additive, after_compatible) in [
        ("0.0.3", "0.0.4", "0.0.4", "0.0.4"),
        ("0.1.2", "0.2.0", "0.1.3", "0.1.3"),
        ("1.2.3", "2.0.0", "1.3.0", "1.2.4"),
        ("2.0.0-rc.1", "2.0.0", "2.0.0", "2.0.0"),
    ] {
        let version = Version::parse(version).expect("a version");
        let next = |changes: &Changes| changes.next_version(&version).to_string();
        assert_eq!(
            [next(&breaking), next(&additive), next(&compatible)],
            [after_breaking, after_additive, after_compatible]
        );
    }
}

#[test]
fn what_only_the_overlay_makes_is_told_apart() {
    let text = base();
    let document = Source { name: "library.yaml", text: &text };
    let overlay = "\
overlay: 1.0.0
info: { title: More, version: 1.0.0 }
actions:
  - target: $.components.schemas.Book.properties
    update: { isbn: { type: string } }
";
    let overlay = Source { name: "overlay.yaml", text: overlay };
    let plain = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" };
    let more = Input { overlays: &[overlay], ..plain };
    let changes = compare(&plain, &more).expect("both are sound");
    let [change] = changes.iter().as_slice() else { panic!("{}", changes.to_text()) };
    assert!(change.overlay);
    let place = change.new.as_ref().expect("it is in the newer one");
    assert_eq!((place.file.as_str(), place.line), ("overlay.yaml", 5));
    assert_eq!(place.pointer.to_string(), "/components/schemas/Book/properties/isbn");

    let revision = revised("response_field_added");
    assert!(between(&base(), &revision).iter().all(|change| !change.overlay));
}

#[test]
fn a_document_that_is_refused_is_not_compared() {
    let text = base();
    let broken = text.replacen("openapi: 3", "openapi: 9", 1);
    let (sound, broken) = (input("a.yaml", &text), input("b.yaml", &broken));
    assert!(matches!(compare(&broken, &sound), Err(Refused::Old(report)) if report.has_errors()));
    let Err(refused) = compare(&sound, &broken) else { panic!("it is refused") };
    assert!(matches!(&refused, Refused::New(_)));
    assert!(refused.to_string().contains("b.yaml"), "{refused}");
}

/// A document that sends, or receives, a `Thing`, with these schemas.
fn in_one_direction(sent: bool, schemas: &str) -> String {
    let content = "content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }";
    let (body, response) = if sent {
        (format!("requestBody: {{ required: true, {content} }}"), String::new())
    } else {
        (String::new(), format!(", {content}"))
    };
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /thing:
    post:
      operationId: thing
      {body}
      responses: {{ '200': {{ description: It.{response} }} }}
components:
  schemas:
    Thing: {schemas}
"
    )
}

/// The worst verdicts of all changes, and their ids.
fn verdicts(old: &str, new: &str) -> (Works, Works, Vec<&'static str>) {
    verdicts_of(&between(old, new))
}

fn verdicts_of(changes: &Changes) -> (Works, Works, Vec<&'static str>) {
    let old_client = changes.iter().map(|change| change.wire.old_client).max().unwrap_or(Works::Yes);
    let new_client = changes.iter().map(|change| change.wire.new_client).max().unwrap_or(Works::Yes);
    (old_client, new_client, changes.iter().map(|change| change.kind.id()).collect())
}

/// The effect of another kind of type depends on the values that both kinds have in common.
#[test]
fn a_type_of_another_kind_may_fit() {
    use Works::{Maybe, No, Yes};
    let object = "{ type: object, required: [a], properties: { a: { type: string } } }";
    let union = "{ oneOf: [{ type: object, required: [a], properties: { a: { type: string } } }, { type: object, required: [b], properties: { b: { type: integer } } }] }";
    let scalars = "{ oneOf: [{ type: string, title: Text }, { type: integer }] }";
    for (old, new, sent, received) in [
        (object, union, (Yes, Maybe), (Maybe, Yes)),
        ("{ type: string }", scalars, (Yes, Maybe), (Maybe, Yes)),
        ("{ type: string, enum: [x, y] }", scalars, (Yes, Maybe), (Maybe, Yes)),
        ("{ type: boolean }", scalars, (No, No), (No, Yes)),
        (object, "{ type: string, enum: [x, y] }", (No, No), (No, No)),
    ] {
        for (direction, expected) in [(true, sent), (false, received)] {
            let [before, after] = [old, new].map(|schema| in_one_direction(direction, schema));
            let (old_client, new_client, ids) = verdicts(&before, &after);
            assert_eq!((old_client, new_client), expected, "{old} to {new}, sent: {direction}: {ids:?}");
            let (old_client, new_client, _) = verdicts(&after, &before);
            assert_eq!((new_client, old_client), (expected.0, expected.1), "{new} to {old}, sent: {direction}");
        }
    }
}

/// A side that is stricter than before may refuse what the other one writes.
#[test]
fn a_stricter_schema_is_seen_in_each_direction() {
    let thing = |direction, properties: &str, more: &str| {
        in_one_direction(direction, &format!("{{ type: object, properties: {{ {properties} }}{more} }}"))
    };
    let open = ", additionalProperties: { type: string }";
    let closed = ", additionalProperties: false";
    for (loose, strict, more, id) in [
        ("a: { type: integer, maximum: 10 }", "a: { type: integer, maximum: 5 }", ["", ""], "constraint-tightened"),
        (
            "a: { type: integer, minimum: 1 }",
            "a: { type: integer, exclusiveMinimum: 1 }",
            ["", ""],
            "constraint-tightened",
        ),
        ("a: { type: number }", "a: { type: number, multipleOf: 0.5 }", ["", ""], "constraint-tightened"),
        ("a: { type: string }", "a: { type: string, format: email }", ["", ""], "constraint-tightened"),
        ("a: { type: string }", "a: { type: string, not: { const: x } }", ["", ""], "constraint-tightened"),
        (
            "a: { type: array, items: { type: string } }",
            "a: { type: array, minItems: 1, items: { type: string } }",
            ["", ""],
            "constraint-tightened",
        ),
        (
            "a: { type: array, items: { type: string } }",
            "a: { type: array, items: { type: string, minLength: 1 } }",
            ["", ""],
            "constraint-tightened",
        ),
        (
            "a: { allOf: [{ type: string }, { maxLength: 5 }] }",
            "a: { allOf: [{ type: string }, { maxLength: 4 }] }",
            ["", ""],
            "constraint-tightened",
        ),
        ("a: { type: [string, 'null'] }", "a: { type: string }", ["", ""], "field-null-forbidden"),
        ("a: { type: string }", "a: { type: string }", [open, closed], "additional-properties-forbidden"),
    ] {
        for sent in [true, false] {
            let (loose, strict) = (thing(sent, loose, more[0]), thing(sent, strict, more[1]));
            let (old_client, new_client, ids) = verdicts(&loose, &strict);
            assert!(ids.contains(&id), "{ids:?} of {strict}");
            let expected = if sent { (Works::Maybe, Works::Yes) } else { (Works::Yes, Works::Maybe) };
            assert_eq!((old_client, new_client), expected, "{loose} to {strict}");
            let (old_client, new_client, _) = verdicts(&strict, &loose);
            assert_eq!((new_client, old_client), expected, "{strict} to {loose}");
        }
    }
}

/// An old client goes on as before where a request may be written in one more way.
#[test]
fn a_request_that_allows_more_is_no_break_on_the_wire() {
    let document = |parameter: &str, content: &str| {
        format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /a:
    post:
      operationId: a
      parameters: [{{ name: x, in: query, schema: {parameter} }}]
      requestBody: {{ required: true, content: {{ {content} }} }}
      responses: {{ '204': {{ description: Done. }} }}
"
        )
    };
    let (number, list) = ("{ type: integer }", "{ type: array, items: { type: integer } }");
    let xml = "application/xml: { schema: { type: string } }";
    let both = format!("application/json: {{ schema: {{ type: string }} }}, {xml}");
    let media_types = (document(number, xml), document(number, &both));
    let lists = (document(number, xml), document(list, xml));
    for (old, new, id) in
        [(&media_types.0, &media_types.1, "body-media-type-added"), (&lists.0, &lists.1, "parameter-type-changed")]
    {
        let (old_client, new_client, ids) = verdicts(old, new);
        assert!(ids.contains(&id) || id == "body-media-type-added", "{ids:?}");
        assert_eq!((old_client, new_client), (Works::Yes, Works::Maybe), "{ids:?}");
        let (old_client, new_client, ids) = verdicts(new, old);
        assert_eq!((old_client, new_client), (Works::Maybe, Works::Yes), "{ids:?}");
    }
}

/// A type that is described in place is the same one after its operation has another name.
#[test]
fn a_type_in_place_is_found_by_its_place() {
    let document = |name: &str| {
        format!(
            "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /a:
    get:
      operationId: {name}
      responses: {{ '200': {{ description: It., content: {{ application/json: {{ schema: {{ type: object, properties: {{ a: {{ type: string }} }} }} }} }} }} }}
"
        )
    };
    let (_, _, ids) = verdicts(&document("getA"), &document("readA"));
    assert_eq!(ids, ["operation-renamed", "type-renamed"]);
}

/// `docs/changes.md` describes each kind of change by its id, and no other.
#[test]
fn each_kind_of_change_is_described() {
    let documentation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/changes.md");
    let documentation = fs::read_to_string(documentation).expect("it can be read");
    let rows = documentation.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let described: Vec<&str> = rows.map(|(id, _)| id).collect();
    let ids: Vec<&str> = ChangeKind::ALL.iter().map(|kind| kind.id()).collect();
    assert_eq!(described, ids);
}

#[test]
fn a_report_is_text_markdown_or_json() {
    let changes = between(&base(), &revised("response_field_retyped"));
    let markdown = changes.to_markdown();
    assert!(markdown.contains("### Breaking"), "{markdown}");
    assert!(
        markdown
            .contains("| field: Book.pages was `i64` and is `String` (received)<br>`field-type-changed`<br>`new.yaml:"),
        "{markdown}"
    );
    let json: Value = serde_json::from_str(&changes.to_json()).expect("it is JSON");
    assert_eq!(json["bump"], "breaking");
    assert_eq!(json["changes"][0]["id"], "field-type-changed");
    assert_eq!(json["changes"][0]["fingerprint"].as_str().map(str::len), Some(16));
    assert_eq!(json["changes"][0]["what"], "field");
    assert_eq!(json["changes"][0]["new"]["pointer"], "/components/schemas/Book/properties/pages");
    assert_eq!(json["changes"][0]["rust"], "breaks");
}
