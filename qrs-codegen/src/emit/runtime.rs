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

/// The files of a client that uses these parts.
pub(super) fn files(uses: &Uses) -> impl Iterator<Item = (&'static str, String)> {
    FILES.iter().filter_map(|(name, text)| Some((*name, used(text, uses)?)))
}

const MARKER: &str = "// only: ";

/// The part of a file that is used, without its markers; `None` if the file is not used.
pub(super) fn used(text: &str, uses: &Uses) -> Option<String> {
    let text = match text.strip_prefix(MARKER).and_then(|marked| marked.split_once('\n')) {
        Some((names, rest)) if is_used(names, uses) => rest.trim_start(),
        Some(_) => return None,
        None => text,
    };
    if !text.contains(MARKER) {
        return Some(text.to_owned());
    }
    let mut lines: Vec<&str> = Vec::new();
    // The blocks around the current line: whether each is used.
    let mut open: Vec<bool> = Vec::new();
    for line in text.lines() {
        let is_shown = open.iter().all(|is_used| *is_used);
        // Most lines have no comment. To look for the marker in each of them took half the time of a small document.
        match line.contains('/').then(|| line.split_once(MARKER)).flatten() {
            Some((_, names)) if names.ends_with('{') => open.push(is_used(names.trim_end_matches([' ', '{']), uses)),
            None if !open.is_empty() && line.trim() == "// }" => _ = open.pop(),
            None if is_shown => push(&mut lines, line),
            Some((line, names)) if is_shown && is_used(names, uses) => push(&mut lines, line.trim_end()),
            _ => {}
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    Some(text)
}

/// Adds a line, without the empty lines that are left of what was around a part.
fn push<'t>(lines: &mut Vec<&'t str>, line: &'t str) {
    if line.is_empty() && lines.last().is_none_or(|last| last.is_empty() || last.ends_with('{')) {
        return;
    }
    if line.trim_start().starts_with('}') && lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines.push(line);
}

fn is_used(names: &str, uses: &Uses) -> bool {
    names.split(',').any(|name| uses.has_named(name.trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{MARKER, marked_files, used};
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
        let text = "// only: form, path\n\nfn a() {} // only: form\n\n// only: path {\nfn b() {\n    c(); // only: form\n}\n// }\n\nfn d() {}\n";
        assert_eq!(used(text, &Uses::default()), None);
        let mut uses = Uses::default();
        uses.add(RuntimePart::Path);
        assert_eq!(used(text, &uses).as_deref(), Some("fn b() {\n}\n\nfn d() {}\n"));
        uses.add(RuntimePart::Form);
        assert_eq!(used(text, &uses).as_deref(), Some("fn a() {}\n\nfn b() {\n    c();\n}\n\nfn d() {}\n"));
    }
}
