//! Every limit ends the guest that meets it, with its own code, and no other guest.

mod common;

use common::*;
use netbase_sandbox::sandbox::{OutcomeCode, Task, TaskLimits};

const SMALL: TaskLimits = TaskLimits {
    fuel: 10_000_000_000,
    memory_bytes: 64 << 20,
    timeout_ms: 30_000,
    output_bytes: 1 << 20,
    input_bytes: 16 << 20,
    workspace_bytes: 256 << 20,
    workspace_files: 10_000,
    stderr_bytes: 1_000,
    table_elements: 100_000,
};

/// Each hostile guest, the limits it runs under, and how it must end.
fn hostile() -> Vec<(&'static str, TaskLimits, OutcomeCode)> {
    let hasty = TaskLimits { timeout_ms: 300, ..SMALL };
    let poor = TaskLimits { fuel: 1_000_000, ..SMALL };
    vec![
        ("spin", poor, OutcomeCode::OutOfFuel),
        ("spin", hasty, OutcomeCode::Timeout),
        ("sleep", hasty, OutcomeCode::Timeout),
        ("start-spins", poor, OutcomeCode::OutOfFuel),
        ("start-spins", hasty, OutcomeCode::Timeout),
        ("grow", SMALL, OutcomeCode::OutOfMemory),
        ("grow-at-once", SMALL, OutcomeCode::OutOfMemory),
        ("grow-fakes-failure", SMALL, OutcomeCode::OutOfMemory),
        ("large-memory", SMALL, OutcomeCode::OutOfMemory),
        ("many-memories", SMALL, OutcomeCode::OutOfMemory),
        ("table-grow", SMALL, OutcomeCode::TableLimit),
        ("trap", SMALL, OutcomeCode::Trap),
        ("divide", SMALL, OutcomeCode::Trap),
        ("out-of-bounds", SMALL, OutcomeCode::Trap),
        ("alloc-traps", SMALL, OutcomeCode::Trap),
        ("wild-iovec", SMALL, OutcomeCode::Trap),
        ("recurse", SMALL, OutcomeCode::StackOverflow),
        ("negative-pointer", SMALL, OutcomeCode::InvalidOutput),
        ("negative-length", SMALL, OutcomeCode::InvalidOutput),
        ("past-the-end", SMALL, OutcomeCode::InvalidOutput),
        ("alloc-outside", SMALL, OutcomeCode::InvalidOutput),
        ("large-output", SMALL, OutcomeCode::OutputTooLarge),
        ("flood", SMALL, OutcomeCode::OutputTooLarge),
        ("exit", SMALL, OutcomeCode::ExitCode),
        ("echo", TaskLimits { input_bytes: 3, ..SMALL }, OutcomeCode::InputTooLarge),
    ]
}

#[test]
fn hostile_guests_fail_with_their_own_code_and_cost_no_sibling() {
    let echo = compile("echo");
    for (name, limits, code) in hostile() {
        let hostile = start(Task { limits, ..task(&compile(name)) });
        let siblings = (0..100).map(|_| start(task(&echo))).collect::<Vec<_>>();

        for sibling in siblings {
            assert_eq!(sibling.wait().result.as_deref(), Ok(&br#"{"n":1}"#[..]), "beside {name}");
        }
        let outcome = hostile.wait();
        assert_eq!(outcome.code(), code, "{name}: {}", message(&outcome));
    }
}

#[test]
fn fuel_of_a_guest_that_ran_out_is_its_limit() {
    let outcome = run_with("spin", TaskLimits { fuel: 123_456, ..SMALL });

    assert_code(&outcome, OutcomeCode::OutOfFuel);
    assert_eq!(outcome.usage.fuel, 123_456);
}

#[test]
fn fuel_is_the_same_for_the_same_work() {
    let (first, second) = (run_named("echo"), run_named("echo"));

    assert!(first.usage.fuel > 0);
    assert_eq!(first.usage.fuel, second.usage.fuel);
    assert_eq!(first.usage.peak_memory_bytes, second.usage.peak_memory_bytes);
}

#[test]
fn fuel_of_a_guest_that_timed_out_is_reported() {
    let outcome = run_with("spin", TaskLimits { timeout_ms: 100, ..SMALL });

    assert_code(&outcome, OutcomeCode::Timeout);
    assert!(outcome.usage.fuel > 0 && outcome.usage.fuel < SMALL.fuel, "{}", outcome.usage.fuel);
}

#[test]
fn peak_memory_is_the_sum_of_all_memories() {
    let outcome = run_with("many-memories", TaskLimits { memory_bytes: 100 << 20, ..SMALL });

    assert_code(&outcome, OutcomeCode::Completed);
    assert_eq!(outcome.usage.peak_memory_bytes, 4 * 300 * 65_536);
}

#[test]
fn peak_memory_stays_within_the_limit_of_a_guest_that_wanted_more() {
    let outcome = run_with("grow", SMALL);

    assert_eq!(outcome.usage.peak_memory_bytes, SMALL.memory_bytes - 15 * 65_536);
}

#[test]
fn a_growth_past_the_declared_maximum_fails_in_the_guest_only() {
    assert_eq!(run_named("grow-past-own-maximum").result.as_deref(), Ok(&b"no"[..]));
}

#[test]
fn traps_name_their_cause_and_function() {
    assert_eq!(
        message(&run_named("trap")),
        "wasm trap: wasm `unreachable` instruction executed, in inner < function 2"
    );
    assert!(message(&run_named("divide")).starts_with("wasm trap: integer divide by zero"));
}

#[test]
fn the_tail_of_stderr_is_kept_on_success() {
    let outcome = run_with("flood-stderr", SMALL);

    assert_code(&outcome, OutcomeCode::Completed);
    assert_eq!(outcome.stderr.len() as u64, SMALL.stderr_bytes);
    assert!(outcome.stderr.ends_with(b"end"));
}

#[test]
fn an_exit_code_is_explained_by_stderr_or_by_its_number() {
    let explained = run_named("exit");
    let silent = run_named("exit-silently");

    assert_eq!(message(&explained), "no such thing");
    assert_eq!(explained.stderr, b"no such thing\n");
    assert_code(&silent, OutcomeCode::ExitCode);
    assert_eq!(message(&silent), "exit code 7");
}

#[test]
fn exit_code_zero_is_success() {
    assert_eq!(run_named("exit-zero").result.as_deref(), Ok(&b"done"[..]));
}

#[test]
fn more_memory_than_the_cap_is_never_given() {
    let generous = TaskLimits { memory_bytes: u64::MAX, ..SMALL };

    let outcome = run_with("grow", generous);

    assert_code(&outcome, OutcomeCode::OutOfMemory);
    assert!(outcome.usage.peak_memory_bytes <= 1 << 30);
}
