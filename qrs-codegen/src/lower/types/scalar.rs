//! Declared types that are written as one piece of text.

use std::collections::{HashMap, HashSet};

use super::Shape;
use crate::model::Type;
use crate::naming::Ident;

/// The declared types that may be one piece of text.
#[derive(Default)]
pub(super) struct Scalars {
    /// The types that aliases stand for.
    aliases: HashMap<Ident, Type>,
    enums: HashSet<Ident>,
    /// The types of the unions that have no tag.
    unions: HashMap<Ident, Vec<Type>>,
}

impl Scalars {
    pub(super) fn declare(&mut self, ident: &Ident, shape: &Shape) {
        match shape {
            Shape::Enum(..) => _ = self.enums.insert(ident.clone()),
            Shape::Union(None, variants, _) => {
                let types = variants.iter().map(|variant| variant.ty.clone()).collect();
                self.unions.insert(ident.clone(), types);
            }
            Shape::Type(ty) => _ = self.aliases.insert(ident.clone(), ty.clone()),
            Shape::Struct(..) | Shape::Union(Some(_), ..) => {}
        }
    }

    /// The type that a chain of aliases stands for.
    pub(super) fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        unaliased(&self.aliases, ty, self.aliases.len() + 1)
    }

    /// Whether a declared type is one piece of text: what it stands for, or can be, all the way down. One that stands for
    /// nothing but itself is none.
    pub(super) fn is_scalar(&self, ident: &Ident) -> bool {
        let mut is_text_somewhere = false;
        let mut seen = HashSet::new();
        let mut pending = vec![ident];
        while let Some(ident) = pending.pop() {
            is_text_somewhere |= self.enums.contains(ident);
            if !seen.insert(ident) || self.enums.contains(ident) {
                continue;
            }
            let alias = self.aliases.get(ident).map(std::slice::from_ref);
            let Some(types) = alias.or(self.unions.get(ident).map(Vec::as_slice)) else { return false };
            for ty in types {
                match ty {
                    Type::Item(inner) => pending.push(inner),
                    ty if is_text(ty) => is_text_somewhere = true,
                    _ => return false,
                }
            }
        }
        is_text_somewhere
    }
}

/// Whether a value is written as one piece of text, and may be shown.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(
        ty,
        Type::String
            | Type::Bool
            | Type::Integer(_)
            | Type::Float(_)
            | Type::Uuid
            | Type::DateTime
            | Type::Date
            | Type::Address(_)
            | Type::Base64
    )
}

/// The type that a chain of at most so many aliases stands for.
pub(in crate::lower) fn unaliased<'t>(aliases: &'t HashMap<Ident, Type>, ty: &'t Type, most: usize) -> &'t Type {
    let mut ty = ty;
    for _ in 0..most {
        let Type::Item(ident) = ty else { break };
        let Some(stands_for) = aliases.get(ident) else { break };
        ty = stands_for;
    }
    ty
}
