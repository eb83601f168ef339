//! Looks at the repository: the only room with I/O.

pub mod built;
pub mod changed;
pub mod changelog;
pub mod code;
pub mod database;
pub mod files;
pub mod git;
pub mod glob;
pub mod graph;
pub mod hits;
pub mod ignores;
pub mod keys;
pub mod lockfile;
pub mod manifests;
pub mod pointed;
pub mod policy;
pub mod promises;
pub mod registry;
pub mod release_lines;
pub mod settings;
pub mod since;
pub mod tree;
pub mod workspace;
