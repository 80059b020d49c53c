//! What can only be said of a type once all of them, and the operations, are known.

use std::collections::{HashMap, HashSet};

use crate::model::{Access, EnumKind, Form, Item, Module, Operation, Presence, Struct, Type, Union};
use crate::naming::Ident;

/// Texts of one property that tell its object from others, at most.
const MOST_FIXED: usize = 16;

/// Settles who sends what, what an empty text means, and how the variants of a union are told apart.
pub(super) fn settle(items: &mut [Item], modules: &[Module]) {
    directions(items, modules);
    let aliases = aliases(items);
    constants(items, &aliases);
    lenient(items, &aliases);
    unions(items, &aliases);
    secrets(items);
}

fn aliases(items: &[Item]) -> HashMap<Ident, Type> {
    let aliases = items.iter().filter_map(|item| match item {
        Item::Alias(alias) => Some((alias.name.ident.clone(), alias.ty.clone())),
        _ => None,
    });
    aliases.collect()
}

/// Marks what is reached from types that are mentioned somewhere.
fn reached<'t>(items: &[Item], places: &HashMap<Ident, usize>, from: impl Iterator<Item = &'t Type>) -> Vec<bool> {
    let mut pending: Vec<Ident> = from.flat_map(Type::items).cloned().collect();
    let mut seen = vec![false; items.len()];
    while let Some(ident) = pending.pop() {
        let Some(&index) = places.get(&ident) else { continue };
        if !std::mem::replace(&mut seen[index], true) {
            pending.extend(items[index].types().into_iter().flat_map(Type::items).cloned());
        }
    }
    seen
}

fn directions(items: &mut [Item], modules: &[Module]) {
    let places: HashMap<Ident, usize> =
        items.iter().enumerate().map(|(index, item)| (item.name().ident.clone(), index)).collect();
    let operations = || modules.iter().flat_map(|module| &module.operations);
    let sent = reached(items, &places, operations().flat_map(Operation::sent));
    let received = reached(items, &places, operations().flat_map(Operation::received));
    for (index, item) in items.iter_mut().enumerate() {
        if let Item::Struct(item) = item {
            direct(item, sent[index], received[index]);
        }
    }
}

/// A property that one side never sends is not there when the other one reads it.
fn direct(item: &mut Struct, sent: bool, received: bool) {
    item.built = sent;
    for field in &mut item.fields {
        let one_sided = match field.access {
            Access::Server => sent,
            Access::Client => received,
            Access::Both => false,
        };
        if one_sided && field.presence == Presence::Required {
            field.presence = Presence::Optional;
            field.ty = std::mem::replace(&mut field.ty, Type::Unit).unwrap_nullable();
            field.asked = field.access == Access::Client;
        } else if sent && field.presence == Presence::Optional && field.nullable && field.access != Access::Server {
            field.presence = Presence::Nullable;
        }
    }
}

/// What can only have one value needs no asking for.
fn constants(items: &mut [Item], aliases: &HashMap<Ident, Type>) {
    let single: HashMap<Ident, Ident> = items
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) => match item.variants.as_slice() {
                [only] => Some((item.name.ident.clone(), only.ident.clone())),
                _ => None,
            },
            _ => None,
        })
        .collect();
    for item in items {
        let Item::Struct(item) = item else { continue };
        for field in item.fields.iter_mut().filter(|field| field.asked && field.presence == Presence::Required) {
            let Type::Item(ident) = unaliased(&field.ty, aliases) else { continue };
            field.constant = single.get(ident).map(|only| (ident.clone(), only.clone()));
            field.asked = field.constant.is_none();
        }
    }
}

/// Marks the optional properties that are read from a text of a fixed form: of these an empty one is no value.
fn lenient(items: &mut [Item], aliases: &HashMap<Ident, Type>) {
    for item in items {
        let Item::Struct(item) = item else { continue };
        for field in &mut item.fields {
            let formed =
                matches!(unaliased(&field.ty, aliases), Type::Uuid | Type::Timestamp | Type::Date | Type::Address(_));
            field.empty_is_none = field.presence != Presence::Required && formed;
        }
    }
}

/// The type that an alias stands for. No sound document has longer chains, and a hostile one shall not cost the square
/// of its length.
fn unaliased<'t>(ty: &'t Type, aliases: &'t HashMap<Ident, Type>) -> &'t Type {
    let mut ty = ty;
    for _ in 0..64 {
        let Type::Item(ident) = ty else { break };
        let Some(stands_for) = aliases.get(ident) else { break };
        ty = stands_for;
    }
    ty
}

/// A type as Rust sees it: every alias in it replaced, as far as it goes.
fn expanded(ty: &Type, aliases: &HashMap<Ident, Type>, depth: usize) -> Type {
    let inner = |ty: &Type| Box::new(expanded(ty, aliases, depth + 1));
    match unaliased(ty, aliases) {
        other if depth > 16 => other.clone(),
        Type::List(element) => Type::List(inner(element)),
        Type::Map(value) => Type::Map(inner(value)),
        Type::Nullable(value) => Type::Nullable(inner(value)),
        Type::Boxed(value) => *inner(value),
        Type::Tuple(values) => Type::Tuple(values.iter().map(|value| *inner(value)).collect()),
        other => other.clone(),
    }
}

fn unions(items: &mut [Item], aliases: &HashMap<Ident, Type>) {
    let mut forms: HashMap<Ident, Form> = HashMap::new();
    let mut always: HashMap<Ident, HashSet<String>> = HashMap::new();
    for item in items.iter() {
        let ident = item.name().ident.clone();
        match item {
            Item::Struct(item) => {
                let required = item.fields.iter().filter(|field| field.presence == Presence::Required);
                always.insert(ident.clone(), required.map(|field| field.name.wire.clone()).collect());
                forms.insert(ident.clone(), Form::Struct(ident));
            }
            Item::Enum(item) if item.kind == EnumKind::Text => {
                let texts = item.variants.iter().map(crate::model::EnumVariant::wire).collect();
                forms.insert(ident, Form::Texts(texts));
            }
            Item::Enum(item) if matches!(item.kind, EnumKind::Integer(_)) => {
                forms.insert(ident, Form::Integer);
            }
            Item::Newtype(item) => {
                forms.insert(ident, if matches!(item.ty, Type::Map(_)) { Form::Object } else { Form::List });
            }
            _ => {}
        }
    }
    let mut told_apart: HashSet<Ident> = HashSet::new();
    for item in items.iter_mut() {
        if let Item::Union(item) = item {
            union(item, aliases, &forms, &always, &mut told_apart);
        }
    }
    for item in items {
        if let Item::Struct(item) = item {
            item.told_apart = told_apart.contains(&item.name.ident);
            for field in item.fields.iter_mut().filter(|field| field.fixed.len() > MOST_FIXED) {
                field.fixed.clear();
            }
        }
    }
}

fn union(
    item: &mut Union,
    aliases: &HashMap<Ident, Type>,
    forms: &HashMap<Ident, Form>,
    always: &HashMap<Ident, HashSet<String>>,
    told_apart: &mut HashSet<Ident>,
) {
    let types: Vec<Type> = item.variants.iter().map(|variant| expanded(&variant.ty, aliases, 0)).collect();
    for (variant, ty) in item.variants.iter_mut().zip(&types) {
        let itself = matches!(ty, Type::Item(ident) if *ident == item.name.ident);
        variant.from = !itself && types.iter().filter(|other| *other == ty).count() == 1;
        variant.form = form(ty, forms);
        if let (Some(tag), crate::model::TagPlace::Inside, Form::Struct(ident)) =
            (&item.tag, variant.tag_place, &variant.form)
            && !always.get(ident).is_some_and(|required| required.contains(tag))
        {
            variant.tag_place = crate::model::TagPlace::Perhaps;
        }
    }
    let objects = item.variants.iter().filter(|variant| matches!(variant.form, Form::Struct(_) | Form::Object)).count();
    for variant in &mut item.variants {
        match &variant.form {
            Form::Struct(ident) if objects > 1 && item.tag.is_none() => {
                told_apart.insert(ident.clone());
            }
            Form::Struct(_) => variant.form = Form::Object,
            _ => {}
        }
    }
}

fn form(ty: &Type, forms: &HashMap<Ident, Form>) -> Form {
    match ty {
        Type::String | Type::Secret | Type::Base64 => Form::Text,
        Type::Uuid | Type::Timestamp | Type::Date | Type::Address(_) => Form::Formed,
        Type::Bool => Form::Bool,
        Type::Integer(_) => Form::Integer,
        Type::Float(_) => Form::Number,
        Type::JsonObject | Type::Map(_) => Form::Object,
        Type::List(_) | Type::Tuple(_) => Form::List,
        Type::Item(ident) => forms.get(ident).cloned().unwrap_or(Form::Any),
        _ => Form::Any,
    }
}

/// Marks the unions that a secret can be in, at any depth.
fn secrets(items: &mut [Item]) {
    let places: HashMap<Ident, usize> =
        items.iter().enumerate().map(|(index, item)| (item.name().ident.clone(), index)).collect();
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    let mut pending = Vec::new();
    for (index, item) in items.iter().enumerate() {
        for ty in item.types() {
            if ty.mentions(&|ty| *ty == Type::Secret) {
                pending.push(index);
            }
            for inner in ty.items().into_iter().filter_map(|ident| places.get(ident)) {
                holders[*inner].push(index);
            }
        }
    }
    let mut secret = vec![false; items.len()];
    while let Some(index) = pending.pop() {
        if !std::mem::replace(&mut secret[index], true) {
            pending.extend(&holders[index]);
        }
    }
    for (item, secret) in items.iter_mut().zip(secret) {
        if let Item::Union(item) = item {
            item.secret = secret;
        }
    }
}
