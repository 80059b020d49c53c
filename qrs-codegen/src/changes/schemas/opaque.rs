//! Keywords whose values are compared as they stand: a value that is new makes a schema tighter, and one that is gone
//! makes it looser.

use serde_json::Value;

use super::constraints::{Changed, in_words};
use crate::changes::ChangeKind;
use crate::document::{Keyword, Schema, SchemaId, Schemas};

/// The keywords. `if` stands for `then` and `else` as well, and `required` for properties that are not described.
pub(super) const KEYWORDS: &[&str] = &[
    "pattern",
    "format",
    "contentEncoding",
    "contentMediaType",
    "required",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "contains",
    "not",
    "if",
];

/// The value of a keyword.
pub(super) enum Opaque<'a> {
    Text(&'a str),
    /// Names, each with what it asks for.
    Names(Vec<(&'a str, Vec<&'a str>)>),
    /// Schemas, by name if they have one.
    Schemas(Vec<(&'a str, SchemaId)>, &'a Schemas),
}

impl<'a> Opaque<'a> {
    pub(super) fn of(keyword: &'static str, schema: &'a Schema, schemas: &'a Schemas) -> Option<Self> {
        let one = |keyword: Keyword| schema.one(keyword).map(|id| (keyword.name(), id));
        let only = |keyword: Keyword| Some(Self::Schemas(vec![one(keyword)?], schemas));
        match keyword {
            // Each of these alone says nothing.
            "if" => {
                let parts: Vec<_> = [Keyword::If, Keyword::Then, Keyword::Else].into_iter().filter_map(one).collect();
                (schema.holds(Keyword::If) && parts.len() > 1).then_some(Self::Schemas(parts, schemas))
            }
            "not" => only(Keyword::Not),
            "contains" => only(Keyword::Contains),
            "propertyNames" => only(Keyword::PropertyNames),
            "dependentSchemas" => Self::named(Keyword::DependentSchemas, schema, schemas),
            // What the schemas ask for is compared by itself.
            "patternProperties" => {
                let names: Vec<_> =
                    schema.named(Keyword::PatternProperties).map(|(name, _)| (name, Vec::new())).collect();
                (!names.is_empty()).then_some(Self::Names(names))
            }
            // Beside properties, each is a field of the type, and compared as one.
            "required" if schema.properties().next().is_some() => None,
            "required" => {
                let names = schema.values("required").iter().filter_map(Value::as_str);
                let names: Vec<_> = names.map(|name| (name, Vec::new())).collect();
                (!names.is_empty()).then_some(Self::Names(names))
            }
            "dependentRequired" => {
                let names = schema.get(keyword)?.as_object()?.iter();
                let texts =
                    |value: &'a Value| value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                Some(Self::Names(names.map(|(name, needed)| (name.as_str(), texts(needed))).collect()))
            }
            "pattern" => schema.text(keyword).filter(|pattern| !matches!(*pattern, "" | ".*" | "^.*$")).map(Self::Text),
            _ => schema.text(keyword).map(Self::Text),
        }
    }

    fn named(keyword: Keyword, schema: &'a Schema, schemas: &'a Schemas) -> Option<Self> {
        let named: Vec<_> = schema.named(keyword).collect();
        (!named.is_empty()).then_some(Self::Schemas(named, schemas))
    }

    /// Whether each value that is valid by these is valid by the other one.
    fn implies(&self, other: &Opaque<'_>) -> bool {
        match (self, other) {
            (Self::Text(own), Opaque::Text(other)) => own == other,
            (Self::Names(own), Opaque::Names(other)) => other.iter().all(|(name, needed)| {
                own.iter().any(|(same, all)| same == name && needed.iter().all(|it| all.contains(it)))
            }),
            (Self::Schemas(own, schemas), Opaque::Schemas(other, others)) => other
                .iter()
                .all(|(name, id)| own.iter().any(|(same, own)| same == name && schemas.is_equal(*own, others, *id))),
            _ => false,
        }
    }
}

/// The change of a keyword from some values, which all hold, to others.
pub(super) fn changed(keyword: &str, old: &[Opaque<'_>], new: &[Opaque<'_>]) -> Option<Changed> {
    let implies = |these: &[Opaque<'_>], those: &[Opaque<'_>]| {
        those.iter().all(|other| these.iter().any(|own| own.implies(other)))
    };
    let kind = match (implies(old, new), implies(new, old)) {
        (true, true) => return None,
        (true, false) => ChangeKind::ConstraintLoosened,
        (false, true) => ChangeKind::ConstraintTightened,
        // Its own constraints are compared.
        (false, false) if keyword == "propertyNames" => return None,
        (false, false) => ChangeKind::ConstraintChanged,
    };
    let text = |values: &[Opaque<'_>]| match values {
        [] => Some(None),
        [Opaque::Text(text)] => Some(Some(format!("`{text}`"))),
        _ => None,
    };
    let words = if let (Some(old), Some(new)) = (text(old), text(new)) {
        in_words(keyword, old, new)
    } else {
        match (old, new) {
            ([], _) => format!("has `{keyword}` now"),
            (_, []) => format!("no longer has `{keyword}`"),
            _ => format!("has another `{keyword}`"),
        }
    };
    Some((kind, words))
}
