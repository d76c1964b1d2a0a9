//! Modules that nobody wrote: mutated guests and generated ones, compiled and run under small limits. Whatever comes of
//! them, it must be an answer that keeps within the limits.
//!
//! ```text
//! NETBASE_FUZZ_SECONDS=3600 NETBASE_FUZZ_SEED=7 cargo test --release --test fuzz -- --nocapture
//! ```
//!
//! Without a seed there is a new one each time, which a failure prints. A module that fails is left in
//! `target/fuzz/`; once mended, it goes to `tests/corpus`, which every run begins with.

mod common;
#[path = "fuzz/generate.rs"]
mod generate;
#[path = "fuzz/random.rs"]
mod random;

use common::*;
use netbase_sandbox::sandbox::{Outcome, OutcomeCode, Task, TaskLimits};
use random::Random;
use std::time::{Duration, Instant};

const LIMITS: TaskLimits = TaskLimits {
    fuel: 200_000,
    memory_bytes: 4 << 20,
    timeout_ms: 2_000,
    output_bytes: 64 << 10,
    input_bytes: 16 << 20,
    workspace_bytes: 256 << 10,
    workspace_files: 20,
    stderr_bytes: 1_000,
    table_elements: 5_000,
};

const SECONDS: u64 = 4;

/// Modules that are tried between two looks at the clock.
const BATCH: usize = 16;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What mutation begins with: every guest of the tests, and whatever was found before.
fn seeds() -> Vec<Vec<u8>> {
    let tests = crate_file("tests");
    let mut files = Vec::new();
    for folder in ["guests", "corpus"] {
        files.extend(std::fs::read_dir(tests.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.sort();
    let parsed = files.iter().filter_map(|file| match file.extension()?.to_str()? {
        "wat" => Some(wat::parse_file(file).unwrap()),
        "wasm" => Some(std::fs::read(file).unwrap()),
        _ => None,
    });
    parsed.collect()
}

/// Tries one module; says what is wrong with what came of it, if anything is.
fn attempt(module: Vec<u8>) -> Result<(), String> {
    let prepared = match compile_in(sandbox(), module) {
        Ok(prepared) => prepared,
        Err(failure) if failure.code == OutcomeCode::HostError => return Err(format!("compiling: {failure}")),
        Err(_) => return Ok(()),
    };
    let folders = Folders::new();
    let outcome = run(folders.mounted(Task { limits: LIMITS, ..task(&prepared) }));
    check(&outcome)?;
    let (bytes, entries) = contents(&folders.path("workspace"));
    if bytes > LIMITS.workspace_bytes || entries > LIMITS.workspace_files + 2 {
        return Err(format!("left {bytes} bytes in {entries} entries"));
    }
    match std::fs::read(folders.path("asset/data.txt")) {
        Ok(data) if data == b"read me" => Ok(()),
        other => Err(format!("changed the package version: {other:?}")),
    }
}

fn check(outcome: &Outcome) -> Result<(), String> {
    let usage = outcome.usage;
    let words = message(outcome);
    let wrong = [
        (outcome.code() == OutcomeCode::HostError, "the host failed"),
        (usage.fuel > LIMITS.fuel, "more fuel than there was"),
        (usage.peak_memory_bytes > LIMITS.memory_bytes, "more memory than allowed"),
        (outcome.result.as_ref().is_ok_and(|output| output.len() as u64 > LIMITS.output_bytes), "a larger output"),
        (outcome.stderr.len() as u64 > LIMITS.stderr_bytes, "more of stderr"),
        (words.len() > 4096 || words.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "an unclean message"),
    ];
    match wrong.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, what)) => Err(format!("{what}: {} {words}", outcome.code().name())),
        None => Ok(()),
    }
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
    let corpus = crate_file("tests/corpus");
    for file in std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|name| name == "wasm") {
            attempt(std::fs::read(&file).unwrap()).unwrap_or_else(|what| panic!("{}: {what}", file.display()));
        }
    }
}
