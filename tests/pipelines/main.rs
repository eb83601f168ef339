//! From workflow files to judgements: what is kept, what is broken, and what only looks like either.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod ladder;
mod project;
mod releases;
