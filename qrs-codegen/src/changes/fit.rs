//! Whether one side can read what the other side writes.

use serde_json::Value;

use super::Works;
use crate::model::{Access, Enum, EnumKind, Field, Item, ItemsByName, Presence, Struct, Type, Union};
use crate::naming::Ident;

/// How many values of one type are values of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// All values.
    Always,
    /// Some values.
    Sometimes,
    /// No value.
    Never,
}

impl Fit {
    pub(super) fn works(self) -> Works {
        match self {
            Self::Always => Works::Yes,
            Self::Sometimes => Works::Maybe,
            Self::Never => Works::No,
        }
    }

    /// The fit of a value that is always written or, if it is optional, now and then.
    fn if_written(self, presence: Presence) -> Self {
        if presence == Presence::Required { self } else { self.min(Self::Sometimes) }
    }
}

/// The side that reads. A client keeps a value of an enumeration or a union that it does not know; a server need not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    Client,
    Server,
}

/// The declared types of the side that writes and of the side that reads.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    /// The types of the writer.
    pub(super) written: &'a ItemsByName<'a>,
    /// The types of the receiver.
    pub(super) read: &'a ItemsByName<'a>,
    /// Whether the two names stand for one declaration. Its own changes are reported where it is declared.
    pub(super) same: &'a dyn Fn(&Ident, &Ident) -> bool,
    pub(super) receiver: Receiver,
}

/// More names for names than anybody writes. A cycle of them is refused before this.
const MAX_ALIASES: usize = 64;

/// The levels of declared types within each other that are compared by their structure.
const MAX_DEPTH: usize = 8;

impl Sides<'_> {
    /// Whether the receiver can read values of the type `written` as values of the type `read`.
    pub(super) fn fit(self, written: &Type, read: &Type) -> Fit {
        self.types(written, read, MAX_DEPTH)
    }

    /// The same for two declarations of one name, of which the reports compare the parts if they are of one kind.
    pub(super) fn fit_declarations(self, written: &Item, read: &Item) -> Fit {
        self.declarations(written, read, MAX_DEPTH)
    }

    /// The same for values that are written as text, as outside of a body.
    pub(super) fn fit_as_text(self, written: &Type, read: &Type) -> Fit {
        let (written, read) = (resolved(written, self.written), resolved(read, self.read));
        if let (Type::List(written), Type::List(read)) = (written, read) {
            return self.fit_as_text(written, read);
        }
        let fit = self.fit(written, read);
        match (text(written, self.written, MAX_DEPTH), text(read, self.read, MAX_DEPTH)) {
            (Some(_), Some(Text::Any)) => Fit::Always,
            (Some(Text::Any), Some(_)) => Fit::Sometimes,
            // The words of an enumeration may be digits.
            (Some(Text::Words), Some(Text::Value)) | (Some(Text::Value), Some(Text::Words)) => fit.min(Fit::Sometimes),
            _ => fit,
        }
    }

    fn types(self, written: &Type, read: &Type, depth: usize) -> Fit {
        let (written, read) = (resolved(written, self.written), resolved(read, self.read));
        match (written, read) {
            (Type::Boxed(written), read) => self.types(written, read, depth),
            (_, Type::Json) | (Type::Map(_), Type::JsonObject) => Fit::Always,
            (Type::JsonText(written), Type::JsonText(read))
            | (Type::Nullable(written), Type::Nullable(read))
            | (Type::List(written), Type::List(read)) => self.types(written, read, depth),
            // A map may be empty.
            (Type::Map(written), Type::Map(read)) => self.types(written, read, depth).min(Fit::Sometimes),
            (written, Type::Nullable(read) | Type::Boxed(read)) => self.types(written, read, depth),
            (Type::Nullable(written), read) => self.types(written, read, depth).max(Fit::Sometimes),
            (Type::Json, _) | (Type::JsonObject, Type::Map(_)) => Fit::Sometimes,
            (Type::Tuple(written), Type::Tuple(read)) if written.len() == read.len() => {
                let each = written.iter().zip(read).map(|(written, read)| self.types(written, read, depth));
                each.max().unwrap_or(Fit::Always)
            }
            (Type::Item(written), Type::Item(read)) if (self.same)(written, read) => Fit::Always,
            (Type::Item(_), _) | (_, Type::Item(_)) => self.declared(written, read, depth),
            (written, read) => scalars(written, read),
        }
    }

    /// The fit of two types of which one at least is declared.
    fn declared(self, written: &Type, read: &Type, depth: usize) -> Fit {
        let Some(depth) = depth.checked_sub(1) else { return Fit::Sometimes };
        match (declaration(written, self.written), declaration(read, self.read)) {
            (Some(written), Some(read)) => self.declarations(written, read, depth),
            (Some(Item::Newtype(alias)), None) => self.types(&alias.ty, read, depth),
            (None, Some(Item::Newtype(alias))) => self.types(written, &alias.ty, depth),
            (Some(Item::Union(union)), None) => of_union(union, |variant| self.types(variant, read, depth)),
            (None, Some(Item::Union(union))) => self.into_union(union, |variant| self.types(written, variant, depth)),
            (Some(Item::Enum(values)), None) => from_enum(values, read),
            (None, Some(Item::Enum(values))) => self.into_enum(written, values),
            (Some(Item::Struct(_)), None) => match read {
                Type::JsonObject => Fit::Always,
                Type::Map(_) => Fit::Sometimes,
                _ => Fit::Never,
            },
            (None, Some(Item::Struct(_))) if matches!(written, Type::JsonObject | Type::Map(_)) => Fit::Sometimes,
            _ => Fit::Never,
        }
    }

    fn declarations(self, written: &Item, read: &Item, depth: usize) -> Fit {
        let name = |item: &Item| Type::Item(item.name().ident.clone());
        match (written, read) {
            (Item::Alias(alias) | Item::Newtype(alias), read) => self.types(&alias.ty, &name(read), depth),
            (written, Item::Alias(alias) | Item::Newtype(alias)) => self.types(&name(written), &alias.ty, depth),
            (Item::Union(union), read) => of_union(union, |variant| self.types(variant, &name(read), depth)),
            (written, Item::Union(union)) => {
                let fit = self.into_union(union, |variant| self.types(&name(written), variant, depth));
                let is_tagged = union.tag.as_ref().is_none_or(|tag| match written {
                    Item::Struct(item) => item.fields.iter().any(|field| field.name.wire == *tag),
                    _ => true,
                });
                if is_tagged || self.receiver == Receiver::Client { fit } else { fit.max(Fit::Sometimes) }
            }
            (Item::Struct(written), Item::Struct(read)) => self.structs(written, read, depth),
            (Item::Enum(written), Item::Enum(read)) => self.enums(written, read),
            (Item::Struct(_), Item::Enum(_)) | (Item::Enum(_), Item::Struct(_)) => Fit::Never,
        }
    }

    /// A value is one of a union if it is one of a variant, and of no other one where that is asked for (`oneOf`).
    fn into_union(self, union: &Union, fit: impl Fn(&Type) -> Fit) -> Fit {
        if self.receiver == Receiver::Client {
            return Fit::Always;
        }
        let fits: Vec<Fit> = union.variants.iter().map(|variant| fit(&variant.ty)).collect();
        let best = fits.iter().min().copied().unwrap_or(Fit::Never);
        let several = fits.iter().filter(|fit| **fit != Fit::Never).count() > 1;
        if several && union.is_exclusive() { best.max(Fit::Sometimes) } else { best }
    }

    fn structs(self, written: &Struct, read: &Struct, depth: usize) -> Fit {
        let writes = |field: &&Field| match self.receiver {
            Receiver::Server => field.access != Access::Server,
            Receiver::Client => field.access != Access::Client,
        };
        let mut fit = Fit::Always;
        for field in read.fields.iter().filter(writes) {
            let wire = &field.name.wire;
            let required = field.presence == Presence::Required;
            match written.fields.iter().filter(writes).find(|other| other.name.wire == *wire) {
                Some(other) => {
                    let own = self.types(&other.ty, &field.ty, depth).if_written(other.presence);
                    let lacks = required && other.presence != Presence::Required;
                    fit = fit.max(own).max(if lacks { Fit::Sometimes } else { Fit::Always });
                }
                None if required => return Fit::Never,
                None => {}
            }
        }
        let is_known = |field: &Field| read.fields.iter().any(|other| other.name.wire == field.name.wire);
        // A server may refuse a property that it does not know.
        let refuses = self.receiver == Receiver::Server && !written.fields.iter().filter(writes).all(is_known);
        if refuses { fit.max(Fit::Sometimes) } else { fit }
    }

    fn enums(self, written: &Enum, read: &Enum) -> Fit {
        let is_known = |value: &Value| read.variants.iter().any(|variant| variant.value == *value);
        let known = written.variants.iter().filter(|variant| is_known(&variant.value)).count();
        if known == written.variants.len() || (self.receiver == Receiver::Client && written.kind == read.kind) {
            Fit::Always
        } else if known == 0 {
            Fit::Never
        } else {
            Fit::Sometimes
        }
    }

    fn into_enum(self, written: &Type, read: &Enum) -> Fit {
        let one_kind = match read.kind {
            EnumKind::Text => is_text(written),
            EnumKind::Integer(_) => matches!(written, Type::Integer(_) | Type::Float(_)),
            EnumKind::Mixed => return if self.receiver == Receiver::Client { Fit::Always } else { Fit::Sometimes },
        };
        match (one_kind, self.receiver) {
            (false, _) => Fit::Never,
            (true, Receiver::Client) => Fit::Always,
            (true, Receiver::Server) => Fit::Sometimes,
        }
    }
}

/// The fit of a union, of which a value may be one of any variant.
fn of_union(union: &Union, fit: impl Fn(&Type) -> Fit) -> Fit {
    let fits: Vec<Fit> = union.variants.iter().map(|variant| fit(&variant.ty)).collect();
    let worst = fits.iter().max().copied().unwrap_or(Fit::Sometimes);
    let best = fits.iter().min().copied().unwrap_or(Fit::Sometimes);
    if worst == best { worst } else { Fit::Sometimes }
}

/// The texts that a value is written as, if it is one text.
#[derive(Clone, Copy, PartialEq)]
enum Text {
    /// Any text.
    Any,
    /// One of some words.
    Words,
    /// The text of a number, a boolean or a value of a fixed form.
    Value,
}

fn text(ty: &Type, items: &ItemsByName<'_>, depth: usize) -> Option<Text> {
    let depth = depth.checked_sub(1)?;
    match resolved(ty, items) {
        Type::String | Type::Secret => Some(Text::Any),
        Type::Integer(_) | Type::Float(_) | Type::Bool => Some(Text::Value),
        ty if is_text(ty) => Some(Text::Value),
        Type::Nullable(ty) | Type::Boxed(ty) => text(ty, items, depth),
        ty => match declaration(ty, items)? {
            Item::Enum(Enum { kind: EnumKind::Integer(_), .. }) => Some(Text::Value),
            Item::Enum(_) => Some(Text::Words),
            Item::Newtype(alias) => text(&alias.ty, items, depth),
            Item::Union(union) => {
                let each = union.variants.iter().map(|variant| text(&variant.ty, items, depth));
                let all: Vec<Text> = each.collect::<Option<_>>()?;
                Some(if all.contains(&Text::Any) { Text::Any } else { Text::Words })
            }
            Item::Struct(_) | Item::Alias(_) => None,
        },
    }
}

fn declaration<'t>(ty: &Type, items: &ItemsByName<'t>) -> Option<&'t Item> {
    match ty {
        Type::Item(name) => items.get(name).copied(),
        _ => None,
    }
}

fn from_enum(written: &Enum, read: &Type) -> Fit {
    match (written.kind, read) {
        (EnumKind::Text, Type::String | Type::Secret) | (EnumKind::Integer(_), Type::Float(_)) => Fit::Always,
        (EnumKind::Integer(written), Type::Integer(read)) => integers(written, read),
        (EnumKind::Text, read) if is_text(read) => Fit::Sometimes,
        (EnumKind::Mixed, _) => Fit::Sometimes,
        _ => Fit::Never,
    }
}

/// The type that a name for another type stands for.
fn resolved<'t>(mut ty: &'t Type, items: &ItemsByName<'t>) -> &'t Type {
    for _ in 0..MAX_ALIASES {
        let Type::Item(name) = ty else { break };
        let Some(Item::Alias(alias)) = items.get(name) else { break };
        ty = &alias.ty;
    }
    ty
}

/// Whether values of a type are JSON strings.
fn is_text(ty: &Type) -> bool {
    matches!(
        ty,
        Type::String
            | Type::Secret
            | Type::Uuid
            | Type::DateTime
            | Type::Date
            | Type::Address(_)
            | Type::Base64
            | Type::JsonText(_)
    )
}

/// The fit of two types that are neither declared nor made of others.
fn scalars(written: &Type, read: &Type) -> Fit {
    match (written, read) {
        (written, read) if written == read => Fit::Always,
        (Type::Integer(written), Type::Integer(read)) => integers(written, read),
        // `IpAddr` is an address of either version.
        (Type::Integer(_), Type::Float(_))
        | (Type::Float("f32"), Type::Float("f64"))
        | (Type::Address(_), Type::Address("IpAddr")) => Fit::Always,
        (Type::Float(_), Type::Integer(_) | Type::Float(_)) | (Type::Address("IpAddr"), Type::Address(_)) => {
            Fit::Sometimes
        }
        (written, Type::String | Type::Secret) if is_text(written) => Fit::Always,
        (Type::String | Type::Secret, read) if is_text(read) => Fit::Sometimes,
        _ => Fit::Never,
    }
}

fn integers(written: &str, read: &str) -> Fit {
    let range = |name: &str| {
        let bits: u32 = name.get(1..).and_then(|bits| bits.parse().ok()).unwrap_or(64);
        let signed = name.starts_with('i');
        let top = if signed { bits - 1 } else { bits };
        (if signed { bits - 1 } else { 0 }, top)
    };
    let (written, read) = (range(written), range(read));
    if written.0 <= read.0 && written.1 <= read.1 { Fit::Always } else { Fit::Sometimes }
}
