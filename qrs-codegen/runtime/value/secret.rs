use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A secret string: it is sent and received like any string, but `Debug` shows `[redacted]`, and it has no `Display`.
///
/// A `Secret` that was sent in a request body is also redacted in the text of an error that echoes it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret itself, owned. Do not log it.
    #[must_use]
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

thread_local! {
    // A body is encoded before it is sent: only while it is serialized are its secrets known.
    static SENT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A thread that is ending has no list any more, and sends no request either.
        let _ = SENT.try_with(|sent| {
            if let Some(sent) = sent.borrow_mut().as_mut() {
                sent.push(self.0.clone());
            }
        });
        serializer.serialize_str(&self.0)
    }
}

/// Runs `encode` and returns the secrets that it serialized.
pub(crate) fn collecting_secrets<T>(encode: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = swap(Some(Vec::new()));
    let encoded = encode();
    let noted = swap(outer).unwrap_or_default();
    (encoded, noted)
}

fn swap(list: Option<Vec<String>>) -> Option<Vec<String>> {
    SENT.try_with(|sent| sent.replace(list)).unwrap_or_default()
}
