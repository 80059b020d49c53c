//! The part of a long line that a snippet shows, with its marks.

use std::collections::VecDeque;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::TextRange;
use crate::diagnostic::is_treacherous;

/// Characters of a line that a snippet shows, and how many of them precede the place that is marked.
const WIDTH: usize = 120;
const LEAD: usize = 40;

/// A mark in a snippet.
pub(super) struct Mark {
    pub(super) kind: AnnotationKind,
    pub(super) found: TextRange,
    pub(super) label: Option<String>,
}

/// The part of a line that a snippet shows.
pub(super) struct Window {
    shown: Range<usize>,
    /// Whether the line begins before it.
    pub(super) cut_before: bool,
    /// Whether the line goes on after it.
    cut_after: bool,
}

impl Window {
    /// The line around the byte `place`, or as much of it as may be shown.
    pub(super) fn around(text: &str, place: usize) -> Window {
        let before = text.get(..place).unwrap_or_default();
        let after = text.get(place..).unwrap_or_default();
        let goes_on = |(_, c): &(usize, char)| *c != '\n';
        // Where the characters before the place start, the nearest first, and where those after it end.
        let starts = before.char_indices().rev().take_while(goes_on).map(|(at, _)| at);
        let ends = after.char_indices().take_while(goes_on).map(|(at, c)| place + at + c.len_utf8());
        let starts: Vec<usize> = starts.take(WIDTH + 1).collect();
        let ends: Vec<usize> = ends.take(WIDTH + 1).collect();

        // A line that fits is shown whole, else the place stands at a fixed distance from the cut.
        let fits = starts.len() + ends.len() <= WIDTH;
        let lead = if fits { starts.len() } else { starts.len().min(LEAD) };
        let tail = ends.len().min(WIDTH - lead);
        let last = |kept: Option<&[usize]>| kept.and_then(<[usize]>::last).copied().unwrap_or(place);
        let mut shown = last(starts.get(..lead))..last(ends.get(..tail));
        let cut_after = tail < ends.len();
        if !cut_after && text[shown.clone()].ends_with('\r') {
            shown.end -= 1;
        }
        if shown.start == 0 && text.starts_with('\u{feff}') {
            shown.start = '\u{feff}'.len_utf8().min(shown.end);
        }
        Window { shown, cut_before: lead < starts.len(), cut_after }
    }

    /// Whether `other` can be marked in the window that was opened for `first`.
    pub(super) fn shows(&self, first: TextRange, other: TextRange) -> bool {
        let within = self.shown.start <= other.span.start && other.span.start <= self.shown.end;
        first.origin == other.origin && first.line == other.line && within
    }

    /// The snippet with these marks, whose first line has this number.
    pub(super) fn snippet(
        &self,
        text: &str,
        line: usize,
        marks: VecDeque<Mark>,
    ) -> Snippet<'static, Annotation<'static>> {
        // Where each byte went: what stands in for a character may be of another length, though it is one character
        // too, since the renderer counts them.
        let mut places = Vec::with_capacity(self.shown.len() + 1);
        let mut shown = String::new();
        if self.cut_before {
            shown.push('…');
        }
        for c in text[self.shown.clone()].chars() {
            places.extend(std::iter::repeat_n(shown.len(), c.len_utf8()));
            shown.push(if is_treacherous(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
        }
        places.push(shown.len());
        if self.cut_after {
            shown.push('…');
        }
        let place = |offset: usize| {
            let offset = offset.clamp(self.shown.start, self.shown.end) - self.shown.start;
            places.get(offset).copied().unwrap_or_default()
        };
        let annotations = marks.into_iter().map(|mark| {
            let span = place(mark.found.span.start)..place(mark.found.span.end);
            mark.kind.span(span).label(mark.label)
        });
        Snippet::source(shown).line_start(line).annotations(annotations.collect::<Vec<_>>())
    }
}
