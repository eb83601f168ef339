//! From a report to text: one file a format. No judgement here.

pub mod csv;
pub mod escape;
pub mod json;
pub mod plain;
pub mod terminal;
