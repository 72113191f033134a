//! Enums that cross the boundary as numbers: declared once, with the names that JavaScript has for them.

/// Declares an enum whose numbers are public to JavaScript. `NAMES` has every variant with its number: the package's
/// `engine/contract.js` is written from it.
#[macro_export]
macro_rules! numbered {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_meta])* $variant = $number,)*
        }

        impl $name {
            /// Every variant with its number.
            pub const NAMES: &'static [(&'static str, u8)] = &[$((stringify!($variant), $number)),*];

            /// The variant of a number that crossed; `None` for one that stands for nothing.
            pub fn of(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $crate::record::Writes for $name {
            fn write(&self, out: &mut String) {
                $crate::record::Writes::write(&(*self as u8), out);
            }
        }

        impl<'a> $crate::record::Reads<'a> for $name {
            fn read(raw: $crate::json::Raw<'a>) -> Option<Self> {
                <u32 as $crate::record::Reads>::read(raw).and_then(Self::of)
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $crate::interface::Typed for $name {
            fn typescript() -> String {
                stringify!($name).to_owned()
            }
        }
    };
}
