//! Changes of doc comments that say nothing but what other changes say already.

use std::collections::HashMap;

use super::Documents;
use crate::changes::{ChangeKind, Difference, Element};
use crate::diagnostic::Pointer;
use crate::document::{Document, ParameterValue, SchemaId};

/// The texts for people in a document, by their places.
struct DocumentTexts<'a>(HashMap<Pointer, Vec<Option<&'a str>>>);

impl<'a> DocumentTexts<'a> {
    fn of(document: &'a Document) -> Self {
        let schema = |id: SchemaId| ["title", "description"].map(|key| document.schemas.get(id).text(key));
        let mut words: HashMap<Pointer, Vec<Option<&str>>> =
            document.schemas.ids().map(|id| (document.schemas.pointer(id), schema(id).to_vec())).collect();
        for operation in &document.operations {
            let own = [operation.summary.as_deref(), operation.description.as_deref()];
            let responses = operation.responses.iter().map(|response| Some(response.description.as_str()));
            words.insert(operation.at.clone(), own.into_iter().chain(responses).collect());
            for parameter in &operation.parameters {
                let mut texts = vec![parameter.description.as_deref()];
                if let ParameterValue::Schema(id) = parameter.value {
                    texts.extend(schema(id));
                }
                words.insert(parameter.at.clone(), texts);
            }
            for media_type in operation.request_body.iter().flat_map(|body| &body.content) {
                let description = operation.request_body.as_ref().and_then(|body| body.description.as_deref());
                let of_schema = media_type.schema.map(schema).into_iter().flatten();
                words.insert(media_type.at.clone(), std::iter::once(description).chain(of_schema).collect());
            }
        }
        Self(words)
    }

    fn at(&self, place: &Pointer) -> Option<&Vec<Option<&'a str>>> {
        self.0.get(place)
    }
}

/// Removes changes of doc comments that only repeat constraints, defaults and deprecation, which are part of them.
pub(in crate::changes) fn remove_repetitions(documents: Documents<'_>, found: &mut Vec<Difference>) {
    let is_documentation = |found: &Difference| found.kind == ChangeKind::DocumentationChanged;
    let is_fact = |found: &&Difference| {
        matches!(found.kind.element(), Element::Constraint | Element::Default | Element::Deprecation)
    };
    let facts: Vec<(Pointer, Pointer)> =
        found.iter().filter(is_fact).filter_map(|found| found.old.clone().zip(found.new.clone())).collect();
    if facts.is_empty() || !found.iter().any(is_documentation) {
        return;
    }
    let (olds, news) = (DocumentTexts::of(documents.old), DocumentTexts::of(documents.new));
    found.retain(|found| {
        let (Some(old), Some(new)) = (&found.old, &found.new) else { return true };
        let is_repeated = |(old_fact, new_fact): &(Pointer, Pointer)| {
            old_fact.strip_prefix(old).is_some() && new_fact.strip_prefix(new).is_some()
        };
        !is_documentation(found) || olds.at(old) != news.at(new) || !facts.iter().any(is_repeated)
    });
}
