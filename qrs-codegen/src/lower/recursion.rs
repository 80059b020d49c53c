//! Types that contain themselves: boxed where they must be, types of their own where a name would stand for itself.

use std::collections::HashMap;

use super::draft::DraftItem as Item;
use super::findings::Findings;
use crate::diagnostic::{Diagnostic, Pointer, Problem};
use crate::model::Type;
use crate::naming::Ident;

/// Boxes each field through which a type would contain itself, gives a type of its own to a name that stands for a list
/// or a map of itself, and reports what has no end.
pub(super) fn box_cycles(items: &mut [Item], found: &mut Findings, described: &HashMap<Ident, Pointer>) {
    let places: HashMap<Ident, usize> =
        items.iter().enumerate().map(|(index, item)| (item.name().ident.clone(), index)).collect();
    end_aliases(items, &places, found, described);
    let edges: Vec<Vec<usize>> = items.iter().map(|item| contained(item, &places)).collect();
    let component = strongly_connected(&edges);
    for index in 0..items.len() {
        let is_cycle =
            |other: usize| component[other] == component[index] && (other != index || edges[index].contains(&index));
        let leads_back =
            |ty: &Type| direct(ty).into_iter().filter_map(|ident| places.get(ident)).any(|&other| is_cycle(other));
        let types: Vec<&mut Type> = match &mut items[index] {
            Item::Struct(item) => item.fields.iter_mut().map(|field| &mut field.ty).collect(),
            Item::Union(item) => item.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
            Item::Newtype(item) => vec![&mut item.ty],
            Item::Enum(_) | Item::Alias(_) => Vec::new(),
        };
        for ty in types {
            if leads_back(ty) {
                *ty = boxed(std::mem::replace(ty, Type::Unit));
            }
        }
    }
    endless(items, &places, found, described);
}

/// Ends the aliases that lead back to themselves. One that does through a list, a map or a tuple becomes a type of its
/// own; one that stands for nothing but itself, a JSON value.
fn end_aliases(
    items: &mut [Item],
    places: &HashMap<Ident, usize>,
    found: &mut Findings,
    described: &HashMap<Ident, Pointer>,
) {
    let edges: Vec<Vec<usize>> = items
        .iter()
        .map(|item| match item {
            Item::Alias(alias) => alias.ty.items().into_iter().filter_map(|ident| places.get(ident)).copied().collect(),
            _ => Vec::new(),
        })
        .collect();
    let component = strongly_connected(&edges);
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    // The circles that go through a list, a map or a tuple.
    let mut held: std::collections::HashSet<usize> = std::collections::HashSet::new();
    for (index, item) in items.iter().enumerate() {
        *sizes.entry(component[index]).or_default() += 1;
        if matches!(item, Item::Alias(alias) if !is_name(&alias.ty)) {
            held.insert(component[index]);
        }
    }
    for (index, item) in items.iter_mut().enumerate() {
        let Item::Alias(alias) = item else { continue };
        if sizes[&component[index]] == 1 && !edges[index].contains(&index) {
            continue;
        }
        if !held.contains(&component[index]) {
            let problem = Problem::RecursiveAlias { name: alias.name.wire.clone() };
            let at = described.get(&alias.name.ident).cloned().unwrap_or_default();
            found.push(
                Diagnostic::warning(at, problem)
                    .on_key()
                    .help("its values are typed as any JSON value; give it a type"),
            );
            alias.ty = Type::Json;
        } else if !is_name(&alias.ty) {
            *item = Item::Newtype(alias.clone());
        }
    }
}

/// Whether a type is another one's name, or `null`.
fn is_name(ty: &Type) -> bool {
    match ty {
        Type::Item(_) => true,
        Type::Nullable(inner) => is_name(inner),
        _ => false,
    }
}

/// Notes the types of which no value can be made, since it would have to hold another one without end.
fn endless(items: &[Item], places: &HashMap<Ident, usize>, found: &mut Findings, described: &HashMap<Ident, Pointer>) {
    let needed = |item: &Item| -> Vec<usize> {
        let types: Vec<&Type> = match item {
            Item::Struct(item) => {
                let required = item.fields.iter().filter(|field| field.is_required);
                required.map(|field| &field.ty).collect()
            }
            Item::Alias(item) | Item::Newtype(item) => vec![&item.ty],
            Item::Enum(_) | Item::Union(_) => Vec::new(),
        };
        let idents = types.into_iter().filter(|ty| !matches!(ty, Type::Nullable(_))).flat_map(direct);
        idents.filter_map(|ident| places.get(ident)).copied().collect()
    };
    let needs: Vec<Vec<usize>> = items.iter().map(needed).collect();
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for (index, needs) in needs.iter().enumerate() {
        for &needed in needs {
            holders[needed].push(index);
        }
    }
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut done: Vec<usize> = (0..items.len()).filter(|&index| open[index] == 0).collect();
    while let Some(index) = done.pop() {
        for &holder in &holders[index] {
            open[holder] -= 1;
            if open[holder] == 0 {
                done.push(holder);
            }
        }
    }
    for (item, _) in items.iter().zip(open).filter(|(item, open)| *open > 0 && matches!(item, Item::Struct(_))) {
        let at = described.get(&item.name().ident).cloned().unwrap_or_default();
        let problem = Problem::Unsupported { what: "a schema that requires another value of its own kind".to_owned() };
        found.push(Diagnostic::note(at, problem).on_key().help("no finite value satisfies it"));
    }
}

fn contained(item: &Item, places: &HashMap<Ident, usize>) -> Vec<usize> {
    let idents: Vec<&Ident> = match item {
        Item::Struct(item) => item.fields.iter().flat_map(|field| direct(&field.ty)).collect(),
        Item::Union(item) => item.variants.iter().flat_map(|variant| direct(&variant.ty)).collect(),
        Item::Alias(item) | Item::Newtype(item) => direct(&item.ty),
        Item::Enum(_) => Vec::new(),
    };
    idents.into_iter().filter_map(|ident| places.get(ident).copied()).collect()
}

/// The declared types that a value of this type holds in place, or on the heap where a type contains itself.
fn direct(ty: &Type) -> Vec<&Ident> {
    match ty {
        Type::Item(ident) => vec![ident],
        Type::Nullable(inner) | Type::Boxed(inner) => direct(inner),
        Type::Tuple(inner) => inner.iter().flat_map(direct).collect(),
        _ => Vec::new(),
    }
}

fn boxed(ty: Type) -> Type {
    match ty {
        Type::Nullable(inner) => Type::Nullable(Box::new(boxed(*inner))),
        other => Type::Boxed(Box::new(other)),
    }
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
