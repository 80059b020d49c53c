//! Text of a document in Markdown, without its markup.

/// A text as Markdown that shows it as it is, on one line, in the cell of a table too: no HTML, link, emphasis, mention or
/// reference comes of it. Code spans stay.
pub(super) fn literal(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let fence = rest.len() - rest.trim_start_matches('`').len();
        if let Some(span) = code_span(rest, fence) {
            shown += &line(span).replace('|', "\\|");
            rest = &rest[span.len()..];
            before = Some('`');
            continue;
        }
        if fence > 0 {
            shown.extend(std::iter::repeat_n("\\`", fence));
            rest = &rest[fence..];
            before = Some('`');
            continue;
        }
        rest = &rest[next.len_utf8()..];
        let is_number = rest.starts_with(|next: char| next.is_ascii_digit());
        match next {
            '\n' | '\r' => shown.push(' '),
            // GitHub looks for these in the text that is shown, whatever escapes it was written with; not in code.
            '@' => shown += "`@`",
            '#' if is_number => shown += "`#`",
            '_' if before.is_some_and(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric) => {
                shown.push('_');
            }
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' => shown.extend(['\\', next]),
            _ => shown.push(next),
        }
        before = Some(next);
    }
    shown
}

/// The code span that a text begins with, given the backticks that it begins with.
fn code_span(text: &str, fence: usize) -> Option<&str> {
    if fence == 0 {
        return None;
    }
    let mut at = fence;
    loop {
        at += text[at..].find('`')?;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += run;
        if run == fence {
            return Some(&text[..at]);
        }
    }
}

/// A text as a code span in the cell of a table.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A space keeps a backtick at the end apart from the fence, and is not shown.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", line(text).replace('|', "\\|"))
}

/// A text on one line.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::{code, literal};

    #[test]
    fn text_of_a_document_is_no_markup() {
        let cases = [
            ("GET /a_b was `Client::get_a`", "GET /a_b was `Client::get_a`"),
            ("<img src=x> & <b>", r"\<img src=x\> \& \<b\>"),
            ("@everyone, #12 and # x", r"`@`everyone, `#`12 and \# x"),
            ("![a](b) *c* _d_ ~~e~~", r"!\[a\](b) \*c\* \_d\_ \~\~e\~\~"),
            ("a | b\nc `d|e`", r"a \| b c `d\|e`"),
            ("`a` <b> `c", r"`a` \<b\> \`c"),
            ("``a`<b>`` `<c>", r"``a`<b>`` \`\<c\>"),
        ];
        for (text, shown) in cases {
            assert_eq!(literal(text), shown);
        }
        assert_eq!(code("a`b|c"), r"``a`b\|c``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
