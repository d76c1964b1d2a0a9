//! The delivery protocol: a module of memory delivery whose functions, pointers and lengths the bytes choose.
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
    if let Err(what) = attempt::attempt(generate::delivery(&mut random::Random::given(bytes))) {
        panic!("{what}");
    }
});
