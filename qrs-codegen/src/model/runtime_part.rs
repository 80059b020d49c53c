//! The parts of the runtime that can be left out of a client.
//!
//! `runtime/` marks each of them with a comment, `// only: NAME`, by the names below. `emit/runtime.rs` has the forms of a
//! marker.

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
            pub(super) fn implied(self) -> &'static [Self] {
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
    /// A whole query that is text with reserved characters.
    QueryReserved "query-reserved" [QueryEncoded],
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
    /// Parts whose names are not sent.
    UnnamedParts "unnamed-parts" [BegunMultipart],
    /// Parts that consist of parts.
    PartGroups "part-groups" [PartSetter],
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
    /// A success in parts, as a list.
    ReceivedList "received-list",
    /// A success in parts, as an object.
    ReceivedObject "received-object",
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
    /// An optional property of any type.
    OptionalAny "optional-any" [MayBeAbsent],
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
    /// A value that may be another one than its schema lists, and is no text.
    NotedValue "noted-value",
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

    /// The command. The parts that it needs of the others depend on its options.
    Command "command",
    /// Hand-written subcommands.
    CommandExtension "command-extension",

    /// The mock, with what its hand-written code uses of the runtime.
    Mock "mock" [],

    /// UUIDs, by the crate `uuid`.
    Uuid "uuid",
    /// Dates, by the crate `jiff`.
    Date "date",
    /// Points in time.
    DateTime "date-time" [Date] exports "DateTime",
}
