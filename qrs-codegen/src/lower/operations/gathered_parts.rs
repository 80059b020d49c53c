//! The parts of a body, gathered as arguments and setters: those within a part, too.

use std::collections::HashSet;

use super::body::SentBody;
use super::media::{Media, sent_type};
use super::ordered_parts;
use super::parameter::BODY;
use super::parts::{self, FurtherParts, PartValue, Parts};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::document::{Encoding as PartEncoding, RequestBody, SchemaId};
use crate::lower::doc;
use crate::lower::types::Types;
use crate::model::{
    Body, Doc, Encoding, Location, Name, Parameter, ParameterEncoding, PartGroup, PartLayout, Presence, Style, Styling,
    Type,
};
use crate::naming::{Ident, Scope};

/// The argument or setter of the parts whose names the caller chooses.
pub(super) const FURTHER: &str = "additional_part";

/// A part as a document describes it.
pub(super) struct DescribedPart<'d> {
    /// The name that is sent; of a part without a name, one for the caller.
    pub(super) wire: String,
    pub(super) schema: SchemaId,
    pub(super) encoding: Option<&'d PartEncoding>,
    pub(super) is_required: bool,
    pub(super) count: PartCount,
}

/// The number of parts that a description stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PartCount {
    /// One for a value, and one for each item of a list.
    Named,
    /// One at its place in an order.
    Single,
    /// Any number, after those in an order.
    Repeated,
}

/// The parts of one body.
pub(super) struct Gathering<'g, 'd> {
    described: &'g RequestBody,
    /// For the types of the parts.
    name: &'g str,
    arguments: Scope<Pointer>,
    types: &'g mut Types<'d>,
    /// The names of the parts that there are, those within parts among them.
    taken: HashSet<String>,
    sent: SentBody,
    layout: PartLayout,
}

impl<'g, 'd> Gathering<'g, 'd> {
    pub(super) fn new(
        described: &'g RequestBody,
        name: &'g str,
        mut arguments: Scope<Pointer>,
        types: &'g mut Types<'d>,
    ) -> Self {
        // No argument is the body as a whole, so a part may have its name.
        arguments.free(BODY);
        let (taken, sent, layout) = (HashSet::new(), SentBody::default(), PartLayout::default());
        Self { described, name, arguments, types, taken, sent, layout }
    }

    /// Adds the parts of the body, in order.
    pub(super) fn add_all(&mut self, parts: Vec<DescribedPart<'_>>) {
        self.taken.extend(parts.iter().map(|part| part.wire.clone()));
        for part in parts {
            let name = part.wire.clone();
            self.layout.order.push(name.clone());
            // A body that may be left out as a whole has nothing that must be there.
            let is_required = part.is_required && self.described.required;
            self.add(&name, &DescribedPart { is_required, ..part });
        }
    }

    /// Adds a part by the name that it has among all of them.
    fn add(&mut self, name: &str, part: &DescribedPart<'_>) {
        // It may have given a part in an order its name.
        let is_named = |encoding: &PartEncoding| part.count != PartCount::Named && encoding.has_only_disposition;
        let lost = part.encoding.filter(|encoding| !is_named(encoding));
        if let Some(headers) = lost.and_then(|encoding| encoding.headers.as_ref()) {
            let problem = Problem::Ignored { what: "`headers` of a part".to_owned() };
            let help = "a part has the headers that its value needs";
            self.types.found.once(Diagnostic::note(headers.clone(), problem).help(help));
        }
        if let Some(media_type) = parts::inner_type(part.encoding)
            && let Some((inner, is_unnamed)) = self.within(part, media_type)
        {
            self.add_group(name, inner, (media_type, is_unnamed));
            return;
        }
        let is_repeated = part.count == PartCount::Repeated;
        let type_name = format!("{} {}", self.name, if is_repeated { "part" } else { name });
        let value = parts::value(part.encoding, part.schema, part.count, &type_name, self.types);
        let PartValue { ty, encoding, media_type } = if is_repeated { repeated(value) } else { value };
        let at = self.types.schemas.pointer(part.schema);
        let (ident, collision) = self.arguments.claim(name, at.clone());
        self.types.found.collided(name, &ident, collision, At::of(&at));
        let doc = self.types.doc(part.schema);
        let name = Name { wire: name.to_owned(), ident };
        let parameter = Parameter { doc, at, name, location: Location::Part(media_type), encoding, ty };
        let to = if part.is_required { &mut self.sent.required } else { &mut self.sent.optional };
        to.push(parameter);
    }

    /// The parts within a part, and whether they have no names.
    fn within<'p>(&mut self, part: &DescribedPart<'p>, media_type: &str) -> Option<(Vec<DescribedPart<'p>>, bool)> {
        let encodings = &part.encoding.filter(|_| part.count != PartCount::Repeated)?.inner;
        if let Some(Parts { properties, .. }) = parts::of(part.schema, self.types) {
            return Some((parts::named(properties, encodings), false));
        }
        let ordered = ordered_parts::of(media_type, (Some(part.schema), None), encodings, self.types)?;
        Some((ordered.parts, ordered.is_unnamed))
    }

    fn add_group(&mut self, name: &str, inner: Vec<DescribedPart<'_>>, (media_type, is_unnamed): (&str, bool)) {
        let mut sent = Vec::new();
        for part in inner {
            let mut inner_name = format!("{name} {}", part.wire);
            while !self.taken.insert(inner_name.clone()) {
                inner_name.push('_');
            }
            sent.push((inner_name.clone(), part.wire.clone()));
            let is_required = part.is_required && self.described.required;
            self.add(&inner_name, &DescribedPart { is_required, ..part });
        }
        let (name, media_type) = (name.to_owned(), media_type.to_owned());
        self.layout.groups.push(PartGroup { name, media_type, is_unnamed, parts: sent });
    }

    /// Adds the parts whose names the caller chooses.
    pub(super) fn add_further(&mut self, further: FurtherParts) {
        let (value, at, doc) = match further {
            FurtherParts::Described(schema) => {
                let value = parts::value(None, schema, PartCount::Named, &format!("{} part", self.name), self.types);
                (value, self.types.schemas.pointer(schema), self.types.doc(schema))
            }
            FurtherParts::Any(at) => (parts::any_value(), at, Doc::default()),
        };
        let PartValue { ty, encoding, media_type } = value;
        let name = Name { wire: FURTHER.to_owned(), ident: self.arguments.claim(FURTHER, at.clone()).0 };
        let location = Location::FurtherPart(media_type);
        self.sent.optional.push(Parameter { at, name, location, encoding, ty, doc });
    }

    /// The body, with its parts as arguments and setters.
    pub(super) fn into_sent(self, media: Media<'_>, is_unnamed: bool) -> SentBody {
        let body = Body {
            at: media.described.at.clone(),
            ident: Ident::chosen(BODY),
            presence: Presence::Optional,
            ty: Type::Unit,
            encoding: Encoding::Multipart,
            fields: Vec::new(),
            parts: Some(PartLayout { is_unnamed, ..self.layout }),
            media_type: sent_type(media).unwrap_or(media.name).to_owned(),
            media_type_argument: None,
            doc: doc([self.described.description.as_deref()]),
        };
        SentBody { body: Some(body), ..self.sent }
    }
}

/// The value of any number of parts, each of this value.
fn repeated(PartValue { ty, encoding, media_type }: PartValue) -> PartValue {
    let styling = Styling { style: Style::Form, explode: true, reserved: false };
    let encoding = match (&ty, encoding) {
        (Type::Upload, _) | (_, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
            ParameterEncoding::List(styling)
        }
        _ => ParameterEncoding::Structured(styling),
    };
    PartValue { ty: Type::List(Box::new(ty)), encoding, media_type }
}
