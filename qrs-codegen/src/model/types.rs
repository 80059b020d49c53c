//! Declared and mentioned types.

use std::collections::HashMap;

use super::{Doc, Name};
use crate::diagnostic::Pointer;
use crate::naming::Ident;

/// The declared types that are the same as another one, and the name of that one. They are names for it.
pub(crate) type SharedTypes = HashMap<Ident, Ident>;

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    /// An object with properties.
    Struct(Struct),
    /// One of some values.
    Enum(Enum),
    /// A value of one of several types.
    Union(Union),
    /// A name for another type.
    Alias(Alias),
    /// A type of its own that holds another: what a name that stands for itself has to be.
    Newtype(Alias),
}

/// An object with properties.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Struct {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The documentation.
    pub(crate) doc: Doc,
    /// In the document's order.
    pub(crate) fields: Vec<Field>,
    /// The map of further properties, if they are kept.
    pub(crate) rest: Option<Rest>,
    /// The property that a value without the object around it is read as.
    pub(crate) bare: Option<String>,
    /// Whether the schema allows no further properties.
    pub(crate) is_closed: bool,
    /// Whether its properties distinguish it from other variants of a union.
    pub(crate) is_distinguished: bool,
}

/// A property.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The property, and the field.
    pub(crate) name: Name,
    /// Other names that it is accepted by.
    pub(crate) aliases: Vec<String>,
    /// The setter, which has names of its own to keep clear of.
    pub(crate) setter: Ident,
    /// The setter of `null`, where that is told apart from an absent property.
    pub(crate) null_setter: Ident,
    /// The documentation.
    pub(crate) doc: Doc,
    /// Without the `Option` of an optional property.
    pub(crate) ty: Type,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
    /// Whether an optional property may also be `null`.
    pub(crate) nullable: bool,
    /// The side that sends it.
    pub(crate) access: Access,
    /// Whether it is an argument of `new`.
    pub(crate) is_argument: bool,
    /// The value that stands for an absent one.
    pub(crate) absence: Absence,
    /// The enum and the variant that it can only be, where `new` sets it.
    pub(crate) constant: Option<(Ident, Ident)>,
    /// The only values that it allows, if the document lists them.
    pub(crate) fixed: Vec<serde_json::Value>,
}

impl Field {
    /// The only value of a boolean that the document allows.
    pub(crate) fn fixed_flag(&self) -> Option<bool> {
        let is_flag = match &self.ty {
            Type::Nullable(inner) => **inner == Type::Bool,
            ty => *ty == Type::Bool,
        };
        let [serde_json::Value::Bool(flag)] = self.fixed.as_slice() else { return None };
        is_flag.then_some(*flag)
    }
}

/// Further properties of an object, which are kept in a map.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rest {
    /// Whether they are not described, and kept for the way back.
    pub(crate) kept: bool,
    /// The field.
    pub(crate) ident: Ident,
    /// The setter.
    pub(crate) setter: Ident,
    /// The type of each.
    pub(crate) ty: Type,
}

/// Whether a property may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Presence {
    /// It is always there; its type says whether it may be `null`.
    Required,
    /// It may be absent or `null`, which are the same to the caller.
    Optional,
    /// It may be absent or `null`, which a server takes for different things.
    Nullable,
}

/// The values that an optional property has where it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Absence {
    /// `null`.
    Null,
    /// `null` or an empty text.
    NullOrEmpty,
    /// None: every value is one of its type, also `null`.
    Missing,
}

/// The side that sends a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    /// Client and server.
    Both,
    /// Only the server (`readOnly`).
    Server,
    /// Only the client (`writeOnly`).
    Client,
}

/// One of some values; an unknown value is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Enum {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The documentation.
    pub(crate) doc: Doc,
    /// The kind of the values.
    pub(crate) kind: EnumKind,
    /// In the document's order.
    pub(crate) variants: Vec<EnumVariant>,
    /// The variant that keeps an unknown value.
    pub(crate) unknown: Ident,
}

/// The kind of the values of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EnumKind {
    /// Texts.
    Text,
    /// Whole numbers, by the name of their Rust type.
    Integer(&'static str),
    /// JSON values of several kinds.
    Mixed,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EnumVariant {
    /// The variant.
    pub(crate) ident: Ident,
    /// The value.
    pub(crate) value: serde_json::Value,
    /// The documentation.
    pub(crate) doc: Doc,
}

impl EnumVariant {
    /// A text's own characters, another value as JSON has it.
    pub(crate) fn wire(&self) -> String {
        self.value.as_str().map_or_else(|| self.value.to_string(), str::to_owned)
    }
}

/// A value of one of several types; a value of none of them is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Union {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The documentation.
    pub(crate) doc: Doc,
    /// The property that says which of the types it is.
    pub(crate) tag: Option<String>,
    /// The JSON type of that property.
    pub(crate) tag_kind: TagKind,
    /// Whether a value may be of several of the types at once (`anyOf`).
    pub(crate) is_any_of: bool,
    /// The variant that holds values of several others at once, where `anyOf` allows that.
    pub(crate) several: Option<Ident>,
    /// In the document's order.
    pub(crate) variants: Vec<Variant>,
    /// The variant that keeps an unknown value.
    pub(crate) unknown: Ident,
    /// Whether a secret can be in it: then an unknown value is not shown.
    pub(crate) secret: bool,
    /// Whether every variant is written as one piece of text.
    pub(crate) scalar: bool,
}

impl Union {
    /// Whether a value that is of two of the types is not valid. A discriminator says which one it is.
    pub(crate) fn is_exclusive(&self) -> bool {
        !self.is_any_of && self.tag.is_none()
    }
}

/// One of the types that a value can be of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variant {
    /// The variant.
    pub(crate) ident: Ident,
    /// The documentation.
    pub(crate) doc: Doc,
    /// The type of its value.
    pub(crate) ty: Type,
    /// The values of the tag that mean it.
    pub(crate) tags: Vec<String>,
    /// Whether a value without the tag, or with another one, means it.
    pub(crate) is_default: bool,
    /// Whether its values hold the tag.
    pub(crate) tag_place: TagPlace,
    /// The look of its values in JSON.
    pub(crate) form: JsonForm,
    /// Whether no other variant holds the same type, so that it can be made from it.
    pub(crate) from: bool,
}

/// The JSON type of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TagKind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A boolean.
    Bool,
}

/// Whether a value holds its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TagPlace {
    /// In the value itself, always.
    Inside,
    /// In the value, or nowhere.
    Perhaps,
    /// Nowhere: the variant stands for it.
    Outside,
}

/// The look of the values of a type in JSON, to pick the type of a value that has no tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum JsonForm {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Text with a format, such as a date.
    Formatted,
    /// One of these texts.
    Texts(Vec<String>),
    /// A list.
    List,
    /// An object, of whose properties nothing is known.
    Object,
    /// An object with the properties of a struct.
    Struct(Ident),
}

/// A name for another type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Alias {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The documentation.
    pub(crate) doc: Doc,
    /// The type that it stands for.
    pub(crate) ty: Type,
}

/// A type where it is mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Text.
    String,
    /// Text that must not be shown (`format: password`).
    Secret,
    /// `true` or `false`.
    Bool,
    /// A whole number, by the name of its Rust type.
    Integer(&'static str),
    /// A number of 32 or 64 bits, by the name of its Rust type.
    Float(&'static str),
    /// RFC 9562.
    Uuid,
    /// RFC 3339 `date-time`.
    DateTime,
    /// RFC 3339 `full-date`.
    Date,
    /// An address of the Internet Protocol, by the name of its type in `std::net`.
    Address(&'static str),
    /// Bytes in Base64 (`format: byte`).
    Base64,
    /// A value within a string, as the text of its JSON.
    JsonText(Box<Type>),
    /// Any JSON value.
    Json,
    /// A JSON object of which nothing more is known.
    JsonObject,
    /// Raw bytes.
    Bytes,
    /// A file that is sent.
    Upload,
    /// Nothing: a body that is not there.
    Unit,
    /// One of [`Operation::response_enums`].
    Beside(Ident),
    /// In order.
    List(Box<Type>),
    /// In order, each of a type of its own.
    Tuple(Vec<Type>),
    /// By name.
    Map(Box<Type>),
    /// One of [`Api::items`].
    Item(Ident),
    /// `null` or a value.
    Nullable(Box<Type>),
    /// On the heap, where a type contains itself.
    Boxed(Box<Type>),
}

impl Item {
    /// The schema's name, and the type's.
    pub(crate) fn name(&self) -> &Name {
        match self {
            Self::Struct(item) => &item.name,
            Self::Enum(item) => &item.name,
            Self::Union(item) => &item.name,
            Self::Alias(item) | Self::Newtype(item) => &item.name,
        }
    }

    /// The types that are mentioned in it.
    pub(crate) fn types(&self) -> Vec<&Type> {
        match self {
            Self::Struct(item) => {
                item.fields.iter().map(|field| &field.ty).chain(item.rest.iter().map(|rest| &rest.ty)).collect()
            }
            Self::Enum(_) => Vec::new(),
            Self::Union(item) => item.variants.iter().map(|variant| &variant.ty).collect(),
            Self::Alias(item) | Self::Newtype(item) => vec![&item.ty],
        }
    }

    /// The place in the document.
    pub(crate) fn at(&self) -> &Pointer {
        match self {
            Self::Struct(item) => &item.at,
            Self::Enum(item) => &item.at,
            Self::Union(item) => &item.at,
            Self::Alias(item) | Self::Newtype(item) => &item.at,
        }
    }

    /// The documentation.
    pub(crate) fn doc(&self) -> &Doc {
        match self {
            Self::Struct(item) => &item.doc,
            Self::Enum(item) => &item.doc,
            Self::Union(item) => &item.doc,
            Self::Alias(item) | Self::Newtype(item) => &item.doc,
        }
    }

    /// The documentation of it and of its parts.
    pub(crate) fn docs(&self) -> Vec<&Doc> {
        let parts: Vec<&Doc> = match self {
            Self::Struct(item) => item.fields.iter().map(|field| &field.doc).collect(),
            Self::Enum(item) => item.variants.iter().map(|variant| &variant.doc).collect(),
            Self::Union(item) => item.variants.iter().map(|variant| &variant.doc).collect(),
            Self::Alias(_) | Self::Newtype(_) => Vec::new(),
        };
        parts.into_iter().chain([self.doc()]).collect()
    }
}

impl Struct {
    /// Whether there is a value of it that a document allows without saying anything.
    pub(crate) fn has_default(&self) -> bool {
        self.fields.iter().all(|field| !field.is_argument)
    }

    /// Whether each of its fields has a default of its own.
    pub(crate) fn derives_default(&self) -> bool {
        self.fields.iter().all(|field| field.presence != Presence::Required)
    }
}

impl Type {
    /// This type, or `null`.
    pub(crate) fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Json => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// This type without `null`.
    pub(crate) fn unwrap_nullable(self) -> Self {
        match self {
            Self::Nullable(inner) => *inner,
            other => other,
        }
    }

    /// The declared types that are mentioned in it.
    pub(crate) fn items(&self) -> Vec<&Ident> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(ty) = open.pop() {
            match ty {
                Self::Item(ident) => found.push(ident),
                Self::List(inner)
                | Self::Map(inner)
                | Self::Nullable(inner)
                | Self::Boxed(inner)
                | Self::JsonText(inner) => {
                    open.push(inner);
                }
                Self::Tuple(inner) => open.extend(inner),
                _ => {}
            }
        }
        found
    }

    /// Calls `visit` for this type, then for each one inside what that leaves.
    pub(crate) fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Type)) {
        visit(self);
        match self {
            Self::List(inner)
            | Self::Map(inner)
            | Self::Nullable(inner)
            | Self::Boxed(inner)
            | Self::JsonText(inner) => inner.each_mut(visit),
            Self::Tuple(inner) => {
                for inner in inner {
                    inner.each_mut(visit);
                }
            }
            _ => {}
        }
    }

    /// Whether this type, or one inside it, satisfies `is`.
    pub(crate) fn mentions(&self, is: &dyn Fn(&Type) -> bool) -> bool {
        is(self)
            || match self {
                Self::List(inner)
                | Self::Map(inner)
                | Self::Nullable(inner)
                | Self::Boxed(inner)
                | Self::JsonText(inner) => inner.mentions(is),
                Self::Tuple(inner) => inner.iter().any(|inner| inner.mentions(is)),
                _ => false,
            }
    }
}
