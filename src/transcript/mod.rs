//! Repairs of a transcript, one a file, in the order of sanitization 2.

pub mod images;
pub mod tool_ids;
