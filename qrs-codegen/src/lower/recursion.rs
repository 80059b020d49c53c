//! Types that contain themselves: boxed where they must be, any JSON value or refused where a name stands for itself.

use std::collections::HashMap;

use super::Declared;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Item, Type};
use crate::naming::Ident;

/// Ends an alias that stands for itself. A list or a map of itself holds any JSON value instead; nothing but itself is
/// an error.
fn break_alias(item: &mut Item, found: &mut Vec<Diagnostic>, declared: &HashMap<&str, Declared>) {
    let Item::Alias(alias) = item else { return };
    let name = &alias.name.wire;
    let Some(declared) = declared.get(name.as_str()) else { return };
    let at = declared.at.clone();
    found.push(if matches!(alias.ty, Type::Item(_) | Type::Nullable(_)) {
        Diagnostic::error(at, Problem::RecursiveAlias { name: name.clone() }).on_key().help("give it a type")
    } else {
        let problem = Problem::Unsupported { what: "a list or a map of itself".to_owned() };
        Diagnostic::warning(at, problem).on_key().help("its values are typed as any JSON value")
    });
    alias.ty = Type::Json;
}

/// Boxes each field through which a type would contain itself, and reports what has no size or no end.
pub(super) fn box_cycles(items: &mut [Item], found: &mut Vec<Diagnostic>, declared: &HashMap<&str, Declared>) {
    let places: HashMap<Ident, usize> =
        items.iter().enumerate().map(|(index, item)| (item.name().ident.clone(), index)).collect();
    let edges: Vec<Vec<usize>> = items.iter().map(|item| contained(item, &places)).collect();
    let component = strongly_connected(&edges);
    let endless = endless_aliases(items, &places);
    for index in 0..items.len() {
        let is_cycle =
            |other: usize| component[other] == component[index] && (other != index || edges[index].contains(&index));
        match &mut items[index] {
            Item::Struct(item) => {
                for field in &mut item.fields {
                    if direct(&field.ty).and_then(|ident| places.get(ident)).is_some_and(|&other| is_cycle(other)) {
                        let ty = std::mem::replace(&mut field.ty, Type::Unit);
                        field.ty = boxed(ty);
                    }
                }
            }
            Item::Alias(_) => {
                // An alias stands for its type: one that leads back to itself, through anything, stands for nothing.
                if endless[index] {
                    break_alias(&mut items[index], found, declared);
                }
            }
            Item::Enum(_) => {}
        }
    }
}

fn contained(item: &Item, places: &HashMap<Ident, usize>) -> Vec<usize> {
    let idents: Vec<&Ident> = match item {
        Item::Struct(item) => item.fields.iter().filter_map(|field| direct(&field.ty)).collect(),
        Item::Alias(item) => direct(&item.ty).into_iter().collect(),
        Item::Enum(_) => Vec::new(),
    };
    idents.into_iter().filter_map(|ident| places.get(ident).copied()).collect()
}

/// The declared type that a value of this type holds in place, not behind a pointer.
fn direct(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Item(ident) => Some(ident),
        Type::Nullable(inner) => direct(inner),
        _ => None,
    }
}

fn boxed(ty: Type) -> Type {
    match ty {
        Type::Nullable(inner) => Type::Nullable(Box::new(boxed(*inner))),
        other => Type::Boxed(Box::new(other)),
    }
}

/// Which aliases lead back to themselves. Each is visited once: an alias stands for one type.
fn endless_aliases(items: &[Item], places: &HashMap<Ident, usize>) -> Vec<bool> {
    let next = |index: usize| match &items[index] {
        Item::Alias(alias) => alias.ty.item().and_then(|ident| places.get(ident)).copied(),
        _ => None,
    };
    let mut endless = vec![false; items.len()];
    // The walk in which an item was first met.
    let mut walks: Vec<Option<usize>> = vec![None; items.len()];
    for start in 0..items.len() {
        let mut current = Some(start);
        while let Some(index) = current.filter(|&index| walks[index].is_none()) {
            walks[index] = Some(start);
            current = next(index);
        }
        // Met again in the same walk: a circle, all of which is marked.
        while let Some(index) = current.filter(|&index| walks[index] == Some(start) && !endless[index]) {
            endless[index] = true;
            current = next(index);
        }
    }
    endless
}

/// Tarjan's algorithm, without recursion: the number of the strongly connected component of each node.
fn strongly_connected(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut component = vec![UNSEEN; edges.len()];
    let mut open = Vec::new();
    let mut next = 0;
    let mut components = 0;
    for root in 0..edges.len() {
        if order[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                open.push(node);
            }
            if let Some(&to) = edges[node].get(edge) {
                calls.push((node, edge + 1));
                if order[to] == UNSEEN {
                    calls.push((to, 0));
                } else if component[to] == UNSEEN {
                    low[node] = low[node].min(order[to]);
                }
                continue;
            }
            if low[node] == order[node] {
                while let Some(member) = open.pop() {
                    component[member] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
            if let Some(&(parent, _)) = calls.last() {
                low[parent] = low[parent].min(low[node]);
            }
        }
    }
    component
}
