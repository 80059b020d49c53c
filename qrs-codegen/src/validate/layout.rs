//! The places of the reusable parts of a document, which references lead to.

use super::tables::document::{COMPONENTS, OPENAPI as OPENAPI_OBJECT};
use super::tables::operations::PATH_ITEM;
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
    /// The table of that object.
    pub(super) components: &'static Object,
    /// The section of the schemas.
    pub(crate) schemas: &'static str,
}

pub(super) static OPENAPI: Layout = Layout {
    root: &OPENAPI_OBJECT,
    document: Kind::Object(&OPENAPI_OBJECT),
    holder: &["components"],
    components: &COMPONENTS,
    schemas: "schemas",
};

impl Layout {
    /// The names of the sections that references lead to.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.kinds().map(|(name, _)| name)
    }

    /// The sections that references lead to, with the kinds of their parts.
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static Kind)> {
        self.components.fields.iter().filter_map(|section| match section.kind {
            // Path items are components only since 3.1. A reference to one is replaced by it.
            Kind::Map(Kind::OrReference(object)) if std::ptr::eq(*object, &raw const PATH_ITEM) => None,
            Kind::Map(kind @ (Kind::Schema | Kind::OrReference(_))) => Some((section.key, *kind)),
            _ => None,
        })
    }

    /// The kind of a part of this section.
    pub(crate) fn component(&'static self, section: &str) -> &'static Kind {
        self.kinds().find(|(name, _)| *name == section).map_or(&Kind::Any, |(_, kind)| kind)
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
                let same = |(_, kind): &(&str, &Kind)| matches!(kind, Kind::OrReference(other) if std::ptr::eq(*other, *object));
                self.kinds().find(same).map_or(Target::Inline, |(section, _)| Target::Component(section))
            }
            // The specification allows none here; tools that bundle files do.
            Kind::Object(_) | Kind::List(_) | Kind::Map(Kind::Object(_) | Kind::OrReference(_) | Kind::Schema) => {
                Target::Inline
            }
            _ => Target::None,
        }
    }
}
