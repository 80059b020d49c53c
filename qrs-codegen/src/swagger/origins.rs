//! The places of the values of a rewritten tree in the Swagger 2.0 document.

use std::collections::HashMap;

use super::references::in_own_words;
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::pointer::percent_decoded;

/// The places of the 2.0 document, by those of the rewritten tree. A place that is not listed is that of the nearest
/// ancestor that is, and then the same keys; the root is the root.
#[derive(Debug, Default)]
pub(crate) struct Origins(HashMap<Vec<String>, ValueOrigin>);

/// The origin of a value.
#[derive(Debug)]
enum ValueOrigin {
    /// This place.
    Place(Pointer),
    /// The value that holds it: 2.0 has no level for it.
    Holder,
    /// A `content`: its media types are listed at one place, and its only schema is at another.
    Content { media_types: Pointer, schema: Pointer },
}

impl Origins {
    /// Notes that what is now at `to` was at `from`.
    pub(super) fn note(&mut self, to: At<'_>, from: impl Into<Pointer>) {
        self.0.insert(to.pointer().tokens().to_vec(), ValueOrigin::Place(from.into()));
    }

    /// Notes that `to` is a level that the rewriting brought.
    pub(super) fn note_level(&mut self, to: At<'_>) {
        self.0.insert(to.pointer().tokens().to_vec(), ValueOrigin::Holder);
    }

    /// Notes that `to` is a map from media types to a schema.
    pub(super) fn note_content(&mut self, to: At<'_>, media_types: Pointer, schema: impl Into<Pointer>) {
        self.0.insert(to.pointer().tokens().to_vec(), ValueOrigin::Content { media_types, schema: schema.into() });
    }

    /// The place in the 2.0 document.
    pub(crate) fn original(&self, pointer: &Pointer) -> Pointer {
        self.place(pointer.tokens())
    }

    fn place(&self, tokens: &[String]) -> Pointer {
        for length in (0..=tokens.len()).rev() {
            let (own, rest) = tokens.split_at(length);
            let place = match (self.0.get(own), rest) {
                (None, _) => continue,
                (Some(ValueOrigin::Place(place)), rest) => with(place.clone(), rest),
                (Some(ValueOrigin::Holder), rest) => {
                    let holder = own.split_last().map_or(own, |(_, holder)| holder);
                    with(self.place(holder), rest)
                }
                (Some(ValueOrigin::Content { schema, .. }), [_, key, rest @ ..]) if key == "schema" => {
                    with(schema.clone(), rest)
                }
                (Some(ValueOrigin::Content { media_types, .. }), _) => media_types.clone(),
            };
            return place;
        }
        tokens.iter().cloned().collect()
    }

    /// Makes a diagnostic of the rewritten tree one of the 2.0 document.
    pub(crate) fn undo(&self, diagnostic: &mut Diagnostic) {
        // Nothing moved, so the document is none of 2.0.
        if self.0.is_empty() {
            return;
        }
        diagnostic.pointer = self.original(&diagnostic.pointer);
        for related in &mut diagnostic.related {
            related.pointer = self.original(&related.pointer);
        }
        if let Problem::DanglingReference { reference } | Problem::UnsupportedReference { reference } =
            &mut diagnostic.problem
        {
            let pointer = reference.strip_prefix('#').and_then(|text| Pointer::parse(&percent_decoded(text)));
            *reference = match pointer {
                Some(pointer) => format!("#{}", self.original(&pointer)),
                // It is no pointer, but the document has it in its own words.
                None => in_own_words(reference),
            };
        }
        if let Some(help) = &mut diagnostic.help {
            *help = in_own_words(help);
        }
    }

    /// The present places of the values of the 2.0 document: each place that was noted, by what it was.
    pub(super) fn inverse(&self) -> HashMap<&Pointer, (&[String], bool)> {
        let moved = self.0.iter().filter_map(|(to, origin)| match origin {
            ValueOrigin::Place(from) => Some((from, (to.as_slice(), false))),
            ValueOrigin::Holder => None,
            ValueOrigin::Content { schema, .. } => Some((schema, (to.as_slice(), true))),
        });
        moved.collect()
    }
}

fn with(mut place: Pointer, rest: &[String]) -> Pointer {
    for token in rest {
        place.push(token.clone());
    }
    place
}
