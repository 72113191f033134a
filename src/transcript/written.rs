//! Values, changes and errors as fields of the records that cross the boundary.

use crate::change::Changes;
use crate::error::Error;
use crate::json::Raw;
use crate::message::Message;
use crate::value::{Object, Value};
use openrouter_wire::record::{Reads, Writes};

impl Writes for Value<'_> {
    fn write(&self, out: &mut String) {
        Value::write(self, out);
    }
}

impl Writes for Object<'_> {
    fn write(&self, out: &mut String) {
        Object::write(self, out);
    }
}

impl<'a> Reads<'a> for Value<'a> {
    fn read(raw: Raw<'a>) -> Option<Self> {
        Some(Self::Raw(raw))
    }
}

impl Writes for Message<'_> {
    fn write(&self, out: &mut String) {
        Message::write(self, out);
    }
}

impl Writes for Changes {
    fn write(&self, out: &mut String) {
        Changes::write(self, out);
    }
}

impl Writes for Error {
    fn write(&self, out: &mut String) {
        Error::write(self, out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod typed {
    use super::{Changes, Error, Object, Value};
    use openrouter_wire::interface::Typed;

    macro_rules! typed {
        ($($type:ty as $typescript:literal),*) => {
            $(impl Typed for $type {
                fn typescript() -> String {
                    $typescript.to_owned()
                }
            })*
        };
    }

    typed! { Value<'_> as "unknown", Object<'_> as "object", Changes as "CrossedChanges", Error as "CrossedError" }
}
