//! The values that a client holds for security schemes.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _}; // only: basic-credential
use reqwest::header::{HeaderName, HeaderValue};

use super::header::{self, HeaderFault};
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::percent::push_component; // only: pattern-credential
use crate::runtime::text::template::{Piece, pieces}; // only: pattern-credential

const LINE_BREAK: &str = "it contains a line break (text read from a file often ends with one: trim it)";

// only: pattern-credential {
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
// }

/// A credential: the value that a client sends for a scheme.
#[derive(Clone)]
#[allow(dead_code, reason = "a document need not have a credential that is a text")]
pub(crate) struct HeldCredential {
    pub(crate) scheme: &'static Scheme,
    pub(crate) value: String,
    /// The header, query parameter or cookie name that the caller gave, instead of the scheme's.
    pub(crate) name: Option<String>,
    /// What is sent, if it is a header. It is the same in each request, and is encoded once.
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
    /// Parts of the value that are secret by themselves.
    secrets: Vec<String>,
    fault: Option<&'static str>,
}

impl HeldCredential {
    // only: plain-credential, named-credential {
    pub(crate) fn plain(scheme: &'static Scheme, value: String) -> Self {
        // `Token abc`: a server would echo the part after the word.
        let secrets = match value.split_once(' ') {
            Some((word, token)) if !token.contains(' ') && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                vec![token.to_owned()]
            }
            _ => Vec::new(),
        };
        let fault = value.is_empty().then_some("it is empty");
        Self { scheme, value, name: None, header: None, secrets, fault }
    }
    // }

    // only: named-credential {
    /// A value that is sent under a name of the caller's. The client's own `generated` values keep their names.
    pub(crate) fn named(scheme: &'static Scheme, generated: &[&Scheme], name: String, value: String) -> Self {
        let plain = Self::plain(scheme, value);
        let is_taken = generated.iter().any(|other| match (scheme.carrier, other.carrier) {
            (Carrier::Header(_), Carrier::Header(taken)) => taken.eq_ignore_ascii_case(&name),
            (Carrier::Query(_), Carrier::Query(taken)) | (Carrier::Cookie(_), Carrier::Cookie(taken)) => taken == name,
            _ => false,
        });
        let taken = is_taken.then_some("the client generates the value of that name itself");
        Self { name: Some(name), fault: plain.fault.or(taken), ..plain }
    }
    // }

    // only: pattern-credential {
    /// A value by a pattern. An empty part is rejected.
    pub(crate) fn pattern(scheme: &'static Scheme, pattern: &str, values: &[(&str, String)]) -> Self {
        let fault = values.iter().any(|(_, value)| value.is_empty()).then_some("a part of it is empty");
        Self { scheme, value: fill(pattern, values), name: None, header: None, secrets: Vec::new(), fault }
    }
    // }

    // only: bearer-credential {
    pub(crate) fn bearer(scheme: &'static Scheme, token: String) -> Self {
        Self {
            scheme,
            value: format!("Bearer {token}"),
            name: None,
            header: None,
            fault: match token.get(..7) {
                _ if token.is_empty() => Some("the token is empty"),
                Some(word) if word.eq_ignore_ascii_case("bearer ") => {
                    Some("it begins with `Bearer`, which the client adds itself")
                }
                _ => None,
            },
            secrets: vec![token],
        }
    }
    // }

    // only: basic-credential {
    pub(crate) fn basic(scheme: &'static Scheme, user: &str, password: String) -> Self {
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        Self {
            scheme,
            value: format!("Basic {encoded}"),
            name: None,
            header: None,
            fault: user.contains(':').then_some("a user name cannot contain a colon"),
            secrets: vec![encoded, password],
        }
    }
    // }

    /// Encodes a value that is sent in a header, and rejects one that cannot be sent or would be misread. The error never
    /// shows the value.
    pub(crate) fn prepare(&mut self) -> Result<(), BuildError> {
        let fault = match (self.fault, self.scheme.carrier) {
            (Some(fault), _) => Some(fault),
            (None, Carrier::Header(name)) => match self.as_header(name) {
                Ok(header) => {
                    self.header = Some(header);
                    None
                }
                Err(fault) => Some(fault),
            },
            (None, Carrier::Cookie(name)) => self.fault_of_cookie(name),
            (None, Carrier::Query(_)) => None,
            (None, Carrier::Certificate) => Some("the scheme takes a certificate, not a string"),
        };
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

    fn as_header(&self, name: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
        header::encoded(self.name.as_deref().unwrap_or(name), &self.value).map_err(|fault| match fault {
            HeaderFault::Name => "its header has a name that HTTP does not allow",
            HeaderFault::SetByHttp => "HTTP itself sets the header of that name",
            HeaderFault::LineBreak => LINE_BREAK,
            HeaderFault::Character => "it contains a character that a header cannot carry",
        })
    }

    fn fault_of_cookie(&self, name: &str) -> Option<&'static str> {
        let name = self.name.as_deref().unwrap_or(name);
        // RFC 6265: the name of a cookie is a token, as that of a header is.
        if HeaderName::from_bytes(name.as_bytes()).is_err() {
            Some("its cookie has a name that HTTP does not allow")
        } else if self.value.contains(['\r', '\n']) {
            Some(LINE_BREAK)
        } else if self.value.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')) {
            Some("it begins with the cookie's name: give its value alone")
        } else if !self.value.bytes().all(is_cookie_octet) {
            Some("it contains a character that a cookie cannot carry")
        } else {
            None
        }
    }

    pub(crate) fn hide_in(&self, redactor: &mut Redactor) {
        for secret in std::iter::once(&self.value).chain(&self.secrets) {
            redactor.add(secret);
            redactor.add_encoded(secret);
        }
    }
}

impl fmt::Debug for HeldCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scheme.fmt(f)
    }
}

/// RFC 6265, `cookie-octet`.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}
