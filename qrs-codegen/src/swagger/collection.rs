//! `collectionFormat`: how lists are written in a piece of text.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Object, Rewriter, text};
use crate::diagnostic::{At, Problem};

/// The extension that carries what OpenAPI 3 has no word for to the stage `document`: what stands between the elements of
/// a list, and of the lists in it.
const DELIMITERS: &str = "x-codegen-delimiters";

/// The delimiters between the elements of a list, then of the lists in it, and so on.
pub(crate) type Delimiters = [Option<char>; 4];

/// The `collectionFormat` of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CollectionFormat {
    Csv,
    Ssv,
    Tsv,
    Pipes,
    Multi,
}

/// How a list and those in it are written.
#[derive(Clone, Debug)]
pub(super) struct ListFormat {
    format: CollectionFormat,
    /// The delimiters of the lists in it, from the outside in.
    nested: Vec<CollectionFormat>,
}

impl CollectionFormat {
    fn of(list: &Object) -> CollectionFormat {
        match text(list, "collectionFormat") {
            Some("ssv") => Self::Ssv,
            Some("tsv") => Self::Tsv,
            Some("pipes") => Self::Pipes,
            Some("multi") => Self::Multi,
            _ => Self::Csv,
        }
    }

    fn delimiter(self) -> char {
        match self {
            Self::Csv | Self::Multi => ',',
            Self::Ssv => ' ',
            Self::Tsv => '\t',
            Self::Pipes => '|',
        }
    }
}

impl Rewriter {
    /// How a list is written, where it is one.
    pub(super) fn collection(&mut self, map: &mut Object, location: &str, from: At<'_>) -> Option<ListFormat> {
        // Nobody but this stage says it.
        map.shift_remove(DELIMITERS);
        if text(map, "type") != Some("array") {
            return None;
        }
        let is_repeated = matches!(location, "query" | "formData");
        let help = format!("a {location} is there once: it is read as `csv`");
        let format = self.single(CollectionFormat::of(map), is_repeated, from, help);
        let mut nested = Vec::new();
        let mut next = map.get("items").and_then(Value::as_object);
        let mut place = from.child("items").pointer();
        while let Some(list) = next.filter(|list| text(list, "type") == Some("array")) {
            let help = "only the list that a parameter is can be repeated: it is read as `csv`".to_owned();
            nested.push(self.single(CollectionFormat::of(list), false, At::of(&place), help));
            next = list.get("items").and_then(Value::as_object);
            place.push("items");
        }
        let most = Delimiters::default().len() - 1;
        if nested.len() > most {
            let what = format!("a list in lists, {} levels deep,", nested.len() + 1);
            self.mention(from, Problem::Unsupported { what }, "the innermost ones are written as JSON");
            nested.truncate(most);
        }
        Some(ListFormat { format, nested })
    }

    /// A format; that of a list which cannot be repeated is `csv` instead of `multi`.
    fn single(&mut self, format: CollectionFormat, is_repeated: bool, from: At<'_>, help: String) -> CollectionFormat {
        if format != CollectionFormat::Multi || is_repeated {
            return format;
        }
        let problem = Problem::UnknownValue { value: "multi".to_owned() };
        self.warn(from.child("collectionFormat"), problem, help);
        CollectionFormat::Csv
    }
}

impl ListFormat {
    /// Says it of a parameter, a header, or a field of an urlencoded form.
    pub(super) fn say(&self, location: &str, object: &mut Object) {
        let is_pairs = matches!(location, "query" | "formData");
        let has_word = match self.format {
            CollectionFormat::Csv => location != "response header",
            CollectionFormat::Multi => true,
            CollectionFormat::Ssv | CollectionFormat::Pipes => is_pairs,
            CollectionFormat::Tsv => false,
        };
        if is_pairs {
            let style = match self.format {
                CollectionFormat::Ssv => "spaceDelimited",
                CollectionFormat::Pipes => "pipeDelimited",
                CollectionFormat::Csv | CollectionFormat::Tsv | CollectionFormat::Multi => "form",
            };
            object.insert("style".to_owned(), json!(style));
            object.insert("explode".to_owned(), json!(self.format == CollectionFormat::Multi));
        }
        if !has_word || !self.nested.is_empty() {
            self.say_delimiters(object);
        }
    }

    /// Says it of a part of a multipart form, for which OpenAPI 3.0 has no styles.
    pub(super) fn say_of_part(&self, encoding: &mut Object) {
        let is_multi = self.format == CollectionFormat::Multi;
        if !is_multi || !self.nested.is_empty() {
            encoding.insert("explode".to_owned(), json!(is_multi));
            self.say_delimiters(encoding);
        }
    }

    fn say_delimiters(&self, object: &mut Object) {
        // The elements of a repeated list are not joined.
        let own = (self.format != CollectionFormat::Multi).then_some(self.format);
        let all: String = own.iter().chain(&self.nested).map(|format| format.delimiter()).collect();
        object.insert(DELIMITERS.to_owned(), json!(all));
    }
}

/// The key of a rewritten object for the text between the elements of lists.
pub(crate) fn delimiters(extensions: &IndexMap<String, Value>) -> Option<Delimiters> {
    parsed(extensions.get(DELIMITERS)?)
}

/// The same of an object as it stands in the tree.
pub(crate) fn delimiters_in(object: &Value) -> Option<Delimiters> {
    parsed(object.get(DELIMITERS)?)
}

fn parsed(written: &Value) -> Option<Delimiters> {
    let written = written.as_str()?;
    let mut delimiters = Delimiters::default();
    for (delimiter, written) in delimiters.iter_mut().zip(written.chars()) {
        *delimiter = Some(written);
    }
    Some(delimiters)
}
