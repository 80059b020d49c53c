//! Changes of a document as a whole: resources, prefixes of paths, and hosts of captures.

use std::fmt::Write as _;

use qrs_codegen::changes::{Bump, Change, Changes, Works};

use super::between;

/// A document with resources (each a path with four operations and a type), beneath a prefix, on a server.
fn document(server: &str, prefix: &str, resources: &[&str], more: &str) -> String {
    let mut paths = String::new();
    let mut schemas = String::new();
    for name in resources {
        let content =
            format!("content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{name}' }} }} }}");
        let ok = format!("'200': {{ description: It., {content} }}");
        _ = write!(
            paths,
            "  {prefix}/{name}:
    get: {{ tags: [{name}], operationId: list{name}, responses: {{ {ok} }} }}
    post: {{ tags: [{name}], operationId: add{name}, requestBody: {{ {content} }}, responses: {{ {ok} }} }}
  {prefix}/{name}/{{id}}:
    parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}]
    get: {{ tags: [{name}], operationId: get{name}, responses: {{ {ok} }} }}
    delete: {{ tags: [{name}], operationId: remove{name}, responses: {{ '204': {{ description: Gone. }} }} }}
"
        );
        let field = name.to_lowercase();
        _ = write!(
            schemas,
            "    {name}: {{ type: object, properties: {{ {field}: {{ type: string{more} }}, part: {{ $ref: '#/components/schemas/{name}Part' }}, shared: {{ $ref: '#/components/schemas/Shared' }} }} }}
    {name}Part: {{ type: object, properties: {{ of_{field}: {{ type: string }} }} }}
"
        );
    }
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
servers: [{{ url: '{server}' }}]
paths:
{paths}components:
  schemas:
    Shared: {{ type: object, properties: {{ a: {{ type: integer }} }} }}
{schemas}"
    )
}

fn ids(changes: &Changes) -> Vec<&'static str> {
    changes.iter().map(|change| change.kind.id()).collect()
}

const SERVER: &str = "https://api.example.com";

#[test]
fn a_resource_is_one_line_that_unfolds() {
    let old = document(SERVER, "", &["Book"], "");
    let new = document(SERVER, "", &["Book", "Stream", "Tag"], "");
    let changes = between(&old, &new);
    let text = changes.to_text();
    assert!(text.contains("\n  resource: Stream is new: 4 operations, 2 types\n"), "{text}");
    assert!(text.contains("0 breaking changes, 12 additive, 0 compatible; 2 new resources"), "{text}");
    assert!(!text.contains("addStream"), "{text}");
    assert!(changes.to_unfolded_text().contains("POST /Stream (addStream) is new, as `Client::add_stream`"));
    let markdown = changes.to_markdown();
    assert!(
        markdown.contains("| <details><summary>resource: Tag is new: 4 operations, 2 types</summary>"),
        "{markdown}"
    );
    assert!(changes.iter().all(|change| change.resource.is_some()));

    let gone = between(&new, &old).to_text();
    assert!(
        gone.contains("resource: Stream is gone: 4 operations, 2 types\n    Rust callers: breaks; old client"),
        "{gone}"
    );
    assert!(gone.contains("; 2 removed resources"), "{gone}");
}

#[test]
fn a_prefix_of_all_paths_is_one_change() {
    let old = document(SERVER, "/v1", &["Book", "Stream"], "");
    for new in ["/v2", "/api/v2", ""] {
        let same = between(&old, &document(SERVER, new, &["Book", "Stream"], ""));
        let [change] = same.iter().as_slice() else { panic!("{}", same.to_text()) };
        assert_eq!(change.kind.id(), "path-prefix-changed");
        assert_eq!((change.wire.old_client, change.wire.new_client), (Works::No, Works::No));
    }
    let changes = between(&old, &document(SERVER, "/v2", &["Book", "Stream", "Tag"], ", maxLength: 9"));
    let own: Vec<&Change> = changes.iter().filter(|change| change.resource.is_none()).collect();
    let details: Vec<&str> = own.iter().map(|change| change.detail.as_str()).collect();
    let tighter = "had no `maxLength` and has 9 (sent and received)";
    assert_eq!(details, [tighter, tighter, "had the prefix `/v1` and have the prefix `/v2`"]);
    assert_eq!(changes.bump(), Bump::Breaking);

    // Where one path stays, the others moved.
    let mixed = document(SERVER, "/v2", &["Book"], "").replace("/v2/Book:", "/v1/Book:");
    assert!(!ids(&between(&document(SERVER, "/v1", &["Book"], ""), &mixed)).contains(&"path-prefix-changed"));
}

#[test]
fn the_host_of_a_capture_is_told_as_what_it_is() {
    let of = |server: &str| document(server, "", &["Book"], "");
    for (old, new) in [
        ("https://sense-apr-2019:4242/qrs", "https://build-7:4242/qrs"),
        ("https://10.0.0.7/qrs", "https://node.internal/qrs"),
    ] {
        let changes = between(&of(old), &of(new));
        let change = changes.iter().find(|change| change.kind.id() == "server-host-changed").expect("it is told");
        assert_eq!((change.wire.old_client, change.wire.new_client), (Works::Yes, Works::Yes), "{old}");
        assert!(change.detail.contains("that of whoever made the document"), "{}", change.detail);
    }
    let changes = between(&of("https://build-7/a"), &of("https://build-7/b"));
    assert!(ids(&changes).contains(&"server-url-changed"), "{}", changes.to_text());
    let changes = between(&of(SERVER), &of("https://build-7/"));
    assert!(changes.to_text().contains("https://build-7/"), "{}", changes.to_text());
}
