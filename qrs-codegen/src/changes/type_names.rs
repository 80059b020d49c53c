//! The names of types, as callers write them.

use crate::model::Type;

impl Type {
    /// The type as Rust code outside of `types` names it.
    pub(super) fn rust_name(&self) -> String {
        let fixed = match self {
            Self::String => "String",
            Self::Secret => "Secret",
            Self::Bool => "bool",
            Self::Integer(name) | Self::Float(name) => name,
            Self::Uuid => "uuid::Uuid",
            Self::DateTime => "DateTime",
            Self::Date => "jiff::civil::Date",
            Self::Address(name) => return format!("std::net::{name}"),
            Self::Base64 => "Base64",
            Self::Json => "serde_json::Value",
            Self::JsonObject => "serde_json::Map<String, serde_json::Value>",
            Self::Bytes => "Vec<u8>",
            Self::Unit => "()",
            Self::Upload => "Upload",
            Self::Beside(ident) => return ident.to_string(),
            Self::Item(ident) => return format!("types::{ident}"),
            Self::List(inner) => return format!("Vec<{}>", inner.rust_name()),
            Self::Map(inner) => return format!("BTreeMap<String, {}>", inner.rust_name()),
            Self::Nullable(inner) => return format!("Option<{}>", inner.rust_name()),
            Self::JsonText(inner) => return format!("JsonText<{}>", inner.rust_name()),
            Self::Boxed(inner) => return format!("Box<{}>", inner.rust_name()),
            Self::Tuple(inner) => {
                let inner: Vec<String> = inner.iter().map(Self::rust_name).collect();
                return format!("({})", inner.join(", "));
            }
        };
        fixed.to_owned()
    }
}
