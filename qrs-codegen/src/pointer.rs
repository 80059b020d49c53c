//! Places in a document: JSON pointers (RFC 6901), the descent that makes them, and the URI fragments that carry them.

use std::fmt::{self, Display, Formatter, Write as _};

use serde_json::Value;

/// A place during a descent: a linked list on the stack, so that walking a document allocates nothing until a problem
/// is found.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    token: Token<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Root,
    Base(&'a Pointer),
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The whole document.
    pub const ROOT: At<'static> = At { parent: None, token: Token::Root };

    /// A place that was noted before, to go on from there.
    #[must_use]
    pub fn of(pointer: &'a Pointer) -> At<'a> {
        At { parent: None, token: Token::Base(pointer) }
    }

    /// The value of `key`.
    #[must_use]
    pub fn child(&'a self, key: &'a str) -> At<'a> {
        At { parent: Some(self), token: Token::Key(key) }
    }

    /// The item of this index, from 0.
    #[must_use]
    pub fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), token: Token::Index(index) }
    }

    /// The place around this one; the whole document is around itself.
    #[must_use]
    pub fn parent(&self) -> At<'a> {
        self.parent.copied().unwrap_or(*self)
    }

    /// The place as a pointer of its own.
    #[must_use]
    pub fn pointer(&self) -> Pointer {
        let mut tokens = Vec::new();
        let mut place = Some(self);
        while let Some(At { parent, token }) = place {
            match token {
                Token::Root => {}
                Token::Base(pointer) => tokens.extend(pointer.tokens.iter().rev().cloned()),
                Token::Key(key) => tokens.push((*key).to_owned()),
                Token::Index(index) => tokens.push(index.to_string()),
            }
            place = *parent;
        }
        tokens.reverse();
        Pointer { tokens }
    }
}

impl From<At<'_>> for Pointer {
    fn from(at: At<'_>) -> Pointer {
        at.pointer()
    }
}

impl From<&At<'_>> for Pointer {
    fn from(at: &At<'_>) -> Pointer {
        at.pointer()
    }
}

/// A JSON pointer (RFC 6901). Displays escaped, as `/paths/~1license/get`; the default is the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// Reads the form that is displayed. `None` if the text is no pointer: one that is not empty starts with `/`, and has
    /// `~` only in `~0` and `~1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Pointer> {
        let mut parts = text.split('/');
        if parts.next() != Some("") {
            return None;
        }
        let tokens = parts.map(unescape).collect::<Option<_>>()?;
        Some(Pointer { tokens })
    }

    /// The keys and indices that lead to the place, unescaped; none for the whole document.
    #[must_use]
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The value of `key`, or the item of that index.
    #[must_use]
    pub fn child(&self, key: impl Into<String>) -> Pointer {
        let mut child = self.clone();
        child.push(key);
        child
    }

    /// Goes on to the value of `key`, or the item of that index.
    pub(crate) fn push(&mut self, key: impl Into<String>) {
        self.tokens.push(key.into());
    }

    /// The place around this one; `None` for the whole document.
    #[must_use]
    pub fn parent(&self) -> Option<Pointer> {
        let (_, held_by) = self.tokens.split_last()?;
        Some(Pointer { tokens: held_by.to_vec() })
    }

    /// The value at this place of `tree`.
    pub(crate) fn value_in<'v>(&self, tree: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(tree, step)
    }

    /// The value at this place of `tree`, to be changed.
    pub(crate) fn value_in_mut<'v>(&self, tree: &'v mut Value) -> Option<&'v mut Value> {
        self.tokens.iter().try_fold(tree, |value, token| match value {
            Value::Object(map) => map.get_mut(token),
            Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The rest of this pointer after `prefix`, if it begins with it.
    pub(crate) fn strip_prefix(&self, prefix: &Pointer) -> Option<&[String]> {
        self.tokens.strip_prefix(prefix.tokens.as_slice())
    }
}

impl FromIterator<String> for Pointer {
    fn from_iter<I: IntoIterator<Item = String>>(tokens: I) -> Pointer {
        Pointer { tokens: tokens.into_iter().collect() }
    }
}

impl Display for Pointer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for token in &self.tokens {
            f.write_char('/')?;
            for c in token.chars() {
                match c {
                    '~' => f.write_str("~0")?,
                    '/' => f.write_str("~1")?,
                    _ => f.write_char(c)?,
                }
            }
        }
        Ok(())
    }
}

fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let meant = match part.as_bytes().first() {
            Some(b'0') => '~',
            Some(b'1') => '/',
            _ => return None,
        };
        text.push(meant);
        text.push_str(&part[1..]);
    }
    Some(text)
}

/// The value of a key, or the item of an index.
pub(crate) fn step<'v>(value: &'v Value, token: &String) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(token),
        Value::Array(items) => items.get(token.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Percent-decoding of a URI (RFC 3986, section 2.1); what is no valid escape stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = bytes.get(index + 1..index + 3).filter(|_| bytes[index] == b'%');
        let hex =
            escape.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit)).and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            index += 3;
        } else {
            out.push(bytes[index]);
            index += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn only_whole_escapes_are_decoded() {
        assert_eq!(percent_decoded("a%20b%2"), "a b%2");
        assert_eq!(percent_decoded("100%+5%zz"), "100%+5%zz");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }
}
