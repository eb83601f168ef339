#![doc = include_str!("../README.md")]

pub mod address;
pub mod check;
pub mod cli;
pub mod clock;
pub mod commitment;
pub mod compare;
pub mod draft;
pub mod error;
pub mod findings;
pub mod gather;
pub mod history;
pub mod init;
pub mod judge;
pub mod observation;
pub mod read;
pub mod releases;
pub mod render;
pub mod replay;
pub mod report;
pub mod settings;
pub mod source;
#[cfg(test)]
pub(crate) mod testing;
pub mod tools;
pub mod verdict;
pub mod waivers;
