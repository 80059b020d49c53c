//! The parts of the runtime that a client uses: only these are shipped with it.

use std::collections::{BTreeSet, HashSet};

use super::{
    Absence, Body, Cli, CliKind, CliSuccess, Encoding, Enum, EnumKind, HeaderForm, Item, ItemForm, Location, Module,
    Operation, Parameter, ParameterEncoding, Presence, RuntimePart, Scheme, SchemeValue, Server, Streamed, Struct,
    Style, Styling, TagPlace, Type, Union,
};

/// The parts of the runtime that a client uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// The parts that the document and the hand-written modules need.
    parts: BTreeSet<RuntimePart>,
    /// The parts that only the command or the mock need.
    of_command: BTreeSet<RuntimePart>,
}

impl Uses {
    /// The parts that these items, operations, security schemes and servers use.
    pub(crate) fn of(items: &[Item], modules: &[Module], schemes: &[Scheme], servers: &[Server]) -> Self {
        let mut uses = Self::default();
        for item in items {
            uses.item(item);
        }
        modules.iter().flat_map(|module| &module.operations).for_each(|operation| uses.operation(operation));
        for scheme in schemes {
            uses.scheme(scheme);
        }
        uses.add_if(!servers.is_empty(), RuntimePart::Server);
        uses.add_if(servers.iter().any(|server| !server.variables.is_empty()), RuntimePart::ServerVariable);
        uses
    }

    /// Whether a part is used.
    pub(crate) fn has(&self, part: RuntimePart) -> bool {
        self.parts.contains(&part) || self.of_command.contains(&part)
    }

    /// Whether the part of this name is used.
    pub(crate) fn has_named(&self, name: &str) -> bool {
        self.parts.iter().chain(&self.of_command).any(|part| part.name() == name)
    }

    /// Adds a part, with those that it needs.
    pub(crate) fn add(&mut self, part: RuntimePart) {
        insert(&mut self.parts, part);
    }

    /// Adds the parts that the command needs beside those that the document needs. The crate exports nothing for it.
    pub(crate) fn add_command(&mut self, cli: &Cli, servers: &[Server]) {
        let mut add_if = |is_used: bool, part: RuntimePart| {
            if is_used {
                insert(&mut self.of_command, part);
            }
        };
        add_if(true, RuntimePart::Command);
        add_if(cli.extension.is_some(), RuntimePart::CommandExtension);
        add_if(!servers.is_empty(), RuntimePart::ServerVariable);
        for command in cli.groups.iter().flat_map(|group| &group.commands) {
            add_if(command.success == CliSuccess::Bytes, RuntimePart::BytesSuccess);
            // A structure may have secrets at any depth.
            let has_fields = command.body.as_ref().is_some_and(|body| body.fields.is_some());
            add_if(has_fields, RuntimePart::Hidden);
            if let Some((_, parts)) = &command.multipart {
                add_if(true, RuntimePart::BegunMultipart);
                add_if(true, RuntimePart::PartGroups);
                add_if(parts.is_unnamed, RuntimePart::UnnamedParts);
            }
            for option in &command.options {
                // Each secret of a list is one of several values.
                add_if(option.value.kind == CliKind::Secret, RuntimePart::Hidden);
                let is_form = matches!(
                    (&option.location, option.encoding),
                    (Location::WholeQuery(_), ParameterEncoding::Structured(_) | ParameterEncoding::List(_))
                );
                add_if(is_form, RuntimePart::FormField);
            }
        }
    }

    /// Adds the parts that the mock needs. The crate exports nothing for it.
    pub(crate) fn add_mock(&mut self) {
        insert(&mut self.of_command, RuntimePart::Mock);
    }

    fn add_if(&mut self, is_used: bool, part: RuntimePart) {
        if is_used {
            self.add(part);
        }
    }

    /// Adds the parts whose exports a hand-written module mentions.
    pub(crate) fn add_mentioned(&mut self, text: &str) {
        let is_part_of_word = |character: char| character.is_alphanumeric() || character == '_';
        let words: HashSet<&str> = text.split(|character| !is_part_of_word(character)).collect();
        for part in RuntimePart::ALL {
            self.add_if(part.exports().iter().any(|export| words.contains(export)), *part);
        }
    }

    /// The names that the crate exports at its root beside those that every crate exports.
    pub(crate) fn exports(&self) -> BTreeSet<&'static str> {
        self.parts.iter().flat_map(|part| part.exports()).copied().collect()
    }

    fn item(&mut self, item: &Item) {
        item.types().into_iter().for_each(|ty| self.ty(ty));
        match item {
            Item::Struct(item) => self.structure(item),
            Item::Enum(Enum { kind, .. }) => {
                self.add(if *kind == EnumKind::Text { RuntimePart::Enumeration } else { RuntimePart::NotedValue });
                self.add_if(*kind == EnumKind::Mixed, RuntimePart::TextOfJson);
            }
            Item::Union(item) => self.union(item),
            Item::Alias(_) | Item::Newtype(_) => {}
        }
    }

    fn structure(&mut self, item: &Struct) {
        self.add(if item.rest.is_some() { RuntimePart::Rest } else { RuntimePart::NoRest });
        self.add_if(item.rest.as_ref().is_some_and(|rest| rest.kept), RuntimePart::FurtherProperties);
        self.add_if(item.bare.is_some(), RuntimePart::Bare);
        self.add_if(item.is_distinguished, RuntimePart::Untagged);
        for field in &item.fields {
            self.add_if(field.fixed_flag().is_some(), RuntimePart::NotedValue);
            self.add(match (field.presence, field.absence) {
                (Presence::Required, _) => RuntimePart::Required,
                (Presence::Optional, Absence::Null) => RuntimePart::Optional,
                (Presence::Optional, Absence::NullOrEmpty) => RuntimePart::OptionalText,
                (Presence::Optional, Absence::Missing) => RuntimePart::OptionalAny,
                (Presence::Nullable, Absence::Null | Absence::Missing) => RuntimePart::Nullable,
                (Presence::Nullable, Absence::NullOrEmpty) => RuntimePart::NullableText,
            });
        }
    }

    fn union(&mut self, item: &Union) {
        self.add(if item.tag.is_some() { RuntimePart::Tagged } else { RuntimePart::Untagged });
        self.add_if(item.several.is_some(), RuntimePart::Several);
        self.add_if(item.scalar, RuntimePart::TextOfJson);
        for variant in item.variants.iter().filter(|variant| !variant.tags.is_empty()) {
            let is_outside = variant.tag_place == TagPlace::Outside;
            self.add(if is_outside { RuntimePart::TagOutside } else { RuntimePart::TagInside });
            let is_added = variant.tag_place == TagPlace::Perhaps && !variant.is_default;
            self.add_if(is_outside || is_added, RuntimePart::WrittenTag);
        }
        self.add_if(item.variants.iter().any(|variant| variant.is_default), RuntimePart::DefaultVariant);
    }

    fn operation(&mut self, operation: &Operation) {
        self.add(RuntimePart::Operation);
        operation.sent().chain(operation.received()).for_each(|ty| self.ty(ty));
        operation.required.iter().chain(&operation.optional).for_each(|parameter| self.parameter(parameter));
        operation.body.iter().for_each(|body| self.body(body));
        self.success(&operation.success.ty, operation.success.encoding);
        self.add_if(operation.error.is_none(), RuntimePart::NoErrorBody);
        for response_enum in &operation.response_enums {
            self.add(RuntimePart::ByStatus);
            let of_one_status = response_enum.variants.chunk_by(|one, other| one.statuses == other.statuses);
            self.add_if(of_one_status.into_iter().any(|variants| variants.len() > 1), RuntimePart::ByMediaType);
            if operation.success.ty == Type::Beside(response_enum.ident.clone()) {
                self.add(RuntimePart::SuccessByStatus);
                let documented = response_enum.variants.iter().filter(|variant| variant.ty != Type::Unit);
                documented.for_each(|variant| self.success(&variant.ty, variant.encoding));
                self.add_if(!response_enum.has_rest(), RuntimePart::UndocumentedStatus);
            } else {
                let mut encodings = response_enum.variants.iter().map(|variant| variant.encoding);
                self.add_if(encodings.any(|encoding| encoding == Encoding::Text), RuntimePart::TextError);
            }
        }
        self.add_if(operation.headers.is_some(), RuntimePart::ResponseHeaders);
        for header in operation.headers.iter().flat_map(|headers| &headers.fields) {
            self.add(match header.form {
                HeaderForm::Parsed => RuntimePart::HeaderValue,
                HeaderForm::Lines => RuntimePart::HeaderLines,
                _ => RuntimePart::HeaderDecoded,
            });
        }
        if let Some(streaming) = &operation.streaming {
            match (streaming.kind, &streaming.item) {
                (Streamed::Bytes, _) => {}
                (Streamed::Events, None) => self.add(RuntimePart::Events),
                (Streamed::Events, Some(_)) => self.add(RuntimePart::EventContent),
                (Streamed::Lines, None) => self.add(RuntimePart::Lines),
                (Streamed::Lines, Some(_)) => self.add(RuntimePart::LinesOf),
            }
        }
    }

    fn success(&mut self, ty: &Type, encoding: Encoding) {
        match encoding {
            Encoding::Text => self.add_if(*ty == Type::Secret, RuntimePart::SecretSuccess),
            Encoding::Bytes | Encoding::Form | Encoding::Multipart => self.add(RuntimePart::BytesSuccess),
            Encoding::PartList => self.add(RuntimePart::ReceivedList),
            Encoding::NamedParts => self.add(RuntimePart::ReceivedObject),
            Encoding::Empty => self.add(RuntimePart::EmptySuccess),
            Encoding::Items(ItemForm::Line | ItemForm::Record) => self.add(RuntimePart::JsonLines),
            Encoding::Items(ItemForm::Event) => self.add(RuntimePart::EventList),
            Encoding::Items(ItemForm::EventData) => self.add(RuntimePart::EventDataList),
            Encoding::Json | Encoding::ByStatus => {}
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let Parameter { ty, encoding, location, .. } = parameter;
        match (ty, encoding) {
            (Type::Secret, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => self.add(RuntimePart::Hidden),
            (Type::List(element), ParameterEncoding::List(_)) if **element == Type::Secret => {
                self.add(RuntimePart::HiddenList);
            }
            _ => {}
        }
        match location {
            Location::Part(_) | Location::FurtherPart(_) => return self.part(ty, *encoding),
            Location::WholeQuery(fields) => self.add_if(!fields.is_empty(), RuntimePart::FormField),
            Location::Path | Location::Query | Location::Header | Location::Cookie => {}
        }
        self.add(match (encoding, location) {
            (ParameterEncoding::Structured(_) | ParameterEncoding::List(_), Location::WholeQuery(_)) => {
                RuntimePart::QueryForm
            }
            (ParameterEncoding::Json(_), Location::WholeQuery(_)) => RuntimePart::QueryJson,
            (ParameterEncoding::Styled(styling), Location::WholeQuery(_)) if styling.reserved => {
                RuntimePart::QueryReserved
            }
            (ParameterEncoding::Styled(_), Location::WholeQuery(_)) => RuntimePart::QueryEncoded,
            (ParameterEncoding::Plain, Location::WholeQuery(_)) => RuntimePart::QueryText,
            (ParameterEncoding::Plain, Location::Path) => RuntimePart::Path,
            (ParameterEncoding::Plain, Location::Query) => RuntimePart::Query,
            (ParameterEncoding::Plain, Location::Header) => RuntimePart::Header,
            (ParameterEncoding::Plain, Location::Cookie) => RuntimePart::Cookie,
            (ParameterEncoding::Plain, Location::Part(_) | Location::FurtherPart(_)) => RuntimePart::PartText,
            (ParameterEncoding::Styled(_), _) => RuntimePart::StyledText,
            (ParameterEncoding::List(_), _) => RuntimePart::StyledList,
            (ParameterEncoding::Structured(_), _) => RuntimePart::Structured,
            (ParameterEncoding::Json(_), _) => RuntimePart::JsonParameter,
        });
    }

    /// A part of a multipart body.
    fn part(&mut self, ty: &Type, encoding: ParameterEncoding) {
        self.add(match (ty, encoding) {
            (Type::Upload, _) => RuntimePart::PartFile,
            (Type::List(element), _) if **element == Type::Upload => RuntimePart::PartFiles,
            (_, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => RuntimePart::PartText,
            (_, ParameterEncoding::List(Styling { style: Style::Delimited(_), .. })) => RuntimePart::PartList,
            (_, ParameterEncoding::List(_)) => RuntimePart::PartTexts,
            (_, ParameterEncoding::Structured(Styling { style: Style::Delimited(_), .. })) => {
                RuntimePart::PartStructured
            }
            (_, ParameterEncoding::Structured(_)) => RuntimePart::PartJsonList,
            (_, ParameterEncoding::Json(_)) => RuntimePart::PartJson,
        });
    }

    fn body(&mut self, body: &Body) {
        self.add_if(body.media_type_argument.is_some(), RuntimePart::MediaRange);
        match body.encoding {
            Encoding::Json | Encoding::PartList | Encoding::NamedParts | Encoding::Empty | Encoding::ByStatus => {}
            Encoding::Form => {
                self.add(RuntimePart::Form);
                self.add_if(!body.fields.is_empty(), RuntimePart::FormField);
            }
            Encoding::Multipart => match &body.parts {
                Some(parts) => {
                    self.add_if(body.media_type != "multipart/form-data", RuntimePart::BegunMultipart);
                    self.add_if(parts.is_unnamed, RuntimePart::UnnamedParts);
                    self.add_if(!parts.groups.is_empty(), RuntimePart::PartGroups);
                }
                None => self.add(RuntimePart::WholeMultipart),
            },
            Encoding::Text => {
                self.add(RuntimePart::TextBody);
                self.add_if(body.ty == Type::Secret, RuntimePart::Hidden);
            }
            Encoding::Bytes => self.add(RuntimePart::Payload),
            Encoding::Items(_) => self.add(RuntimePart::Items),
        }
    }

    fn scheme(&mut self, scheme: &Scheme) {
        match scheme.value {
            SchemeValue::Given => self.add(RuntimePart::PlainCredential),
            SchemeValue::Named => self.add(RuntimePart::NamedCredential),
            SchemeValue::Bearer => self.add(RuntimePart::BearerCredential),
            SchemeValue::Basic => self.add(RuntimePart::BasicCredential),
            SchemeValue::Identity => self.add(RuntimePart::Identity),
            SchemeValue::Pattern { .. } => self.add(RuntimePart::PatternCredential),
            SchemeValue::Generated { .. } => {}
        }
    }

    /// A type that is mentioned.
    fn ty(&mut self, ty: &Type) {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            match ty {
                Type::Uuid => self.add(RuntimePart::Uuid),
                Type::DateTime => self.add(RuntimePart::DateTime),
                Type::Date => self.add(RuntimePart::Date),
                Type::Base64 => self.add(RuntimePart::Base64),
                Type::JsonText(inner) => {
                    self.add(RuntimePart::JsonText);
                    open.push(inner);
                }
                Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => open.push(inner),
                Type::Tuple(inner) => open.extend(inner),
                _ => {}
            }
        }
    }
}

/// Adds a part, with those that it needs.
fn insert(parts: &mut BTreeSet<RuntimePart>, part: RuntimePart) {
    if parts.insert(part) {
        part.implied().iter().for_each(|implied| insert(parts, *implied));
    }
}
