//! The deterministic mode: the same module and input give the same output and the same fuel, whenever they run.

mod common;

use common::*;
use netbase_sandbox::sandbox::{Determinism, Outcome, Task};
use std::time::{Duration, Instant};

const HOUR: u64 = 3_600_000_000_000;
const FIXED: Determinism = Determinism { clock: 1_769_860_800_123_456_789, seed: 42 };

fn run_fixed(module: Vec<u8>, determinism: Option<Determinism>) -> Outcome {
    let module = compile_in(sandbox(), module).unwrap();
    run(Folders::new().mounted(Task { determinism, ..task(&module) }))
}

/// The numbers in an output, eight bytes each.
fn numbers(outcome: &Outcome) -> Vec<u64> {
    let output = outcome.result.as_ref().expect("an output");
    output.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap())).collect()
}

#[test]
fn the_same_module_and_input_give_the_same_output_and_the_same_fuel() {
    for module in [binary("deterministic"), adapted("deterministic")] {
        let began = Instant::now();
        let first = run_fixed(module.clone(), Some(FIXED));
        std::thread::sleep(Duration::from_millis(5));
        let second = run_fixed(module, Some(FIXED));

        // All but how long it took.
        assert_eq!((&first.result, &first.stderr), (&second.result, &second.stderr));
        assert_eq!(first.usage.fuel, second.usage.fuel);
        assert_eq!(first.usage.peak_memory_bytes, second.usage.peak_memory_bytes);
        let numbers = numbers(&first);
        assert_eq!(numbers[..2], [FIXED.clock, 0]);
        assert_eq!(numbers[6..], [FIXED.clock + HOUR, FIXED.clock + HOUR]);
        // The hour's sleep took no time.
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn another_seed_gives_other_randomness_and_the_same_time() {
    let first = numbers(&run_fixed(binary("deterministic"), Some(FIXED)));
    let second = numbers(&run_fixed(binary("deterministic"), Some(Determinism { seed: 43, ..FIXED })));

    assert_eq!(first[..2], second[..2]);
    assert!((2..6).all(|at| first[at] != second[at]));
}

#[test]
fn the_values_of_a_seed_are_for_ever() {
    let numbers = numbers(&run_fixed(binary("deterministic"), Some(Determinism { clock: 0, seed: 0 })));

    assert_eq!(numbers[2], RANDOM_OF_SEED_0, "{:#x}", numbers[2]);
}

/// Pinned: who re-runs a task years later must get its randomness again.
const RANDOM_OF_SEED_0: u64 = 0x73d0_78e6_5758_ff34;

#[test]
fn others_have_the_real_time_and_real_randomness() {
    let module = compile("polls-timer-and-stdin");
    assert_eq!(run(task(&module)).result.as_deref(), Ok(&[1, 1][..]));

    let hasty = netbase_sandbox::sandbox::TaskLimits { timeout_ms: 200, ..Default::default() };
    let outcome = run(Task { limits: hasty, ..task(&compile("deterministic")) });
    assert_code(&outcome, netbase_sandbox::sandbox::OutcomeCode::Timeout);
}

#[test]
fn what_is_ready_comes_before_time_passes() {
    for module in [binary("polls-timer-and-stdin"), adapted("polls-timer-and-stdin")] {
        let outcome = run_fixed(module, Some(FIXED));

        assert_eq!(outcome.result.as_deref(), Ok(&[1, 1][..]));
    }
}
