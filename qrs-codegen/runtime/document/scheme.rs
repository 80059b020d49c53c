//! Security schemes, as the document describes them.

use std::fmt;

use rustls::crypto::SecureRandom;

/// A security scheme of the document.
pub(crate) struct Scheme {
    /// Its name in the document.
    pub(crate) name: &'static str,
    /// The place in a request that carries its value.
    pub(crate) carrier: Carrier,
    /// The builder's method that sets its value, such as `ClientBuilder::token`; empty if there is none.
    pub(crate) set_by: &'static str,
    /// How the client generates a fresh value for each request; `None` if the caller sets it.
    pub(crate) generated: Option<GeneratedValue>,
}

/// The place in a request that carries a credential.
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

/// A value that the client generates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GeneratedValue {
    /// The number of characters.
    pub(crate) length: usize,
    /// The characters to choose from, each as likely as the others.
    pub(crate) alphabet: &'static str,
}

impl GeneratedValue {
    /// A new random value; `None` if the system provides no randomness, or the alphabet is empty.
    pub(crate) fn value(&self, random: &dyn SecureRandom) -> Option<String> {
        let is_ascii = self.alphabet.is_ascii();
        let characters = if is_ascii { self.alphabet.len() } else { self.alphabet.chars().count() };
        // A longer alphabet would add no randomness.
        let choices = u16::try_from(characters).unwrap_or(u16::MAX);
        let uneven = 0x1_0000_u32.checked_rem(u32::from(choices))?;
        let mut value = String::with_capacity(self.length);
        let mut left = self.length;
        // One request for all random bytes: a system call costs more than the bytes.
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
