//! Modules that nobody wrote: mutated guests and generated ones, compiled and run under small limits. Whatever comes of
//! them, it must be an answer that keeps within the limits. `fuzz/` tries the same, guided by what code is reached.
//!
//! ```text
//! NETBASE_FUZZ_SECONDS=3600 NETBASE_FUZZ_SEED=7 cargo test --release --test fuzz -- --nocapture
//! ```
//!
//! Without a seed there is a new one each time, which a failure prints. A module that fails is left in
//! `target/fuzz/`; once mended, it goes to `tests/corpus`, which every run begins with.

#[path = "fuzz/attempt.rs"]
mod attempt;
mod common;
#[path = "fuzz/generate.rs"]
mod generate;
#[path = "fuzz/random.rs"]
mod random;

use attempt::attempt;
use common::*;
use netbase_sandbox::sandbox::OutcomeCode;
use random::Random;
use std::time::{Duration, Instant};

const SECONDS: u64 = 4;

/// Modules that are tried between two looks at the clock.
const BATCH: usize = 16;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Names and contents of the files in a folder, sorted.
fn files_in(folder: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(crate_file(folder)).unwrap();
    let mut files = entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.sort();
    files.into_iter().map(|file| (file.display().to_string(), std::fs::read(&file).unwrap())).collect()
}

/// What was found before, by either fuzzer.
fn found() -> Vec<(String, Vec<u8>)> {
    files_in("tests/corpus").into_iter().filter(|(name, _)| name.ends_with(".wasm")).collect()
}

/// What mutation begins with: every guest of the tests, and whatever was found before.
fn seeds() -> Vec<Vec<u8>> {
    let guests = files_in("tests/guests").into_iter();
    let guests =
        guests.map(|(name, text)| wat::parse_bytes(&text).unwrap_or_else(|e| panic!("{name}: {e}")).into_owned());
    guests.chain(found().into_iter().map(|(_, module)| module)).collect()
}

/// Keeps the module for whoever looks into it.
fn report(module: &[u8], seed: u64, number: u64, what: &str) -> ! {
    let folder = crate_file("target/fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{seed}-{number}.wasm"));
    std::fs::write(&file, module).unwrap();
    panic!("NETBASE_FUZZ_SEED={seed}, module {number}: {what}; see {}", file.display());
}

#[test]
fn whatever_is_compiled_and_run_is_answered_within_its_limits() {
    let seconds = setting("NETBASE_FUZZ_SECONDS").unwrap_or(SECONDS);
    let seed = setting("NETBASE_FUZZ_SEED").unwrap_or_else(random::new_seed);
    println!("NETBASE_FUZZ_SEED={seed}");
    let seeds = seeds();
    let mut random = Random::new(seed);
    let began = Instant::now();
    let mut number = 0;
    while began.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..BATCH {
            let module = match random.below(3) {
                0 => generate::delivery(&mut random),
                1 => generate::command(&mut random),
                _ => random.mutated(&seeds),
            };
            if let Err(what) = attempt(module.clone()) {
                report(&module, seed, number, &what);
            }
            number += 1;
        }
        assert_code(&run_named("echo"), OutcomeCode::Completed);
    }
    println!("{number} modules in {seconds} s");
}

#[test]
fn what_was_found_before_is_mended() {
    for (name, module) in found() {
        attempt(module).unwrap_or_else(|what| panic!("{name}: {what}"));
    }
}

#[test]
fn what_reached_new_code_before_is_answered_within_its_limits() {
    for (target, made_of) in generate::TARGETS {
        for (name, bytes) in files_in(&format!("fuzz/corpus/{target}")) {
            attempt(made_of(&bytes)).unwrap_or_else(|what| panic!("{name}: {what}"));
        }
    }
}

#[test]
fn given_bytes_are_the_choices_and_decide_those_after_them() {
    let mut random = Random::given(&[13, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    assert_eq!(random.below(5), 3);
    assert_eq!(random.next(), 0x0102_0304_0506_0708);
    assert_eq!(random.below(256), 9);
    let after = random.next();
    assert_ne!(after, random.next());
}

#[test]
fn the_same_bytes_make_the_same_module_and_others_another() {
    let module = generate::command(&mut Random::given(b"some"));

    assert_eq!(module, generate::command(&mut Random::given(b"some")));
    assert_ne!(module, generate::command(&mut Random::given(b"more")));
}
