//! `cargo fuzz run read`: whatever text comes in, the reader keeps its promises (see `invariants.rs`).
#![no_main]

#[path = "../invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|text: &str| invariants::hold(text));
