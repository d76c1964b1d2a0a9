//! Every hostile guest, the limits it runs under, and how it must end.

use crate::common::{adapted, binary};
use crate::generated;
use netbase_sandbox::sandbox::OutcomeCode::{self, *};
use netbase_sandbox::sandbox::TaskLimits;

/// How a guest ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is run, and this comes of it.
    Runs(OutcomeCode),
    /// Its module cannot be used.
    Refused(OutcomeCode),
}

pub struct Hostile {
    pub name: String,
    pub bytes: Box<dyn Fn() -> Vec<u8>>,
    pub limits: TaskLimits,
    pub end: End,
}

const USUAL: TaskLimits = TaskLimits {
    fuel: 10_000_000_000,
    memory_bytes: 64 << 20,
    timeout_ms: 30_000,
    output_bytes: 1 << 20,
    input_bytes: 16 << 20,
    workspace_bytes: 4 << 20,
    workspace_files: 100,
    stderr_bytes: 64 << 10,
    table_elements: 100_000,
};

/// For those that would spin until their fuel is gone.
pub const POOR: TaskLimits = TaskLimits { fuel: 1_000_000, ..USUAL };

/// For those that time has to end.
const HASTY: TaskLimits = TaskLimits { timeout_ms: 200, ..USUAL };

pub fn guests() -> Vec<Hostile> {
    let mut guests = Vec::new();
    let mut add = |name: &str, limits: TaskLimits, end: End| {
        let file = name.to_owned();
        guests.push(Hostile { name: name.to_owned(), bytes: Box::new(move || binary(&file)), limits, end });
    };
    for (name, limits, code) in loops().into_iter().chain(resources()).chain(pointers()).chain(files()) {
        add(name, limits, End::Runs(code));
    }
    for (name, code) in refused() {
        add(name, USUAL, End::Refused(code));
    }
    for (name, limits, code) in components() {
        add(name, limits, End::Runs(code));
    }
    for (name, limits, code) in files() {
        // The same through wasi:filesystem, where the adapter can carry it: it knows no NUL, and no renumbering.
        if !matches!(name, "renumbers-preopens" | "closes-everything" | "opens-nul" | "long-path") {
            let bytes = Box::new(move || adapted(name));
            guests.push(Hostile { name: format!("{name} as a component"), bytes, limits, end: End::Runs(code) });
        }
    }
    for (name, bytes, end) in generated::guests() {
        guests.push(Hostile { name: name.to_owned(), bytes: Box::new(bytes), limits: USUAL, end });
    }
    guests
}

type Row = (&'static str, TaskLimits, OutcomeCode);

fn loops() -> Vec<Row> {
    vec![
        ("spin", POOR, OutOfFuel),
        ("spin", HASTY, Timeout),
        ("start-spins", POOR, OutOfFuel),
        ("start-spins", HASTY, Timeout),
        ("initialize-spins", POOR, OutOfFuel),
        ("sleep", HASTY, Timeout),
        ("sleeps-in-pieces", HASTY, Timeout),
        ("spins-on-the-clock", HASTY, Timeout),
        ("floods-randomness", HASTY, Timeout),
        ("fills-memory", HASTY, Timeout),
        ("lists-without-end", HASTY, Timeout),
        ("recurse", USUAL, StackOverflow),
        ("wide-frames", USUAL, StackOverflow),
        ("alloc-reenters", USUAL, StackOverflow),
    ]
}

fn resources() -> Vec<Row> {
    vec![
        ("grow", USUAL, OutOfMemory),
        ("grow-at-once", USUAL, OutOfMemory),
        ("grow-fakes-failure", USUAL, OutOfMemory),
        ("start-grows", USUAL, OutOfMemory),
        ("large-memory", USUAL, OutOfMemory),
        ("many-memories", USUAL, OutOfMemory),
        ("table-grow", USUAL, TableLimit),
        ("polls-everything", USUAL, ExitCode),
        ("flood", USUAL, OutputTooLarge),
        ("flood-stderr", USUAL, Completed),
        ("large-output", USUAL, OutputTooLarge),
        ("echo", TaskLimits { input_bytes: 3, ..USUAL }, InputTooLarge),
    ]
}

fn pointers() -> Vec<Row> {
    vec![
        ("trap", USUAL, Trap),
        ("divide", USUAL, Trap),
        ("out-of-bounds", USUAL, Trap),
        ("calls-nowhere", USUAL, Trap),
        ("alloc-traps", USUAL, Trap),
        ("dealloc-traps", USUAL, Completed),
        ("wild-iovec", USUAL, Trap),
        ("names-of-escapes", USUAL, Trap),
        ("alloc-outside", USUAL, InvalidOutput),
        ("alloc-wraps", USUAL, InvalidOutput),
        ("alloc-at-the-edge", USUAL, InvalidOutput),
        ("negative-pointer", USUAL, InvalidOutput),
        ("negative-length", USUAL, InvalidOutput),
        ("past-the-end", USUAL, InvalidOutput),
        ("output-wraps", USUAL, InvalidOutput),
        ("exit", USUAL, ExitCode),
    ]
}

fn files() -> Vec<Row> {
    vec![
        ("fill-workspace", USUAL, WorkspaceFull),
        ("fill-append", USUAL, WorkspaceFull),
        ("fill-unlinked", USUAL, WorkspaceFull),
        ("renames-and-fills", USUAL, WorkspaceFull),
        ("truncates-and-fills", USUAL, WorkspaceFull),
        ("sparse-seek", USUAL, WorkspaceFull),
        ("sparse-pwrite", USUAL, WorkspaceFull),
        ("sparse-size", USUAL, WorkspaceFull),
        ("many-files", USUAL, WorkspaceFull),
        ("many-folders", USUAL, WorkspaceFull),
        ("many-hard-links", USUAL, WorkspaceFull),
        ("many-symlinks", USUAL, WorkspaceFull),
        ("deep-folders", USUAL, WorkspaceFull),
        ("open-without-end", USUAL, ExitCode),
        ("write-asset", USUAL, ExitCode),
        ("link-asset", USUAL, ExitCode),
        ("escape", USUAL, ExitCode),
        ("escape-by-link", USUAL, ExitCode),
        ("opens-proc", USUAL, ExitCode),
        ("opens-root", USUAL, ExitCode),
        ("opens-up", USUAL, ExitCode),
        ("opens-nul", USUAL, ExitCode),
        ("links-proc", USUAL, ExitCode),
        ("links-in-circles", USUAL, ExitCode),
        ("long-path", USUAL, ExitCode),
        ("renumbers-preopens", USUAL, ExitCode),
        ("closes-everything", USUAL, ExitCode),
    ]
}

fn refused() -> Vec<(&'static str, OutcomeCode)> {
    vec![
        ("huge-memory", OutOfMemory),
        ("huge-table", TableLimit),
        ("many-tables", TableLimit),
        ("unknown-import", InvalidModule),
        ("imports-memory", InvalidModule),
        ("wide-memory", InvalidModule),
        ("shared-memory", InvalidModule),
        ("no-kind", InvalidModule),
        ("component-no-kind", InvalidModule),
        ("component-imports-more", InvalidModule),
        ("component-wrong-type", InvalidModule),
    ]
}

fn components() -> Vec<Row> {
    vec![
        ("component-realloc-spins", POOR, OutOfFuel),
        ("component-start-spins", POOR, OutOfFuel),
        ("component-start-spins", HASTY, Timeout),
        ("component-realloc-outside", USUAL, InvalidOutput),
        ("component-output-outside", USUAL, InvalidOutput),
        ("component-result-outside", USUAL, InvalidOutput),
        ("component-not-utf8", USUAL, InvalidOutput),
        ("component-large-output", USUAL, OutputTooLarge),
        ("component-output-over", USUAL, OutputTooLarge),
        ("component-post-return-traps", USUAL, Trap),
        ("component-many-memories", USUAL, OutOfMemory),
        ("component-table-grow", USUAL, TableLimit),
        ("component-handles", USUAL, Trap),
        ("component-sockets", USUAL, Completed),
    ]
}
