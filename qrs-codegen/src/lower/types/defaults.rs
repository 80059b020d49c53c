//! Checks that the `default` of a schema is one of its values.

use serde_json::Value;

use super::Types;
use super::kinds::Kinds;
use super::values::{expected, is_whole};
use crate::diagnostic::{Diagnostic, Problem};
use crate::validate::describe;

/// Warns of each `default` that the schema itself does not allow.
pub(super) fn check(types: &mut Types<'_>) {
    let schemas = types.schemas;
    for id in schemas.ids() {
        let Some(default) = schemas.get(id).get("default").filter(|value| !value.is_null()) else { continue };
        let Some(schema) = schemas.behind(id).map(|id| schemas.get(id)) else { continue };
        let kinds = Kinds::of(schema).filter(|kinds| !kinds.is_empty());
        let values = schema.values("enum");
        let constant = schema.get("const");
        let problem = if let Some(kinds) =
            kinds.filter(|kinds| !Kinds::of_value(default).within(*kinds) && !is_whole(default, *kinds))
        {
            Problem::WrongType { expected: expected(kinds), found: describe(default) }
        } else if (!values.is_empty() && !values.iter().any(|value| is_same(value, default)))
            || constant.is_some_and(|constant| !is_same(constant, default))
        {
            let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            Problem::UnknownValue { value }
        } else {
            continue;
        };
        let help = match problem {
            Problem::WrongType { .. } => {
                "the `default` is not of the schema's `type`: it is documented, and never sent"
            }
            _ => "the `default` is none of the values that the schema lists: it is documented, and never sent",
        };
        let at = schemas.pointer(id).child("default");
        types.found.once(Diagnostic::warning(at, problem).help(help));
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| one.total_cmp(&other).is_eq())
}
