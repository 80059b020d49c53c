//! Whether what one side writes can be read by the other.

use std::collections::HashMap;

use super::Works;
use crate::model::{Item, Type};
use crate::naming::Ident;

/// How well a value of one type does as a value of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Every value does.
    Always,
    /// Some do.
    Sometimes,
    /// None does.
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
}

/// Who reads. A client keeps a value of an enumeration that it does not know; a server need not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Client,
    Server,
}

/// Declared types by their names.
pub(super) type Items<'a> = HashMap<&'a Ident, &'a Item>;

/// The declared types on both sides.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    /// What the writer's names stand for.
    pub(super) written: &'a Items<'a>,
    /// What the reader's names stand for.
    pub(super) read: &'a Items<'a>,
    /// Whether the two names stand for one and the same declaration, whose own changes are told where it stands.
    pub(super) same: &'a dyn Fn(&Ident, &Ident) -> bool,
    pub(super) reader: Reader,
}

/// More names for names than anybody writes; a cycle of them is refused before this.
const ALIASES: usize = 64;

impl Sides<'_> {
    /// Whether what is written as `written` can be read as `read`.
    pub(super) fn fit(self, written: &Type, read: &Type) -> Fit {
        let written = resolved(written, self.written);
        let read = resolved(read, self.read);
        match (written, read) {
            (Type::Boxed(written), read) => self.fit(written, read),
            (_, Type::Json) | (Type::Map(_), Type::JsonObject) => Fit::Always,
            (Type::Nullable(written), Type::Nullable(read))
            | (Type::List(written), Type::List(read))
            | (Type::Map(written), Type::Map(read)) => self.fit(written, read),
            (written, Type::Nullable(read) | Type::Boxed(read)) => self.fit(written, read),
            (Type::Nullable(written), read) => self.fit(written, read).max(Fit::Sometimes),
            (Type::Json, _) | (Type::JsonObject, Type::Map(_)) => Fit::Sometimes,
            (Type::Item(written), Type::Item(read)) => self.items(written, read),
            (Type::Tuple(written), Type::Tuple(read)) if written.len() == read.len() => {
                let each = written.iter().zip(read).map(|(written, read)| self.fit(written, read));
                each.max().unwrap_or(Fit::Always)
            }
            (Type::Item(name), read) => match self.written.get(name) {
                // What it holds may be what is read, or not.
                Some(Item::Union(_)) => Fit::Sometimes,
                Some(Item::Enum(_)) => text(Text::Enumeration, read, self.reader, self.read),
                Some(Item::Struct(_)) if matches!(read, Type::JsonObject) => Fit::Always,
                Some(Item::Struct(_)) if matches!(read, Type::Map(_)) => Fit::Sometimes,
                _ => Fit::Never,
            },
            (_, Type::Item(name)) if matches!(self.read.get(name), Some(Item::Union(_))) => match self.reader {
                // What it does not know is kept.
                Reader::Client => Fit::Always,
                Reader::Server => Fit::Sometimes,
            },
            (Type::JsonObject | Type::Map(_), Type::Item(name)) => match self.read.get(name) {
                Some(Item::Struct(_)) => Fit::Sometimes,
                _ => Fit::Never,
            },
            (written, read) if written == read => Fit::Always,
            (Type::Integer(written), Type::Integer(read)) => integers(written, read),
            (Type::Integer(_), Type::Float(_)) | (Type::Float("f32"), Type::Float("f64")) => Fit::Always,
            (Type::Float(_), Type::Integer(_) | Type::Float(_)) => Fit::Sometimes,
            (written, read) => match Text::of(written) {
                Some(kind) => text(kind, read, self.reader, self.read),
                None => Fit::Never,
            },
        }
    }

    fn items(self, written: &Ident, read: &Ident) -> Fit {
        if (self.same)(written, read) {
            return Fit::Always;
        }
        match (self.written.get(written), self.read.get(read)) {
            (Some(Item::Struct(_)), Some(Item::Struct(_))) => Fit::Sometimes,
            (Some(Item::Enum(written)), Some(Item::Enum(read))) => {
                let all = written
                    .variants
                    .iter()
                    .all(|variant| read.variants.iter().any(|known| known.value == variant.value));
                if written.kind != read.kind {
                    Fit::Sometimes
                } else if all || self.reader == Reader::Client {
                    Fit::Always
                } else {
                    Fit::Sometimes
                }
            }
            _ => Fit::Never,
        }
    }
}

/// What a name for another type stands for.
fn resolved<'t>(mut ty: &'t Type, items: &Items<'t>) -> &'t Type {
    for _ in 0..ALIASES {
        let Type::Item(name) = ty else { break };
        let Some(Item::Alias(alias)) = items.get(name) else { break };
        ty = &alias.ty;
    }
    ty
}

/// What is text on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Any,
    Uuid,
    Timestamp,
    Date,
    Address(&'static str),
    Base64,
    Enumeration,
}

impl Text {
    fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::String | Type::Secret => Some(Self::Any),
            Type::Uuid => Some(Self::Uuid),
            Type::Timestamp => Some(Self::Timestamp),
            Type::Date => Some(Self::Date),
            Type::Address(name) => Some(Self::Address(name)),
            Type::Base64 => Some(Self::Base64),
            _ => None,
        }
    }
}

fn text(written: Text, read: &Type, reader: Reader, items: &Items<'_>) -> Fit {
    let read = match read {
        Type::Item(name) if matches!(items.get(name), Some(Item::Enum(_))) => Some(Text::Enumeration),
        other => Text::of(other),
    };
    match (written, read) {
        (_, Some(Text::Any)) => Fit::Always,
        (written, Some(read)) if written == read => Fit::Always,
        // An address of either kind.
        (Text::Address(_), Some(Text::Address("IpAddr"))) => Fit::Always,
        (_, Some(Text::Enumeration)) if reader == Reader::Client => Fit::Always,
        (Text::Any | Text::Enumeration, Some(_))
        | (_, Some(Text::Enumeration))
        | (Text::Address("IpAddr"), Some(Text::Address(_))) => Fit::Sometimes,
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
