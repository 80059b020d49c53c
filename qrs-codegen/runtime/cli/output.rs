//! Writes what a subcommand found: JSON, lines of JSON, a table, or CSV.

use std::fs::{self, File};
use std::io::{self, Write};

use clap::{Arg, ArgMatches, ColorChoice};
use serde_json::Value;

use super::failure::Failure;
use super::select::{self, Page};
use super::table_output::{csv_line, printable, table};

/// The form of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
    JsonLines,
    Csv,
}

impl Format {
    const NAMES: [&'static str; 4] = ["table", "json", "jsonl", "csv"];

    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "table" => Self::Table,
            "json" => Self::Json,
            "jsonl" => Self::JsonLines,
            "csv" => Self::Csv,
            _ => return None,
        })
    }
}

/// The output that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    format: Option<Format>,
    fields: Vec<String>,
    /// The columns of tables and CSV where no fields are chosen; without any, those that the rows have.
    columns: &'static [&'static str],
    color: ColorChoice,
    file: Option<String>,
}

/// The options of an output.
pub(crate) fn options() -> [Arg; 3] {
    [
        Arg::new("output")
            .long("output")
            .short('o')
            .value_name("FORMAT")
            .value_parser(Format::NAMES)
            .help("The form of the output"),
        Arg::new("fields")
            .long("fields")
            .value_name("FIELDS")
            .help("Only these fields, as in `name,user.userId`")
            .long_help(
                "Only these fields, separated by commas. A dot leads into an object, or into each element of a list: \
                 `name,user.userId,tags.name`. The fields of a page are those of its elements.",
            ),
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .help("Writes to this file, in UTF-8, instead of standard output")
            .long_help(
                "Writes to this file, in UTF-8, instead of standard output, which some shells of Windows read in another encoding",
            ),
    ]
}

/// Behind the options of a subcommand itself.
const LAST: usize = 500;

/// The option for colours.
pub(crate) fn color_option() -> Arg {
    Arg::new("color")
        .long("color")
        .value_name("WHEN")
        .value_parser(["auto", "always", "never"])
        .default_value("auto")
        .global(true)
        .display_order(LAST)
        .help("Colours in the output; `auto` is on a terminal, unless NO_COLOR is set")
}

impl Output {
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten();
        let color = match text("color").map(String::as_str) {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        Self {
            format: text("output").and_then(|name| Format::of(name)),
            fields: text("fields").map(|text| select::paths(text)).unwrap_or_default(),
            columns: &[],
            color,
            file: text("out").cloned(),
        }
    }

    /// The form, or this one where none was asked for.
    pub(crate) fn format_or(&self, default: Format) -> Format {
        self.format.unwrap_or(default)
    }

    // only: command-extension {
    /// Sets the columns of tables and CSV, which are there also without a row.
    pub(crate) fn with_columns(mut self, columns: &'static [&'static str]) -> Self {
        self.columns = columns;
        self
    }

    /// The output as text, without colours.
    pub(crate) fn text(&self, value: &Value, default: Format) -> io::Result<String> {
        self.check_fields(value);
        let mut bytes = Vec::new();
        self.format(value, default, &mut bytes)?;
        Ok(anstream::adapter::strip_str(&String::from_utf8_lossy(&bytes)).to_string())
    }

    /// Writes text to standard output, or to the file.
    pub(crate) fn write_text(&self, text: &str) -> io::Result<()> {
        match &self.file {
            Some(file) => write_file(file, text.as_bytes()),
            None => {
                let mut out = self.stream();
                out.write_all(text.as_bytes())?;
                out.flush()
            }
        }
    }
    // }

    /// Warns of fields that were asked for and that nothing has.
    fn check_fields(&self, value: &Value) {
        for (path, like) in select::unknown(value, &self.fields) {
            let like: Vec<String> = like.iter().map(|name| format!("`{name}`")).collect();
            let hint = if like.is_empty() { String::new() } else { format!("; did you mean {}?", like.join(" or ")) };
            let _ =
                writeln!(io::stderr(), "warning: `--fields`: nothing here has the field `{}`{hint}", printable(path));
        }
    }

    /// Standard output, which drops colours where nobody sees them.
    pub(crate) fn stream(&self) -> anstream::AutoStream<io::Stdout> {
        anstream::AutoStream::new(io::stdout(), choice(self.color))
    }

    /// Standard error, likewise.
    pub(crate) fn errors(&self) -> anstream::AutoStream<io::Stderr> {
        anstream::AutoStream::new(io::stderr(), choice(self.color))
    }

    /// Writes a value, as JSON unless another form was asked for.
    pub(crate) fn write(&self, value: &Value) -> io::Result<()> {
        self.write_as(value, Format::Json)
    }

    /// Writes a value, in this form unless another was asked for.
    pub(crate) fn write_as(&self, value: &Value, default: Format) -> io::Result<()> {
        self.check_fields(value);
        let kept = (!self.fields.is_empty()).then(|| select::keep(value, &self.fields));
        self.write_kept(kept.as_ref().unwrap_or(value), default)
    }

    /// Writes a page of a list: whole as JSON, and its elements in every other form.
    pub(crate) fn write_page(&self, value: &Value, list: &'static str) -> io::Result<()> {
        let Some(page) = Page::of(value, list) else { return self.write(value) };
        match self.format_or(Format::Json) {
            Format::Json if self.fields.is_empty() => self.write_kept(value, Format::Json),
            Format::Json => self.write_kept(&page.keep(&self.fields), Format::Json),
            _ => self.write_kept(&page.rows(&self.fields), Format::Json),
        }
    }

    /// Writes a value that has the fields that were asked for, and no others.
    fn write_kept(&self, value: &Value, default: Format) -> io::Result<()> {
        let Some(file) = &self.file else {
            let mut out = self.stream();
            self.format(value, default, &mut out)?;
            return out.flush();
        };
        let mut bytes = Vec::new();
        self.format(value, default, &mut bytes)?;
        let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
        write_file(file, &plain)
    }

    fn format(&self, value: &Value, default: Format, out: &mut dyn Write) -> io::Result<()> {
        match self.format_or(default) {
            Format::Json => writeln!(out, "{}", pretty(value))?,
            Format::JsonLines => {
                for row in rows(value) {
                    writeln!(out, "{row}")?;
                }
            }
            Format::Table => {
                let (headings, rows) = cells(value, &self.fields, self.columns);
                table(&headings, &rows, out)?;
            }
            Format::Csv => {
                let (headings, rows) = cells(value, &self.fields, self.columns);
                if !headings.is_empty() {
                    out.write_all(csv_line(&headings).as_bytes())?;
                }
                for row in &rows {
                    out.write_all(csv_line(row).as_bytes())?;
                }
            }
        }
        Ok(())
    }
}

/// The file of `--out`, tried before anything is sent: one that cannot be written is noticed in time.
pub(crate) struct OutFile {
    /// The path of a file that was not there before.
    missing: Option<String>,
}

impl OutFile {
    /// Checks that the file can be written. Its content stays, and a file that is missing stays missing, until there is
    /// something to write. A pipe or a device is not opened: whoever reads it would see its end.
    pub(crate) fn check(matches: &ArgMatches) -> Result<Self, Failure> {
        let Some(path) = matches.try_get_one::<String>("out").ok().flatten() else {
            return Ok(Self { missing: None });
        };
        // A link to nothing is not missing.
        let is_missing = fs::symlink_metadata(path).is_err();
        let checked = if is_missing {
            File::create_new(path).and_then(|_| fs::remove_file(path))
        } else if fs::metadata(path).is_ok_and(|metadata| metadata.is_file() || metadata.is_dir()) {
            File::options().append(true).open(path).map(drop)
        } else {
            Ok(())
        };
        checked.map_err(|error| Failure::usage(format!("`{path}`: {error}")))?;
        Ok(Self { missing: is_missing.then(|| path.clone()) })
    }

    /// Removes a file that a command created and then failed to fill.
    pub(crate) fn remove_if_empty(self) {
        if let Some(path) = self.missing
            && fs::metadata(&path).is_ok_and(|metadata| metadata.len() == 0)
        {
            let _ = fs::remove_file(path);
        }
    }
}

fn choice(color: ColorChoice) -> anstream::ColorChoice {
    match color {
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
        ColorChoice::Auto => anstream::ColorChoice::Auto,
    }
}

// only: command-extension {
/// Writes a line to standard output. Unlike `println`, it does not panic when the reader has left.
pub(crate) fn say(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Writes a line to standard error, which nobody has to read.
pub(crate) fn tell(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes a warning to standard error.
pub(crate) fn warn(text: impl std::fmt::Display) {
    tell(format_args!("warning: {}", printable(&text.to_string())));
}

/// Whether a person reads what goes to standard error.
pub(crate) fn is_watched() -> bool {
    io::IsTerminal::is_terminal(&io::stderr())
}
// }

fn write_file(file: &str, bytes: &[u8]) -> io::Result<()> {
    fs::write(file, bytes).map_err(|error| io::Error::new(error.kind(), format!("`{file}`: {error}")))
}

/// The elements of a list, or the value alone. `null` is no row.
fn rows(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn cells(value: &Value, fields: &[String], usual: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let rows = rows(value);
    let mut columns = match (fields.is_empty(), usual.is_empty()) {
        (false, _) => fields.to_vec(),
        (true, false) => usual.iter().map(|&column| column.to_owned()).collect(),
        (true, true) => select::columns(&rows),
    };
    // A list of texts or numbers.
    if columns.is_empty() && rows.iter().any(|row| !row.is_object()) {
        columns.push("value".to_owned());
        let rows = rows.iter().map(|row| vec![select::cell(Some(row))]).collect();
        return (columns, rows);
    }
    let cell = |row: &Value, path: &str| select::cell(select::at(row, path).as_deref());
    let row = |row: &&Value| columns.iter().map(|path| cell(row, path)).collect();
    let rows = rows.iter().map(row).collect();
    (columns, rows)
}

/// JSON in lines, with names and values in colours. The stream drops these where they are not wanted.
fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, 0, &mut out);
    out
}

const NAME: &str = "\u{1b}[34m";
const TEXT: &str = "\u{1b}[32m";
const OTHER: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

fn write_value(value: &Value, depth: usize, out: &mut String) {
    let indent = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let colored = |out: &mut String, color: &str, text: &str| {
        out.push_str(color);
        out.push_str(text);
        out.push_str(PLAIN);
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                indent(out, depth + 1);
                write_value(item, depth + 1, out);
            }
            indent(out, depth);
            out.push(']');
        }
        Value::Object(fields) if !fields.is_empty() => {
            out.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                indent(out, depth + 1);
                colored(out, NAME, &quoted(name));
                out.push_str(": ");
                write_value(field, depth + 1, out);
            }
            indent(out, depth);
            out.push('}');
        }
        Value::String(text) => colored(out, TEXT, &quoted(text)),
        Value::Array(_) | Value::Object(_) => out.push_str(&value.to_string()),
        other => colored(out, OTHER, &other.to_string()),
    }
}

/// A string of JSON, with the control characters escaped that JSON itself does not mind.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut out = String::with_capacity(json.len());
    for next in json.chars() {
        if next.is_control() {
            out.push_str(&format!("\\u{:04x}", u32::from(next)));
        } else {
            out.push(next);
        }
    }
    out
}
