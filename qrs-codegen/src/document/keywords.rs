//! The keywords of a schema and their values.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The keywords of a schema and their values, in order.
///
/// They are looked up more often than anything else in a document. People write few of them, and to compare a few takes a
/// fifth of the time of hashing.
pub(crate) struct Keywords {
    all: Vec<(String, Value)>,
    /// The indices of the keywords, if there are more than [`FEW`].
    by_name: Option<HashMap<String, usize>>,
}

/// The number of keywords up to which each is compared.
const FEW: usize = 32;

impl Keywords {
    pub(super) fn new(map: Map<String, Value>) -> Keywords {
        let all: Vec<(String, Value)> = map.into_iter().collect();
        let indices = || all.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        let by_name = (all.len() > FEW).then(indices);
        Keywords { all, by_name }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let keyword = match &self.by_name {
            Some(indices) => self.all.get(*indices.get(name)?),
            None => self.all.iter().find(|(own, _)| own == name),
        };
        keyword.map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.all.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The order means nothing.
impl PartialEq for Keywords {
    fn eq(&self, other: &Keywords) -> bool {
        self.all.len() == other.all.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}
