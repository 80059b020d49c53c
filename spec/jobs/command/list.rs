//! Lists of users: a name in each line, or CSV. A name is never left out silently: what cannot be read is an error with its
//! line.

use uuid::Uuid;

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::table_output::{CsvRecord, csv_records};

/// The headings of columns, as letters and digits in lower case.
const DIRECTORY: &[&str] = &["userdirectory", "directory", "domain"];
const ID: &[&str] = &["userid", "samaccountname"];
const WHOLE: &[&str] = &["user", "account", "guid", "id", "name"];

/// The names in a file.
pub(super) fn of_file(file: &str) -> Result<Vec<String>, Failure> {
    let wrong = |(line, what): (usize, String)| Failure::usage(format!("{}, line {line}: {what}", input::shown(file)));
    of_text(&input::text(file)?).map_err(wrong)
}

/// What is wrong with a line, with its number.
type Problem = (usize, String);

fn of_text(text: &str) -> Result<Vec<String>, Problem> {
    match text.lines().enumerate().find(|(_, line)| !is_skipped(line)) {
        None => Ok(Vec::new()),
        Some((index, heading)) => match Columns::of(heading).map_err(|problem| (index + 1, problem))? {
            Some(columns) => columns.names(text),
            None => of_lines(text),
        },
    }
}

/// Whether a line has no name: it is empty, or a comment.
fn is_skipped(line: &str) -> bool {
    let line = line.trim().trim_start_matches('\u{feff}');
    line.is_empty() || line.starts_with('#')
}

/// The columns that have the names.
enum Columns {
    Pair { directory: usize, id: usize },
    Whole(usize),
}

impl Columns {
    /// The columns of a heading; `None` for a line that is none.
    fn of(line: &str) -> Result<Option<Self>, String> {
        let plain = |cell: &String| cell.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let records = csv_records(line, separator(line)).unwrap_or_default();
        let cells: Vec<String> =
            records.first().map(|record| record.fields.iter().map(plain).collect()).unwrap_or_default();
        let column = |names: &[&str]| names.iter().find_map(|name| cells.iter().position(|cell| cell == name));
        Ok(match (column(DIRECTORY), column(ID), column(WHOLE)) {
            (Some(directory), Some(id), _) => Some(Self::Pair { directory, id }),
            // `id` is an identifier, but beside a directory.
            (Some(directory), None, Some(_)) if cells.iter().any(|cell| cell == "id") => {
                column(&["id"]).map(|id| Self::Pair { directory, id })
            }
            (_, _, Some(whole)) => Some(Self::Whole(whole)),
            (Some(_), None, None) => return Err("beside the column of directories, one `userId` is missing".to_owned()),
            (None, Some(_), None) => return Err("beside the column of ids, one `userDirectory` is missing".to_owned()),
            (None, None, None) => None,
        })
    }

    /// The names of the rows.
    fn names(&self, text: &str) -> Result<Vec<String>, Problem> {
        let heading = text.lines().find(|line| !is_skipped(line)).unwrap_or_default();
        let records =
            csv_records(text, separator(heading)).map_err(|line| (line, "a quote is not closed".to_owned()))?;
        let rows = records.iter().skip(1);
        rows.map(|row| self.name(row).map_err(|problem| (row.line, problem))).collect()
    }

    fn name(&self, row: &CsvRecord) -> Result<String, String> {
        let cell = |at: usize| match row.fields.get(at).map(|cell| cell.trim()) {
            Some(cell) if !cell.is_empty() => Ok(cell.to_owned()),
            _ => Err(format!("column {} is empty", at + 1)),
        };
        match *self {
            Self::Whole(whole) => cell(whole),
            Self::Pair { directory, id } => {
                let id = cell(id)?;
                if id.parse::<Uuid>().is_ok() { Ok(id) } else { Ok(format!(r"{}\{id}", cell(directory)?)) }
            }
        }
    }
}

/// The separator of CSV: the one that its heading has most.
fn separator(heading: &str) -> char {
    let count = |separator: char| heading.matches(separator).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

/// The names of a list without headings.
fn of_lines(text: &str) -> Result<Vec<String>, Problem> {
    let lines = text.lines().enumerate().filter(|(_, line)| !is_skipped(line));
    lines.map(|(index, line)| of_line(line.trim()).map_err(|problem| (index + 1, problem))).collect()
}

/// The name in a line: a name with what is not one behind it, or a directory and an id.
fn of_line(line: &str) -> Result<String, String> {
    let is_name = |cell: &str| cell.contains('\\') || cell.parse::<Uuid>().is_ok();
    // The name of a directory may have a semicolon.
    let separators: &[char] = if line.contains('\\') { &[',', '\t'] } else { &[',', ';', '\t'] };
    let cells: Vec<&str> = line.split(separators).map(|cell| cell.trim().trim_matches('"').trim()).collect();
    let first = cells.first().copied().unwrap_or_default();
    let rest = cells.get(1..).unwrap_or_default();
    let is_first_name = is_name(first) || first.contains('/');
    let is_other = |cell: &&str| is_name(cell) || is_first_name && is_slashed(cell);
    if first.matches('\\').count() > 1 || rest.iter().any(is_other) {
        return Err("more than one name, or not at the beginning: write one in each line, or add headings".to_owned());
    }
    match rest.first() {
        Some(id) if !is_first_name && first.is_empty() | id.is_empty() => {
            Err("a directory without an id, or an id without a directory".to_owned())
        }
        Some(id) if !is_first_name => Ok(format!(r"{first}\{id}")),
        _ => Ok(first.to_owned()),
    }
}

/// Whether a cell looks like a name with a slash.
fn is_slashed(cell: &str) -> bool {
    cell.matches('/').count() == 1
        && !cell.contains(char::is_whitespace)
        && !cell.starts_with('/')
        && !cell.ends_with('/')
}
