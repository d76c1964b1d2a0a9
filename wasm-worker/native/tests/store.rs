//! Code on disk: kept across restarts, never believed without its HMAC, compiled once per machine, bounded.

mod common;

use common::*;
use netbase_sandbox::compile::{Checksum, CompileLimits, CompileSettings, Origin, Program, StoreSettings};
use netbase_sandbox::sandbox::{Failure, OutcomeCode, Prepared, Sandbox, SandboxConfig};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

/// A folder as a machine has one; processes on it are sandboxes of their own here.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn process(&self) -> Sandbox {
        self.process_with(1 << 30)
    }

    fn process_with(&self, max_bytes: u64) -> Sandbox {
        let program = Arc::new(Program::open(Path::new(env!("CARGO_BIN_EXE_netbase-compile"))).unwrap());
        let store = StoreSettings { folder: self.folder(), key_file: self.0.path().join("code.key"), max_bytes };
        let settings = CompileSettings { program, limits: CompileLimits::default(), store: Some(store) };
        let config = SandboxConfig { slots: 10, threads: 1, ..SandboxConfig::default() };
        Sandbox::with_compiler(config, &settings).unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("code")
    }

    fn entries(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "code")).collect()
    }

    fn entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1);
        entries[0].clone()
    }
}

type Answer = Result<(Prepared, Origin), Failure>;

fn start_preparing(sandbox: &Sandbox, bytes: Vec<u8>) -> Receiver<Answer> {
    let (sender, receiver) = channel();
    let checksum = Checksum::of(&bytes);
    sandbox.compile_as(bytes, checksum, move |result| sender.send(result).unwrap());
    receiver
}

fn prepare(sandbox: &Sandbox, guest: &str) -> Origin {
    let answer = start_preparing(sandbox, binary(guest)).recv_timeout(Duration::from_secs(60)).unwrap();
    let (module, origin) = answer.unwrap();
    assert_code(&start_in(sandbox, task(&Arc::new(module))).wait(), OutcomeCode::Completed);
    origin
}

#[test]
fn code_survives_a_restart_in_a_private_folder() {
    let machine = Machine::new();
    assert_eq!(prepare(&machine.process(), "echo"), Origin::Compiled);

    let restarted = machine.process();

    assert_eq!(prepare(&restarted, "echo"), Origin::Stored);
    assert_eq!(restarted.code_stats().compiled, 0);
    assert_eq!(std::fs::metadata(machine.folder()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(machine.entry()).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn whatever_is_changed_in_an_entry_costs_a_compilation_and_is_counted() {
    let machine = Machine::new();
    prepare(&machine.process(), "echo");
    let good = std::fs::read(machine.entry()).unwrap();
    let process = machine.process();
    let mut tampered = 0;
    for position in [0, 9, 45, 80, 108, 112, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[position] ^= 1;
        std::fs::write(machine.entry(), bad).unwrap();
        tampered += 1;

        assert_eq!(prepare(&process, "echo"), Origin::Replaced, "{position}");
        assert_eq!(process.code_stats().tampered, tampered);
        assert_eq!(prepare(&process, "echo"), Origin::Stored, "{position}");
    }
    for length in [0, 8, 100, 112, good.len() - 1] {
        std::fs::write(machine.entry(), &good[..length]).unwrap();

        assert_eq!(prepare(&process, "echo"), Origin::Replaced, "{length}");
    }
    std::fs::write(machine.entry(), [&good[..], b"more"].concat()).unwrap();
    assert_eq!(prepare(&process, "echo"), Origin::Replaced);
}

#[test]
fn code_under_another_key_or_of_another_module_is_not_believed() {
    let machine = Machine::new();
    prepare(&machine.process(), "echo");
    let echo = machine.entry();
    let other_machine = Machine::new();
    prepare(&other_machine.process(), "echo");
    std::fs::copy(other_machine.entry(), &echo).unwrap();

    assert_eq!(prepare(&machine.process(), "echo"), Origin::Replaced);

    prepare(&machine.process(), "cat");
    let cat = machine.entries().into_iter().find(|path| *path != echo).unwrap();
    std::fs::copy(echo, cat).unwrap();
    assert_eq!(prepare(&machine.process(), "cat"), Origin::Replaced);
}

#[test]
fn a_link_in_an_entrys_place_is_not_followed() {
    let machine = Machine::new();
    prepare(&machine.process(), "echo");
    let elsewhere = machine.0.path().join("elsewhere");
    std::fs::rename(machine.entry(), &elsewhere).unwrap();
    let name = {
        prepare(&machine.process(), "echo");
        let name = machine.entry();
        std::fs::remove_file(&name).unwrap();
        name
    };
    std::os::unix::fs::symlink(&elsewhere, &name).unwrap();

    assert_eq!(prepare(&machine.process(), "echo"), Origin::Replaced);
    assert!(elsewhere.exists());
}

#[test]
fn processes_that_need_a_module_at_once_compile_it_once() {
    let machine = Machine::new();
    let processes = [machine.process(), machine.process(), machine.process()];
    let bytes = bombs::many_functions(3_000);

    let answers = processes.each_ref().map(|process| start_preparing(process, bytes.clone()));

    for answer in answers {
        assert!(answer.recv_timeout(Duration::from_secs(60)).unwrap().is_ok());
    }
    let compiled = processes.iter().map(|process| process.code_stats().compiled).sum::<u64>();
    assert_eq!(compiled, 1);
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let machine = Machine::new();
    let unbounded = machine.process();
    let mut sizes = Vec::new();
    for (age, guest) in [(300, "echo"), (200, "cat"), (100, "args-env")] {
        let known = machine.entries();
        prepare(&unbounded, guest);
        let entry = machine.entries().into_iter().find(|path| !known.contains(path)).unwrap();
        sizes.push(std::fs::metadata(&entry).unwrap().len());
        let used = SystemTime::now() - Duration::from_secs(age);
        std::fs::File::open(&entry).unwrap().set_modified(used).unwrap();
    }
    // Room for all but the new one; "echo" is the oldest, but used again.
    let process = machine.process_with(sizes.iter().sum::<u64>() + 100);
    assert_eq!(prepare(&process, "echo"), Origin::Stored);

    assert_eq!(prepare(&process, "exit-zero"), Origin::Compiled);

    assert!(process.code_stats().evicted >= 1);
    assert!(
        machine.entries().iter().map(|path| std::fs::metadata(path).unwrap().len()).sum::<u64>()
            <= sizes.iter().sum::<u64>() + 100
    );
    assert_eq!(prepare(&process, "echo"), Origin::Stored);
    assert_eq!(prepare(&process, "cat"), Origin::Compiled);
}

#[test]
fn a_key_that_is_open_to_others_stops_the_start() {
    let machine = Machine::new();
    machine.process();
    let key = machine.0.path().join("code.key");
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let program = Arc::new(Program::open(Path::new(env!("CARGO_BIN_EXE_netbase-compile"))).unwrap());
    let store = StoreSettings { folder: machine.folder(), key_file: key, max_bytes: 1 << 20 };
    let settings = CompileSettings { program, limits: CompileLimits::default(), store: Some(store) };

    let error =
        Sandbox::with_compiler(SandboxConfig { slots: 1, ..SandboxConfig::default() }, &settings).err().unwrap();

    assert!(format!("{error:#}").contains("0600"), "{error:#}");
}
