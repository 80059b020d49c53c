// only: further-properties

//! Properties that the document does not describe, kept for the way back.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use serde_json::Value;

/// Properties of an object that the document does not describe, by their names, as they were received.
///
/// They are sent again with the object, so that an update loses nothing. `Debug` shows their names alone: nobody knows
/// whether a value is secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FurtherProperties(BTreeMap<String, Value>);

impl FurtherProperties {
    /// The properties as a plain map.
    #[must_use]
    pub fn into_inner(self) -> BTreeMap<String, Value> {
        self.0
    }
}

impl Deref for FurtherProperties {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for FurtherProperties {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<BTreeMap<String, Value>> for FurtherProperties {
    fn from(properties: BTreeMap<String, Value>) -> Self {
        Self(properties)
    }
}

impl fmt::Debug for FurtherProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
