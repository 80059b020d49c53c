//! A document to a [`model::Api`](crate::model::Api): names everything, picks types.
//!
//! Every decision about Rust is made here. A part of a document that cannot be expressed becomes the most exact type
//! that is still honest, or is left out, with a warning that names it. Errors are those in `x-codegen` alone, which is
//! written for this generator. One run finds all problems.
//!
//! `types` makes [`draft`]s of declared types, which `operations` mention. `recursion` and `finish` turn the drafts
//! into the types of the model once everything is known.

pub(crate) mod cli;
pub(crate) mod cli_help;
mod draft;
mod findings;
mod finish;
mod operations;
mod package;
mod recursion;
mod security;
mod server;
mod shared_types;
mod types;
mod untyped;

use self::security::Credentials;
use self::server::Servers;
use self::types::Types;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::markdown;
use crate::model::{AnyPath, Api, CredentialParameter, Doc, Module, Uses};
use crate::naming::Ident;
pub(crate) use operations::has_typed_body;
pub(crate) use untyped::{UntypedPlace, untyped};

/// The model of a document, and every problem with it. The model means nothing if there is an error among them.
pub(crate) fn lower(document: &Document) -> (Api, Vec<Diagnostic>) {
    let mut types = Types::of(document);
    let contract = package::contract(&document.info, &document.openapi);
    let package = package::package(&document.info, &contract, &mut types.found);
    let wanted = cli::wanted(&document.info, &mut types.found);
    let mut credentials = Credentials::of(document, &mut types.found);
    let mut servers = Servers::of(&document.servers, &mut types.found);
    let modules = operations::modules(document, &mut types, &mut credentials, &mut servers);
    types.declare_waiting();
    types.check_defaults();
    let mut drafts = std::mem::take(&mut types.items);
    recursion::box_cycles(&mut drafts, &mut types.found, &types.places);
    let components = types.component_names();
    let (items, shared) = finish::finish(drafts, &modules, &components, |ident| types.is_scalar_item(ident));
    let default_security = credentials.of_operation(None, &mut types.found);
    let (schemes, securities) = credentials.used_by(&modules);
    let default_security = default_security.filter(|place| securities.iter().any(|used| &used.static_ident == place));
    let any = any_path(default_security, &modules);
    let servers = servers.all;
    let uses = Uses::of(&items, &modules, &schemes, &servers);
    let mut api = Api {
        contract,
        package,
        servers,
        schemes,
        securities,
        items,
        shared,
        modules,
        any,
        mock: document.info.mock,
        cli: None,
        uses,
    };
    if let Some(wanted) = wanted {
        let cli = wanted.command(&api);
        api.uses.add_command(&cli, &api.servers);
        api.cli = Some(cli);
    }
    if api.mock {
        api.uses.add_mock();
    }
    (api, types.found.into_list())
}

/// The content of a request of a path that the document does not describe: the credentials of the whole document, or of the
/// first operation where no operation uses these, and the parameters that every operation has.
fn any_path(default_security: Option<Ident>, modules: &[Module]) -> AnyPath {
    let operations = || modules.iter().flat_map(|module| &module.operations);
    let Some(first) = operations().next() else {
        return AnyPath { security: default_security, credential_parameters: Vec::new() };
    };
    let of_all = |parameter: &&CredentialParameter| {
        operations().all(|operation| operation.credential_parameters.contains(parameter))
    };
    AnyPath {
        security: default_security.or_else(|| first.security.clone()),
        credential_parameters: first.credential_parameters.iter().filter(of_all).cloned().collect(),
    }
}

/// A doc comment of several texts, each a paragraph or more.
fn doc<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Doc {
    let mut lines: Vec<String> = Vec::new();
    for text in texts.into_iter().flatten() {
        let more = markdown::lines(text);
        if more.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    Doc { lines, is_deprecated: false }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The functions that `runtime/` gives a type of its own.
    fn inherent(type_name: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (_, text) in crate::emit::runtime_files() {
            let file = syn::parse_file(text).expect("the runtime is Rust");
            for item in file.items {
                let syn::Item::Impl(item) = item else { continue };
                let syn::Type::Path(path) = &*item.self_ty else { continue };
                if item.trait_.is_none() && path.path.is_ident(type_name) {
                    names.extend(item.items.iter().filter_map(|item| match item {
                        syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                        _ => None,
                    }));
                }
            }
        }
        names
    }

    #[test]
    fn what_the_runtime_calls_its_own_is_kept_for_it() {
        let lists = [
            ("Client", super::operations::CLIENT_METHODS),
            ("ClientBuilder", super::security::BUILDER_METHODS),
            ("Server", super::server::SERVER_FUNCTIONS),
        ];
        for (name, reserved) in lists {
            let own = inherent(name);
            assert!(own.len() > 1, "{name} was not found: {own:?}");
            let missing: Vec<&String> = own.iter().filter(|own| !reserved.contains(&own.as_str())).collect();
            assert!(missing.is_empty(), "{name} has functions of its own that are not reserved: {missing:?}");
        }
    }
}
