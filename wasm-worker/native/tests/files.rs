//! What a guest sees of the host, and what it may leave behind.

mod common;

use common::*;
use netbase_sandbox::sandbox::{Mount, OutcomeCode, Task, TaskLimits};

const SMALL: u64 = 4 << 20;

fn small() -> TaskLimits {
    TaskLimits { workspace_bytes: SMALL, workspace_files: 100, ..TaskLimits::default() }
}

#[test]
fn a_command_reads_stdin_and_writes_stdout() {
    let input = vec![b'x'; 300_000];

    let outcome = run(Task { input: input.clone(), ..task(&compile("cat")) });

    assert_eq!(outcome.result, Ok(input));
}

#[test]
fn arguments_and_environment_are_exactly_those_given() {
    let arguments = ["bin/guest.wasm", "--fast", ""].map(str::to_owned).to_vec();
    let environment = vec![("NAME".to_owned(), "värde".to_owned())];

    let outcome = run(Task { args: arguments, env: environment, ..task(&compile("args-env")) });

    assert_eq!(outcome.result.as_deref(), Ok("bin/guest.wasm\0--fast\0\0NAME=värde\0".as_bytes()));
}

#[test]
fn the_workspace_is_the_first_preopen_under_the_name_it_was_given() {
    let folders = Folders::new();
    let moved = Mount { host: folders.path("workspace"), guest: "/".to_owned() };

    let usual = run(folders.mounted(task(&compile("preopens"))));
    let moved = run(Task { workspace: Some(moved), ..folders.mounted(task(&compile("preopens"))) });

    assert_eq!(usual.result.as_deref(), Ok(&b"/workspace/asset"[..]));
    assert_eq!(moved.result.as_deref(), Ok(&b"//asset"[..]));
}

#[test]
fn without_folders_nothing_is_preopened() {
    assert_eq!(run_named("preopens").result.as_deref(), Ok(&b""[..]));
}

#[test]
fn memory_delivery_calls_initialize_first() {
    assert_eq!(run_named("initialize").result.as_deref(), Ok(&b"y"[..]));
}

#[test]
fn the_package_version_can_be_read() {
    let outcome = Folders::new().run("read-asset", TaskLimits::default());

    assert_eq!(outcome.result.as_deref(), Ok(&b"read me"[..]));
}

#[test]
fn the_package_version_cannot_be_changed() {
    let folders = Folders::new();

    for guest in ["write-asset", "link-asset"] {
        assert_code(&folders.run(guest, TaskLimits::default()), OutcomeCode::ExitCode);
    }

    assert_eq!(std::fs::read(folders.path("asset/data.txt")).unwrap(), b"read me");
    assert_eq!(contents(&folders.path("workspace")).1, 2);
}

#[test]
fn nothing_outside_the_folders_can_be_opened() {
    let folders = Folders::new();

    for guest in ["escape", "escape-by-link"] {
        let outcome = folders.run(guest, TaskLimits::default());
        assert_code(&outcome, OutcomeCode::ExitCode);
    }
}

#[test]
fn files_are_left_in_the_workspace() {
    let folders = Folders::new();

    assert_code(&folders.run("write-workspace", small()), OutcomeCode::Completed);

    assert_eq!(std::fs::read(folders.path("workspace/out/result.txt")).unwrap(), b"hello");
}

#[test]
fn bytes_over_the_limit_end_the_guest_before_they_are_written() {
    for guest in ["fill-workspace", "fill-append", "fill-unlinked", "sparse-seek", "sparse-pwrite", "sparse-size"] {
        let folders = Folders::new();

        let outcome = folders.run(guest, small());

        assert_eq!(outcome.code(), OutcomeCode::WorkspaceFull, "{guest}: {}", message(&outcome));
        assert!(contents(&folders.path("workspace")).0 <= SMALL, "{guest}");
    }
}

#[test]
fn a_guest_may_fill_its_workspace_to_the_limit() {
    let folders = Folders::new();

    folders.run("fill-workspace", small());

    assert_eq!(contents(&folders.path("workspace")).0, SMALL);
}

#[test]
fn inputs_count_towards_the_limit() {
    let folders = Folders::new();
    std::fs::write(folders.path("workspace/in/data"), vec![0; SMALL as usize - 4]).unwrap();

    assert_code(&folders.run("write-workspace", small()), OutcomeCode::WorkspaceFull);
}

#[test]
fn writing_the_same_place_again_is_free() {
    let folders = Folders::new();

    let outcome = folders.run("rewrite", TaskLimits { workspace_bytes: 65_536, ..TaskLimits::default() });

    assert_code(&outcome, OutcomeCode::Completed);
}

#[test]
fn entries_over_the_limit_end_the_guest() {
    for guest in ["many-files", "many-folders"] {
        let folders = Folders::new();

        assert_code(&folders.run(guest, small()), OutcomeCode::WorkspaceFull);

        assert_eq!(contents(&folders.path("workspace")).1, 100 + 2, "{guest}");
    }
}

#[test]
fn a_guest_may_hold_only_so_many_files_open() {
    const NFILE: &str = "exit code 41";

    assert_eq!(message(&Folders::new().run("open-without-end", small())), NFILE);
}

#[test]
fn sockets_answer_an_errno() {
    let outcome = Folders::new().run("socket", TaskLimits::default());

    assert_code(&outcome, OutcomeCode::ExitCode);
}
