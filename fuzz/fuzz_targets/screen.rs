//! A hostile server against the full screen of chatc.
//!
//! Knows no more than its body does, which a property test runs as well. Why there and not here:
//! the screen shows its inside to nobody else.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chatd::client::hostile::hears(bytes));
