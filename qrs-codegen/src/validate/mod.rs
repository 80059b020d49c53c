//! Validation: the keys that an object of OpenAPI may have, and the kinds of their values.
//!
//! `openapiv3` takes `type: objet` for "anything", loses a misspelt key, and fails as a whole without a place. So the
//! tree is checked against tables first, and what `openapiv3` gets afterwards is known to be understood. The same tables
//! lead other stages to every schema, response and security scheme, wherever it is.
//!
//! Swagger 2.0 has tables of its own, in `tables::swagger`.
//!
//! Sources: <https://spec.openapis.org/oas/v3.0.4.html>, <https://spec.openapis.org/oas/v3.1.1.html>,
//! <https://spec.openapis.org/oas/v3.2.0.html>, JSON Schema 2020-12, and <https://spec.openapis.org/overlay/v1.1.0.html> for overlays.

mod check;
mod layout;
mod near;
mod repair;
mod tables;
mod walk;

use serde_json::Value;

pub(crate) use check::check;
pub(crate) use layout::{Layout, Target};
pub(crate) use near::nearest;
pub(crate) use repair::{Moves, repair};
pub(crate) use tables::document::OPENAPI;
pub(crate) use tables::operations::RESPONSE;
pub(crate) use tables::overlays::OVERLAY;
pub(crate) use tables::schemas::SCHEMA;
pub(crate) use tables::{Kind, Object};
pub(crate) use walk::{ChildKey, children, is_discriminator, is_requirement, visit_mut};

/// The versions of the specification that differ in what they allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Swagger 2.0
    V20,
    /// 3.0.x
    V30,
    /// 3.1.x
    V31,
    /// 3.2.x
    V32,
}

impl Version {
    /// The places of the reusable parts of a document.
    pub(crate) fn layout(self) -> &'static Layout {
        match self {
            Self::V20 => &tables::swagger::LAYOUT,
            Self::V30 | Self::V31 | Self::V32 => &layout::OPENAPI,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V32 => "3.2",
        }
    }
}

/// The type of a value, in words.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
