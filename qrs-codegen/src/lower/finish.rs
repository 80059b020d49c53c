//! Drafts to the types of the model, once all types and all operations are known: who sends and who receives a type,
//! what an empty text means, and how the variants of a union are distinguished.

use std::collections::{HashMap, HashSet};

use super::draft::{DraftField, DraftItem, DraftStruct, DraftUnion, DraftVariant};
use super::shared_types::shared_types;
use super::types::scalar::unaliased;
use crate::model::{
    Absence, Access, EnumKind, EnumVariant, Field, Item, JsonForm, Module, Operation, Presence, SharedTypes, Struct,
    TagKind, TagPlace, Type, Union, Variant,
};
use crate::naming::Ident;

/// Values of one property that distinguish its object from others, at most.
const MAX_VALUES: usize = 16;

/// Makes the types of the model, and says which of them are the same. `is_scalar` says whether a declared type is written
/// as one piece of text.
pub(super) fn finish(
    drafts: Vec<DraftItem>,
    modules: &[Module],
    components: &HashSet<Ident>,
    is_scalar: impl Fn(&Ident) -> bool,
) -> (Vec<Item>, SharedTypes) {
    let facts = Facts::of(&drafts, modules);
    let mut items = items(drafts, &facts, is_scalar);
    let shared = shared_types(&items, components);
    share_distinction(&mut items, &shared);
    for item in &mut items {
        convert(item, &facts, &shared);
    }
    (items, shared)
}

fn items(drafts: Vec<DraftItem>, facts: &Facts, is_scalar: impl Fn(&Ident) -> bool) -> Vec<Item> {
    let mut distinguished = HashSet::new();
    let mut items: Vec<Item> = Vec::with_capacity(drafts.len());
    let mut unions: HashMap<usize, Vec<Variant>> = drafts
        .iter()
        .enumerate()
        .filter_map(|(index, draft)| match draft {
            DraftItem::Union(union) => Some((index, variants(union, facts, &drafts, &mut distinguished))),
            _ => None,
        })
        .collect();
    let mut tag_kinds: HashMap<usize, TagKind> = drafts
        .iter()
        .enumerate()
        .filter_map(|(index, draft)| match draft {
            DraftItem::Union(union) => Some((index, tag_kind(union, facts, &drafts))),
            _ => None,
        })
        .collect();
    for (index, draft) in drafts.into_iter().enumerate() {
        items.push(match draft {
            DraftItem::Struct(draft) => {
                let is_distinguished = distinguished.contains(&draft.name.ident);
                Item::Struct(structure(draft, index, facts, is_distinguished))
            }
            DraftItem::Enum(item) => Item::Enum(item),
            DraftItem::Union(DraftUnion { at, name, doc, tag, is_any_of, unknown, .. }) => {
                let variants = unions.remove(&index).unwrap_or_default();
                let (secret, scalar) = (facts.secret[index], is_scalar(&name.ident));
                let tag_kind = tag_kinds.remove(&index).unwrap_or(TagKind::Text);
                // Only objects can be combined.
                let objects = variants.iter().filter(|variant| may_be_object(&variant.form)).count();
                let several = (is_any_of && tag.is_none() && objects > 1 && !scalar).then(|| Ident::chosen("Several"));
                Item::Union(Union {
                    at,
                    name,
                    doc,
                    tag,
                    tag_kind,
                    is_any_of,
                    several,
                    variants,
                    unknown,
                    secret,
                    scalar,
                })
            }
            DraftItem::Alias(item) => Item::Alias(item),
            DraftItem::Newtype(item) => Item::Newtype(item),
        });
    }
    items
}

/// The facts that depend on all types and operations.
struct Facts {
    indices: HashMap<Ident, usize>,
    aliases: HashMap<Ident, Type>,
    /// The enums of one value, with its variant.
    constants: HashMap<Ident, Ident>,
    sent: Vec<bool>,
    received: Vec<bool>,
    /// The types that a secret can be in, at any depth.
    secret: Vec<bool>,
}

impl Facts {
    fn of(drafts: &[DraftItem], modules: &[Module]) -> Facts {
        let indices: HashMap<Ident, usize> =
            drafts.iter().enumerate().map(|(index, draft)| (draft.name().ident.clone(), index)).collect();
        let aliases = drafts.iter().filter_map(|draft| match draft {
            DraftItem::Alias(alias) => Some((alias.name.ident.clone(), alias.ty.clone())),
            _ => None,
        });
        let constants = drafts.iter().filter_map(|draft| match draft {
            DraftItem::Enum(item) => match item.variants.as_slice() {
                [only] => Some((item.name.ident.clone(), only.ident.clone())),
                _ => None,
            },
            _ => None,
        });
        let operations = || modules.iter().flat_map(|module| &module.operations);
        Facts {
            aliases: aliases.collect(),
            constants: constants.collect(),
            sent: reached(drafts, &indices, operations().flat_map(Operation::sent)),
            received: reached(drafts, &indices, operations().flat_map(Operation::received)),
            secret: secrets(drafts, &indices),
            indices,
        }
    }

    /// The type that an alias stands for. No sound document has longer chains, and a hostile one shall not cost the
    /// square of its length.
    fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        unaliased(&self.aliases, ty, 64)
    }

    /// A type as Rust sees it: every alias in it replaced, as far as it goes.
    fn expanded(&self, ty: &Type, depth: usize) -> Type {
        let inner = |ty: &Type| Box::new(self.expanded(ty, depth + 1));
        match self.unaliased(ty) {
            other if depth > 16 => other.clone(),
            Type::List(element) => Type::List(inner(element)),
            Type::Map(value) => Type::Map(inner(value)),
            Type::Nullable(value) => Type::Nullable(inner(value)),
            Type::Boxed(value) => *inner(value),
            Type::Tuple(values) => Type::Tuple(values.iter().map(|value| *inner(value)).collect()),
            other => other.clone(),
        }
    }

    /// Whether a property of a struct is left out by one side, so that the other one cannot count on it.
    fn is_one_sided(&self, index: usize, access: Access) -> bool {
        match access {
            Access::Server => self.sent[index],
            Access::Client => self.received[index],
            Access::Both => false,
        }
    }

    /// Whether a client may send a struct. No operation mentions one that callers use for themselves.
    fn may_be_sent(&self, index: usize) -> bool {
        self.sent[index] || !self.received[index]
    }

    /// Whether a property of a struct is always there.
    fn is_always_there(&self, index: usize, field: &DraftField) -> bool {
        field.is_required && !self.is_one_sided(index, field.access)
    }
}

/// Marks the types that are reached from types that are mentioned somewhere.
fn reached<'t>(
    drafts: &[DraftItem],
    indices: &HashMap<Ident, usize>,
    from: impl Iterator<Item = &'t Type>,
) -> Vec<bool> {
    let mut pending: Vec<Ident> = from.flat_map(Type::items).cloned().collect();
    let mut seen = vec![false; drafts.len()];
    while let Some(ident) = pending.pop() {
        let Some(&index) = indices.get(&ident) else { continue };
        if !std::mem::replace(&mut seen[index], true) {
            pending.extend(drafts[index].types().into_iter().flat_map(Type::items).cloned());
        }
    }
    seen
}

/// Marks the types that a secret can be in, at any depth.
fn secrets(drafts: &[DraftItem], indices: &HashMap<Ident, usize>) -> Vec<bool> {
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    let mut pending = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        for ty in draft.types() {
            if ty.mentions(&|ty| *ty == Type::Secret) {
                pending.push(index);
            }
            for inner in ty.items().into_iter().filter_map(|ident| indices.get(ident)) {
                holders[*inner].push(index);
            }
        }
    }
    let mut secret = vec![false; drafts.len()];
    while let Some(index) = pending.pop() {
        if !std::mem::replace(&mut secret[index], true) {
            pending.extend(&holders[index]);
        }
    }
    secret
}

fn structure(draft: DraftStruct, index: usize, facts: &Facts, is_distinguished: bool) -> Struct {
    let DraftStruct { at, name, doc, fields, rest, is_closed } = draft;
    let bare = fields.iter().find(|draft| draft.is_bare).map(|draft| draft.name.wire.clone());
    let fields = fields.into_iter().map(|draft| field(draft, index, facts)).collect();
    Struct { at, name, doc, fields, rest, bare, is_closed, is_distinguished }
}

fn field(draft: DraftField, index: usize, facts: &Facts) -> Field {
    let DraftField {
        at,
        name,
        aliases,
        setter,
        null_setter,
        doc,
        mut ty,
        is_required,
        is_nullable,
        access,
        is_bare: _,
        values,
    } = draft;
    // A property that one side never sends is not there when the other one reads it.
    let is_one_sided = facts.is_one_sided(index, access);
    let presence = match is_required {
        true if is_one_sided => Presence::Optional,
        true => Presence::Required,
        false if facts.may_be_sent(index) && is_nullable && access != Access::Server => Presence::Nullable,
        false => Presence::Optional,
    };
    if is_required && is_one_sided {
        ty = ty.unwrap_nullable();
    }
    // A property that can only have one value needs no asking for.
    let unaliased = facts.unaliased(&ty);
    let constant = match unaliased {
        Type::Item(ident) if presence == Presence::Required => {
            facts.constants.get(ident).map(|only| (ident.clone(), only.clone()))
        }
        _ => None,
    };
    // A text of a fixed form that is empty is no value.
    let absence = match unaliased {
        Type::Uuid | Type::DateTime | Type::Date | Type::Address(_) => Absence::NullOrEmpty,
        Type::Json => Absence::Missing,
        _ => Absence::Null,
    };
    let is_asked = if is_one_sided { access == Access::Client } else { true };
    Field {
        at,
        name,
        aliases,
        setter,
        null_setter,
        doc,
        presence,
        nullable: is_nullable,
        access,
        is_argument: is_required && is_asked && constant.is_none(),
        absence,
        constant,
        fixed: if values.len() > MAX_VALUES { Vec::new() } else { values },
        ty,
    }
}

/// The variants of a union. Structs that have to be distinguished by their properties are added to `distinguished`.
fn variants(
    union: &DraftUnion,
    facts: &Facts,
    drafts: &[DraftItem],
    distinguished: &mut HashSet<Ident>,
) -> Vec<Variant> {
    let types: Vec<Type> = union.variants.iter().map(|variant| facts.expanded(&variant.ty, 0)).collect();
    let forms: Vec<JsonForm> = types.iter().map(|ty| form(ty, facts, drafts)).collect();
    let objects = forms.iter().filter(|form| may_be_object(form)).count();
    let variant = |(draft, form): (&DraftVariant, &JsonForm)| {
        let tag_place = tag_place(union, draft, form, facts, drafts);
        let form = match form {
            JsonForm::Struct(ident) if objects > 1 && union.tag.is_none() => {
                distinguished.insert(ident.clone());
                form.clone()
            }
            JsonForm::Struct(_) => JsonForm::Object,
            other => other.clone(),
        };
        Variant {
            ident: draft.ident.clone(),
            doc: draft.doc.clone(),
            ty: draft.ty.clone(),
            tags: draft.tags.clone(),
            is_default: draft.is_default,
            tag_place,
            form,
            from: false,
        }
    };
    union.variants.iter().zip(&forms).map(variant).collect()
}

/// A type that a union distinguishes under another name is distinguished.
fn share_distinction(items: &mut [Item], shared: &SharedTypes) {
    let distinguished: HashSet<&Ident> = items
        .iter()
        .filter(|item| matches!(item, Item::Struct(item) if item.is_distinguished))
        .filter_map(|item| shared.get(&item.name().ident))
        .collect();
    for item in items {
        if let Item::Struct(item) = item {
            item.is_distinguished |= distinguished.contains(&item.name.ident);
        }
    }
}

/// A type with the names that are declared in place of those that share them.
fn declared(mut ty: Type, shared: &SharedTypes) -> Type {
    ty.each_mut(&mut |ty| {
        if let Type::Item(ident) = ty
            && let Some(declared) = shared.get(ident)
        {
            *ident = declared.clone();
        }
    });
    ty
}

/// Says which variants of a union can be made from their values: those that alone hold the type, as Rust sees it.
fn convert(item: &mut Item, facts: &Facts, shared: &SharedTypes) {
    let Item::Union(union) = item else { return };
    let itself = declared(Type::Item(union.name.ident.clone()), shared);
    let of_variant = |variant: &Variant| declared(facts.expanded(&variant.ty, 0), shared);
    let types: Vec<Type> = union.variants.iter().map(of_variant).collect();
    for (variant, ty) in union.variants.iter_mut().zip(&types) {
        variant.from = *ty != itself && types.iter().filter(|other| *other == ty).count() == 1;
    }
}

fn tag_place(
    union: &DraftUnion,
    draft: &DraftVariant,
    form: &JsonForm,
    facts: &Facts,
    drafts: &[DraftItem],
) -> TagPlace {
    if !draft.holds_tag {
        return TagPlace::Outside;
    }
    let (Some(tag), JsonForm::Struct(ident)) = (&union.tag, form) else { return TagPlace::Inside };
    let Some(&index) = facts.indices.get(ident) else { return TagPlace::Inside };
    let is_there = match &drafts[index] {
        DraftItem::Struct(item) => {
            item.fields.iter().any(|field| field.name.wire == *tag && facts.is_always_there(index, field))
        }
        _ => false,
    };
    if is_there { TagPlace::Inside } else { TagPlace::Perhaps }
}

/// Whether a value of this form may be an object.
fn may_be_object(form: &JsonForm) -> bool {
    matches!(form, JsonForm::Struct(_) | JsonForm::Object | JsonForm::Any)
}

/// The JSON type of a union's tag, as the first variant that has it as a property declares it.
fn tag_kind(union: &DraftUnion, facts: &Facts, drafts: &[DraftItem]) -> TagKind {
    let Some(tag) = &union.tag else { return TagKind::Text };
    let item = |ty: &Type| match facts.unaliased(ty) {
        Type::Item(ident) => facts.indices.get(ident).map(|index| &drafts[*index]),
        _ => None,
    };
    let property = union.variants.iter().find_map(|variant| match item(&facts.expanded(&variant.ty, 0)) {
        Some(DraftItem::Struct(item)) => {
            item.fields.iter().find(|field| field.name.wire == *tag).map(|field| &field.ty)
        }
        _ => None,
    });
    let Some(property) = property else { return TagKind::Text };
    match (facts.unaliased(property), item(property)) {
        (Type::Bool, _) => TagKind::Bool,
        (Type::Integer(_) | Type::Float(_), _) => TagKind::Integer,
        (_, Some(DraftItem::Enum(item))) if matches!(item.kind, EnumKind::Integer(_)) => TagKind::Integer,
        _ => TagKind::Text,
    }
}

/// The look of the values of a type.
fn form(ty: &Type, facts: &Facts, drafts: &[DraftItem]) -> JsonForm {
    match ty {
        Type::String | Type::Secret | Type::Base64 => JsonForm::Text,
        Type::Uuid | Type::DateTime | Type::Date | Type::Address(_) | Type::JsonText(_) => JsonForm::Formatted,
        Type::Bool => JsonForm::Bool,
        Type::Integer(_) => JsonForm::Integer,
        Type::Float(_) => JsonForm::Number,
        Type::JsonObject | Type::Map(_) => JsonForm::Object,
        Type::List(_) | Type::Tuple(_) => JsonForm::List,
        Type::Item(ident) => match facts.indices.get(ident).map(|index| &drafts[*index]) {
            Some(DraftItem::Struct(_)) => JsonForm::Struct(ident.clone()),
            Some(DraftItem::Enum(item)) => match item.kind {
                EnumKind::Text => JsonForm::Texts(item.variants.iter().map(EnumVariant::wire).collect()),
                EnumKind::Integer(_) => JsonForm::Integer,
                EnumKind::Mixed => JsonForm::Any,
            },
            Some(DraftItem::Newtype(item)) if matches!(item.ty, Type::Map(_)) => JsonForm::Object,
            Some(DraftItem::Newtype(_)) => JsonForm::List,
            _ => JsonForm::Any,
        },
        _ => JsonForm::Any,
    }
}
