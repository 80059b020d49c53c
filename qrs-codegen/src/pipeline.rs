//! One run: the stages in order, and what each found.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Graft, Origin, Problem, Report};
use crate::validate::Version;
use crate::{Extent, Input, bundle, emit, format, lower, model, modules, normalize, overlay, source, typed, validate};

/// One run of the pipeline: each stage adds what it found.
pub(crate) struct Run<'a> {
    input: &'a Input<'a>,
    grafts: Vec<Graft>,
    wanted: Vec<String>,
    found: Vec<Diagnostic>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(input: &'a Input<'a>) -> Run<'a> {
        Run { input, grafts: Vec::new(), wanted: Vec::new(), found: Vec::new() }
    }

    /// The text of each file, and how large the crate is.
    pub(crate) fn files(&mut self) -> Option<(BTreeMap<String, String>, Extent)> {
        let api = self.lowered()?;
        let modules = modules::read(self.input.modules, &mut self.found);
        self.sound(Vec::new())?;
        let files = self.written(&api, &modules)?;
        let operations = api.modules.iter().map(|module| module.operations.len()).sum();
        Some((files, Extent { operations, types: api.items.len() }))
    }

    /// What the document describes, in Rust's terms, if there is no error in it.
    pub(crate) fn model(&mut self) -> Option<model::Api> {
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
        let (found, amendments) = validate::check(&tree, &validate::OPENAPI, version, Origin::Document);
        // One run reports the problems of every stage: the later ones go on with what is left.
        let moves = validate::repair(&mut tree, &amendments);
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
            // What else may be amiss with it, `validate` says.
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
        // Where `validate` has refused something, that explains it.
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

    /// Where what the document holds comes from.
    pub(crate) fn into_grafts(self) -> Vec<Graft> {
        self.grafts
    }

    /// What was found, with what places are shown from.
    pub(crate) fn report(&mut self) -> Report {
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
