//! Builds a tree of what a reader of YAML or JSON meets.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use indexmap::map::Entry as Slot;

use super::tree::{Content, Entries, Entry, Id, Node, ScalarValue, Tree, Weight};
use super::{MAX_DEPTH, MAX_VALUES};
use crate::diagnostic::{Diagnostic, Pointer, Problem, Span};

/// The number of problems after which reading stops. No author fixes more at once, and a hostile text may hold millions.
const MAX_PROBLEMS: usize = 1000;

#[derive(Clone, Copy)]
pub(super) enum Collection {
    Sequence,
    Mapping,
}

#[derive(Clone, Copy)]
pub(super) enum Notation {
    /// Between brackets: has an end.
    Flow,
    /// By indentation: is marked by its first key.
    Block,
}

/// Reading cannot go on. The builder has the problem that explains it.
pub(super) struct Stop;

/// Makes a tree of what a reader meets, and collects problems.
#[derive(Default)]
pub(super) struct Builder<'t> {
    tree: Tree<'t>,
    frames: Vec<Frame<'t>>,
    anchors: HashMap<usize, Id>,
    problems: Vec<Diagnostic>,
    written: Weight,
    repeated: Weight,
    /// The places that are read, the root first; all if there is none.
    wanted: Vec<WantedPlace>,
}

/// A place that pointers lead to or through: the keys and indices by which they go on, to places of these numbers.
#[derive(Default)]
struct WantedPlace(HashMap<String, usize>);

/// A collection that is still open.
struct Frame<'t> {
    id: Id,
    notation: Notation,
    partial: Partial<'t>,
    wanted: Option<usize>,
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
    /// A builder that wants no more than these places and those around them.
    pub(super) fn towards(pointers: &[&Pointer]) -> Builder<'t> {
        let mut wanted = vec![WantedPlace::default()];
        for pointer in pointers {
            let mut place = 0;
            for token in pointer.tokens() {
                let new = wanted.len();
                let known = *wanted[place].0.entry(token.clone()).or_insert(new);
                if known == new {
                    wanted.push(WantedPlace::default());
                }
                place = known;
            }
        }
        Builder { wanted, ..Builder::default() }
    }

    /// Whether anything is wanted of the collection that begins.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.is_empty() || self.wanted_place().is_some()
    }

    /// The wanted place where a value begins.
    fn wanted_place(&self) -> Option<usize> {
        let Some(frame) = self.frames.last() else { return (!self.wanted.is_empty()).then_some(0) };
        let within = &self.wanted.get(frame.wanted?)?.0;
        match &frame.partial {
            Partial::Mapping(_, Key::Given { name, .. }) => within.get(name.as_ref()).copied(),
            Partial::Sequence(items) if !within.is_empty() => within.get(&items.len().to_string()).copied(),
            Partial::Mapping(..) | Partial::Sequence(_) => None,
        }
    }

    /// A collection begins, at the `start` of its text.
    pub(super) fn open(
        &mut self,
        collection: Collection,
        notation: Notation,
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
        let wanted = self.wanted_place();
        self.frames.push(Frame { id, notation, partial, wanted, height: 0, weight });
        Ok(())
    }

    /// The innermost collection ends, before `end`.
    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let node = &mut self.tree.nodes[frame.id];
        match (frame.notation, &frame.partial) {
            (Notation::Flow, _) => node.span = Span::new(node.span.start, end.max(node.span.end)),
            (Notation::Block, Partial::Mapping(entries, _)) => {
                node.span = entries.first().map_or(node.span, |(_, entry)| entry.key);
            }
            (Notation::Block, Partial::Sequence(_)) => {}
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
        (text, meaning): (Cow<'t, str>, Result<ScalarValue, Problem>),
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
            Err(_) if awaits_key => ScalarValue::Text,
            Err(problem) => {
                self.problem(problem, span);
                ScalarValue::Text
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
            let content = Content::Scalar(Cow::Borrowed(""), ScalarValue::Null);
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

    /// Returns what was read. Collections that are still open end here.
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

    /// Attaches a finished node to the open collection, as an item, a key or a value; the last one is the document.
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
                    Slot::Occupied(mut held) => {
                        // The last one counts, as readers of JSON have it.
                        let first = held.get().key;
                        held.insert(Entry { key, value: id, merges: merges && !unfit });
                        Some(first)
                    }
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
