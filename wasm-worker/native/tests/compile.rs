//! Compiling apart: what bombs cost, how a compiler may end, and that its process can do nothing else.

mod common;

use common::*;
use netbase_sandbox::compile::{CompileLimits, CompileSettings, Program};
use netbase_sandbox::sandbox::{Failure, OutcomeCode, Prepared, Sandbox, SandboxConfig};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const COMPILER: &str = env!("CARGO_BIN_EXE_netbase-compile");

fn compiling_with(program: &str, limits: CompileLimits) -> Sandbox {
    let program = Arc::new(Program::open(Path::new(program)).unwrap());
    let config = SandboxConfig { slots: 50, threads: 2, ..SandboxConfig::default() };
    Sandbox::with_compiler(config, &CompileSettings { program, limits, store: None }).unwrap()
}

fn compiling(limits: CompileLimits) -> Sandbox {
    compiling_with(COMPILER, limits)
}

fn refusal(sandbox: &Sandbox, bytes: Vec<u8>) -> Failure {
    compile_in(sandbox, bytes).err().expect("the module was accepted")
}

fn assert_invalid(failure: &Failure, why: &str) {
    assert_eq!(failure.code, OutcomeCode::InvalidModule, "{failure}");
    assert!(failure.message.contains(why), "{failure}");
}

fn start_compiling(sandbox: &Sandbox, bytes: Vec<u8>) -> Receiver<Result<Prepared, Failure>> {
    let (sender, receiver) = channel();
    sandbox.compile(bytes, move |result| sender.send(result).unwrap());
    receiver
}

/// Processes of the compiler's that this one has started and not reaped.
fn compilers() -> Vec<String> {
    let mut pids = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task").unwrap() {
        let children = std::fs::read_to_string(thread.unwrap().path().join("children")).unwrap_or_default();
        pids.extend(children.split_whitespace().map(str::to_owned));
    }
    pids
}

#[test]
fn code_that_was_compiled_apart_runs() {
    let sandbox = compiling(CompileLimits::default());
    for guest in ["echo", "cat", "component-task", "component-cat"] {
        let module = compile_in(&sandbox, binary(guest)).unwrap();

        assert_code(&start_in(&sandbox, task(&module)).wait(), OutcomeCode::Completed);
    }
    assert_eq!(sandbox.code_stats().compiled, 4);
}

#[test]
fn refusals_come_back_with_code_and_reason() {
    let sandbox = compiling(CompileLimits::default());

    assert_eq!(refusal(&sandbox, binary("huge-memory")).code, OutcomeCode::OutOfMemory);
    assert_invalid(&refusal(&sandbox, b"\0asm\x01\0\0\0garbage".to_vec()), "");
    assert_invalid(&refusal(&sandbox, Vec::new()), "not a WebAssembly binary");
    assert_invalid(&refusal(&sandbox, binary("unknown-import")), "env::open_socket");
    assert_invalid(&refusal(&sandbox, binary("no-kind")), "none of the kinds");
    assert_invalid(&refusal(&sandbox, binary("component-imports-more")), "wasi:http/types@0.2.0");
    // What does not fit into this process's pools is found only when it is loaded.
    let instances = format!("(component (core module $m) {})", "(core instance (instantiate $m))".repeat(200));
    assert_invalid(&refusal(&sandbox, wat::parse_str(instances).unwrap()), "200 core module instances");
}

#[test]
fn a_bomb_that_takes_too_long_ends_in_time_while_siblings_run() {
    let sandbox = compiling(CompileLimits { time: Duration::from_millis(300), ..CompileLimits::default() });
    let honest = compile_in(&sandbox, binary("echo")).unwrap();
    let bomb = bombs::one_huge_function(60_000);

    let begin = Instant::now();
    let bombing = start_compiling(&sandbox, bomb);
    let mut ran = 0;
    let failure = loop {
        assert_code(&start_in(&sandbox, task(&honest)).wait(), OutcomeCode::Completed);
        ran += 1;
        if let Ok(result) = bombing.try_recv() {
            break result.err().expect("the bomb was compiled in time");
        }
    };

    assert_invalid(&failure, "takes more than 0.3 s");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(ran > 10, "{ran} siblings ran");
}

#[test]
fn a_bomb_that_takes_too_much_memory_ends_with_that_reason() {
    let sandbox = compiling(CompileLimits { memory_bytes: 100 << 20, ..CompileLimits::default() });
    assert!(compile_in(&sandbox, binary("echo")).is_ok());

    let failure = refusal(&sandbox, bombs::one_huge_function(60_000));

    assert_invalid(&failure, "needs more than 104857600 bytes of memory");
    assert!(compile_in(&sandbox, binary("echo")).is_ok());
}

#[test]
fn more_code_than_is_accepted_ends_with_that_reason() {
    let sandbox = compiling(CompileLimits { code_bytes: 64 << 10, ..CompileLimits::default() });

    assert_invalid(&refusal(&sandbox, bombs::many_functions(2_000)), "machine code are over the limit of 65536");
}

#[test]
fn many_functions_and_deep_nesting_compile_or_are_refused() {
    let sandbox = compiling(CompileLimits::default());

    assert!(compile_in(&sandbox, bombs::many_functions(5_000)).is_ok());
    match compile_in(&sandbox, bombs::deep_nesting(20_000)) {
        Ok(module) => assert_code(&start_in(&sandbox, task(&module)).wait(), OutcomeCode::Completed),
        Err(failure) => assert_invalid(&failure, ""),
    }
}

#[test]
fn a_compiler_that_ends_without_an_answer_is_a_failed_compilation() {
    let broken = compiling_with("/bin/false", CompileLimits::default());
    assert_eq!(refusal(&broken, binary("echo")).code, OutcomeCode::HostError);

    // Reads the orders as seconds.
    let silent = CompileLimits { time: Duration::from_millis(100), ..CompileLimits::default() };
    assert_invalid(&refusal(&compiling_with("/bin/sleep", silent), binary("echo")), "takes more than 0.1 s");

    // Repeats its command line, which is no answer.
    let failure = refusal(&compiling_with("/bin/echo", CompileLimits::default()), binary("echo"));
    assert_eq!(failure.code, OutcomeCode::HostError, "{failure}");
}

#[test]
fn closing_ends_a_compilation() {
    let sandbox = compiling(CompileLimits::default());
    let bombing = start_compiling(&sandbox, bombs::one_huge_function(60_000));
    while compilers().is_empty() {
        std::thread::yield_now();
    }

    sandbox.close();

    let failure = bombing.recv_timeout(Duration::from_secs(20)).unwrap().err().expect("compiled all the same");
    assert_eq!(failure.code, OutcomeCode::Cancelled);
}

#[test]
fn the_compilers_process_is_confined() {
    let sandbox = compiling(CompileLimits::default());
    let bombing = start_compiling(&sandbox, bombs::one_huge_function(60_000));
    let sealed = loop {
        assert!(bombing.try_recv().is_err(), "compiled before it was seen");
        // Other tests' compilers will do as well: the limits that are looked at are the same for all.
        let status = compilers().into_iter().find_map(|pid| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            status.contains("Seccomp:\t2").then_some((status, limits, stat))
        });
        if let Some(status) = status {
            break status;
        }
    };
    sandbox.close();

    let (status, limits, stat) = sealed;
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(limit("Max open files").contains(" 3 "), "{limits}");
    assert!(limit("Max core file size").contains(" 0 "), "{limits}");
    assert!(limit("Max file size").contains(" 0 "), "{limits}");
    assert!(!limit("Max address space").contains("unlimited"), "{limits}");
    assert!(!limit("Max cpu time").contains("unlimited"), "{limits}");
    let nice = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap();
    assert_eq!(nice, "5", "{stat}");
}
