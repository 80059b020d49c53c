//! The parts of the runtime that a client uses: only these are shipped with it.
//!
//! `runtime/` marks each part that can be left out with a comment, `// only: NAME`, by the names below. `emit/runtime.rs` has the
//! forms of a marker.

use std::collections::BTreeSet;

use super::{
    Body, Encoding, Enum, EnumKind, HeaderForm, Item, ItemForm, Location, Module, Operation, Parameter, Presence,
    Scheme, SchemeValue, Server, Streamed, Struct, Style, Styling, TagPlace, Type, Union, Writing,
};

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident $name:literal $([$($implied:ident)*])? $(exports $($export:literal)*)?,)*) => {
        /// A part of the runtime that can be left out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum RuntimePart {
            $($(#[$doc])* $part,)*
        }

        impl RuntimePart {
            /// All parts.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$part),*];

            /// The name in the markers of the runtime.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$part => $name,)*
                }
            }

            /// The parts that this one needs.
            fn implied(self) -> &'static [Self] {
                match self {
                    $(Self::$part => &[$($(Self::$implied),*)?],)*
                }
            }

            /// The names that the crate exports at its root because of this part.
            pub(crate) fn exports(self) -> &'static [&'static str] {
                match self {
                    $(Self::$part => &[$($($export),*)?],)*
                }
            }
        }
    };
}

parts! {
    /// Any operation of the document.
    Operation "operation",

    /// A path parameter that is one piece of text.
    Path "path",
    /// A query parameter that is one piece of text.
    Query "query",
    /// A header parameter that is one piece of text.
    Header "header",
    /// A cookie parameter that is one piece of text.
    Cookie "cookie",
    /// A parameter of any kind below.
    Styled "styled" [Parameter],
    /// A parameter with a style, or a field or a part that is encoded as one is.
    Parameter "parameter",
    /// A piece of text with a style.
    StyledText "styled-text" [Styled],
    /// A list.
    StyledList "styled-list" [Styled],
    /// An object, or whatever its type becomes in JSON.
    Structured "structured" [Styled],
    /// The text of a JSON value.
    JsonParameter "json-parameter" [Styled],
    /// The whole query, of any kind below.
    WholeQuery "whole-query",
    /// The whole query as a form.
    QueryForm "query-form" [WholeQuery Parameter],
    /// The whole query as a JSON value.
    QueryJson "query-json" [QueryText],
    /// The whole query as text.
    QueryText "query-text" [QueryEncoded],
    /// The whole query as text that is encoded already.
    QueryEncoded "query-encoded" [WholeQuery],
    /// A secret piece of text.
    Hidden "hidden",
    /// A list of secrets.
    HiddenList "hidden-list",

    /// A body of text.
    TextBody "text-body",
    /// A form.
    Form "form" [Parameter],
    /// A field of a form with an encoding of its own.
    FormField "form-field",
    /// A multipart body, whoever assembles it.
    Multipart "multipart",
    /// A multipart body that the caller assembles.
    WholeMultipart "whole-multipart" [Multipart Upload Payload] exports "Multipart",
    /// A multipart body of another kind than a form.
    BegunMultipart "begun-multipart" [PartSetter],
    /// A part that generated code sets.
    PartSetter "part-setter" [Multipart],
    /// A part that is a piece of text.
    PartText "part-text" [PartTexts],
    /// Parts that are pieces of text.
    PartTexts "part-texts" [PartSetter],
    /// A part that is a list whose elements are joined.
    PartList "part-list" [PartTexts Parameter],
    /// A part that is a list of lists whose elements are joined.
    PartStructured "part-structured" [PartTexts Parameter],
    /// A part that is a JSON value.
    PartJson "part-json" [PartTexts],
    /// Parts that are JSON values.
    PartJsonList "part-json-list" [PartTexts],
    /// A part that is a file.
    PartFile "part-file" [PartFiles],
    /// Parts that are files.
    PartFiles "part-files" [PartSetter Upload Payload],
    /// A sequence of values.
    Items "items" exports "Items",
    /// A file.
    Upload "upload" exports "Upload",
    /// Bytes that the caller gives.
    Payload "payload" exports "Payload",

    /// A success that is a secret text.
    SecretSuccess "secret-success",
    /// A success that is bytes.
    BytesSuccess "bytes-success",
    /// A success without a body.
    EmptySuccess "empty-success",
    /// An operation that documents no error body.
    NoErrorBody "no-error-body",
    /// Responses that differ by status code.
    ByStatus "by-status",
    /// Responses of one status code that differ by media type.
    ByMediaType "by-media-type" [MediaType],
    /// A body whose media type the caller chooses.
    MediaRange "media-range" [MediaType],
    /// Media types that are compared.
    MediaType "media-type",
    /// An error that is text, among others.
    TextError "text-error",
    /// Successes that differ by status code.
    SuccessByStatus "success-by-status" [ByStatus],
    /// Successes that differ by status code, of which not all are documented.
    UndocumentedStatus "undocumented-status",
    /// Documented headers of responses.
    ResponseHeaders "response-headers",
    /// A header that is one value.
    HeaderValue "header-value",
    /// A header whose lines are texts of their own.
    HeaderLines "header-lines",
    /// A header that is decoded by way of JSON.
    HeaderDecoded "header-decoded",
    /// A success as a stream of server-sent events.
    Events "events",
    /// A success as a stream of lines.
    Lines "lines",
    /// A success as a stream of lines that the document describes.
    LinesOf "lines-of",
    /// A success as a stream of events that the document describes.
    EventContent "event-content",
    /// A success that is a sequence of lines, as a list.
    JsonLines "json-lines",
    /// A success that is a sequence of events, as a list.
    EventList "event-list",
    /// A success that is a sequence of events with values as their data, as a list of these.
    EventDataList "event-data-list",

    /// Any credential that is a text.
    HeldCredential "held-credential",
    /// A credential that is given whole.
    PlainCredential "plain-credential" [HeldCredential],
    /// A credential whose place the caller names.
    NamedCredential "named-credential" [HeldCredential],
    /// A credential by a pattern.
    PatternCredential "pattern-credential" [HeldCredential],
    /// A token.
    BearerCredential "bearer-credential" [HeldCredential],
    /// A user and a password.
    BasicCredential "basic-credential" [HeldCredential],
    /// A client certificate.
    Identity "identity" exports "Identity",
    /// An address of a server.
    Server "server",
    /// A variable in an address of a server.
    ServerVariable "server-variable" [Server],

    /// A struct.
    Object "object",
    /// A struct with a property.
    Property "property" [Object],
    /// A required property.
    Required "required" [Property],
    /// A property that may be left out, of any kind below.
    MayBeAbsent "may-be-absent" [Property],
    /// An optional property.
    Optional "optional" [MayBeAbsent],
    /// An optional property that is absent where its text is empty.
    OptionalText "optional-text" [MayBeAbsent EmptyText],
    /// A property that tells `null` from absent.
    Nullable "nullable" [MayBeAbsent] exports "Nullable",
    /// A property that tells `null` from absent, and is `null` where its text is empty.
    NullableText "nullable-text" [Nullable EmptyText],
    /// A property whose text may be empty for no value.
    EmptyText "empty-text",
    /// A struct that keeps further properties.
    Rest "rest" [Object],
    /// A struct that does not.
    NoRest "no-rest" [Object],
    /// A struct that keeps properties of which nothing is known.
    FurtherProperties "further-properties" exports "FurtherProperties",
    /// A struct that a bare value stands for.
    Bare "bare" [Object],
    /// An enum of texts.
    Enumeration "enumeration",
    /// A union, or the text of a JSON value.
    OneOf "one-of",
    /// A union that no property distinguishes.
    Untagged "untagged" [AnyJson DecodedPart],
    /// A union of which several variants may hold.
    Several "several" [Untagged],
    /// A union that a property distinguishes.
    Tagged "tagged" [AnyJson],
    /// A variant that holds the tag.
    TagInside "tag-inside" [DecodedPart],
    /// A variant without a property for the tag.
    TagOutside "tag-outside" [TagInside],
    /// A variant of values without a tag that is known.
    DefaultVariant "default-variant" [DecodedPart],
    /// A variant that is written with a tag.
    WrittenTag "written-tag" [OneOf],
    /// A JSON value that is buffered.
    AnyJson "any-json" [OneOf],
    /// The text of a JSON value.
    TextOfJson "text-of-json" [OneOf],
    /// A part of a body that is decoded separately.
    DecodedPart "decoded-part" [OneOf],
    /// A value that travels as the text of its JSON.
    JsonText "json-text" exports "JsonText",
    /// Base64.
    Base64 "base64" exports "Base64",

    /// The command, with what its hand-written code uses of the runtime.
    Command "command" [
        Header Cookie StyledText StyledList Structured JsonParameter QueryForm QueryJson Hidden Form FormField BegunMultipart PartFiles PartTexts
        BytesSuccess EmptySuccess PlainCredential NamedCredential PatternCredential BearerCredential BasicCredential
        Identity ServerVariable
    ],

    /// The mock, with what its hand-written code uses of the runtime.
    Mock "mock" [],

    /// UUIDs, by the crate `uuid`.
    Uuid "uuid",
    /// Dates and times, by the crate `jiff`.
    Time "time",
}

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
        items.iter().for_each(|item| uses.item(item));
        modules.iter().flat_map(|module| &module.operations).for_each(|operation| uses.operation(operation));
        schemes.iter().for_each(|scheme| uses.scheme(scheme));
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

    /// Adds the parts that the command needs. The crate exports nothing for it.
    pub(crate) fn add_command(&mut self) {
        insert(&mut self.of_command, RuntimePart::Command);
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
        let words: BTreeSet<&str> = text.split(|character| !is_part_of_word(character)).collect();
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
                self.add_if(*kind == EnumKind::Text, RuntimePart::Enumeration);
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
            self.add(match (field.presence, field.empty_is_none) {
                (Presence::Required, _) => RuntimePart::Required,
                (Presence::Optional, false) => RuntimePart::Optional,
                (Presence::Optional, true) => RuntimePart::OptionalText,
                (Presence::Nullable, false) => RuntimePart::Nullable,
                (Presence::Nullable, true) => RuntimePart::NullableText,
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
        for by_status in &operation.by_status {
            self.add(RuntimePart::ByStatus);
            let of_one_status = by_status.variants.chunk_by(|one, other| one.statuses == other.statuses);
            self.add_if(of_one_status.into_iter().any(|variants| variants.len() > 1), RuntimePart::ByMediaType);
            if operation.success.ty != Type::Beside(by_status.ident.clone()) {
                let mut encodings = by_status.variants.iter().map(|variant| variant.encoding);
                self.add_if(encodings.any(|encoding| encoding == Encoding::Text), RuntimePart::TextError);
            } else {
                self.add(RuntimePart::SuccessByStatus);
                let documented = by_status.variants.iter().filter(|variant| variant.ty != Type::Unit);
                documented.for_each(|variant| self.success(&variant.ty, variant.encoding));
                self.add_if(!by_status.has_rest(), RuntimePart::UndocumentedStatus);
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
            Encoding::Empty => self.add(RuntimePart::EmptySuccess),
            Encoding::Items(ItemForm::Line | ItemForm::Record) => self.add(RuntimePart::JsonLines),
            Encoding::Items(ItemForm::Event) => self.add(RuntimePart::EventList),
            Encoding::Items(ItemForm::EventData) => self.add(RuntimePart::EventDataList),
            Encoding::Json | Encoding::ByStatus => {}
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let Parameter { ty, writing, location, .. } = parameter;
        match (ty, writing) {
            (Type::Secret, Writing::Plain | Writing::Styled(_)) => self.add(RuntimePart::Hidden),
            (Type::List(element), Writing::List(_)) if **element == Type::Secret => self.add(RuntimePart::HiddenList),
            _ => {}
        }
        match location {
            Location::Part(_) | Location::FurtherPart(_) => return self.part(ty, *writing),
            Location::WholeQuery(fields) => self.add_if(!fields.is_empty(), RuntimePart::FormField),
            Location::Path | Location::Query | Location::Header | Location::Cookie => {}
        }
        self.add(match (writing, location) {
            (Writing::Structured(_) | Writing::List(_), Location::WholeQuery(_)) => RuntimePart::QueryForm,
            (Writing::Json(_), Location::WholeQuery(_)) => RuntimePart::QueryJson,
            (Writing::Styled(_), Location::WholeQuery(_)) => RuntimePart::QueryEncoded,
            (Writing::Plain, Location::WholeQuery(_)) => RuntimePart::QueryText,
            (Writing::Plain, Location::Path) => RuntimePart::Path,
            (Writing::Plain, Location::Query) => RuntimePart::Query,
            (Writing::Plain, Location::Header) => RuntimePart::Header,
            (Writing::Plain, Location::Cookie) => RuntimePart::Cookie,
            (Writing::Plain, Location::Part(_) | Location::FurtherPart(_)) => RuntimePart::PartText,
            (Writing::Styled(_), _) => RuntimePart::StyledText,
            (Writing::List(_), _) => RuntimePart::StyledList,
            (Writing::Structured(_), _) => RuntimePart::Structured,
            (Writing::Json(_), _) => RuntimePart::JsonParameter,
        });
    }

    /// A part of a multipart body.
    fn part(&mut self, ty: &Type, writing: Writing) {
        self.add(match (ty, writing) {
            (Type::Upload, _) => RuntimePart::PartFile,
            (Type::List(element), _) if **element == Type::Upload => RuntimePart::PartFiles,
            (_, Writing::Plain | Writing::Styled(_)) => RuntimePart::PartText,
            (_, Writing::List(Styling { style: Style::Delimited(_), .. })) => RuntimePart::PartList,
            (_, Writing::List(_)) => RuntimePart::PartTexts,
            (_, Writing::Structured(Styling { style: Style::Delimited(_), .. })) => RuntimePart::PartStructured,
            (_, Writing::Structured(_)) => RuntimePart::PartJsonList,
            (_, Writing::Json(_)) => RuntimePart::PartJson,
        });
    }

    fn body(&mut self, body: &Body) {
        self.add_if(body.media_type_argument.is_some(), RuntimePart::MediaRange);
        match body.encoding {
            Encoding::Json | Encoding::Empty | Encoding::ByStatus => {}
            Encoding::Form => {
                self.add(RuntimePart::Form);
                self.add_if(!body.fields.is_empty(), RuntimePart::FormField);
            }
            Encoding::Multipart if body.in_parts => {
                self.add_if(body.media_type != "multipart/form-data", RuntimePart::BegunMultipart);
            }
            Encoding::Multipart => self.add(RuntimePart::WholeMultipart),
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
                Type::Timestamp | Type::Date => self.add(RuntimePart::Time),
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
