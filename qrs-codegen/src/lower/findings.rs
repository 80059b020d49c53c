//! The problems that lowering reports.

use std::collections::HashSet;

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::naming::{Collision, Ident};

/// The problems that were found so far.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Diagnostic>,
    /// Problems of places that are met more than once.
    reported: HashSet<(Pointer, String)>,
}

impl Findings {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    pub(super) fn error(&mut self, at: impl Into<Pointer>, problem: Problem, help: impl Into<String>) {
        self.push(Diagnostic::error(at, problem).help(help));
    }

    pub(super) fn warn(&mut self, at: impl Into<Pointer>, problem: Problem, help: impl Into<String>) {
        self.push(Diagnostic::warning(at, problem).help(help));
    }

    pub(super) fn note(&mut self, at: impl Into<Pointer>, problem: Problem, help: impl Into<String>) {
        self.push(Diagnostic::note(at, problem).help(help));
    }

    /// Reports a problem that may be met again on another way.
    pub(super) fn once(&mut self, diagnostic: Diagnostic) {
        let key = (diagnostic.pointer.clone(), diagnostic.problem.to_string());
        if self.reported.insert(key) {
            self.push(diagnostic);
        }
    }

    /// Notes once that something is not supported.
    pub(super) fn note_unsupported(&mut self, at: Pointer, what: impl Into<String>, help: &str) {
        let problem = Problem::Unsupported { what: what.into() };
        self.once(Diagnostic::note(at, problem).help(help));
    }

    /// Notes once that a keyword is not supported, and marks it.
    pub(super) fn note_keyword(&mut self, at: Pointer, what: impl Into<String>, help: &str) {
        let problem = Problem::Unsupported { what: what.into() };
        self.once(Diagnostic::note(at, problem).on_key().help(help));
    }

    /// Reports where two names met, and how they were told apart.
    pub(super) fn collided(&mut self, wire: &str, given: &Ident, collision: Option<Collision<Pointer>>, at: At<'_>) {
        let Some(Collision { first, wanted }) = collision else { return };
        let problem = Problem::NameCollision { wire: wire.to_owned(), wanted: wanted.to_string() };
        let diagnostic = Diagnostic::warning(at, problem).on_key();
        self.push(match first {
            Some(first) => diagnostic
                .help(format!("it is called `{given}`"))
                .related(first, format!("`{wanted}` is this one's name")),
            None => {
                diagnostic.help(format!("the generated code has a `{wanted}` of its own; this one is called `{given}`"))
            }
        });
    }

    pub(super) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}
