//! Finds secrets in a text, however they are escaped.

use std::ops::Range;

use crate::runtime::text::escape::{Escape, escape_at};
use crate::runtime::text::one_line::is_invisible;

/// The number of characters by which a secret is recognized. Further ones belong to it as far as they agree, so that the
/// time is linear in the length of the text, whatever the secrets are.
const RECOGNIZED: usize = 64;

/// The number of readings of escapes that are followed at a time.
const READINGS: usize = 8;

/// The number of times that escapes are undone: JSON in JSON in a URL is three.
const NESTING: usize = 5;

/// A secret as it is matched.
#[derive(Clone)]
pub(crate) struct Pattern {
    /// Its characters that count, in lower case.
    characters: Box<[char]>,
    /// The number of ignored characters at its end, which go with it where they are escaped.
    trailing: usize,
}

impl Pattern {
    /// The pattern of a value, unless nothing of the value counts.
    pub(crate) fn of(value: &str) -> Option<Self> {
        let characters: Box<[char]> =
            value.chars().filter(|c| !is_ignored(*c)).map(|c| c.to_ascii_lowercase()).collect();
        let trailing = value.chars().rev().take_while(|c| is_ignored(*c)).count();
        (!characters.is_empty()).then_some(Self { characters, trailing })
    }
}

fn is_ignored(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}

/// The places of secrets in a text.
pub(crate) struct Found {
    /// The secrets, in order, none within another.
    pub(crate) ranges: Vec<Range<usize>>,
    /// The start of a secret that the text may end within, or else the end of the text.
    pub(crate) end: usize,
}

/// Patterns as a tree of their characters, so that a text is compared with all of them at once.
pub(crate) struct Matcher<'p> {
    /// The root is the first.
    nodes: Vec<Node<'p>>,
}

#[derive(Default)]
struct Node<'p> {
    /// The nodes behind this one, ordered by the characters that lead to them.
    children: Vec<(char, usize)>,
    /// The patterns whose recognized characters end here.
    ends: Vec<&'p Pattern>,
}

impl Node<'_> {
    fn child(&self, character: char) -> Option<usize> {
        let at = self.children.binary_search_by_key(&character, |(character, _)| *character).ok()?;
        self.children.get(at).map(|(_, child)| *child)
    }
}

impl<'p> Matcher<'p> {
    pub(crate) fn new(patterns: impl Iterator<Item = &'p Pattern>) -> Self {
        let mut matcher = Self { nodes: vec![Node::default()] };
        patterns.for_each(|pattern| matcher.add(pattern));
        matcher
    }

    fn add(&mut self, pattern: &'p Pattern) {
        let mut node = 0;
        for character in pattern.characters.iter().take(RECOGNIZED) {
            let new = self.nodes.len();
            let Some(Node { children, .. }) = self.nodes.get_mut(node) else { return };
            node = match children.binary_search_by_key(character, |(character, _)| *character) {
                Ok(at) => children.get(at).map_or(node, |(_, child)| *child),
                Err(at) => {
                    children.insert(at, (*character, new));
                    self.nodes.push(Node::default());
                    new
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.ends.push(pattern);
        }
    }

    /// The secrets in `text`. Escapes are undone until there are none left, so that a value is found that was escaped
    /// more than once. `cut` says that the text is the beginning of a longer one.
    pub(crate) fn find(&self, text: &str, cut: bool) -> Found {
        let mut found = Found { ranges: Vec::new(), end: text.len() };
        let mut units = Unit::of_text(text);
        for level in 1..=NESTING {
            self.find_in(&units, cut, &mut found);
            match Unit::unescaped(&units) {
                Some(next) if level < NESTING => units = next,
                _ => break,
            }
        }
        found.ranges.sort_unstable_by_key(|range| (range.start, range.end));
        found.ranges.dedup_by(|next, last| {
            let overlap = next.start < last.end;
            if overlap {
                last.end = last.end.max(next.end);
            }
            overlap
        });
        found
    }

    fn find_in(&self, units: &[Unit], cut: bool, found: &mut Found) {
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            match self.match_at(units, at) {
                Match::Whole(next) => {
                    let last = units.get(next.saturating_sub(1)).unwrap_or(unit);
                    found.ranges.push(unit.start..last.end);
                    at = next.max(at + 1);
                }
                Match::Begun if cut => {
                    found.end = found.end.min(unit.start);
                    return;
                }
                Match::Begun | Match::No => at += 1,
            }
        }
    }

    /// The longest secret that begins at `start`.
    fn match_at(&self, units: &[Unit], start: usize) -> Match {
        // A backslash may stand for itself or begin an escape: every reading is followed until it disagrees.
        let mut readings = Readings::at(0, start);
        let mut whole = None;
        let mut begun = false;
        while !readings.is_empty() {
            let mut next = Readings::default();
            let mut at = 0;
            while let Some((node, end)) = readings.get(at) {
                at += 1;
                let Some(held) = self.nodes.get(node) else { continue };
                whole = whole.max(held.ends.iter().map(|pattern| pattern.end(units, end)).max());
                if held.children.is_empty() {
                    continue;
                }
                let Some(unit) = units.get(end) else {
                    begun = true;
                    continue;
                };
                begun |= unit.unfinished;
                match held.child(unit.folded) {
                    Some(child) => next.push(child, end + 1),
                    // In a form, a plus sign is a space.
                    None if unit.folded == '+' && node > 0 => readings.push(node, end + 1),
                    None => {}
                }
                match unit.escaped {
                    Some((found, _)) if is_ignored(found) && node == 0 => {}
                    Some((found, after)) if is_ignored(found) => readings.push(node, after),
                    Some((found, after)) => {
                        held.child(found.to_ascii_lowercase()).into_iter().for_each(|child| next.push(child, after));
                    }
                    None => {}
                }
            }
            readings = next;
        }
        match whole {
            Some(end) => Match::Whole(end),
            None if begun => Match::Begun,
            None => Match::No,
        }
    }
}

impl Pattern {
    /// The end of the pattern in a text that agrees with its recognized characters up to `from`.
    fn end(&self, units: &[Unit], from: usize) -> usize {
        let mut readings = Readings::at(0, from);
        for wanted in self.characters.iter().skip(RECOGNIZED) {
            let mut next = Readings::default();
            let mut at = 0;
            while let Some((_, end)) = readings.get(at) {
                at += 1;
                let Some(unit) = units.get(end) else { continue };
                if unit.folded == *wanted {
                    next.push(0, end + 1);
                }
                match unit.escaped {
                    Some((found, after)) if is_ignored(found) => readings.push(0, after),
                    Some((found, after)) if found.to_ascii_lowercase() == *wanted => next.push(0, after),
                    _ => {}
                }
            }
            if next.is_empty() {
                break;
            }
            readings = next;
        }
        skip_ignored(units, readings.last(from), self.trailing)
    }
}

/// Skips up to `most` escaped characters that do not count.
fn skip_ignored(units: &[Unit], mut at: usize, most: usize) -> usize {
    for _ in 0..most {
        match units.get(at).and_then(|unit| unit.escaped) {
            Some((found, after)) if is_ignored(found) => at = after,
            _ => break,
        }
    }
    at
}

enum Match {
    Whole(usize),
    /// The text ends within what may be a secret.
    Begun,
    No,
}

/// A character of a text that counts, and the escape that begins with it.
struct Unit {
    /// The place in the text, with all that it was escaped by.
    start: usize,
    end: usize,
    character: char,
    /// In lower case.
    folded: char,
    /// The character that the escape stands for, and the unit after the escape.
    escaped: Option<(char, usize)>,
    /// Whether the text ends within what may be an escape.
    unfinished: bool,
}

impl Unit {
    const fn new(character: char, start: usize, end: usize) -> Self {
        Self { start, end, character, folded: character.to_ascii_lowercase(), escaped: None, unfinished: false }
    }

    fn of_text(text: &str) -> Vec<Self> {
        let characters = text.char_indices().filter(|(_, character)| !is_ignored(*character));
        let mut units: Vec<Self> =
            characters.map(|(start, character)| Self::new(character, start, start + character.len_utf8())).collect();
        Self::find_escapes(&mut units);
        units
    }

    /// The units with their escapes undone; `None` if there are none.
    fn unescaped(units: &[Self]) -> Option<Vec<Self>> {
        units.iter().find(|unit| unit.escaped.is_some())?;
        let mut plain = Vec::with_capacity(units.len());
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let (character, next) = unit.escaped.unwrap_or((unit.character, at + 1));
            let last = units.get(next.saturating_sub(1)).unwrap_or(unit);
            if !is_ignored(character) {
                plain.push(Self::new(character, unit.start, last.end));
            }
            at = next.max(at + 1);
        }
        Self::find_escapes(&mut plain);
        Some(plain)
    }

    fn find_escapes(units: &mut [Self]) {
        let text: String = units.iter().map(|unit| unit.character).collect();
        for (at, (offset, _)) in text.char_indices().enumerate() {
            let Some(unit) = units.get_mut(at) else { break };
            if !matches!(unit.character, '\\' | '%' | '&') {
                continue;
            }
            match escape_at(text.get(offset..).unwrap_or_default()) {
                // Escapes are ASCII: as many units as bytes.
                Escape::Of(found, length) => unit.escaped = Some((found, at + length)),
                Escape::Unfinished => unit.unfinished = true,
                Escape::None => {}
            }
        }
    }
}

/// The positions that the readings of a text have reached, each with its node, without duplicates.
#[derive(Default)]
struct Readings {
    reached: [(usize, usize); READINGS],
    count: usize,
}

impl Readings {
    fn at(node: usize, start: usize) -> Self {
        let mut readings = Self::default();
        readings.push(node, start);
        readings
    }

    fn held(&self) -> &[(usize, usize)] {
        self.reached.get(..self.count).unwrap_or_default()
    }

    fn get(&self, at: usize) -> Option<(usize, usize)> {
        self.held().get(at).copied()
    }

    fn push(&mut self, node: usize, end: usize) {
        if !self.held().contains(&(node, end))
            && let Some(slot) = self.reached.get_mut(self.count)
        {
            *slot = (node, end);
            self.count += 1;
        }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The furthest position, at least `from`.
    fn last(&self, from: usize) -> usize {
        self.held().iter().map(|(_, end)| *end).fold(from, usize::max)
    }
}
