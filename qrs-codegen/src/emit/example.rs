//! Examples for the documentation: how an operation is called, with a value for everything that it requires.
//!
//! All of them compile. A value that would take too many lines becomes an argument of the function around the example,
//! which the documentation does not show.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::model::{
    Access, Api, Body, Encoding, Enum, Field, Item, Location, Operation, Parameter, ParameterEncoding, Presence,
    Struct, Type, Union,
};
use crate::naming::Ident;

/// Structs within each other, at most.
const MAX_DEPTH: usize = 3;

/// Characters of a value, at most.
const MAX_VALUE: usize = 160;

/// Characters of a line, where it can be broken.
const WIDTH: usize = 80;

pub(super) struct Examples<'a> {
    /// The name of the crate in Rust code.
    pub(super) crate_name: String,
    items: HashMap<&'a Ident, &'a Item>,
}

/// A call and what it takes from outside.
#[derive(Default)]
struct Call {
    /// Declarations of values that get a line of their own.
    bindings: Vec<String>,
    arguments: Vec<String>,
    setter: Option<String>,
    /// Parameters of the function around the call.
    given: Vec<(String, String)>,
}

impl<'a> Examples<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let items = api.items.iter().map(|item| (&item.name().ident, item)).collect();
        Self { crate_name: api.package.name.replace('-', "_"), items }
    }

    /// A doc test that sends the operation's request; `receiver` is what has its method, given the client.
    pub(super) fn of(&self, operation: &Operation, receiver: impl Fn(&str) -> String) -> Vec<String> {
        let call = self.call(operation);
        let client = if call.given.iter().any(|(name, _)| name == "client") { "api" } else { "client" };
        let given: Vec<String> = call.given.iter().map(|(name, ty)| format!(", {name}: {ty}")).collect();
        let given = given.concat();
        let shown = call.lines(operation, &receiver(client));
        let uses_types = shown.iter().chain([&given]).any(|line| line.contains("types::"));
        let imports = if uses_types { "{Client, types}" } else { "Client" };
        let mut lines = vec![
            "```no_run".to_owned(),
            format!("# use {}::{imports};", self.crate_name),
            format!("# async fn example({client}: &Client{given}) -> Result<(), Box<dyn std::error::Error>> {{"),
        ];
        lines.extend(shown);
        lines.extend(["# Ok(())", "# }", "```"].map(str::to_owned));
        lines
    }

    /// A doc test that makes a struct of the document; nothing if there is none to make.
    pub(super) fn of_types(&self, api: &Api) -> Vec<String> {
        let structs =
            || api.items.iter().filter_map(|item| if let Item::Struct(item) = item { Some(item) } else { None });
        let item =
            structs().find(|item| item.fields.iter().any(|field| field.is_argument)).or_else(|| structs().next());
        let Some(value) = item.and_then(|item| self.structure(item, 0, true)) else {
            return Vec::new();
        };
        let mut lines = vec![
            "```no_run".to_owned(),
            format!("use {}::types;", self.crate_name),
            String::new(),
            "# fn example() -> Result<(), Box<dyn std::error::Error>> {".to_owned(),
        ];
        lines.extend(broken(&format!("let value = {value};")));
        lines.extend(["println!(\"{value:?}\");", "# Ok(())", "# }", "```"].map(str::to_owned));
        lines
    }

    fn call(&self, operation: &Operation) -> Call {
        let mut call = Call::default();
        for parameter in &operation.required {
            let name = parameter.name.ident.to_string();
            match self.parameter(parameter) {
                Some(value) => call.arguments.push(value),
                None => call.give(name, self.outside(&parameter.ty)),
            }
        }
        let body = operation.body.as_ref().filter(|body| body.presence == Presence::Required && body.parts.is_none());
        if let Some(body) = body {
            let name = body.ident.to_string();
            match self.body(body) {
                Some(value) if value.len() > WIDTH / 2 => {
                    call.bindings.push(format!("let {name} = {value};"));
                    call.arguments.push(name);
                }
                Some(value) => call.arguments.push(value),
                None => call.give(name, self.outside(&body.ty)),
            }
            if body.media_type_argument.is_some() {
                call.arguments.push(format!("{:?}", body.media_type.replace("*/", "application/").replace('*', "…")));
            }
        }
        let is_named = |parameter: &&Parameter| !matches!(parameter.location, Location::FurtherPart(_));
        let current = operation.optional.iter().filter(is_named).filter(|parameter| !parameter.doc.is_deprecated);
        let mut scalars = current.filter(|parameter| self.is_scalar(&parameter.ty));
        call.setter = scalars.find_map(|parameter| {
            let value = self.parameter(parameter)?;
            Some(format!(".{}({value})", parameter.name.ident))
        });
        call
    }

    /// A type as the code of a user names it.
    fn outside(&self, ty: &Type) -> String {
        ty.described().replace("crate::", &format!("{}::", self.crate_name))
    }

    fn parameter(&self, parameter: &Parameter) -> Option<String> {
        let value = match (&parameter.ty, parameter.encoding) {
            (Type::Upload, _) => "std::fs::read(\"…\")?".to_owned(),
            (Type::String | Type::Secret | Type::DateTime, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
                self.argument(&parameter.ty, 0)?
            }
            (Type::List(element), ParameterEncoding::List(_)) if matches!(**element, Type::String | Type::Secret) => {
                "[\"…\"]".to_owned()
            }
            (Type::List(element), ParameterEncoding::List(_)) if **element == Type::DateTime => {
                format!("[{}]", self.argument(element, 0)?)
            }
            (Type::List(element), ParameterEncoding::List(_)) => format!("[{}]", self.value(element, 0)?),
            (ty, _) => self.value(ty, 0)?,
        };
        short(value)
    }

    fn body(&self, body: &Body) -> Option<String> {
        let value = match (body.encoding, &body.ty) {
            (Encoding::Text, _) => "\"…\"".to_owned(),
            (Encoding::Bytes, _) => "std::fs::read(\"…\")?".to_owned(),
            (Encoding::Multipart, _) => format!("{}::Multipart::new().text(\"…\", \"…\")", self.crate_name),
            (_, Type::Item(ident)) => match self.items.get(ident) {
                Some(Item::Struct(item)) => self.structure(item, 0, true)?,
                _ => self.value(&body.ty, 0)?,
            },
            (_, ty) => self.value(ty, 0)?,
        };
        short(value)
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        match ty {
            Type::String
            | Type::Bool
            | Type::Integer(_)
            | Type::Float(_)
            | Type::Uuid
            | Type::DateTime
            | Type::Date => true,
            Type::Item(ident) => match self.items.get(ident) {
                Some(Item::Enum(item)) => !item.variants.is_empty(),
                Some(Item::Alias(alias)) => !matches!(alias.ty, Type::Item(_)) && self.is_scalar(&alias.ty),
                _ => false,
            },
            _ => false,
        }
    }

    /// An expression for a value of a type; `None` if it takes too much.
    fn value(&self, ty: &Type, depth: usize) -> Option<String> {
        Some(match ty {
            Type::String => "\"…\".to_owned()".to_owned(),
            Type::Secret | Type::Json => "\"…\".into()".to_owned(),
            Type::Bool => "true".to_owned(),
            Type::Integer(_) => "1".to_owned(),
            Type::Float(_) => "1.0".to_owned(),
            Type::Uuid => "\"00000000-0000-0000-0000-000000000000\".parse()?".to_owned(),
            Type::DateTime => "\"2026-01-31T12:00:00Z\".parse()?".to_owned(),
            Type::Date => "\"2026-01-31\".parse()?".to_owned(),
            Type::Address("Ipv6Addr") => "\"2001:db8::1\".parse()?".to_owned(),
            Type::Address(_) => "\"192.0.2.1\".parse()?".to_owned(),
            Type::JsonObject => "serde_json::Map::new()".to_owned(),
            Type::Bytes => "std::fs::read(\"…\")?".to_owned(),
            Type::Base64 | Type::Upload => "std::fs::read(\"…\")?.into()".to_owned(),
            Type::Unit | Type::Beside(_) => return None,
            Type::List(element) => match self.value(element, depth + 1) {
                Some(element) => format!("vec![{element}]"),
                None => "Vec::new()".to_owned(),
            },
            Type::Tuple(elements) => {
                let elements: Option<Vec<String>> =
                    elements.iter().map(|element| self.value(element, depth + 1)).collect();
                format!("({},)", elements?.join(", "))
            }
            Type::Map(value) => match self.value(value, depth + 1) {
                Some(value) => format!("[(\"…\".to_owned(), {value})].into()"),
                None => "std::collections::BTreeMap::new()".to_owned(),
            },
            Type::Item(ident) => return self.item(self.items.get(ident)?, depth),
            Type::Nullable(inner) => match self.value(inner, depth + 1) {
                Some(inner) => format!("Some({inner})"),
                None => "None".to_owned(),
            },
            Type::JsonText(inner) => format!("{}::JsonText::new({})", self.crate_name, self.value(inner, depth + 1)?),
            Type::Boxed(inner) => format!("Box::new({})", self.value(inner, depth + 1)?),
        })
    }

    fn item(&self, item: &Item, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        match item {
            Item::Struct(item) => self.structure(item, depth, false),
            Item::Enum(Enum { name, variants, .. }) => {
                // An empty text is refused in a path.
                let variant = variants.iter().find(|variant| variant.value != "").or(variants.first())?;
                Some(format!("types::{}::{}", name.ident, variant.ident))
            }
            Item::Union(Union { name, variants, .. }) => variants.iter().find_map(|variant| {
                let value = self.value(&variant.ty, depth + 1)?;
                Some(format!("types::{}::{}({value})", name.ident, variant.ident))
            }),
            Item::Alias(alias) => self.value(&alias.ty, depth + 1),
            Item::Newtype(item) => Some(format!("types::{}({})", item.name.ident, self.value(&item.ty, depth + 1)?)),
        }
    }

    /// A struct with what it requires, and with one optional property if it requires nothing and `with_setter` is set.
    fn structure(&self, item: &Struct, depth: usize, with_setter: bool) -> Option<String> {
        let name = &item.name.ident;
        let arguments: Option<Vec<String>> = item
            .fields
            .iter()
            .filter(|field| field.is_argument)
            .map(|field| self.argument(&field.ty, depth + 1))
            .collect();
        let arguments = arguments?.join(", ");
        let mut value = format!("types::{name}::new({arguments})");
        let is_shown = |field: &&Field| !field.doc.is_deprecated && field.access != Access::Server;
        let mut settable =
            item.fields.iter().filter(is_shown).filter(|field| field.is_settable() && self.is_scalar(&field.ty));
        if let Some(field) = settable.next().filter(|_| with_setter && arguments.is_empty()) {
            let _ = write!(value, ".{}({})", field.setter, self.argument(&field.ty, depth + 1)?);
        }
        short(value)
    }

    /// A value as a constructor or a setter takes it.
    fn argument(&self, ty: &Type, depth: usize) -> Option<String> {
        match ty {
            Type::String | Type::Secret => Some("\"…\"".to_owned()),
            Type::DateTime => Some(format!("\"2026-01-31T12:00:00Z\".parse::<{}::DateTime>()?", self.crate_name)),
            Type::Boxed(inner) => self.value(inner, depth),
            other => self.value(other, depth),
        }
    }
}

impl Call {
    /// Takes an argument from outside.
    fn give(&mut self, name: String, ty: String) {
        self.arguments.push(name.clone());
        self.given.push((name, ty));
    }

    /// The lines that the documentation shows.
    fn lines(&self, operation: &Operation, receiver: &str) -> Vec<String> {
        let response = if operation.success.ty == Type::Unit { "" } else { "let response = " };
        let method = format!(".{}({})", operation.name.ident, self.arguments.join(", "));
        let setter = self.setter.as_deref().unwrap_or_default();
        let line = format!("{response}{receiver}{method}{setter}.send().await?;");
        let mut lines: Vec<String> = self.bindings.iter().flat_map(|binding| broken(binding)).collect();
        if line.chars().count() <= WIDTH {
            lines.push(line);
            return lines;
        }
        lines.push(format!("{response}{receiver}"));
        let steps = [method.as_str(), setter, ".send()", ".await?;"];
        lines.extend(steps.into_iter().filter(|step| !step.is_empty()).map(|step| format!("    {step}")));
        lines
    }
}

fn short(value: String) -> Option<String> {
    (value.chars().count() <= MAX_VALUE).then_some(value)
}

/// A statement in lines: its outermost call is broken where it is too long.
fn broken(statement: &str) -> Vec<String> {
    let whole = || vec![statement.to_owned()];
    let (Some((head, rest)), true) = (statement.split_once('('), statement.chars().count() > WIDTH) else {
        return whole();
    };
    // A chain of calls ends with another call than it begins with.
    let Some(arguments) = rest.strip_suffix(");").and_then(arguments) else { return whole() };
    let mut lines = vec![format!("{head}(")];
    lines.extend(arguments.into_iter().map(|argument| format!("    {argument},")));
    lines.push(");".to_owned());
    lines
}

/// The arguments of a call, apart; `None` if the text ends the call before its own end.
fn arguments(text: &str) -> Option<Vec<&str>> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                found.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[from..].trim());
    Some(found)
}
