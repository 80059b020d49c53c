//! Pairs the declared types of both revisions, and tells which ones are sent and which ones are received.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::changes::Wire;
use crate::changes::fit::{Fit, Receiver, Sides};
use crate::diagnostic::Pointer;
use crate::equality::without_eq;
use crate::model::{Api, Enum, EnumVariant, Item, ItemsByName, Name, Presence, SharedTypes, Struct, Type};
use crate::naming::Ident;

/// The declared types of both revisions, paired.
pub(in crate::changes) struct TypePairs<'a> {
    old: ItemsByName<'a>,
    new: ItemsByName<'a>,
    /// In the newer document's order.
    pub(super) pairs: Vec<TypePair<'a>>,
    pub(super) added: Vec<&'a Item>,
    pub(super) removed: Vec<&'a Item>,
    /// The newer name of each older one.
    names: HashMap<&'a Ident, &'a Ident>,
    /// The older types that do not implement `Eq`.
    pub(super) old_without_eq: HashSet<&'a Ident>,
    pub(super) new_without_eq: HashSet<&'a Ident>,
    pub(super) old_shared: &'a SharedTypes,
    pub(super) new_shared: &'a SharedTypes,
    sent: HashSet<&'a Ident>,
    received: HashSet<&'a Ident>,
}

/// Two declarations of one type.
#[derive(Clone, Copy)]
pub(super) struct TypePair<'a> {
    pub(super) old: &'a Item,
    pub(super) new: &'a Item,
    /// Whether their shape alone says that they are one type.
    pub(super) likely: bool,
}

impl<'a> TypePairs<'a> {
    /// Pairs the types of two revisions: by name, then by their place in the document, then by their shape.
    pub(in crate::changes) fn match_up(old: &'a Api, new: &'a Api) -> Self {
        let (mut pairs, mut added, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        for (before, after) in by_names(&old.items, &new.items) {
            match (before, after) {
                (Some(old), Some(new)) => pairs.push(TypePair { old, new, likely: false }),
                (None, Some(new)) => added.push(new),
                (Some(old), None) => removed.push(old),
                (None, None) => {}
            }
        }
        // A type that is described inline is named after what holds it, which may have another name now.
        pair_unique(&mut pairs, &mut added, &mut removed, false, |old, new| is_inline(old) && old.at() == new.at());
        // A type that is gone and a new one that looks the same are most likely one type.
        pair_unique(&mut pairs, &mut added, &mut removed, true, same_shape);
        let names = pairs.iter().map(|pair| (&pair.old.name().ident, &pair.new.name().ident)).collect();
        let mut types = Self {
            old: old.items_by_name(),
            new: new.items_by_name(),
            pairs,
            added,
            removed,
            names,
            old_without_eq: without_eq(&old.items),
            new_without_eq: without_eq(&new.items),
            old_shared: &old.shared,
            new_shared: &new.shared,
            sent: HashSet::new(),
            received: HashSet::new(),
        };
        for operation in [old, new].into_iter().flat_map(|api| &api.modules).flat_map(|module| &module.operations) {
            operation.sent().for_each(|ty| types.mark(ty, true));
            operation.received().for_each(|ty| types.mark(ty, false));
        }
        types
    }

    /// The places of declared types in both documents.
    pub(in crate::changes) fn places(&self) -> impl Iterator<Item = (&Pointer, &Pointer)> {
        self.pairs.iter().map(|pair| (pair.old.at(), pair.new.at()))
    }

    /// Marks every declared type that is sent, or received, with `ty`.
    fn mark(&mut self, ty: &'a Type, sent: bool) {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            for name in ty.items() {
                let marked = if sent { &mut self.sent } else { &mut self.received };
                if marked.insert(name) {
                    // Both revisions may declare the name, with different parts.
                    let items = [&self.old, &self.new].into_iter().filter_map(|items| items.get(name).copied());
                    open.extend(items.flat_map(Item::types));
                }
            }
        }
    }

    /// Whether callers write the same code for both types.
    pub(in crate::changes) fn same(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            (Type::Item(old), Type::Item(new)) => self.names.get(old) == Some(&new),
            (Type::List(old), Type::List(new))
            | (Type::Map(old), Type::Map(new))
            | (Type::Nullable(old), Type::Nullable(new))
            | (Type::JsonText(old), Type::JsonText(new))
            | (Type::Boxed(old), Type::Boxed(new)) => self.same(old, new),
            (Type::Tuple(old), Type::Tuple(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same(old, new))
            }
            (old, new) => old == new,
        }
    }

    /// Whether the sides still work together if clients send values of a type that was `old` and is `new`.
    pub(in crate::changes) fn sent(&self, old: &Type, new: &Type) -> Wire {
        let old_client = self.sides(Receiver::Server, true, |sides| sides.fit(old, new));
        let new_client = self.sides(Receiver::Server, false, |sides| sides.fit(new, old));
        Wire::of(old_client, new_client)
    }

    /// The same outside of JSON, where each value is written as text.
    pub(in crate::changes) fn sent_as_text(&self, old: &Type, new: &Type) -> Wire {
        let old_client = self.sides(Receiver::Server, true, |sides| sides.fit_as_text(old, new));
        let new_client = self.sides(Receiver::Server, false, |sides| sides.fit_as_text(new, old));
        Wire::of(old_client, new_client)
    }

    /// The same if clients receive them.
    pub(in crate::changes) fn received(&self, old: &Type, new: &Type) -> Wire {
        let old_client = self.sides(Receiver::Client, false, |sides| sides.fit(new, old));
        let new_client = self.sides(Receiver::Client, true, |sides| sides.fit(old, new));
        Wire::of(old_client, new_client)
    }

    /// The same for two declarations of one type, in the directions that it is used in.
    pub(super) fn declarations(&self, old: &Item, new: &Item) -> Wire {
        let fit = |receiver, old_writes| {
            self.sides(receiver, old_writes, |sides| {
                let (written, read) = if old_writes { (old, new) } else { (new, old) };
                sides.fit_declarations(written, read)
            })
        };
        let sent = Wire::of(fit(Receiver::Server, true), fit(Receiver::Server, false));
        let received = Wire::of(fit(Receiver::Client, false), fit(Receiver::Client, true));
        self.directions(new).wire(sent, received)
    }

    fn sides(&self, receiver: Receiver, old_writes: bool, fit: impl FnOnce(Sides<'_>) -> Fit) -> Fit {
        let same = |written: &Ident, read: &Ident| {
            let (old, new) = if old_writes { (written, read) } else { (read, written) };
            self.names.get(old).is_some_and(|name| *name == new)
        };
        let (written, read) = if old_writes { (&self.old, &self.new) } else { (&self.new, &self.old) };
        fit(Sides { written, read, same: &same, receiver })
    }

    /// The directions that values of a declared type take.
    pub(super) fn directions(&self, item: &Item) -> Directions {
        let name = &item.name().ident;
        Directions { sent: self.sent.contains(name), received: self.received.contains(name) }
    }
}

/// Pairs declarations by their names, in the newer document's order; what is gone comes last.
///
/// Schemas that are described where they are used may share one name in the document. Their Rust names tell them apart
/// and, if these differ too, their order.
fn by_names<'a>(old: &'a [Item], new: &'a [Item]) -> Vec<(Option<&'a Item>, Option<&'a Item>)> {
    let by_name: HashMap<&Name, &Item> = old.iter().map(|item| (item.name(), item)).collect();
    let mut found: Vec<(Option<&Item>, Option<&Item>)> =
        new.iter().map(|item| (by_name.get(item.name()).copied(), Some(item))).collect();
    let matched: HashSet<&Name> = found.iter().filter_map(|(before, _)| *before).map(Item::name).collect();
    let mut left: Vec<&Item> = old.iter().filter(|item| !matched.contains(item.name())).collect();
    let mut by_wire: HashMap<&str, VecDeque<&Item>> = HashMap::new();
    for item in &left {
        by_wire.entry(item.name().wire.as_str()).or_default().push_back(item);
    }
    for (before, after) in found.iter_mut().filter(|(before, _)| before.is_none()) {
        let Some(after) = after else { continue };
        *before = by_wire.get_mut(after.name().wire.as_str()).and_then(VecDeque::pop_front);
    }
    let matched: HashSet<&Name> = found.iter().filter_map(|(before, _)| *before).map(Item::name).collect();
    left.retain(|item| !matched.contains(item.name()));
    found.extend(left.into_iter().map(|item| (Some(item), None)));
    found
}

/// Pairs each added declaration with the only removed one that `is_same`.
fn pair_unique<'a>(
    pairs: &mut Vec<TypePair<'a>>,
    added: &mut Vec<&'a Item>,
    removed: &mut Vec<&'a Item>,
    likely: bool,
    is_same: fn(&Item, &Item) -> bool,
) {
    added.retain(|new| {
        let mut candidates = removed.iter().enumerate().filter(|(_, old)| is_same(old, new));
        let (Some((place, old)), None) = (candidates.next(), candidates.next()) else { return true };
        pairs.push(TypePair { old, new, likely });
        removed.remove(place);
        false
    });
}

fn is_inline(item: &Item) -> bool {
    item.at().tokens().first().is_none_or(|first| first != "components")
}

/// Whether two declarations differ in nothing but their names.
fn same_shape(old: &Item, new: &Item) -> bool {
    match (old, new) {
        (Item::Struct(old), Item::Struct(new)) => {
            let shape = |item: &Struct| -> Vec<(String, Type, Presence)> {
                item.fields.iter().map(|field| (field.name.wire.clone(), field.ty.clone(), field.presence)).collect()
            };
            // An object with one field looks like many others.
            old.fields.len() > 1 && shape(old) == shape(new)
        }
        (Item::Enum(old), Item::Enum(new)) => {
            let values = |item: &Enum| item.variants.iter().map(EnumVariant::wire).collect::<Vec<_>>();
            old.variants.len() > 1 && old.kind == new.kind && values(old) == values(new)
        }
        _ => false,
    }
}

/// The directions that values of a type take.
#[derive(Clone, Copy)]
pub(in crate::changes) struct Directions {
    pub(in crate::changes) sent: bool,
    pub(in crate::changes) received: bool,
}

impl Directions {
    /// No direction.
    pub(in crate::changes) const NONE: Self = Self { sent: false, received: false };

    /// The directions that are not among others.
    pub(in crate::changes) fn without(self, others: Self) -> Self {
        Self { sent: self.sent && !others.sent, received: self.received && !others.received }
    }

    /// The worse of the two verdicts, of those directions that values take.
    pub(in crate::changes) fn wire(self, sent: Wire, received: Wire) -> Wire {
        let sent = if self.sent { sent } else { Wire::SAME };
        let received = if self.received { received } else { Wire::SAME };
        Wire {
            old_client: sent.old_client.max(received.old_client),
            new_client: sent.new_client.max(received.new_client),
        }
    }

    /// Adds those of others. Returns whether one of them is new.
    pub(in crate::changes) fn add(&mut self, others: Directions) -> bool {
        let is_new = (others.sent && !self.sent) || (others.received && !self.received);
        self.sent |= others.sent;
        self.received |= others.received;
        is_new
    }

    /// The directions in words.
    pub(in crate::changes) fn words(self) -> &'static str {
        match (self.sent, self.received) {
            (true, true) => "sent and received",
            (true, false) => "sent",
            (false, true) => "received",
            (false, false) => "used by no operation",
        }
    }
}
