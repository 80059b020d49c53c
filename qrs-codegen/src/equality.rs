//! Which declared types cannot implement `Eq`: those that hold a float, however deep.

use std::collections::{HashMap, HashSet};

use crate::model::{Item, Type};
use crate::naming::Ident;

pub(crate) fn without_eq(items: &[Item]) -> HashSet<&Ident> {
    let is_float = |ty: &Type| matches!(ty, Type::Float(_));
    let mut holders: HashMap<&Ident, Vec<&Ident>> = HashMap::new();
    let mut open = Vec::new();
    for item in items {
        let name = &item.name().ident;
        for ty in item.types() {
            if ty.mentions(&is_float) {
                open.push(name);
            }
            for held in ty.items() {
                holders.entry(held).or_default().push(name);
            }
        }
    }
    let mut found = HashSet::new();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(holders.get(name).into_iter().flatten());
        }
    }
    found
}
