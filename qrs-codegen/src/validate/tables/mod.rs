//! The objects of the specification: their keys, and the kinds of their values.

pub(super) mod document;
pub(super) mod operations;
pub(super) mod overlays;
pub(super) mod schemas;
pub(super) mod security;
pub(super) mod swagger;

use super::Version;

/// An object of the specification.
pub(crate) struct Object {
    /// The name in the specification.
    pub(crate) name: &'static str,
    pub(in crate::validate) fields: &'static [Field],
    /// The further keys of an object that is a map.
    pub(in crate::validate) others: Others,
    /// The keys that `x-codegen` may have here.
    pub(in crate::validate) codegen: &'static [Field],
}

pub(in crate::validate) struct Field {
    pub(in crate::validate) key: &'static str,
    pub(in crate::validate) kind: &'static Kind,
    pub(in crate::validate) needed: Needed,
    pub(in crate::validate) since: Version,
    /// Whether nothing is generated from it, so that a problem inside is a warning.
    pub(in crate::validate) aside: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::validate) enum Needed {
    No,
    Yes,
    /// The specification requires it, many documents leave it out, and nothing is lost.
    Expected,
    /// The same, but for this version and those after it, which do not require it.
    ExpectedBefore(Version),
}

pub(in crate::validate) enum Others {
    None,
    /// Keys that satisfy a predicate, with a description of it.
    Matching(fn(&str) -> bool, &'static str, &'static Kind),
}

/// The kind of a value.
pub(crate) enum Kind {
    Any,
    /// A string. A number or a boolean is read as its text.
    String,
    /// A string that only people read.
    Words,
    Bool,
    Number,
    Count,
    BoolOrNumber,
    OneOf(&'static [&'static str]),
    /// `type` of a schema: a name or, since 3.1, a list of them.
    SchemaType,
    /// `required` of a schema: a list of names; `true` is a common mistake.
    RequiredNames,
    Object(&'static Object),
    /// An object or, in its place, a Reference Object.
    OrReference(&'static Object),
    /// A schema; since 3.1 also a boolean.
    Schema,
    /// A schema or, in every version, a boolean.
    SchemaOrBool,
    List(&'static Kind),
    Map(&'static Kind),
    SchemaOrList,
    /// Swagger 2.0: a schema, or `type: file` for bytes as they are.
    SchemaOrFile,
    /// Swagger 2.0: the object, or a schema where a `$ref` stands in its place, which 2.0 does not allow.
    SchemaOr(&'static Object),
    /// Swagger 2.0: the `type` of a parameter, which can be `file`.
    ParameterType,
    /// One of these. The nearest one counts, or else none: what depends on it has a value where it is absent.
    Preferred(&'static [&'static str]),
}

pub(in crate::validate) const fn field(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V20, aside: false }
}

pub(in crate::validate) const fn needed(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::Yes, since: Version::V20, aside: false }
}

pub(in crate::validate) const fn expected(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::Expected, since: Version::V20, aside: false }
}

pub(in crate::validate) const fn since_30(key: &'static str, kind: &'static Kind) -> Field {
    Field { since: Version::V30, ..field(key, kind) }
}

pub(in crate::validate) const fn since_31(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V31, aside: false }
}

pub(in crate::validate) const fn since_32(key: &'static str, kind: &'static Kind) -> Field {
    Field { since: Version::V32, ..field(key, kind) }
}

/// A key that a client does not use.
pub(in crate::validate) const fn aside(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V20, aside: true }
}

pub(in crate::validate) const fn object(name: &'static str, fields: &'static [Field]) -> Object {
    Object { name, fields, others: Others::None, codegen: &[] }
}

pub(in crate::validate) static STRINGS: Kind = Kind::List(&Kind::String);

pub(in crate::validate) const NAME_ONLY: &[Field] = &[field("name", &Kind::String)];
pub(in crate::validate) const OF_OPERATION: &[Field] =
    &[field("command", &Kind::String), field("name", &Kind::String), field("note", &Kind::Words)];
