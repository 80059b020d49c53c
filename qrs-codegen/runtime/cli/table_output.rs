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
/// A record of CSV.
pub(crate) struct CsvRecord {
    /// The line that it begins in, from 1.
    pub(crate) line: usize,
    pub(crate) fields: Vec<String>,
}

/// Reads the records of CSV that are not empty. A line that begins with `#` is a comment, and its quotes count for nothing.
/// Fails with the line of a quote that is not closed.
pub(crate) fn csv_records(text: &str, separator: char) -> Result<Vec<CsvRecord>, usize> {
    let mut records = Vec::new();
    let (mut line, mut begin, mut quote) = (1, 1, 0);
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut in_quotes, mut in_comment) = (false, false);
    // Whether nothing but blanks precedes in the record.
    let mut is_blank = true;
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        in_comment |= is_blank && next == '#';
        is_blank &= next.is_whitespace() && next != separator;
        match next {
            next if in_comment && next != '\n' => {}
            '"' if in_quotes && rest.peek() == Some(&'"') => {
                field.push('"');
                rest.next();
            }
            '"' if in_quotes || field.trim().is_empty() => {
                (in_quotes, quote) = (!in_quotes, line);
            }
            '\r' if !in_quotes && rest.peek() == Some(&'\n') => {}
            '\n' if !in_quotes => {
                fields.push(std::mem::take(&mut field));
                records.push(CsvRecord { line: begin, fields: std::mem::take(&mut fields) });
                begin = line + 1;
                (is_blank, in_comment) = (true, false);
            }
            next if next == separator && !in_quotes => fields.push(std::mem::take(&mut field)),
            next => field.push(next),
        }
        line += usize::from(next == '\n');
    }
    if in_quotes {
        return Err(quote);
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        records.push(CsvRecord { line: begin, fields });
    }
    records.retain(|record| record.fields.iter().any(|field| !field.trim().is_empty()));
    Ok(records)
}
// }
