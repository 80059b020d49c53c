//! Changes of schemas whose Rust type does not show them: bodies that callers give and get as text or bytes, as XML.

use std::collections::BTreeSet;

use serde_json::Value;

use super::constraints::{Changed, in_words};
use super::node::SchemaNode;
use crate::changes::ChangeKind;
use crate::document::{Keyword, Schema, SchemaId, Schemas};

/// The schemas at one place of a document.
pub(super) struct Shape<'a> {
    pub(super) node: &'a SchemaNode,
    pub(super) schemas: &'a Schemas,
}

impl<'a> Shape<'a> {
    fn parts(&self) -> impl Iterator<Item = &'a Schema> {
        self.node.own.iter().map(|id| self.schemas.get(*id))
    }

    /// The types that values may have; `None` if any.
    fn types(&self) -> Option<Vec<&'a str>> {
        self.parts().find_map(|schema| {
            let listed = schema.values("type").iter().filter_map(Value::as_str);
            let nullable = (schema.get("nullable") == Some(&Value::Bool(true))).then_some("null");
            let types: Vec<&str> = schema.text("type").into_iter().chain(listed).chain(nullable).collect();
            (!types.is_empty() && types != ["null"]).then_some(types)
        })
    }

    /// The values that are listed; `None` if others may be.
    fn values(&self) -> Option<Vec<&'a Value>> {
        self.parts().find_map(|schema| match schema.get("const") {
            Some(only) => Some(vec![only]),
            None => schema.get("enum")?.as_array().map(|values| values.iter().collect()),
        })
    }

    pub(super) fn names(&self) -> BTreeSet<&'a str> {
        self.parts().flat_map(|schema| schema.named(Keyword::Properties)).map(|(name, _)| name).collect()
    }

    pub(super) fn required(&self) -> BTreeSet<&'a str> {
        self.parts().flat_map(|schema| schema.values("required")).filter_map(Value::as_str).collect()
    }

    fn is_closed(&self) -> bool {
        let further = |schema: &Schema| schema.one(Keyword::AdditionalProperties);
        self.parts().filter_map(further).any(|id| self.schemas.get(id).as_bool() == Some(false))
    }

    fn alternatives(&self) -> Vec<SchemaId> {
        let listed = |schema: &'a Schema| schema.all(Keyword::OneOf).chain(schema.all(Keyword::AnyOf));
        self.parts().flat_map(listed).filter(|id| !self.node.own.contains(id)).collect()
    }

    /// How many alternatives of another document are none of these.
    fn count_others(&self, other: &Shape<'_>) -> usize {
        let own = self.alternatives();
        let is_own = |id: &SchemaId| own.iter().any(|mine| self.schemas.is_equal(*mine, other.schemas, *id));
        other.alternatives().iter().filter(|id| !is_own(id)).count()
    }

    /// The changes to another shape: more values are valid, or fewer.
    pub(super) fn changes_to(&self, new: &Shape<'_>) -> Vec<Changed> {
        let all = [
            self.types_changed(new),
            self.values_changed(new),
            self.required_changed(new),
            self.closed_changed(new),
            self.alternatives_changed(new),
        ];
        all.into_iter().flatten().collect()
    }

    fn types_changed(&self, new: &Shape<'_>) -> Option<Changed> {
        let (old, new) = (self.types(), new.types());
        let is_type = |one: &&str, other: &&str| one == other || (*one == "integer" && *other == "number");
        let words = |types: &Option<Vec<&str>>| types.as_ref().map(|types| quoted(types, " or "));
        let fits =
            [contains(new.as_deref(), old.as_deref(), is_type), contains(old.as_deref(), new.as_deref(), is_type)];
        changed(fits, || in_words("type", words(&old), words(&new)))
    }

    fn values_changed(&self, new: &Shape<'_>) -> Option<Changed> {
        let (old, new) = (self.values(), new.values());
        let is_value = |one: &&Value, other: &&Value| one == other;
        let fits =
            [contains(new.as_deref(), old.as_deref(), is_value), contains(old.as_deref(), new.as_deref(), is_value)];
        changed(fits, || match (old, new) {
            (None, _) => "has `enum` now".to_owned(),
            (_, None) => "no longer has `enum`".to_owned(),
            _ => "has another `enum`".to_owned(),
        })
    }

    fn required_changed(&self, new: &Shape<'_>) -> Option<Changed> {
        let (old, new) = (self.required(), new.required());
        let words = |names: &BTreeSet<&str>| {
            let names: Vec<&str> = names.iter().copied().collect();
            (!names.is_empty()).then(|| quoted(&names, ", "))
        };
        changed([new.is_subset(&old), old.is_subset(&new)], || in_words("required", words(&old), words(&new)))
    }

    fn closed_changed(&self, new: &Shape<'_>) -> Option<Changed> {
        let (was, is) = (self.is_closed(), new.is_closed());
        let words = if is { "forbids further properties" } else { "no longer forbids further properties" };
        changed([was || !is, is || !was], || words.to_owned())
    }

    /// Compares alternatives of which there are more or fewer. Others are compared one by one.
    fn alternatives_changed(&self, new: &Shape<'_>) -> Option<Changed> {
        let (was, is) = (self.alternatives().len(), new.alternatives().len());
        let fits = [new.count_others(self) == 0, self.count_others(new) == 0];
        changed(fits, || format!("had {was} alternatives and has {is}")).filter(|_| was != is && was.min(is) > 0)
    }

    /// The names of properties that are new in another shape.
    pub(super) fn names_without(&self, other: &Shape<'_>) -> Vec<&'a str> {
        let others = other.names();
        self.names().into_iter().filter(|name| !others.contains(name)).collect()
    }
}

/// A change, by whether the older values are valid by the newer schema, and the reverse.
fn changed(fits: [bool; 2], words: impl FnOnce() -> String) -> Option<Changed> {
    let kind = match fits {
        [true, true] => return None,
        [true, false] => ChangeKind::ConstraintLoosened,
        [false, true] => ChangeKind::ConstraintTightened,
        [false, false] => ChangeKind::ConstraintChanged,
    };
    Some((kind, words()))
}

/// Whether all values of one list are in another one. No list stands for all values.
fn contains<T>(outer: Option<&[T]>, inner: Option<&[T]>, is_in: impl Fn(&T, &T) -> bool) -> bool {
    let Some(outer) = outer else { return true };
    inner.is_some_and(|inner| inner.iter().all(|one| outer.iter().any(|other| is_in(one, other))))
}

fn quoted(names: &[&str], between: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between)
}
