use std::sync::Arc;
use std::sync::{Mutex, PoisonError}; // only: items

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::pattern::{Matcher, Pattern};
use crate::runtime::text::charset::lossy;
use crate::runtime::text::one_line::one_line;

/// The maximum number of bytes of a response's text in an error.
pub(crate) const TEXT_LIMIT: usize = 64 * 1024;

/// The shortest line of a secret of several lines that is a secret by itself.
const SHORTEST_LINE: usize = 6;

/// The shortest part of a secret in another encoding that is taken for the secret.
const SHORTEST_ENCODED: usize = 8;

const MARK: &str = "[redacted]";

/// Redacts secret values in texts.
///
/// A server that echoes a value may escape it: matching sees through the escapes of JSON and of programming languages,
/// percent-encoding and HTML entities, in any mixture and within each other. White space, control characters and invisible
/// characters are ignored, and so is the case of ASCII letters.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// The secrets of the client.
    shared: Arc<[Pattern]>,
    /// The secrets of the call. They become patterns once there is a text to redact, which few calls have.
    values: Vec<String>,
    // only: items {
    /// The secrets of the call that are known only once its body is sent.
    pub(crate) late: LateSecrets,
    // }
}

// only: items {
/// The secrets of the items of a stream, as far as they have been sent.
#[derive(Clone, Default)]
pub(crate) struct LateSecrets(Arc<Mutex<Vec<String>>>);

impl LateSecrets {
    /// The maximum number of secrets: a stream may have no end.
    const MOST: usize = 1000;

    /// Adds secrets, in the place of the first ones if there are too many.
    pub(crate) fn add(&self, secrets: Vec<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            if !all.contains(&secret) {
                if all.len() >= Self::MOST {
                    all.remove(0);
                }
                all.push(secret);
            }
        }
    }

    fn patterns(&self) -> Vec<Pattern> {
        patterns(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
// }

/// The patterns of secrets. A server may quote one line of a secret that has several.
fn patterns(secrets: &[String]) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for secret in secrets {
        patterns.extend(Pattern::of(secret));
        if secret.contains(['\r', '\n']) {
            let lines = secret.split(['\r', '\n']).map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
            patterns.extend(lines.filter_map(Pattern::of));
        }
    }
    patterns
}

impl Redactor {
    pub(crate) fn add(&mut self, value: &str) {
        self.values.push(value.to_owned());
    }

    /// Adds a value as it looks within what is encoded in Base64 or hexadecimal digits.
    pub(crate) fn add_encoded(&mut self, value: &str) {
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
        let digits: String = value.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte)]).collect();
        let mut add = |encoded: &str| {
            if encoded.len() >= SHORTEST_ENCODED {
                self.values.push(encoded.to_owned());
            }
        };
        add(&digits);
        for before in 0..3 {
            let bytes = [&[0, 0][..before.min(2)], value.as_bytes()].concat();
            // The first and the last character may hold bits of what stands beside the value.
            let first = (before * 8).div_ceil(6);
            let last = bytes.len() * 8 / 6;
            for encoded in [BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes)] {
                add(encoded.get(first..last).unwrap_or_default());
            }
        }
    }

    /// Makes clones cheap: every call starts with one.
    pub(crate) fn into_shared(self) -> Self {
        Self { shared: self.shared.iter().cloned().chain(patterns(&self.values)).collect(), ..Self::default() }
    }

    /// `text` without the secret values. If it was cut from a longer one, a value that begins right before the
    /// cut is dropped as well.
    pub(crate) fn redact(&self, text: &str, cut: bool) -> String {
        let own = patterns(&self.values);
        let patterns = self.shared.iter().chain(&own);
        // only: items {
        let late = self.late.patterns();
        let patterns = patterns.chain(&late);
        // }
        let found = Matcher::new(patterns).find(text, cut);
        let mut clean = String::with_capacity(text.len());
        let mut copied = 0;
        for range in found.ranges.into_iter().take_while(|range| range.start < found.end) {
            clean.push_str(text.get(copied..range.start).unwrap_or_default());
            clean.push_str(MARK);
            copied = range.end;
        }
        clean.push_str(text.get(copied..found.end).unwrap_or_default());
        clean
    }

    /// `text` on one line of at most `limit` characters, redacted before and after it is shortened.
    pub(crate) fn excerpt(&self, text: &str, limit: usize) -> String {
        self.redact(&one_line(&self.redact(text, false), limit), false)
    }

    /// The text of a response, with U+FFFD for what is no text: at most [`TEXT_LIMIT`] bytes, redacted.
    pub(crate) fn text_of(&self, body: &[u8], content_type: Option<&str>, cut: bool) -> String {
        let head = body.get(..TEXT_LIMIT).unwrap_or(body);
        let mut text = self.redact(&lossy(head, content_type), cut || head.len() < body.len());
        // Replacement characters and marks can make the text longer than what it was made from.
        text.truncate(char_boundary(&text, TEXT_LIMIT));
        text
    }
}

/// The last place at or before `index` where a character begins.
fn char_boundary(text: &str, index: usize) -> usize {
    let mut at = index.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
