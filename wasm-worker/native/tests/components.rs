//! Kind 3: components of WASI 0.2. What preview 1 gives and bounds, WASI 0.2 does as well: the guests of the other
//! tests run here as components, through the adapter that toolchains use.

mod common;

use common::*;
use netbase_sandbox::sandbox::{Mount, Outcome, OutcomeCode, Task, TaskLimits};

const SMALL: u64 = 4 << 20;

fn small() -> TaskLimits {
    TaskLimits { workspace_bytes: SMALL, workspace_files: 100, ..TaskLimits::default() }
}

fn adapted_task(name: &str, limits: TaskLimits) -> Task {
    Task { limits, ..task(&compile_in(sandbox(), adapted(name)).unwrap()) }
}

fn run_adapted(folders: &Folders, name: &str, limits: TaskLimits) -> Outcome {
    run(folders.mounted(adapted_task(name, limits)))
}

#[test]
fn a_task_answers_its_input() {
    let outcome = run_named("component-task");

    assert_eq!(outcome.result.as_deref(), Ok(&br#"{"n":1}"#[..]));
    assert!(outcome.usage.fuel > 0);
    assert_eq!(outcome.usage.peak_memory_bytes, 2 * 65_536);
}

#[test]
fn a_task_that_answers_an_error_fails_with_its_words() {
    let outcome = run_named("component-refuses");

    assert_code(&outcome, OutcomeCode::ExitCode);
    assert_eq!(message(&outcome), "no such colour");
}

#[test]
fn a_command_reads_stdin_and_writes_stdout() {
    let input = (0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>();

    for module in [compile("component-cat"), compile_in(sandbox(), adapted("cat")).unwrap()] {
        let outcome = run(Task { input: input.clone(), ..task(&module) });

        assert!(outcome.result.as_ref() == Ok(&input), "{}", message(&outcome));
    }
}

#[test]
fn components_are_refused_for_what_they_import_or_lack() {
    for (name, part) in [
        ("component-imports-more", "wasi:http/types@0.2.0"),
        ("component-wrong-type", "netbase:agent/task without run: func(input: list<u8>)"),
        ("component-no-kind", "exports neither wasi:cli/run@0.2 nor netbase:agent/task"),
    ] {
        let failure = compile_in(sandbox(), binary(name)).err().expect(name);

        assert_eq!(failure.code, OutcomeCode::InvalidModule);
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}

#[test]
fn sockets_can_be_imported_and_are_denied() {
    assert_code(&run_named("component-sockets"), OutcomeCode::Completed);
}

#[test]
fn memories_of_all_instances_count_together() {
    let enough = TaskLimits { memory_bytes: 4 * 300 * 65_536, ..TaskLimits::default() };

    let outcome = run_with("component-many-memories", enough);

    assert_code(&outcome, OutcomeCode::Completed);
    assert_eq!(outcome.usage.peak_memory_bytes, 4 * 300 * 65_536);
    let less = TaskLimits { memory_bytes: enough.memory_bytes - 1, ..enough };
    assert_code(&run_with("component-many-memories", less), OutcomeCode::OutOfMemory);
}

#[test]
fn arguments_environment_and_preopens_are_those_given() {
    let folders = Folders::new();
    let arguments = ["bin/guest.wasm", "--fast"].map(str::to_owned).to_vec();
    let environment = vec![("NAME".to_owned(), "värde".to_owned())];

    let named = run(Task { args: arguments, env: environment, ..adapted_task("args-env", TaskLimits::default()) });
    let usual = run_adapted(&folders, "preopens", TaskLimits::default());
    let moved = Mount { host: folders.path("workspace"), guest: "/".to_owned() };
    let task = folders.mounted(adapted_task("preopens", TaskLimits::default()));
    let moved = run(Task { workspace: Some(moved), ..task });

    assert_eq!(named.result.as_deref(), Ok("bin/guest.wasm\0--fast\0NAME=värde\0".as_bytes()));
    assert_eq!(usual.result.as_deref(), Ok(&b"/workspace/asset"[..]));
    assert_eq!(moved.result.as_deref(), Ok(&b"//asset"[..]));
}

#[test]
fn the_package_version_can_be_read_but_not_changed_or_left() {
    let folders = Folders::new();

    let read = run_adapted(&folders, "read-asset", TaskLimits::default());

    assert_eq!(read.result.as_deref(), Ok(&b"read me"[..]));
    for guest in ["write-asset", "link-asset", "escape", "escape-by-link"] {
        assert_eq!(run_adapted(&folders, guest, TaskLimits::default()).code(), OutcomeCode::ExitCode, "{guest}");
    }
    assert_eq!(std::fs::read(folders.path("asset/data.txt")).unwrap(), b"read me");
}

#[test]
fn files_are_left_in_the_workspace() {
    let folders = Folders::new();

    assert_code(&run_adapted(&folders, "write-workspace", small()), OutcomeCode::Completed);

    assert_eq!(std::fs::read(folders.path("workspace/out/result.txt")).unwrap(), b"hello");
}

#[test]
fn bytes_over_the_limit_end_the_guest_before_they_are_written() {
    for guest in ["fill-workspace", "fill-append", "fill-unlinked", "sparse-seek", "sparse-pwrite", "sparse-size"] {
        let folders = Folders::new();

        let outcome = run_adapted(&folders, guest, small());

        assert_eq!(outcome.code(), OutcomeCode::WorkspaceFull, "{guest}: {}", message(&outcome));
        assert!(contents(&folders.path("workspace")).0 <= SMALL, "{guest}");
    }
}

#[test]
fn a_guest_may_fill_its_workspace_to_the_limit() {
    let folders = Folders::new();

    run_adapted(&folders, "fill-workspace", small());

    assert_eq!(contents(&folders.path("workspace")).0, SMALL);
}

#[test]
fn writing_the_same_place_again_is_free() {
    let limits = TaskLimits { workspace_bytes: 65_536, ..TaskLimits::default() };

    assert_code(&run_adapted(&Folders::new(), "rewrite", limits), OutcomeCode::Completed);
}

#[test]
fn entries_over_the_limit_end_the_guest() {
    for guest in ["many-files", "many-folders"] {
        let folders = Folders::new();

        assert_eq!(run_adapted(&folders, guest, small()).code(), OutcomeCode::WorkspaceFull, "{guest}");

        assert_eq!(contents(&folders.path("workspace")).1, 100 + 2, "{guest}");
    }
}

#[test]
fn a_guest_may_hold_only_so_many_files_open() {
    // The adapter has one code for every way to fail: what counts is that the guest is told, and not the process.
    let outcome = run_adapted(&Folders::new(), "open-without-end", TaskLimits::default());

    assert_code(&outcome, OutcomeCode::ExitCode);
}

#[test]
fn the_other_limits_are_those_of_every_guest() {
    let limits = TaskLimits { stderr_bytes: 1_000, ..TaskLimits::default() };
    let hasty = TaskLimits { timeout_ms: 300, ..limits };
    for (guest, limits, code) in [
        ("spins-on-the-clock", TaskLimits { fuel: 1_000_000, ..limits }, OutcomeCode::OutOfFuel),
        ("spins-on-the-clock", hasty, OutcomeCode::Timeout),
        ("sleep", hasty, OutcomeCode::Timeout),
        ("flood", limits, OutcomeCode::OutputTooLarge),
        ("flood-stderr", limits, OutcomeCode::Completed),
        ("exit", limits, OutcomeCode::ExitCode),
        ("exit-zero", limits, OutcomeCode::Completed),
    ] {
        let outcome = run(adapted_task(guest, limits));

        assert_eq!(outcome.code(), code, "{guest}: {}", message(&outcome));
        assert!(outcome.stderr.len() <= 1_000, "{guest}");
    }
    let explained = run(adapted_task("exit", limits));
    assert_eq!(message(&explained), "no such thing");
}

#[test]
fn a_running_component_can_be_cancelled() {
    for guest in ["spins-on-the-clock", "sleep"] {
        let running = start(adapted_task(guest, TaskLimits::default()));
        sandbox().cancel(running.call);

        assert_code(&running.wait(), OutcomeCode::Cancelled);
    }
}

#[test]
fn what_toolchains_import_is_what_asset_api_accepts() {
    let reader = crate_file("../../asset-api/src/main/java/dev/netbase/api/asset/wasm/ComponentReader.java");
    let reader = std::fs::read_to_string(reader).unwrap();
    let engine = wasmtime::Engine::default();
    for guest in ["args-env", "deterministic", "fill-workspace"] {
        let component = wasmtime::component::Component::new(&engine, adapted(guest)).unwrap();
        for (import, _) in component.component_type().imports(&engine) {
            let (interface, version) = import.split_once('@').unwrap();

            assert!(reader.contains(&format!("\"{interface}\"")), "{import}");
            assert!(version.starts_with("0.2."), "{import}");
        }
    }
}

#[test]
fn other_interfaces_are_not_linked() {
    for import in ["wasi:clocks/timezone@0.2.0", "wasi:cli/stdin@0.3.0", "wasi:http/types@0.2.0", "netbase:agent/host"]
    {
        let component = format!(
            r#"(component (import "{import}" (instance (export "call" (func))))
            (core module $module (func (export "run") (result i32) (i32.const 0)))
            (core instance $guest (instantiate $module))
            (func $run (result (result)) (canon lift (core func $guest "run")))
            (instance $cli (export "run" (func $run)))
            (export "wasi:cli/run@0.2.6" (instance $cli)))"#
        );
        let failure = compile_in(sandbox(), wat::parse_str(component).unwrap()).err().expect(import);

        assert!(failure.message.contains(import), "{}", failure.message);
    }
}
