//! Charsets of text: those that servers send beside UTF-8.

use std::borrow::Cow;

use super::media_type::parameter;

const UTF_8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The characters of windows-1252 from 0x80 to 0x9F. The others are those of ISO 8859-1.
const WINDOWS_1252: &str = "\u{20AC}\u{81}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\u{2030}\u{160}\u{2039}\u{152}\u{8D}\u{17D}\u{8F}\u{90}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\u{161}\u{203A}\u{153}\u{9D}\u{17E}\u{178}";

/// The characters of ISO 8859-1 that ISO 8859-15 has others for.
const LATIN_9: [(char, char); 8] = [
    ('\u{A4}', '\u{20AC}'),
    ('\u{A6}', '\u{160}'),
    ('\u{A8}', '\u{161}'),
    ('\u{B4}', '\u{17D}'),
    ('\u{B8}', '\u{17E}'),
    ('\u{BC}', '\u{152}'),
    ('\u{BD}', '\u{153}'),
    ('\u{BE}', '\u{178}'),
];

#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Utf8,
    /// The byte order is that of the byte order mark, or else big-endian (RFC 2781, section 4.3).
    Utf16,
    Utf16Le,
    Utf16Be,
    Latin1,
    Latin9,
    Windows1252,
}

impl Charset {
    /// The charset of this name (IANA's registry of character sets).
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Self::Utf8,
            "utf-16" | "utf16" | "ucs-2" | "iso-10646-ucs-2" | "unicode" => Self::Utf16,
            "utf-16le" | "utf16le" => Self::Utf16Le,
            "utf-16be" | "utf16be" => Self::Utf16Be,
            "iso-8859-1" | "iso_8859-1" | "iso8859-1" | "latin1" | "latin-1" | "l1" => Self::Latin1,
            "iso-8859-15" | "iso_8859-15" | "iso8859-15" | "latin-9" | "latin9" => Self::Latin9,
            "windows-1252" | "cp1252" | "x-cp1252" => Self::Windows1252,
            _ => return None,
        })
    }

    /// The charset that a byte order mark at the start of a text tells, and the length of the mark.
    fn of_mark(body: &[u8]) -> Option<(Self, usize)> {
        match body {
            [0xEF, 0xBB, 0xBF, ..] => Some((Self::Utf8, 3)),
            [0xFF, 0xFE, ..] => Some((Self::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Self::Utf16Be, 2)),
            _ => None,
        }
    }

    fn decode(self, body: &[u8]) -> Result<String, String> {
        Ok(match self {
            Self::Utf8 => return utf_8(body).map(str::to_owned),
            Self::Utf16 | Self::Utf16Be => return utf_16(body, u16::from_be_bytes),
            Self::Utf16Le => return utf_16(body, u16::from_le_bytes),
            Self::Latin1 => body.iter().map(|byte| char::from(*byte)).collect(),
            Self::Latin9 => body.iter().map(|byte| latin_9(char::from(*byte))).collect(),
            Self::Windows1252 => body.iter().map(|byte| windows_1252(*byte)).collect(),
        })
    }

    // only: text-body, form {
    /// The bytes of a text; `None` if it has a character that the charset has not.
    fn encode(self, text: &str) -> Option<Vec<u8>> {
        let bytes = |of: &dyn Fn(u8) -> char| {
            text.chars().map(|wanted| (0..=u8::MAX).find(|byte| of(*byte) == wanted)).collect::<Option<Vec<u8>>>()
        };
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16 | Self::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Latin1 => bytes(&char::from),
            Self::Latin9 => bytes(&|byte| latin_9(char::from(byte))),
            Self::Windows1252 => bytes(&windows_1252),
        }
    }
    // }
}

fn latin_9(character: char) -> char {
    LATIN_9.iter().find(|(first, _)| *first == character).map_or(character, |(_, ninth)| *ninth)
}

fn windows_1252(byte: u8) -> char {
    let own = byte.checked_sub(0x80).and_then(|place| WINDOWS_1252.chars().nth(place.into()));
    own.unwrap_or(char::from(byte))
}

fn utf_8(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|error| format!("the text is not UTF-8 (byte {})", error.valid_up_to()))
}

fn utf_16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = body.as_chunks();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err("the text is not UTF-16".to_owned()),
    }
}

/// The name that a `Content-Type` has for the charset of a text.
fn charset_name(content_type: &str) -> Option<String> {
    // Some servers put it in single quotes, which are none in a header.
    parameter(content_type, "charset").map(|name| name.trim_matches(['\'', ' ']).to_owned())
}

/// The charset that a `Content-Type` has, if it is one of these.
fn named(content_type: &str) -> Option<Charset> {
    Charset::named(&charset_name(content_type)?)
}

/// Decodes a text. A byte order mark is no part of it, and comes before what the `Content-Type` says.
pub(crate) fn decode(body: Vec<u8>, content_type: Option<&str>) -> Result<String, (Vec<u8>, String)> {
    let name = content_type.and_then(charset_name);
    let charset = match (Charset::of_mark(&body), name) {
        (Some(marked), _) => Ok(marked),
        (None, None) => Ok((Charset::Utf8, 0)),
        (None, Some(name)) => Charset::named(&name).map(|charset| (charset, 0)).ok_or(name),
    };
    let decoded = match charset {
        // The most common case copies nothing.
        Ok((Charset::Utf8, 0)) => {
            return String::from_utf8(body).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                (error.into_bytes(), format!("the text is not UTF-8 (byte {at})"))
            });
        }
        Ok((charset, mark)) => charset.decode(body.get(mark..).unwrap_or_default()),
        Err(name) => Err(format!("its text has a charset that is not supported: {name}")),
    };
    decoded.map_err(|why| (body, why))
}

/// JSON as UTF-8, without a byte order mark. RFC 8259 knows no other charset, but some servers send others.
pub(crate) fn json<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, [u8]> {
    let transcoded = |charset: Charset, from: usize| {
        let text = charset.decode(body.get(from..).unwrap_or_default());
        text.map_or(Cow::Borrowed(body), |text| Cow::Owned(text.into_bytes()))
    };
    match body {
        _ if body.starts_with(UTF_8_BOM) => Cow::Borrowed(body.get(3..).unwrap_or_default()),
        [0xFF, 0xFE, ..] => transcoded(Charset::Utf16Le, 2),
        [0xFE, 0xFF, ..] => transcoded(Charset::Utf16Be, 2),
        // JSON begins with a character of ASCII, and has no NUL.
        [first, 0, ..] if *first != 0 => transcoded(Charset::Utf16Le, 0),
        [0, second, ..] if *second != 0 => transcoded(Charset::Utf16Be, 0),
        _ => match content_type.and_then(named) {
            Some(charset) if charset != Charset::Utf8 && std::str::from_utf8(body).is_err() => transcoded(charset, 0),
            _ => Cow::Borrowed(body),
        },
    }
}

/// A text to show, with U+FFFD for what cannot be decoded.
pub(crate) fn lossy<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    let (charset, mark) = match Charset::of_mark(body) {
        Some(marked) => marked,
        None => (content_type.and_then(named).unwrap_or(Charset::Utf8), 0),
    };
    let rest = body.get(mark..).unwrap_or_default();
    match charset {
        Charset::Utf8 => String::from_utf8_lossy(rest),
        charset => charset.decode(rest).map_or_else(|_| String::from_utf8_lossy(rest), Cow::Owned),
    }
}

// only: text-body, form {
/// The bytes of a text that is sent as `content_type`: in UTF-8, or in the charset that it names.
pub(crate) fn encode(text: String, content_type: &str) -> Result<Vec<u8>, String> {
    let Some(name) = charset_name(content_type) else { return Ok(text.into_bytes()) };
    match Charset::named(&name) {
        Some(Charset::Utf8) => Ok(text.into_bytes()),
        Some(charset) => charset
            .encode(&text)
            .ok_or_else(|| format!("the body has a character that its charset, {name}, cannot express")),
        None => Err(format!("the body has a charset that is not supported: {name}")),
    }
}
// }
