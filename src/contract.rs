//! What crosses the boundary by number, as the package's JavaScript has it: `engine/contract.js`, written with every build.

use crate::event::Kind;
use crate::run::Action;

/// The text of the module: `export const ACTION_READ = 0;` and so on, one constant each, which a minifier puts where it is used.
pub fn javascript() -> String {
    let mut out = String::from("// Written by the build from src/contract.rs: the numbers that cross the boundary.\n");
    for (what, names) in [("ACTION", Action::NAMES), ("KIND", Kind::NAMES)] {
        out.push('\n');
        for (name, number) in names {
            out.push_str(&format!("export const {what}{} = {number};\n", upper(name)));
        }
    }
    out
}

/// `OpenObject` as `_OPEN_OBJECT`.
fn upper(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name() {
        let text = javascript();
        for line in ["export const ACTION_READ = 0;", "export const ACTION_REPAIR = 5;", "export const KIND_APPEND_STRING = 21;"] {
            assert!(text.lines().any(|held| held == line), "{line}: {text}");
        }
    }
}
