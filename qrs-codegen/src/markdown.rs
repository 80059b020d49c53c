//! A document's CommonMark to the Markdown of a doc comment that rustdoc and clippy take as it is.
//!
//! The text is parsed and written anew, so that nothing in it can end a comment, start a doc test, link to an item, or
//! open an HTML tag: what CommonMark has and a doc comment should not have becomes plain text.

use std::borrow::Cow;
use std::fmt::Write as _;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Characters of a line of text, where it can be broken.
const WIDTH: usize = 100;

/// The lines of a doc comment for `text`; none if there is nothing to say.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = printable(text);
    if text.lines().any(is_too_deep) {
        return verbatim(&text);
    }
    let mut writer = Writer::default();
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        writer.event(event);
    }
    writer.flush();
    while writer.lines.last().is_some_and(String::is_empty) {
        writer.lines.pop();
    }
    if is_harmless(&writer.lines) { writer.lines } else { verbatim(&text) }
}

/// Whether rustdoc finds nothing to run or to render as HTML in it: whatever was written, this is what is read.
fn is_harmless(lines: &[String]) -> bool {
    Parser::new_ext(&lines.join("\n"), Options::ENABLE_TABLES).all(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => &*language == "text",
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented) | Tag::HtmlBlock)
        | Event::Html(_)
        | Event::InlineHtml(_) => false,
        _ => true,
    })
}

/// Whether a line opens more quotes and lists within each other than anybody means: every line after it, marks or none,
/// would be matched against all of them.
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

/// The text as it is, in a fence that nothing in it closes.
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

/// The words between the tags of HTML.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        match tag.split_once('>') {
            Some((_, after)) => {
                out.push(' ');
                rest = after;
            }
            None => rest = "",
        }
    }
    out.push_str(rest);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.into_iter().fold(out, |text, (entity, meant)| text.replace(entity, meant))
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

/// `text` on one line, for where no Markdown is read: a manifest, a message.
pub(crate) fn plain(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
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

/// Without what a terminal or an editor would act on instead of showing it: control characters, and the marks that turn
/// the direction of text.
fn printable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|&character| !is_unseen(character))
        .map(|character| match character {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            _ if character.is_control() => ' ',
            _ => character,
        })
        .collect()
}

fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// As [`printable`], for what character references stand for.
fn referred(text: &str) -> Cow<'_, str> {
    let is_plain = |character: char| character == '\n' || !(character.is_control() || is_unseen(character));
    if text.chars().all(is_plain) { Cow::Borrowed(text) } else { Cow::Owned(printable(text)) }
}

/// How deep quotes and lists go. Each line begins with all of its marks, so that deeper ones would be mostly marks.
const MAX_QUOTES: usize = 8;
const MAX_INDENT: usize = 48;

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    /// The inline text of the block that is being read.
    inline: String,
    /// The markers of the lists that are open: the next number of an ordered one.
    lists: Vec<Option<u64>>,
    /// What the next line of a list item begins with, if it is the item's first.
    marker: Option<String>,
    /// How far the text of the open items is indented.
    indent: usize,
    quotes: usize,
    /// The destinations of the links that are open.
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
                let text = referred(&text);
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
                self.links.push(absolute(&referred(&dest_url)).map(|url| (url, self.inline.len())));
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
            TagEnd::Heading(_) => {
                self.inline = self.inline.replace('\n', " ");
                self.inline.push_str("**");
                if self.inline == "****" {
                    self.inline.clear();
                }
                self.flush();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                self.marker = None;
                let width = match self.lists.last() {
                    Some(Some(next)) => format!("{}. ", next.saturating_sub(1)).len(),
                    _ => 2,
                };
                self.indent = self.indent.saturating_sub(width);
            }
            TagEnd::Emphasis => self.inline.push('*'),
            TagEnd::Strong => self.inline.push_str("**"),
            TagEnd::Link => {
                if let Some(Some((url, start))) = self.links.pop() {
                    let text = self.inline.split_off(start.min(self.inline.len()));
                    if text.is_empty() || text.trim_matches(['<', '>']) == url {
                        let _ = write!(self.inline, "<{url}>");
                    } else {
                        let _ = write!(self.inline, "[{text}](<{url}>)");
                    }
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline).replace('\n', " ");
                self.cells.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = format!("| {} |", self.cells.join(" | "));
                if tag == TagEnd::TableHead {
                    self.block(&row);
                    let rule = format!("|{}", " --- |".repeat(self.cells.len()));
                    self.push(&rule);
                } else {
                    self.push(&row);
                }
            }
            _ => {}
        }
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

    /// Ends the block that is being read.
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

    /// Writes the first line of a block, apart from the block before it.
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

/// `line` in lines of [`WIDTH`] characters, broken between words.
fn wrapped(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in line.split(' ') {
        match out.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.chars().count() + 1 + word.chars().count() <= WIDTH => {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    out
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("* ") || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u64>().is_ok())
}

/// A line of text that cannot be taken for the start of a block.
fn unmarked(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if line.starts_with(['#', '+', '-', '=']) {
        format!("\\{line}")
    } else if digits > 0 && line[digits..].starts_with(['.', ')']) {
        format!("{}\\{}", &line[..digits], &line[digits..])
    } else {
        line.to_owned()
    }
}

/// A word apart from the punctuation around it.
fn trimmed(word: &str) -> (&str, &str, &str) {
    let start = word.find(|character: char| character.is_alphanumeric() || character == '_').unwrap_or(word.len());
    let (before, rest) = word.split_at(start);
    let end = rest
        .rfind(|character: char| character.is_alphanumeric() || matches!(character, '_' | '/' | ')'))
        .map_or(0, |index| index + rest[index..].chars().next().map_or(0, char::len_utf8));
    let (core, after) = rest.split_at(end);
    match core.strip_suffix(')') {
        Some(inner) if !inner.contains('(') => (before, inner, &rest[inner.len()..]),
        _ => (before, core, after),
    }
}

/// Whether a word is a name from code, which clippy wants in backticks (`doc_markdown`).
fn is_code(word: &str) -> bool {
    let letters = |part: &str| part.chars().any(char::is_alphabetic);
    if !letters(word) || word.contains('`') {
        return false;
    }
    let named = word.contains('_') || word.contains("::") || word.ends_with("()");
    named || word.split(|character: char| !character.is_alphanumeric()).any(is_mixed_case)
}

fn is_mixed_case(part: &str) -> bool {
    let mut upper = 0;
    let mut lower = 0;
    let mut humps = 0;
    let mut last_lower = false;
    for character in part.strip_suffix('s').unwrap_or(part).chars() {
        if character.is_uppercase() {
            upper += 1;
            humps += usize::from(last_lower);
        }
        lower += usize::from(character.is_lowercase());
        last_lower = character.is_lowercase();
    }
    lower > 0 && (humps > 0 || upper > 1)
}

/// The destination of a link, where it leads outside the crate's own pages.
fn absolute(url: &str) -> Option<String> {
    let outside = ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    (outside && !url.contains(['<', '>']) && !url.contains(char::is_whitespace)).then(|| url.to_owned())
}

/// HTML that only formats, and goes without a trace.
fn is_formatting(html: &str) -> bool {
    const TAGS: &[&str] = &[
        "a",
        "b",
        "blockquote",
        "center",
        "code",
        "details",
        "div",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
    ];
    let name: String =
        html.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    html.starts_with("<!--") || TAGS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

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
