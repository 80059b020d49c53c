//! `src/runtime/` and `src/cli/`: the hand-written files, as far as a client uses them.
//!
//! A comment marks a part of `runtime/` that can be left out, with the names of [`RuntimePart`](crate::model::RuntimePart)s. It is shipped if one of
//! these is used.
//!
//! | comment | the part |
//! | --- | --- |
//! | `// only: NAME, NAME`, as the first line of a file | the file |
//! | `// only: NAME, NAME`, at the end of a line | the line |
//! | `// only: NAME, NAME {` to `// }`, each on a line of its own | the lines between them |
//!
//! The compiler holds the markers: a client compiles without a warning of something that is missing or unused.

use std::borrow::Cow;

use memchr::memmem;

use crate::model::Uses;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../runtime/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = &files![
    "client/address.rs",
    "client/blocking.rs",
    "client/builder.rs",
    "client/handle.rs",
    "client/mod.rs",
    "client/retry.rs",
    "client/route.rs",
    "client/server.rs",
    "client/server_template.rs",
    "client/trace.rs",
    "credential/header.rs",
    "credential/held.rs",
    "credential/identity.rs",
    "credential/mod.rs",
    "credential/pem.rs",
    "credential/tls.rs",
    "document/mod.rs",
    "document/operation.rs",
    "document/scheme.rs",
    "execution/any.rs",
    "execution/attempts.rs",
    "execution/execute.rs",
    "execution/mod.rs",
    "execution/prepared.rs",
    "execution/request.rs",
    "execution/response_future.rs",
    "execution/send_all.rs",
    "execution/stream.rs",
    "execution/tls_failure.rs",
    "execution/transport.rs",
    "failure/build_error.rs",
    "failure/element_error.rs",
    "failure/error.rs",
    "failure/mod.rs",
    "failure/pattern.rs",
    "failure/redact.rs",
    "mod.rs",
    "request/call.rs",
    "request/form.rs",
    "request/items.rs",
    "request/mod.rs",
    "request/multipart.rs",
    "request/parameter.rs",
    "request/path.rs",
    "request/payload.rs",
    "request/prepare.rs",
    "request/query.rs",
    "request/settings.rs",
    "request/whole_query.rs",
    "response/byte_stream.rs",
    "response/decode.rs",
    "response/event_stream.rs",
    "response/header.rs",
    "response/line_stream.rs",
    "response/media.rs",
    "response/mod.rs",
    "response/raw.rs",
    "response/parts.rs",
    "response/success.rs",
    "text/charset.rs",
    "text/content.rs",
    "text/escape.rs",
    "text/mod.rs",
    "text/media_type.rs",
    "text/one_line.rs",
    "text/parts.rs",
    "text/percent.rs",
    "text/records.rs",
    "text/template.rs",
    "value/base64.rs",
    "value/date_time.rs",
    "value/empty_text.rs",
    "value/enumeration.rs",
    "value/error_path.rs",
    "value/fault.rs",
    "value/further.rs",
    "value/json_text.rs",
    "value/mod.rs",
    "value/nullable.rs",
    "value/object.rs",
    "value/one_of.rs",
    "value/properties.rs",
    "value/secret.rs",
    "value/writer.rs",
];

/// All files, marked.
#[cfg(test)]
pub(super) fn marked_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied()
}

/// The paths and texts of the files of a client that uses these parts, marked.
pub(super) fn files(uses: &Uses) -> impl Iterator<Item = (String, &'static str)> {
    shipped(FILES, "src/runtime", uses)
}

/// The paths and texts of those of `files` that belong to a client that uses these parts, marked.
pub(super) fn shipped(
    files: &[(&str, &'static str)],
    folder: &str,
    uses: &Uses,
) -> impl Iterator<Item = (String, &'static str)> {
    files.iter().filter_map(move |(name, text)| {
        let text = match text.strip_prefix(MARKER).and_then(|marked| marked.split_once('\n')) {
            Some((names, rest)) => is_used(names, uses).then(|| rest.trim_start())?,
            None => text,
        };
        Some((format!("{folder}/{name}"), text))
    })
}

const MARKER: &str = "// only: ";

/// The parts of a file that are used, without the markers.
pub(super) fn used<'t>(text: &'t str, uses: &Uses) -> Cow<'t, str> {
    let mut kept = String::new();
    // The blocks around the current line: whether each is used.
    let mut open: Vec<bool> = Vec::new();
    let mut rest = text;
    while let Some((before, marked, after)) = next_marked(rest, !open.is_empty()) {
        rest = after;
        let is_shown = open.iter().all(|is_used| *is_used);
        if is_shown {
            push(&mut kept, before);
        }
        match marked.split_once(MARKER) {
            None => _ = open.pop(),
            Some((_, names)) if names.ends_with('{') => open.push(is_used(names.trim_end_matches([' ', '{']), uses)),
            Some((line, names)) if is_shown && is_used(names, uses) => {
                push(&mut kept, line.trim_end());
                kept.push('\n');
            }
            Some(_) => {}
        }
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    push(&mut kept, rest);
    Cow::Owned(kept)
}

/// The lines before the next one with a marker, this one, and those after it. Within a block, its end is a marker too.
fn next_marked(text: &str, is_in_block: bool) -> Option<(&str, &str, &str)> {
    let sought = if is_in_block { "// " } else { MARKER };
    memmem::find_iter(text.as_bytes(), sought).find_map(|at| {
        let (before, comment) = text.split_at(at);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let comment = comment.split_once('\n').map_or(comment, |(comment, _)| comment);
        let is_end = || is_in_block && comment == "// }" && before[start..].trim_start().is_empty();
        (comment.starts_with(MARKER) || is_end()).then(|| {
            let (lines, marked) = text.split_at(start);
            let (marked, after) = marked.split_once('\n').unwrap_or((marked, ""));
            (lines, marked, after)
        })
    })
}

/// Adds whole lines, without the empty ones that are left of what was around a part.
fn push(kept: &mut String, mut lines: &str) {
    if kept.is_empty() || kept.ends_with("\n\n") || kept.ends_with("{\n") {
        lines = lines.trim_start_matches('\n');
    }
    if lines.trim_start_matches(' ').starts_with('}') && kept.ends_with("\n\n") {
        kept.pop();
    }
    kept.push_str(lines);
}

fn is_used(names: &str, uses: &Uses) -> bool {
    names.split(',').any(|name| uses.has_named(name.trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{MARKER, marked_files, shipped, used};
    use crate::emit::cli::FILES as FILES_OF_COMMAND;
    use crate::model::{RuntimePart, Uses};

    fn marked() -> BTreeSet<String> {
        let markers = marked_files()
            .chain(FILES_OF_COMMAND.iter().copied())
            .flat_map(|(_, text)| text.lines())
            .filter_map(|line| line.split_once(MARKER));
        let names = markers.flat_map(|(_, names)| names.trim_end_matches([' ', '{']).split(','));
        names.map(|name| name.trim().to_owned()).collect()
    }

    #[test]
    fn a_marker_names_parts_that_exist() {
        let known: BTreeSet<&str> = RuntimePart::ALL.iter().map(|part| part.name()).collect();
        let unknown: Vec<String> = marked().into_iter().filter(|name| !known.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn each_export_is_in_a_part_that_is_marked() {
        let marked = marked();
        for part in RuntimePart::ALL.iter().filter(|part| !part.exports().is_empty()) {
            assert!(marked.contains(part.name()), "{part:?}");
        }
    }

    #[test]
    fn a_part_is_left_out_without_a_trace() {
        let file = "// only: form, path\n\nfn a() {} // only: form\n\n// only: path {\nfn b() {\n    c(); // only: form\n}\n// }\n\nfn d() {}\n";
        let text_for = |uses: &Uses| shipped(&[("a.rs", file)], "src", uses).next().map(|(_, text)| used(text, uses));
        assert_eq!(text_for(&Uses::default()), None);
        let mut uses = Uses::default();
        uses.add(RuntimePart::Path);
        assert_eq!(text_for(&uses).as_deref(), Some("fn b() {\n}\n\nfn d() {}\n"));
        uses.add(RuntimePart::Form);
        assert_eq!(text_for(&uses).as_deref(), Some("fn a() {}\n\nfn b() {\n    c();\n}\n\nfn d() {}\n"));
    }
}
