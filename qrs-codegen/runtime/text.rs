/// `text` on one line of at most `limit` characters: white space runs become one space, and what could act on a
/// terminal (control, direction and invisible characters) is left out.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if acts(character) {
            continue;
        }
        let needed = if gap { 2 } else { 1 };
        if length + needed > limit {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(character);
        length += needed;
    }
    line
}

fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Whether a body looks like an HTML page, whatever it is called.
pub(super) fn begins_as_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|start| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// The title of an HTML page, if it is plain text.
pub(super) fn html_title(page: &str) -> Option<String> {
    // Lowering ASCII letters moves no byte, so that offsets hold for both texts.
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    lower.get(end..)?.starts_with("</title").then_some(())?;
    let title = one_line(page.get(start..end)?, 100);
    (!title.is_empty()).then_some(title)
}

/// The type and subtype of a `Content-Type`, without its parameters.
pub(super) fn essence(content_type: &str) -> Option<&str> {
    let essence = content_type.split(';').next()?.trim();
    let proper = essence.len() <= 100
        && essence.contains('/')
        && essence.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-/".contains(&byte));
    proper.then_some(essence)
}
