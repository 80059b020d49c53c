//! The modules that hold operations: one for each tag, within that of its parent.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Pointer, Problem};
use crate::document::Tag;
use crate::lower::doc;
use crate::lower::findings::Findings;
use crate::model::{Module, Name, Operation};
use crate::naming::{self, Case, Ident, Scope};

/// Modules within each other. Deeper ones lie beside the deepest.
const MAX_DEPTH: usize = 8;

/// Names that a module among others must not have: those of files, and what a file of operations uses.
const RESERVED: &[&str] = &["mod", "operations"];
const RESERVED_WITHIN: &[&str] = &["mod", "client", "runtime", "types"];

/// The operations of each tag, and the place of the first.
type Tagged<'t> = IndexMap<&'t str, (Vec<Operation>, Pointer)>;

/// The modules of these operations.
pub(super) fn of(tagged: Tagged<'_>, tags: &[Tag], found: &mut Findings) -> Vec<Module> {
    let described: HashMap<&str, &Tag> = tags.iter().rev().map(|tag| (tag.name.as_str(), tag)).collect();
    let parents = parents(tags, &described, found);
    let mut placing = Placing { described, scopes: HashMap::new(), modules: IndexMap::new(), found };
    for (tag, (operations, at)) in tagged {
        let mut chain = vec![tag];
        while let Some(parent) = parents.get(chain[chain.len() - 1]).filter(|_| chain.len() < MAX_DEPTH) {
            chain.push(parent);
        }
        chain.reverse();
        placing.place(&chain, &at);
        if let Some(module) = placing.modules.get_mut(tag) {
            module.operations = operations;
        }
    }
    placing.modules.into_values().collect()
}

/// The parent of each tag that has one. One that leads back to itself, or to no tag, is left out.
fn parents<'d>(tags: &'d [Tag], described: &HashMap<&str, &'d Tag>, found: &mut Findings) -> HashMap<&'d str, &'d str> {
    let mut parents: HashMap<&str, &str> = HashMap::new();
    for tag in tags {
        let Some(parent) = tag.parent.as_deref() else { continue };
        let at = tag.at.child("parent");
        if !described.contains_key(parent) {
            let problem = Problem::DanglingReference { reference: parent.to_owned() };
            found.warn(at, problem, "the tag is taken for one without a parent; a parent is an entry of `tags`");
            continue;
        }
        let mut above = Some(parent);
        while let Some(next) = above.filter(|next| *next != tag.name) {
            above = parents.get(next).copied();
        }
        if above.is_some() {
            found.warn(at, Problem::ReferenceCycle, "the tag is taken for one without a parent");
            continue;
        }
        parents.entry(&tag.name).or_insert(parent);
    }
    parents
}

/// Modules that get their places.
struct Placing<'t, 'f> {
    described: HashMap<&'t str, &'t Tag>,
    /// The names within each module.
    scopes: HashMap<Vec<Ident>, Scope<Pointer>>,
    modules: IndexMap<String, Module>,
    found: &'f mut Findings,
}

impl Placing<'_, '_> {
    /// Makes the modules of these tags, each within the one before it.
    fn place(&mut self, chain: &[&str], at: &Pointer) {
        let mut parents: Vec<Ident> = Vec::new();
        for tag in chain {
            if !self.modules.contains_key(*tag) {
                let module = self.module(tag, parents.clone(), at);
                self.modules.insert((*tag).to_owned(), module);
            }
            parents = self.modules[*tag].idents().cloned().collect();
        }
    }

    fn module(&mut self, tag: &str, parents: Vec<Ident>, at: &Pointer) -> Module {
        let scope = self.scopes.entry(parents.clone()).or_insert_with(|| match parents.last() {
            None => Scope::new(Case::Module, RESERVED),
            // Clippy does not allow a module the name of the one that it is in.
            Some(parent) => Scope::new(Case::Module, &[RESERVED_WITHIN, &[parent.as_str()]].concat()),
        });
        let (ident, collision) = scope.claim(&naming::ascii(tag), at.clone());
        if let Some(collision) = collision {
            let problem = Problem::NameCollision { wire: tag.to_owned(), wanted: collision.wanted.to_string() };
            let mut diagnostic =
                Diagnostic::warning(at.clone(), problem).help(format!("its module is called `{ident}`"));
            if let Some(first) = collision.first {
                diagnostic = diagnostic.related(first, "a tag of the same Rust name is used here");
            }
            self.found.push(diagnostic);
        }
        let described = self.described.get(tag);
        let texts =
            [described.and_then(|tag| tag.summary.as_deref()), described.and_then(|tag| tag.description.as_deref())];
        Module {
            name: Name { wire: tag.to_owned(), ident },
            parents,
            doc: doc(texts),
            operations: Vec::new(),
            accessor: None,
        }
    }
}
