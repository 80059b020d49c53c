//! The kinds of change, each with a stable id.

/// Lists the kinds once, so that no kind lacks an id, an element or an action.
macro_rules! kinds {
    ($($variant:ident = $id:literal, $element:ident $action:ident;)*) => {
        /// A kind of change. [`ChangeKind::id`] names it in every format of the report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "docs/changes.md describes each kind by its id")]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($variant,)*
        }

        impl ChangeKind {
            /// All kinds, in the order of `docs/changes.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The kind's name in kebab case. It never changes from version to version.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The element of the API that changed.
            #[must_use]
            pub fn element(self) -> Element {
                match self {
                    $(Self::$variant => Element::$element,)*
                }
            }

            /// The action that changed the element.
            #[must_use]
            pub fn action(self) -> Action {
                match self {
                    $(Self::$variant => Action::$action,)*
                }
            }
        }
    };
}

kinds! {
    OperationAdded = "operation-added", Operation Added;
    OperationRemoved = "operation-removed", Operation Removed;
    OperationRenamed = "operation-renamed", Operation Renamed;
    OperationRouteChanged = "operation-route-changed", Operation Changed;
    PathPrefixChanged = "path-prefix-changed", Operation Changed;
    OperationModuleChanged = "operation-module-changed", Operation Changed;
    OperationArgumentsReordered = "operation-arguments-reordered", Operation Changed;
    OperationServersChanged = "operation-servers-changed", Server Changed;
    OperationSecurityChanged = "operation-security-changed", Security Changed;
    OperationScopesChanged = "operation-scopes-changed", Security Changed;
    OperationCredentialsMoved = "operation-credentials-moved", Security Changed;
    OperationDeprecated = "operation-deprecated", Deprecation Changed;

    ParameterAdded = "parameter-added", Parameter Added;
    RequiredParameterAdded = "required-parameter-added", Parameter Added;
    ParameterRemoved = "parameter-removed", Parameter Removed;
    ParameterRenamed = "parameter-renamed", Parameter Renamed;
    ParameterTypeChanged = "parameter-type-changed", Parameter Changed;
    ParameterBecameRequired = "parameter-became-required", Parameter Changed;
    ParameterBecameOptional = "parameter-became-optional", Parameter Changed;
    ParameterSerializationChanged = "parameter-serialization-changed", Parameter Changed;
    ParameterMediaTypeChanged = "parameter-media-type-changed", Parameter Changed;

    BodyAdded = "body-added", Body Added;
    RequiredBodyAdded = "required-body-added", Body Added;
    BodyRemoved = "body-removed", Body Removed;
    BodyTypeChanged = "body-type-changed", Body Changed;
    BodyMediaTypeAdded = "body-media-type-added", Body Added;
    BodyMediaTypeRemoved = "body-media-type-removed", Body Removed;
    BodyMediaTypeChanged = "body-media-type-changed", Body Changed;
    BodyFieldSerializationChanged = "body-field-serialization-changed", Body Changed;
    BodyBecameRequired = "body-became-required", Body Changed;
    BodyBecameOptional = "body-became-optional", Body Changed;

    SuccessTypeChanged = "success-type-changed", Response Changed;
    SuccessMediaTypesChanged = "success-media-types-changed", Response Changed;
    SuccessStatusesChanged = "success-statuses-changed", Response Changed;
    SuccessStreamAdded = "success-stream-added", Response Added;
    SuccessStreamChanged = "success-stream-changed", Response Changed;
    SuccessStreamRemoved = "success-stream-removed", Response Removed;
    ErrorTypeChanged = "error-type-changed", Response Changed;
    ErrorStatusesChanged = "error-statuses-changed", Response Changed;
    ResponseVariantAdded = "response-variant-added", Response Added;
    ResponseVariantTypeChanged = "response-variant-type-changed", Response Changed;
    ResponseVariantRemoved = "response-variant-removed", Response Removed;
    ResponseHeaderAdded = "response-header-added", Response Added;
    ResponseHeaderRemoved = "response-header-removed", Response Removed;
    ResponseHeaderRenamed = "response-header-renamed", Response Renamed;
    ResponseHeaderTypeChanged = "response-header-type-changed", Response Changed;

    TypeAdded = "type-added", Type Added;
    TypeRemoved = "type-removed", Type Removed;
    TypeRenamed = "type-renamed", Type Renamed;
    TypeKindChanged = "type-kind-changed", Type Changed;
    TypeAliasChanged = "type-alias-changed", Type Changed;
    TypeSeparated = "type-separated", Type Changed;
    TypeUnified = "type-unified", Type Changed;
    ExportAdded = "export-added", Type Added;
    ExportRemoved = "export-removed", Type Removed;
    EqAdded = "eq-added", Type Changed;
    EqRemoved = "eq-removed", Type Changed;
    ConstructorArgumentsReordered = "constructor-arguments-reordered", Type Changed;
    AdditionalPropertiesAllowed = "additional-properties-allowed", Type Changed;
    AdditionalPropertiesForbidden = "additional-properties-forbidden", Type Changed;
    AdditionalPropertiesTypeChanged = "additional-properties-type-changed", Type Changed;
    AdditionalPropertiesRenamed = "additional-properties-renamed", Type Changed;

    FieldAdded = "field-added", Field Added;
    RequiredFieldAdded = "required-field-added", Field Added;
    FieldRemoved = "field-removed", Field Removed;
    FieldRenamed = "field-renamed", Field Renamed;
    FieldRustNameChanged = "field-rust-name-changed", Field Renamed;
    FieldTypeChanged = "field-type-changed", Field Changed;
    FieldBecameRequired = "field-became-required", Field Changed;
    FieldBecameOptional = "field-became-optional", Field Changed;
    FieldNullAllowed = "field-null-allowed", Field Changed;
    FieldNullForbidden = "field-null-forbidden", Field Changed;
    FieldAccessChanged = "field-access-changed", Field Changed;
    FieldAliasAdded = "field-alias-added", Field Changed;
    FieldAliasRemoved = "field-alias-removed", Field Changed;
    ConstructorArgumentAdded = "constructor-argument-added", Field Changed;
    ConstructorArgumentRemoved = "constructor-argument-removed", Field Changed;

    EnumValueAdded = "enum-value-added", Variant Added;
    EnumValueRemoved = "enum-value-removed", Variant Removed;
    EnumValueRustNameChanged = "enum-value-rust-name-changed", Variant Renamed;
    EnumValuesRetyped = "enum-values-retyped", Type Changed;
    UnionVariantAdded = "union-variant-added", Variant Added;
    UnionVariantRemoved = "union-variant-removed", Variant Removed;
    UnionVariantRustNameChanged = "union-variant-rust-name-changed", Variant Renamed;
    UnionVariantTypeChanged = "union-variant-type-changed", Variant Changed;
    UnionVariantTagsChanged = "union-variant-tags-changed", Variant Changed;
    UnionVariantConversionAdded = "union-variant-conversion-added", Variant Changed;
    UnionVariantConversionRemoved = "union-variant-conversion-removed", Variant Changed;
    UnionDisplayAdded = "union-display-added", Type Changed;
    UnionDisplayRemoved = "union-display-removed", Type Changed;
    UnionTagChanged = "union-tag-changed", Type Changed;
    UnionMatchingChanged = "union-matching-changed", Type Changed;

    ConstraintTightened = "constraint-tightened", Constraint Changed;
    ConstraintLoosened = "constraint-loosened", Constraint Changed;
    ConstraintChanged = "constraint-changed", Constraint Changed;
    OpenValueAdded = "open-value-added", Constraint Changed;
    OpenValueRemoved = "open-value-removed", Constraint Changed;
    DefaultChanged = "default-changed", Default Changed;
    ParameterDeprecated = "parameter-deprecated", Deprecation Changed;
    FieldDeprecated = "field-deprecated", Deprecation Changed;
    TypeDeprecated = "type-deprecated", Deprecation Changed;
    DeprecationWithdrawn = "deprecation-withdrawn", Deprecation Changed;
    SunsetChanged = "sunset-changed", Deprecation Changed;
    StabilityChanged = "stability-changed", Stability Changed;

    ServerAdded = "server-added", Server Added;
    ServerRemoved = "server-removed", Server Removed;
    ServerRenamed = "server-renamed", Server Renamed;
    ServerUrlChanged = "server-url-changed", Server Changed;
    ServerHostChanged = "server-host-changed", Server Changed;
    ServerVariablesChanged = "server-variables-changed", Server Changed;
    ServerVariableValuesChanged = "server-variable-values-changed", Server Changed;

    SecuritySchemeAdded = "security-scheme-added", Security Added;
    SecuritySchemeRemoved = "security-scheme-removed", Security Removed;
    SecuritySchemeRenamed = "security-scheme-renamed", Security Renamed;
    SecuritySchemeMoved = "security-scheme-moved", Security Changed;
    SecuritySchemeValueChanged = "security-scheme-value-changed", Security Changed;
    SecuritySchemeScopesChanged = "security-scheme-scopes-changed", Security Changed;

    DocumentationChanged = "documentation-changed", Documentation Changed;
    DocumentInfoChanged = "document-info-changed", Documentation Changed;
    PackageRenamed = "package-renamed", Documentation Renamed;
}

/// An element of an API that can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Element {
    /// An operation.
    Operation,
    /// A parameter of an operation.
    Parameter,
    /// A request body.
    Body,
    /// A response of an operation.
    Response,
    /// A declared type.
    Type,
    /// A property of an object.
    Field,
    /// A value of an enumeration, or a variant of a union.
    Variant,
    /// A server.
    Server,
    /// A security scheme, or the schemes that an operation needs.
    Security,
    /// A keyword that restricts values without changing their type.
    Constraint,
    /// The value that a server takes for one that is left out.
    Default,
    /// A `deprecated` mark.
    Deprecation,
    /// A mark that tells how stable or how public an element is.
    Stability,
    /// Descriptions and other text for people.
    Documentation,
}

/// The action that changes an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed,
    /// It differs.
    Changed,
}
