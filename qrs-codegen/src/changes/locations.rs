//! The places of changes in the texts of both revisions.

use std::collections::{HashMap, HashSet};

use super::SourceLocation;
use crate::diagnostic::{Diagnostic, Pointer, Problem};
use crate::pipeline::Understood;

/// The locations of one revision by their pointers, found all at once: each text is read once.
pub(super) struct Locations(HashMap<Pointer, SourceLocation>);

impl Locations {
    /// Finds `pointers` in the texts of a document.
    pub(super) fn find(document: Understood<'_>, pointers: impl Iterator<Item = Pointer>) -> Self {
        let originals: HashMap<Pointer, Pointer> =
            pointers.map(|pointer| (pointer.clone(), document.original(&pointer))).collect();
        let marked: HashSet<&Pointer> = originals.values().collect();
        let mark =
            |pointer: &Pointer| Diagnostic::warning(pointer.clone(), Problem::Ignored { what: String::new() }).on_key();
        let report = document.report(marked.into_iter().map(mark).collect());
        let located: HashMap<Pointer, SourceLocation> = report
            .located()
            .filter_map(|(mark, position)| {
                let (position, pointer) = (position?, mark.pointer.clone());
                let (file, line, column) = (position.file.to_owned(), position.line, position.column);
                Some((pointer.clone(), SourceLocation { file, line, column, pointer }))
            })
            .collect();
        let of_model = |(pointer, original)| Some((pointer, located.get(&original)?.clone()));
        Self(originals.into_iter().filter_map(of_model).collect())
    }

    pub(super) fn get(&self, pointer: &Pointer) -> Option<SourceLocation> {
        self.0.get(pointer).cloned()
    }
}
