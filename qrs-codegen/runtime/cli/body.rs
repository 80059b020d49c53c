//! Request bodies: from options for the fields, from a file, or from standard input.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value as Json};

use super::call::{self, number};
use super::description::{Body, Encoding, Field, FieldKind, Kind, Presence, Value};
use super::failure::Failure;
use super::input;

/// How deep objects within a body have options of their own.
const DEEPEST: usize = 3;
/// The hint for a body that is neither a file nor recognized as text.
const OTHER_TEXT: &str =
    "`--body` takes a text only if it begins with `{`, `[`, `\"` or `<`; give any other text by `--body -` or a file";
/// The most options of one body.
const MOST: usize = 80;

/// A field with its option and its place in the body.
pub(crate) struct Placed {
    pub(crate) option: String,
    path: Vec<&'static str>,
    pub(crate) value: Value,
    is_required: bool,
    help: &'static str,
}

/// The fields that have options, those of objects under the names of both: `user.id`.
pub(crate) fn placed(body: &Body, taken: &mut HashSet<String>) -> Vec<Placed> {
    let mut found = Vec::new();
    collect(body.fields, &mut (Vec::new(), String::new()), true, &mut found);
    if found.len() > MOST {
        found.sort_by_key(|field| !field.is_required);
        found.truncate(MOST);
    }
    for field in &mut found {
        while !taken.insert(field.option.clone()) {
            field.option.push_str("-field");
        }
    }
    found
}

fn collect(
    fields: &'static [Field],
    above: &mut (Vec<&'static str>, String),
    is_required: bool,
    found: &mut Vec<Placed>,
) {
    for field in fields {
        let name = format!("{}{}", above.1, field.option);
        let is_required = is_required && field.is_required;
        let mut path = above.0.clone();
        path.push(field.name);
        match &field.kind {
            FieldKind::Value(value) => {
                let option = if value.kind == Kind::Secret { format!("{name}-file") } else { name };
                found.push(Placed { option, path, value: *value, is_required, help: field.help });
            }
            FieldKind::Object(inner) if path.len() < DEEPEST => {
                collect(inner, &mut (path, format!("{name}.")), is_required, found);
            }
            FieldKind::Object(_) => {
                let value = Value { kind: Kind::Json, is_list: false, known: &[] };
                found.push(Placed { option: name, path, value, is_required, help: field.help });
            }
        }
    }
}

/// The options of a body.
pub(crate) fn args(body: &Body, fields: &[Placed]) -> Vec<Arg> {
    let whole = if body.help.is_empty() { "The request body" } else { body.help };
    let mut args = vec![
        Arg::new("body")
            .long("body")
            .value_name("BODY")
            .help_heading("Body")
            .help(format!("{}: a file, - for standard input, or the text itself", call::short(whole)))
            .long_help(format!(
                "{whole}\n\nA file (--body file.json or --body @file.json), standard input (--body -), or the text itself where \
                 its first character is one of {{ [ \" <. It is sent as {}.{}",
                body.media_type,
                if fields.is_empty() { "" } else { " Options for single fields replace those of the file." },
            )),
    ];
    let mut fields: Vec<&Placed> = fields.iter().collect();
    fields.sort_by_key(|field| !field.is_required);
    args.extend(fields.into_iter().map(|field| {
        let arg = Arg::new(field.option.clone()).long(field.option.clone()).help_heading("Body");
        call::of_value(arg, field.value, field.help, field.is_required.then_some("required"))
    }));
    args
}

/// The body that the options make.
pub(crate) enum Made {
    Nothing,
    Json(Json),
    Bytes(Vec<u8>),
}

/// Makes the body of what was given.
pub(crate) fn made(body: &Body, fields: &[Placed], matches: &ArgMatches) -> Result<Made, Failure> {
    let given = matches.get_one::<String>("body");
    if body.encoding == Encoding::Bytes {
        return match (given, body.presence) {
            (Some(given), _) => whole(given).map(Made::Bytes).map_err(|failure| match Path::new(given).exists() {
                true => failure,
                false => failure.hint(OTHER_TEXT),
            }),
            (None, Presence::Required) => Err(Failure::usage("the request has a body: give it by `--body`")),
            (None, Presence::Optional) => Ok(Made::Nothing),
        };
    }
    let set: Vec<&Placed> = fields.iter().filter(|field| matches.contains_id(&field.option)).collect();
    let from_file = match given {
        Some(given) => Some(json(&whole(given)?, given)?),
        None => None,
    };
    if from_file.is_none() && set.is_empty() {
        return missing(body, fields);
    }
    let mut value = from_file.unwrap_or_else(|| Json::Object(Map::new()));
    for field in set {
        let field_value = field_value(field, matches)?;
        if !put(&mut value, &field.path, field_value) {
            return Err(Failure::usage(format!("`--{}` sets a field, and the body is not an object", field.option)));
        }
    }
    if given.is_none() {
        let is_absent = |field: &&Placed| field.is_required && !is_there(&value, &field.path);
        let absent: Vec<String> =
            fields.iter().filter(is_absent).map(|field| format!("`--{}`", field.option)).collect();
        if !absent.is_empty() {
            return Err(Failure::usage(format!("the body needs {}", absent.join(", "))));
        }
    }
    Ok(Made::Json(value))
}

/// The media type of a body of bytes. That of parts names their boundary, which the first line of the body has.
pub(crate) fn media_type(body: &Body, bytes: &[u8]) -> Result<Cow<'static, str>, Failure> {
    let named = body.media_type;
    if !named.starts_with("multipart/") || named.contains("boundary=") {
        return Ok(named.into());
    }
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let boundary = line.trim_ascii_end().strip_prefix(b"--").and_then(|text| std::str::from_utf8(text).ok());
    let is_fit = |text: &&str| {
        (1..=70).contains(&text.len())
            && text.chars().all(|next| next == ' ' || next.is_ascii_graphic() && !"\"\\".contains(next))
    };
    let Some(boundary) = boundary.filter(is_fit) else {
        return Err(Failure::usage(format!(
            "the body is not {named}: its first line has to be `--` and the boundary of its parts"
        )));
    };
    Ok(format!("{named}; boundary=\"{boundary}\"").into())
}

fn missing(body: &Body, fields: &[Placed]) -> Result<Made, Failure> {
    let required: Vec<String> =
        fields.iter().filter(|field| field.is_required).map(|field| format!("`--{}`", field.option)).collect();
    match body.presence {
        Presence::Optional => Ok(Made::Nothing),
        Presence::Required if required.is_empty() => Err(Failure::usage("the request has a body: give it by `--body`")),
        Presence::Required => {
            Err(Failure::usage(format!("the request has a body: give it by {}, or by `--body`", required.join(", "))))
        }
    }
}

/// Whether the argument is the text of a body, and not the name of a file.
fn is_text(given: &str) -> bool {
    given.trim_start().starts_with(['{', '[', '"', '<'])
}

/// The text of a body: the argument itself, or the content of the file that it names.
fn whole(given: &str) -> Result<Vec<u8>, Failure> {
    if is_text(given) {
        return Ok(given.as_bytes().to_vec());
    }
    input::bytes(given.strip_prefix('@').unwrap_or(given))
}

fn json(bytes: &[u8], given: &str) -> Result<Json, Failure> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(text).map_err(|error| {
        let name = if is_text(given) { "the body".to_owned() } else { input::shown(given) };
        Failure::usage(format!("{name} is not JSON: line {}, column {}", error.line(), error.column()))
    })
}

fn field_value(field: &Placed, matches: &ArgMatches) -> Result<Json, Failure> {
    let mut values = Vec::new();
    for text in matches.get_many::<String>(&field.option).into_iter().flatten() {
        values.push(scalar(field.value.kind, text)?);
    }
    if field.value.is_list {
        return Ok(Json::Array(values));
    }
    Ok(values.pop().unwrap_or(Json::Null))
}

/// A value of the command line as JSON. Its form was checked.
fn scalar(kind: Kind, text: &str) -> Result<Json, Failure> {
    Ok(match kind {
        Kind::Text | Kind::Uuid | Kind::Date | Kind::Time | Kind::Base64 | Kind::Address => Json::from(text),
        Kind::Secret => Json::from(input::secret(text)?),
        Kind::Integer | Kind::Number => number(text).unwrap_or_else(|| Json::from(text)),
        Kind::Bool => Json::from(text == "true"),
        Kind::Json => call::json(text)?,
        Kind::File => Json::from(input::text(text)?),
    })
}

fn put(body: &mut Json, path: &[&'static str], value: Json) -> bool {
    let Some((first, rest)) = path.split_first() else {
        *body = value;
        return true;
    };
    if body.is_null() {
        *body = Json::Object(Map::new());
    }
    let Some(fields) = body.as_object_mut() else { return false };
    put(fields.entry(*first).or_insert(Json::Null), rest, value)
}

// only: hidden {
/// The secrets in a body, which no message is to show.
pub(crate) fn secrets<'a>(made: &'a Made, fields: &'a [Placed]) -> impl Iterator<Item = &'a str> {
    let value = if let Made::Json(value) = made { Some(value) } else { None };
    let secret = fields.iter().filter(|field| field.value.kind == Kind::Secret);
    secret.filter_map(move |field| field.path.iter().try_fold(value?, |inner, name| inner.get(name))?.as_str())
}
// }

fn is_there(body: &Json, path: &[&'static str]) -> bool {
    let mut value = body;
    for name in path {
        match value.get(name) {
            Some(inner) => value = inner,
            None => return false,
        }
    }
    true
}
