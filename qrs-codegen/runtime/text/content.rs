//! HTML pages that are told by their content.

use super::one_line::one_line;

/// Whether a body looks like an HTML page, whatever its media type.
pub(crate) fn begins_as_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|start| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// The title of an HTML page, if it is plain text.
pub(crate) fn html_title(page: &str) -> Option<String> {
    // Lowering ASCII letters moves no byte, so offsets are valid in both strings.
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    lower.get(end..)?.starts_with("</title").then_some(())?;
    let title = one_line(page.get(start..end)?, 100);
    (!title.is_empty()).then_some(title)
}
