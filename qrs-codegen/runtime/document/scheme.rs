//! Security schemes, as the document describes them.

use std::fmt;

use rustls::crypto::SecureRandom;

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
    pub(crate) fn value(&self, random: &dyn SecureRandom) -> Option<String> {
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
