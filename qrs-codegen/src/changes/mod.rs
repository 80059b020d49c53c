//! The changes between two revisions of a document: for Rust callers, on the wire, and so for the client's version.
//!
//! Two models are compared, not two texts: another order, or another notation of the same thing, is no change. Each
//! [`Change`] says what it does to code that calls the client, and whether a client and a server of different revisions
//! still work together.

mod difference;
mod document;
mod fit;
mod kind;
mod lifecycle;
mod locations;
mod markdown_escapes;
mod operations;
mod report;
mod resources;
mod schemas;
mod scopes;
mod security_schemes;
mod servers;
mod type_names;
mod types;
mod version;

use std::fmt;

use crate::Input;
use crate::diagnostic::Pointer;
use crate::model::{Api, Item};
use crate::pipeline::{self, Understood};
use crate::report::Report;
use crate::stack::on_a_deep_stack;
use difference::{Difference, documentation};
pub use kind::{Action, ChangeKind, Element};
use locations::Locations;
use schemas::{Documents, SchemaComparison};
use types::TypePairs;
pub use version::Bump;

/// All changes between two revisions of a document, in the order of the newer one.
#[derive(Debug)]
pub struct Changes {
    list: Vec<Change>,
    /// The older revision.
    pub old: Revision,
    /// The newer revision.
    pub new: Revision,
}

/// A revision of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The version of the client's crate, which the document or its overlay sets.
    pub package_version: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The kind of change, which has a stable id.
    pub kind: ChangeKind,
    /// The name of what changed: an operation as `GET /license (getLicense)`, a field as `License.serial`.
    pub subject: String,
    /// The change in words, without the subject.
    pub detail: String,
    /// The place in the older document; `None` for what is new.
    pub old: Option<SourceLocation>,
    /// The place in the newer document; `None` for what is gone.
    pub new: Option<SourceLocation>,
    /// The effect on code that calls the client.
    pub rust: Effect,
    /// Whether a client and a server of different revisions still work together.
    pub wire: Wire,
    /// The advice to a user, in one sentence; `None` if there is nothing to do.
    pub advice: Option<String>,
    /// Whether the change is a guess. Documents do not say that something was renamed.
    pub likely: bool,
    /// Whether the overlay alone makes the change.
    pub overlay: bool,
    /// The resource that is new or gone with all its operations, if the change is a part of that.
    pub resource: Option<String>,
    /// The approval of somebody who looked at the change; see [`Changes::approve`].
    pub approval: Option<Approval>,
}

/// The approval of a change, which does not count until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Why the change is approved.
    pub reason: String,
    /// The last day on which it is approved, as `2027-03-01`.
    pub until: String,
}

/// The effect of a change on code that calls the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// None.
    None,
    /// Callers can use more than before.
    Adds,
    /// Some code compiles with a warning: it uses what is deprecated.
    Warns,
    /// Some code no longer compiles.
    Breaks,
}

/// Whether a client and a server of different revisions work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wire {
    /// A client of the older document with a server of the newer one.
    pub old_client: Works,
    /// A client of the newer document with a server of the older one.
    pub new_client: Works,
}

/// Whether a client works with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Works {
    /// It works.
    Yes,
    /// It depends on the values that are sent.
    Maybe,
    /// It fails.
    No,
}

/// A place in one of the texts. Displays as `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLocation {
    /// The name of the text: the document's, or the overlay's for what only the overlay says.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The place in the document, with the overlay applied.
    pub pointer: Pointer,
}

/// Reports that a document is refused, so that the two cannot be compared.
#[derive(Debug)]
pub enum Refused {
    /// The older document.
    Old(Box<Report>),
    /// The newer document.
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

/// Compares two revisions of a document, each with its overlay.
///
/// # Errors
///
/// If no client can be generated from one of them.
pub fn compare(old: &Input<'_>, new: &Input<'_>) -> Result<Changes, Refused> {
    on_a_deep_stack(|| {
        let old_document = pipeline::understand(old).map_err(Refused::Old)?;
        let new_document = pipeline::understand(new).map_err(Refused::New)?;
        let mut found = differences(&old_document, &new_document);
        sort(&mut found, &new_document.api);
        let revisions = [&old_document, &new_document].map(|document| Revision::of(&document.api));
        let old_locations = Locations::find(old_document, found.iter().filter_map(|found| found.old.clone()));
        let new_locations = Locations::find(new_document, found.iter().filter_map(|found| found.new.clone()));
        let overlays = [old, new].map(|input| input.overlays.iter().map(|overlay| overlay.name).collect());
        let list = found.into_iter().map(|found| found.located(&old_locations, &new_locations, &overlays)).collect();
        let [old, new] = revisions;
        Ok(Changes { list, old, new })
    })
}

/// Finds all differences, in no order that matters.
fn differences(old: &Understood<'_>, new: &Understood<'_>) -> Vec<Difference> {
    let documents = Documents { old: &old.document, new: &new.document };
    let (old, new) = (&old.api, &new.api);
    let types = TypePairs::match_up(old, new);
    let schemas = SchemaComparison::new(documents);
    let mut found = Vec::new();
    document::compare(old, new, &mut found);
    servers::compare(old, new, &mut found);
    security_schemes::compare(old, new, &mut found);
    let matches = operations::match_up(old, new);
    operations::compare([old, new], &matches, &types, &mut found);
    types::compare(&types, &schemas, &mut found);
    scopes::compare(documents, &matches, &mut found);
    schemas.compare(new, &matches, &types, &mut found);
    schemas::remove_repetitions(documents, &mut found);
    resources::mark(old, new, &mut found);
    found
}

/// Sorts differences by the order of the newer document. What is gone has no place there and comes last.
fn sort(found: &mut [Difference], new: &Api) {
    let servers = new.servers.iter().map(|server| &server.at);
    let operations = new.modules.iter().flat_map(|module| &module.operations).map(|operation| &operation.at);
    let places: Vec<&Pointer> = servers.chain(operations).chain(new.items.iter().map(Item::at)).collect();
    let rank = |pointer: &Pointer| {
        places.iter().position(|place| pointer.tokens().starts_with(place.tokens())).unwrap_or(usize::MAX)
    };
    found.sort_by_cached_key(|found| (found.new.is_none(), found.new.as_ref().map_or(usize::MAX, rank)));
}

impl Changes {
    /// Iterates over the changes in the order of the newer document; what is gone comes last.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.list.iter()
    }

    /// Whether there are no changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Approves the changes of a fingerprint. They are told, and still move the version. Returns whether there is one.
    pub fn approve(&mut self, fingerprint: &str, approval: &Approval) -> bool {
        let mut is_there = false;
        for change in self.list.iter_mut().filter(|change| change.fingerprint() == fingerprint) {
            change.approval = Some(approval.clone());
            is_there = true;
        }
        is_there
    }

    /// Returns the step that all changes together ask of the client's version.
    #[must_use]
    pub fn bump(&self) -> Bump {
        self.list.iter().map(Change::bump).max().unwrap_or(Bump::None)
    }

    /// Returns the smallest honest version after `version`; see [`Bump::after`].
    #[must_use]
    pub fn next_version(&self, version: &semver::Version) -> semver::Version {
        self.bump().after(version)
    }
}

impl Change {
    /// Whether something that exists stops working: code that calls the client, a client of the older document with a
    /// server of the newer one (or it may), or a client of the newer document with every server of the older one.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.bump() == Bump::Breaking || self.wire.old_client != Works::Yes
    }

    /// Returns 16 hexadecimal digits that identify the change: by its kind, its subject and its detail, and not by its
    /// places, which other edits of the documents move.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Self { kind, subject, detail, .. } = self;
        let mut fingerprint = pipeline::sha256(&format!("{}\n{subject}\n{detail}", kind.id()));
        fingerprint.truncate(16);
        fingerprint
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Wire {
    /// Nothing changes on the wire.
    pub const SAME: Self = Self { old_client: Works::Yes, new_client: Works::Yes };
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
