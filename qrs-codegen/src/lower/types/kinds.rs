//! The kinds of JSON values.

use serde_json::Value;

use crate::document::Schema;

/// The kinds of values that a schema allows, `null` aside.
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

    /// The kinds of a schema's `type`; `None` if it has none, or one that is no kind at all.
    pub(super) fn of(schema: &Schema) -> Option<Kinds> {
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
        match schema.get("type")? {
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

    /// Whether the values are written the same way, whatever else is said of them.
    pub(super) fn is_single(self) -> bool {
        self.each().len() == 1
    }

    /// The name of the kind in JSON Schema, where it is one.
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

    /// A word for values of the kind, for the name of a variant.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::BOOL => "Bool",
            Self::INTEGER => "Integer",
            Self::NUMBER => "Number",
            Self::STRING => "String",
            Self::LIST => "List",
            Self::OBJECT => "Object",
            _ => "Value",
        }
    }
}
