//! A sandbox for tests, and guests from `tests/guests`.
#![allow(dead_code, reason = "every test crate uses a part of it")]

pub mod bombs;

use netbase_sandbox::sandbox::{
    Failure, Mount, Outcome, OutcomeCode, Prepared, Sandbox, SandboxConfig, Task, TaskLimits,
};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// More than any guest here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

static CALL: AtomicI64 = AtomicI64::new(1);

/// One sandbox for all tests of a crate, as in production.
pub fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| new_sandbox(SandboxConfig { slots: 200, threads: 2, ..SandboxConfig::default() }))
}

pub fn new_sandbox(config: SandboxConfig) -> Sandbox {
    Sandbox::new(config).unwrap()
}

/// A file beside the manifest. It is looked for when tests run: they may have been compiled from the same sources in
/// another clone.
pub fn crate_file(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs these tests")).join(name)
}

pub fn binary(name: &str) -> Vec<u8> {
    let path = crate_file("tests/guests").join(name).with_extension("wat");
    wat::parse_file(path).unwrap()
}

/// A command of preview 1 as a component.
pub fn adapted(name: &str) -> Vec<u8> {
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER;
    let encoder = wit_component::ComponentEncoder::default().module(&binary(name)).unwrap();
    encoder.adapter("wasi_snapshot_preview1", adapter).unwrap().encode().unwrap()
}

pub fn compile_in(sandbox: &Sandbox, bytes: Vec<u8>) -> Result<Arc<Prepared>, Failure> {
    let (sender, receiver) = channel();
    sandbox.compile(bytes, move |result| sender.send(result).unwrap());
    receiver.recv_timeout(PATIENCE).unwrap().map(Arc::new)
}

pub fn compile(name: &str) -> Arc<Prepared> {
    compile_in(sandbox(), binary(name)).unwrap()
}

pub fn task(module: &Arc<Prepared>) -> Task {
    Task {
        module: module.clone(),
        input: br#"{"n":1}"#.to_vec(),
        limits: TaskLimits::default(),
        args: vec!["bin/guest.wasm".to_owned()],
        env: Vec::new(),
        workspace: None,
        asset: None,
        determinism: None,
    }
}

/// A task that is under way.
pub struct Running {
    pub call: i64,
    receiver: Receiver<Outcome>,
}

impl Running {
    pub fn wait(self) -> Outcome {
        self.receiver.recv_timeout(PATIENCE).unwrap()
    }
}

pub fn start_in(sandbox: &Sandbox, task: Task) -> Running {
    let call = CALL.fetch_add(1, Ordering::Relaxed);
    let (sender, receiver) = channel();
    sandbox.submit(call, task, move |outcome| sender.send(outcome).unwrap());
    Running { call, receiver }
}

pub fn start(task: Task) -> Running {
    start_in(sandbox(), task)
}

pub fn run(task: Task) -> Outcome {
    start(task).wait()
}

pub fn run_with(name: &str, limits: TaskLimits) -> Outcome {
    run(Task { limits, ..task(&compile(name)) })
}

pub fn run_named(name: &str) -> Outcome {
    run_with(name, TaskLimits::default())
}

/// A workspace with `in` and `out`, a package version with `data.txt`, and a secret beside them.
pub struct Folders(tempfile::TempDir);

impl Folders {
    pub fn new() -> Self {
        let folders = Self(tempfile::tempdir().unwrap());
        for folder in ["workspace/in", "workspace/out", "asset"] {
            std::fs::create_dir_all(folders.0.path().join(folder)).unwrap();
        }
        std::fs::write(folders.0.path().join("asset/data.txt"), "read me").unwrap();
        std::fs::write(folders.0.path().join("secret"), "not yours").unwrap();
        folders
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn mounted(&self, task: Task) -> Task {
        Task {
            workspace: Some(Mount { host: self.path("workspace"), guest: "/workspace".to_owned() }),
            asset: Some(Mount { host: self.path("asset"), guest: "/asset".to_owned() }),
            ..task
        }
    }

    pub fn run(&self, name: &str, limits: TaskLimits) -> Outcome {
        run(self.mounted(Task { limits, ..task(&compile(name)) }))
    }
}

/// Size and number of everything below a folder.
pub fn contents(folder: &Path) -> (u64, u64) {
    let mut sum = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        sum.1 += 1;
        if metadata.is_dir() {
            let below = contents(&entry.path());
            sum = (sum.0 + below.0, sum.1 + below.1);
        } else {
            sum.0 += metadata.size();
        }
    }
    sum
}

/// Files that this process has open.
pub fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Memory that this process has in use; what the allocator only keeps for later is given back first.
pub fn resident_bytes() -> u64 {
    // SAFETY: may be called at any time, by any thread.
    unsafe { libc::malloc_trim(0) };
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

pub fn message(outcome: &Outcome) -> &str {
    match &outcome.result {
        Ok(_) => "",
        Err(failure) => &failure.message,
    }
}

pub fn assert_code(outcome: &Outcome, code: OutcomeCode) {
    assert_eq!(outcome.code(), code, "{}", message(outcome));
}
