//! Turns a document's CommonMark into the Markdown of a doc comment that rustdoc and clippy accept.
//!
//! The text is parsed and written again, so that nothing in it can end a comment, start a doc test, link to an item or
//! open an HTML tag: CommonMark that has no place in a doc comment becomes plain text.

mod html;
mod words;

use std::borrow::Cow;
use std::fmt::Write as _;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use html::{is_formatting, without_tags};
use words::{is_code, is_item, trimmed, unmarked, wrapped};

/// The length in characters that lines of text are wrapped at.
const WIDTH: usize = 100;

/// The lines of a doc comment for `text`; none if it is empty.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = printable(text);
    let mut writer = Writer::default();
    if is_one_paragraph(&text) {
        for line in text.lines() {
            writer.text(line);
            writer.inline.push('\n');
        }
        writer.flush();
        return writer.lines;
    }
    if text.lines().any(is_too_deep) {
        return verbatim(&text);
    }
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        writer.event(event);
    }
    writer.flush();
    while writer.lines.last().is_some_and(String::is_empty) {
        writer.lines.pop();
    }
    if is_harmless(&writer.lines) { writer.lines } else { verbatim(&text) }
}

/// Whether CommonMark finds one paragraph of nothing but text, which most descriptions are: no line begins as a block might,
/// and no character begins anything within a line. Parsing them twice would be a twentieth of the time of generating.
fn is_one_paragraph(text: &str) -> bool {
    let is_text = |character: char| {
        character.is_alphanumeric()
            || matches!(character, ' ' | '\n' | '"'..='%' | '\''..=')' | '+'..='/' | ':' | ';' | '=' | '?' | '@' | '{' | '}')
    };
    text.chars().all(is_text) && text.lines().all(|line| line.starts_with(char::is_alphabetic)) && !text.is_empty()
}

/// Whether rustdoc finds neither code to run nor HTML in the lines, however they came about.
fn is_harmless(lines: &[String]) -> bool {
    Parser::new_ext(&lines.join("\n"), Options::ENABLE_TABLES).all(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => &*language == "text",
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented) | Tag::HtmlBlock)
        | Event::Html(_)
        | Event::InlineHtml(_) => false,
        _ => true,
    })
}

/// Whether a line nests more quotes and lists than anybody means. The parser would match every later line against all of
/// them.
fn is_too_deep(line: &str) -> bool {
    let is_mark = |character: &char| matches!(character, '>' | '-' | '*' | '+' | '.' | ')');
    let marks =
        line.chars().take_while(|character| character.is_ascii_digit() || *character == ' ' || is_mark(character));
    let mut before = ' ';
    let opened = marks.filter(|&character| {
        let opens = is_mark(&character) && (character == '>' || before != character);
        before = character;
        opens
    });
    opened.count() > 4 * MAX_QUOTES
}

/// The text as it is, in a code fence that nothing in it closes.
fn verbatim(text: &str) -> Vec<String> {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    let mut lines = vec![format!("{fence}text")];
    lines.extend(text.trim_end().lines().map(|line| line.trim_end().replace('\t', "    ")));
    lines.push(fence);
    lines
}

/// `text` as one line of a doc comment.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::new();
    for word in lines(text).iter().take_while(|line| !line.starts_with("```")).flat_map(|line| line.split_whitespace())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `text` on one line without Markdown, for a manifest or a message.
pub(crate) fn plain(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Joins paragraphs to one line. One without a full stop gets one if a sentence follows.
pub(crate) fn on_one_line(paragraphs: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for paragraph in paragraphs.filter(|paragraph| !paragraph.is_empty()) {
        let is_open = out.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ')' | '`'));
        if is_open && paragraph.starts_with(char::is_uppercase) {
            out.push('.');
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&paragraph);
    }
    out
}

/// `text` as a code span.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text);
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Removes characters that terminals and editors act on instead of showing: control characters and direction marks.
fn printable(text: &str) -> Cow<'_, str> {
    let is_break = |character: char| matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let is_kept =
        |character: char| character == '\n' || !(character.is_control() || is_break(character) || is_unseen(character));
    if text.chars().all(is_kept) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let seen = text.chars().filter(|&character| !is_unseen(character));
    let shown = seen.map(|character| match character {
        _ if is_break(character) => '\n',
        _ if character.is_control() => ' ',
        _ => character,
    });
    Cow::Owned(shown.collect())
}

fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The depth of quotes and lists. Each line begins with all of its marks, so deeper ones would be mostly marks.
const MAX_QUOTES: usize = 8;
const MAX_INDENT: usize = 48;

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    /// The inline text of the current block.
    inline: String,
    /// The open lists; the next number of an ordered one.
    lists: Vec<Option<u64>>,
    /// The marker of a list item whose first line is not written yet.
    marker: Option<String>,
    /// The indentation of the open items.
    indent: usize,
    quotes: usize,
    /// The destinations of the open links.
    links: Vec<Option<(String, usize)>>,
    code: Option<String>,
    cells: Vec<String>,
    html: bool,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                let text = printable(&text);
                if let Some(code) = &mut self.code {
                    code.push_str(&text);
                } else if !self.html {
                    self.text(&text);
                }
            }
            Event::Code(text) => self.inline.push_str(&code(&text)),
            Event::InlineHtml(html) => {
                if html.to_ascii_lowercase().starts_with("<br") {
                    self.inline.push('\n');
                } else if !is_formatting(&html) {
                    self.inline.push_str(&code(&html));
                }
            }
            Event::Html(html) => {
                let text = without_tags(&html);
                self.html = false;
                self.text(&text);
                self.inline.push('\n');
                self.html = true;
            }
            Event::SoftBreak | Event::HardBreak => self.inline.push('\n'),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock | Tag::Table(_) => {
                self.flush();
                self.html = matches!(tag, Tag::HtmlBlock);
            }
            Tag::Heading { .. } => {
                self.flush();
                self.inline.push_str("**");
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                // An item that holds nothing but a list is there all the same.
                if self.marker.is_some() {
                    self.push("");
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}. ");
                        *number += 1;
                        marker
                    }
                    _ => "* ".to_owned(),
                };
                self.indent += marker.len();
                self.marker = Some(marker);
            }
            Tag::Emphasis => self.inline.push('*'),
            Tag::Strong => self.inline.push_str("**"),
            Tag::Link { dest_url, .. } => {
                self.links.push(absolute(&printable(&dest_url)).map(|url| (url, self.inline.len())));
            }
            Tag::TableHead | Tag::TableRow => self.cells.clear(),
            Tag::TableCell => self.inline.clear(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::HtmlBlock => {
                self.html = false;
                self.flush();
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => self.end_item(),
            TagEnd::Emphasis => self.inline.push('*'),
            TagEnd::Strong => self.inline.push_str("**"),
            TagEnd::Link => self.end_link(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline).replace('\n', " ");
                self.cells.push(cell);
            }
            TagEnd::TableHead => {
                self.block(&self.row());
                let rule = format!("|{}", " --- |".repeat(self.cells.len()));
                self.push(&rule);
            }
            TagEnd::TableRow => self.push(&self.row()),
            _ => {}
        }
    }

    fn end_heading(&mut self) {
        self.inline = self.inline.replace('\n', " ");
        self.inline.push_str("**");
        if self.inline == "****" {
            self.inline.clear();
        }
        self.flush();
    }

    fn end_item(&mut self) {
        self.flush();
        self.marker = None;
        let width = match self.lists.last() {
            Some(Some(next)) => format!("{}. ", next.saturating_sub(1)).len(),
            _ => 2,
        };
        self.indent = self.indent.saturating_sub(width);
    }

    fn end_link(&mut self) {
        let Some(Some((url, start))) = self.links.pop() else { return };
        let text = self.inline.split_off(start.min(self.inline.len()));
        if text.is_empty() || text.trim_matches(['<', '>']) == url {
            let _ = write!(self.inline, "<{url}>");
        } else {
            let _ = write!(self.inline, "[{text}](<{url}>)");
        }
    }

    fn row(&self) -> String {
        format!("| {} |", self.cells.join(" | "))
    }

    fn text(&mut self, text: &str) {
        // Inside a link's text nothing else may be a link.
        let linked = self.links.iter().any(Option::is_some);
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            let space = if word.len() == piece.len() { "" } else { " " };
            let (before, core, after) = trimmed(word);
            if (core.starts_with("http://") || core.starts_with("https://")) && !core.contains(['<', '>']) {
                self.escaped(before);
                if linked {
                    self.inline.push_str(&code(core));
                } else {
                    let _ = write!(self.inline, "<{core}>");
                }
                self.escaped(after);
            } else if is_code(core) {
                self.escaped(before);
                self.inline.push_str(&code(core));
                self.escaped(after);
            } else {
                self.escaped(word);
            }
            self.inline.push_str(space);
        }
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$') {
                self.inline.push('\\');
            }
            self.inline.push(character);
        }
    }

    /// Ends the current block.
    fn flush(&mut self) {
        let inline = std::mem::take(&mut self.inline);
        if inline.trim().is_empty() {
            return;
        }
        let lines = inline.trim().lines().map(str::trim).filter(|line| !line.is_empty());
        for (index, line) in lines.flat_map(wrapped).enumerate() {
            let line = unmarked(&line);
            if index == 0 {
                self.block(&line);
            } else {
                self.push(&line);
            }
        }
    }

    fn code_block(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let mut fence = "```".to_owned();
        while code.contains(&fence) {
            fence.push('`');
        }
        self.block(&format!("{fence}text"));
        for line in code.trim_end().lines() {
            self.push(&line.replace('\t', "    "));
        }
        self.push(&fence);
    }

    /// Writes the first line of a block, after an empty line if one is needed.
    fn block(&mut self, line: &str) {
        let first_of_item = self.marker.is_some();
        let between_items = first_of_item && self.lines.last().is_some_and(|last| is_item(last)) && self.indent >= 2;
        if self.lines.last().is_some_and(|last| !last.is_empty()) && !between_items {
            self.lines.push(String::new());
        }
        self.push(line);
    }

    fn push(&mut self, line: &str) {
        let mut out = "> ".repeat(self.quotes.min(MAX_QUOTES));
        if let Some(marker) = self.marker.take() {
            out.push_str(&" ".repeat(self.indent.min(MAX_INDENT).saturating_sub(marker.len())));
            out.push_str(&marker);
        } else {
            out.push_str(&" ".repeat(self.indent.min(MAX_INDENT)));
        }
        out.push_str(line);
        self.lines.push(out.trim_end().to_owned());
    }
}

/// The destination of a link that leads outside of the crate's own pages.
fn absolute(url: &str) -> Option<String> {
    let outside = ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    if !outside || url.contains(['<', '>']) || url.contains(char::is_whitespace) {
        return None;
    }
    // Of an address without a dot, such as `mailto:support`, rustdoc believes that it is the path of an item. An empty
    // query changes nothing but that.
    let is_path = |letter: char| letter.is_alphanumeric() || ":_,!*&;@()".contains(letter);
    let query = if url.chars().all(is_path) { "?" } else { "" };
    Some(format!("{url}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_on_one_line_are_sentences() {
        let joined = |paragraphs: &[&str]| on_one_line(paragraphs.iter().map(|&paragraph| paragraph.to_owned()));
        assert_eq!(joined(&["The key", "Secret: never shown."]), "The key. Secret: never shown.");
        assert_eq!(joined(&["The key!", "", "Secret."]), "The key! Secret.");
        assert_eq!(joined(&["The key, if", "any"]), "The key, if any");
    }

    #[test]
    fn common_mark_becomes_a_doc_comment() {
        let table = [
            ("Plain words.\nOn two lines.", "Plain words.\nOn two lines."),
            ("Ends with */ and \"# and `code`.", "Ends with \\*/ and \"# and `code`."),
            (
                "See [Error] and [this](other.md) or [that](https://x.test/a).",
                "See \\[Error\\] and this or [that](<https://x.test/a>).",
            ),
            ("at https://x.test/a_b, then", "at <https://x.test/a_b>, then"),
            ("a userId (see user_directory) of QlikView", "a `userId` (see `user_directory`) of `QlikView`"),
            ("Vec<T> and <b>bold</b><br>next", "Vec`<T>` and bold\nnext"),
            ("# Errors\n\ntext", "**Errors**\n\ntext"),
            ("```json\n{\"a\": 1}\n```", "```text\n{\"a\": 1}\n```"),
            ("    fn main() {}", "```text\nfn main() {}\n```"),
            ("* a\n* b\n  more\n\n1. c\n2. d", "* a\n* b\n  more\n\n1. c\n2. d"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
            ("1\\. not a list\n\\# nor a heading", "1\\. not a list\n\\# nor a heading"),
            ("turn\u{202e} back\u{7}", "turn back"),
            ("", ""),
            ("<p>Returns a <b>list</b>\nof &lt;T&gt;.</p>\n\nMore.", "Returns a  list\nof \\<T\\>.\n\nMore."),
            ("* * * x", "*\n  *\n\n    * x"),
        ];
        for (given, expected) in table {
            assert_eq!(lines(given).join("\n"), expected, "{given:?}");
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(line("a\nb\n\nc"), "a b c");
        assert_eq!(code("a`b"), "``a`b``");
    }
}
