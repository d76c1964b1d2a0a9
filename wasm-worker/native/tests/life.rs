//! Modules that are refused, guests that are cancelled, sandboxes that are closed.

mod common;

use common::*;
use netbase_sandbox::sandbox::{Failure, OutcomeCode, SandboxConfig, Task, TaskLimits};

fn refusal(bytes: Vec<u8>) -> Failure {
    compile_in(sandbox(), bytes).err().expect("the module was accepted")
}

#[test]
fn modules_that_import_more_are_refused_by_the_name_of_the_import() {
    let failure = refusal(binary("unknown-import"));

    assert_eq!(failure.code, OutcomeCode::InvalidModule);
    assert!(failure.message.contains("env::open_socket"), "{}", failure.message);
}

#[test]
fn what_is_no_module_is_refused() {
    for bytes in [&b""[..], b"(module)", b"\0asm\x01\0\0\0garbage"] {
        assert_eq!(refusal(bytes.to_vec()).code, OutcomeCode::InvalidModule);
    }
    assert_eq!(refusal(binary("no-kind")).code, OutcomeCode::InvalidModule);
}

#[test]
fn a_minimum_over_the_cap_is_refused_as_memory() {
    assert_eq!(refusal(binary("huge-memory")).code, OutcomeCode::OutOfMemory);
}

#[test]
fn a_running_guest_can_be_cancelled() {
    for guest in ["spin", "sleep", "start-spins"] {
        let running = start(task(&compile(guest)));
        sandbox().cancel(running.call);

        assert_code(&running.wait(), OutcomeCode::Cancelled);
    }
}

#[test]
fn a_queued_guest_can_be_cancelled() {
    let sandbox = new_sandbox(SandboxConfig { slots: 1, threads: 1, ..SandboxConfig::default() });
    let spin = compile_in(&sandbox, binary("spin")).unwrap();
    let running = start_in(&sandbox, task(&spin));
    let queued = start_in(&sandbox, task(&spin));

    sandbox.cancel(queued.call);
    assert_code(&queued.wait(), OutcomeCode::Cancelled);
    sandbox.cancel(running.call);
    assert_code(&running.wait(), OutcomeCode::Cancelled);
}

#[test]
fn cancelling_what_has_ended_does_nothing() {
    let running = start(task(&compile("echo")));
    let call = running.call;
    assert_code(&running.wait(), OutcomeCode::Completed);

    sandbox().cancel(call);

    assert_code(&run_named("echo"), OutcomeCode::Completed);
}

#[test]
fn time_in_the_queue_does_not_count() {
    let sandbox = new_sandbox(SandboxConfig { slots: 1, threads: 1, ..SandboxConfig::default() });
    let spin = compile_in(&sandbox, binary("spin")).unwrap();
    let echo = compile_in(&sandbox, binary("echo")).unwrap();
    let limits = TaskLimits { timeout_ms: 200, ..TaskLimits::default() };

    let first = start_in(&sandbox, Task { limits: TaskLimits { timeout_ms: 500, ..limits }, ..task(&spin) });
    let second = start_in(&sandbox, Task { limits, ..task(&echo) });

    assert_code(&first.wait(), OutcomeCode::Timeout);
    assert_code(&second.wait(), OutcomeCode::Completed);
}

#[test]
fn more_guests_than_slots_all_run() {
    let sandbox = new_sandbox(SandboxConfig { slots: 20, threads: 2, ..SandboxConfig::default() });
    let echo = compile_in(&sandbox, binary("echo")).unwrap();
    // Takes four of twenty slots each.
    let four = compile_in(&sandbox, binary("many-memories")).unwrap();
    let large = TaskLimits { memory_bytes: 100 << 20, ..TaskLimits::default() };

    let running = (0..500)
        .map(|i| match i % 5 {
            0 => start_in(&sandbox, Task { limits: large, ..task(&four) }),
            _ => start_in(&sandbox, task(&echo)),
        })
        .collect::<Vec<_>>();

    for guest in running {
        assert_code(&guest.wait(), OutcomeCode::Completed);
    }
    assert_eq!(sandbox.under_way(), 0);
}

#[test]
fn closing_ends_every_guest() {
    let sandbox = new_sandbox(SandboxConfig { slots: 20, threads: 2, ..SandboxConfig::default() });
    let spin = compile_in(&sandbox, binary("spin")).unwrap();
    let running = (0..50).map(|_| start_in(&sandbox, task(&spin))).collect::<Vec<_>>();

    drop(sandbox);

    for guest in running {
        assert_code(&guest.wait(), OutcomeCode::Cancelled);
    }
}
