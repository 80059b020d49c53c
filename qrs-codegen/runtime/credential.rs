use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::header::{HeaderName, HeaderValue};
use rustls::crypto::SecureRandom;

use super::build_error::{BuildError, BuildErrorKind};
use super::header;
use super::redact::Redactor;
use super::template::{Piece, pieces, push_component};

/// A security scheme of the document.
pub(crate) struct Scheme {
    /// Its name in the document.
    pub(crate) name: &'static str,
    /// Where its value goes.
    pub(crate) carrier: Carrier,
    /// The builder's method that sets it, such as `ClientBuilder::token`; empty if none does.
    pub(crate) set_by: &'static str,
    /// How the client makes a value up, a new one for each request; `None` if the caller gives it.
    pub(crate) made: Option<Made>,
}

/// Where a value goes in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// The header of this name.
    Header(&'static str),
    /// The query parameter of this name.
    Query(&'static str),
    /// The cookie of this name.
    Cookie(&'static str),
    /// The client's certificate, in the TLS handshake.
    Certificate,
}

/// A value that the client makes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// How many characters.
    pub(crate) length: usize,
    /// The characters to choose from, each as likely as the others.
    pub(crate) alphabet: &'static str,
}

impl Made {
    /// A new random value; `None` if the system has no randomness to give, or there is nothing to choose from.
    pub(super) fn value(&self, random: &dyn SecureRandom) -> Option<String> {
        // More characters than this would be no more random.
        let choices = u16::try_from(self.alphabet.chars().count()).unwrap_or(u16::MAX);
        let uneven = 0x1_0000_u32.checked_rem(u32::from(choices))?;
        let is_ascii = self.alphabet.is_ascii();
        let mut value = String::with_capacity(self.length);
        let mut left = self.length;
        // The system is asked for all at once: each time costs more than what it gives.
        let mut bytes = [[0; 2]; 16];
        while left > 0 {
            let wanted = bytes.get_mut(..left.min(16))?;
            random.fill(wanted.as_flattened_mut()).ok()?;
            for number in wanted.iter().map(|bytes| u16::from_ne_bytes(*bytes)) {
                // Each choice has a range of the product to itself. These are equally long once their beginnings are
                // cut off.
                let product = u32::from(number) * u32::from(choices);
                if product & 0xFFFF < uneven {
                    continue;
                }
                let at = usize::try_from(product >> 16).ok()?;
                value.push(match self.alphabet.as_bytes().get(at) {
                    Some(byte) if is_ascii => char::from(*byte),
                    _ => self.alphabet.chars().nth(at)?,
                });
                left -= 1;
            }
        }
        Some(value)
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => filled.push_str(literal),
            Piece::Name(name) => {
                if let Some((_, value)) = values.iter().find(|(held, _)| *held == name) {
                    push_component(&mut filled, value);
                }
            }
        }
    }
    filled
}

/// The value that a client sends for a scheme.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) scheme: &'static Scheme,
    pub(super) value: String,
    /// The name that the caller gave, in the place of the scheme's.
    pub(super) name: Option<String>,
    /// Parts of the value that are as secret alone.
    secrets: Vec<String>,
    fault: Option<&'static str>,
}

impl Held {
    pub(super) fn plain(scheme: &'static Scheme, value: String) -> Self {
        // `Token abc`: the part behind the word is what a server would echo.
        let secrets = match value.split_once(' ') {
            Some((word, token)) if !token.contains(' ') && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                vec![token.to_owned()]
            }
            _ => Vec::new(),
        };
        let fault = value.is_empty().then_some("it is empty");
        Self { scheme, value, name: None, secrets, fault }
    }

    pub(super) fn named(scheme: &'static Scheme, name: String, value: String) -> Self {
        Self { name: Some(name), ..Self::plain(scheme, value) }
    }

    /// A value with parts that the caller gives: one that is empty was forgotten.
    pub(super) fn pattern(scheme: &'static Scheme, pattern: &str, values: &[(&str, String)]) -> Self {
        let fault = values.iter().any(|(_, value)| value.is_empty()).then_some("a part of it is empty");
        Self { scheme, value: fill(pattern, values), name: None, secrets: Vec::new(), fault }
    }

    pub(super) fn bearer(scheme: &'static Scheme, token: String) -> Self {
        Self {
            scheme,
            value: format!("Bearer {token}"),
            name: None,
            fault: match token.get(..7) {
                _ if token.is_empty() => Some("the token is empty"),
                Some(word) if word.eq_ignore_ascii_case("bearer ") => {
                    Some("it begins with the word `Bearer`, which is put before it anyway")
                }
                _ => None,
            },
            secrets: vec![token],
        }
    }

    pub(super) fn basic(scheme: &'static Scheme, user: &str, password: String) -> Self {
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        Self {
            scheme,
            value: format!("Basic {encoded}"),
            name: None,
            fault: user.contains(':').then_some("a user name cannot contain a colon"),
            secrets: vec![encoded, password],
        }
    }

    /// Refuses what could not be sent, or would be read as something else. Never shows the value.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let line_break = "it contains a line break (text read from a file often ends with one: trim it)";
        let fault = self.fault.or_else(|| match self.scheme.carrier {
            Carrier::Header(name) => {
                let name = self.name.as_deref().unwrap_or(name);
                if HeaderName::from_bytes(name.as_bytes()).is_err() {
                    Some("its header has a name that HTTP does not allow")
                } else if header::is_set_by_http(name) {
                    Some("HTTP itself sets the header of that name")
                } else if self.value.contains(['\r', '\n']) {
                    Some(line_break)
                } else if HeaderValue::from_bytes(self.value.as_bytes()).is_err() {
                    Some("it contains a character that a header cannot carry")
                } else {
                    None
                }
            }
            Carrier::Cookie(name) => {
                let name = self.name.as_deref().unwrap_or(name);
                // RFC 6265: the name of a cookie is a token, as that of a header is.
                if HeaderName::from_bytes(name.as_bytes()).is_err() {
                    Some("its cookie has a name that HTTP does not allow")
                } else if self.value.contains(['\r', '\n']) {
                    Some(line_break)
                } else if self.value.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')) {
                    Some("it begins with the cookie's name: its value alone is due")
                } else if !self.value.bytes().all(is_cookie_octet) {
                    Some("it contains a character that a cookie cannot carry")
                } else {
                    None
                }
            }
            Carrier::Query(_) => None,
            Carrier::Certificate => Some("a certificate is due, not a text"),
        });
        match fault {
            None => Ok(()),
            Some(fault) => {
                let given = match self.scheme.set_by {
                    "" => String::new(),
                    set_by => format!(" given to `{set_by}`"),
                };
                Err(BuildError::new(
                    BuildErrorKind::Credential,
                    format!("the value{given} for `{}` cannot be sent: {fault}", self.scheme.name),
                ))
            }
        }
    }

    pub(super) fn hide_in(&self, redactor: &mut Redactor) {
        redactor.add(&self.value);
        for secret in &self.secrets {
            redactor.add(secret);
        }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scheme.fmt(f)
    }
}

/// RFC 6265, `cookie-octet`.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}
