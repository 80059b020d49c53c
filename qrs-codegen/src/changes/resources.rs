//! Resources that are new or gone: modules of operations, with the types that only these use.

use std::collections::{HashMap, HashSet};

use super::{ChangeKind, Difference};
use crate::diagnostic::Pointer;
use crate::model::{Api, Item, Module, Operation};
use crate::naming::Ident;

/// Fewer operations are no resource.
const FEWEST: usize = 2;

/// Marks the operations of modules that only one revision has, and the types that only these use.
pub(super) fn mark(old: &Api, new: &Api, found: &mut [Difference]) {
    mark_side(new, old, [ChangeKind::OperationAdded, ChangeKind::TypeAdded], |found| found.new.as_ref(), found);
    mark_side(old, new, [ChangeKind::OperationRemoved, ChangeKind::TypeRemoved], |found| found.old.as_ref(), found);
}

fn mark_side(
    api: &Api,
    other: &Api,
    [operation, ty]: [ChangeKind; 2],
    place: fn(&Difference) -> Option<&Pointer>,
    found: &mut [Difference],
) {
    let unmatched: HashSet<Pointer> =
        found.iter().filter(|found| found.kind == operation).filter_map(place).cloned().collect();
    let is_whole = |module: &&Module| {
        let is_unmatched = |operation: &Operation| unmatched.contains(&operation.at);
        module.operations.len() >= FEWEST
            && module.operations.iter().all(is_unmatched)
            && other.modules.iter().all(|known| known.name.wire != module.name.wire)
    };
    let resources: Vec<&Module> = api.modules.iter().filter(is_whole).collect();
    if resources.is_empty() {
        return;
    }
    let items: HashMap<&Ident, &Item> = api.items.iter().map(|item| (&item.name().ident, item)).collect();
    let others = api.modules.iter().filter(|module| !is_whole(module)).flat_map(|module| &module.operations);
    let shared = used(others, &items);
    let mut resource_of: HashMap<Pointer, String> = HashMap::new();
    for module in resources {
        let name = &module.name.wire;
        for operation in &module.operations {
            resource_of.entry(operation.at.clone()).or_insert_with(|| name.clone());
        }
        for ident in used(module.operations.iter(), &items).difference(&shared) {
            if let Some(item) = items.get(ident) {
                resource_of.entry(item.at().clone()).or_insert_with(|| name.clone());
            }
        }
    }
    for found in found.iter_mut().filter(|found| found.kind == operation || found.kind == ty) {
        found.resource = place(found).and_then(|at| resource_of.get(at)).cloned();
    }
}

/// The declared types that operations use.
fn used<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    items: &HashMap<&'a Ident, &'a Item>,
) -> HashSet<&'a Ident> {
    let mut used = HashSet::new();
    let mut open: Vec<_> = operations.flat_map(|operation| operation.sent().chain(operation.received())).collect();
    while let Some(ty) = open.pop() {
        for name in ty.items() {
            if used.insert(name) {
                open.extend(items.get(name).into_iter().flat_map(|item| item.types()));
            }
        }
    }
    used
}
