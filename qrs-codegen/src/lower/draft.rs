//! Types while they are being made: what one declaration says, before it is known who sends it and how the variants
//! of a union are distinguished. [`finish`](super::finish) makes the model of them.

use serde_json::Value;

use crate::diagnostic::Pointer;
use crate::model::{Access, Alias, Doc, Enum, Name, Rest, Type};
use crate::naming::Ident;

/// A declared type.
pub(super) enum DraftItem {
    Struct(DraftStruct),
    /// An enum is finished when it is declared.
    Enum(Enum),
    Union(DraftUnion),
    Alias(Alias),
    Newtype(Alias),
}

/// An object with properties.
pub(super) struct DraftStruct {
    pub(super) at: Pointer,
    pub(super) name: Name,
    pub(super) doc: Doc,
    pub(super) fields: Vec<DraftField>,
    pub(super) rest: Option<Rest>,
    /// Whether the schema allows no further properties.
    pub(super) is_closed: bool,
}

/// A property.
pub(super) struct DraftField {
    pub(super) at: Pointer,
    pub(super) name: Name,
    pub(super) aliases: Vec<String>,
    pub(super) setter: Ident,
    pub(super) null_setter: Ident,
    pub(super) doc: Doc,
    /// Without `null` if the property is optional.
    pub(super) ty: Type,
    pub(super) is_required: bool,
    pub(super) is_nullable: bool,
    pub(super) access: Access,
    /// Whether a value without the object around it is read as this property.
    pub(super) is_bare: bool,
    /// The only values that it allows, if the document lists them.
    pub(super) values: Vec<Value>,
}

impl DraftField {
    /// A required property without a schema: any value.
    pub(super) fn undescribed(at: Pointer, name: Name, setter: Ident) -> Self {
        Self {
            at,
            name,
            aliases: Vec::new(),
            null_setter: setter.clone(),
            setter,
            doc: Doc::default(),
            ty: Type::Json,
            is_required: true,
            is_nullable: false,
            access: Access::Both,
            is_bare: false,
            values: Vec::new(),
        }
    }
}

/// A value of one of several types.
pub(super) struct DraftUnion {
    pub(super) at: Pointer,
    pub(super) name: Name,
    pub(super) doc: Doc,
    /// The property that tells which of the types it is.
    pub(super) tag: Option<String>,
    /// Whether a value may be of several types at once.
    pub(super) is_any_of: bool,
    pub(super) variants: Vec<DraftVariant>,
    pub(super) unknown: Ident,
}

/// One of the types of a union.
pub(super) struct DraftVariant {
    pub(super) ident: Ident,
    pub(super) doc: Doc,
    pub(super) ty: Type,
    /// The values of the tag that mean it.
    pub(super) tags: Vec<String>,
    /// Whether a value without the tag, or with another one, means it.
    pub(super) is_default: bool,
    /// Whether the type has the tag as a property.
    pub(super) holds_tag: bool,
}

impl DraftItem {
    pub(super) fn name(&self) -> &Name {
        match self {
            Self::Struct(item) => &item.name,
            Self::Enum(item) => &item.name,
            Self::Union(item) => &item.name,
            Self::Alias(item) | Self::Newtype(item) => &item.name,
        }
    }

    /// The types that are mentioned in it.
    pub(super) fn types(&self) -> Vec<&Type> {
        match self {
            Self::Struct(item) => {
                item.fields.iter().map(|field| &field.ty).chain(item.rest.iter().map(|rest| &rest.ty)).collect()
            }
            Self::Enum(_) => Vec::new(),
            Self::Union(item) => item.variants.iter().map(|variant| &variant.ty).collect(),
            Self::Alias(item) | Self::Newtype(item) => vec![&item.ty],
        }
    }
}
