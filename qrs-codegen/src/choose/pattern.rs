//! Patterns that choose operations.

/// The methods that a pattern may name.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// An operation, as patterns see it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'o> {
    pub(super) method: &'o str,
    pub(super) path: &'o str,
    pub(super) id: Option<&'o str>,
    pub(super) tags: &'o [&'o str],
}

/// A pattern: what `include` and `exclude` list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pattern<'p> {
    /// `/users/**`, `GET /users/*` or `GET`.
    Request { method: Option<&'p str>, path: Option<&'p str> },
    /// `tag:Users`
    Tag(&'p str),
    /// `operationId:get*`
    OperationId(&'p str),
}

/// The forms of a pattern, for whoever writes another.
pub(super) const FORMS: &str =
    "a pattern is `/path/**`, `GET /path/*`, `GET`, `tag:NAME` or `operationId:NAME`, with `*` for any characters";

impl<'p> Pattern<'p> {
    /// Reads a pattern; `None` if it has none of the forms.
    pub(super) fn parse(text: &'p str) -> Option<Pattern<'p>> {
        let text = text.trim();
        if let Some(tag) = text.strip_prefix("tag:") {
            return Some(Pattern::Tag(tag.trim())).filter(|_| !tag.trim().is_empty());
        }
        if let Some(id) = text.strip_prefix("operationId:") {
            return Some(Pattern::OperationId(id.trim())).filter(|_| !id.trim().is_empty());
        }
        if text.starts_with('/') {
            return Some(Pattern::Request { method: None, path: Some(text) });
        }
        let (method, path) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let is_method = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
        let path = Some(path.trim()).filter(|path| !path.is_empty());
        let is_path = path.is_none_or(|path| path.starts_with('/'));
        (is_method && is_path).then_some(Pattern::Request { method: Some(method), path })
    }

    /// Whether an operation is meant.
    pub(super) fn matches(&self, operation: Candidate<'_>) -> bool {
        match self {
            Pattern::Request { method, path } => {
                method.is_none_or(|method| method.eq_ignore_ascii_case(operation.method))
                    && path.is_none_or(|path| is_path(path, operation.path))
            }
            Pattern::Tag(tag) => operation.tags.iter().any(|own| is_like(tag, own)),
            Pattern::OperationId(id) => operation.id.is_some_and(|own| is_like(id, own)),
        }
    }
}

/// Whether a path has the form of a pattern: `**` is any number of segments, `*` any characters of one.
fn is_path(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    matches(&pattern, &path, &|one| *one == "**", &|one, other| is_like(one, other))
}

/// Whether a text has the form of a pattern, in which `*` is any characters.
fn is_like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches(&pattern, &text, &|one| *one == '*', &|one, other| one == other)
}

/// Matches with wildcards that stand for any number of elements, in steps that are bounded by the product of the lengths.
fn matches<T>(pattern: &[T], text: &[T], is_wildcard: &dyn Fn(&T) -> bool, is_same: &dyn Fn(&T, &T) -> bool) -> bool {
    let (mut at, mut read) = (0, 0);
    // The last wildcard, and how much of the text it stood for.
    let mut wildcard: Option<(usize, usize)> = None;
    while read < text.len() {
        if pattern.get(at).is_some_and(is_wildcard) {
            wildcard = Some((at, read));
            at += 1;
        } else if pattern.get(at).is_some_and(|one| is_same(one, &text[read])) {
            at += 1;
            read += 1;
        } else if let Some((place, stood)) = wildcard {
            wildcard = Some((place, stood + 1));
            at = place + 1;
            read = stood + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_wildcard)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Pattern};

    fn chooses(pattern: &str, method: &str, path: &str) -> bool {
        let tags = ["License Users"];
        let candidate = Candidate { method, path, id: Some("getUser"), tags: &tags };
        Pattern::parse(pattern).is_some_and(|pattern| pattern.matches(candidate))
    }

    #[test]
    fn patterns_choose_what_they_say() {
        for (pattern, expected) in [
            ("/license/**", true),
            ("/license/*", false),
            ("/license/*/{id}", true),
            ("/license/*/*", true),
            ("/**/{id}", true),
            ("/license/access*/**", true),
            ("/users/**", false),
            ("get /license/**", true),
            ("POST /license/**", false),
            ("GET", true),
            ("tag:License *", true),
            ("tag:License", false),
            ("operationId:get*", true),
            ("operationId:GET*", false),
            ("licenses", false),
            ("tag:", false),
        ] {
            assert_eq!(chooses(pattern, "get", "/license/accesstypes/{id}"), expected, "{pattern}");
        }
        assert!(chooses("/license/**", "get", "/license"));
        assert!(!chooses("/license/**", "get", "/licenses"));
    }
}
