//! Makes a call of an operation's options, and writes what comes back.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write as _};

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::Value as Json;

use super::body::{self, Made, Placed};
use super::commands::first_sentence;
use super::confirm;
use super::description::Encoding; // only: form
use super::description::{Command, Kind, Parameter, Place, Success, Value};
use super::failure::{Code, Failure};
use super::input;
use super::output::{self, Output};
use crate::runtime::ByteStream; // only: bytes-success
use crate::runtime::Upload; // only: part-files
use crate::runtime::{Call, Client, Error, PreparedRequest, decode};

/// The options of an operation, by their names on this command line.
pub(crate) struct Options {
    parameters: Vec<(String, &'static Parameter)>,
    fields: Vec<Placed>,
}

impl Options {
    /// The options of an operation. Those of the connection keep their names.
    pub(crate) fn of(command: &'static Command, reserved: &HashSet<String>) -> Self {
        let mut taken = reserved.clone();
        let mut parameters = Vec::new();
        for parameter in command.parameters {
            let mut option = parameter.option.to_owned();
            while !taken.insert(option.clone()) {
                option.push_str("-parameter");
            }
            parameters.push((option, parameter));
        }
        let fields = command.body.as_ref().map(|body| body::placed(body, &mut taken)).unwrap_or_default();
        Self { parameters, fields }
    }

    /// The arguments for clap.
    pub(crate) fn args(&self, command: &'static Command) -> Vec<Arg> {
        let mut args: Vec<Arg> =
            self.parameters.iter().map(|(option, parameter)| argument(option, parameter)).collect();
        args.extend(command.body.iter().flat_map(|body| body::args(body, &self.fields)));
        match command.success {
            Success::Json | Success::Page(_) => args.extend(output::options()),
            Success::Bytes | Success::Text => args.push(
                Arg::new("out")
                    .long("out")
                    .value_name("FILE")
                    .help("Writes the response to this file, not to standard output"),
            ),
            Success::Nothing => {}
        }
        args.extend(confirm::options(command.operation));
        args
    }
}

fn argument(option: &str, parameter: &Parameter) -> Arg {
    let arg = Arg::new(option.to_owned()).long(option.to_owned()).required(parameter.is_required);
    // only: part-setter {
    if let Place::FurtherPart(_) = parameter.place {
        let arg = of_value(arg, parameter.value, parameter.help, None);
        return match parameter.value.kind {
            Kind::File | Kind::Secret => arg.value_name("NAME=FILE"),
            _ => arg.value_name("NAME=VALUE").value_parser(ValueParser::string()),
        };
    }
    // }
    of_value(arg, parameter.value, parameter.help, None)
}

/// An option for a value, with the help that the document and the kind of the value give.
pub(crate) fn of_value(arg: Arg, value: Value, help: &str, remark: Option<&str>) -> Arg {
    let secret = (value.kind == Kind::Secret).then_some("a file that holds it, or `-` for standard input");
    let repeated = value.is_list.then_some("may be repeated");
    let remarks: Vec<&str> = [remark, secret, repeated].into_iter().flatten().collect();
    let with_remarks = |help: String| match remarks.is_empty() {
        true => help,
        false => format!("{help} ({})", remarks.join("; ")).trim_start().to_owned(),
    };
    let help = if help.is_empty() { noun(value.kind) } else { help };
    let arg = arg.help(with_remarks(short(help))).long_help(with_remarks(help.to_owned()));
    // The name of the value has them.
    let arg = arg.hide_possible_values(value.kind == Kind::Bool);
    let arg = arg.value_name(value_name(value)).value_parser(parser(value));
    let arg = arg.allow_negative_numbers(matches!(value.kind, Kind::Integer | Kind::Number | Kind::Json));
    if value.is_list { arg.action(ArgAction::Append) } else { arg }
}

/// The first sentence of a description, and the default that it ends with.
pub(crate) fn short(help: &str) -> String {
    let mut paragraphs = help.split("\n\n");
    let first = first_sentence(paragraphs.next().unwrap_or_default());
    let default = help.split("\n\n").find_map(|paragraph| paragraph.strip_prefix("Default: ")?.strip_suffix('.'));
    match default {
        Some(default) if !first.starts_with("Default: ") => format!("{first} [default: {}]", default.trim_matches('`')),
        _ => first.to_owned(),
    }
}

/// What is known of a value that the document does not describe.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text",
        Kind::Uuid => "An identifier",
        Kind::Date => "A date",
        Kind::Time => "A date and time",
        Kind::Base64 => "Bytes in Base64",
        Kind::Address => "An IP address",
        Kind::Secret => "A secret",
        Kind::File => "A file",
        Kind::Integer => "A whole number",
        Kind::Number => "A number",
        Kind::Bool => "Yes or no",
        Kind::Json => "JSON",
    }
}

/// The word for a value in the help.
fn value_name(value: Value) -> &'static str {
    match value.kind {
        Kind::Text => "TEXT",
        Kind::Uuid => "UUID",
        Kind::Date => "DATE",
        Kind::Time => "TIME",
        Kind::Base64 => "BASE64",
        Kind::Address => "ADDRESS",
        Kind::Secret | Kind::File => "FILE",
        Kind::Integer | Kind::Number => "NUMBER",
        Kind::Bool => "true|false",
        Kind::Json => "JSON|@FILE",
    }
}

/// The check of a value.
fn parser(value: Value) -> ValueParser {
    match value.kind {
        Kind::Text | Kind::Integer | Kind::Number if !value.known.is_empty() => known(value.known),
        // only: uuid {
        Kind::Uuid => form(|text| text.parse::<uuid::Uuid>().is_ok(), "not a UUID"),
        // }
        // only: date {
        Kind::Date => form(|text| text.parse::<jiff::civil::Date>().is_ok(), "not a date, as in 2026-01-31"),
        // }
        // only: date-time {
        Kind::Time => {
            form(|text| text.parse::<crate::runtime::DateTime>().is_ok(), "not a time, as in 2026-01-31T12:00:00Z")
        }
        // }
        // only: base64 {
        Kind::Base64 => {
            form(|text| serde_json::from_value::<crate::runtime::Base64>(text.into()).is_ok(), "not Base64")
        }
        // }
        Kind::Address => form(|text| text.parse::<std::net::IpAddr>().is_ok(), "not an IP address"),
        Kind::Integer => ValueParser::new(|text: &str| match text.parse::<i128>() {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err("not a whole number"),
        }),
        Kind::Number => ValueParser::new(|text: &str| number(text).map(|_| text.to_owned()).ok_or("not a number")),
        Kind::Bool => PossibleValuesParser::new(["true", "false"]).into(),
        _ => ValueParser::string(),
    }
}

/// The check of a text's form.
fn form(is_fit: fn(&str) -> bool, problem: &'static str) -> ValueParser {
    ValueParser::new(move |text: &str| if is_fit(text) { Ok(text.to_owned()) } else { Err(problem) })
}

fn known(values: &'static [&'static str]) -> ValueParser {
    PossibleValuesParser::new(values.iter().copied()).into()
}

/// A number of JSON.
pub(crate) fn number(text: &str) -> Option<Json> {
    serde_json::from_str::<serde_json::Number>(text).ok().map(Json::Number)
}

/// A JSON text of the command line, or of a file after `@`.
pub(crate) fn json(text: &str) -> Result<Json, Failure> {
    let read = match text.strip_prefix('@') {
        Some(path) => input::text(path)?,
        None => text.to_owned(),
    };
    serde_json::from_str(&read).map_err(|error| {
        Failure::usage(format!("`{text}` is not JSON: line {}, column {}", error.line(), error.column()))
    })
}

/// Sends an operation's request, and writes the response.
pub(crate) async fn run(
    client: &Client,
    command: &'static Command,
    options: &Options,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let call = build(client, command, options, matches)?;
    if confirm::is_only_shown(&call, command.operation, matches)? {
        return Ok(());
    }
    let output = Output::of(matches);
    match command.success {
        Success::Json => {
            let value: Json = send(call, command, decode::json).await?;
            output.write(&value)?;
        }
        Success::Page(list) => {
            let value: Json = send(call, command, decode::json).await?;
            output.write_page(&value, list)?;
        }
        Success::Text => {
            let text: String = send(call, command, decode::text).await?;
            write_bytes(text.as_bytes(), matches)?;
        }
        // only: bytes-success {
        Success::Bytes => {
            let request: PreparedRequest<Vec<u8>, Json> = call.prepared(decode::bytes, decode::json_error);
            let body = request.send_stream().await.map_err(|error| failed(&error, command))?;
            write_stream(body, matches).await?;
        }
        // }
        Success::Nothing => send(call, command, decode::empty).await?, // only: empty-success
        #[allow(unreachable_patterns, reason = "a document need not have successes of every kind")]
        _ => {}
    }
    Ok(())
}

async fn send<T: 'static>(call: Call, command: &Command, success: crate::runtime::Success<T>) -> Result<T, Failure> {
    let request: PreparedRequest<T, Json> = call.prepared(success, decode::json_error);
    request.send().await.map_err(|error| failed(&error, command))
}

/// A failure with the site's own words, where the error does not have them.
fn failed(error: &Error<Json>, command: &Command) -> Failure {
    let message = error.body().and_then(|body| body.get("message")?.as_str()).filter(|message| !message.is_empty());
    let mut text = error.to_string();
    if let Some(message) = message.filter(|message| !text.contains(message)) {
        text = format!("{text}: {}", super::table_output::printable(message));
    }
    let failure = Failure::new(Code::of(error), text);
    match meaning(error, command) {
        Some(meaning) => failure.hint(meaning),
        None => failure,
    }
}

/// The meaning of a status code that says little by itself.
fn meaning(error: &Error<Json>, command: &Command) -> Option<&'static str> {
    let names_something =
        command.operation.path.contains('{') || command.parameters.iter().any(|parameter| parameter.is_required);
    match error.status()?.as_u16() {
        404 | 410 if names_something => {
            Some("there is no such thing, or the server's version lacks this operation (see its `--help`)")
        }
        404 | 410 | 405 | 501 => {
            Some("the server's version lacks this operation (see its `--help`), or the base address is not right")
        }
        _ => None,
    }
}

// only: bytes-success {
/// Writes a body while it arrives: it may be large, and it may never end.
async fn write_stream(mut body: ByteStream, matches: &ArgMatches) -> Result<(), Failure> {
    let path = matches.get_one::<String>("out");
    let of_file = |path: &String, error: io::Error| Failure::usage(format!("`{path}`: {error}"));
    let mut file = match path {
        Some(path) => Some(File::create(path).map_err(|error| of_file(path, error))?),
        None => None,
    };
    while let Some(piece) = body.chunk().await? {
        match (&mut file, path) {
            (Some(file), Some(path)) => file.write_all(&piece).map_err(|error| of_file(path, error))?,
            _ => {
                let mut out = io::stdout().lock();
                out.write_all(&piece)?;
                out.flush()?;
            }
        }
    }
    Ok(())
}
// }

fn write_bytes(bytes: &[u8], matches: &ArgMatches) -> Result<(), Failure> {
    match matches.get_one::<String>("out") {
        Some(path) => {
            let written = File::create(path).and_then(|mut file| file.write_all(bytes));
            written.map_err(|error| Failure::usage(format!("`{path}`: {error}")))
        }
        None => {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            if !bytes.is_empty() && !bytes.ends_with(b"\n") && io::IsTerminal::is_terminal(&out) {
                out.write_all(b"\n")?;
            }
            Ok(out.flush()?)
        }
    }
}

fn build(client: &Client, command: &'static Command, options: &Options, matches: &ArgMatches) -> Result<Call, Failure> {
    let mut call = Call::new(client, command.operation);
    for (option, parameter) in &options.parameters {
        let values: Vec<&String> = matches.get_many::<String>(option).into_iter().flatten().collect();
        if !values.is_empty() {
            call = with_parameter(call, parameter, &values)?;
        }
    }
    // only: begun-multipart {
    if let Some(multipart) = &command.multipart {
        call = call.multipart(multipart.media_type, multipart.order).grouped_parts(multipart.groups);
        // only: unnamed-parts {
        if multipart.is_unnamed {
            call = call.unnamed_parts();
        }
        // }
    }
    // }
    let Some(body) = &command.body else { return Ok(call) };
    let made = body::made(body, &options.fields, matches)?;
    // only: hidden {
    for secret in body::secrets(&made, &options.fields) {
        call = call.hide(secret);
    }
    // }
    Ok(match (made, body.encoding) {
        (Made::Nothing, _) => call,
        (Made::Bytes(bytes), _) => {
            let media_type = body::media_type(body, &bytes)?;
            call.bytes(bytes.into(), media_type)
        }
        (Made::Json(value), Encoding::Form) => call.form(value, &[], body.media_type), // only: form
        (Made::Json(value), _) => call.json(value, body.media_type),
    })
}

fn with_parameter(mut call: Call, parameter: &'static Parameter, given: &[&String]) -> Result<Call, Failure> {
    // only: part-setter {
    if let Place::Part(media_type) | Place::FurtherPart(media_type) = parameter.place {
        return with_part(call, parameter, media_type, given);
    }
    // }
    let mut texts = Vec::new();
    for text in given {
        let (next, text) = read(call, parameter.value, text)?;
        call = next;
        texts.push(text);
    }
    let first = texts.first().cloned().unwrap_or_default();
    let name = Cow::Borrowed(parameter.name);
    let is_json = parameter.value.kind == Kind::Json; // only: structured, json-parameter, query-json
    Ok(match parameter.place {
        Place::Path => call.named_path(name, &first),
        Place::Query => call.named_query(name, &first),
        Place::Header => call.header(parameter.name, first), // only: header
        Place::Cookie => call.cookie(parameter.name, first), // only: cookie
        Place::Styled(styled) if parameter.value.is_list => call.list(styled, texts), // only: styled-list
        Place::Styled(styled) if is_json => call.structured(styled, json(&first)?), // only: structured
        Place::Styled(styled) => call.styled(styled, first), // only: styled-text
        // only: json-parameter {
        Place::Json(styled) if is_json => call.json_parameter(styled, json(&first)?),
        Place::Json(styled) => {
            let kind = parameter.value.kind;
            let values = texts.iter().map(|text| if kind.is_text() { Json::from(text.as_str()) } else { plain(text) });
            let values: Vec<Json> = values.collect();
            let one = values.first().cloned().unwrap_or_default();
            call.json_parameter(styled, if parameter.value.is_list { Json::Array(values) } else { one })
        }
        // }
        Place::QueryForm(fields) => call.query_form(parameter.name, json(&first)?, fields), // only: query-form
        Place::QueryJson if is_json => call.query_json(parameter.name, json(&first)?),      // only: query-json
        Place::QueryJson => call.query_json(parameter.name, plain(&first)),                 // only: query-json
        Place::QueryEncoded => call.query_encoded(parameter.name, first),                   // only: query-encoded
        Place::QueryText => call.query_text(parameter.name, first),                         // only: query-text
        #[allow(unreachable_patterns, reason = "a document need not have parameters in every place")]
        _ => call,
    })
}

/// The text of a value. A secret is read from its file, and hidden from then on.
#[allow(unused_variables, clippy::unnecessary_wraps, reason = "a document need not have secrets")]
fn read(call: Call, value: Value, text: &str) -> Result<(Call, String), Failure> {
    // only: hidden {
    if value.kind == Kind::Secret {
        let secret = input::secret(text)?;
        return Ok((call.hide(&secret), secret));
    }
    // }
    Ok((call, text.to_owned()))
}

// only: json-parameter, query-json {
/// A number or a boolean of JSON, or else text.
fn plain(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::from(text))
}
// }

// only: part-setter {
fn with_part(
    mut call: Call,
    parameter: &'static Parameter,
    media_type: Option<&'static str>,
    given: &[&String],
) -> Result<Call, Failure> {
    for text in given {
        let (name, text) = match (&parameter.place, text.split_once('=')) {
            (Place::FurtherPart(_), Some(named)) => named,
            (Place::FurtherPart(_), None) => {
                return Err(Failure::usage(format!(
                    "`--{} {text}` has no name: give it as NAME=VALUE",
                    parameter.option
                )));
            }
            _ => (parameter.name, text.as_str()),
        };
        // only: part-files {
        if parameter.value.kind == Kind::File {
            let path = text.strip_prefix('@').unwrap_or(text);
            let file = std::path::Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or("file");
            let upload = Upload::new(input::bytes(path)?).file_name(file);
            call.parts_mut().upload(name.to_owned(), media_type, upload);
            continue;
        }
        // }
        // only: part-texts {
        let (mut next, text) = read(call, parameter.value, text)?;
        next.parts_mut().add(name.to_owned(), media_type, text);
        call = next;
        // }
    }
    Ok(call)
}
// }
