//! What hostile guests try, each beside fifty honest ones: they all complete, the process stays, and its memory and its
//! open files return to where they were. The guests are in `tests/guests`, their first line says what they try; those
//! that no text file could hold are made in `hostile/generated.rs`.

mod common;
#[path = "hostile/generated.rs"]
mod generated;
#[path = "hostile/table.rs"]
mod table;

use common::*;
use netbase_sandbox::sandbox::{Outcome, OutcomeCode, Prepared, Task};
use std::sync::Arc;
use table::{End, Hostile};

const SIBLINGS: usize = 50;

/// What the process may have grown by when everything is over once more: pools, stacks of threads and the allocator keep
/// some of what they had. Slow leaks are found by the worker's `LeakCheckTest`, which runs as many guests as one likes.
const GROWTH_BYTES: u64 = 160 << 20;

/// Runs one guest beside its siblings; says what is wrong with how it ended, if anything is.
fn run_beside_siblings(hostile: &Hostile, echo: &Arc<Prepared>) -> Option<String> {
    let folders = Folders::new();
    let guest = match compile_in(sandbox(), (hostile.bytes)()) {
        Ok(module) => Ok(start(folders.mounted(Task { limits: hostile.limits, ..task(&module) }))),
        Err(failure) => Err(failure),
    };
    let siblings = (0..SIBLINGS).map(|_| start(task(echo))).collect::<Vec<_>>();

    for sibling in siblings {
        assert_eq!(sibling.wait().result.as_deref(), Ok(&br#"{"n":1}"#[..]), "beside {}", hostile.name);
    }
    let (end, words) = match guest {
        Ok(guest) => {
            let outcome = guest.wait();
            assert_clean(hostile, &outcome);
            (End::Runs(outcome.code()), message(&outcome).to_owned())
        }
        Err(failure) => (End::Refused(failure.code), failure.message),
    };
    let (bytes, entries) = contents(&folders.path("workspace"));
    assert!(bytes <= hostile.limits.workspace_bytes, "{} left {bytes} bytes", hostile.name);
    assert!(entries <= hostile.limits.workspace_files + 2, "{} left {entries} entries", hostile.name);
    assert_eq!(std::fs::read(folders.path("asset/data.txt")).unwrap(), b"read me", "{}", hostile.name);
    (end != hostile.end).then(|| format!("{}: {end:?}, not {:?}: {words}", hostile.name, hostile.end))
}

/// What a guest says cannot harm who reads it.
fn assert_clean(hostile: &Hostile, outcome: &Outcome) {
    let words = message(outcome);
    assert!(words.len() <= 4096, "{}", hostile.name);
    assert!(!words.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{}: {words:?}", hostile.name);
    assert!(!words.contains("not yours"), "{} told the secret", hostile.name);
    assert!(outcome.usage.peak_memory_bytes <= hostile.limits.memory_bytes, "{}", hostile.name);
    assert!(outcome.usage.fuel <= hostile.limits.fuel, "{}", hostile.name);
}

#[test]
fn hostile_guests_fail_with_their_own_code_and_cost_nobody_else_anything() {
    let echo = compile("echo");
    let guests = table::guests();
    assert!(guests.len() >= 80, "{}", guests.len());
    let wrong = guests.iter().filter_map(|hostile| run_beside_siblings(hostile, &echo)).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let (files, memory) = (open_files(), resident_bytes());

    for hostile in guests.iter().filter(|hostile| hostile.end != End::Runs(OutcomeCode::Timeout)) {
        assert_eq!(run_beside_siblings(hostile, &echo), None);
    }

    assert_eq!(sandbox().under_way(), 0);
    assert_eq!(open_files(), files);
    let growth = resident_bytes().saturating_sub(memory);
    assert!(growth <= GROWTH_BYTES, "grew by {growth} bytes");
}

#[test]
fn modules_cut_short_or_with_flipped_bits_are_answered() {
    for name in ["echo", "cat", "component-task"] {
        let whole = binary(name);
        let mut accepted = 0;
        for length in 0..whole.len() {
            match compile_in(sandbox(), whole[..length].to_vec()) {
                Err(failure) => assert_eq!(failure.code, OutcomeCode::InvalidModule, "{name}, {length} bytes"),
                Ok(_) => accepted += 1,
            }
        }
        // At most the names at its end, which nothing needs, may be missing.
        assert!(accepted <= 1, "{name}: {accepted}");
    }
    let echo = binary("echo");
    for bit in 0..echo.len() * 8 {
        let mut flipped = echo.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(module) = compile_in(sandbox(), flipped) {
            run(Task { limits: table::POOR, ..task(&module) });
        }
    }
    assert_code(&run_named("echo"), OutcomeCode::Completed);
}
