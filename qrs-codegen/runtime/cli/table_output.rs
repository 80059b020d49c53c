//! Tables of text, for terminals, and CSV.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use crate::runtime::is_invisible;

/// The widest cell of a table that does not end its line.
const WIDEST: usize = 60;

/// Writes rows under their headings, in columns of equal width; nothing without any column.
pub(crate) fn table(headings: &[String], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    if headings.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let headings: Vec<String> = headings.iter().map(|heading| printable(heading).to_uppercase()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(headings.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    for row in std::iter::once(&headings).chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let gap = width.saturating_sub(cell.width()) + 2;
            line.extend(std::iter::repeat_n(' ', gap));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Text without what a terminal acts on instead of showing.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|next| if next.is_control() || is_invisible(next) { ' ' } else { next }).collect()
}

/// Makes one line of CSV (RFC 4180), as spreadsheets read it.
pub(crate) fn csv_line<S: AsRef<str>>(fields: impl IntoIterator<Item = S>) -> String {
    let fields: Vec<String> = fields.into_iter().map(|field| quoted(field.as_ref())).collect();
    fields.join(",") + "\r\n"
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

// only: command-extension {
/// Reads the records of CSV. The separator is a comma, or a semicolon where the first line has more of these, as
/// spreadsheets write it in many countries.
pub(crate) fn csv_records(text: &str) -> Vec<Vec<String>> {
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.matches(';').count() > first.matches(',').count() { ';' } else { ',' };
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut field = String::new();
    let mut in_quotes = false;
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' if in_quotes && rest.peek() == Some(&'"') => {
                field.push('"');
                rest.next();
            }
            '"' if in_quotes || field.is_empty() => in_quotes = !in_quotes,
            '\r' if !in_quotes && rest.peek() == Some(&'\n') => {}
            '\n' if !in_quotes => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            next if next == separator && !in_quotes => record.push(std::mem::take(&mut field)),
            next => field.push(next),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records.retain(|record: &Vec<String>| record.iter().any(|field| !field.trim().is_empty()));
    records
}
// }
