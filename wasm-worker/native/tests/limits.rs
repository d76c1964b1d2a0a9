//! Every limit ends the guest that meets it, with its own code, and no other guest.

mod common;

use common::*;
use netbase_sandbox::sandbox::{OutcomeCode, Task, TaskLimits};
use std::time::Instant;

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

/// What works exactly at a limit, and how it ends with one less.
fn assert_edge(name: &str, task: &Task, at: TaskLimits, below: TaskLimits, code: OutcomeCode) {
    let folders = Folders::new();
    let enough = run(folders.mounted(Task { limits: at, ..task.clone() }));
    let folders = Folders::new();
    let less = run(folders.mounted(Task { limits: below, ..task.clone() }));

    assert_eq!(enough.code(), OutcomeCode::Completed, "{name}: {}", message(&enough));
    assert_eq!(less.code(), code, "{name}: {}", message(&less));
}

#[test]
fn every_limit_holds_at_its_edge() {
    let kinds = [("echo", binary("echo")), ("cat", binary("cat")), ("component-task", binary("component-task"))];
    for (name, module) in kinds {
        let task = task(&compile_in(sandbox(), module).unwrap());
        let used = run(task.clone()).usage;
        let length = task.input.len() as u64;

        let edge = |at, below, code| assert_edge(name, &task, at, below, code);
        let fuel = |fuel| TaskLimits { fuel, ..SMALL };
        edge(fuel(used.fuel), fuel(used.fuel - 1), OutcomeCode::OutOfFuel);
        let memory = |memory_bytes| TaskLimits { memory_bytes, ..SMALL };
        edge(memory(used.peak_memory_bytes), memory(used.peak_memory_bytes - 1), OutcomeCode::OutOfMemory);
        let output = |output_bytes| TaskLimits { output_bytes, ..SMALL };
        edge(output(length), output(length - 1), OutcomeCode::OutputTooLarge);
        let input = |input_bytes| TaskLimits { input_bytes, ..SMALL };
        edge(input(length), input(length - 1), OutcomeCode::InputTooLarge);
    }
    for (name, module) in [("p1", binary("write-workspace")), ("p2", adapted("write-workspace"))] {
        let task = task(&compile_in(sandbox(), module).unwrap());
        let bytes = |workspace_bytes| TaskLimits { workspace_bytes, ..SMALL };
        assert_edge(name, &task, bytes(5), bytes(4), OutcomeCode::WorkspaceFull);
        let files = |workspace_files| TaskLimits { workspace_files, ..SMALL };
        assert_edge(name, &task, files(1), files(0), OutcomeCode::WorkspaceFull);
    }
    let tables =
        r#"(module (table 600 funcref) (table 400 funcref) (memory (export "memory") 1) (func (export "_start")))"#;
    let elements = |table_elements| TaskLimits { table_elements, ..SMALL };
    let task = task(&compile_in(sandbox(), wat::parse_str(tables).unwrap()).unwrap());
    assert_edge("tables", &task, elements(1_000), elements(999), OutcomeCode::TableLimit);
}

#[test]
fn stderr_is_kept_whole_up_to_its_limit() {
    let kept = |stderr_bytes| run_with("exit", TaskLimits { stderr_bytes, ..SMALL }).stderr;

    assert_eq!(kept(14), b"no such thing\n");
    assert_eq!(kept(13), b"o such thing\n");
    assert_eq!(kept(0), b"");
}

#[test]
fn the_stack_is_the_same_for_everyone() {
    let recursion = |depth: u32| {
        format!(
            r#"(module (memory (export "memory") 1)
            (func $down (param i32) (result i32)
                (if (result i32) (local.get 0)
                    (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
                    (else (i32.const 0))))
            (func (export "_start") (drop (call $down (i32.const {depth})))))"#
        )
    };
    let run_deep = |depth| run(task(&compile_in(sandbox(), wat::parse_str(recursion(depth)).unwrap()).unwrap()));

    assert_code(&run_deep(10_000), OutcomeCode::Completed);
    assert_code(&run_deep(1_000_000), OutcomeCode::StackOverflow);
}

#[test]
fn time_in_host_calls_counts() {
    for module in [binary("sleep"), adapted("sleep")] {
        let task = task(&compile_in(sandbox(), module).unwrap());
        let began = Instant::now();

        let outcome = run(Task { limits: TaskLimits { timeout_ms: 150, ..SMALL }, ..task });

        assert_code(&outcome, OutcomeCode::Timeout);
        assert!((150..5_000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }
}
