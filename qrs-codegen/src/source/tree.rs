//! A document's values with the places where they stand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use serde_json::{Map, Number, Value};

use super::{MAX_DEPTH, MAX_EXPANDED_BYTES, MAX_VALUES};
use crate::diagnostic::{Diagnostic, Part, Pointer, Problem, Span};

/// How many problems are collected before reading stops. No author mends more at once, and a hostile text may hold
/// millions.
const MAX_PROBLEMS: usize = 1000;

/// How many merged mappings one pointer is looked for in, so that merges of merges of merges end.
const MAX_MERGES: usize = 1000;

/// Bytes of a collection up to which it is marked as a whole.
const MAX_MARKED: usize = 200;

type Id = usize;

/// The values of a text. Aliases are resolved: what an alias stands for is the node of its anchor, once.
#[derive(Default)]
pub(crate) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    root: Option<Id>,
}

struct Node<'t> {
    span: Span,
    content: Content<'t>,
    /// Collections within each other, this one included.
    height: usize,
    weight: Weight,
}

enum Content<'t> {
    /// Still being read.
    Open,
    Scalar(Cow<'t, str>, Resolved),
    Sequence(Vec<Id>),
    // Boxed, as most nodes are scalars and there may be millions.
    Mapping(Box<Entries<'t>>),
}

type Entries<'t> = IndexMap<Cow<'t, str>, Entry>;

struct Entry {
    key: Span,
    value: Id,
    /// Whether the key is a `<<` that lends the pairs of other mappings.
    merges: bool,
}

/// What a scalar means.
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Number(Number),
    /// The text itself.
    Text,
}

#[derive(Clone, Copy)]
pub(super) enum Collection {
    Sequence,
    Mapping,
}

#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// Between brackets: has an end.
    Flow,
    /// By indentation: is marked by its first key.
    Block,
}

/// What a node counts for when it is written out without aliases.
#[derive(Clone, Copy, Default)]
struct Weight {
    values: usize,
    bytes: usize,
}

impl Weight {
    fn add(&mut self, other: Weight) {
        self.values = self.values.saturating_add(other.values);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    fn is_excessive(self) -> bool {
        self.values > MAX_VALUES || self.bytes > MAX_EXPANDED_BYTES
    }
}

/// Where a pointer leads.
#[derive(Clone, Copy)]
pub(crate) struct Located {
    pub(crate) span: Span,
    /// How many tokens of the pointer exist.
    pub(crate) matched: usize,
}

impl<'t> Tree<'t> {
    /// The document as one value, or why it is none.
    pub(super) fn into_mapping(self) -> Result<Value, Box<Diagnostic>> {
        let (problem, span) = match self.root.map(|root| &self.nodes[root]) {
            None => (Problem::Empty, Span::at(0)),
            Some(node) => match &node.content {
                Content::Mapping(entries) => return Ok(Value::Object(self.object(entries))),
                Content::Scalar(text, Resolved::Null) if text.is_empty() => (Problem::Empty, node.span),
                Content::Sequence(_) => (Problem::NotAMapping { found: "a list" }, node.span),
                Content::Scalar(..) | Content::Open => (Problem::NotAMapping { found: "a single value" }, node.span),
            },
        };
        Err(Box::new(Diagnostic::error(Pointer::default(), problem).at(span)))
    }

    /// The text's value; `None` if it holds none.
    pub(super) fn into_value(self) -> Option<Value> {
        self.root.map(|root| self.value(root))
    }

    fn value(&self, id: Id) -> Value {
        match &self.nodes[id].content {
            Content::Open => Value::Null,
            Content::Scalar(text, resolved) => match resolved {
                Resolved::Null => Value::Null,
                Resolved::Bool(value) => Value::Bool(*value),
                Resolved::Number(number) => Value::Number(number.clone()),
                Resolved::Text => Value::String(text.clone().into_owned()),
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

    /// Where `pointer` leads in `text`, which this is the tree of: to its value or key, or to the nearest ancestor that
    /// exists. `None` if nothing could be read at all.
    pub(crate) fn locate(&self, text: &str, pointer: &Pointer, part: Part) -> Option<Located> {
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
            Some(key) if part == Part::Key || matched < pointer.tokens().len() => key,
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

    /// Whether a merge key can lend what this is.
    fn is_mergeable(&self, node: Id) -> bool {
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

/// Reading cannot go on. The problem that says why is with the builder.
pub(super) struct Stop;

/// Makes a tree of what a reader meets, and collects what is wrong with it.
#[derive(Default)]
pub(super) struct Builder<'t> {
    tree: Tree<'t>,
    frames: Vec<Frame<'t>>,
    anchors: HashMap<usize, Id>,
    problems: Vec<Diagnostic>,
    written: Weight,
    repeated: Weight,
}

/// A collection that is still open.
struct Frame<'t> {
    id: Id,
    layout: Layout,
    partial: Partial<'t>,
    /// Of what it holds so far.
    height: usize,
    weight: Weight,
}

enum Partial<'t> {
    Sequence(Vec<Id>),
    Mapping(Entries<'t>, Key<'t>),
}

/// The key of the pair that is being read.
enum Key<'t> {
    Awaited,
    Given {
        name: Cow<'t, str>,
        span: Span,
        merges: bool,
    },
    /// It was no key; its value is read and dropped.
    Refused,
}

impl<'t> Builder<'t> {
    /// A collection begins, at the `start` of its text.
    pub(super) fn open(
        &mut self,
        collection: Collection,
        layout: Layout,
        start: Span,
        anchor: Option<usize>,
    ) -> Result<(), Stop> {
        if self.frames.len() >= MAX_DEPTH {
            self.problem(Problem::TooDeep, start);
            return Err(Stop);
        }
        let id = self.node(start, Content::Open, Weight { values: 1, bytes: 0 }, anchor)?;
        let partial = match collection {
            Collection::Sequence => Partial::Sequence(Vec::new()),
            Collection::Mapping => Partial::Mapping(Entries::new(), Key::Awaited),
        };
        let weight = self.tree.nodes[id].weight;
        self.frames.push(Frame { id, layout, partial, height: 0, weight });
        Ok(())
    }

    /// The innermost collection ends, before `end`.
    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let node = &mut self.tree.nodes[frame.id];
        match (frame.layout, &frame.partial) {
            (Layout::Flow, _) => node.span = Span::new(node.span.start, end.max(node.span.end)),
            (Layout::Block, Partial::Mapping(entries, _)) => {
                node.span = entries.first().map_or(node.span, |(_, entry)| entry.key);
            }
            (Layout::Block, Partial::Sequence(_)) => {}
        }
        node.content = match frame.partial {
            Partial::Sequence(items) => Content::Sequence(items),
            Partial::Mapping(entries, _) => Content::Mapping(Box::new(entries)),
        };
        node.height = frame.height + 1;
        node.weight = frame.weight;
        let span = node.span;
        self.attach(frame.id, span);
    }

    /// A scalar with its text, without quotes and escapes, and what it means. A key is its text, whatever it means;
    /// `plain` text may be a merge key.
    pub(super) fn scalar(
        &mut self,
        (text, meaning): (Cow<'t, str>, Result<Resolved, Problem>),
        plain: bool,
        span: Span,
        anchor: Option<usize>,
    ) -> Result<(), Stop> {
        let weight = Weight { values: 1, bytes: text.len() };
        if let Some(frame) = self.frames.last_mut()
            && let Partial::Mapping(_, key @ Key::Awaited) = &mut frame.partial
            && anchor.is_none()
        {
            // Most keys are spared a node.
            let merges = plain && text == "<<";
            *key = Key::Given { name: text, span, merges };
            let weight = Weight { values: 0, ..weight };
            frame.weight.add(weight);
            return self.count(weight, span);
        }
        let awaits_key = self.awaits_key();
        let meaning = match meaning {
            Ok(meaning) => meaning,
            Err(_) if awaits_key => Resolved::Text,
            Err(problem) => {
                self.problem(problem, span);
                Resolved::Text
            }
        };
        let id = self.node(span, Content::Scalar(text, meaning), weight, anchor)?;
        self.attach(id, span);
        Ok(())
    }

    /// A repetition of the node that has this anchor.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let target = self.anchors.get(&anchor).copied();
        let target = target.filter(|id| !matches!(self.tree.nodes[*id].content, Content::Open));
        let Some(id) = target else {
            self.problem(Problem::SelfReference, span);
            let content = Content::Scalar(Cow::Borrowed(""), Resolved::Null);
            let id = self.node(span, content, Weight::default(), None)?;
            self.attach(id, span);
            return Ok(());
        };
        let Node { height, weight, .. } = self.tree.nodes[id];
        if self.frames.len() + height > MAX_DEPTH {
            self.problem(Problem::TooDeep, span);
            return Err(Stop);
        }
        self.repeated.add(weight);
        self.count(Weight::default(), span)?;
        self.attach(id, span);
        Ok(())
    }

    /// Notes a problem of what is being read, at `span`.
    pub(super) fn problem(&mut self, problem: Problem, span: Span) {
        let found = Diagnostic::error(self.pointer(), problem).at(span);
        let found = match found.problem {
            Problem::TooDeep => found.help(format!("at most {MAX_DEPTH} collections may lie within each other")),
            Problem::TooLarge => found.help(format!("at most {MAX_VALUES} values are read")),
            Problem::AliasBomb => {
                found.help(format!("at most {MAX_VALUES} values are read, repeated ones counted each time"))
            }
            _ => found,
        };
        self.problems.push(found);
    }

    /// What was read. Collections that are still open end here.
    pub(super) fn finish(mut self) -> (Tree<'t>, Vec<Diagnostic>) {
        // That they are not whole is no further problem.
        let problems = mem::take(&mut self.problems);
        while let Some(frame) = self.frames.last() {
            self.close(self.tree.nodes[frame.id].span.end);
        }
        (self.tree, problems)
    }

    fn node(&mut self, span: Span, content: Content<'t>, weight: Weight, anchor: Option<usize>) -> Result<Id, Stop> {
        self.count(weight, span)?;
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node { span, content, height: 0, weight });
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    fn count(&mut self, written: Weight, span: Span) -> Result<(), Stop> {
        self.written.add(written);
        let mut expanded = self.repeated;
        expanded.add(self.written);
        if !expanded.is_excessive() && self.problems.len() < MAX_PROBLEMS {
            return Ok(());
        }
        let problem = if !expanded.is_excessive() {
            Problem::TooManyProblems
        } else if self.written.is_excessive() {
            Problem::TooLarge
        } else {
            Problem::AliasBomb
        };
        self.problem(problem, span);
        Err(Stop)
    }

    fn awaits_key(&self) -> bool {
        let last = self.frames.last().map(|frame| &frame.partial);
        matches!(last, Some(Partial::Mapping(_, Key::Awaited)))
    }

    /// Puts a finished node where it belongs: it is an item, a key, a value or the document.
    fn attach(&mut self, id: Id, span: Span) {
        let node = &self.tree.nodes[id];
        let Some(frame) = self.frames.last_mut() else {
            self.tree.root = Some(id);
            return;
        };
        frame.height = frame.height.max(node.height);
        frame.weight.add(node.weight);
        let (entries, key) = match &mut frame.partial {
            Partial::Sequence(items) => return items.push(id),
            Partial::Mapping(entries, key) => (entries, key),
        };
        match mem::replace(key, Key::Awaited) {
            Key::Refused => {}
            Key::Awaited => {
                if let Content::Scalar(text, _) = &node.content {
                    *key = Key::Given { name: text.clone(), span, merges: false };
                } else {
                    *key = Key::Refused;
                    self.problem(Problem::KeyNotString, span);
                }
            }
            Key::Given { name, span: key, merges } => {
                let unfit = merges && !self.tree.is_mergeable(id);
                let first = match entries.entry(name.clone()) {
                    Slot::Occupied(held) => Some(held.get().key),
                    Slot::Vacant(free) => {
                        // What cannot be merged is kept as an ordinary pair, so that its place can be found.
                        free.insert(Entry { key, value: id, merges: merges && !unfit });
                        None
                    }
                };
                if let Some(first) = first {
                    self.duplicate(&name, key, first);
                }
                if unfit {
                    self.problem(Problem::BadMerge, span);
                }
            }
        }
    }

    fn duplicate(&mut self, name: &str, again: Span, first: Span) {
        let pointer = self.pointer().child(name);
        let problem = Problem::DuplicateKey { key: name.to_owned() };
        self.problems.push(Diagnostic::error(pointer.clone(), problem).at(again).related_at(
            pointer,
            first,
            "first given here",
        ));
    }

    /// The place of what is being read.
    fn pointer(&self) -> Pointer {
        let mut pointer = Pointer::default();
        for frame in &self.frames {
            match &frame.partial {
                Partial::Sequence(items) => pointer.push(items.len().to_string()),
                Partial::Mapping(_, Key::Given { name, .. }) => pointer.push(name.clone().into_owned()),
                Partial::Mapping(_, Key::Awaited | Key::Refused) => {}
            }
        }
        pointer
    }
}
