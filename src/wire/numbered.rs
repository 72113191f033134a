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
        }
    };
}
