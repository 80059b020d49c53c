#![doc = include_str!("../README.md")]

mod bundle;
pub mod changes;
pub mod diagnostic;
mod emit;
mod format;
mod grammar;
mod lower;
mod markdown;
mod model;
mod modules;
mod naming;
mod normalize;
mod overlay;
mod source;
mod typed;

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use diagnostic::{At, Diagnostic, Graft, Origin, Problem, Report};
use grammar::Version;
pub use source::Source;

/// What a client is generated from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The OpenAPI document, 3.0 or 3.1, YAML or JSON.
    pub document: Source<'a>,
    /// An OpenAPI Overlay, 1.0 or 1.1, that is applied to the document first.
    pub overlay: Option<Source<'a>>,
    /// Files in the document's folder, or in folders inside it, that the document may refer to. Which ones it does, a
    /// report [says](Report::wanted): so one begins without any.
    pub files: &'a [File<'a>],
    /// Hand-written modules that the crate carries beside what is generated, each public under the stem of its name:
    /// `spec/filter.rs` is `filter`. What they say is theirs; they are only parsed.
    pub modules: &'a [Source<'a>],
    /// The command that generates the client, which each generated file names.
    pub command: &'a str,
}

/// A file that a document may refer to.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The way to it from the document's folder, with `/` between the parts and without `.` and `..`, as a report that
    /// wants it has it.
    pub name: &'a str,
    /// What messages call it.
    pub shown: &'a str,
    /// The whole text, YAML or JSON, or why it cannot be had.
    pub text: Result<&'a str, &'a str>,
}

/// A generated crate.
#[derive(Debug)]
pub struct Generated {
    /// The text of each file, by its path in the crate, with `/` between the parts.
    pub files: BTreeMap<String, String>,
    /// How large it is.
    pub extent: Extent,
    /// What is worth knowing, none of it an error.
    pub report: Report,
}

/// What there is in a generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The operations that a client can call.
    pub operations: usize,
    /// The types that are declared for them.
    pub types: usize,
}

/// Generates a client.
///
/// # Errors
///
/// Every problem of the document and the overlay that keeps a client from being generated, with the warnings beside
/// them.
pub fn generate(input: &Input<'_>) -> Result<Generated, Box<Report>> {
    on_a_deep_stack(|| {
        let mut run = Run { input, grafts: Vec::new(), wanted: Vec::new(), found: Vec::new() };
        match run.files() {
            Some((files, extent)) => Ok(Generated { files, extent, report: run.report() }),
            None => Err(Box::new(run.report())),
        }
    })
}

/// Bytes of the stack that a document is worked on with. What it is not used up to costs no memory.
const STACK: usize = 256 << 20;

fn deep_stack() -> std::thread::Builder {
    std::thread::Builder::new().name("qrs-codegen".to_owned()).stack_size(STACK)
}

/// Runs `work` where it may recurse as deep as a document is nested, however little stack the caller has.
fn on_a_deep_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        match deep_stack().spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // There are systems without threads. Documents that people wrote get along with any stack.
            Err(_) => work(),
        }
    })
}

/// One run of the pipeline: each stage adds what it found.
struct Run<'a> {
    input: &'a Input<'a>,
    grafts: Vec<Graft>,
    wanted: Vec<String>,
    found: Vec<Diagnostic>,
}

impl Run<'_> {
    fn files(&mut self) -> Option<(BTreeMap<String, String>, Extent)> {
        let api = self.lowered()?;
        let modules = modules::read(self.input.modules, &mut self.found);
        self.sound(Vec::new())?;
        let files = self.written(&api, &modules)?;
        let operations = api.modules.iter().map(|module| module.operations.len()).sum();
        Some((files, Extent { operations, types: api.items.len() }))
    }

    /// What the document describes, in Rust's terms, if there is no error in it.
    fn model(&mut self) -> Option<model::Api> {
        let api = self.lowered()?;
        self.sound(Vec::new())?;
        Some(api)
    }

    /// What the document describes, errors aside.
    fn lowered(&mut self) -> Option<model::Api> {
        let mut tree = self.read()?;
        let version = self.version(&tree)?;
        let mut bundled = bundle::bundle(&mut tree, self.input.document.name, self.input.files);
        self.grafts.append(&mut bundled.grafts);
        self.wanted.append(&mut bundled.wanted);
        let (found, amendments) = grammar::check(&tree, &grammar::OPENAPI, version, Origin::Document);
        // One run reports the problems of every stage: the later ones go on with what is left.
        let moves = grammar::repair(&mut tree, &amendments);
        self.found.extend(found);
        self.found.extend_from_slice(&bundled.found);
        if !self.wanted.is_empty() {
            return None;
        }
        normalize::normalize(&mut tree);
        let document = self.typed(normalize::without_schemas(&tree))?;
        let (mut api, mut found) = lower::lower(&tree, &document);
        for found in &mut found {
            moves.undo(found);
        }
        // What a stage before has said already.
        found.retain(|found| match &found.problem {
            Problem::DanglingReference { reference } if moves.has_lost(reference) => false,
            _ => !bundled.explains(found),
        });
        api.contract.sha256 = sha256(self.input.document.text);
        self.found.extend(found);
        Some(api)
    }

    fn written(&mut self, api: &model::Api, modules: &[modules::Module<'_>]) -> Option<BTreeMap<String, String>> {
        let header = format::Header::new(self.input.command, &api.contract);
        let files = format::all(&emit::emit(api, modules), &header);
        files.map_err(|defects| self.found.extend(defects.into_iter().map(|it| Diagnostic::error(At::ROOT, it)))).ok()
    }

    /// The document's tree, with the overlay applied. Both texts are read, so that both can be put right in one go.
    fn read(&mut self) -> Option<Value> {
        let document = source::read(self.input.document, Origin::Document);
        let overlay = self.input.overlay.map(|overlay| source::read(overlay, Origin::Overlay));
        let (mut tree, overlay) = match (document, overlay.transpose()) {
            (Ok(tree), Ok(overlay)) => (tree, overlay),
            (document, overlay) => {
                self.found.extend(document.err().into_iter().chain(overlay.err()).flatten());
                return None;
            }
        };
        if let Some(overlay) = overlay {
            self.grafts = overlay::apply(&mut tree, &overlay, &mut self.found);
        }
        Some(tree)
    }

    fn version(&mut self, tree: &Value) -> Option<Version> {
        let root = At::ROOT;
        // Without quotes `3.1` is a number.
        let written = |key: &str| match tree.get(key)? {
            Value::String(version) => Some(version.trim().to_owned()),
            Value::Number(version) => Some(version.to_string()),
            _ => None,
        };
        let (at, version) = match (written("openapi"), written("swagger")) {
            (Some(version), _) if version == "3.0" || version.starts_with("3.0.") => return Some(Version::V30),
            (Some(version), _) if version == "3.1" || version.starts_with("3.1.") => return Some(Version::V31),
            (Some(version), _) => (root.child("openapi"), version),
            (None, Some(version)) => (root.child("swagger"), version),
            // What else may be amiss with it, the grammar says.
            (None, None) => return Some(Version::V31),
        };
        let problem = Problem::UnsupportedVersion { version };
        self.found.push(Diagnostic::error(at, problem).help("documents of OpenAPI 3.0 and 3.1 are read"));
        None
    }

    /// The document as `openapiv3` has it. What it cannot read is taken out, so that the rest can be looked at.
    fn typed(&mut self, mut tree: Value) -> Option<openapiv3::OpenAPI> {
        let whole = match openapiv3::OpenAPI::deserialize(&tree) {
            Ok(document) => return Some(document),
            Err(error) => error,
        };
        let known = self.found.iter().any(Diagnostic::is_error);
        let unread = typed::take_out(&mut tree);
        let document = openapiv3::OpenAPI::deserialize(&tree).ok();
        // Where the grammar has refused something, that explains it.
        if known {
            return document;
        }
        let defect =
            |error: &str| Problem::Defect { what: format!("a part that is sound was not understood: {error}") };
        if unread.is_empty() || document.is_none() {
            self.found.push(Diagnostic::error(At::ROOT, defect(&whole.to_string())));
        }
        self.found.extend(unread.into_iter().map(|(at, error)| Diagnostic::error(at, defect(&error))));
        document
    }

    /// Notes what a stage found; nothing if there is an error among it.
    fn sound(&mut self, found: Vec<Diagnostic>) -> Option<()> {
        self.found.extend(found);
        (!self.found.iter().any(Diagnostic::is_error)).then_some(())
    }

    fn report(&mut self) -> Report {
        let grafts = std::mem::take(&mut self.grafts);
        Report::new(self.input.document, self.input.overlay, grafts, std::mem::take(&mut self.found))
            .with_files(self.input.files, std::mem::take(&mut self.wanted))
    }
}

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;

    use sha2::Digest as _;

    sha2::Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
