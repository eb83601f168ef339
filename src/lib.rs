//! Holds a Rust project to its own SECURITY.md.

pub mod clock;
pub mod commitment;
pub mod error;
pub mod gather;
pub mod judge;
pub mod observation;
pub mod read;
pub mod render;
pub mod report;
pub mod settings;
pub mod source;
pub mod tools;
pub mod verdict;
pub mod waivers;
