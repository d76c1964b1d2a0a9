//! Host calls: a command whose calls to preview 1 and their arguments the bytes choose.
#![no_main]

#[path = "../../tests/fuzz/attempt.rs"]
mod attempt;
#[path = "../../tests/common/mod.rs"]
mod common;
#[allow(dead_code, reason = "each target generates one kind")]
#[path = "../../tests/fuzz/generate.rs"]
mod generate;
#[allow(dead_code, reason = "bytes are mutated by libFuzzer")]
#[path = "../../tests/fuzz/random.rs"]
mod random;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = attempt::attempt(generate::command(&mut random::Random::given(bytes))) {
        panic!("{what}");
    }
});
