//! The kinds of problem.

/// A kind of problem, with the names that distinguish two problems of one kind. Displays as the message, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The text is neither YAML nor JSON. Holds what the parser says.
    Syntax(String),
    /// A mapping gives a key twice.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// Collections are nested too deeply.
    TooDeep,
    /// The text or the number of its values exceeds the limit.
    TooLarge,
    /// Aliases expand to more values than the limit.
    AliasBomb,
    /// An anchored value contains an alias of itself.
    SelfReference,
    /// Reading stopped after too many problems.
    TooManyProblems,
    /// The document is not a mapping.
    NotAMapping {
        /// The type that it has instead, with an article.
        found: &'static str,
    },
    /// A second document follows in the same text.
    MultipleDocuments,
    /// The text contains no value.
    Empty,
    /// A key is a collection.
    KeyNotString,
    /// A merge key's value is neither a mapping nor a list of mappings.
    BadMerge,
    /// A YAML tag without an equivalent in JSON.
    UnsupportedTag {
        /// The tag as written.
        tag: String,
    },
    /// A scalar is not of the type that its tag names.
    TagMismatch {
        /// The tag as written.
        tag: String,
        /// The scalar as written.
        written: String,
    },
    /// A number that JSON cannot represent: infinite, not a number, or too large.
    NumberRange {
        /// The number as written.
        written: String,
    },
    /// An object lacks a key that the specification requires.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The object, as the specification calls it.
        object: &'static str,
    },
    /// A key that the specification does not know here.
    UnknownKey {
        /// The key.
        key: String,
        /// The object, as the specification calls it.
        object: &'static str,
    },
    /// A key that a later version of the specification introduced.
    NewerKey {
        /// The key.
        key: &'static str,
        /// The object, as the specification calls it.
        object: &'static str,
        /// The version that has it.
        since: &'static str,
    },
    /// A value of another type than the specification requires.
    WrongType {
        /// The type that is required, with an article, or the name of an object of the specification.
        expected: &'static str,
        /// The type of the value, with an article.
        found: &'static str,
    },
    /// A value that is not among the possible ones.
    UnknownValue {
        /// The value.
        value: String,
    },
    /// A version of the specification that is not supported.
    UnsupportedVersion {
        /// The version, as written.
        version: String,
    },
    /// A name that refers to nothing.
    DanglingReference {
        /// The reference, as written.
        reference: String,
    },
    /// A reference to a place that is not supported.
    UnsupportedReference {
        /// The reference, as written.
        reference: String,
    },
    /// A file that a reference names and that cannot be read.
    UnreadableFile {
        /// The path of the file from the document's folder.
        name: String,
        /// The reason.
        reason: String,
    },
    /// A cycle of references.
    ReferenceCycle,
    /// A type that is an alias of itself.
    RecursiveAlias {
        /// The schema.
        name: String,
    },
    /// A name whose Rust form is taken.
    NameCollision {
        /// The name in the document.
        wire: String,
        /// The Rust name that it would have.
        wanted: String,
    },
    /// A path names a parameter that is not described.
    UndeclaredPathParameter {
        /// The parameter.
        name: String,
    },
    /// A path parameter that its path does not name.
    UnplacedPathParameter {
        /// The parameter.
        name: String,
        /// The path.
        path: String,
    },
    /// A parameter that is listed twice.
    DuplicateParameter {
        /// The parameter.
        name: String,
        /// Its `in`.
        location: &'static str,
    },
    /// A server's URL names a variable that is not described.
    UndeclaredVariable {
        /// The variable.
        variable: String,
    },
    /// A required property without a description.
    UndeclaredProperty {
        /// The property.
        property: String,
    },
    /// An intersection of types that have no value in common.
    ContradictoryTypes {
        /// One type, as JSON Schema calls it.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// An `enum` that lists a value twice.
    DuplicateValue {
        /// The value.
        value: String,
    },
    /// Two paths that a server cannot tell apart.
    EqualPaths {
        /// The first path.
        first: String,
    },
    /// A part of the document that the generator cannot express, or not exactly.
    Unsupported {
        /// The part, in a few words.
        what: String,
    },
    /// A part of the document that the client does not use.
    Ignored {
        /// The part, in a few words.
        what: String,
    },
    /// An overlay's action whose target matches nothing.
    StaleAction {
        /// The target.
        target: String,
    },
    /// A pattern of `include` or `exclude` that means no operation.
    StaleChoice {
        /// The pattern.
        pattern: String,
    },
    /// An overlay's action that cannot be applied.
    InvalidAction {
        /// The reason.
        reason: String,
    },
    /// A hand-written module that the crate cannot carry.
    InvalidModule {
        /// The module's file, as it was given.
        name: String,
        /// The reason.
        reason: String,
    },
    /// A defect of the generator.
    Defect {
        /// The failure, in a few words.
        what: String,
    },
}
