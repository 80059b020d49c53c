//! One run: the stages in order, and what each found.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Graft, Origin, Pointer, Problem, Severity};
use crate::files::LoadedFile;
use crate::report::Report;
use crate::validate::{Version, describe};
use crate::{
    Generated, Input, Size, Untyped, choose, document, emit, format, lower, model, modules, overlay, source, swagger,
    validate,
};

/// Generates a client from a document without errors.
///
/// # Errors
///
/// Every problem that the stages found.
pub(crate) fn generate(input: &Input<'_>) -> Result<Generated, Box<Report>> {
    let mut run = Run::new(input);
    match run.files() {
        Some((files, size)) => {
            let untyped = std::mem::take(&mut run.untyped);
            Ok(Generated { files, size, report: run.into_report(), untyped })
        }
        None => Err(Box::new(run.into_report())),
    }
}

/// The tree that a client is made of, without errors.
///
/// # Errors
///
/// Every problem that was found until then.
pub(crate) fn effective(input: &Input<'_>) -> Result<Value, Box<Report>> {
    let mut run = Run::new(input);
    match run.prepare().filter(|_| run.is_sound()) {
        Some(Prepared { mut tree, .. }) => {
            // The version stays what the document says until here.
            if tree.get("openapi").is_some_and(|written| written.as_str().is_none_or(|text| text.starts_with('2'))) {
                tree["openapi"] = Value::from("3.0.4");
            }
            Ok(tree)
        }
        None => Err(Box::new(run.into_report())),
    }
}

/// A document without errors, in Rust's terms, with the texts that its places are found in.
pub(crate) struct Understood<'a> {
    pub(crate) api: model::Api,
    /// The document that the model is made from.
    pub(crate) document: document::Document,
    run: Run<'a>,
}

/// Reads a document as far as its model.
///
/// # Errors
///
/// Every problem that the stages found.
pub(crate) fn understand<'a>(input: &'a Input<'a>) -> Result<Understood<'a>, Box<Report>> {
    let mut run = Run::new(input);
    let prepared = run.prepare();
    run.refuse_unread_files();
    match prepared.and_then(|prepared| run.lower(prepared)).filter(|_| run.is_sound()) {
        Some((document, api)) => Ok(Understood { api, document, run }),
        None => Err(Box::new(run.into_report())),
    }
}

impl Understood<'_> {
    /// The place in the document of what the model names by `pointer`.
    pub(crate) fn original(&self, pointer: &Pointer) -> Pointer {
        self.run.origins.original(pointer)
    }

    /// Finds the places of these diagnostics in the texts.
    pub(crate) fn report(self, diagnostics: Vec<Diagnostic>) -> Report {
        Run { found: diagnostics, ..self.run }.into_report()
    }
}

/// A tree that passed validation, with what explains later problems.
struct Prepared {
    tree: Value,
    bundled: document::Bundled,
    moves: validate::Moves,
}

/// One run of the pipeline: each stage adds what it found.
struct Run<'a> {
    input: &'a Input<'a>,
    grafts: Vec<Graft>,
    origins: swagger::Origins,
    files: Vec<LoadedFile>,
    untyped: Vec<Untyped>,
    found: Vec<Diagnostic>,
}

impl<'a> Run<'a> {
    fn new(input: &'a Input<'a>) -> Run<'a> {
        let origins = swagger::Origins::default();
        Run { input, grafts: Vec::new(), origins, files: Vec::new(), untyped: Vec::new(), found: Vec::new() }
    }

    /// The text of each file, and the size of the crate.
    fn files(&mut self) -> Option<(BTreeMap<String, String>, Size)> {
        let prepared = self.prepare()?;
        let (_, api) = self.lower(prepared)?;
        let modules = modules::read(self.input.modules, &mut self.found);
        self.check_extension(&api, &modules);
        if !self.is_sound() {
            return None;
        }
        let files = self.write(&api, &modules)?;
        let operations = api.modules.iter().map(|module| module.operations.len()).sum();
        Some((files, Size { operations, types: api.items.len() }))
    }

    /// Reports a command whose hand-written module is not there.
    fn check_extension(&mut self, api: &model::Api, modules: &[modules::Module<'_>]) {
        let Some(command) = &api.cli else { return };
        self.check_dependencies(command);
        let Some(wanted) = &command.extension else { return };
        if modules.iter().any(|module| module.root.as_ref() == Some(wanted)) {
            return;
        }
        let root = At::ROOT;
        let (info, problem) = (root.child("info"), Problem::UnknownValue { value: wanted.to_string() });
        let (codegen, help) = (info.child("x-codegen"), "no hand-written module of this name is given");
        let cli = codegen.child("cli");
        self.found.push(Diagnostic::error(cli.child("extension"), problem).help(help));
    }

    /// Reports dependencies of the hand-written module that clients have anyway: a manifest has each once.
    fn check_dependencies(&mut self, command: &model::Cli) {
        let root = At::ROOT;
        let (info, help) = (root.child("info"), "clients have this dependency already; leave it out");
        let codegen = info.child("x-codegen");
        let cli = codegen.child("cli");
        let dependencies = cli.child("dependencies");
        for dependency in command.dependencies.iter().filter(|dependency| emit::is_dependency(&dependency.name)) {
            let problem = Problem::UnknownValue { value: dependency.name.clone() };
            self.found.push(Diagnostic::error(dependencies.child(&dependency.name), problem).help(help));
        }
    }

    /// The document's tree with overlays and files applied, repaired and in the shape of OpenAPI 3.
    fn prepare(&mut self) -> Option<Prepared> {
        let mut tree = self.read()?;
        let version = self.version(&tree)?;
        if version == Version::V20 {
            self.found.extend(swagger::mend(&mut tree));
        }
        let mut bundled = document::bundle(&mut tree, version.layout(), self.input.document.name, self.input.files);
        self.grafts.append(&mut bundled.grafts);
        self.files.append(&mut bundled.files);
        let (found, amendments) = validate::check(&tree, version.layout().root, version, Origin::Document);
        // One run reports the problems of every stage: the later ones go on with what is left.
        let moves = validate::repair(&mut tree, &amendments);
        self.found.extend(found);
        self.found.extend_from_slice(&bundled.found);
        self.rewrite(&mut tree, version, &moves);
        self.choose(&mut tree, &moves);
        Some(Prepared { tree, bundled, moves })
    }

    /// The document and its model, errors aside.
    fn lower(&mut self, prepared: Prepared) -> Option<(document::Document, model::Api)> {
        let Prepared { tree, bundled, moves } = prepared;
        let (document, mut found) = document::read(tree, self.is_sound());
        let mut lowered = document.map(|document| {
            let (api, more) = lower::lower(&document);
            found.extend(more);
            let untyped = lower::untyped(&api, &document, &found).into_iter();
            self.untyped = untyped
                .map(|lower::UntypedPlace { at, place, why }| {
                    let pointer = moves.original(&self.origins.original(&at));
                    Untyped { pointer, place, why }
                })
                .collect();
            (document, api)
        });
        for found in &mut found {
            self.origins.undo(found);
            moves.undo(found);
        }
        // An earlier stage reported these already.
        found.retain(|found| match &found.problem {
            Problem::DanglingReference { reference } if moves.has_lost(reference) => false,
            _ => !bundled.explains(found),
        });
        self.found.extend(found);
        if let Some((_, api)) = &mut lowered {
            api.contract.sha256 = sha256(self.input.document.text);
            self.input.modules.iter().for_each(|module| api.uses.add_mentioned(module.text));
        }
        lowered
    }

    /// Brings the tree into the shape of OpenAPI 3.
    fn rewrite(&mut self, tree: &mut Value, version: Version, moves: &validate::Moves) {
        if version != Version::V20 {
            return;
        }
        let (origins, found) = swagger::rewrite(tree);
        self.origins = origins;
        self.found.extend(found.into_iter().map(|mut found| {
            moves.undo(&mut found);
            found
        }));
    }

    /// Takes out what is not chosen, with what was found of it.
    fn choose(&mut self, tree: &mut Value, moves: &validate::Moves) {
        let mut found = Vec::new();
        let left_out = choose::choose(tree, &mut found);
        let left_out = left_out.map(|pointer| moves.original(&self.origins.original(pointer)));
        self.found.retain(|found| {
            found.is_error() || !matches!(found.origin, Origin::Document) || !left_out.holds(&found.pointer)
        });
        self.found.extend(found);
    }

    fn write(&mut self, api: &model::Api, modules: &[modules::Module<'_>]) -> Option<BTreeMap<String, String>> {
        let header = format::FileHeader::new(self.input.command, &api.contract);
        let files = format::all(&emit::emit(api, modules), &header);
        files.map_err(|defects| self.found.extend(defects.into_iter().map(|it| Diagnostic::error(At::ROOT, it)))).ok()
    }

    /// The document's tree, with the overlays applied. All texts are read, so that all can be corrected in one go.
    fn read(&mut self) -> Option<Value> {
        let document = source::read_document(self.input.document).map(|(tree, found)| {
            self.found.extend(found);
            tree
        });
        let overlays = self.input.overlays.iter().enumerate();
        let overlays: Vec<_> =
            overlays.map(|(index, overlay)| source::read(*overlay, Origin::Overlay(index))).collect();
        let mut trees = Vec::new();
        let mut unread = Vec::new();
        for read in std::iter::once(document).chain(overlays) {
            match read {
                Ok(tree) => trees.push(tree),
                Err(found) => unread.extend(found),
            }
        }
        if !unread.is_empty() {
            self.found.extend(unread);
            return None;
        }
        let mut trees = trees.into_iter();
        let mut document = trees.next()?;
        for (index, overlay) in trees.enumerate() {
            self.grafts.extend(overlay::apply(&mut document, &overlay, index, &mut self.found));
        }
        Some(document)
    }

    fn version(&mut self, tree: &Value) -> Option<Version> {
        let root = At::ROOT;
        let stated = ["openapi", "swagger"].into_iter().find_map(|key| Some((key, tree.get(key)?)));
        // `validate` reports that it is missing.
        let Some((key, value)) = stated else { return Some(Version::V31) };
        let at = root.child(key);
        let version = match value {
            Value::String(version) => version.trim().to_owned(),
            // Without quotes `3.1` is a number.
            Value::Number(version) => version.to_string(),
            other => {
                let problem = Problem::WrongType { expected: "a string", found: describe(other) };
                self.found.push(Diagnostic::error(at, problem).help(VERSIONS));
                return None;
            }
        };
        let is = |minor: &str| version.strip_prefix(minor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        match key {
            "openapi" if is("3.0") => Some(Version::V30),
            "openapi" if is("3.1") => Some(Version::V31),
            "openapi" if is("3.2") => Some(Version::V32),
            "swagger" if version == "2" || is("2.0") => Some(Version::V20),
            _ => {
                self.found.push(Diagnostic::error(at, Problem::UnsupportedVersion { version }).help(VERSIONS));
                None
            }
        }
    }

    /// Makes errors of the files that are not read: what is in them would be compared as if it were not there.
    fn refuse_unread_files(&mut self) {
        for found in &mut self.found {
            let is_unread = match &found.problem {
                Problem::UnreadableFile { .. } => true,
                Problem::UnsupportedReference { reference } | Problem::DanglingReference { reference } => {
                    !reference.starts_with('#')
                }
                _ => false,
            };
            if is_unread {
                found.severity = Severity::Error;
            }
        }
    }

    fn is_sound(&self) -> bool {
        !self.found.iter().any(Diagnostic::is_error)
    }

    /// The problems that were found, with the texts that places are shown from.
    fn into_report(self) -> Report {
        let Run { input, grafts, files, found, .. } = self;
        Report::new(input.document, input.overlays, grafts, found).with_files(files)
    }
}

const VERSIONS: &str = "documents of Swagger 2.0 and of OpenAPI 3.0, 3.1 and 3.2 are read";

/// The SHA-256 of a text, in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    use std::fmt::Write as _;

    use sha2::Digest as _;

    sha2::Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
