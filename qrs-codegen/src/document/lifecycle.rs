//! The future of an element, as the document announces it: `deprecated`, and extensions that are in common use.

use std::collections::BTreeMap;

use serde_json::Value;

/// The state of an element that callers can rely on more or less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    /// `deprecated`
    pub(crate) deprecated: bool,
    /// `x-sunset`: the date after which the element may stop working.
    pub(crate) sunset: Option<String>,
    /// Extensions that tell how stable or how public the element is, such as `x-stability-level`.
    pub(crate) marks: BTreeMap<String, String>,
}

/// The ends of the names of extensions that are marks, whoever's prefix comes before.
const MARKS: &[&str] = &["-stability", "-stability-level", "-visibility", "-deprecated"];

impl Lifecycle {
    /// Reads the extensions among the keys of an object.
    pub(crate) fn new<'v>(deprecated: bool, keys: impl IntoIterator<Item = (&'v String, &'v Value)>) -> Lifecycle {
        let mut lifecycle = Lifecycle { deprecated, ..Lifecycle::default() };
        for (key, value) in keys.into_iter().filter(|(key, _)| key.starts_with("x-")) {
            if key == "x-sunset" {
                lifecycle.sunset = Some(text(value));
            } else if MARKS.iter().any(|end| key.ends_with(end)) {
                lifecycle.marks.insert(key.clone(), text(value));
            }
        }
        lifecycle
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
