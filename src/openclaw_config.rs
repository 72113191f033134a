//! OpenClaw's configuration file as client options.

use crate::error::Error;

/// Reads a configuration file.
pub fn client_options(_: &str) -> Result<String, Error> {
    Err(Error::invalid("config", "is not read by this version"))
}
