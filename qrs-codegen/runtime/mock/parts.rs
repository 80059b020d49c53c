//! The parts of multipart bodies that arrived.

use serde::de::DeserializeOwned;

use super::recorded::{Place, Recorded, value};
use super::tree::{self, Notation, Pairs};
use crate::runtime::{media_type_parameter, split_parts};

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The name; empty if it has none.
    pub name: String,
    /// The file name.
    pub file_name: Option<String>,
    /// The media type.
    pub media_type: Option<String>,
    /// The content.
    pub content: Vec<u8>,
}

impl Part {
    /// The content as text, of a type that is one piece of it.
    pub(crate) fn text<T: DeserializeOwned>(&self) -> Result<T, String> {
        value(&String::from_utf8_lossy(&self.content), &self.name)
    }

    /// The content as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.content).map_err(|error| format!("the part `{}`: {error}", self.name))
    }

    /// The part itself.
    pub(crate) fn whole(&self) -> Result<Self, String> {
        Ok(self.clone())
    }
}

impl Recorded {
    /// All parts of the body, in order.
    pub(crate) fn all_parts(&self) -> Result<Vec<Part>, String> {
        if self.body.is_empty() {
            return Ok(Vec::new());
        }
        let boundary = self.header("content-type").and_then(|header| media_type_parameter(header, "boundary"));
        let boundary = boundary.ok_or("the `Content-Type` has no boundary for the parts of the body")?;
        let parts = split_parts(&self.body, &boundary, usize::MAX);
        let parts = parts.map_err(|_| "the body ends before the last boundary of its parts")?;
        let read = |part: crate::runtime::BodyPart<'_>| Part {
            name: part.name().unwrap_or_default(),
            file_name: part.disposition("filename"),
            media_type: part.header("Content-Type"),
            content: part.content.to_vec(),
        };
        Ok(parts.into_iter().map(read).collect())
    }

    /// The part of a name, if it is there.
    pub(crate) fn part<T>(&self, name: &str, read: fn(&Part) -> Result<T, String>) -> Result<Option<T>, String> {
        self.all_parts()?.iter().find(|part| part.name == name).map(read).transpose()
    }

    /// The parts of a name, if there is one.
    pub(crate) fn parts<T>(&self, name: &str, read: fn(&Part) -> Result<T, String>) -> Result<Option<Vec<T>>, String> {
        let all = self.all_parts()?;
        let found = all.iter().filter(|part| part.name == name).map(read).collect::<Result<Vec<T>, _>>()?;
        Ok(Some(found).filter(|found| !found.is_empty()))
    }

    /// The parts whose names the caller chose, each with its name.
    pub(crate) fn further_parts<T>(
        &self,
        named: &[&str],
        read: fn(&Part) -> Result<T, String>,
    ) -> Result<Vec<(String, T)>, String> {
        let all = self.all_parts()?;
        let further = all.iter().filter(|part| !named.contains(&part.name.as_str()));
        further.map(|part| Ok((part.name.clone(), read(part)?))).collect()
    }

    /// The part of a name in a notation for lists.
    pub(crate) fn styled_part<T: DeserializeOwned>(&self, name: &str, notation: Notation) -> Result<Option<T>, String> {
        let parts = self.all_parts()?;
        let texts: Vec<String> = parts.iter().map(|part| String::from_utf8_lossy(&part.content).into_owned()).collect();
        let all = parts.iter().zip(&texts).map(|(part, text)| (part.name.as_str(), text.as_str())).collect();
        let found = Pairs { place: Place::Body, all }.tree(name, notation, &|_| true);
        found.map(|tree| tree::read(tree).map_err(|error| format!("the part `{name}`: {error}"))).transpose()
    }
}
