//! A document's values with their places in the text.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use super::{MAX_EXPANDED_BYTES, MAX_VALUES};
use crate::diagnostic::{Diagnostic, Highlight, Pointer, Problem, Span};

/// The number of merged mappings that one pointer is looked up in, so that merges of merges end.
const MAX_MERGES: usize = 1000;

/// The size in bytes up to which a collection is marked as a whole.
const MAX_MARKED: usize = 200;

pub(super) type Id = usize;

/// The values of a text. Aliases are resolved: what an alias stands for is the node of its anchor, once.
#[derive(Default)]
pub(crate) struct Tree<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) root: Option<Id>,
}

pub(super) struct Node<'t> {
    pub(super) span: Span,
    pub(super) content: Content<'t>,
    /// Collections within each other, this one included.
    pub(super) height: usize,
    pub(super) weight: Weight,
}

pub(super) enum Content<'t> {
    /// Still being read.
    Open,
    Scalar(Cow<'t, str>, ScalarValue),
    Sequence(Vec<Id>),
    // Boxed, as most nodes are scalars and there may be millions.
    Mapping(Box<Entries<'t>>),
}

pub(super) type Entries<'t> = IndexMap<Cow<'t, str>, Entry>;

pub(super) struct Entry {
    pub(super) key: Span,
    pub(super) value: Id,
    /// Whether the key is a `<<` that lends the pairs of other mappings.
    pub(super) merges: bool,
}

/// The value of a scalar.
pub(super) enum ScalarValue {
    Null,
    Bool(bool),
    Number(Number),
    /// The text itself.
    Text,
}

/// The size of a node when its aliases are expanded.
#[derive(Clone, Copy, Default)]
pub(super) struct Weight {
    pub(super) values: usize,
    pub(super) bytes: usize,
}

impl Weight {
    pub(super) fn add(&mut self, other: Weight) {
        self.values = self.values.saturating_add(other.values);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    pub(super) fn is_excessive(self) -> bool {
        self.values > MAX_VALUES || self.bytes > MAX_EXPANDED_BYTES
    }
}

/// The place that a pointer leads to.
#[derive(Clone, Copy)]
pub(crate) struct Located {
    pub(crate) span: Span,
    /// The number of the pointer's tokens that exist.
    pub(crate) matched: usize,
}

impl<'t> Tree<'t> {
    /// The document as one value, or the reason why it is none.
    pub(super) fn into_mapping(self) -> Result<Value, Box<Diagnostic>> {
        let (problem, span) = match self.root.map(|root| &self.nodes[root]) {
            None => (Problem::Empty, Span::at(0)),
            Some(node) => match &node.content {
                Content::Mapping(entries) => return Ok(Value::Object(self.object(entries))),
                Content::Scalar(text, ScalarValue::Null) if text.is_empty() => (Problem::Empty, node.span),
                Content::Sequence(_) => (Problem::NotAMapping { found: "a list" }, node.span),
                Content::Scalar(..) | Content::Open => (Problem::NotAMapping { found: "a single value" }, node.span),
            },
        };
        Err(Box::new(Diagnostic::error(Pointer::default(), problem).at(span)))
    }

    /// The text's value; `None` if there is none.
    pub(super) fn into_value(self) -> Option<Value> {
        self.root.map(|root| self.value(root))
    }

    fn value(&self, id: Id) -> Value {
        match &self.nodes[id].content {
            Content::Open => Value::Null,
            Content::Scalar(text, resolved) => match resolved {
                ScalarValue::Null => Value::Null,
                ScalarValue::Bool(value) => Value::Bool(*value),
                ScalarValue::Number(number) => Value::Number(number.clone()),
                ScalarValue::Text => Value::String(text.clone().into_owned()),
            },
            Content::Sequence(items) => items.iter().map(|item| self.value(*item)).collect(),
            Content::Mapping(entries) => Value::Object(self.object(entries)),
        }
    }

    fn object(&self, entries: &Entries<'t>) -> Map<String, Value> {
        let mut object = Map::with_capacity(entries.len());
        for (key, entry) in entries {
            if !entry.merges {
                object.insert(key.clone().into_owned(), self.value(entry.value));
                continue;
            }
            for lender in self.lenders(entry) {
                for (key, value) in self.object(lender) {
                    let own = entries.get(key.as_str()).is_some_and(|own| !own.merges);
                    if !own && !object.contains_key(&key) {
                        object.insert(key, value);
                    }
                }
            }
        }
        object
    }

    /// The mappings whose pairs a merge key lends, the stronger first.
    fn lenders<'a>(&'a self, merge: &'a Entry) -> impl Iterator<Item = &'a Entries<'t>> {
        let several: &'a [Id] = match &self.nodes[merge.value].content {
            Content::Sequence(items) => items,
            _ => std::slice::from_ref(&merge.value),
        };
        several.iter().filter_map(|id| match &self.nodes[*id].content {
            Content::Mapping(entries) => Some(entries.as_ref()),
            _ => None,
        })
    }

    /// The place in `text`, whose tree this is, that `pointer` leads to: its value or key, or the nearest ancestor that
    /// exists. `None` if nothing could be read at all.
    pub(crate) fn locate(&self, text: &str, pointer: &Pointer, highlight: Highlight) -> Option<Located> {
        let mut node = self.root?;
        let mut key = None;
        let mut matched = 0;
        let mut merges = MAX_MERGES;
        for token in pointer.tokens() {
            let Some((found_key, child)) = self.step(node, token, &mut merges) else { break };
            (node, key, matched) = (child, found_key, matched + 1);
        }
        let whole = self.nodes[node].span;
        let span = match key {
            Some(key) if highlight == Highlight::Key || matched < pointer.tokens().len() => key,
            // A value over many lines begins where nobody looks for it.
            Some(key) if self.is_collection(node) && !fits_a_line(text, key, whole) => key,
            None | Some(_) => whole,
        };
        Some(Located { span, matched })
    }

    fn step(&self, node: Id, token: &str, merges: &mut usize) -> Option<(Option<Span>, Id)> {
        match &self.nodes[node].content {
            Content::Open | Content::Scalar(..) => None,
            Content::Sequence(items) => {
                // RFC 6901 knows neither a sign nor leading zeros.
                let index: usize = token.parse().ok().filter(|index: &usize| index.to_string() == token)?;
                items.get(index).map(|item| (None, *item))
            }
            Content::Mapping(entries) => self.entry(entries, token, merges).map(|entry| (Some(entry.key), entry.value)),
        }
    }

    fn entry<'a>(&'a self, entries: &'a Entries<'t>, name: &str, merges: &mut usize) -> Option<&'a Entry> {
        if let Some(entry) = entries.get(name).filter(|entry| !entry.merges) {
            return Some(entry);
        }
        // There is one merge key at most.
        let merge = entries.get("<<").filter(|entry| entry.merges)?;
        self.lenders(merge).find_map(|lender| {
            *merges = merges.checked_sub(1)?;
            self.entry(lender, name, merges)
        })
    }

    fn is_collection(&self, node: Id) -> bool {
        matches!(self.nodes[node].content, Content::Sequence(_) | Content::Mapping(_))
    }

    /// Whether a merge key can merge this node.
    pub(super) fn is_mergeable(&self, node: Id) -> bool {
        let is_mapping = |id: &Id| matches!(self.nodes[*id].content, Content::Mapping(_));
        match &self.nodes[node].content {
            Content::Sequence(items) => items.iter().all(is_mapping),
            _ => is_mapping(&node),
        }
    }
}

fn fits_a_line(text: &str, key: Span, value: Span) -> bool {
    // Behind an alias the value may stand anywhere.
    let between = text.as_bytes().get(key.end..value.end);
    between.is_some_and(|between| between.len() <= MAX_MARKED && !between.contains(&b'\n'))
}
