//! The command line of a crate: names of subcommands and options, and the kinds of their values.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::cli_help::{help, operation_help, paragraphs};
use super::findings::Findings;
use super::package::is_package_name;
use crate::diagnostic::{At, Problem};
use crate::document::Info;
use crate::markdown;
use crate::model::{
    Access, Api, Body, Cli, CliBody, CliCommand, CliDependency, CliEncoding, CliGroup, CliKind, CliOption, CliSuccess,
    CliValue, Encoding, Enum, EnumKind, Field, Item, ItemsByName, Location, Module, Name, Operation, Parameter,
    ParameterEncoding, Presence, Type,
};
use crate::naming::{Ident, kebab};

/// Names that are not those of operations: `help`, and the subcommands that every command has.
const RESERVED_GROUPS: &[&str] = &["help", "completions", "man", "site"];
/// Names, or the last words of names, of texts that nobody else is to see.
const SECRET_WORDS: &[&str] = &["password", "passphrase", "secret"];
/// Names of texts that nobody else is to see.
const SECRET_NAMES: &[&str] = &["api-key", "apikey", "access-token", "refresh-token"];

/// The request for a command, as the document states it.
pub(super) struct Wanted {
    name: String,
    about: Option<String>,
    extension: Option<Ident>,
    dependencies: Vec<CliDependency>,
}

/// Reads `cli` of `x-codegen`.
pub(super) fn wanted(info: &Info, found: &mut Findings) -> Option<Wanted> {
    let given = info.cli.as_ref()?;
    let root = At::ROOT;
    let holder = root.child("info");
    let extension = holder.child("x-codegen");
    let at = extension.child("cli");
    let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name")?;
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.chars().all(fits) || name.len() > 40 {
        let problem = Problem::UnknownValue { value: name.clone() };
        found.error(at.child("name"), problem, "a command's name has only small ASCII letters, digits and `-`");
    }
    let extension = text("extension").and_then(|module| {
        let ident = Ident::of_module(&module);
        if ident.is_none() {
            let problem = Problem::UnknownValue { value: module };
            found.error(at.child("extension"), problem, "an extension is the name of a hand-written module");
        }
        ident
    });
    let dependencies = dependencies(given, at, found);
    Some(Wanted { name, about: text("about").map(|about| markdown::plain(&about)), extension, dependencies })
}

/// Reads the packages that the extension needs.
fn dependencies(cli: &Value, at: At<'_>, found: &mut Findings) -> Vec<CliDependency> {
    let given = cli.get("dependencies").and_then(Value::as_object);
    let at = at.child("dependencies");
    let mut all = Vec::new();
    for (name, given) in given.into_iter().flatten() {
        let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(version) = text("version") else { continue };
        if !is_package_name(name) {
            let problem = Problem::UnknownValue { value: name.clone() };
            found.error(at.child(name), problem, "a dependency is named as its package");
        }
        if semver::VersionReq::parse(&version).is_err() {
            let problem = Problem::UnknownValue { value: version.clone() };
            found.error(at.child(name).child("version"), problem, "a version requirement is as in `1.2` or `=1.2.3`");
        }
        let features = given.get("features").and_then(Value::as_array).into_iter().flatten();
        let features = features.filter_map(Value::as_str).map(str::to_owned).collect();
        all.push(CliDependency { name: name.clone(), version, path: text("path"), features });
    }
    all
}

impl Wanted {
    /// The command for the operations of a model.
    pub(super) fn command(self, api: &Api) -> Cli {
        let items = api.items_by_name();
        let mut groups: Vec<CliGroup> = Vec::new();
        let mut taken = HashSet::new();
        for module in &api.modules {
            let names = names(module);
            for (operation, name) in module.operations.iter().zip(names) {
                let chosen = operation.command.as_deref().and_then(chosen);
                let (group, name) = chosen.unwrap_or_else(|| (group_name(module), name));
                let index = groups.iter().position(|known| known.name == group).unwrap_or_else(|| {
                    groups.push(CliGroup { name: group, about: about(module), commands: Vec::new() });
                    groups.len() - 1
                });
                let Some(group) = groups.get_mut(index) else { continue };
                let name = free(name, &mut |name| taken.insert((index, name.to_owned())));
                group.commands.push(command(name, module, operation, &items));
            }
        }
        let about = self.about.unwrap_or_else(|| format!("Calls the {}", api.contract.title));
        Cli { name: self.name, about, extension: self.extension, dependencies: self.dependencies, groups }
    }
}

/// The name, or the name with the first number that makes it free.
fn free(name: String, is_free: &mut dyn FnMut(&str) -> bool) -> String {
    if is_free(&name) {
        return name;
    }
    let mut numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    numbered.find(|name| is_free(name)).unwrap_or(name)
}

/// The group and the name of a subcommand that the document names: `professional list`.
fn chosen(words: &str) -> Option<(String, String)> {
    let (group, name) = words.trim().split_once(' ')?;
    let (group, name) = (kebab(group), kebab(name));
    (!group.is_empty() && !name.is_empty() && !RESERVED_GROUPS.contains(&group.as_str())).then_some((group, name))
}

/// The tag's own words, if they can be typed: the module of `Operations` has another name, the subcommand need not.
fn group_name(module: &Module) -> String {
    let wire = kebab(&module.name.wire);
    let is_typed = !wire.is_empty() && wire.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    let name = if is_typed { wire } else { kebab(module.name.ident.as_str()) };
    if RESERVED_GROUPS.contains(&name.as_str()) { format!("{name}-api") } else { name }
}

fn about(module: &Module) -> String {
    let (about, _) = help(&module.doc);
    if about.is_empty() { format!("Operations of `{}`", module.name.wire) } else { about }
}

/// The names of a module's operations without the words of its tag, where what is left tells them apart.
fn names(module: &Module) -> Vec<String> {
    let tag = kebab(module.name.ident.as_str());
    let full: Vec<String> = module.operations.iter().map(|operation| kebab(operation.name.ident.as_str())).collect();
    let short: Vec<String> = full.iter().map(|name| without(name, &tag)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in &short {
        *counts.entry(name).or_default() += 1;
    }
    let is_unique = |name: &str| name != "help" && counts.get(name).is_some_and(|count| *count == 1);
    full.into_iter().zip(&short).map(|(full, short)| if is_unique(short) { short.clone() } else { full }).collect()
}

/// `get-professional-access-types` without `access-type`: `get-professional`.
fn without(name: &str, tag: &str) -> String {
    let words: Vec<&str> = name.split('-').collect();
    let tag: Vec<&str> = tag.split('-').collect();
    let same = |window: &[&str]| window.iter().zip(&tag).all(|(left, right)| singular(left) == singular(right));
    let Some(at) = words.windows(tag.len()).position(same) else { return name.to_owned() };
    let mut rest: Vec<&str> = words.iter().take(at).chain(words.iter().skip(at + tag.len())).copied().collect();
    // `create-link-for-user` without the user is for nobody.
    while rest.len() > 1
        && rest.last().is_some_and(|last| ["for", "of", "by", "from", "to", "in", "with"].contains(last))
    {
        rest.pop();
    }
    if rest.is_empty() { name.to_owned() } else { rest.join("-") }
}

/// A word without the ending of the plural.
fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

fn command(name: String, module: &Module, operation: &Operation, items: &ItemsByName<'_>) -> CliCommand {
    let (about, details) = operation_help(&operation.doc);
    let mut taken = HashSet::new();
    let required = operation.required.iter().map(|parameter| (parameter, true));
    let all = required.chain(operation.optional.iter().map(|parameter| (parameter, false)));
    let options = all.map(|(parameter, is_required)| option(parameter, is_required, &mut taken, items)).collect();
    let about = if about.is_empty() { format!("{} {}", operation.method, operation.path) } else { about };
    CliCommand {
        name,
        operation: module.idents().chain([&operation.static_ident]).cloned().collect(),
        about,
        details,
        deprecated: operation.deprecated,
        options,
        body: operation.body.as_ref().filter(|body| body.parts.is_none()).and_then(|body| self::body(body, items)),
        multipart: operation.body.as_ref().and_then(|body| Some((body.media_type.clone(), body.parts.clone()?))),
        success: success(operation, items),
    }
}

fn option(parameter: &Parameter, is_required: bool, taken: &mut HashSet<String>, items: &ItemsByName<'_>) -> CliOption {
    // A number and a text are written alike, unless the value is JSON.
    let is_json = matches!(parameter.encoding, ParameterEncoding::Json(_) | ParameterEncoding::Structured(_));
    let form = if is_json { Form::Json } else { Form::Text };
    let mut value = named_value(&parameter.name.wire, &parameter.ty, form, items);
    // Each part has a name, so there may be several.
    let is_further = matches!(parameter.location, Location::FurtherPart(_));
    value.is_list |= is_further;
    let name = option_name(&parameter.name);
    let name = if value.kind == CliKind::Secret { format!("{name}-file") } else { name };
    let help = paragraphs(&parameter.doc);
    CliOption {
        name: free(name, &mut |name| taken.insert(name.to_owned())),
        wire: parameter.name.wire.clone(),
        location: parameter.location.clone(),
        encoding: parameter.encoding,
        value,
        is_required,
        help: if is_further && help.is_empty() { FURTHER_PART.to_owned() } else { help },
    }
}

/// The option for a parameter or a field.
pub(crate) fn option_name(name: &Name) -> String {
    let option = kebab(&name.wire);
    if option.is_empty() { kebab(name.ident.as_str()) } else { option }
}

/// The help for parts whose names the caller chooses.
const FURTHER_PART: &str = "Adds a part of this name to the body";

fn body(body: &Body, items: &ItemsByName<'_>) -> Option<CliBody> {
    let encoding = match body.encoding {
        Encoding::Json => CliEncoding::Json,
        Encoding::Form => CliEncoding::Form,
        Encoding::Text | Encoding::Bytes | Encoding::Multipart | Encoding::Items(_) => CliEncoding::Bytes,
        Encoding::PartList | Encoding::NamedParts | Encoding::Empty | Encoding::ByStatus => return None,
    };
    let fields = structure(&body.ty, items).filter(|_| encoding != CliEncoding::Bytes);
    let media_type = match (&body.media_type_argument, body.encoding) {
        (None, _) => body.media_type.clone(),
        (Some(_), Encoding::Text) => "text/plain".to_owned(),
        (Some(_), _) => "application/octet-stream".to_owned(),
    };
    Some(CliBody { media_type, encoding, presence: body.presence, fields, help: paragraphs(&body.doc) })
}

fn success(operation: &Operation, items: &ItemsByName<'_>) -> CliSuccess {
    if operation.streaming.is_some() && operation.success.encoding != Encoding::Json {
        return CliSuccess::Bytes;
    }
    match operation.success.encoding {
        Encoding::Json => page(&operation.success.ty, items).map_or(CliSuccess::Json, CliSuccess::Page),
        Encoding::Text => CliSuccess::Text,
        Encoding::Empty => CliSuccess::Nothing,
        Encoding::Form
        | Encoding::Multipart
        | Encoding::PartList
        | Encoding::NamedParts
        | Encoding::Bytes
        | Encoding::Items(_)
        | Encoding::ByStatus => CliSuccess::Bytes,
    }
}

/// Names of properties that tell one thing from another, which a page of a list has not.
const IDENTITIES: &[&str] = &["id", "uuid", "guid", "key", "name", "title", "slug"];
/// Names of objects that say which page it is.
const PAGING: &[&str] = &["links", "meta", "metadata", "page", "page-info", "pagination", "paging"];

/// The property that holds the elements, if a type is a page of a list: the only one that lists objects, in an object that is
/// no thing by itself and has no others in it.
fn page(ty: &Type, items: &ItemsByName<'_>) -> Option<String> {
    let Some(Item::Struct(item)) = items.get(&structure(ty, items)?) else { return None };
    let is_of_thing = |field: &Field| {
        let name = kebab(&field.name.wire);
        let is_paging = PAGING.contains(&name.as_str());
        IDENTITIES.contains(&name.as_str()) || (is_object(&field.ty, items) && !is_paging)
    };
    if item.fields.iter().any(is_of_thing) {
        return None;
    }
    let mut lists = item.fields.iter().filter(|field| is_list_of_objects(&field.ty, items));
    let list = lists.next()?;
    lists.next().is_none().then(|| list.name.wire.clone())
}

fn is_list_of_objects(ty: &Type, items: &ItemsByName<'_>) -> bool {
    matches!(resolved(ty, items), Type::List(element) if is_object(element, items))
}

fn is_object(ty: &Type, items: &ItemsByName<'_>) -> bool {
    match resolved(ty, items) {
        Type::Map(_) | Type::JsonObject => true,
        Type::Item(ident) => match items.get(ident) {
            Some(Item::Struct(_)) => true,
            Some(Item::Union(item)) => !item.scalar,
            _ => false,
        },
        _ => false,
    }
}

/// The type that a chain of names ends at.
fn resolved<'t>(ty: &'t Type, items: &ItemsByName<'t>) -> &'t Type {
    let mut ty = ty;
    // A chain of names is no longer than there are names.
    for _ in 0..=items.len() {
        match ty {
            Type::Nullable(inner) | Type::Boxed(inner) => ty = inner,
            Type::Item(ident) => match items.get(ident) {
                Some(Item::Alias(item) | Item::Newtype(item)) => ty = &item.ty,
                _ => return ty,
            },
            _ => return ty,
        }
    }
    ty
}

/// The struct that a type stands for.
pub(crate) fn structure(ty: &Type, items: &ItemsByName<'_>) -> Option<Ident> {
    let Type::Item(ident) = resolved(ty, items) else { return None };
    match items.get(ident)? {
        Item::Struct(item) => item.bare.is_none().then(|| item.name.ident.clone()),
        _ => None,
    }
}

/// The form that a value is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As the text of a parameter, of which nothing says whether it is a number.
    Text,
    /// As JSON.
    Json,
}

/// The way to write a value of a name and a type on a command line. Everybody on a machine sees the arguments of commands, so
/// that a password is none, even if the document does not say that it is secret.
pub(crate) fn named_value(wire: &str, ty: &Type, form: Form, items: &ItemsByName<'_>) -> CliValue {
    let value = value(ty, form, items, DEEPEST);
    let name = kebab(wire);
    let last = name.rsplit('-').next().unwrap_or_default();
    let is_secret = SECRET_WORDS.contains(&last) || SECRET_NAMES.contains(&name.as_str());
    let is_text = value.kind == CliKind::Text && value.known.is_empty() && !value.is_list;
    if is_secret && is_text { CliValue { kind: CliKind::Secret, ..value } } else { value }
}

/// How deep lists and unions are looked into, which may contain themselves.
const DEEPEST: usize = 4;

/// The way to write a value of a type on a command line.
fn value(ty: &Type, form: Form, items: &ItemsByName<'_>, depth: usize) -> CliValue {
    let one = |kind| CliValue { kind, is_list: false, known: Vec::new() };
    let Some(depth) = depth.checked_sub(1) else { return one(CliKind::Json) };
    match resolved(ty, items) {
        Type::List(inner) => {
            let inner = value(inner, form, items, depth);
            let is_plain = !inner.is_list && inner.kind != CliKind::Json;
            if is_plain { CliValue { is_list: true, ..inner } } else { one(CliKind::Json) }
        }
        Type::Item(ident) => match items.get(ident) {
            Some(Item::Enum(item)) => known(item, form),
            Some(Item::Union(item)) => {
                union(item.variants.iter().map(|variant| value(&variant.ty, form, items, depth)), form)
            }
            _ => one(CliKind::Json),
        },
        Type::String | Type::JsonText(_) => one(CliKind::Text),
        Type::Uuid => one(CliKind::Uuid),
        Type::DateTime => one(CliKind::Time),
        Type::Date => one(CliKind::Date),
        Type::Address(_) => one(CliKind::Address),
        Type::Base64 => one(CliKind::Base64),
        Type::Secret => one(CliKind::Secret),
        Type::Bool => one(CliKind::Bool),
        Type::Integer(_) => one(CliKind::Integer),
        Type::Float(_) => one(CliKind::Number),
        Type::Upload | Type::Bytes => one(CliKind::File),
        Type::Json
        | Type::JsonObject
        | Type::Map(_)
        | Type::Tuple(_)
        | Type::Unit
        | Type::Beside(_)
        | Type::Nullable(_)
        | Type::Boxed(_) => one(CliKind::Json),
    }
}

/// A value of one of several types.
fn union(variants: impl Iterator<Item = CliValue>, form: Form) -> CliValue {
    let variants: Vec<CliValue> = variants.collect();
    let all = |is: &dyn Fn(CliKind) -> bool| variants.iter().all(|value| !value.is_list && is(value.kind));
    let kind = match variants.first() {
        Some(first) if all(&|kind| kind == first.kind) => first.kind,
        Some(_) if all(&|kind| kind == CliKind::Secret || kind.is_text()) => {
            if all(&CliKind::is_text) {
                CliKind::Text
            } else {
                CliKind::Secret
            }
        }
        Some(_) if all(&|kind| matches!(kind, CliKind::Integer | CliKind::Number)) => CliKind::Number,
        Some(_)
            if form == Form::Text && all(&|kind| !matches!(kind, CliKind::Json | CliKind::File | CliKind::Secret)) =>
        {
            CliKind::Text
        }
        _ => CliKind::Json,
    };
    let is_known = variants.iter().all(|value| !value.known.is_empty());
    let known = if is_known { variants.into_iter().flat_map(|value| value.known).collect() } else { Vec::new() };
    CliValue { kind, is_list: false, known }
}

fn known(item: &Enum, form: Form) -> CliValue {
    let kind = match item.kind {
        EnumKind::Text => CliKind::Text,
        EnumKind::Integer(_) => CliKind::Integer,
        EnumKind::Mixed if form == Form::Text => CliKind::Text,
        EnumKind::Mixed => CliKind::Json,
    };
    CliValue { kind, is_list: false, known: item.variants.iter().map(crate::model::EnumVariant::wire).collect() }
}

/// Whether a client sends a field.
pub(crate) fn is_sent(field: &Field) -> bool {
    field.access != Access::Server && field.constant.is_none()
}

/// Whether a field must be sent.
pub(crate) fn is_required(field: &Field) -> bool {
    field.presence == Presence::Required && !field.nullable
}
