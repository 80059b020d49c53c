//! The problems of one run, in order, with their places, rendered for a terminal.

mod window;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter, Write as _};
use std::sync::OnceLock;

use annotate_snippets::{AnnotationKind, Group, Level, Origin as Header, Renderer};
use memchr::{memchr_iter, memrchr};

use crate::diagnostic::{Diagnostic, Graft, Highlight, Origin, Pointer, Severity, Span, message};
use crate::files::LoadedFile;
use crate::source::{Source, Tree, parse, parse_towards};
use window::{Mark, Window};

/// The diagnostics of each severity that are rendered: the others are counted.
const MAX_SHOWN: usize = 200;

/// The severities in the order of their counts, with their names.
const SEVERITIES: [(Severity, &str); 3] =
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];

/// All problems of one run, with the texts that they speak of.
///
/// It holds them in the order of the document, those of the overlays after those of the document, and each once. That
/// order, and with it lines and columns, is found when it is first asked for.
pub struct Report {
    document: NamedText,
    files: Vec<NamedText>,
    overlays: Vec<NamedText>,
    grafts: Vec<Graft>,
    diagnostics: Vec<Diagnostic>,
    placed: OnceLock<Vec<PlacedDiagnostic>>,
}

/// The style that a report is rendered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text without colours, for files and pipes.
    Plain,
    /// With ANSI escape codes for colours.
    Colour,
}

/// A place as editors count it. Displays as `file:line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The name of the text, as it was given.
    pub file: &'a str,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Display for Position<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", printable(self.file), self.line, self.column)
    }
}

struct NamedText {
    name: String,
    text: String,
}

impl From<Source<'_>> for NamedText {
    fn from(source: Source<'_>) -> NamedText {
        NamedText { name: source.name.to_owned(), text: source.text.to_owned() }
    }
}

/// A diagnostic with its place.
struct PlacedDiagnostic {
    /// The index of the diagnostic among those that were given.
    index: usize,
    primary: Option<TextRange>,
    related: Vec<Option<TextRange>>,
}

/// A place in a text.
#[derive(Clone, Copy)]
pub(super) struct TextRange {
    pub(super) origin: Origin,
    pub(super) span: Span,
    /// Whether this is the place itself, and not an ancestor.
    pub(super) exact: bool,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Report {
    /// A report on `document` and the `overlays` that were applied to it. The order of `diagnostics` decides only
    /// between those at the same place.
    #[must_use]
    pub fn new(
        document: Source<'_>,
        overlays: &[Source<'_>],
        grafts: Vec<Graft>,
        diagnostics: Vec<Diagnostic>,
    ) -> Report {
        Report {
            document: document.into(),
            files: Vec::new(),
            overlays: overlays.iter().copied().map(NamedText::from).collect(),
            grafts,
            diagnostics,
            placed: OnceLock::new(),
        }
    }

    /// The same report, which may speak of these `files`, too.
    #[must_use]
    pub(crate) fn with_files(mut self, files: Vec<LoadedFile>) -> Report {
        let text = |file: LoadedFile| NamedText { name: file.display_name, text: file.text.unwrap_or_default() };
        self.files = files.into_iter().map(text).collect();
        self
    }

    /// The diagnostics, in the order of the document.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.placed().iter().map(|placed| &self.diagnostics[placed.index])
    }

    /// The diagnostics, each with its [`position`](Self::position). All take the time of one.
    pub fn located(&self) -> impl Iterator<Item = (&Diagnostic, Option<Position<'_>>)> {
        self.placed().iter().map(|placed| (&self.diagnostics[placed.index], self.position_of(placed)))
    }

    /// The number of diagnostics of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics().filter(|found| found.severity == severity).count()
    }

    /// The numbers of diagnostics of this severity, by the codes of their problems.
    #[must_use]
    pub fn count_by_code(&self, severity: Severity) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for found in self.diagnostics().filter(|found| found.severity == severity) {
            *counts.entry(found.problem.code()).or_default() += 1;
        }
        counts
    }

    /// Whether there are no diagnostics.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Whether there is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The place of one of these [`diagnostics`](Self::diagnostics). `None` for others, and if too little of the text can
    /// be read.
    #[must_use]
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<Position<'_>> {
        let mut placed = self.placed().iter();
        let placed = placed.find(|placed| {
            let own = &self.diagnostics[placed.index];
            std::ptr::eq(own, diagnostic) || own == diagnostic
        })?;
        self.position_of(placed)
    }

    /// The places of pointers into the document, in their order; of what cannot be found, that of what holds it.
    pub fn positions<'p>(&self, pointers: impl IntoIterator<Item = &'p Pointer>) -> Vec<Option<Position<'_>>> {
        let pointers: Vec<&Pointer> = pointers.into_iter().collect();
        let mut finder = Finder::new(self, pointers.clone());
        let pointers = pointers.into_iter();
        let mut found: Vec<Option<TextRange>> =
            pointers.map(|pointer| finder.find(Origin::Document, pointer, Highlight::Key)).collect();
        self.count_all_lines(found.iter_mut().flatten());
        found.into_iter().map(|found| self.position_in(found?)).collect()
    }

    fn position_of(&self, placed: &PlacedDiagnostic) -> Option<Position<'_>> {
        self.position_in(placed.primary?)
    }

    fn position_in(&self, found: TextRange) -> Option<Position<'_>> {
        let file = &self.text(found.origin)?.name;
        Some(Position { file, line: found.line, column: found.column })
    }

    /// Every diagnostic with its place, a piece of the text, its pointer and its help, and the counts at the end.
    ///
    /// The output is bounded for each diagnostic, however long the lines and names of the document are, and contains no
    /// character of the document that a terminal would obey. It shows at most 200 diagnostics of each severity.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Colour => Renderer::styled(),
        };
        let (mut out, mut cut) = (String::new(), String::new());
        for (severity, kind) in SEVERITIES {
            let count = self.count(severity);
            if count > MAX_SHOWN {
                // Writing to a string cannot fail.
                let _ = writeln!(cut, "{MAX_SHOWN} of {count} {kind}s are shown");
            }
        }
        let mut shown = SEVERITIES.map(|(severity, _)| (severity, 0));
        for placed in self.placed() {
            let severity = self.diagnostics[placed.index].severity;
            let count = shown.iter_mut().find(|(known, _)| *known == severity).map_or(0, |(_, count)| {
                *count += 1;
                *count
            });
            if count <= MAX_SHOWN {
                out.push_str(&renderer.render(&self.groups(placed)));
                out.push_str("\n\n");
            }
        }
        out.push_str(&cut);
        out.push_str(&self.summary());
        out
    }

    /// The counts as `2 errors, 1 warning`, with a line break; empty if there are none.
    fn summary(&self) -> String {
        let mut line = String::new();
        for (severity, kind) in SEVERITIES {
            let comma = if line.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = match self.count(severity) {
                0 => Ok(()),
                1 => write!(line, "{comma}1 {kind}"),
                many => write!(line, "{comma}{many} {kind}s"),
            };
        }
        if !line.is_empty() {
            line.push('\n');
        }
        line
    }

    fn groups(&self, placed: &PlacedDiagnostic) -> Vec<Group<'_>> {
        let diagnostic = &self.diagnostics[placed.index];
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let message = printable(&diagnostic.problem.to_string());
        let title = level.clone().primary_title(message).id(diagnostic.problem.code());
        let mut groups = Vec::new();
        let mut group = Group::with_title(title);

        let primary = placed.primary.map(|found| Mark { kind: AnnotationKind::Primary, found, label: None });
        let related = placed.related.iter().zip(&diagnostic.related).filter_map(|(found, related)| {
            let label = Some(printable(&related.label));
            found.map(|found| Mark { kind: AnnotationKind::Context, found, label })
        });
        let mut marks: VecDeque<Mark> = primary.into_iter().chain(related).collect();
        while let Some(mark) = marks.pop_front() {
            let first = mark.found;
            let Some(text) = self.text(first.origin) else { continue };
            let window = Window::around(&text.text, first.span.start);
            let (mut here, elsewhere): (VecDeque<Mark>, _) =
                marks.into_iter().partition(|mark| window.shows(first, mark.found));
            here.push_front(mark);
            marks = elsewhere;
            let name = printable(&text.name);
            let snippet = window.snippet(&text.text, first.line, here);
            if window.cut_before {
                // The renderer counts columns in what it is given, so it must not count those of a line that it knows
                // only the middle of.
                let header = Header::path(name).line(first.line).char_column(first.column);
                groups.push(group.element(header));
                group = Group::with_level(level.clone()).element(snippet);
            } else {
                group = group.element(snippet.path(name));
            }
        }
        if !diagnostic.pointer.tokens().is_empty() {
            let pointer = printable(&diagnostic.pointer.to_string());
            group = group.element(Level::NOTE.message(format!("at {pointer}")));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        groups.push(group);
        groups
    }

    fn text(&self, origin: Origin) -> Option<&NamedText> {
        match origin {
            Origin::Document => Some(&self.document),
            Origin::File(index) => self.files.get(index),
            Origin::Overlay(index) => self.overlays.get(index),
            Origin::Module => None,
        }
    }

    fn placed(&self) -> &[PlacedDiagnostic] {
        self.placed.get_or_init(|| self.place())
    }

    fn place(&self) -> Vec<PlacedDiagnostic> {
        let mut placed: Vec<PlacedDiagnostic> = {
            let related = self.diagnostics.iter().flat_map(|diagnostic| &diagnostic.related);
            let pointers = self.diagnostics.iter().map(|diagnostic| &diagnostic.pointer);
            let mut finder = Finder::new(self, pointers.chain(related.map(|related| &related.pointer)).collect());
            let place = |(index, diagnostic): (usize, &Diagnostic)| {
                let primary = finder.find(diagnostic.origin, &diagnostic.pointer, diagnostic.highlight);
                let related = diagnostic.related.iter();
                let related = related.map(|related| finder.find(related.origin, &related.pointer, related.highlight));
                PlacedDiagnostic { index, primary, related: related.collect() }
            };
            self.diagnostics.iter().enumerate().map(place).collect()
        };
        // What has no place at all comes last in its text.
        placed.sort_by_key(|placed| match placed.primary {
            Some(found) => (found.origin, found.span.start, found.span.end),
            None => (self.diagnostics[placed.index].origin, usize::MAX, usize::MAX),
        });
        let mut seen = HashSet::new();
        placed.retain(|placed| {
            let diagnostic = &self.diagnostics[placed.index];
            let place = placed.primary.map(|found| (found.origin, found.span));
            let exact = placed.primary.is_some_and(|found| found.exact);
            // The pointer tells apart what is shown at one ancestor; at an exact place another pointer is another way
            // to the same value.
            let pointer = (!exact).then(|| diagnostic.pointer.clone());
            let problem = (diagnostic.problem.code(), diagnostic.problem.to_string());
            seen.insert((diagnostic.severity, place, pointer, problem))
        });
        let ranges = placed.iter_mut();
        self.count_all_lines(
            ranges.flat_map(|placed| placed.primary.iter_mut().chain(placed.related.iter_mut().flatten())),
        );
        placed
    }

    /// Fills in the lines and columns of places in any of the texts.
    fn count_all_lines<'r>(&self, ranges: impl Iterator<Item = &'r mut TextRange>) {
        let mut by_text: BTreeMap<Origin, Vec<&mut TextRange>> = BTreeMap::new();
        for range in ranges {
            by_text.entry(range.origin).or_default().push(range);
        }
        for (origin, ranges) in by_text {
            if let Some(text) = self.text(origin) {
                count_lines(&text.text, ranges);
            }
        }
    }
}

/// Fills in lines and columns, in one pass over the text.
fn count_lines(text: &str, mut found: Vec<&mut TextRange>) {
    found.sort_by_key(|found| found.span.start);
    let bytes = text.as_bytes();
    let mut counted = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (mut line, mut column) = (1, 1);
    for found in found {
        let next = bytes.get(counted..found.span.start.min(bytes.len())).unwrap_or_default();
        let in_line = match memrchr(b'\n', next) {
            Some(last) => {
                (line, column) = (line + memchr_iter(b'\n', next).count(), 1);
                next.get(last + 1..).unwrap_or_default()
            }
            None => next,
        };
        // Of the bytes of a character the first one counts.
        column += in_line.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        counted += next.len();
        (found.line, found.column) = (line, column);
    }
}

/// Finds places. It reads a text when it looks for the first place in it.
struct Finder<'a> {
    report: &'a Report,
    /// The places in the document that are looked for.
    wanted: Vec<&'a Pointer>,
    trees: BTreeMap<Origin, Tree<'a>>,
}

impl<'a> Finder<'a> {
    fn new(report: &'a Report, wanted: Vec<&'a Pointer>) -> Finder<'a> {
        Finder { report, wanted, trees: BTreeMap::new() }
    }

    fn find(&mut self, origin: Origin, pointer: &Pointer, highlight: Highlight) -> Option<TextRange> {
        if let Highlight::Span(span) = highlight {
            let text = &self.report.text(origin)?.text;
            let start = Span::of_char(text, span.start).start;
            let end = Span::of_char(text, span.end).start;
            return Some(TextRange::new(origin, Span::new(start, end), true));
        }
        let (located, exact) = self.locate(origin, pointer, highlight)?;
        if exact || origin != Origin::Document {
            return Some(located);
        }
        Some(self.grafted(pointer, highlight).unwrap_or(located))
    }

    /// The place in another text that a part of the document comes from. Of several the last one counts.
    fn grafted(&mut self, pointer: &Pointer, highlight: Highlight) -> Option<TextRange> {
        let report = self.report;
        for graft in report.grafts.iter().rev() {
            for rest in graft.at.iter().filter_map(|at| pointer.strip_prefix(at)) {
                let target = rest.iter().fold(graft.update.clone(), |place, token| place.child(token));
                if let Some((found, true)) = self.locate(graft.origin, &target, highlight) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn locate(&mut self, origin: Origin, pointer: &Pointer, highlight: Highlight) -> Option<(TextRange, bool)> {
        let text = &self.report.text(origin)?.text;
        let wanted = &self.wanted;
        let tree = self.trees.entry(origin).or_insert_with(|| match origin {
            Origin::Document => parse_towards(text, wanted),
            _ => parse(text).0,
        });
        let located = tree.locate(text, pointer, highlight)?;
        let exact = located.matched == pointer.tokens().len();
        Some((TextRange::new(origin, located.span, exact), exact))
    }
}

impl TextRange {
    fn new(origin: Origin, span: Span, exact: bool) -> TextRange {
        TextRange { origin, span, exact, line: 1, column: 1 }
    }
}

/// A text without anything that a terminal would obey. Line breaks are written out.
fn printable(text: &str) -> String {
    message(text).to_string()
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

/// Shows the report, not the texts, in a failed test or an `unwrap`.
impl Debug for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Error for Report {}

#[cfg(test)]
mod tests;
