//! Texts of a document in messages: shortened, and without characters that a terminal would obey.

use std::fmt::{self, Display, Formatter, Write as _};

/// The characters of a name that a message shows.
const SHOWN: usize = 80;

/// The characters of a message, a label or a pointer that a report shows.
const MAX_MESSAGE: usize = 600;

/// Quotes a name of a document: shortened, on one line, and without characters that a terminal would obey or hide.
pub(crate) fn shown(text: &str) -> Shown<'_> {
    Shown { text, limit: SHOWN }
}

/// Quotes a sentence: cleaned as [`shown`] does, and cut before it fills a screen.
pub(crate) fn whole(text: &str) -> Shown<'_> {
    Shown { text, limit: 6 * SHOWN }
}

/// Quotes a message, a label or a pointer: cleaned as [`shown`] does, and bounded. Names in a message are shorter already.
pub(crate) fn message(text: &str) -> Shown<'_> {
    Shown { text, limit: MAX_MESSAGE }
}

/// See [`shown`].
pub(crate) struct Shown<'a> {
    text: &'a str,
    limit: usize,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (nth, c) in self.text.chars().enumerate() {
            if nth == self.limit {
                return f.write_char('…');
            }
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                _ if is_treacherous(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Whether a terminal obeys this character or shows nothing for it, so that a text reads other than it is.
#[must_use]
pub fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
