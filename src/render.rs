//! From a report to text: one file a format. No judgement here.

pub mod commitment;
