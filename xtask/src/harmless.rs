//! Makes foreign text harmless. File names, documents and the output of other programs must not steer a terminal, and
//! must not give commands to a CI runner that reads the log.
//!
//! Everything that this program prints passes through here: [`lines`] for text, [`json`] for JSON. [`line()`] also keeps a
//! foreign name on one line, and is applied where the name enters a message.

use std::borrow::Cow;
use std::fmt::Write as _;

use qrs_codegen::diagnostic::is_treacherous;

/// Escapes every character of `text` that is invisible, reorders text or controls a terminal, line ends included, and
/// breaks workflow commands.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_escaped) && is_quiet(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    push_line(&mut shown, text, Colours::Escaped);
    Cow::Owned(shown)
}

/// As [`line()`], for text of several lines in the colours of this program: line ends and colours stay.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| character != '\n' && is_escaped(character)) && text.lines().all(is_quiet) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        push_line(&mut shown, line, Colours::Kept);
        shown += end;
    }
    Cow::Owned(shown)
}

/// As [`line()`], for text of several lines without colours: line ends stay.
pub(crate) fn plain_lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The same JSON with everything escaped that [`line()`] escapes in text. Between the strings of a JSON text there is
/// nothing of the kind but line ends.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| character != '\n' && is_escaped(character)) && text.lines().all(is_quiet) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let characters: Vec<char> = text.chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        if is_escaped(character) && character != '\n' || opens_command(&characters, at) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether escape sequences for colours are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    Kept,
    Escaped,
}

fn is_escaped(character: char) -> bool {
    is_treacherous(character) && character != '\t'
}

/// The mark of a further place in a report. A runner reads it as a command of the name `:`, which no runner has.
const ARROW: &str = "::: ";

/// Whether a line without escaped characters holds nothing that a CI runner takes for a command.
fn is_quiet(line: &str) -> bool {
    let start = line.trim_start();
    !line.contains("##") && (!start.starts_with("::") || start.starts_with(ARROW))
}

fn push_line(shown: &mut String, line: &str, colours: Colours) {
    // What the runner sees: the line without its colours.
    let mut visible: Vec<char> = Vec::with_capacity(line.len());
    // Each colour with the count of visible characters before it.
    let mut kept: Vec<(usize, &str)> = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some(sequence) = colour(rest).filter(|_| colours == Colours::Kept) {
            kept.push((visible.len(), sequence));
            rest = &rest[sequence.len()..];
        } else {
            visible.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    let first = visible.iter().position(|character| !character.is_whitespace());
    let colons = first.filter(|&first| {
        let is_arrow = visible[first..].iter().take(ARROW.len()).copied().eq(ARROW.chars());
        visible[first..].starts_with(&[':', ':']) && !is_arrow
    });
    let mut kept = kept.into_iter().peekable();
    for (at, &character) in visible.iter().enumerate() {
        while let Some((_, sequence)) = kept.next_if(|(before, _)| *before <= at) {
            *shown += sequence;
        }
        match character {
            '\n' => *shown += "\\n",
            '\r' => *shown += "\\r",
            _ if is_escaped(character) || colons == Some(at) || opens_command(&visible, at) => {
                _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    shown.extend(kept.map(|(_, sequence)| sequence));
}

/// Whether the character at `at` is the second `#` of `##[command]` or of `##service[command]`, which runners obey
/// anywhere in a line.
fn opens_command(text: &[char], at: usize) -> bool {
    let is_pair = text[at] == '#' && at.checked_sub(1).is_some_and(|before| text[before] == '#');
    is_pair && text[at + 1..].iter().find(|character| !character.is_ascii_alphanumeric()) == Some(&'[')
}

/// The escape sequence for a colour or weight that `text` begins with. Concealed and blinking text is none of ours.
fn colour(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\x1b[")?;
    let length = parameters.find(|character: char| !character.is_ascii_digit() && character != ';')?;
    let (parameters, end) = parameters.split_at(length);
    let codes: Vec<u8> = parameters
        .split(';')
        .map(|code| if code.is_empty() { Ok(0) } else { code.parse() })
        .collect::<Result<_, _>>()
        .ok()?;
    let is_ours = match codes.as_slice() {
        [38 | 48, 5, _] | [38 | 48, 2, _, _, _] => true,
        codes => codes
            .iter()
            .all(|code| matches!(code, 0..=4 | 7 | 22..=24 | 27 | 30..=37 | 39..=47 | 49 | 90..=97 | 100..=107)),
    };
    (end.starts_with('m') && is_ours).then(|| &text[..="\x1b[".len() + length])
}

#[cfg(test)]
mod tests {
    use super::{json, line, lines};

    #[test]
    fn control_characters_are_shown_and_not_sent() {
        assert_eq!(line("a\tb – c"), "a\tb – c");
        assert_eq!(line("\x1b[2Ja\rb\u{9b}\n"), r"\u{1b}[2Ja\rb\u{9b}\n");
        assert_eq!(line("a\u{202e}b\u{200b}c\u{2028}d"), r"a\u{202e}b\u{200b}c\u{2028}d");
        assert_eq!(
            lines("\x1b]0;title\x07\n\x1b]8;;http://x\x1b\\y\n"),
            "\\u{1b}]0;title\\u{7}\n\\u{1b}]8;;http://x\\u{1b}\\y\n"
        );
    }

    #[test]
    fn colours_of_this_program_stay() {
        let coloured = "\x1b[1;31merror\x1b[0m: \x1b[38;5;12mx\x1b[m\n";
        assert_eq!(lines(coloured), coloured);
        assert_eq!(lines("\x1b[8mhidden\x1b[5m"), r"\u{1b}[8mhidden\u{1b}[5m");
        assert_eq!(line("\x1b[31mred"), r"\u{1b}[31mred");
    }

    #[test]
    fn a_runner_finds_no_command() {
        for text in ["::error::x", "  ::error::x", "\t::add-path::/x", "\u{2003}::x"] {
            assert!(!line(text).trim_start().starts_with("::"), "{text}");
        }
        assert_eq!(lines("  ::: a\n  \x1b[94m:::\x1b[0m a\n"), "  ::: a\n  \x1b[94m:::\x1b[0m a\n");
        assert_eq!(lines(":::error::x\n::::error::x"), "\\u{3a}::error::x\n\\u{3a}:::error::x");
        assert_eq!(lines("a ::b\n\x1b[31m::c\x1b[0m\n"), "a ::b\n\x1b[31m\\u{3a}:c\x1b[0m\n");
        assert_eq!(line("x ##[add-path]y"), r"x #\u{23}[add-path]y");
        assert_eq!(line("###[a]##vso[b]##teamcity[c]"), r"##\u{23}[a]#\u{23}vso[b]#\u{23}teamcity[c]");
        assert_eq!(lines("#\x1b[1m#[a]\x1b[0m"), "#\x1b[1m\\u{23}[a]\x1b[0m");
        assert_eq!(line("## [a](b) #[c] # ## Title"), "## [a](b) #[c] # ## Title");
    }

    #[test]
    fn json_says_the_same() {
        let value = serde_json::json!({ "a": "##[x] \u{7f}\u{9b}\u{202e}\u{e0041}\n::y \u{1b}" });
        let text = format!("{value:#}");
        let shown = json(&text);
        assert_eq!(shown.lines().count(), text.lines().count());
        assert!(
            !shown.contains("##[") && !shown.contains(|character| character != '\n' && super::is_escaped(character)),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        assert_eq!(json("{}\n"), "{}\n");
    }
}
