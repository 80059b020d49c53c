//! The constraints of a schema: keywords that restrict its values without changing their type.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::node::SchemaNode;
use super::opaque::{self, Opaque};
use crate::changes::ChangeKind;
use crate::document::{Schema, Schemas};

/// The constraints of the schemas at one place.
pub(super) struct Constraints<'a> {
    parts: Vec<&'a Schema>,
    schemas: &'a Schemas,
}

/// A limit on a number: the keyword that sets it and its value.
#[derive(Clone, Copy, PartialEq)]
struct Limit<'a> {
    keyword: &'static str,
    value: &'a Number,
}

/// Limits from below: a greater value is a tighter one. The second keyword excludes the value itself.
const LOWER: &[[&str; 2]] =
    &[["minimum", "exclusiveMinimum"], ["minLength", ""], ["minItems", ""], ["minContains", ""], ["minProperties", ""]];

/// Limits from above: a smaller value is a tighter one. The second keyword excludes the value itself.
const UPPER: &[[&str; 2]] =
    &[["maximum", "exclusiveMaximum"], ["maxLength", ""], ["maxItems", ""], ["maxContains", ""], ["maxProperties", ""]];

/// Formats that are Rust types of their own. A change of one is a change of the type.
const TYPED_FORMATS: &[&str] = &[
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float",
    "double",
    "uuid",
    "date",
    "date-time",
    "ip",
    "ipv4",
    "ipv6",
    "byte",
    "binary",
    "password",
];

/// A kind of change, and the change in words.
pub(super) type Changed = (ChangeKind, String);

impl<'a> Constraints<'a> {
    pub(super) fn of(node: &'a SchemaNode, schemas: &'a Schemas) -> Self {
        Self { parts: node.parts(schemas).collect(), schemas }
    }

    /// The changes from these constraints to others, each with a kind and in words.
    pub(super) fn changes_to(&self, new: &Constraints<'_>) -> Vec<Changed> {
        let mut changes = Vec::new();
        for (limits, tighter) in [(LOWER, Ordering::Greater), (UPPER, Ordering::Less)] {
            let compare = |keywords: &[&'static str; 2]| {
                limit_changed(self.limit(*keywords, tighter), new.limit(*keywords, tighter), tighter)
            };
            changes.extend(limits.iter().filter_map(compare));
        }
        changes.extend(multiple_changed(self.value("multipleOf"), new.value("multipleOf")));
        changes.extend(unique_changed(self.unique(), new.unique()));
        let is_typed = self.has_typed_format() || new.has_typed_format();
        for keyword in opaque::KEYWORDS.iter().copied().filter(|keyword| !(is_typed && *keyword == "format")) {
            let (before, after) = (self.opaque(keyword), new.opaque(keyword));
            changes.extend(opaque::changed(keyword, &before, &after));
        }
        changes
    }

    fn opaque(&self, keyword: &'static str) -> Vec<Opaque<'a>> {
        self.parts.iter().filter_map(|part| Opaque::of(keyword, part, self.schemas)).collect()
    }

    fn value(&self, keyword: &str) -> Option<&'a Value> {
        self.parts.iter().find_map(|part| part.get(keyword))
    }

    fn has_typed_format(&self) -> bool {
        let format = self.value("format").and_then(Value::as_str);
        format.is_some_and(|format| TYPED_FORMATS.contains(&format))
    }

    fn unique(&self) -> bool {
        self.parts.iter().any(|part| part.get("uniqueItems") == Some(&Value::Bool(true)))
    }

    /// The tightest limit that the keywords set: the one whose value compares as `tighter`.
    fn limit(&self, [inclusive, exclusive]: [&'static str; 2], tighter: Ordering) -> Option<Limit<'a>> {
        let limits = self.parts.iter().flat_map(|part| {
            // In OpenAPI 3.0 `exclusiveMinimum: true` makes `minimum` exclude its value.
            let excludes = part.get(exclusive) == Some(&Value::Bool(true));
            let keyword = if excludes { exclusive } else { inclusive };
            let of = |keyword, value: Option<&'a Value>| match value {
                Some(Value::Number(value)) => Some(Limit { keyword, value }),
                _ => None,
            };
            [of(keyword, part.get(inclusive)), of(exclusive, part.get(exclusive))].into_iter().flatten()
        });
        let tightest = limits.reduce(|one, other| if other.compare(one) == tighter { other } else { one })?;
        // A count is never negative, so a limit of zero from below says nothing.
        let says_nothing = tighter == Ordering::Greater && exclusive.is_empty() && tightest.value.as_u64() == Some(0);
        (!says_nothing).then_some(tightest)
    }
}

impl Limit<'_> {
    /// Compares the values of two limits from the same side.
    fn compare(self, other: Limit<'_>) -> Ordering {
        let number = |number: &Number| number.as_f64().unwrap_or_default();
        let integers = self.value.as_i64().zip(other.value.as_i64()).map(|(one, other)| one.cmp(&other));
        integers.unwrap_or_else(|| number(self.value).total_cmp(&number(other.value)))
    }

    fn excludes(self) -> bool {
        self.keyword.starts_with("exclusive")
    }
}

fn limit_changed(old: Option<Limit<'_>>, new: Option<Limit<'_>>, tighter: Ordering) -> Option<Changed> {
    let kind = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => ChangeKind::ConstraintTightened,
        (Some(_), None) => ChangeKind::ConstraintLoosened,
        (Some(old), Some(new)) => match (new.compare(old), new.excludes(), old.excludes()) {
            (Ordering::Equal, true, false) => ChangeKind::ConstraintTightened,
            (Ordering::Equal, false, true) => ChangeKind::ConstraintLoosened,
            (Ordering::Equal, _, _) => return None,
            (order, _, _) if order == tighter => ChangeKind::ConstraintTightened,
            _ => ChangeKind::ConstraintLoosened,
        },
    };
    let words = match (old, new) {
        (Some(old), Some(new)) if old.keyword != new.keyword => {
            format!("had `{}` {} and has `{}` {}", old.keyword, old.value, new.keyword, new.value)
        }
        _ => {
            let keyword = old.or(new).map_or("", |limit| limit.keyword);
            in_words(keyword, old.map(|limit| limit.value.to_string()), new.map(|limit| limit.value.to_string()))
        }
    };
    Some((kind, words))
}

fn multiple_changed(old: Option<&Value>, new: Option<&Value>) -> Option<Changed> {
    if old == new {
        return None;
    }
    let is_multiple = |of: f64, value: f64| of != 0.0 && (value / of).fract() == 0.0;
    let kind = match (old.and_then(Value::as_f64), new.and_then(Value::as_f64)) {
        (None, None) => return None,
        (None, Some(_)) => ChangeKind::ConstraintTightened,
        (Some(_), None) => ChangeKind::ConstraintLoosened,
        (Some(old), Some(new)) if is_multiple(old, new) => ChangeKind::ConstraintTightened,
        (Some(old), Some(new)) if is_multiple(new, old) => ChangeKind::ConstraintLoosened,
        (Some(_), Some(_)) => ChangeKind::ConstraintChanged,
    };
    Some((kind, in_words("multipleOf", old.map(Value::to_string), new.map(Value::to_string))))
}

fn unique_changed(old: bool, new: bool) -> Option<Changed> {
    match (old, new) {
        (false, true) => Some((ChangeKind::ConstraintTightened, "has `uniqueItems` now".to_owned())),
        (true, false) => Some((ChangeKind::ConstraintLoosened, "no longer has `uniqueItems`".to_owned())),
        _ => None,
    }
}

/// The words for another value of a keyword.
pub(super) fn in_words(keyword: &str, old: Option<String>, new: Option<String>) -> String {
    match (old, new) {
        (Some(was), Some(is)) => format!("had the `{keyword}` {was} and has {is}"),
        (Some(was), None) => format!("had the `{keyword}` {was} and has none"),
        (None, Some(is)) => format!("had no `{keyword}` and has {is}"),
        (None, None) => String::new(),
    }
}
