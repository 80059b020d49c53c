//! Operations: the calls of a client, with what each sends and receives.

mod accessors;
mod body;
mod gathered_parts;
mod groups;
mod header;
mod media;
mod modules;
mod names;
mod ordered_parts;
mod parameter;
mod parts;
mod path_query;
mod received;
mod received_parts;
mod response;
mod response_body;
mod response_enum;
mod status;

use indexmap::IndexMap;

use self::body::SentBody;
pub(crate) use self::media::has_typed_body;
#[cfg(test)]
pub(super) use self::names::CLIENT_METHODS;
use self::names::{Names, OperationNames};
use self::parameter::Parameters;
use self::response::Responses;
use super::doc;
use super::security::Credentials;
use super::server::Servers;
use super::types::Types;
use crate::diagnostic::Pointer;
use crate::document::{self, Document};
use crate::model::{Encoding, Module, Name, Operation, Success, Type};
use crate::naming::Ident;

/// The operations of a document, by their tags or else by their paths.
pub(super) fn modules<'d>(
    document: &'d Document,
    types: &mut Types<'d>,
    credentials: &mut Credentials<'d>,
    servers: &mut Servers<'d>,
) -> Vec<Module> {
    let groups = groups::of(document);
    let (names, all_names) = Names::of(&document.operations, &mut types.found);
    let mut lowering = Lowering { types, credentials, servers, names };
    let mut tags: IndexMap<&str, (Vec<Operation>, Pointer)> = IndexMap::new();
    for ((operation, names), tag) in document.operations.iter().zip(&all_names).zip(&groups) {
        let lowered = lowering.operation(operation, names);
        tags.entry(tag.as_str()).or_insert_with(|| (Vec::new(), operation.at.clone())).0.extend(lowered);
    }
    let Lowering { mut names, .. } = lowering;
    received::declare(document, types);
    let mut modules = modules::of(tags, &document.tags, &mut types.found);
    accessors::place(&mut modules, &mut names, document.groups_operations);
    modules
}

/// The context of an operation that is lowered.
struct Lowering<'c, 'd> {
    types: &'c mut Types<'d>,
    credentials: &'c mut Credentials<'d>,
    servers: &'c mut Servers<'d>,
    names: Names,
}

/// The facts of an operation that are the same for each media type of its body.
struct Shared {
    parameters: Parameters,
    responses: Responses,
    servers: Vec<Ident>,
    security: Option<Ident>,
}

impl Lowering<'_, '_> {
    /// An operation, once for each media type of its body.
    fn operation(&mut self, operation: &document::Operation, names: &OperationNames) -> Vec<Operation> {
        let name = names::name(operation);
        let parameters = parameter::parameters(operation, &name, self.types, self.credentials);
        let sent = body::bodies(operation, &name, &parameters.arguments, self.types);
        let scope = &mut self.names.requests;
        let mut responses = response::responses(operation, &name, &names.request, scope, self.types);
        if operation.method == "HEAD" {
            responses.leave_out_bodies();
        }
        let found = &mut self.types.found;
        let servers = self.servers.of_operation(&operation.servers, &names.method, found);
        let security = self.credentials.of_operation(operation.security.as_ref(), found);
        let shared = Shared { parameters, responses, servers, security };
        let mut lowered: Vec<Operation> = Vec::with_capacity(sent.len());
        for sent in sent {
            let names = match &sent.word {
                None => names.clone(),
                Some(word) => self.names.of_media_type(names, word, operation, &mut self.types.found),
            };
            let is_first = lowered.is_empty();
            lowered.push(shared.operation(operation, names, sent, is_first));
        }
        lowered
    }
}

impl Shared {
    fn operation(
        &self,
        operation: &document::Operation,
        names: OperationNames,
        sent: SentBody,
        is_first: bool,
    ) -> Operation {
        let Shared { parameters, responses, servers, security } = self;
        let mut required = parameters.required.clone();
        required.extend(sent.required);
        let mut optional = parameters.optional.clone();
        optional.extend(sent.optional);
        let wire = operation.id.clone().unwrap_or_else(|| names::from_path(operation));
        Operation {
            at: operation.at.clone(),
            name: Name { wire, ident: names.method },
            command: operation.command.clone().filter(|_| sent.word.is_none()),
            media_variant: sent.word,
            request: names.request,
            static_ident: names.static_ident,
            method: operation.method.clone(),
            path: path_query::template(operation),
            doc: doc([operation.summary.as_deref(), operation.description.as_deref(), operation.note.as_deref()]),
            deprecated: operation.lifecycle.deprecated,
            required,
            optional,
            body: sent.body,
            credential_parameters: parameters.credentials.clone(),
            security: security.clone(),
            servers: servers.clone(),
            success: responses.success.clone(),
            error: responses.error.clone(),
            error_statuses: responses.error_statuses.clone(),
            response_enums: if is_first { responses.response_enums.clone() } else { Vec::new() },
            headers: if is_first { responses.headers.clone() } else { None },
            streaming: responses.streaming.clone(),
            alternatives: responses.alternatives.clone(),
            descriptions: responses.descriptions.clone(),
        }
    }
}

impl Responses {
    /// RFC 9110, section 9.3.2: what is described for HEAD is what a GET would be answered with.
    fn leave_out_bodies(&mut self) {
        let accept = std::mem::take(&mut self.success.accept);
        self.success = Success { ty: Type::Unit, encoding: Encoding::Empty, accept };
        self.error = None;
        self.error_statuses.clear();
        self.response_enums.clear();
        self.streaming = None;
        self.alternatives.clear();
    }
}
