//! Parses the command line, calls the library, prints, and exits. Nothing else.

fn main() {}
