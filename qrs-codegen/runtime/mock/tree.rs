//! Texts of a request as values of types: lists and objects in the notations of the specification.

use std::collections::HashSet;

use serde::Deserializer;
use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer, Visitor};
use serde_json::Value;

use super::recorded::Place;

/// The notation of a value of several pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// `a,b`: the pieces with the first of these between them, those within each with the next. An object is its names and
    /// values in turn.
    Joined(&'static [char]),
    /// `name=a,other=b`.
    Assigned,
    /// `tags=a&tags=b`, each with these between its own pieces.
    Repeated(&'static [char]),
    /// Each property by itself; a list or a single text by the name of the value.
    Spread,
    /// `filter[name]=a`.
    Deep,
    /// `.a.b` if it is exploded, otherwise `.a,b`.
    Label { explode: bool },
    /// `;tags=a;tags=b` if it is exploded, otherwise `;tags=a,b`.
    Matrix { explode: bool },
    /// JSON.
    Json,
}

/// A value whose type is not known yet.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Text(String),
    /// One text that can be a list or an object.
    Joined {
        whole: String,
        pieces: Vec<Tree>,
        fields: Vec<(String, Tree)>,
    },
    /// The texts by the name of a value, and all fields, of which the name may be one.
    Spread {
        own: Vec<Tree>,
        fields: Vec<(String, Tree)>,
    },
    List(Vec<Tree>),
    Fields(Vec<(String, Tree)>),
    Json(Value),
}

/// The names and texts of a place, as they were sent.
pub(crate) struct Pairs<'r> {
    pub(crate) place: Place,
    pub(crate) all: Vec<(&'r str, &'r str)>,
}

impl Pairs<'_> {
    /// The value of a name. The names that `is_known` belong to other values.
    pub(crate) fn tree(&self, name: &str, notation: Notation, is_known: &dyn Fn(&str) -> bool) -> Option<Tree> {
        let place = self.place;
        let is_name = |held: &str| held == name || place == Place::Header && held.eq_ignore_ascii_case(name);
        let mut own = self.all.iter().filter(|(held, _)| is_name(held)).map(|(_, text)| *text).peekable();
        if own.peek().is_none() {
            let fields = match notation {
                Notation::Spread => self.others(is_known),
                Notation::Deep => self.deep(name),
                _ => Vec::new(),
            };
            return (!fields.is_empty()).then_some(Tree::Fields(fields));
        }
        match notation {
            Notation::Repeated(within) => Some(Tree::List(own.map(|text| joined(place, text, within)).collect())),
            Notation::Deep => Some(Tree::List(own.map(|text| joined(place, text, &[])).collect())),
            Notation::Spread => {
                let own = own.map(|text| joined(place, text, &[])).collect();
                Some(Tree::Spread { own, fields: self.others(is_known) })
            }
            Notation::Joined(by) => own.next().map(|text| joined(place, text, by)),
            Notation::Assigned => own.next().map(|text| assigned(place, text, ',')),
            Notation::Label { explode } => own.next().map(|text| label(text, explode)),
            Notation::Matrix { explode } => own.next().map(|text| matrix(text, name, explode)),
            Notation::Json => own.next().map(|text| json(&place.decoded(text))),
        }
    }

    /// The fields of a form: each is repeated, unless it has a notation of its own.
    pub(crate) fn form(&self, fields: &[(&str, Notation)]) -> Tree {
        let of = |name: &str| fields.iter().find(|(known, _)| *known == name);
        let whole = |name: &str| name.split('[').next().unwrap_or_default().to_owned();
        let mut found = self.others(|name| of(name).is_some() || of(&whole(name)).is_some());
        let is_known = |name: &str| of(name).is_some();
        let own = fields
            .iter()
            .filter_map(|(name, notation)| Some(((*name).to_owned(), self.tree(name, *notation, &is_known)?)));
        found.extend(own);
        Tree::Fields(found)
    }

    /// The values whose names are not left out, each name once.
    fn others(&self, is_left_out: impl Fn(&str) -> bool) -> Vec<(String, Tree)> {
        let mut seen = HashSet::new();
        let names = self.all.iter().map(|(name, _)| *name).filter(|name| !is_left_out(name) && seen.insert(*name));
        let values = |name: &str| self.all.iter().filter(|(held, _)| *held == name).map(|(_, text)| *text).collect();
        let list = |texts: Vec<&str>| texts.into_iter().map(|text| Tree::Text(self.place.decoded(text))).collect();
        names.collect::<Vec<_>>().into_iter().map(|name| (name.to_owned(), Tree::List(list(values(name))))).collect()
    }

    /// The fields of `name[field]` and `name[field][inner]`.
    fn deep(&self, name: &str) -> Vec<(String, Tree)> {
        let mut fields = Vec::new();
        for (held, text) in &self.all {
            let Some(rest) = held.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')) else { continue };
            let path: Vec<&str> = rest.trim_end_matches(']').split("][").collect();
            insert(&mut fields, &path, Tree::Text(self.place.decoded(text)));
        }
        fields
    }
}

fn insert(fields: &mut Vec<(String, Tree)>, path: &[&str], value: Tree) {
    let Some((first, rest)) = path.split_first() else { return };
    // `name[]` is a further element.
    let held = fields.iter_mut().find(|(name, _)| name == first && !name.is_empty()).map(|(_, tree)| tree);
    match (held, rest) {
        (Some(Tree::Fields(inner)), [_, ..]) => insert(inner, rest, value),
        (Some(Tree::List(items)), []) => items.push(value),
        (Some(tree), []) => *tree = Tree::List(vec![tree.clone(), value]),
        (Some(_), _) => {}
        (None, []) => fields.push(((*first).to_owned(), value)),
        (None, _) => {
            let mut inner = Vec::new();
            insert(&mut inner, rest, value);
            fields.push(((*first).to_owned(), Tree::Fields(inner)));
        }
    }
}

/// The pieces of a text as it was sent, where an escaped separator is one only if it cannot be sent otherwise.
pub(crate) fn pieces(place: Place, text: &str, separator: char) -> Vec<&str> {
    match (place, separator) {
        (Place::Query, ' ') => text.split("%20").flat_map(|piece| piece.split(['+', ' '])).collect(),
        (Place::Query, '|') => {
            text.split("%7C").flat_map(|piece| piece.split("%7c")).flat_map(|piece| piece.split('|')).collect()
        }
        (Place::Query, '\t') => text.split("%09").collect(),
        (Place::Header, _) => text.split(separator).map(str::trim).collect(),
        _ => text.split(separator).collect(),
    }
}

fn joined(place: Place, text: &str, by: &'static [char]) -> Tree {
    let whole = place.decoded(text);
    let Some((separator, within)) = by.split_first() else { return Tree::Text(whole) };
    let texts = if text.is_empty() { Vec::new() } else { pieces(place, text, *separator) };
    let fields = texts.as_chunks().0.iter().map(|[name, value]| (place.decoded(name), joined(place, value, &[])));
    let fields = fields.collect();
    let pieces = texts.iter().map(|piece| joined(place, piece, within)).collect();
    Tree::Joined { whole, pieces, fields }
}

fn assigned(place: Place, text: &str, separator: char) -> Tree {
    let texts = pieces(place, text, separator);
    let field = |piece: &&str| {
        let (name, value) = piece.split_once('=')?;
        Some((place.decoded(name), Tree::Text(place.decoded(value))))
    };
    let fields = texts.iter().filter_map(field).collect();
    let pieces = texts.iter().map(|piece| Tree::Text(place.decoded(piece))).collect();
    Tree::Joined { whole: place.decoded(text), pieces, fields }
}

fn label(text: &str, explode: bool) -> Tree {
    let text = text.strip_prefix('.').unwrap_or(text);
    if explode { assigned(Place::Path, text, '.') } else { joined(Place::Path, text, &[',']) }
}

fn matrix(text: &str, name: &str, explode: bool) -> Tree {
    let place = Place::Path;
    let text = text.strip_prefix(';').unwrap_or(text);
    let pairs: Vec<(String, &str)> = text
        .split(';')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, text)| (place.decoded(name), text))
        .collect();
    if !explode {
        return joined(place, pairs.first().map_or("", |(_, text)| text), &[',']);
    }
    if pairs.iter().all(|(held, _)| held == name) {
        return Tree::List(pairs.iter().map(|(_, text)| Tree::Text(place.decoded(text))).collect());
    }
    Tree::Fields(pairs.into_iter().map(|(name, text)| (name, Tree::Text(place.decoded(text)))).collect())
}

fn json(text: &str) -> Tree {
    serde_json::from_str(text).map_or_else(|_| Tree::Text(text.to_owned()), Tree::Json)
}

/// A number or a boolean.
pub(crate) fn literal(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean())
}

/// Reads a value. Where its type leaves it open, a text that looks like a number or a boolean is one, if that decodes.
pub(crate) fn read<T: DeserializeOwned>(tree: Tree) -> Result<T, Error> {
    let first = T::deserialize(Reader { tree: tree.clone(), literals: true });
    first.or_else(|error| T::deserialize(Reader { tree, literals: false }).map_err(|_| error))
}

/// Reads a tree by the type that is asked for.
struct Reader {
    tree: Tree,
    /// Whether a text can be a number or a boolean, where the type leaves it open.
    literals: bool,
}

impl Reader {
    fn list<'de, V: Visitor<'de>>(literals: bool, items: Vec<Tree>, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(|tree| Self { tree, literals })))
    }

    fn object<'de, V: Visitor<'de>>(
        literals: bool,
        fields: Vec<(String, Tree)>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let fields = fields.into_iter().map(|(name, tree)| (name, Self { tree, literals }));
        visitor.visit_map(MapDeserializer::new(fields))
    }
}

impl IntoDeserializer<'_> for Reader {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Whether the names are those of elements: `name[0]` or `name[]`.
fn are_elements(fields: &[(String, Tree)]) -> bool {
    fields.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()))
}

fn of_json(error: serde_json::Error) -> Error {
    Error::custom(error)
}

macro_rules! by {
    ($literals:literal: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let tree = match self.tree {
                Tree::Spread { own, .. } => Tree::List(own),
                tree => tree,
            };
            Self { tree, literals: $literals }.deserialize_any(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Text(text) | Tree::Joined { whole: text, .. } => match literal(&text).filter(|_| self.literals) {
                Some(value) => value.deserialize_any(visitor).map_err(of_json),
                None => visitor.visit_string(text),
            },
            Tree::List(mut items) if items.len() == 1 => {
                let tree = items.pop().unwrap_or_else(|| Tree::Text(String::new()));
                Self { tree, literals: self.literals }.deserialize_any(visitor)
            }
            Tree::List(items) => Self::list(self.literals, items, visitor),
            Tree::Spread { own, fields } => {
                let tree = if fields.len() > 1 { Tree::Fields(fields) } else { Tree::List(own) };
                Self { tree, literals: self.literals }.deserialize_any(visitor)
            }
            Tree::Fields(fields) if !fields.is_empty() && are_elements(&fields) => {
                Self::list(self.literals, fields.into_iter().map(|(_, tree)| tree).collect(), visitor)
            }
            Tree::Fields(fields) => Self::object(self.literals, fields, visitor),
            Tree::Json(value) => value.deserialize_any(visitor).map_err(of_json),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Text(text) => match json(&text) {
                Tree::Json(value @ Value::Array(_)) => value.deserialize_any(visitor).map_err(of_json),
                _ => Self::list(self.literals, vec![Tree::Text(text)], visitor),
            },
            Tree::Joined { pieces, .. } => Self::list(self.literals, pieces, visitor),
            Tree::List(items) | Tree::Spread { own: items, .. } => Self::list(self.literals, items, visitor),
            tree => Self { tree, literals: self.literals }.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Text(text) => match json(&text) {
                Tree::Json(value @ Value::Object(_)) => value.deserialize_any(visitor).map_err(of_json),
                _ => visitor.visit_string(text),
            },
            Tree::Joined { fields, .. } | Tree::Fields(fields) | Tree::Spread { fields, .. } => {
                Self::object(self.literals, fields, visitor)
            }
            Tree::List(mut items) if items.len() == 1 => {
                let tree = items.pop().unwrap_or_else(|| Tree::Text(String::new()));
                Self { tree, literals: self.literals }.deserialize_map(visitor)
            }
            tree => Self { tree, literals: self.literals }.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Json(Value::Null) => visitor.visit_none(),
            tree => visitor.visit_some(Self { tree, literals: self.literals }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    by! { true: deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
    deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 }

    by! { false: deserialize_char deserialize_str deserialize_string deserialize_identifier deserialize_bytes
    deserialize_byte_buf }

    serde::forward_to_deserialize_any! { i128 u128 unit unit_struct tuple_struct enum ignored_any }
}
