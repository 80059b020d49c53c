//! Lines and words of Markdown text.

use super::WIDTH;

/// `line` in lines of [`WIDTH`] characters, broken between words.
pub(super) fn wrapped(line: &str) -> Vec<String> {
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

pub(super) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("* ") || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u64>().is_ok())
}

/// A line of text that cannot be taken for the start of a block.
pub(super) fn unmarked(line: &str) -> String {
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
pub(super) fn trimmed(word: &str) -> (&str, &str, &str) {
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

/// Names with capitals inside that are none of code: clippy knows them, too.
const PROPER: &[&str] = &[
    "DevOps",
    "GitHub",
    "GitLab",
    "GraphQL",
    "IPv4",
    "IPv6",
    "JavaScript",
    "LaTeX",
    "NaN",
    "OAuth",
    "OpenSSH",
    "OpenSSL",
    "OpenStreetMap",
    "OpenTelemetry",
    "TensorFlow",
    "TypeScript",
    "WebAssembly",
    "WebSocket",
    "iOS",
    "macOS",
];

/// Whether a word is a name from code, which clippy wants in backticks (`doc_markdown`).
pub(super) fn is_code(word: &str) -> bool {
    let letters = |part: &str| part.chars().any(char::is_alphabetic);
    if !letters(word) || word.contains('`') || PROPER.contains(&word) {
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
