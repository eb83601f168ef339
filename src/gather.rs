//! Looks at the repository: the only room with I/O.

pub mod ci;
pub mod database;
pub mod files;
pub mod git;
pub mod registry;
pub mod updaters;
