//! `src/cli/table.rs`: the subcommands of the crate's command, as data; and its binary.

use std::collections::HashSet;

use heck::ToShoutySnakeCase as _;
use proc_macro2::{Ident as Raw, Span, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::docs::inner_lines;
use super::operations::{parameters, part_group};
use super::runtime::used;
use super::{Draft, optional_tokens};
use crate::lower::cli::{Form, help, is_required, is_sent, named_value, option_name, paragraphs, structure};
use crate::markdown;
use crate::model::{
    Carrier, Cli, CliBody, CliCommand, CliEncoding, CliGroup, CliKind, CliOption, CliSuccess, CliValue, Doc, Field,
    Item, ItemsByName, Location, Name, ParameterEncoding, PartLayout, Presence, Scheme, SchemeValue, Server, Struct,
    Uses,
};
use crate::naming::{Ident, kebab};

/// The hand-written files of the command.
pub(super) const FILES: &[(&str, &str)] = &[
    ("body.rs", include_str!("../../runtime/cli/body.rs")),
    ("call.rs", include_str!("../../runtime/cli/call.rs")),
    ("commands.rs", include_str!("../../runtime/cli/commands.rs")),
    ("config.rs", include_str!("../../runtime/cli/config.rs")),
    ("connection.rs", include_str!("../../runtime/cli/connection.rs")),
    ("description.rs", include_str!("../../runtime/cli/description.rs")),
    ("failure.rs", include_str!("../../runtime/cli/failure.rs")),
    ("identity.rs", include_str!("../../runtime/cli/identity.rs")),
    ("input.rs", include_str!("../../runtime/cli/input.rs")),
    ("mod.rs", include_str!("../../runtime/cli/mod.rs")),
    ("output.rs", include_str!("../../runtime/cli/output.rs")),
    ("run.rs", include_str!("../../runtime/cli/run.rs")),
    ("select.rs", include_str!("../../runtime/cli/select.rs")),
    ("settings.rs", include_str!("../../runtime/cli/settings.rs")),
    ("table_output.rs", include_str!("../../runtime/cli/table_output.rs")),
];

/// The paths and texts of the hand-written files, as far as a client uses them.
pub(super) fn files(uses: &Uses) -> impl Iterator<Item = (String, String)> {
    FILES.iter().filter_map(|(name, text)| Some((format!("src/cli/{name}"), used(text, uses)?)))
}

/// `src/bin/NAME.rs`.
pub(super) fn binary<'a>(cli: &Cli, context: &Context<'_>) -> Draft<'a> {
    let Cli { name, .. } = cli;
    let crate_name = format_ident!("{}", context.examples.crate_name);
    let inner = inner_lines(&[format!("The command {}: see `{name} --help`.", markdown::code(name))]);
    let main = quote! {
        fn main() -> std::process::ExitCode {
            #crate_name::cli::main()
        }
    };
    Draft::Rust { inner, items: Box::new(std::iter::once(main)) }
}

/// `src/cli/table.rs`.
pub(super) fn table<'a>(cli: &'a Cli, context: &Context<'a>) -> Draft<'a> {
    let api = context.api;
    let items = api.items_by_name();
    let mut all = vec![quote! {
        use super::description::{
            Api, Body, Command, Credential, CredentialKind, Encoding, Field, FieldKind, Group, Kind, Place, Presence,
            Server, ServerVariable, Success, Value,
        };
        use super::run::Extension;
        use super::description::{Multipart, Parameter};
        use crate::{client, operations, runtime};
    }];
    let groups = cli.groups.iter().enumerate().map(|(index, group)| {
        let name = format_ident!("GROUP_{index}");
        let group = self::group(group);
        quote!(static #name: Group = #group;)
    });
    let names = (0..cli.groups.len()).map(|index| format_ident!("GROUP_{index}"));
    let extension = optional_tokens(cli.extension.as_ref().map(|module| quote!(&crate::#module::EXTENSION)));
    let Cli { name, about, .. } = cli;
    let title = &api.contract.title;
    let servers = api.servers.iter().map(server);
    let credentials = api.schemes.iter().filter_map(credential);
    let generated = api.schemes.iter().filter(|scheme| matches!(scheme.value, SchemeValue::Generated { .. }));
    let generated = generated.map(|scheme| &scheme.static_ident);
    all.push(quote! {
        /// The hand-written subcommands.
        pub(super) static EXTENSION: Option<&Extension> = #extension;
    });
    all.push(quote! {
        /// The command.
        pub(super) static API: Api = Api {
            command: #name,
            title: #title,
            about: #about,
            version: env!("CARGO_PKG_VERSION"),
            groups: &[#(&#names),*],
            servers: &[#(#servers),*],
            credentials: &[#(#credentials),*],
            generated: &[#(&client::#generated),*],
        };
    });
    all.extend(groups);
    all.extend(bodies(cli, &items));
    let inner = inner_lines(&["The subcommands of the command, as data."]);
    let mut inner = inner;
    inner.push(quote!(#![allow(unused_imports, reason = "a document need not have every kind of operation")]));
    Draft::Rust { inner, items: Box::new(all.into_iter()) }
}

fn group(group: &CliGroup) -> TokenStream {
    let CliGroup { name, about, commands } = group;
    let commands = commands.iter().map(command);
    quote!(Group { name: #name, about: #about, commands: &[#(#commands),*] })
}

fn command(command: &CliCommand) -> TokenStream {
    let CliCommand { name, operation, about, details, deprecated, options, body, multipart, success } = command;
    let parameters = options.iter().map(option);
    let body = optional_tokens(body.as_ref().map(self::body));
    let multipart =
        optional_tokens(multipart.as_ref().map(|(media_type, PartLayout { order, is_unnamed, groups })| {
            let groups = groups.iter().map(part_group);
            quote!(Multipart {
                media_type: #media_type, order: &[#(#order),*], is_unnamed: #is_unnamed, groups: &[#(#groups),*],
            })
        }));
    let success = match success {
        CliSuccess::Json => quote!(Success::Json),
        CliSuccess::Page(list) => quote!(Success::Page(#list)),
        CliSuccess::Text => quote!(Success::Text),
        CliSuccess::Bytes => quote!(Success::Bytes),
        CliSuccess::Nothing => quote!(Success::Nothing),
    };
    quote! {
        Command {
            name: #name,
            operation: &operations #(:: #operation)*,
            about: #about,
            details: #details,
            is_deprecated: #deprecated,
            parameters: &[#(#parameters),*],
            body: #body,
            multipart: #multipart,
            success: #success,
        }
    }
}

fn option(option: &CliOption) -> TokenStream {
    let CliOption { name, wire, location, encoding, value, is_required, help } = option;
    let place = place(wire, location, *encoding);
    let value = self::given(value);
    quote!(Parameter { option: #name, name: #wire, place: #place, value: #value, is_required: #is_required, help: #help })
}

fn place(wire: &str, location: &Location, encoding: ParameterEncoding) -> TokenStream {
    let styled = |styling| parameters::styled(wire, location, styling);
    match (location, encoding) {
        (Location::Part(media_type) | Location::FurtherPart(media_type), _) => {
            let media_type = optional_tokens(media_type.as_ref().map(|media_type| quote!(#media_type)));
            let is_further = matches!(location, Location::FurtherPart(_));
            if is_further { quote!(Place::FurtherPart(#media_type)) } else { quote!(Place::Part(#media_type)) }
        }
        (Location::WholeQuery(fields), ParameterEncoding::Structured(_) | ParameterEncoding::List(_)) => {
            let fields = fields.iter().map(parameters::field);
            quote!(Place::QueryForm(&[#(#fields),*]))
        }
        (Location::WholeQuery(_), ParameterEncoding::Json(_)) => quote!(Place::QueryJson),
        (Location::WholeQuery(_), ParameterEncoding::Styled(styling)) if !styling.reserved => {
            quote!(Place::QueryEncoded)
        }
        (Location::WholeQuery(_), ParameterEncoding::Styled(_) | ParameterEncoding::Plain) => quote!(Place::QueryText),
        (_, ParameterEncoding::Json(styling)) => {
            let parameter = styled(styling);
            quote!(Place::Json(#parameter))
        }
        (
            _,
            ParameterEncoding::Styled(styling)
            | ParameterEncoding::List(styling)
            | ParameterEncoding::Structured(styling),
        ) => {
            let parameter = styled(styling);
            quote!(Place::Styled(#parameter))
        }
        (Location::Path, ParameterEncoding::Plain) => quote!(Place::Path),
        (Location::Query, ParameterEncoding::Plain) => quote!(Place::Query),
        (Location::Header, ParameterEncoding::Plain) => quote!(Place::Header),
        (Location::Cookie, ParameterEncoding::Plain) => quote!(Place::Cookie),
    }
}

fn given(value: &CliValue) -> TokenStream {
    let CliValue { kind, is_list, known } = value;
    let kind = match kind {
        CliKind::Text => quote!(Kind::Text),
        CliKind::Uuid => quote!(Kind::Uuid),
        CliKind::Date => quote!(Kind::Date),
        CliKind::Time => quote!(Kind::Time),
        CliKind::Base64 => quote!(Kind::Base64),
        CliKind::Address => quote!(Kind::Address),
        CliKind::Secret => quote!(Kind::Secret),
        CliKind::Integer => quote!(Kind::Integer),
        CliKind::Number => quote!(Kind::Number),
        CliKind::Bool => quote!(Kind::Bool),
        CliKind::Json => quote!(Kind::Json),
        CliKind::File => quote!(Kind::File),
    };
    quote!(Value { kind: #kind, is_list: #is_list, known: &[#(#known),*] })
}

fn body(body: &CliBody) -> TokenStream {
    let CliBody { media_type, encoding, presence, fields, help } = body;
    let encoding = match encoding {
        CliEncoding::Json => quote!(Encoding::Json),
        CliEncoding::Form => quote!(Encoding::Form),
        CliEncoding::Bytes => quote!(Encoding::Bytes),
    };
    let presence = match presence {
        Presence::Required => quote!(Presence::Required),
        Presence::Optional | Presence::Nullable => quote!(Presence::Optional),
    };
    let fields = fields.as_ref().map_or_else(
        || quote!(&[]),
        |fields| {
            let fields = table_name(fields);
            quote!(#fields)
        },
    );
    quote!(Body { media_type: #media_type, encoding: #encoding, presence: #presence, fields: #fields, help: #help })
}

fn table_name(structure: &Ident) -> Raw {
    Raw::new(&format!("FIELDS_OF_{}", structure.as_str().to_shouty_snake_case()), Span::call_site())
}

/// The fields of the bodies, and of the objects in them, each once.
fn bodies(cli: &Cli, items: &ItemsByName<'_>) -> Vec<TokenStream> {
    let commands = cli.groups.iter().flat_map(|group| &group.commands);
    let mut open: Vec<Ident> = commands.filter_map(|command| command.body.as_ref()?.fields.clone()).collect();
    let mut known: HashSet<Ident> = open.iter().cloned().collect();
    open.reverse();
    let mut seen = HashSet::new();
    let mut tables = Vec::new();
    while let Some(ident) = open.pop() {
        let Some(Item::Struct(item)) = items.get(&ident).copied().filter(|_| seen.insert(ident.clone())) else {
            continue;
        };
        let nested = item.fields.iter().filter(|field| is_sent(field)).filter_map(|field| structure(&field.ty, items));
        open.extend(nested.filter(|ident| known.insert(ident.clone())));
        tables.push(fields(item, items));
    }
    tables
}

fn fields(item: &Struct, items: &ItemsByName<'_>) -> TokenStream {
    let name = table_name(&item.name.ident);
    let fields = item.fields.iter().filter(|field| is_sent(field)).map(|field| self::field(field, items));
    quote!(static #name: &[Field] = &[#(#fields),*];)
}

fn field(field: &Field, items: &ItemsByName<'_>) -> TokenStream {
    let wire = &field.name.wire;
    let option = option_name(&field.name);
    let kind = if let Some(inner) = structure(&field.ty, items) {
        let inner = table_name(&inner);
        quote!(FieldKind::Object(&#inner))
    } else {
        let value = given(&named_value(wire, &field.ty, Form::Json, items));
        quote!(FieldKind::Value(#value))
    };
    let is_required = is_required(field);
    let help = paragraphs(&field.doc);
    quote!(Field { option: #option, name: #wire, kind: #kind, is_required: #is_required, help: #help })
}

fn server(server: &Server) -> TokenStream {
    let Server { ident, url, doc, variables, .. } = server;
    let name = kebab(ident.as_str());
    let (about, _) = help(doc);
    let variables = variables.iter().map(|variable| {
        let (wire, default, allowed, about) =
            (&variable.name.wire, &variable.default, &variable.allowed, &variable.doc);
        quote!(ServerVariable { name: #wire, default: #default, allowed: &[#(#allowed),*], about: #about })
    });
    quote!(Server { name: #name, url: #url, about: #about, variables: &[#(#variables),*] })
}

fn credential(scheme: &Scheme) -> Option<TokenStream> {
    let Scheme { name, static_ident, carrier, value, doc, .. } = scheme;
    let kind = match value {
        SchemeValue::Generated { .. } => return None,
        SchemeValue::Given => quote!(CredentialKind::Whole),
        SchemeValue::Named => quote!(CredentialKind::Named),
        SchemeValue::Bearer => quote!(CredentialKind::Bearer),
        SchemeValue::Basic => quote!(CredentialKind::Basic),
        SchemeValue::Identity => quote!(CredentialKind::Certificate),
        SchemeValue::Pattern { pattern, arguments } => {
            let arguments = arguments.iter().map(|Name { wire, .. }| wire);
            quote!(CredentialKind::Pattern { pattern: #pattern, arguments: &[#(#arguments),*] })
        }
    };
    let option = kebab(name.ident.as_str());
    let about = credential_about(carrier, value, doc);
    Some(quote!(Credential { scheme: &client::#static_ident, option: #option, about: #about, kind: #kind }))
}

/// The words of the document for a credential, or what the request carries.
fn credential_about(carrier: &Carrier, value: &SchemeValue, doc: &Doc) -> String {
    let (about, _) = help(doc);
    // A list follows that the help does not show.
    let about = match about.strip_suffix(':') {
        Some(introduced) => introduced.rfind(". ").and_then(|end| introduced.get(..end)).unwrap_or_default().to_owned(),
        None => about,
    };
    if !about.is_empty() {
        return about;
    }
    match (value, carrier) {
        (SchemeValue::Bearer, _) => "The bearer token".to_owned(),
        (SchemeValue::Basic, _) => "The user and the password".to_owned(),
        (SchemeValue::Identity, _) | (_, Carrier::Certificate) => "The client certificate".to_owned(),
        (_, Carrier::Header(name)) => format!("The value of the header `{name}`"),
        (_, Carrier::Query(name)) => format!("The value of the query parameter `{name}`"),
        (_, Carrier::Cookie(name)) => format!("The value of the cookie `{name}`"),
    }
}
