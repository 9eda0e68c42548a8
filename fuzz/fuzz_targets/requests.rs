//! Requests of HTTP, in one piece and one by one.
//!
//! Knows no more than its body does, which the property tests run as well. Why
//! allowed to be unused: each target takes one body of several.
#![no_main]

#[allow(dead_code)]
#[path = "../../tests/codecs/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::requests(bytes));
