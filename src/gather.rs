//! Looks at the repository: the only room with I/O.

pub mod code;
pub mod database;
pub mod files;
pub mod git;
pub mod keys;
pub mod registry;
