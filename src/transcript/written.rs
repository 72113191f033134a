//! Values, changes and errors as fields of the records that cross the boundary.

use crate::change::Changes;
use crate::error::Error;
use crate::value::{Object, Value};
use openrouter_wire::record::Writes;

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
