//! Looks at the repository: the only room with I/O.

pub mod changelog;
pub mod code;
pub mod database;
pub mod files;
pub mod git;
pub mod ignores;
pub mod keys;
pub mod pointed;
pub mod registry;
