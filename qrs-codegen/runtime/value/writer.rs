// only: object

//! Writing the properties of an object.

use std::collections::BTreeMap; // only: rest

use serde::ser::Serialize; // only: property, rest
use serde::ser::SerializeMap; // only: rest
use serde::ser::SerializeStruct; // only: no-rest
use serde::ser::Serializer;

use super::nullable::Nullable; // only: nullable

/// A serializer of properties: of a struct, or of a map.
pub(crate) trait Properties: Sized {
    type Done;
    type Error;

    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Self::Error>; // only: property
    fn skip(&mut self, name: &'static str) -> Result<(), Self::Error>; // only: may-be-absent
    fn finish(self) -> Result<Self::Done, Self::Error>;
}

// only: no-rest {
pub(crate) struct AsStruct<W>(W);

impl<W: SerializeStruct> Properties for AsStruct<W> {
    type Done = W::Ok;
    type Error = W::Error;

    // only: property {
    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), W::Error> {
        self.0.serialize_field(name, value)
    }
    // }

    // only: may-be-absent {
    fn skip(&mut self, name: &'static str) -> Result<(), W::Error> {
        self.0.skip_field(name)
    }
    // }

    fn finish(self) -> Result<W::Ok, W::Error> {
        self.0.end()
    }
}
// }

// only: rest {
pub(crate) struct AsMap<W>(W);

impl<W: SerializeMap> Properties for AsMap<W> {
    type Done = W::Ok;
    type Error = W::Error;

    // only: property {
    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), W::Error> {
        self.0.serialize_entry(name, value)
    }
    // }

    // only: may-be-absent {
    fn skip(&mut self, _: &'static str) -> Result<(), W::Error> {
        Ok(())
    }
    // }

    fn finish(self) -> Result<W::Ok, W::Error> {
        self.0.end()
    }
}
// }

/// An object that is being written, or the first error.
pub(crate) struct Writer<W: Properties>(Result<W, W::Error>);

// only: no-rest {
pub(crate) fn write_struct<S: Serializer>(
    serializer: S,
    name: &'static str,
    properties: usize,
) -> Writer<AsStruct<S::SerializeStruct>> {
    Writer(serializer.serialize_struct(name, properties).map(AsStruct))
}
// }

// only: rest {
pub(crate) fn write_map<S: Serializer>(serializer: S) -> Writer<AsMap<S::SerializeMap>> {
    Writer(serializer.serialize_map(None).map(AsMap))
}
// }

#[allow(clippy::ref_option, reason = "a reference to a field is what a macro has")]
impl<W: Properties> Writer<W> {
    // only: property, rest {
    fn then(mut self, write: impl FnOnce(&mut W) -> Result<(), W::Error>) -> Self {
        if let Ok(properties) = &mut self.0
            && let Err(error) = write(properties)
        {
            self.0 = Err(error);
        }
        self
    }
    // }

    // only: property {
    pub(crate) fn required<T: Serialize>(self, name: &'static str, value: &T) -> Self {
        self.then(|properties| properties.property(name, value))
    }
    // }

    // only: optional, optional-any, optional-text {
    pub(crate) fn optional<T: Serialize>(self, name: &'static str, value: &Option<T>) -> Self {
        match value {
            Some(value) => self.required(name, value),
            None => self.then(|properties| properties.skip(name)),
        }
    }
    // }

    // only: optional-any {
    pub(crate) fn optional_any<T: Serialize>(self, name: &'static str, value: &Option<T>) -> Self {
        self.optional(name, value)
    }
    // }

    // only: optional-text {
    pub(crate) fn optional_text<T: Serialize>(self, name: &'static str, value: &Option<T>) -> Self {
        self.optional(name, value)
    }
    // }

    // only: nullable {
    pub(crate) fn nullable<T: Serialize>(self, name: &'static str, value: &Nullable<T>) -> Self {
        if value.is_absent() { self.then(|properties| properties.skip(name)) } else { self.required(name, value) }
    }
    // }

    // only: nullable-text {
    pub(crate) fn nullable_text<T: Serialize>(self, name: &'static str, value: &Nullable<T>) -> Self {
        self.nullable(name, value)
    }
    // }

    pub(crate) fn end(self) -> Result<W::Done, W::Error> {
        self.0?.finish()
    }
}

// only: rest {
impl<W: SerializeMap> Writer<AsMap<W>> {
    pub(crate) fn rest<T: Serialize>(self, rest: &BTreeMap<String, T>) -> Self {
        rest.iter().fold(self, |writer, (name, value)| writer.then(|map| map.0.serialize_entry(name, value)))
    }
}
// }
