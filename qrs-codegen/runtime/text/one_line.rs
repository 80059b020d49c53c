//! Foreign text for messages: on one line, of bounded length.

/// `text` on one line of at most `limit` characters: runs of white space become one space, and characters that act on a
/// terminal or are invisible are removed.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        let needed = if gap { 2 } else { 1 };
        if length + needed > limit {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(character);
        length += needed;
    }
    line
}

/// Whether a character is invisible or acts on a terminal: control, direction and format characters.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}
