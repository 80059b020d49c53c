//! A schema as it stands in the document: what each keyword says, of 3.0 and 3.1 alike.

use serde_json::{Map, Value};

/// The kinds of values that a schema allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const BOOL: Kinds = Kinds(1);
    pub(super) const INTEGER: Kinds = Kinds(2);
    /// Whole numbers are numbers.
    pub(super) const NUMBER: Kinds = Kinds(2 | 4);
    pub(super) const STRING: Kinds = Kinds(8);
    pub(super) const LIST: Kinds = Kinds(16);
    pub(super) const OBJECT: Kinds = Kinds(32);
    pub(super) const ALL: Kinds = Kinds(63);

    const SINGLE: [Kinds; 5] = [Self::STRING, Self::NUMBER, Self::BOOL, Self::LIST, Self::OBJECT];

    /// The kinds of a schema's `type`, without `null`; nothing if it has none, or one that is no kind at all.
    pub(super) fn of(map: &Map<String, Value>) -> Option<Kinds> {
        let one = |name: &Value| {
            Some(match name.as_str()? {
                "boolean" => Self::BOOL,
                "integer" => Self::INTEGER,
                "number" => Self::NUMBER,
                "string" => Self::STRING,
                "array" => Self::LIST,
                "object" => Self::OBJECT,
                "null" => Kinds(0),
                _ => return None,
            })
        };
        match map.get("type")? {
            Value::Array(names) => names.iter().try_fold(Kinds(0), |all, name| Some(Kinds(all.0 | one(name)?.0))),
            name => one(name),
        }
    }

    /// The kind of a value.
    pub(super) fn of_value(value: &Value) -> Kinds {
        match value {
            Value::Null => Kinds(0),
            Value::Bool(_) => Self::BOOL,
            Value::Number(number) if number.is_f64() => Self::NUMBER,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::LIST,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    pub(super) fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every value of these kinds is of `other`.
    pub(super) fn within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }

    /// Each kind on its own; whole and other numbers are one.
    pub(super) fn each(self) -> Vec<Kinds> {
        Self::SINGLE.into_iter().map(|kind| kind.and(self)).filter(|kind| !kind.is_empty()).collect()
    }

    /// As JSON Schema calls the kind, where it is one.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BOOL => "boolean",
            Self::INTEGER => "integer",
            Self::NUMBER => "number",
            Self::STRING => "string",
            Self::LIST => "array",
            Self::OBJECT => "object",
            Kinds(0) => "null",
            _ => "several types",
        }
    }
}

/// Keywords that change what a value is, `$ref`, `allOf` and `type` aside.
const SHAPING: &[&str] = &[
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "unevaluatedProperties",
    "items",
    "prefixItems",
    "oneOf",
    "anyOf",
    "format",
    "contentEncoding",
    "contentMediaType",
];

/// Keywords that narrow what a value may be, in ways that no type holds a value to.
pub(super) const NARROWING: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
];

/// Whether a schema's own keywords say anything about what a value is, `$ref`, `allOf` and `type` aside.
pub(super) fn shapes(map: &Map<String, Value>) -> bool {
    map.iter().any(|(key, value)| match key.as_str() {
        "additionalProperties" | "unevaluatedProperties" => value != &Value::Bool(true) && value != &Value::Bool(false),
        "properties" => value.as_object().is_some_and(|all| !all.is_empty()),
        "required" | "oneOf" | "anyOf" | "enum" => value.as_array().is_some_and(|all| !all.is_empty()),
        key => SHAPING.contains(&key),
    })
}

/// The parts that a schema refers to or is put together of, with the keys that lead to each.
pub(super) fn members(map: &Map<String, Value>) -> impl Iterator<Item = (Member, &Value)> {
    let reference = reference(map).map(|key| (Member::Reference(key), &map[key]));
    let all = list(map, "allOf").iter().enumerate().map(|(index, part)| (Member::AllOf(index), part));
    reference.into_iter().chain(all)
}

/// What leads from a schema to a part of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member {
    /// A reference, by its keyword.
    Reference(&'static str),
    /// An item of `allOf`.
    AllOf(usize),
}

/// The keyword that a reference stands under. A dynamic one is taken for the place that it names where it stands.
pub(super) fn reference(map: &Map<String, Value>) -> Option<&'static str> {
    ["$ref", "$dynamicRef"].into_iter().find(|key| map.get(*key).is_some_and(Value::is_string))
}

/// Whether a part of `allOf` says anything about what a value is.
pub(super) fn says(part: &Value) -> bool {
    match part.as_object() {
        Some(map) => {
            map.contains_key("type") || shapes(map) || reference(map).is_some() || !list(map, "allOf").is_empty()
        }
        None => part == &Value::Bool(false),
    }
}

/// Whether a schema allows `null`, by its own keywords; nothing if they leave it open.
pub(super) fn null(map: &Map<String, Value>) -> Option<bool> {
    if map.get("nullable") == Some(&Value::Bool(true)) {
        return Some(true);
    }
    if let Some(value) = map.get("const") {
        return Some(value.is_null());
    }
    let values = list(map, "enum");
    if !values.is_empty() {
        return Some(values.contains(&Value::Null));
    }
    if ["oneOf", "anyOf"].iter().any(|keyword| list(map, keyword).iter().any(is_null)) {
        return Some(true);
    }
    // Put beside a reference by way of `allOf`, as 3.0 has it.
    if list(map, "allOf").iter().any(|part| part.get("nullable") == Some(&Value::Bool(true)) && !says(part)) {
        return Some(true);
    }
    match map.get("type")? {
        Value::Array(names) => Some(names.iter().any(|name| name == "null")),
        name => Some(name == "null"),
    }
}

/// Whether a schema allows `null` alone.
pub(super) fn is_null(schema: &Value) -> bool {
    let Some(map) = schema.as_object() else { return false };
    if let Some(value) = map.get("const") {
        return value.is_null();
    }
    let values = list(map, "enum");
    match map.get("type") {
        Some(Value::String(name)) => name == "null",
        Some(Value::Array(names)) => !names.is_empty() && names.iter().all(|name| name == "null"),
        Some(_) => false,
        // `{nullable: true}` alone is how 3.0 writes it in a list of alternatives.
        None if values.is_empty() => map.get("nullable") == Some(&Value::Bool(true)) && !says(schema),
        None => values.iter().all(Value::is_null),
    }
}

/// The items of a list; none if it is no list.
pub(super) fn list<'a>(map: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    map.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `exclusiveMinimum` is a number since 3.1, and in 3.0 says of `minimum` what it is. The stricter one counts.
pub(super) fn bound<'a>(map: &'a Map<String, Value>, inclusive: &str, exclusive: &str) -> Option<(bool, &'a Value)> {
    let inclusive_bound = map.get(inclusive).filter(|value| value.is_number());
    match (map.get(exclusive), inclusive_bound) {
        (Some(Value::Bool(is_exclusive)), Some(bound)) => Some((*is_exclusive, bound)),
        (Some(limit), Some(bound)) if limit.is_number() => {
            let (limit_value, bound_value) = (limit.as_f64()?, bound.as_f64()?);
            let stricter = if inclusive == "minimum" { bound_value > limit_value } else { bound_value < limit_value };
            Some(if stricter { (false, bound) } else { (true, limit) })
        }
        (Some(limit), None) if limit.is_number() => Some((true, limit)),
        (_, bound) => bound.map(|bound| (false, bound)),
    }
}

/// `contentEncoding` is what 3.0 calls `format: byte`, and bytes as they are `format: binary`.
pub(super) fn format(map: &Map<String, Value>) -> Option<&str> {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    text("format").or_else(|| match (text("contentEncoding"), map.contains_key("contentMediaType")) {
        (Some("base64"), _) => Some("byte"),
        (None, true) => Some("binary"),
        _ => None,
    })
}
