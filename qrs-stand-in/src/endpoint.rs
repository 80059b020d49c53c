//! Finds the endpoint of a request: a method at a path template.

use http::Method;

/// An operation that a site has.
pub(crate) trait Endpoint {
    fn method(&self) -> Method;

    /// The path below `/qrs`, with `{name}` where a value stands.
    fn template(&self) -> &str;
}

/// The endpoint of a method and a path.
pub(crate) enum Resolved<'table, E> {
    /// An endpoint, with the path's values as they were sent, still percent-encoded.
    Found(&'table E, Vec<String>),
    /// The path has other methods: these.
    WrongMethod(String),
    Nowhere,
}

/// Looks up a path below `/qrs`. Of two templates, the one with fewer parameters wins.
pub(crate) fn resolve<'table, E: Endpoint>(table: &'table [E], method: &Method, path: &str) -> Resolved<'table, E> {
    let matching = table.iter().filter_map(|endpoint| Some((endpoint, captures(endpoint.template(), path)?)));
    let Some((closest, values)) = matching.min_by_key(|(_, values)| values.len()) else {
        return Resolved::Nowhere;
    };
    let at_path: Vec<&E> = table.iter().filter(|endpoint| endpoint.template() == closest.template()).collect();
    if let Some(endpoint) = at_path.iter().find(|endpoint| endpoint.method() == *method) {
        return Resolved::Found(endpoint, values);
    }
    let allow: Vec<String> = at_path.iter().map(|endpoint| endpoint.method().to_string()).collect();
    Resolved::WrongMethod(allow.join(", "))
}

/// The values that stand for a template's parameters, where the path has its form.
fn captures(template: &str, path: &str) -> Option<Vec<String>> {
    let mut captured = Vec::new();
    let mut sent = path.split('/');
    for part in template.split('/') {
        let sent = sent.next()?;
        if part.starts_with('{') {
            if sent.is_empty() {
                return None;
            }
            captured.push(sent.to_owned());
        } else if part != sent {
            return None;
        }
    }
    sent.next().is_none().then_some(captured)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(Method, &'static str);

    impl Endpoint for At {
        fn method(&self) -> Method {
            self.0.clone()
        }

        fn template(&self) -> &str {
            self.1
        }
    }

    #[test]
    fn the_most_literal_template_wins() {
        let table = [
            At(Method::GET, "/user/{id}"),
            At(Method::PUT, "/user/{id}"),
            At(Method::GET, "/user/full"),
            At(Method::GET, "/user/{a}/{b}"),
        ];
        let found = |method: Method, path: &str| match resolve(&table, &method, path) {
            Resolved::Found(at, values) => format!("{} {}", at.1, values.join(" ")),
            Resolved::WrongMethod(allow) => allow,
            Resolved::Nowhere => "nowhere".to_owned(),
        };
        for (method, path, expected) in [
            (Method::GET, "/user/full", "/user/full "),
            (Method::GET, "/user/x", "/user/{id} x"),
            (Method::PUT, "/user/full", "GET"),
            (Method::DELETE, "/user/x", "GET, PUT"),
            (Method::GET, "/user/x/y", "/user/{a}/{b} x y"),
            (Method::GET, "/user/", "nowhere"),
            (Method::GET, "/user", "nowhere"),
            (Method::GET, "/user/full/", "nowhere"),
            (Method::GET, "//user/full", "nowhere"),
        ] {
            assert_eq!(found(method, path), expected, "{path}");
        }
    }
}
