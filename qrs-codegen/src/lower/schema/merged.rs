//! Several schemas that a value has to satisfy at once, seen as one: `allOf`, `$ref` with siblings, and a property that
//! more than one of them describes.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use super::node::{self, Kinds, Member};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::lower::Lowering;

/// Schemas that one type is put together of.
const MOST_PARTS: usize = 256;

/// A schema and its place.
pub(super) type Root<'a> = (&'a Value, Pointer);

/// What a type is made of.
#[derive(Clone)]
pub(super) struct Sum<'a> {
    /// A value satisfies all of them. The outermost comes last.
    pub(super) roots: Vec<Root<'a>>,
    /// Alternatives (`oneOf`, `anyOf`) of which one was picked, by the address of their list.
    pub(super) settled: Vec<*const Value>,
    /// The kinds that are left of the types that a schema lists.
    pub(super) only: Kinds,
}

/// What tells one [`Sum`] from another.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    roots: Vec<*const Value>,
    settled: Vec<*const Value>,
    only: Kinds,
}

impl<'a> Sum<'a> {
    pub(super) fn of(schema: &'a Value, at: Pointer) -> Self {
        Self { roots: vec![(schema, at)], settled: Vec::new(), only: Kinds::ALL }
    }

    pub(super) fn key(&self) -> Key {
        Key {
            roots: self.roots.iter().map(|(schema, _)| std::ptr::from_ref(*schema)).collect(),
            settled: self.settled.clone(),
            only: self.only,
        }
    }

    /// Where the outermost of them is.
    pub(super) fn at(&self) -> Pointer {
        self.roots.last().map(|(_, at)| at.clone()).unwrap_or_default()
    }

    /// The outermost of them, whose words are those of the type.
    pub(super) fn outer(&self) -> &'a Value {
        self.roots.last().map_or(&Value::Null, |(schema, _)| schema)
    }

    /// This one with another schema besides, the alternatives in `settled` being picked.
    pub(super) fn with(&self, root: Root<'a>, settled: &Value) -> Self {
        let mut sum = self.clone();
        sum.roots.push(root);
        sum.settled.push(std::ptr::from_ref(settled));
        sum
    }
}

/// One schema of a [`Sum`].
pub(super) struct Part<'a> {
    pub(super) map: &'a Map<String, Value>,
    pub(super) at: Pointer,
}

/// Alternatives in a [`Sum`].
pub(super) struct Choice<'a> {
    /// The list itself.
    pub(super) list: &'a Value,
    pub(super) keyword: &'static str,
    /// The part that holds it.
    pub(super) part: usize,
}

/// A property, with each schema that describes it and the part that it is in, the innermost first.
pub(super) type Property<'a> = Vec<(&'a Value, usize)>;

/// The keywords of a [`Sum`], taken together.
pub(super) struct Merged<'a> {
    /// Each once: those that others are made of come first, the outermost last.
    pub(super) parts: Vec<Part<'a>>,
    /// The kinds that all of them allow.
    pub(super) kinds: Kinds,
    /// Whether any of them has a `type`.
    pub(super) typed: bool,
    /// Whether a value may be `null`.
    pub(super) nullable: bool,
    /// The alternatives that are still open.
    pub(super) choices: Vec<Choice<'a>>,
}

impl<'a> Merged<'a> {
    pub(super) fn at(&self, part: usize) -> At<'_> {
        At::of(&self.parts[part].at)
    }

    /// The properties in the order in which they are first named.
    pub(super) fn properties(&self) -> IndexMap<&'a str, Property<'a>> {
        let mut all: IndexMap<&str, Property<'a>> = IndexMap::new();
        for (index, part) in self.parts.iter().enumerate() {
            for (wire, schema) in part.map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                all.entry(wire).or_default().push((schema, index));
            }
        }
        all
    }

    pub(super) fn has_properties(&self) -> bool {
        let named =
            |part: &Part<'_>| part.map.get("properties").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
        self.parts.iter().any(named)
    }

    /// What is listed as required, with the part that lists it last.
    pub(super) fn required(&self) -> IndexMap<&'a str, usize> {
        let mut all = IndexMap::new();
        for (index, part) in self.parts.iter().enumerate() {
            for name in node::list(part.map, "required").iter().filter_map(Value::as_str) {
                all.insert(name, index);
            }
        }
        all
    }

    /// The schemas under a keyword, with the part that each is in.
    pub(super) fn schemas(&self, keyword: &str) -> Vec<(&'a Value, usize)> {
        let is_schema = |value: &&Value| value.is_object() || value.is_boolean();
        let parts = self.parts.iter().enumerate();
        parts
            .filter_map(|(index, part)| part.map.get(keyword).filter(is_schema).map(|schema| (schema, index)))
            .collect()
    }

    /// The outermost value of a keyword.
    pub(super) fn last(&self, keyword: &str) -> Option<(&'a Value, usize)> {
        self.parts.iter().enumerate().rev().find_map(|(index, part)| part.map.get(keyword).map(|value| (value, index)))
    }

    pub(super) fn format(&self) -> Option<(&'a str, usize)> {
        self.parts
            .iter()
            .enumerate()
            .rev()
            .find_map(|(index, part)| node::format(part.map).map(|format| (format, index)))
    }

    /// The values that a value is one of, `null` aside, each once, with the list that they stand in; nothing if no list
    /// is given.
    pub(super) fn values(&self) -> Option<Values<'a>> {
        let mut all: Option<Values<'a>> = None;
        for (index, part) in self.parts.iter().enumerate().rev() {
            let constant =
                part.map.get("const").map(|value| Values { part: index, keyword: "const", listed: vec![(0, value)] });
            let listed = node::list(part.map, "enum");
            let listed = (!listed.is_empty()).then(|| Values {
                part: index,
                keyword: "enum",
                listed: listed.iter().enumerate().collect(),
            });
            for more in constant.into_iter().chain(listed) {
                match &mut all {
                    None => all = Some(more),
                    // What both list; where these have nothing in common, the outermost says what is meant.
                    Some(all) => {
                        let known: HashSet<&Value> = more.listed.iter().map(|(_, value)| *value).collect();
                        if all.listed.iter().any(|(_, value)| known.contains(value)) {
                            all.listed.retain(|(_, value)| known.contains(value));
                        }
                    }
                }
            }
        }
        all
    }

    /// Whether they have a `type` that is more than a hint at an object.
    pub(super) fn is_of_kind(&self) -> bool {
        self.typed && self.kinds != Kinds::OBJECT && self.kinds != Kinds::ALL
    }

    /// Whether they say anything about a value but its type, once alternatives are set aside.
    pub(super) fn says(&self, choice: &Choice<'_>) -> bool {
        let kept = |part: &Part<'_>| {
            part.map.iter().any(|(key, value)| match key.as_str() {
                "oneOf" | "anyOf" => {
                    std::ptr::from_ref(value) != std::ptr::from_ref(choice.list)
                        && !node::list(part.map, key).is_empty()
                }
                "additionalProperties" | "unevaluatedProperties" => value.is_object(),
                "properties" => value.as_object().is_some_and(|all| !all.is_empty()),
                "required" | "enum" => value.as_array().is_some_and(|all| !all.is_empty()),
                "const" | "patternProperties" | "items" | "prefixItems" | "format" => true,
                _ => false,
            })
        };
        self.parts.iter().any(kept)
    }
}

/// The values of an `enum` or a `const`, with their places in it.
pub(super) struct Values<'a> {
    pub(super) part: usize,
    pub(super) keyword: &'static str,
    pub(super) listed: Vec<(usize, &'a Value)>,
}

/// A step of the walk through what a schema is made of.
enum Step<'a> {
    Enter(&'a Value, Pointer),
    Leave(Part<'a>),
}

impl<'a> Lowering<'a> {
    /// Takes the schemas of a sum together. What is wrong with them is reported once, however often this is asked.
    pub(super) fn gather(&mut self, sum: &Sum<'a>) -> Merged<'a> {
        let parts = self.parts(sum);
        let mut kinds = Kinds::ALL;
        let mut typed: Option<usize> = None;
        for (index, part) in parts.iter().enumerate() {
            let Some(more) = Kinds::of(part.map) else { continue };
            // `type: null` is for `nullable` to say.
            if more.is_empty() {
                continue;
            }
            let both = kinds.and(more);
            if both.is_empty() {
                self.contradiction(&parts, typed.unwrap_or_default(), index);
                continue;
            }
            if both != kinds || typed.is_none() {
                typed = Some(index);
            }
            kinds = both;
        }
        let outer = sum.outer().as_object().and_then(node::null);
        let mut nulls = parts.iter().filter_map(|part| node::null(part.map)).peekable();
        let nullable = outer == Some(true) || (nulls.peek().is_some() && nulls.all(|null| null));
        let mut choices = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            for keyword in ["oneOf", "anyOf"] {
                let Some(list) = part.map.get(keyword) else { continue };
                let open = list.as_array().is_some_and(|all| !all.is_empty())
                    && !sum.settled.contains(&std::ptr::from_ref(list));
                if open {
                    choices.push(Choice { list, keyword, part: index });
                }
            }
        }
        let kinds = kinds.and(sum.only);
        Merged { parts, kinds, typed: typed.is_some() || sum.only != Kinds::ALL, nullable, choices }
    }

    /// Everything that a sum is made of, each schema once: those that others are made of first. No recursion, for a
    /// document can be made so that it never ends.
    fn parts(&mut self, sum: &Sum<'a>) -> Vec<Part<'a>> {
        let mut seen = HashSet::new();
        let mut parts = Vec::new();
        let mut steps: Vec<Step<'a>> =
            sum.roots.iter().rev().map(|(schema, at)| Step::Enter(schema, at.clone())).collect();
        while let Some(step) = steps.pop() {
            let (schema, at) = match step {
                Step::Leave(part) => {
                    parts.push(part);
                    continue;
                }
                Step::Enter(schema, at) => (schema, at),
            };
            let Some(map) = schema.as_object() else { continue };
            if !seen.insert(std::ptr::from_ref(schema)) {
                continue;
            }
            if seen.len() > MOST_PARTS {
                let problem = Problem::Unsupported { what: format!("`allOf` of more than {MOST_PARTS} schemas") };
                self.once(Diagnostic::error(at, problem));
                break;
            }
            let members: Vec<(Member, &'a Value)> = node::members(map).collect();
            let mut inner = Vec::new();
            for (member, value) in members {
                match member {
                    Member::AllOf(index) => inner.push(Step::Enter(value, at.child("allOf").child(index.to_string()))),
                    Member::Reference(key) => {
                        let reference = value.as_str().unwrap_or_default();
                        if let Some((schema, at)) = self.target(reference, At::of(&at).child(key)) {
                            inner.push(Step::Enter(schema, at));
                        }
                    }
                }
            }
            steps.push(Step::Leave(Part { map, at }));
            steps.extend(inner.into_iter().rev());
        }
        parts
    }

    fn contradiction(&mut self, parts: &[Part<'a>], first: usize, second: usize) {
        let [one, other] = [first, second].map(|index| {
            let part = &parts[index];
            (Kinds::of(part.map).map_or("something else", Kinds::name), part.at.child("type"))
        });
        let problem = Problem::ContradictoryTypes { first: one.0, second: other.0 };
        let diagnostic = Diagnostic::error(other.1, problem).related(one.1, "the other type stands here");
        self.once(diagnostic.help("no value is of both types"));
    }

    /// Reports what may be met again on another way.
    pub(super) fn once(&mut self, diagnostic: Diagnostic) {
        let key = (diagnostic.pointer.clone(), diagnostic.problem.to_string());
        if self.reported.insert(key) {
            self.found.push(diagnostic);
        }
    }

    /// Names what is required, but described nowhere.
    pub(super) fn undeclared(&mut self, merged: &Merged<'a>, known: &IndexSet<&'a str>) {
        for (name, part) in merged.required().into_iter().filter(|(name, _)| !known.contains(name)) {
            let at = merged.at(part);
            let problem = Problem::UndeclaredProperty { property: name.to_owned() };
            let help = "it is listed as required, but has no schema; it is left out";
            self.once(Diagnostic::warning(at.child("required").pointer(), problem).help(help));
        }
    }
}
