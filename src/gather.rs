//! Looks at the repository: the only room with I/O.

pub mod database;
pub mod files;
pub mod git;
pub mod policy;
pub mod registry;
pub mod settings;
pub mod tree;
