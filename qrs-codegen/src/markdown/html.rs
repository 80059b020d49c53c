//! HTML in descriptions.

/// Returns the text between the tags of HTML.
pub(super) fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        match tag.split_once('>') {
            Some((_, after)) => {
                out.push(' ');
                rest = after;
            }
            None => rest = "",
        }
    }
    out.push_str(rest);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.into_iter().fold(out, |text, (entity, meant)| text.replace(entity, meant))
}

/// The elements that only format text.
const FORMATTING: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "center",
    "code",
    "details",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

/// Whether a tag only formats text, so that it can be dropped.
pub(super) fn is_formatting(html: &str) -> bool {
    let name: String = html.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
    html.starts_with("<!--") || FORMATTING.contains(&name.to_ascii_lowercase().as_str())
}
