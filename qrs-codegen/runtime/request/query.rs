//! The query of a request.

use std::borrow::Cow;

pub(crate) type Name = Cow<'static, str>;

/// The pairs of the query, each with the parameter that it belongs to, its name, and its encoded text.
#[derive(Clone, Default)]
pub(crate) struct Query(Vec<(Name, Name, String)>);

impl Query {
    // only: styled, whole-query {
    /// Replaces the pairs of a parameter, and those of its name.
    pub(crate) fn set(&mut self, owner: &Name, pairs: Vec<(Name, String)>) {
        let begin = self.make_room(owner);
        for (at, (name, text)) in (begin..).zip(pairs) {
            self.0.insert(at, (owner.clone(), name, text));
        }
    }
    // }

    /// Replaces the pairs of a parameter by a single pair of its name.
    pub(crate) fn set_one(&mut self, name: Name, text: String) {
        let at = self.make_room(&name);
        self.0.insert(at, (name.clone(), name, text));
    }

    /// Removes the pairs of a parameter, and those of its name, and returns the position of the first.
    fn make_room(&mut self, owner: &str) -> usize {
        let is_of = |held: &str, name: &str| held == owner || name == owner;
        let Some(first) = self.0.iter().position(|(held, name, _)| is_of(held, name)) else { return self.0.len() };
        self.0.retain(|(held, name, _)| !is_of(held, name));
        first
    }

    /// The encoded pairs. Credentials replace parameters of the same name.
    pub(crate) fn texts<'a>(&'a self, credentials: &'a [(Name, String)]) -> impl Iterator<Item = &'a str> {
        let given = |owner: &Name, name: &Name| credentials.iter().any(|(given, _)| given == owner || given == name);
        let own = self.0.iter().filter(move |(owner, name, _)| !given(owner, name)).map(|(_, _, text)| text.as_str());
        own.chain(credentials.iter().map(|(_, text)| text.as_str()))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(_, name, _)| name.as_ref()).collect()
    }
}
