//! Documentation as text for a terminal.

use super::types::SECRET_DOC;
use crate::model::Doc;

/// The documentation of an operation: one line, and paragraphs. Sentences that name paths of Rust are left out: whoever reads
/// them has no Rust.
pub(crate) fn operation_help(doc: &Doc) -> (String, String) {
    let all = paragraphs(doc);
    let mut readable = all.split("\n\n").map(without_rust).filter(|paragraph| !paragraph.is_empty());
    let first = readable.next().unwrap_or_default();
    (first, readable.collect::<Vec<_>>().join("\n\n"))
}

fn without_rust(paragraph: &str) -> String {
    let is_plain = |sentence: &&str| !sentence.split('`').skip(1).step_by(2).any(has_path);
    sentences(paragraph).into_iter().filter(is_plain).collect::<String>().trim_end().to_owned()
}

/// Whether code has a path of Rust: identifiers with `::` between them, as in `Client::builder`. An address (`fe80::1`) is none.
fn has_path(code: &str) -> bool {
    let is_part = |next: &char| next.is_ascii_alphanumeric() || *next == '_';
    code.match_indices("::").any(|(at, separator)| {
        let (before, after) =
            (code.get(..at).unwrap_or_default(), code.get(at + separator.len()..).unwrap_or_default());
        let first = before.chars().rev().take_while(is_part).last();
        first.is_some_and(|first| first.is_ascii_alphabetic())
            && after.starts_with(|next: char| next.is_ascii_alphabetic())
    })
}

/// The sentences of a paragraph, each with the space behind it. As in the command's lists, a dot of an abbreviation ends none.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, end) in paragraph.match_indices(". ") {
        let (before, after) =
            (paragraph.get(..at).unwrap_or_default(), paragraph.get(at + end.len()..).unwrap_or_default());
        let is_abbreviation = ["e.g", "i.e", "etc", "vs", "cf"].iter().any(|word| before.ends_with(word));
        if !is_abbreviation && !after.starts_with(char::is_lowercase) {
            sentences.extend(paragraph.get(start..at + end.len()));
            start = at + end.len();
        }
    }
    sentences.extend(paragraph.get(start..));
    sentences
}

/// Documentation in paragraphs, each on one line, but for the items of lists, tables and code.
pub(crate) fn paragraphs(doc: &Doc) -> String {
    let (mut text, rest) = help(doc);
    let mut is_code = false;
    for paragraph in rest.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        // A block of code may have empty lines.
        let begins_as_code = is_code;
        is_code ^= paragraph.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1;
        let is_laid_out =
            |line: &str| line.starts_with(['|', '\t']) || line.starts_with("    ") || line.contains("```");
        text.push_str(if text.is_empty() { "" } else { "\n\n" });
        if begins_as_code || paragraph.lines().any(is_laid_out) {
            text.push_str(paragraph);
        } else {
            text.push_str(&flowing(paragraph));
        }
    }
    text
}

fn flowing(paragraph: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in paragraph.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        match lines.last_mut() {
            Some(last) if !line.starts_with("* ") => *last = format!("{last} {line}"),
            _ => lines.push(line),
        }
    }
    lines.join("\n")
}

/// Documentation as text for a terminal: its first paragraph on one line, and the lines of the others, without the one that is
/// of Rust alone.
pub(crate) fn help(doc: &Doc) -> (String, String) {
    let mut paragraphs = doc.lines.split(String::is_empty).filter(|paragraph| *paragraph != [SECRET_DOC]);
    let first: Vec<String> = paragraphs.next().into_iter().flatten().map(|line| unmarked(line.trim())).collect();
    let rest: Vec<String> = paragraphs
        .map(|paragraph| paragraph.iter().map(|line| unmarked(line)).collect::<Vec<_>>().join("\n"))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    (first.join(" "), rest.join("\n\n"))
}

/// A line of Markdown as people read it: without escapes, and with the text of a link alone.
fn unmarked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        match next {
            '\\' if after.starts_with(|escaped: char| escaped.is_ascii_punctuation()) => {
                let end = after.chars().next().map_or(0, char::len_utf8);
                out.push_str(after.get(..end).unwrap_or_default());
                rest = after.get(end..).unwrap_or_default();
                continue;
            }
            '`' => {
                // A code span stays as it is.
                let end = after.find('`').map_or(after.len(), |end| end + 1);
                out.push('`');
                out.push_str(after.get(..end).unwrap_or_default());
                rest = after.get(end..).unwrap_or_default();
                continue;
            }
            '[' => {
                if let Some((text, target)) = after.split_once("](")
                    && let Some((_, behind)) = target.split_once(')')
                    && !text.contains('[')
                {
                    out.push_str(text);
                    rest = behind;
                    continue;
                }
                out.push(next);
            }
            _ => out.push(next),
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_rust;

    #[test]
    fn sentences_that_name_paths_of_rust_are_left_out() {
        for (paragraph, expected) in [
            ("Sends it. Use `Client::send` for more. It works.", "Sends it. It works."),
            ("Sends it, e.g. by `crate::send_all`. It works.", "It works."),
            ("The list, i.e. `a`. See `types::License`.", "The list, i.e. `a`."),
            ("Matches IPv6, e.g. `::1` or `fe80::1`. It works.", "Matches IPv6, e.g. `::1` or `fe80::1`. It works."),
            ("Has `a::`, `1a::b`, `::b` and a::b.", "Has `a::`, `1a::b`, `::b` and a::b."),
        ] {
            assert_eq!(without_rust(paragraph), expected);
        }
    }
}
