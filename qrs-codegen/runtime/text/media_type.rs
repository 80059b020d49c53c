//! Media types with their parameters, and how well one describes another.

/// The type and subtype of a `Content-Type`, without its parameters.
pub(crate) fn essence(content_type: &str) -> Option<&str> {
    let text = content_type.trim_start();
    let (mut slash, mut end) = (None, text.len());
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'/' && slash.is_none() {
            slash = Some(at);
        } else if !is_token_character(byte) {
            end = at;
            break;
        }
    }
    let (essence, rest) = text.split_at_checked(end)?;
    let is_whole = matches!(rest.trim_start().bytes().next(), None | Some(b';'));
    let has_both = slash.is_some_and(|slash| slash > 0 && slash + 1 < end);
    (has_both && is_whole && end <= 100).then_some(essence)
}

fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte)
}

/// Whether a `Content-Type` is JSON, or a form of it.
pub(crate) fn is_json(content_type: &str) -> bool {
    split(content_type).is_some_and(|(_, subtype)| is_json_subtype(subtype))
}

/// The value of a parameter of a header, such as `charset` of a `Content-Type`.
pub(crate) fn parameter(header: &str, wanted: &str) -> Option<String> {
    parameters(header).find_map(|(name, value)| name.eq_ignore_ascii_case(wanted).then_some(value))
}

/// The parameters of a header, in order, without their quotes (RFC 9110, section 5.6.6).
fn parameters(header: &str) -> impl Iterator<Item = (&str, String)> {
    let mut rest = after_semicolon(header);
    std::iter::from_fn(move || {
        loop {
            let (name, after) = rest.split_at(rest.find([';', '='])?);
            if let Some(after) = after.strip_prefix('=') {
                let (value, after) = parameter_value(after);
                rest = after;
                return Some((name.trim(), value));
            }
            // A name without a value.
            rest = after_semicolon(after);
        }
    })
}

/// The value at the start of a text, and what follows the next semicolon.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.trim_start().strip_prefix('"') else {
        return (text.split(';').next().unwrap_or_default().trim().to_owned(), after_semicolon(text));
    };
    let (mut value, mut letters) = (String::new(), quoted.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => value.extend(letters.next()),
            letter => value.push(letter),
        }
    }
    (value, after_semicolon(letters.as_str()))
}

fn after_semicolon(text: &str) -> &str {
    text.split_once(';').map_or("", |(_, after)| after)
}

/// The type and the subtype of a media type, whatever characters they have.
fn split(media_type: &str) -> Option<(&str, &str)> {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().split_once('/')
}

fn is_json_subtype(subtype: &str) -> bool {
    let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
    suffix.eq_ignore_ascii_case("json")
}

// only: media-type, mock {
/// How well a documented media type describes another one; 0 if it does not.
pub(crate) fn fit(media_type: &str, documented: &str) -> usize {
    let (Some((own_kind, own_subtype)), Some((kind, subtype))) = (split(media_type), split(documented)) else {
        return 0;
    };
    let are_json = is_json_subtype(own_subtype) && is_json_subtype(subtype);
    if !kind.eq_ignore_ascii_case(own_kind) {
        return usize::from(kind == "*" || are_json);
    }
    if !subtype.eq_ignore_ascii_case(own_subtype) {
        return if subtype == "*" { 3 } else { usize::from(are_json) * 2 };
    }
    let is_met =
        |name: &str, value: &str| parameter(media_type, name).is_some_and(|own| own.eq_ignore_ascii_case(value));
    let met: Vec<bool> = parameters(documented).map(|(name, value)| is_met(name, &value)).collect();
    // Of two that differ by their parameters, the one whose parameters are there.
    if met.iter().all(|is_met| *is_met) { 10 + met.len() } else { 4 }
}
// }

// only: media-range {
/// The reason why a media type is not one of a documented range, such as `image/*`.
pub(crate) fn outside(range: &str, given: &str) -> Option<String> {
    match split(given) {
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => {
            (fit(given, range) == 0).then(|| format!("the media type of its body is not one of `{range}`"))
        }
        _ => Some("the media type of its body is not of the form `type/subtype`".to_owned()),
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_character)
}
// }
