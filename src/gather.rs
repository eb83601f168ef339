//! Looks at the repository: the only room with I/O.

pub mod database;
pub mod files;
pub mod git;
pub mod glob;
pub mod graph;
pub mod lockfile;
pub mod manifests;
pub mod registry;
pub mod workspace;
