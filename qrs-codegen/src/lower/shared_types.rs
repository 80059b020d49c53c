//! Types that are described inline, and are the same: one of them is declared, and the others are names for it.
//!
//! Large documents repeat themselves: two thirds of the inline types of GitHub's description and of Stripe's are those of
//! another place. Two types are the same if callers and the wire cannot tell them apart: by their fields, variants and
//! descriptions, those of the types in them included. Components stay types of their own, whatever they look like.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Pointer;
use crate::model::{Doc, Item, JsonForm, Name, SharedTypes, Type};
use crate::naming::Ident;

/// Steps of references within references that are looked at. A document of deeper types shares none.
const MOST_STEPS: usize = 128;

/// Aliases of aliases that are followed.
const MOST_ALIASES: usize = 64;

/// Finds the types that are the same as an earlier one.
pub(super) fn shared_types(items: &[Item], components: &HashSet<Ident>) -> SharedTypes {
    let is_inline = |item: &&Item| !components.contains(&item.name().ident);
    let candidates: Vec<&Item> = items.iter().filter(is_inline).filter(|item| is_candidate(item)).collect();
    let indices: HashMap<&Ident, usize> =
        candidates.iter().enumerate().map(|(index, item)| (&item.name().ident, index)).collect();
    let aliases: HashMap<&Ident, &Type> = items.iter().filter(is_inline).filter_map(alias).collect();
    let Some(classes) = Partition::of(&candidates, &indices, &aliases).refined() else {
        return SharedTypes::default();
    };
    let mut first: HashMap<usize, &Ident> = HashMap::new();
    let mut shared = SharedTypes::default();
    for (item, class) in candidates.iter().zip(classes) {
        let name = &item.name().ident;
        let declared = *first.entry(class).or_insert(name);
        if declared != name {
            shared.insert(name.clone(), declared.clone());
        }
    }
    shared
}

/// Whether another name can stand for a type everywhere: not for a newtype, whose constructor is a function.
fn is_candidate(item: &Item) -> bool {
    matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Union(_))
}

fn alias(item: &Item) -> Option<(&Ident, &Type)> {
    match item {
        Item::Alias(alias) => Some((&alias.name.ident, &alias.ty)),
        _ => None,
    }
}

/// Types in classes, which become smaller until the types of a class differ in nothing.
struct Partition {
    /// The class of each type.
    classes: Vec<usize>,
    /// The types that each type mentions and that may be shared themselves.
    mentioned: Vec<Vec<usize>>,
    /// The number of classes.
    count: usize,
}

impl Partition {
    /// The classes of types that differ in nothing but the shared types that they mention.
    fn of(candidates: &[&Item], indices: &HashMap<&Ident, usize>, aliases: &HashMap<&Ident, &Type>) -> Self {
        let mut shapes: HashMap<Item, usize> = HashMap::new();
        let (mut classes, mut mentioned) = (Vec::new(), Vec::new());
        for item in candidates {
            let mut shape = nameless(item);
            let mut of_item = Vec::new();
            for ty in types_mut(&mut shape) {
                ty.each_mut(&mut |ty| of_item.extend(take_shared(ty, indices, aliases)));
            }
            let next = shapes.len();
            classes.push(*shapes.entry(shape).or_insert(next));
            mentioned.push(of_item);
        }
        Self { classes, mentioned, count: shapes.len() }
    }

    /// Divides the classes by those of the mentioned types, until that divides none; `None` if it goes on for too long.
    fn refined(mut self) -> Option<Vec<usize>> {
        for _ in 0..MOST_STEPS {
            let mut known: HashMap<(usize, Vec<usize>), usize> = HashMap::new();
            let classes: Vec<usize> = self
                .classes
                .iter()
                .zip(&self.mentioned)
                .map(|(class, mentioned)| {
                    let mentioned = mentioned.iter().map(|&index| self.classes[index]).collect();
                    let next = known.len();
                    *known.entry((*class, mentioned)).or_insert(next)
                })
                .collect();
            self.classes = classes;
            if known.len() == self.count {
                return Some(self.classes);
            }
            self.count = known.len();
        }
        None
    }
}

/// A type without its name, its own description, and the places in the document. The name for a shared type has the
/// description of its own place. Conversions and what only helps to recognise a type follow from the types.
fn nameless(item: &Item) -> Item {
    let mut item = item.clone();
    let name = |name: &mut Name| *name = Name { wire: String::new(), ident: Ident::chosen("_") };
    let doc = |doc: &mut Doc| doc.lines.clear();
    match &mut item {
        Item::Struct(item) => {
            name(&mut item.name);
            doc(&mut item.doc);
            item.at = Pointer::default();
            item.is_distinguished = false;
            for field in &mut item.fields {
                field.at = Pointer::default();
                // The type of the field says which enum it is of.
                field.constant = field.constant.take().map(|(_, variant)| (Ident::chosen("_"), variant));
            }
        }
        Item::Enum(item) => {
            name(&mut item.name);
            doc(&mut item.doc);
            item.at = Pointer::default();
        }
        Item::Union(item) => {
            name(&mut item.name);
            doc(&mut item.doc);
            item.at = Pointer::default();
            for variant in &mut item.variants {
                variant.from = false;
                if let JsonForm::Struct(name) = &mut variant.form {
                    *name = Ident::chosen("_");
                }
            }
        }
        Item::Alias(_) | Item::Newtype(_) => {}
    }
    item
}

fn types_mut(item: &mut Item) -> Vec<&mut Type> {
    match item {
        Item::Struct(item) => {
            let fields = item.fields.iter_mut().map(|field| &mut field.ty);
            fields.chain(item.rest.iter_mut().map(|rest| &mut rest.ty)).collect()
        }
        Item::Enum(_) => Vec::new(),
        Item::Union(item) => item.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        Item::Alias(item) | Item::Newtype(item) => vec![&mut item.ty],
    }
}

/// Takes a type that may be shared out of its place: nothing stands there then, and the answer is its index.
fn take_shared(ty: &mut Type, indices: &HashMap<&Ident, usize>, aliases: &HashMap<&Ident, &Type>) -> Option<usize> {
    for _ in 0..MOST_ALIASES {
        let Type::Item(ident) = &*ty else { break };
        let Some(stands_for) = aliases.get(ident) else { break };
        *ty = (*stands_for).clone();
    }
    let Type::Item(ident) = &*ty else { return None };
    let index = *indices.get(ident)?;
    *ty = Type::Unit;
    Some(index)
}
