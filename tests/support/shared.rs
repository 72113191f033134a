//! The folder beside the project, which a clone does not have.

use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

/// A path in it. Where it is not there, the test that wanted it says so on the standard error itself: `println!` of a test that passes is
/// swallowed.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(stderr(), "NOT TESTED: {test}: ../shared/{name} is not there");
    None
}
