//! Bodies of requests: what a caller gives for each media type that an operation takes.

use indexmap::IndexMap;
use openapiv3::{Encoding as Described, Operation as Document, QueryStyle, RequestBody};
use serde_json::Value;

use super::media::{Media, is_json, sent_type, word};
use super::parameter::BODY;
use super::schema::{format_of, only_kind, says_nothing};
use super::{Lowering, Resolved, doc};
use crate::diagnostic::{At, Pointer, Problem};
use crate::model::{Body, Encoding, FormField, Location, Name, Parameter, Presence, Style, Styling, Type, Writing};
use crate::naming::{Ident, Scope};

/// Schemas that the properties of one body are gathered from.
const MOST_PARTS: usize = 256;

/// One way to call an operation: with a body of one media type, or without any.
#[derive(Default)]
pub(super) struct Sent {
    /// What tells it from the first way, which needs nothing.
    pub(super) word: Option<String>,
    pub(super) body: Option<Body>,
    /// The parts of the body, where each is an argument or a setter of its own.
    pub(super) required: Vec<Parameter>,
    pub(super) optional: Vec<Parameter>,
}

/// A property of a body that is sent in parts.
struct Property {
    required: bool,
    at: Pointer,
}

impl<'a> Lowering<'a> {
    /// The ways to call an operation, by its media types: the one that the client would rather speak first.
    pub(super) fn bodies(
        &mut self,
        operation: &'a Document,
        name: &str,
        arguments: &Scope<Pointer>,
        at: At<'_>,
    ) -> Vec<Sent> {
        let components = self.components;
        let Some(body) = operation.request_body.as_ref() else { return vec![Sent::default()] };
        let Some(Resolved { item, component }) = self.resolve(body, "requestBodies", &components.request_bodies, at)
        else {
            return vec![Sent::default()];
        };
        let root = At::ROOT;
        let all = root.child("components");
        let section = all.child("requestBodies");
        let at = component.map_or(at, |name| section.child(name));
        let name = component.map_or_else(|| format!("{name} body"), |component| format!("{component} body"));
        let content_at = at.child("content");
        let tree = self.tree;
        let schema = |media_type: &str| {
            let at = content_at.child(media_type);
            at.child("schema").pointer().value_in(tree)
        };
        let mut told: Vec<Media<'a>> = Vec::new();
        let mut alike = Vec::new();
        for media in self.media(&item.content, content_at) {
            // Another name for the same JSON is nothing that a caller would choose by.
            let same = |other: &Media<'a>| {
                let json = media.encoding == Encoding::Json && other.encoding == Encoding::Json;
                json && schema(other.name) == schema(media.name)
            };
            if told.iter().any(same) { alike.push(media.name) } else { told.push(media) }
        }
        let chosen = told.first().map_or("", |media| media.name);
        self.left_unsaid(&alike, &format!("they hold what `{chosen}` holds, which the client sends"), content_at);
        let mut ways: Vec<Sent> = Vec::new();
        for media in told {
            let called = if ways.is_empty() { name.clone() } else { format!("{name} {}", word(media)) };
            let mut sent = self.sent(item, media, &called, arguments, content_at);
            if !ways.is_empty() {
                sent.word = Some(word(media));
            }
            ways.push(sent);
        }
        let others: Vec<String> = ways
            .iter()
            .skip(1)
            .filter_map(|way| way.body.as_ref())
            .map(|body| format!("`{}`", body.media_type))
            .collect();
        if !others.is_empty() {
            let problem = Problem::Unsupported { what: "a choice of media types in one method".to_owned() };
            self.mention_aside(content_at, problem, format!("there is a method of its own for {}", others.join(", ")));
        }
        if ways.is_empty() { vec![Sent::default()] } else { ways }
    }

    fn sent(
        &mut self,
        item: &'a RequestBody,
        media: Media<'a>,
        name: &str,
        arguments: &Scope<Pointer>,
        content_at: At<'_>,
    ) -> Sent {
        let RequestBody { description, required, .. } = item;
        let at = content_at.child(media.name);
        if media.encoding == Encoding::Multipart
            && let Some(properties) = self.properties(at.child("schema"))
        {
            return self.in_parts(item, media, properties, name, arguments.clone(), at);
        }
        let ty = self.content_type(media, name, at);
        let presence = if *required { Presence::Required } else { Presence::Optional };
        let (encoding, fields) = match (media.encoding, &ty) {
            // A form that is no object is text that somebody else has made.
            (Encoding::Form, Type::String) => (Encoding::Text, Vec::new()),
            (Encoding::Form, _) => (Encoding::Form, self.form_fields(media, at)),
            (other, _) => (other, Vec::new()),
        };
        if encoding == Encoding::Form && (matches!(self.unaliased(&ty), Type::List(_)) || self.is_scalar(&ty)) {
            let problem = Problem::Unsupported { what: "a form that is no object".to_owned() };
            self.warn(at.child("schema"), problem, "a form has names for its values: nothing can be sent as it is");
        }
        let body = Body {
            at: at.pointer(),
            ident: Ident::chosen(BODY),
            presence,
            ty,
            encoding,
            fields,
            in_parts: false,
            media_type: sent_type(media).to_owned(),
            doc: doc([description.as_deref()]),
        };
        Sent { body: Some(body), ..Sent::default() }
    }

    /// A body in parts, each an argument or a setter of its own, so that a file can be any stream.
    fn in_parts(
        &mut self,
        item: &'a RequestBody,
        media: Media<'a>,
        properties: IndexMap<&'a str, Property>,
        name: &str,
        mut arguments: Scope<Pointer>,
        at: At<'_>,
    ) -> Sent {
        // No argument is the body as a whole, so a part may have its name.
        arguments.free(BODY);
        let mut sent = Sent::default();
        let encodings_at = at.child("encoding");
        for (wire, Property { required, at: pointer }) in properties {
            let at = At::of(&pointer);
            let described = media.described.encoding.get(wire);
            if described.is_some_and(|described| !described.headers.is_empty()) {
                let place = encodings_at.child(wire);
                let problem = Problem::Ignored { what: "`headers` of a part".to_owned() };
                self.mention_aside(place.child("headers"), problem, "a part has the headers that its value needs");
            }
            let (ty, writing, words) = self.part(described, &format!("{name} {wire}"), at);
            let (ident, collision) = arguments.claim(wire, pointer.clone());
            self.collided(wire, &ident, collision, at);
            let name = Name { wire: wire.to_owned(), ident };
            // Of several the caller would have to choose one.
            let one = |media_type: &String| !media_type.contains([',', '*']);
            let media_type = described.and_then(|described| described.content_type.clone()).filter(one);
            let location = Location::Part(media_type);
            let part = Parameter { at: pointer.clone(), name, location, writing, ty, doc: words };
            // A body that may be left out as a whole has nothing that must be there.
            if required && item.required { sent.required.push(part) } else { sent.optional.push(part) }
        }
        sent.body = Some(Body {
            at: at.pointer(),
            ident: Ident::chosen(BODY),
            presence: Presence::Optional,
            ty: Type::Unit,
            encoding: Encoding::Multipart,
            fields: Vec::new(),
            in_parts: true,
            media_type: sent_type(media).to_owned(),
            doc: doc([item.description.as_deref()]),
        });
        sent
    }

    /// What a caller gives for a part, and how it is written.
    fn part(&mut self, described: Option<&Described>, name: &str, at: At<'_>) -> (Type, Writing, crate::model::Doc) {
        let styling = Styling { style: Style::Form, explode: true, reserved: false };
        let words = self.doc_at(at);
        let behind = self.schema_behind(at);
        if behind.as_ref().is_some_and(|(schema, _)| is_file(schema)) {
            return (Type::Upload, Writing::Styled(styling), words);
        }
        if let Some((schema, place)) = behind
            && only_kind(schema) == Some("array")
            && let holder = At::of(&place)
            && self.schema_behind(holder.child("items")).is_some_and(|(items, _)| is_file(items))
        {
            return (Type::List(Box::new(Type::Upload)), Writing::List(styling), words);
        }
        let ty = self.mention(name, at).unwrap_nullable();
        let json = described.and_then(|described| described.content_type.as_deref()).is_some_and(is_json);
        let (ty, writing) = match self.unaliased(&ty).clone() {
            _ if json => (ty, Writing::Json(styling)),
            Type::List(element) => {
                let element = self.unaliased(&element).clone();
                let writing =
                    if self.is_scalar(&element) { Writing::List(styling) } else { Writing::Structured(styling) };
                (Type::List(Box::new(element)), writing)
            }
            plain if self.is_scalar(&plain) => (plain, Writing::Plain),
            _ => (ty, Writing::Json(styling)),
        };
        (ty, writing, words)
    }

    /// The properties of an object, those of its parts among them; nothing if it is not an object of which they are
    /// known.
    fn properties(&mut self, at: At<'_>) -> Option<IndexMap<&'a str, Property>> {
        let mut properties: IndexMap<&'a str, Property> = IndexMap::new();
        let mut required: Vec<&'a str> = Vec::new();
        let mut pending = vec![at.pointer()];
        let mut seen = 0_usize;
        while let Some(place) = pending.pop() {
            seen += 1;
            let (schema, place) = self.schema_behind(At::of(&place)).filter(|_| seen <= MOST_PARTS)?;
            if ["oneOf", "anyOf"].iter().any(|choice| schema.get(choice).is_some()) {
                return None;
            }
            let at = At::of(&place);
            let section = at.child("properties");
            for wire in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys()) {
                let at = section.child(wire).pointer();
                properties.insert(wire, Property { required: false, at });
            }
            required.extend(list(schema, "required").iter().filter_map(Value::as_str));
            let all_of = at.child("allOf");
            pending.extend((0..list(schema, "allOf").len()).map(|index| all_of.index(index).pointer()));
        }
        for required in required {
            if let Some(property) = properties.get_mut(required) {
                property.required = true;
            }
        }
        (!properties.is_empty()).then_some(properties)
    }

    /// The properties of a form that are written in a way of their own.
    fn form_fields(&mut self, media: Media<'a>, at: At<'_>) -> Vec<FormField> {
        let encodings = at.child("encoding");
        let mut fields = Vec::new();
        for (wire, described) in &media.described.encoding {
            let Described { content_type, style, allow_reserved, .. } = described;
            let place = encodings.child(wire);
            // `openapiv3` takes what is not said for `false`.
            let explode = place.child("explode").pointer().value_in(self.tree).and_then(Value::as_bool);
            let style = match style {
                None | Some(QueryStyle::Form) => Style::Form,
                Some(QueryStyle::SpaceDelimited) => Style::SpaceDelimited,
                Some(QueryStyle::PipeDelimited) => Style::PipeDelimited,
                Some(QueryStyle::DeepObject) => Style::DeepObject,
            };
            let said = described.style.is_some() || explode.is_some() || *allow_reserved;
            let json = !said && content_type.as_deref().is_some_and(is_json);
            if !said && !json {
                if let Some(content_type) = content_type.as_deref().filter(|given| !given.starts_with("text/plain")) {
                    let problem = Problem::Ignored { what: format!("`{content_type}` of a field") };
                    self.mention_aside(place.child("contentType"), problem, "a field of a form is text, or JSON");
                }
                continue;
            }
            let styling =
                Styling { style, explode: explode.unwrap_or(style == Style::Form), reserved: *allow_reserved };
            fields.push(FormField { wire: wire.clone(), styling, json });
        }
        fields
    }
}

fn list<'v>(schema: &'v Value, key: &str) -> &'v [Value] {
    schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a value is a file: bytes as they are. Since 3.1 a schema of bytes need not say anything.
fn is_file(schema: &Value) -> bool {
    says_nothing(schema) || (only_kind(schema) == Some("string") && format_of(schema) == Some("binary"))
}
