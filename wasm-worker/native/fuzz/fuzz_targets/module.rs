//! Any bytes as a module.
#![no_main]

#[path = "../../tests/fuzz/attempt.rs"]
mod attempt;
#[path = "../../tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = attempt::attempt(bytes.to_vec()) {
        panic!("{what}");
    }
});
