//! Declared types: what became of them, of their fields and their variants.

use std::collections::{HashMap, HashSet, VecDeque};

use super::fit::{Fit, Items, Reader, Sides};
use super::{Action, Effect, Found, What, Wire, documentation};
use crate::model::{Alias, Api, Enum, EnumKind, EnumVariant, Field, Item, Name, Presence, Struct, Type, Union};
use crate::naming::Ident;

/// The declared types of both revisions, matched up.
pub(super) struct Types<'a> {
    old: Items<'a>,
    new: Items<'a>,
    /// In the newer document's order.
    pairs: Vec<Pair<'a>>,
    added: Vec<&'a Item>,
    removed: Vec<&'a Item>,
    /// From older names to newer ones.
    names: HashMap<&'a Ident, &'a Ident>,
    sent: HashSet<&'a Ident>,
    received: HashSet<&'a Ident>,
}

struct Pair<'a> {
    old: &'a Item,
    new: &'a Item,
    /// Whether they were matched by their shape alone.
    likely: bool,
}

impl<'a> Types<'a> {
    pub(super) fn match_up(old: &'a Api, new: &'a Api) -> Self {
        let by_name = |api: &'a Api| api.items.iter().map(|item| (&item.name().ident, item)).collect::<Items<'_>>();
        let mut pairs = Vec::new();
        let mut added = Vec::new();
        let mut removed = Vec::new();
        for (before, after) in twins(&old.items, &new.items) {
            match (before, after) {
                (Some(old), Some(new)) => pairs.push(Pair { old, new, likely: false }),
                (None, Some(new)) => added.push(new),
                (Some(old), None) => removed.push(old),
                (None, None) => {}
            }
        }
        // What is gone, and what is new and looks the same, is most likely one thing under another name.
        added.retain(|item| {
            let mut twins = removed.iter().enumerate().filter(|(_, before)| same_shape(before, item));
            let (Some((place, before)), None) = (twins.next(), twins.next()) else { return true };
            pairs.push(Pair { old: before, new: item, likely: true });
            removed.remove(place);
            false
        });
        let names = pairs.iter().map(|pair| (&pair.old.name().ident, &pair.new.name().ident)).collect();
        let mut types = Self {
            old: by_name(old),
            new: by_name(new),
            pairs,
            added,
            removed,
            names,
            sent: HashSet::new(),
            received: HashSet::new(),
        };
        for operation in [old, new].into_iter().flat_map(|api| &api.modules).flat_map(|module| &module.operations) {
            operation.sent().for_each(|ty| types.reach(ty, true));
            operation.received().for_each(|ty| types.reach(ty, false));
        }
        types
    }

    /// Notes every declared type that is sent, or received, with `ty`.
    fn reach(&mut self, ty: &'a Type, sent: bool) {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            for name in ty.items() {
                let reached = if sent { &mut self.sent } else { &mut self.received };
                if reached.insert(name) {
                    // A name may be declared in both revisions, and what it leads to may differ.
                    let items = [&self.old, &self.new].into_iter().filter_map(|items| items.get(name).copied());
                    open.extend(items.flat_map(Item::types));
                }
            }
        }
    }

    /// Whether callers write the same for both.
    pub(super) fn same(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            (Type::Item(old), Type::Item(new)) => self.names.get(old) == Some(&new),
            (Type::List(old), Type::List(new))
            | (Type::Map(old), Type::Map(new))
            | (Type::Nullable(old), Type::Nullable(new))
            | (Type::Boxed(old), Type::Boxed(new)) => self.same(old, new),
            (Type::Tuple(old), Type::Tuple(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same(old, new))
            }
            (old, new) => old == new,
        }
    }

    /// What becomes of values of a type that was `old` and is `new`, where clients send them.
    pub(super) fn sent(&self, old: &Type, new: &Type) -> Wire {
        Wire::of(self.fit(old, new, Reader::Server, true), self.fit(new, old, Reader::Server, false))
    }

    /// The same where clients receive them.
    pub(super) fn received(&self, old: &Type, new: &Type) -> Wire {
        Wire::of(self.fit(new, old, Reader::Client, false), self.fit(old, new, Reader::Client, true))
    }

    fn fit(&self, written: &Type, read: &Type, reader: Reader, old_writes: bool) -> Fit {
        let same = |written: &Ident, read: &Ident| {
            let (old, new) = if old_writes { (written, read) } else { (read, written) };
            self.names.get(old).is_some_and(|name| *name == new)
        };
        let sides = if old_writes {
            Sides { written: &self.old, read: &self.new, same: &same, reader }
        } else {
            Sides { written: &self.new, read: &self.old, same: &same, reader }
        };
        sides.fit(written, read)
    }

    fn uses(&self, item: &Item) -> Uses {
        let name = &item.name().ident;
        Uses { sent: self.sent.contains(name), received: self.received.contains(name) }
    }
}

/// Matches declarations up by their names, in the newer document's order; what is gone comes last.
///
/// Several schemas that are described where they are used have one name in the document: of these the Rust name tells,
/// and where that is another one too, the order that they come in.
fn twins<'a>(old: &'a [Item], new: &'a [Item]) -> Vec<(Option<&'a Item>, Option<&'a Item>)> {
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

/// Which ways the values of a type go.
#[derive(Clone, Copy)]
struct Uses {
    sent: bool,
    received: bool,
}

impl Uses {
    /// The worse of what becomes of values that are sent and of values that are received.
    fn wire(self, sent: Wire, received: Wire) -> Wire {
        let sent = if self.sent { sent } else { Wire::SAME };
        let received = if self.received { received } else { Wire::SAME };
        Wire {
            old_client: sent.old_client.max(received.old_client),
            new_client: sent.new_client.max(received.new_client),
        }
    }

    /// What is said of the way that values go.
    fn words(self) -> &'static str {
        match (self.sent, self.received) {
            (true, true) => "sent and received",
            (true, false) => "sent",
            (false, true) => "received",
            (false, false) => "used by no operation",
        }
    }
}

/// Whether two declarations differ in nothing but their name.
fn same_shape(old: &Item, new: &Item) -> bool {
    match (old, new) {
        (Item::Struct(old), Item::Struct(new)) => {
            let shape = |item: &Struct| -> Vec<(String, Type, Presence)> {
                item.fields.iter().map(|field| (field.name.wire.clone(), field.ty.clone(), field.presence)).collect()
            };
            // An object of one field looks like many others.
            old.fields.len() > 1 && shape(old) == shape(new)
        }
        (Item::Enum(old), Item::Enum(new)) => {
            let values = |item: &Enum| item.variants.iter().map(EnumVariant::wire).collect::<Vec<_>>();
            old.variants.len() > 1 && old.kind == new.kind && values(old) == values(new)
        }
        _ => false,
    }
}

pub(super) fn compare(types: &Types<'_>, found: &mut Vec<Found>) {
    for item in &types.added {
        found.push(whole(item, Action::Added));
    }
    for item in &types.removed {
        found.push(whole(item, Action::Removed));
    }
    for pair in &types.pairs {
        let Pair { old, new, likely } = *pair;
        renamed(old, new, likely, found);
        let uses = types.uses(new);
        match (old, new) {
            (Item::Struct(old), Item::Struct(new)) => structs(types, old, new, uses, found),
            (Item::Enum(old), Item::Enum(new)) => enums(old, new, uses, found),
            (Item::Union(old), Item::Union(new)) => unions(types, old, new, uses, found),
            (Item::Alias(old), Item::Alias(new)) | (Item::Newtype(old), Item::Newtype(new)) => {
                aliases(types, old, new, uses, found);
            }
            _ => other_kind(types, old, new, uses, found),
        }
        let name = new.name().wire.clone();
        found.extend(documentation(name, (old.doc(), old.at()), (new.doc(), new.at())));
    }
}

fn whole(item: &Item, action: Action) -> Found {
    let added = action == Action::Added;
    let at = Some(item.at().clone());
    let ident = &item.name().ident;
    Found {
        what: What::Type,
        action,
        subject: item.name().wire.clone(),
        detail: if added {
            format!("is new, as `types::{ident}`")
        } else {
            format!("is gone, and `types::{ident}` with it")
        },
        old: if added { None } else { at.clone() },
        new: if added { at } else { None },
        rust: if added { Effect::Adds } else { Effect::Breaks },
        // What operations make of it is told of them.
        wire: Wire::SAME,
        advice: if added { "Nothing.".to_owned() } else { format!("Do without `types::{ident}`.") },
        likely: false,
    }
}

fn renamed(old: &Item, new: &Item, likely: bool, found: &mut Vec<Found>) {
    let (before, after) = (&old.name().ident, &new.name().ident);
    if before == after && !likely {
        return;
    }
    found.push(Found {
        what: What::Type,
        action: Action::Renamed,
        subject: new.name().wire.clone(),
        detail: format!("was `types::{before}` and is `types::{after}`"),
        old: Some(old.at().clone()),
        new: Some(new.at().clone()),
        rust: Effect::Breaks,
        wire: Wire::SAME,
        advice: format!("Write `types::{after}` for `types::{before}`."),
        likely,
    });
}

fn other_kind(types: &Types<'_>, old: &Item, new: &Item, uses: Uses, found: &mut Vec<Found>) {
    let (before, after) = (Type::Item(old.name().ident.clone()), Type::Item(new.name().ident.clone()));
    // The declarations are matched up, but what they declare is not the same.
    let unmatched =
        |item: &Item, otherwise: Type| if let Item::Alias(alias) = item { alias.ty.clone() } else { otherwise };
    let (before, after) = (unmatched(old, before), unmatched(new, after));
    let wire = uses.wire(types.sent(&before, &after), types.received(&before, &after));
    let wire = if matches!((old, new), (Item::Struct(_), Item::Enum(_)) | (Item::Enum(_), Item::Struct(_))) {
        uses.wire(Wire::of(Fit::Never, Fit::Never), Wire::of(Fit::Never, Fit::Never))
    } else {
        wire
    };
    let ident = &new.name().ident;
    found.push(Found {
        what: What::Type,
        action: Action::Changed,
        subject: new.name().wire.clone(),
        detail: format!("was {} and is {} ({})", kind(old), kind(new), uses.words()),
        old: Some(old.at().clone()),
        new: Some(new.at().clone()),
        rust: Effect::Breaks,
        wire,
        advice: format!("Use `types::{ident}` as what it is now."),
        likely: false,
    });
}

fn kind(item: &Item) -> String {
    match item {
        Item::Struct(_) => "an object".to_owned(),
        Item::Enum(_) => "an enumeration".to_owned(),
        Item::Union(_) => "one of several types".to_owned(),
        Item::Alias(alias) | Item::Newtype(alias) => format!("`{}`", alias.ty.described()),
    }
}

fn aliases(types: &Types<'_>, old: &Alias, new: &Alias, uses: Uses, found: &mut Vec<Found>) {
    if types.same(&old.ty, &new.ty) {
        return;
    }
    let (before, after) = (old.ty.described(), new.ty.described());
    found.push(Found {
        what: What::Type,
        action: Action::Changed,
        subject: new.name.wire.clone(),
        detail: format!("was `{before}` and is `{after}` ({})", uses.words()),
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust: Effect::Breaks,
        wire: uses.wire(types.sent(&old.ty, &new.ty), types.received(&old.ty, &new.ty)),
        advice: format!("Use `{after}` where `{before}` was used."),
        likely: false,
    });
}

fn structs(types: &Types<'_>, old: &Struct, new: &Struct, uses: Uses, found: &mut Vec<Found>) {
    let subject = |field: &Field| format!("{}.{}", new.name.wire, field.name.wire);
    let breaks_default = old.has_default() && !new.has_default();
    let before: HashMap<&str, &Field> = old.fields.iter().map(|field| (field.name.wire.as_str(), field)).collect();
    let after: HashSet<&str> = new.fields.iter().map(|field| field.name.wire.as_str()).collect();
    let gone: Vec<&Field> = old.fields.iter().filter(|field| !after.contains(field.name.wire.as_str())).collect();
    let fresh: Vec<&Field> = new.fields.iter().filter(|field| !before.contains_key(field.name.wire.as_str())).collect();
    // One field in the place of another, of the same type: told as what it most likely is.
    let twin = match (gone.as_slice(), fresh.as_slice()) {
        ([gone], [fresh]) if types.same(&gone.ty, &fresh.ty) && gone.presence == fresh.presence => {
            Some((*gone, *fresh))
        }
        _ => None,
    };
    if let Some((gone, fresh)) = twin {
        found.push(field_renamed(gone, fresh, uses, subject(fresh)));
    }
    for field in &new.fields {
        match before.get(field.name.wire.as_str()) {
            Some(earlier) => {
                let lost = breaks_default.then_some(&new.name.ident);
                field_changed(types, earlier, field, (new.built, lost), uses, &subject(field), found);
                if old.built && new.built {
                    found.extend(asked_otherwise(earlier, field, new, uses, subject(field)));
                }
            }
            None if twin.is_some() => {}
            None => found.push(field_added(field, new, breaks_default, uses, subject(field))),
        }
    }
    for field in gone.iter().filter(|_| twin.is_none()) {
        found.push(field_removed(field, old.built, uses, subject(field)));
    }
    rest(types, old, new, uses, found);
    constructor(old, new, found);
}

/// What keeps the properties that are not described.
fn rest(types: &Types<'_>, old: &Struct, new: &Struct, uses: Uses, found: &mut Vec<Found>) {
    let (detail, rust, wire, advice) = match (&old.rest, &new.rest) {
        (None, None) => return,
        (Some(earlier), Some(rest)) if types.same(&earlier.ty, &rest.ty) => {
            let setters = (old.built && new.built).then_some((&earlier.setter, &rest.setter));
            let mut names = [(&earlier.ident, &rest.ident)].into_iter().chain(setters);
            let Some((was, is)) = names.find(|(was, is)| was != is) else { return };
            let detail = format!("called its further properties `{was}` in Rust and calls them `{is}`");
            (detail, Effect::Breaks, Wire::SAME, format!("Write `{is}` for `{was}`."))
        }
        (None, Some(rest)) => {
            let detail = format!("keeps further properties, in `{}`", rest.ident);
            (detail, Effect::Adds, Wire::SAME, "Nothing.".to_owned())
        }
        (Some(rest), None) => {
            let detail = format!("no longer keeps further properties, in `{}`", rest.ident);
            (detail, Effect::Breaks, Wire::SAME, format!("Do without `{}`.", rest.ident))
        }
        (Some(old), Some(new)) => {
            let detail =
                format!("kept `{}` as further properties and keeps `{}`", old.ty.described(), new.ty.described());
            let wire = uses.wire(types.sent(&old.ty, &new.ty), types.received(&old.ty, &new.ty));
            (detail, Effect::Breaks, wire, format!("Use `{}` as what it is now.", new.ident))
        }
    };
    found.push(Found {
        what: What::Type,
        action: Action::Changed,
        subject: new.name.wire.clone(),
        detail,
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust,
        wire,
        advice,
        likely: false,
    });
}

fn unions(types: &Types<'_>, old: &Union, new: &Union, uses: Uses, found: &mut Vec<Found>) {
    let change = |action: Action, subject: String, detail: String, rust: Effect, wire: Wire, advice: String| Found {
        what: What::Variant,
        action,
        subject,
        detail,
        old: (action != Action::Added).then(|| old.at.clone()),
        new: (action != Action::Removed).then(|| new.at.clone()),
        rust,
        wire,
        advice,
        likely: false,
    };
    let name = &new.name.ident;
    for variant in &new.variants {
        let subject = format!("{} {}", new.name.wire, variant.ident);
        let Some(before) = old.variants.iter().find(|before| before.ident == variant.ident) else {
            let detail = format!("is new, as `{name}::{}` ({})", variant.ident, uses.words());
            // What a client does not know, it keeps.
            let wire = uses.wire(Wire::of(Fit::Always, Fit::Sometimes), Wire::SAME);
            found.push(change(Action::Added, subject, detail, Effect::Adds, wire, "Nothing.".to_owned()));
            continue;
        };
        if !types.same(&before.ty, &variant.ty) {
            let (was, is) = (before.ty.described(), variant.ty.described());
            let detail = format!("held `{was}` and holds `{is}` ({})", uses.words());
            let wire = uses.wire(types.sent(&before.ty, &variant.ty), types.received(&before.ty, &variant.ty));
            found.push(change(Action::Changed, subject, detail, Effect::Breaks, wire, format!("Use `{is}` there.")));
        } else if before.tags != variant.tags {
            let detail =
                format!("was told by `{}` and is told by `{}`", before.tags.join("`, `"), variant.tags.join("`, `"));
            let wire = uses.wire(Wire::of(Fit::Sometimes, Fit::Sometimes), Wire::of(Fit::Sometimes, Fit::Sometimes));
            found.push(change(Action::Changed, subject, detail, Effect::None, wire, "Nothing.".to_owned()));
        }
        let subject = format!("{} {}", new.name.wire, variant.ident);
        found.extend(documentation(subject, (&before.doc, &old.at), (&variant.doc, &new.at)));
        // Of another type it is another implementation, which is told with the type.
        if types.same(&before.ty, &variant.ty) && before.from != variant.from {
            let subject = format!("{} {}", new.name.wire, variant.ident);
            let ty = variant.ty.described();
            let (detail, rust, advice) = if variant.from {
                (format!("is made from `{ty}` by `From`"), Effect::Adds, "Nothing.".to_owned())
            } else {
                let detail = format!("is no longer made from `{ty}` by `From`: it is not the only one that holds it");
                (detail, Effect::Breaks, format!("Write `{name}::{}(…)`.", variant.ident))
            };
            found.push(change(Action::Changed, subject, detail, rust, Wire::SAME, advice));
        }
    }
    if old.scalar != new.scalar {
        let (detail, rust, advice) = if new.scalar {
            ("is one piece of text, by `Display`", Effect::Adds, "Nothing.")
        } else {
            ("is no longer one piece of text, by `Display`", Effect::Breaks, "Write each of its variants by itself.")
        };
        let subject = new.name.wire.clone();
        let whole = change(Action::Changed, subject, detail.to_owned(), rust, Wire::SAME, advice.to_owned());
        found.push(Found { what: What::Type, ..whole });
    }
    for variant in old.variants.iter().filter(|before| new.variants.iter().all(|after| after.ident != before.ident)) {
        let subject = format!("{} {}", new.name.wire, variant.ident);
        let detail = format!("is gone, and `{name}::{}` with it ({})", variant.ident, uses.words());
        let wire = uses.wire(Wire::of(Fit::Sometimes, Fit::Always), Wire::SAME);
        let advice = format!("Do without `{}`.", variant.ident);
        found.push(change(Action::Removed, subject, detail, Effect::Breaks, wire, advice));
    }
    if old.tag != new.tag {
        let tag =
            |tag: &Option<String>| tag.as_ref().map_or_else(|| "no property".to_owned(), |tag| format!("`{tag}`"));
        let detail = format!("was told apart by {} and is told apart by {}", tag(&old.tag), tag(&new.tag));
        let wire = uses.wire(Wire::of(Fit::Sometimes, Fit::Sometimes), Wire::of(Fit::Sometimes, Fit::Sometimes));
        let whole = change(Action::Changed, new.name.wire.clone(), detail, Effect::None, wire, "Nothing.".to_owned());
        found.push(Found { what: What::Type, ..whole });
    }
}

fn field_added(field: &Field, holder: &Struct, breaks_default: bool, uses: Uses, subject: String) -> Found {
    let required = field.presence == Presence::Required;
    let argument = field.asked && holder.built;
    let sent = Wire::of(if required { Fit::Never } else { Fit::Always }, Fit::Sometimes);
    let received = Wire::of(Fit::Always, if required { Fit::Never } else { Fit::Always });
    let (rust, advice) = if argument {
        (Effect::Breaks, format!("Give `{}` to `{}::new`.", field.name.ident, holder.name.ident))
    } else if breaks_default && required {
        (Effect::Breaks, format!("Do without `{}::default()`.", holder.name.ident))
    } else {
        (Effect::Adds, "Nothing.".to_owned())
    };
    let presence = if required { "required" } else { "optional" };
    Found {
        what: What::Field,
        action: Action::Added,
        subject,
        detail: format!("is new: {presence}, `{}` ({})", field.ty.described(), uses.words()),
        old: None,
        new: Some(field.at.clone()),
        rust,
        wire: uses.wire(sent, received),
        advice,
        likely: false,
    }
}

fn field_removed(field: &Field, built: bool, uses: Uses, subject: String) -> Found {
    let required = field.presence == Presence::Required;
    // A server may refuse what it does not know; a client that wants it does not find it.
    let sent = Wire::of(Fit::Sometimes, if required { Fit::Never } else { Fit::Always });
    let received = Wire::of(if required { Fit::Never } else { Fit::Always }, Fit::Always);
    let setter = if built { format!(" or set it by `{}`", field.setter) } else { String::new() };
    Found {
        what: What::Field,
        action: Action::Removed,
        subject,
        detail: format!("is gone; it was `{}` ({})", field.ty.described(), uses.words()),
        old: Some(field.at.clone()),
        new: None,
        rust: Effect::Breaks,
        wire: uses.wire(sent, received),
        advice: format!("Do not read `{}`{setter}.", field.name.ident),
        likely: false,
    }
}

fn field_renamed(old: &Field, new: &Field, uses: Uses, subject: String) -> Found {
    let accepted = new.aliases.contains(&old.name.wire);
    let required = new.presence == Presence::Required;
    let lost = if required { Fit::Never } else { Fit::Sometimes };
    Found {
        what: What::Field,
        action: Action::Renamed,
        subject,
        detail: format!("was `{}` and is `{}` ({})", old.name.wire, new.name.wire, uses.words()),
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust: if old.name.ident == new.name.ident { Effect::None } else { Effect::Breaks },
        wire: uses.wire(Wire::of(lost, lost), Wire::of(lost, if accepted { Fit::Always } else { lost })),
        advice: format!("Write `{}` for `{}`.", new.name.ident, old.name.ident),
        likely: true,
    }
}

fn field_changed(
    types: &Types<'_>,
    old: &Field,
    new: &Field,
    (built, lost_default): (bool, Option<&Ident>),
    uses: Uses,
    subject: &str,
    found: &mut Vec<Found>,
) {
    let places = (Some(old.at.clone()), Some(new.at.clone()));
    let change = |detail: String, rust: Effect, wire: Wire, advice: String| Found {
        what: What::Field,
        action: Action::Changed,
        subject: subject.to_owned(),
        detail,
        old: places.0.clone(),
        new: places.1.clone(),
        rust,
        wire,
        advice,
        likely: false,
    };
    // What may be `null` and what may be left out is an `Option` either way.
    let as_option = |field: &Field| match field.presence {
        Presence::Optional => Some(field.ty.clone()),
        Presence::Required if matches!(field.ty, Type::Nullable(_)) => Some(field.ty.clone().unwrap_nullable()),
        _ => None,
    };
    let option = as_option(old).zip(as_option(new));
    let same = old.presence != new.presence && option.is_some_and(|(old, new)| types.same(&old, &new));
    if !same && !types.same(&old.ty, &new.ty) {
        let (before, after) = (old.ty.described(), new.ty.described());
        found.push(change(
            format!("was `{before}` and is `{after}` ({})", uses.words()),
            Effect::Breaks,
            uses.wire(types.sent(&old.ty, &new.ty), types.received(&old.ty, &new.ty)),
            format!("Read{} `{}` as `{after}`.", if built { " and set" } else { "" }, new.name.ident),
        ));
    }
    if old.presence != new.presence {
        let words = |presence: Presence| match presence {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Nullable => "optional, with `null` told from absent",
        };
        let (before, after) = (words(old.presence), words(new.presence));
        let required = new.presence == Presence::Required;
        // One that may be left out is left out now and then, for the side that wants it.
        let leaves_out = required || old.presence == Presence::Required;
        let (wants, does_not) = (if leaves_out { Fit::Sometimes } else { Fit::Always }, Fit::Always);
        let sent = if required { Wire::of(wants, does_not) } else { Wire::of(does_not, wants) };
        let received = if required { Wire::of(does_not, wants) } else { Wire::of(wants, does_not) };
        let read = if required { "as it is" } else { "as an `Option`" };
        let how = match (built, required) {
            (false, _) => String::new(),
            (true, true) => ", and give it to `new`".to_owned(),
            (true, false) => format!(", and set it by `{}`", new.setter),
        };
        let (detail, rust, advice) = match (same, built, lost_default.filter(|_| required)) {
            (false, ..) => ("", Effect::Breaks, format!("Read `{}` {read}{how}.", new.name.ident)),
            (true, false, None) => (", and may be `null` either way", Effect::None, "Nothing.".to_owned()),
            (true, false, Some(holder)) => {
                (", and may be `null` either way", Effect::Breaks, format!("Do without `{holder}::default()`."))
            }
            (true, true, _) => {
                let advice = format!("Read `{}` as before{how}.", new.name.ident);
                (", and may be `null` either way", Effect::Breaks, advice)
            }
        };
        found.push(change(
            format!("was {before} and is {after}{detail} ({})", uses.words()),
            rust,
            uses.wire(sent, received),
            advice,
        ));
    }
    let mut names = vec![(&old.name.ident, &new.name.ident)];
    if built {
        names.push((&old.setter, &new.setter));
    }
    if built && old.presence == Presence::Nullable && new.presence == Presence::Nullable {
        names.push((&old.null_setter, &new.null_setter));
    }
    if let Some((was, is)) = names.into_iter().find(|(was, is)| was != is) {
        found.push(Found {
            action: Action::Renamed,
            ..change(
                format!("was called `{was}` in Rust and is called `{is}`"),
                Effect::Breaks,
                Wire::SAME,
                format!("Write `{is}` for `{was}`."),
            )
        });
    }
    for alias in old.aliases.iter().filter(|alias| !new.aliases.contains(alias)) {
        let lost = if new.presence == Presence::Required { Fit::Never } else { Fit::Sometimes };
        found.push(change(
            format!("is no longer read from `{alias}` ({})", uses.words()),
            Effect::None,
            uses.wire(Wire::SAME, Wire::of(Fit::Always, lost)),
            "Nothing.".to_owned(),
        ));
    }
    for alias in new.aliases.iter().filter(|alias| !old.aliases.contains(alias)) {
        let detail = format!("is read from `{alias}` too ({})", uses.words());
        found.push(change(detail, Effect::None, Wire::SAME, "Nothing.".to_owned()));
    }
    found.extend(documentation(subject.to_owned(), (&old.doc, &old.at), (&new.doc, &new.at)));
}

/// A property that `new` asks for, or does not ask for any more, although it may be left out just as before: one that
/// only clients send becomes required, or one that had a single value has several.
fn asked_otherwise(old: &Field, new: &Field, holder: &Struct, uses: Uses, subject: String) -> Option<Found> {
    // That it may be left out is told already.
    if old.asked == new.asked || old.presence != new.presence {
        return None;
    }
    let (function, ident) = (format!("`{}::new`", holder.name.ident), &new.name.ident);
    // What is always there is always sent, whether a caller gives it or `new` knows it.
    let leaves_out = if new.presence == Presence::Required { Fit::Always } else { Fit::Sometimes };
    let (detail, sent, advice) = if new.asked {
        let detail = format!("is given to {function} now ({})", uses.words());
        (detail, Wire::of(leaves_out, Fit::Always), format!("Give `{ident}` to {function}."))
    } else {
        let detail = format!("is not given to {function} any more ({})", uses.words());
        (detail, Wire::of(Fit::Always, leaves_out), format!("Do not give `{ident}` to {function}."))
    };
    Some(Found {
        what: What::Field,
        action: Action::Changed,
        subject,
        detail,
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust: Effect::Breaks,
        wire: uses.wire(sent, Wire::SAME),
        advice,
        likely: false,
    })
}

/// What becomes of `new`, beyond what its fields tell.
fn constructor(old: &Struct, new: &Struct, found: &mut Vec<Found>) {
    let arguments = |item: &Struct| -> Vec<String> {
        let required = item.fields.iter().filter(|field| field.asked);
        required.map(|field| field.name.wire.clone()).collect()
    };
    let (before, after) = (arguments(old), arguments(new));
    let (mut sorted_before, mut sorted_after) = (before.clone(), after.clone());
    sorted_before.sort();
    sorted_after.sort();
    let (detail, rust, advice) = match (old.built, new.built) {
        (true, false) => ("is not sent any more, so it has no `new`", Effect::Breaks, "Do not make one."),
        (false, true) => ("is sent now, so it has `new` and setters", Effect::Adds, "Nothing."),
        (true, true) if before != after && sorted_before == sorted_after => {
            ("takes the arguments of `new` in another order", Effect::Breaks, "Bring the arguments into that order.")
        }
        _ => return,
    };
    found.push(Found {
        what: What::Type,
        action: Action::Changed,
        subject: new.name.wire.clone(),
        detail: detail.to_owned(),
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust,
        wire: Wire::SAME,
        advice: advice.to_owned(),
        likely: false,
    });
}

fn enums(old: &Enum, new: &Enum, uses: Uses, found: &mut Vec<Found>) {
    if old.kind != new.kind {
        other_kind_of_enum(old, new, uses, found);
        return;
    }
    let subject = |wire: &str| format!("{} `{wire}`", new.name.wire);
    let change = |wire: &str, action: Action, detail: String, rust: Effect, on_wire: Wire, advice: String| Found {
        what: What::Variant,
        action,
        subject: subject(wire),
        detail,
        old: (action != Action::Added).then(|| old.at.clone()),
        new: (action != Action::Removed).then(|| new.at.clone()),
        rust,
        wire: on_wire,
        advice,
        likely: false,
    };
    for variant in &new.variants {
        match old.variants.iter().find(|other| other.value == variant.value) {
            None => found.push(change(
                &variant.wire(),
                Action::Added,
                format!("is new, as `{}::{}` ({})", new.name.ident, variant.ident, uses.words()),
                Effect::Adds,
                // A client keeps what it does not know; a server that is older may refuse it.
                uses.wire(Wire::of(Fit::Always, Fit::Sometimes), Wire::SAME),
                "Nothing.".to_owned(),
            )),
            Some(other) => {
                if other.ident != variant.ident {
                    let (was, is) = (&other.ident, &variant.ident);
                    found.push(change(
                        &variant.wire(),
                        Action::Renamed,
                        format!("was `{}::{was}` and is `{}::{is}`", old.name.ident, new.name.ident),
                        Effect::Breaks,
                        Wire::SAME,
                        format!("Write `{is}` for `{was}`."),
                    ));
                }
                let subject = subject(&variant.wire());
                found.extend(documentation(subject, (&other.doc, &old.at), (&variant.doc, &new.at)));
            }
        }
    }
    for variant in old.variants.iter().filter(|variant| new.variants.iter().all(|other| other.value != variant.value)) {
        found.push(change(
            &variant.wire(),
            Action::Removed,
            format!("is gone, and `{}::{}` with it ({})", old.name.ident, variant.ident, uses.words()),
            Effect::Breaks,
            uses.wire(Wire::of(Fit::Sometimes, Fit::Always), Wire::SAME),
            format!("Do without `{}`.", variant.ident),
        ));
    }
}

fn other_kind_of_enum(old: &Enum, new: &Enum, uses: Uses, found: &mut Vec<Found>) {
    let words = |kind: EnumKind| match kind {
        EnumKind::Text => "texts",
        EnumKind::Integer(_) => "whole numbers",
        EnumKind::Mixed => "values of several kinds",
    };
    let never = Wire::of(Fit::Never, Fit::Never);
    found.push(Found {
        what: What::Type,
        action: Action::Changed,
        subject: new.name.wire.clone(),
        detail: format!(
            "was one of some {} and is one of some {} ({})",
            words(old.kind),
            words(new.kind),
            uses.words()
        ),
        old: Some(old.at.clone()),
        new: Some(new.at.clone()),
        rust: Effect::Breaks,
        wire: uses.wire(never, never),
        advice: format!("Use `types::{}` as what it is now.", new.name.ident),
        likely: false,
    });
}
