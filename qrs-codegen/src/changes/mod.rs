//! What a revision of a document changes: for Rust callers, on the wire, and so for the version of the client.
//!
//! Two models are compared, not two texts: what is said in another order, or in other words that mean the same, is no
//! change. Each [`Change`] says what it does to code that calls the client, and what becomes of a client and a server
//! that were made from different revisions.

mod fit;
mod operations;
mod report;
mod schemas;
mod surroundings;

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::Input;
use crate::diagnostic::{Diagnostic, Pointer, Problem, Report, whole};
use crate::model::{Api, Doc};
use crate::pipeline::{self, Understood};
use crate::stack::on_a_deep_stack;
use fit::Fit;
use schemas::Types;

/// All that differs between two revisions of a document, in the order of the newer one.
#[derive(Debug)]
pub struct Changes {
    list: Vec<Change>,
    /// The document's title and version before.
    pub old: Revision,
    /// The document's title and version after.
    pub new: Revision,
}

/// Which revision of a document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The version of the client's crate that the document itself, or an overlay, names.
    pub package_version: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What changed.
    pub what: What,
    /// What became of it.
    pub action: Action,
    /// Its name: an operation as `GET /license (getLicense)`, a field as `License.serial`.
    pub subject: String,
    /// The difference in words, without the name.
    pub detail: String,
    /// Where the older document has it; `None` for what is new.
    pub old: Option<Place>,
    /// Where the newer document has it; `None` for what is gone.
    pub new: Option<Place>,
    /// What it does to code that calls the client.
    pub rust: Effect,
    /// What becomes of a client and a server of different revisions.
    pub wire: Wire,
    /// What a user has to do, in one sentence.
    pub advice: String,
    /// Whether it is only likely, as a renaming is: the documents do not say so.
    pub likely: bool,
    /// Whether the overlay makes it, not the document.
    pub overlay: bool,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum What {
    /// An operation.
    Operation,
    /// A parameter of an operation.
    Parameter,
    /// The body of a request.
    Body,
    /// What an operation is answered with.
    Response,
    /// A schema's type.
    Type,
    /// A property of an object.
    Field,
    /// A value of an enumeration.
    Variant,
    /// A server.
    Server,
    /// A security scheme, or which of them an operation needs.
    Security,
    /// Whether the document advises against it.
    Deprecation,
    /// Words for people, and nothing else.
    Documentation,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed,
    /// It is another one.
    Changed,
}

/// What a change does to code that calls the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nothing.
    None,
    /// There is more that it can use.
    Adds,
    /// Some of it no longer compiles.
    Breaks,
}

/// What becomes of a client and a server of different revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wire {
    /// The client of the older document, and a server of the newer one.
    pub old_client: Works,
    /// The client of the newer document, and a server of the older one.
    pub new_client: Works,
}

/// Whether it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Works {
    /// It does.
    Yes,
    /// It depends on what is sent.
    Maybe,
    /// It does not.
    No,
}

/// A place in one of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the text: the document's, or the overlay's for what only the overlay says.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Where it is in the document, with the overlay applied.
    pub pointer: Pointer,
}

/// The smallest honest step from one version to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Callers notice nothing.
    Compatible,
    /// There is more to call.
    Additive,
    /// Callers break, or what they call does.
    Breaking,
}

/// Why two documents cannot be compared: one of them is refused.
#[derive(Debug)]
pub enum Refused {
    /// The older one.
    Old(Box<Report>),
    /// The newer one.
    New(Box<Report>),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Old(report) => write!(f, "the older document is refused:\n{report}"),
            Self::New(report) => write!(f, "the newer document is refused:\n{report}"),
        }
    }
}

impl std::error::Error for Refused {}

/// Compares two revisions of a document, each with its overlays.
///
/// # Errors
///
/// If no client could be generated from one of them.
pub fn compare(old: &Input<'_>, new: &Input<'_>) -> Result<Changes, Refused> {
    on_a_deep_stack(|| compared(old, new))
}

fn compared(old_input: &Input<'_>, new_input: &Input<'_>) -> Result<Changes, Refused> {
    let old = pipeline::understand(old_input).map_err(Refused::Old)?;
    let new = pipeline::understand(new_input).map_err(Refused::New)?;
    let mut found = differences(&old.api, &new.api);
    order(&mut found, &new.api);
    let revisions = (Revision::of(&old.api), Revision::of(&new.api));
    let old_places = Places::of(old, found.iter().filter_map(|found| found.old.clone()));
    let new_places = Places::of(new, found.iter().filter_map(|found| found.new.clone()));
    let overlays = [old_input, new_input].map(|input| input.overlays.iter().map(|overlay| overlay.name).collect());
    let list = found.into_iter().map(|found| found.placed(&old_places, &new_places, &overlays)).collect();
    Ok(Changes { list, old: revisions.0, new: revisions.1 })
}

impl Changes {
    /// The changes, in the order of the newer document; what is gone comes last.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.list.iter()
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How much the client's version has to move.
    #[must_use]
    pub fn bump(&self) -> Bump {
        self.list.iter().map(Change::bump).max().unwrap_or(Bump::None)
    }

    /// The smallest version after `version` that is honest, as [`Bump::after`] has it.
    #[must_use]
    pub fn next_version(&self, version: &semver::Version) -> semver::Version {
        self.bump().after(version)
    }
}

impl Bump {
    /// The version that such a step leads to by Cargo's rules: before 1.0.0 a step of the leftmost number that is not
    /// zero breaks, afterwards a step of the first one.
    #[must_use]
    pub fn after(self, version: &semver::Version) -> semver::Version {
        let semver::Version { major, minor, patch, .. } = *version;
        let (major, minor, patch) = match (self, major, minor) {
            (Self::None, ..) => return version.clone(),
            // What comes after a pre-release is the release: nothing was promised of it before.
            _ if !version.pre.is_empty() => (major, minor, patch),
            (Self::Breaking, 0, 0) | (Self::Compatible, ..) | (Self::Additive, 0, _) => (major, minor, patch + 1),
            (Self::Breaking, 0, _) | (Self::Additive, ..) => (major, minor + 1, 0),
            (Self::Breaking, ..) => (major + 1, 0, 0),
        };
        semver::Version::new(major, minor, patch)
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Change {
    /// How much the client's version has to move for this change alone.
    ///
    /// A client that no longer works with the servers that it worked with breaks its callers, whether or not their code
    /// compiles.
    #[must_use]
    pub fn bump(&self) -> Bump {
        match (self.rust, self.wire.new_client) {
            (Effect::Breaks, _) | (_, Works::No) => Bump::Breaking,
            (Effect::Adds, _) | (_, Works::Maybe) => Bump::Additive,
            (Effect::None, Works::Yes) => Bump::Compatible,
        }
    }
}

impl Wire {
    /// Nothing is noticed on the wire.
    pub const SAME: Self = Self { old_client: Works::Yes, new_client: Works::Yes };

    fn of(old_client: Fit, new_client: Fit) -> Self {
        Self { old_client: old_client.works(), new_client: new_client.works() }
    }
}

impl Revision {
    fn of(api: &Api) -> Self {
        Self {
            title: api.contract.title.clone(),
            version: api.contract.version.clone(),
            package_version: api.package.version.clone(),
        }
    }
}

/// The places of one document by their pointers, found all at once: the text is read once.
struct Places(HashMap<Pointer, Place>);

impl Places {
    fn of(document: Understood<'_>, pointers: impl Iterator<Item = Pointer>) -> Self {
        let pointers: HashMap<Pointer, Pointer> =
            pointers.map(|pointer| (pointer.clone(), document.original(&pointer))).collect();
        let marked: HashSet<&Pointer> = pointers.values().collect();
        let mark =
            |pointer: &Pointer| Diagnostic::warning(pointer.clone(), Problem::Ignored { what: String::new() }).on_key();
        let marked = document.report(marked.into_iter().map(mark).collect());
        let located = marked.located().filter_map(|(mark, position)| {
            let (position, pointer) = (position?, mark.pointer.clone());
            let (file, line, column) = (position.file.to_owned(), position.line, position.column);
            Some((pointer.clone(), Place { file, line, column, pointer }))
        });
        let located: HashMap<Pointer, Place> = located.collect();
        let places =
            pointers.into_iter().filter_map(|(pointer, original)| Some((pointer, located.get(&original)?.clone())));
        Self(places.collect())
    }

    fn place(&self, pointer: &Pointer) -> Option<Place> {
        self.0.get(pointer).cloned()
    }
}

/// A difference whose places are not looked up yet.
struct Found {
    what: What,
    action: Action,
    subject: String,
    detail: String,
    old: Option<Pointer>,
    new: Option<Pointer>,
    rust: Effect,
    wire: Wire,
    advice: String,
    likely: bool,
}

impl Found {
    fn placed(self, old: &Places, new: &Places, overlays: &[Vec<&str>; 2]) -> Change {
        let Self { what, action, rust, wire, likely, .. } = self;
        // They quote the documents, and go to terminals, logs and changelogs.
        let [subject, detail, advice] = [self.subject, self.detail, self.advice].map(|text| whole(&text).to_string());
        let old = self.old.and_then(|pointer| old.place(&pointer));
        let new = self.new.and_then(|pointer| new.place(&pointer));
        let of_overlay = |place: &Option<Place>, overlays: &[&str]| {
            place.as_ref().is_none_or(|place| overlays.contains(&place.file.as_str()))
        };
        let overlay =
            (old.is_some() || new.is_some()) && of_overlay(&old, &overlays[0]) && of_overlay(&new, &overlays[1]);
        Change { what, action, subject, detail, old, new, rust, wire, advice, likely, overlay }
    }
}

/// The differences between two models, each stage's in its own order.
fn differences(old: &Api, new: &Api) -> Vec<Found> {
    let types = Types::match_up(old, new);
    let mut found = Vec::new();
    surroundings::compare(old, new, &mut found);
    operations::compare(old, new, &types, &mut found);
    schemas::compare(&types, &mut found);
    found
}

/// Brings changes into the order of the newer document; what is gone, and so has no place there, comes after it.
fn order(found: &mut [Found], new: &Api) {
    let operations = new.modules.iter().flat_map(|module| &module.operations).map(|operation| &operation.at);
    let places: Vec<&Pointer> = new
        .servers
        .iter()
        .map(|server| &server.at)
        .chain(operations)
        .chain(new.items.iter().map(crate::model::Item::at))
        .collect();
    let rank = |pointer: &Pointer| {
        places.iter().position(|place| pointer.tokens().starts_with(place.tokens())).unwrap_or(usize::MAX)
    };
    found.sort_by_cached_key(|found| (found.new.is_none(), found.new.as_ref().map_or(usize::MAX, rank)));
}

/// A change of words alone.
fn documentation(subject: String, old: (&Doc, &Pointer), new: (&Doc, &Pointer)) -> Option<Found> {
    (old.0 != new.0).then(|| Found {
        what: What::Documentation,
        action: Action::Changed,
        subject,
        detail: "is described in other words".to_owned(),
        old: Some(old.1.clone()),
        new: Some(new.1.clone()),
        rust: Effect::None,
        wire: Wire::SAME,
        advice: "Nothing.".to_owned(),
        likely: false,
    })
}
