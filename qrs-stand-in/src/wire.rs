//! Reads percent-encoding, the query, and the two headers that every request carries.
//!
//! It is strict where a lenient server would guess, because a guess would hide a fault of the client.

use http::HeaderMap;

/// The length of a cross-site request forgery key.
const XRFKEY_LENGTH: usize = 16;

/// Decodes `%XX`; `None` where an escape is malformed or the bytes are not UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? * 16 + hex(bytes.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The query component, split and decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) raw: String,
    pub(crate) pairs: Vec<(String, String)>,
    /// A part could not be decoded; it stands in `pairs` as it was sent.
    pub(crate) malformed: bool,
}

impl Query {
    /// Reads a query as the site does: parts at `&`, name and value at the first `=`, `+` a space.
    pub(crate) fn read(raw: &str) -> Self {
        let mut query = Self { raw: raw.to_owned(), ..Self::default() };
        if raw.is_empty() {
            return query;
        }
        for part in raw.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = query.decode(name);
            let value = query.decode(value);
            query.pairs.push((name, value));
        }
        query
    }

    fn decode(&mut self, part: &str) -> String {
        percent_decode(&part.replace('+', " ")).unwrap_or_else(|| {
            self.malformed = true;
            part.to_owned()
        })
    }

    /// Every value sent under a name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(sent, _)| sent == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// Whether the key was sent once in the query and once in the header, well formed and equal.
pub(crate) fn xrfkey_holds(query: &Query, headers: &HeaderMap) -> bool {
    let in_header: Vec<_> = headers.get_all("x-qlik-xrfkey").iter().collect();
    let (&[in_query], &[in_header]) = (query.all("Xrfkey").as_slice(), in_header.as_slice()) else {
        return false;
    };
    in_query.len() == XRFKEY_LENGTH
        && in_query.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && in_query.as_bytes() == in_header.as_bytes()
}

/// A fault of an `X-Qlik-User` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserHeaderFault {
    Missing,
    Malformed,
}

/// Reads `UserDirectory=<dir>; UserId=<id>`, both percent-encoded UTF-8, into `(directory, id)`.
pub(crate) fn user_header(headers: &HeaderMap) -> Result<(String, String), UserHeaderFault> {
    let values: Vec<_> = headers.get_all("x-qlik-user").iter().collect();
    let value = match values.as_slice() {
        [] => return Err(UserHeaderFault::Missing),
        [value] => value.to_str().map_err(|_| UserHeaderFault::Malformed)?,
        _ => return Err(UserHeaderFault::Malformed),
    };
    read_user(value).ok_or(UserHeaderFault::Malformed)
}

fn read_user(value: &str) -> Option<(String, String)> {
    let (first, second) = value.split_once(';')?;
    let (first, second) = (part(first)?, part(second)?);
    let (directory, id) = match (first.0, second.0) {
        ("UserDirectory", "UserId") => (first.1, second.1),
        ("UserId", "UserDirectory") => (second.1, first.1),
        _ => return None,
    };
    Some((directory, id))
}

/// One `name=value`: a separator inside the value has to be encoded, or the header could be read in two ways.
fn part(text: &str) -> Option<(&str, String)> {
    let (name, value) = text.trim().split_once('=')?;
    if value.is_empty() || value.contains([';', '=']) {
        return None;
    }
    Some((name, percent_decode(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn malformed_escapes_are_not_decoded() {
        for (sent, read) in [
            ("", Some("")),
            ("plain", Some("plain")),
            ("a%20b+c", Some("a b+c")),
            ("%C3%96", Some("Ö")),
            ("%", None),
            ("%2", None),
            ("%zz", None),
            ("%+1", None),
            ("%C3", None),
        ] {
            assert_eq!(percent_decode(sent).as_deref(), read, "{sent}");
        }
    }

    #[test]
    fn a_query_is_split_before_it_is_decoded() {
        let query = Query::read("Xrfkey=a&filter=name+eq+%27R%26D%3D1%27&flag&=v");
        let pairs: Vec<_> = query.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("Xrfkey", "a"), ("filter", "name eq 'R&D=1'"), ("flag", ""), ("", "v")]);
        assert!(!query.malformed);
        assert!(Query::read("").pairs.is_empty());
        let broken = Query::read("filter=100%");
        assert!(broken.malformed);
        assert_eq!(broken.all("filter"), ["100%"]);
    }

    #[test]
    fn the_key_has_to_be_equal_in_query_and_header() {
        let key = "0123456789abcDEF";
        for (query, sent, holds) in [
            (format!("Xrfkey={key}"), vec![key], true),
            (format!("Xrfkey={key}"), vec![], false),
            (format!("Xrfkey={key}"), vec![key, key], false),
            (format!("Xrfkey={key}&Xrfkey={key}"), vec![key], false),
            (format!("xrfkey={key}"), vec![key], false),
            (String::new(), vec![key], false),
            ("Xrfkey=0123456789abcDEf".to_owned(), vec!["0123456789abcDEF"], false),
            ("Xrfkey=short".to_owned(), vec!["short"], false),
            ("Xrfkey=0123456789abcDE-".to_owned(), vec!["0123456789abcDE-"], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in &sent {
                headers.append("x-qlik-xrfkey", HeaderValue::from_static(value));
            }
            assert_eq!(xrfkey_holds(&Query::read(&query), &headers), holds, "{query} {sent:?}");
        }
    }

    #[test]
    fn an_ambiguous_user_header_is_malformed() {
        let user = |directory: &str, id: &str| Some((directory.to_owned(), id.to_owned()));
        for (sent, read) in [
            ("UserDirectory=INTERNAL; UserId=sa_api", user("INTERNAL", "sa_api")),
            ("UserId=sa_api;UserDirectory=INTERNAL", user("INTERNAL", "sa_api")),
            ("UserDirectory=A%3BB%3D; UserId=%C3%B6+%25", user("A;B=", "ö+%")),
            ("UserDirectory=A=B; UserId=x", None),
            ("UserDirectory=A;B; UserId=x", None),
            ("UserDirectory=A; UserId=", None),
            ("UserDirectory=A; UserId=%", None),
            ("UserDirectory=A; UserId=%FF", None),
            ("UserDirectory=A; UserDirectory=B", None),
            ("userdirectory=A; userid=B", None),
            ("A\\B", None),
        ] {
            assert_eq!(read_user(sent), read, "{sent}");
        }
        assert_eq!(user_header(&HeaderMap::new()), Err(UserHeaderFault::Missing));
    }
}
