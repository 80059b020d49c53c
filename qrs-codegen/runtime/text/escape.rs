//! The escapes in which a server may write a value back.

/// The beginning of a text.
pub(crate) enum Escape {
    /// A character, and how many bytes spell it.
    Of(char, usize),
    /// The text ends within what may be an escape.
    Unfinished,
    None,
}

/// The escape that `text` begins with: of JSON, Rust, Python or C, of a URL, or of HTML.
pub(crate) fn escape_at(text: &str) -> Escape {
    match text.as_bytes().first() {
        Some(b'\\') => json_escape(text),
        Some(b'%') => percent_escape(text.as_bytes()),
        Some(b'&') => html_entity(text),
        _ => Escape::None,
    }
}

fn json_escape(text: &str) -> Escape {
    let mut characters = text.chars().skip(1);
    match characters.next() {
        None => Escape::Unfinished,
        Some(plain @ ('"' | '\'' | '\\' | '/')) => Escape::Of(plain, 2),
        Some('n') => Escape::Of('\n', 2),
        Some('r') => Escape::Of('\r', 2),
        Some('t') => Escape::Of('\t', 2),
        Some('b') => Escape::Of('\u{8}', 2),
        Some('f') => Escape::Of('\u{c}', 2),
        Some('x') => match text.get(2..4).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) => Escape::Of(char::from(code), 4),
            None if text.len() < 4 => Escape::Unfinished,
            None => Escape::None,
        },
        Some('u') if characters.next() == Some('{') => braced(text),
        Some('u') => match utf16_unit(text) {
            Some(high @ 0xD800..=0xDBFF) => {
                let low = text.get(6..).and_then(utf16_unit).unwrap_or_default();
                match char::decode_utf16([high, low]).next() {
                    Some(Ok(character)) => Escape::Of(character, 12),
                    _ if text.len() < 12 => Escape::Unfinished,
                    _ => Escape::None,
                }
            }
            Some(unit) => char::from_u32(u32::from(unit)).map_or(Escape::None, |found| Escape::Of(found, 6)),
            None if text.len() < 6 => Escape::Unfinished,
            None => Escape::None,
        },
        Some(_) => Escape::None,
    }
}

/// An escape of Rust and JavaScript: `\u{1f511}`.
fn braced(text: &str) -> Escape {
    const LONGEST: usize = r"\u{10ffff}".len();
    match text.bytes().take(LONGEST).position(|byte| byte == b'}') {
        Some(end) => {
            let digits = text.get(3..end).unwrap_or_default();
            let found = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            found.map_or(Escape::None, |found| Escape::Of(found, end + 1))
        }
        None if text.len() < LONGEST => Escape::Unfinished,
        None => Escape::None,
    }
}

fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

fn percent_escape(text: &[u8]) -> Escape {
    let mut bytes = Vec::with_capacity(4);
    for triple in text.chunks(3).take(4) {
        match triple {
            [b'%', high, low] => {
                let digits = [*high, *low];
                let digits = str::from_utf8(&digits).unwrap_or_default();
                match u8::from_str_radix(digits, 16) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => return Escape::None,
                }
            }
            [b'%', ..] => return Escape::Unfinished,
            _ => return Escape::None,
        }
        if let Ok(decoded) = str::from_utf8(&bytes) {
            return decoded.chars().next().map_or(Escape::None, |found| Escape::Of(found, bytes.len() * 3));
        }
    }
    Escape::None
}

/// The entities of HTML for ASCII and for what is invisible.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("nbsp", '\u{A0}'),
    ("newline", '\n'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("shy", '\u{AD}'),
    ("sol", '/'),
    ("tab", '\t'),
    ("verbar", '|'),
    ("zwj", '\u{200D}'),
    ("zwnj", '\u{200C}'),
];

fn html_entity(text: &str) -> Escape {
    const LONGEST: usize = 16;
    let Some(end) = text.bytes().take(LONGEST).position(|byte| byte == b';') else {
        return if text.len() < LONGEST && text.bytes().skip(1).all(|byte| byte == b'#' || byte.is_ascii_alphanumeric())
        {
            Escape::Unfinished
        } else {
            Escape::None
        };
    };
    let name = text.get(1..end).unwrap_or_default();
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let found = match NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, found)) => Some(*found),
        None => match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix(['x', 'X']) {
                Some(digits) => number(digits, 16),
                None => number(digits, 10),
            },
            None => None,
        },
    };
    found.map_or(Escape::None, |found| Escape::Of(found, end + 1))
}
