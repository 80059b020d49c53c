// only: media-type

//! Media types with their parameters, and how well one describes another.

/// A media type, with its parameters in order.
pub(crate) struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> MediaType<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut pieces = text.split(';');
        let (kind, subtype) = pieces.next()?.trim().split_once('/')?;
        let parameters = pieces
            .filter_map(|piece| piece.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
            .collect();
        Some(Self { kind, subtype, parameters })
    }

    fn is_json(&self) -> bool {
        let suffix = self.subtype.rsplit_once('+').map_or(self.subtype, |(_, suffix)| suffix);
        suffix.eq_ignore_ascii_case("json")
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// How well a documented media type describes this one; 0 if it does not.
    pub(crate) fn fit(&self, documented: &str) -> usize {
        let Some(documented) = MediaType::parse(documented) else { return 0 };
        if !documented.kind.eq_ignore_ascii_case(self.kind) {
            return usize::from(documented.kind == "*" || (documented.is_json() && self.is_json()));
        }
        if !documented.subtype.eq_ignore_ascii_case(self.subtype) {
            return match documented.subtype {
                "*" => 3,
                _ => usize::from(documented.is_json() && self.is_json()) * 2,
            };
        }
        let is_met =
            |(name, value): &&(&str, &str)| self.parameter(name).is_some_and(|own| own.eq_ignore_ascii_case(value));
        let met = documented.parameters.iter().filter(is_met).count();
        // Of two that differ by their parameters, the one whose parameters are there.
        if met == documented.parameters.len() { 10 + met } else { 4 }
    }
}

// only: media-range {
/// The reason why a media type is not one of a documented range, such as `image/*`.
pub(crate) fn outside(range: &str, given: &str) -> Option<String> {
    let is_token = |text: &str| {
        let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.bytes().all(is_character)
    };
    match MediaType::parse(given) {
        Some(own) if is_token(own.kind) && is_token(own.subtype) => {
            (own.fit(range) == 0).then(|| format!("the media type of its body is not one of `{range}`"))
        }
        _ => Some("the media type of its body is not of the form `type/subtype`".to_owned()),
    }
}
// }
