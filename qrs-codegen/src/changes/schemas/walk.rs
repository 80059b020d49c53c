//! Pairs the schemas of both documents by the places where operations use them, with the directions of their values.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::node::{SchemaNode, named};
use super::{Documents, Usage};
use crate::changes::ChangeKind;
use crate::changes::lifecycle::Mark;
use crate::changes::types::Directions;
use crate::diagnostic::Pointer;

use crate::document::{Keyword, MediaType, Operation, Parameter, ParameterLocation, ParameterValue, SchemaId, Schemas};
use crate::lower::has_typed_body;
use crate::template::placeholders;

/// The schemas at one place of each document.
type NodePair = (SchemaNode, SchemaNode);

/// Pairs of places that are looked at. More of them are found in documents that are made to do harm.
const MAX_PAIRS: usize = 1_000_000;

/// The places that were found, each with the use of its values.
pub(super) struct Walk<'a> {
    documents: Documents<'a>,
    /// The names of declared types, by their schemas in the newer document.
    names: HashMap<SchemaId, String>,
    visits: IndexMap<NodePair, Usage>,
    open: Vec<(NodePair, Usage)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(documents: Documents<'a>, names: HashMap<SchemaId, String>) -> Self {
        Self { documents, names, visits: IndexMap::new(), open: Vec::new() }
    }

    /// The pairs that were found, in the order of the newer document.
    pub(super) fn finish(mut self) -> impl Iterator<Item = (NodePair, Usage)> {
        self.visits.sort_by(|(_, one), _, (_, other), _| one.own.first().cmp(&other.own.first()));
        self.visits.into_iter()
    }

    /// Enters all schemas that an operation uses. `subject` names the operation.
    pub(super) fn operation(&mut self, old: &'a Operation, new: &'a Operation, subject: &str) {
        for parameter in &new.parameters {
            let Some(before) = counterpart(old, new, parameter) else { continue };
            let usage = Usage {
                subject: format!("the parameter {} of {subject}", parameter.name),
                directions: Directions { sent: true, received: false },
                shown: Directions { sent: true, received: false },
                optional: !before.required,
                deprecation: Mark { kind: ChangeKind::ParameterDeprecated, is_named: !parameter.required },
            };
            match (&before.value, &parameter.value) {
                (ParameterValue::Schema(old), ParameterValue::Schema(new)) => {
                    self.elements(*old, *new, &usage);
                    self.enter(*old, *new, usage);
                }
                (ParameterValue::Content(old), ParameterValue::Content(new)) => self.contents(old, new, &usage),
                _ => {}
            }
        }
        if let (Some(old), Some(new)) = (&old.request_body, &new.request_body) {
            let usage = Usage {
                subject: format!("the body of {subject}"),
                directions: Directions { sent: true, received: false },
                shown: Directions { sent: true, received: false },
                optional: !old.required,
                deprecation: Mark { kind: ChangeKind::TypeDeprecated, is_named: false },
            };
            self.contents(&old.content, &new.content, &usage);
        }
        self.responses(old, new, subject);
    }

    /// Enters the elements of a list that took the place of one value, or the reverse: both are written alike in a query.
    fn elements(&mut self, old: SchemaId, new: SchemaId, usage: &Usage) {
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        let items = |id: SchemaId, schemas: &'a Schemas| {
            let node = SchemaNode::at(id, schemas).flattened(schemas);
            node.parts(schemas).find_map(|schema| schema.one(Keyword::Items))
        };
        match (items(old, olds), items(new, news)) {
            (None, Some(new)) => self.enter(old, new, usage.within("elements")),
            (Some(old), None) => self.enter(old, new, usage.within("elements")),
            _ => {}
        }
    }

    fn responses(&mut self, old: &'a Operation, new: &'a Operation, subject: &str) {
        for response in &new.responses {
            let Some(before) = old.responses.iter().find(|before| before.status == response.status) else { continue };
            let status = response.status.key();
            let usage = Usage {
                subject: format!("the response {status} of {subject}"),
                directions: Directions { sent: false, received: true },
                shown: Directions { sent: false, received: true },
                optional: false,
                deprecation: Mark { kind: ChangeKind::TypeDeprecated, is_named: false },
            };
            self.contents(&before.content, &response.content, &usage);
            for header in &response.headers {
                let mut headers = before.headers.iter();
                let Some(before) = headers.find(|other| other.name.eq_ignore_ascii_case(&header.name)) else {
                    continue;
                };
                let subject = format!("the response header {} of {subject}", header.name);
                let deprecation = Mark { kind: ChangeKind::FieldDeprecated, is_named: false };
                let usage = Usage { subject, deprecation, ..usage.clone() };
                if let (Some(old), Some(new)) = (before.schema, header.schema) {
                    self.enter(old, new, usage);
                }
            }
        }
    }

    /// Enters the schemas of the media types that both have, or else of the only one of each.
    fn contents(&mut self, old: &[MediaType], new: &[MediaType], usage: &Usage) {
        // Of several media types, a client reads a response as one that has a type.
        let is_read = |media_type: &MediaType| !usage.directions.sent && has_typed_body(&media_type.name);
        let has_type = new.iter().any(is_read);
        for media_type in new {
            let same = old.iter().find(|other| other.name.eq_ignore_ascii_case(&media_type.name));
            let only = || if let ([old], [_]) = (old, new) { Some(old) } else { None };
            let schemas = same.or_else(only).and_then(|old| old.schema.zip(media_type.schema));
            if let Some((old, new)) = schemas {
                let is_typed = has_type || self.is_typed(media_type, new);
                let shown = if is_typed { usage.directions } else { Directions::NONE };
                self.enter(old, new, Usage { shown, ..usage.clone() });
            }
        }
    }

    /// Whether a body's Rust type shows its schema. Parts of several forms are given as they are.
    fn is_typed(&self, media_type: &MediaType, schema: SchemaId) -> bool {
        let schemas = &self.documents.new.schemas;
        let node = SchemaNode::at(schema, schemas).flattened(schemas);
        let mut parts = node.parts(schemas);
        let is_union = parts.any(|schema| schema.holds(Keyword::OneOf) || schema.holds(Keyword::AnyOf));
        has_typed_body(&media_type.name) && !(is_union && media_type.name.starts_with("multipart/"))
    }

    /// Enters a pair of schemas with everything in them.
    pub(super) fn enter(&mut self, old: SchemaId, new: SchemaId, usage: Usage) {
        let (old, new) =
            (SchemaNode::at(old, &self.documents.old.schemas), SchemaNode::at(new, &self.documents.new.schemas));
        self.enter_pair((old, new), usage);
        while let Some((pair, usage)) = self.open.pop() {
            self.children(&pair, &usage);
        }
    }

    fn enter_pair(&mut self, (old, new): NodePair, mut usage: Usage) {
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        // A schema that is referred to on one side alone stands where the other side describes its own.
        let pair = if old.referred.len() == new.referred.len() {
            (old, new)
        } else {
            (old.flattened(olds), new.flattened(news))
        };
        if let Some(name) = pair.1.own.first().and_then(|id| self.names.get(id)) {
            usage.subject.clone_from(name);
            usage.optional = false;
            usage.deprecation.is_named = true;
            if is_component(pair.1.own.first().map(|id| news.pointer(*id))) {
                usage.deprecation.kind = ChangeKind::TypeDeprecated;
            }
        }
        let room = self.visits.len() < MAX_PAIRS;
        match self.visits.get_mut(&pair) {
            Some(known) => {
                let is_new = known.directions.add(usage.directions) | known.shown.add(usage.shown);
                known.optional |= usage.optional;
                if is_new {
                    self.open.push((pair, usage));
                }
            }
            None if room => {
                self.visits.insert(pair.clone(), usage.clone());
                self.open.push((pair, usage));
            }
            None => {}
        }
    }

    fn children(&mut self, pair: &NodePair, usage: &Usage) {
        let (old, new) = pair;
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        for (old, new) in self.referred_pairs(old, new) {
            self.enter_pair((SchemaNode::at(old, olds), SchemaNode::at(new, news)), usage.clone());
        }
        self.properties(pair, usage);
        for (keyword, parts) in [
            (Keyword::Items, "elements"),
            (Keyword::AdditionalProperties, "values"),
            (Keyword::PropertyNames, "property names"),
        ] {
            let child = (old.child(olds, |schema| schema.one(keyword)), new.child(news, |schema| schema.one(keyword)));
            if let (Some(old), Some(new)) = child {
                self.enter_pair((old, new), usage.within(parts));
            }
        }
        for name in new.names(Keyword::PatternProperties, news) {
            let find = |schema: &_| named(schema, Keyword::PatternProperties, name);
            if let (Some(old), Some(new)) = (old.child(olds, find), new.child(news, find)) {
                self.enter_pair((old, new), usage.within(&format!("values of `{name}`")));
            }
        }
        self.listed(pair, usage);
    }

    /// The referred schemas of both sides in pairs: those of one name, then in order.
    fn referred_pairs(&self, old: &SchemaNode, new: &SchemaNode) -> Vec<(SchemaId, SchemaId)> {
        if old.referred.len() != new.referred.len() {
            return Vec::new();
        }
        let place_in = |id: SchemaId, old: bool| -> Pointer {
            let document = if old { self.documents.old } else { self.documents.new };
            document.schemas.pointer(id)
        };
        let mut left = old.referred.clone();
        let mut pairs: Vec<(Option<SchemaId>, SchemaId)> = Vec::new();
        for id in &new.referred {
            let same = left.iter().position(|other| place_in(*other, true) == place_in(*id, false));
            pairs.push((same.map(|at| left.remove(at)), *id));
        }
        let mut left = left.into_iter();
        pairs.into_iter().filter_map(|(before, id)| Some((before.or_else(|| left.next())?, id))).collect()
    }

    fn properties(&mut self, (old, new): &NodePair, usage: &Usage) {
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        for name in new.names(Keyword::Properties, news) {
            let find = |schema: &_| named(schema, Keyword::Properties, name);
            let (Some(before), Some(after)) = (old.child(olds, find), new.child(news, find)) else { continue };
            let marked = |key: &str| {
                let is_marked = |node: &SchemaNode, schemas: &_| {
                    let node = node.flattened(schemas);
                    node.parts(schemas).any(|schema| schema.get(key).and_then(serde_json::Value::as_bool) == Some(true))
                };
                is_marked(&before, olds) && is_marked(&after, news)
            };
            let is_required = old.parts(olds).any(|schema| schema.values("required").iter().any(|it| it == name));
            let (to_server, to_client) = (!marked("readOnly"), !marked("writeOnly"));
            let travelling = |directions: Directions| Directions {
                sent: directions.sent && to_server,
                received: directions.received && to_client,
            };
            let usage = Usage {
                subject: format!("{}.{name}", usage.subject),
                directions: travelling(usage.directions),
                shown: travelling(usage.shown),
                optional: !is_required,
                deprecation: Mark { kind: ChangeKind::FieldDeprecated, is_named: true },
            };
            self.enter_pair((before, after), usage);
        }
    }

    /// Enters alternatives, and the elements of a list that are described one by one.
    fn listed(&mut self, (old, new): &NodePair, usage: &Usage) {
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        for (keyword, part) in
            [(Keyword::OneOf, "alternative"), (Keyword::AnyOf, "alternative"), (Keyword::PrefixItems, "element")]
        {
            let before: Vec<SchemaId> = old.parts(olds).flat_map(|schema| schema.all(keyword)).collect();
            let after: Vec<SchemaId> = new.parts(news).flat_map(|schema| schema.all(keyword)).collect();
            // The only alternative beside `null` is one of the schemas of the place itself.
            for (index, id) in after.iter().enumerate().filter(|(_, id)| !new.own.contains(id)) {
                let is_same =
                    |other: &&SchemaId| news.get(*id).reference().is_some() && news.is_equal(*id, olds, **other);
                let same = before.iter().find(is_same);
                let at_same_place = || before.get(index).filter(|_| before.len() == after.len());
                if let Some(other) = same.or_else(at_same_place) {
                    let usage = usage.of(&format!("{part} {}", index + 1));
                    self.enter_pair((SchemaNode::at(*other, olds), SchemaNode::at(*id, news)), usage);
                }
            }
        }
    }
}

/// Whether a schema is one of the document's components.
fn is_component(place: Option<Pointer>) -> bool {
    place.is_some_and(|place| {
        matches!(place.tokens(), [components, section, _] if components == "components" && section == "schemas")
    })
}

/// The parameter of the older operation: in a path the one at the same place, in headers the one of the same name in
/// upper or lower case, else the one of the same name.
pub(in crate::changes) fn counterpart<'o>(
    old: &'o Operation,
    new: &Operation,
    parameter: &Parameter,
) -> Option<&'o Parameter> {
    let in_place = |operation: &Operation, name: &str| placeholders(&operation.path).position(|other| other == name);
    let is_same = |other: &&Parameter| {
        other.location == parameter.location
            && match parameter.location {
                ParameterLocation::Path => in_place(old, &other.name) == in_place(new, &parameter.name),
                ParameterLocation::Header => other.name.eq_ignore_ascii_case(&parameter.name),
                _ => other.name == parameter.name,
            }
    };
    // A name may be used in several locations: only a parameter without a twin in its own may have moved.
    let is_free = |other: &&Parameter| {
        let mut others = new.parameters.iter();
        other.name == parameter.name && !others.any(|it| it.name == other.name && it.location == other.location)
    };
    old.parameters.iter().find(is_same).or_else(|| old.parameters.iter().find(is_free))
}
