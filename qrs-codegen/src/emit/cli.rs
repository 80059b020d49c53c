//! `src/cli/table.rs` and the files within it: the subcommands of the crate's command, as data; and its binary.

use std::collections::{BTreeMap, HashMap, HashSet};

use heck::ToShoutySnakeCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::Context;
use super::docs::inner_lines;
use super::operations::{parameters, part_group};
use super::runtime::shipped;
use super::split::split;
use super::{Draft, optional_tokens};
use crate::lower::cli::{Form, is_required, is_sent, named_value, option_name, structure};
use crate::lower::cli_help::{help, paragraphs};
use crate::markdown;
use crate::model::{
    Api, Carrier, Cli, CliBody, CliCommand, CliEncoding, CliGroup, CliKind, CliOption, CliSuccess, CliValue, Doc,
    Field, Item, ItemsByName, Location, Name, ParameterEncoding, PartLayout, Presence, Scheme, SchemeValue, Server,
    Struct, Uses,
};
use crate::naming::{Ident, kebab};

/// The hand-written files of the command.
pub(super) const FILES: &[(&str, &str)] = &[
    ("body.rs", include_str!("../../runtime/cli/body.rs")),
    ("call.rs", include_str!("../../runtime/cli/call.rs")),
    ("commands.rs", include_str!("../../runtime/cli/commands.rs")),
    ("config.rs", include_str!("../../runtime/cli/config.rs")),
    ("confirm.rs", include_str!("../../runtime/cli/confirm.rs")),
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

/// The paths and texts of the hand-written files of a client that uses these parts.
pub(super) fn files(uses: &Uses) -> impl Iterator<Item = (String, &'static str)> {
    shipped(FILES, "src/cli", uses)
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

/// A static of the table.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    /// The subcommand of an operation.
    Command(&'a CliCommand),
    /// The fields of an object in a body.
    Fields(&'a Struct),
}

impl Entry<'_> {
    fn name(&self) -> String {
        match self {
            Self::Command(command) => command_name(command),
            Self::Fields(item) => fields_name(&item.name.ident),
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Command(command) => command.operation.iter().map(Ident::as_str).collect(),
            Self::Fields(item) => item.name.ident.as_str().to_owned(),
        }
    }

    /// About as many lines as it takes in Rust.
    fn lines(&self) -> usize {
        match self {
            Self::Command(CliCommand { options, multipart, .. }) => {
                let groups = multipart.as_ref().map_or(0, |(_, layout)| 15 + 15 * layout.groups.len());
                30 + groups + options.iter().map(|option| 22 + option.value.known.len()).sum::<usize>()
            }
            Self::Fields(item) => 5 + 16 * item.fields.len(),
        }
    }
}

/// The statics of the table, and the files that they are in.
pub(super) struct Table<'a> {
    cli: &'a Cli,
    items: ItemsByName<'a>,
    entries: Vec<Entry<'a>>,
    /// The modules within `table` of what is not in its own file.
    modules: HashMap<String, Ident>,
}

impl<'a> Table<'a> {
    pub(super) fn new(cli: &'a Cli, api: &'a Api) -> Self {
        let items = api.items_by_name();
        let commands = cli.groups.iter().flat_map(|group| &group.commands).map(Entry::Command);
        let entries: Vec<Entry<'_>> =
            commands.chain(body_objects(cli, &items).into_iter().map(Entry::Fields)).collect();
        let parts = split(&entries, Entry::key, Entry::lines, &["table"]).unwrap_or_default();
        let in_modules =
            parts.iter().flat_map(|(module, entries)| entries.iter().map(|entry| (entry.name(), module.clone())));
        let modules = in_modules.collect();
        Self { cli, items, entries, modules }
    }

    /// The modules within `table`, in alphabetical order, each with its statics in the order of the document.
    pub(super) fn files(&self) -> BTreeMap<Ident, Vec<Entry<'a>>> {
        let mut files: BTreeMap<Ident, Vec<Entry<'a>>> = BTreeMap::new();
        for entry in &self.entries {
            if let Some(module) = self.modules.get(&entry.name()) {
                files.entry(module.clone()).or_default().push(*entry);
            }
        }
        files
    }

    /// A static, from any of the files.
    fn path(&self, name: &str) -> TokenStream {
        let ident = format_ident!("{name}");
        let module = self.modules.get(name).map(|module| quote!(crate::cli::table::#module::));
        quote!(#module #ident)
    }

    /// `src/cli/table.rs`.
    pub(super) fn draft(&self, api: &Api) -> Draft<'a> {
        let Cli { name, about, groups, extension, .. } = self.cli;
        let groups = groups.iter().map(|group| self.group(group));
        let extension = optional_tokens(extension.as_ref().map(|module| quote!(&crate::#module::EXTENSION)));
        let title = &api.contract.title;
        let servers = api.servers.iter().map(server);
        let credentials = api.schemes.iter().filter_map(credential);
        let generated = api.schemes.iter().filter(|scheme| matches!(scheme.value, SchemeValue::Generated { .. }));
        let generated = generated.map(|scheme| &scheme.static_ident);
        let modules = self.files().into_keys();
        let mut all = vec![
            quote!(#(mod #modules;)*),
            quote! {
                use crate::cli::description::{
                    Api, Credential, CredentialKind, Group, Server, ServerVariable,
                };
                use crate::cli::run::Extension;
                use crate::client;
            },
            quote! {
                /// The hand-written subcommands.
                pub(super) static EXTENSION: Option<&Extension> = #extension;
            },
            quote! {
                /// The command.
                pub(super) static API: Api = Api {
                    command: #name,
                    title: #title,
                    about: #about,
                    version: env!("CARGO_PKG_VERSION"),
                    groups: &[#(#groups),*],
                    servers: &[#(#servers),*],
                    credentials: &[#(#credentials),*],
                    generated: &[#(&client::#generated),*],
                };
            },
        ];
        let own: Vec<Entry<'_>> =
            self.entries.iter().filter(|entry| !self.modules.contains_key(&entry.name())).copied().collect();
        all.extend(self.statics(&own));
        Draft::Rust { inner: inner("The subcommands of the command, as data."), items: Box::new(all.into_iter()) }
    }

    /// `src/cli/table/MODULE.rs`.
    pub(super) fn part(&self, entries: &[Entry<'_>]) -> Draft<'a> {
        let inner = inner("Subcommands of the command and fields of their bodies, as data. Their names begin alike.");
        Draft::Rust { inner, items: Box::new(self.statics(entries).into_iter()) }
    }

    fn statics(&self, entries: &[Entry<'_>]) -> Vec<TokenStream> {
        let uses = quote! {
            use crate::cli::description::{
                Body, Command, Encoding, Field, FieldKind, Kind, Multipart, Parameter, Place, Presence, Success, Value,
            };
            use crate::{operations, runtime};
        };
        let statics = entries.iter().map(|entry| match entry {
            Entry::Command(command) => self.command(command),
            Entry::Fields(item) => self.fields(item),
        });
        (!entries.is_empty()).then_some(uses).into_iter().chain(statics).collect()
    }

    fn group(&self, group: &CliGroup) -> TokenStream {
        let CliGroup { name, about, commands } = group;
        let commands = commands.iter().map(|command| self.path(&command_name(command)));
        quote!(Group { name: #name, about: #about, commands: &[#(&#commands),*] })
    }

    fn command(&self, command: &CliCommand) -> TokenStream {
        let ident = format_ident!("{}", command_name(command));
        let CliCommand { name, operation, about, details, deprecated, options, body, multipart, success } = command;
        let parameters = options.iter().map(option);
        let body = optional_tokens(body.as_ref().map(|body| self.body(body)));
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
            pub(super) static #ident: Command = Command {
                name: #name,
                operation: &operations #(:: #operation)*,
                about: #about,
                details: #details,
                is_deprecated: #deprecated,
                parameters: &[#(#parameters),*],
                body: #body,
                multipart: #multipart,
                success: #success,
            };
        }
    }

    fn body(&self, body: &CliBody) -> TokenStream {
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
                let fields = self.path(&fields_name(fields));
                quote!(#fields)
            },
        );
        quote!(Body { media_type: #media_type, encoding: #encoding, presence: #presence, fields: #fields, help: #help })
    }

    fn fields(&self, item: &Struct) -> TokenStream {
        let name = format_ident!("{}", fields_name(&item.name.ident));
        let fields = item.fields.iter().filter(|field| is_sent(field)).map(|field| self.field(field));
        quote!(pub(super) static #name: &[Field] = &[#(#fields),*];)
    }

    fn field(&self, field: &Field) -> TokenStream {
        let wire = &field.name.wire;
        let option = option_name(&field.name);
        let kind = if let Some(inner) = structure(&field.ty, &self.items) {
            let inner = self.path(&fields_name(&inner));
            quote!(FieldKind::Object(&#inner))
        } else {
            let value = given(&named_value(wire, &field.ty, Form::Json, &self.items));
            quote!(FieldKind::Value(#value))
        };
        let is_required = is_required(field);
        let help = paragraphs(&field.doc);
        quote!(Field { option: #option, name: #wire, kind: #kind, is_required: #is_required, help: #help })
    }
}

fn inner(doc: &str) -> Vec<TokenStream> {
    let mut inner = inner_lines(&[doc]);
    inner.push(quote!(#![allow(unused_imports, reason = "a document need not have every kind of operation")]));
    inner
}

fn command_name(command: &CliCommand) -> String {
    format!("COMMAND_{}", command.operation.last().map_or("", Ident::as_str))
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

fn fields_name(structure: &Ident) -> String {
    format!("FIELDS_OF_{}", structure.as_str().to_shouty_snake_case())
}

/// The objects whose fields bodies take, and those in them, each once.
fn body_objects<'a>(cli: &Cli, items: &ItemsByName<'a>) -> Vec<&'a Struct> {
    let commands = cli.groups.iter().flat_map(|group| &group.commands);
    let mut open: Vec<Ident> = commands.filter_map(|command| command.body.as_ref()?.fields.clone()).collect();
    let mut known: HashSet<Ident> = open.iter().cloned().collect();
    open.reverse();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    while let Some(ident) = open.pop() {
        let Some(Item::Struct(item)) = items.get(&ident).copied().filter(|_| seen.insert(ident.clone())) else {
            continue;
        };
        let nested = item.fields.iter().filter(|field| is_sent(field)).filter_map(|field| structure(&field.ty, items));
        open.extend(nested.filter(|ident| known.insert(ident.clone())));
        all.push(item);
    }
    all
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
