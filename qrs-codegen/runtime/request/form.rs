// only: form, query-form, part-setter

//! Forms and the parts of multipart bodies.

use std::borrow::Cow; // only: part-setter

use serde::Serialize; // only: form, part-json, part-json-list, part-structured
use serde_json::Value; // only: form, query-form, part-json, part-json-list, part-list

use super::call::Call;
use super::multipart::PartGroup; // only: part-groups
use super::parameter::Parameter; // only: parameter
use super::parameter::text; // only: form, query-form
use super::payload::Upload; // only: part-files
use crate::runtime::text::percent::component; // only: form, query-form
use crate::runtime::value::secret::collecting_secrets; // only: form, part-json, part-json-list, part-structured

// only: form, query-form {
/// A field of a form with an encoding of its own.
#[allow(dead_code, reason = "a document need not have fields of both kinds")]
#[derive(Clone, Copy)]
pub(crate) enum Field {
    /// Encoded like a query parameter.
    Styled(Parameter),
    /// Encoded as JSON.
    Json(&'static str),
}

impl Field {
    fn name(&self) -> &'static str {
        match self {
            Self::Styled(parameter) => parameter.name,
            Self::Json(name) => name,
        }
    }
}
// }

impl Call {
    // only: form {
    /// Sets the body: the properties of an object as a form. A list becomes one pair per element and an object JSON, unless
    /// `fields` says otherwise.
    pub(crate) fn form<T: Serialize>(self, body: T, fields: &[Field], content_type: &'static str) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_value(body));
        self.form_of(value, secrets, fields, content_type)
    }

    fn form_of(
        mut self,
        value: serde_json::Result<Value>,
        secrets: Vec<String>,
        fields: &[Field],
        content_type: &'static str,
    ) -> Self {
        self.0.secrets.extend(secrets);
        match form_pairs(value, fields) {
            Ok(pairs) => {
                let pairs: Vec<String> = pairs.into_iter().map(|(_, pair)| pair).collect();
                // Browsers write a space as `+` in forms.
                self.text(pairs.join("&").replace("%20", "+"), content_type)
            }
            Err(FormError::NotAnObject) => self.refuse("a form must be an object"),
            Err(FormError::NotEncodable) => self.refuse("the body cannot be encoded as a form"),
        }
    }
    // }

    // only: begun-multipart {
    /// Sets the body: multipart, with the parts so far. `order` is the order of those that are named. Without parts there
    /// is no body.
    pub(crate) fn multipart(mut self, media_type: &'static str, order: &'static [&'static str]) -> Self {
        let parts = std::mem::take(self.parts_mut());
        *self.parts_mut() = parts.sent_as(media_type, order).or_absent();
        self
    }
    // }

    // only: unnamed-parts {
    /// Leaves out the names of the parts, which their order tells apart.
    pub(crate) fn unnamed_parts(mut self) -> Self {
        let parts = std::mem::take(self.parts_mut());
        *self.parts_mut() = parts.unnamed();
        self
    }
    // }

    // only: part-groups {
    /// Sends these parts within parts.
    pub(crate) fn grouped_parts(mut self, groups: &'static [PartGroup]) -> Self {
        let parts = std::mem::take(self.parts_mut());
        *self.parts_mut() = parts.grouped(groups);
        self
    }
    // }

    // only: part-text {
    /// Sets a part to a string.
    pub(crate) fn part(
        self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        value: String,
    ) -> Self {
        self.parts(name, content_type, vec![value])
    }
    // }

    // only: part-texts {
    /// Sets one part for each string.
    pub(crate) fn parts(
        mut self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        values: Vec<String>,
    ) -> Self {
        let name = name.into();
        let parts = self.parts_mut();
        parts.remove(&name);
        for value in values {
            parts.add(name.clone().into_owned(), content_type, value);
        }
        self
    }
    // }

    // only: part-list {
    /// Sets a part to a list of strings that are joined.
    pub(crate) fn parts_list(
        self,
        parameter: Parameter,
        content_type: Option<&'static str>,
        values: Vec<String>,
    ) -> Self {
        let value = values.into_iter().map(Value::String).collect();
        self.parts(parameter.name, content_type, parameter.delimited_texts(&value))
    }
    // }

    // only: part-structured {
    /// Sets a part to a list of lists whose elements are joined, or one part for each element.
    pub(crate) fn parts_structured<T: Serialize>(
        mut self,
        parameter: Parameter,
        content_type: Option<&'static str>,
        value: T,
    ) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_value(value));
        self.0.secrets.extend(secrets);
        match value {
            Ok(value) => self.parts(parameter.name, content_type, parameter.delimited_texts(&value)),
            Err(_) => self.refuse(&format!("the part `{}` cannot be encoded", parameter.name)),
        }
    }
    // }

    // only: part-json {
    /// Sets a part to a value as JSON.
    pub(crate) fn part_json<T: Serialize>(
        self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        value: T,
    ) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_value(value));
        self.json_parts(name, content_type, value.map(|value| vec![value]), secrets)
    }
    // }

    // only: part-json-list {
    /// Sets one part for each value, as JSON.
    pub(crate) fn parts_json<T: Serialize>(
        self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        values: Vec<T>,
    ) -> Self {
        let write = move || values.into_iter().map(serde_json::to_value).collect();
        let (values, secrets) = collecting_secrets(write);
        self.json_parts(name, content_type, values, secrets)
    }
    // }

    // only: part-json, part-json-list {
    fn json_parts(
        mut self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        values: serde_json::Result<Vec<Value>>,
        secrets: Vec<String>,
    ) -> Self {
        self.0.secrets.extend(secrets);
        let name = name.into();
        match values {
            Ok(values) => {
                let values = values.iter().map(ToString::to_string).collect();
                self.parts(name, content_type.or(Some("application/json")), values)
            }
            Err(_) => self.refuse(&format!("the part `{name}` cannot be encoded as JSON")),
        }
    }
    // }

    // only: part-file {
    /// Sets a part to a file.
    pub(crate) fn upload(
        self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        file: Upload,
    ) -> Self {
        self.uploads(name, content_type, vec![file])
    }
    // }

    // only: part-files {
    /// Sets one part for each file.
    pub(crate) fn uploads(
        mut self,
        name: impl Into<Cow<'static, str>>,
        content_type: Option<&'static str>,
        files: Vec<Upload>,
    ) -> Self {
        let name = name.into();
        let parts = self.parts_mut();
        parts.remove(&name);
        for file in files {
            parts.upload(name.clone().into_owned(), content_type, file);
        }
        self
    }
    // }

    // only: form, part-json, part-json-list, part-structured {
    fn refuse(mut self, why: &str) -> Self {
        self.0.problem = Some(why.to_owned());
        self
    }
    // }
}

// only: form, query-form {
/// Why a value is no form.
pub(crate) enum FormError {
    NotAnObject,
    /// The message of serde may quote a value.
    NotEncodable,
}

/// The encoded pairs of a form, each with the name of its property.
pub(crate) fn form_pairs(
    value: serde_json::Result<Value>,
    fields: &[Field],
) -> Result<Vec<(String, String)>, FormError> {
    match value {
        Ok(Value::Object(object)) => {
            let of_field = |(name, value): (&String, &Value)| {
                pairs(name, value, fields).into_iter().map(|pair| (name.clone(), pair)).collect::<Vec<_>>()
            };
            Ok(object.iter().flat_map(of_field).collect())
        }
        Ok(Value::Null) => Ok(Vec::new()),
        Ok(_) => Err(FormError::NotAnObject),
        Err(_) => Err(FormError::NotEncodable),
    }
}

fn pairs(name: &str, value: &Value, fields: &[Field]) -> Vec<String> {
    let pair = |value: String| format!("{}={}", component(name), component(&value));
    match fields.iter().find(|field| field.name() == name) {
        Some(Field::Styled(parameter)) => parameter.pairs(value),
        Some(Field::Json(_)) => vec![pair(value.to_string())],
        None => {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            values.iter().filter_map(text).map(pair).collect()
        }
    }
}
// }
