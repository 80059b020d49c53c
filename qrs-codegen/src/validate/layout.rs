//! The places of the reusable parts of a document, which references lead to.

use super::tables::document::OPENAPI as OPENAPI_OBJECT;
use super::tables::operations::{CALLBACK, EXAMPLE, HEADER, LINK, MEDIA_TYPE, PARAMETER, REQUEST_BODY, RESPONSE};
use super::tables::security::SECURITY_SCHEME;
use super::tables::{Kind, Object};
use crate::diagnostic::Pointer;

/// The target of a reference in the place of a value.
pub(crate) enum Target {
    /// A component of this section.
    Component(&'static str),
    /// A value that replaces the reference.
    Inline,
    /// The value is none of the specification's, or none that a reference can stand for.
    None,
}

/// The places of the reusable parts of a document.
pub(crate) struct Layout {
    /// The table of the document's root.
    pub(crate) root: &'static Object,
    /// The kind of a document.
    pub(crate) document: Kind,
    /// The keys that lead from the root to the object that holds the sections.
    pub(crate) holder: &'static [&'static str],
    /// The section of the schemas.
    pub(crate) schemas: &'static str,
    pub(super) sections: &'static [(&'static str, Kind)],
}

pub(super) static OPENAPI: Layout = Layout {
    root: &OPENAPI_OBJECT,
    document: Kind::Object(&OPENAPI_OBJECT),
    holder: &["components"],
    schemas: "schemas",
    sections: &[
        ("schemas", Kind::Schema),
        ("responses", Kind::OrReference(&RESPONSE)),
        ("parameters", Kind::OrReference(&PARAMETER)),
        ("examples", Kind::OrReference(&EXAMPLE)),
        ("requestBodies", Kind::OrReference(&REQUEST_BODY)),
        ("headers", Kind::OrReference(&HEADER)),
        ("securitySchemes", Kind::OrReference(&SECURITY_SCHEME)),
        ("links", Kind::OrReference(&LINK)),
        ("callbacks", Kind::OrReference(&CALLBACK)),
        ("mediaTypes", Kind::OrReference(&MEDIA_TYPE)),
    ],
};

impl Layout {
    /// The names of the sections that references lead to.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.sections.iter().map(|(name, _)| *name)
    }

    /// The kind of a part of this section.
    pub(crate) fn component(&'static self, section: &str) -> &'static Kind {
        self.sections.iter().find(|(name, _)| *name == section).map_or(&Kind::Any, |(_, kind)| kind)
    }

    /// The place of a section.
    pub(crate) fn place(&self, section: &str) -> Pointer {
        self.path(section).into_iter().map(str::to_owned).collect()
    }

    /// The keys that lead from the root to a section.
    pub(crate) fn path<'s>(&self, section: &'s str) -> Vec<&'s str> {
        self.holder.iter().copied().chain([section]).collect()
    }

    /// The name of a part of this section, if these are the keys that lead to it from the root.
    pub(crate) fn name_in<'t>(&self, section: &str, tokens: &'t [String]) -> Option<&'t str> {
        let (name, path) = tokens.split_last()?;
        (path.iter().map(String::as_str)).eq(self.path(section)).then_some(name)
    }

    /// The target of a reference in the place of a value of this kind.
    pub(crate) fn target(&self, kind: &'static Kind) -> Target {
        match kind {
            Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList | Kind::SchemaOrFile | Kind::SchemaOr(_) => {
                Target::Component(self.schemas)
            }
            Kind::OrReference(object) => {
                let same = |(_, kind): &&(&'static str, Kind)| matches!(kind, Kind::OrReference(other) if std::ptr::eq(*other, *object));
                // Path items are components only since 3.1.
                self.sections.iter().find(same).map_or(Target::Inline, |(section, _)| Target::Component(section))
            }
            // The specification allows none here; tools that bundle files do.
            Kind::Object(_) | Kind::List(_) | Kind::Map(Kind::Object(_) | Kind::OrReference(_) | Kind::Schema) => {
                Target::Inline
            }
            _ => Target::None,
        }
    }
}
