//! One execution: a fresh store, an instance, a call, and what came of it.

use super::account::Account;
use super::component;
use super::config::TaskLimits;
use super::determinism::{Clock, Determinism};
use super::limiter::StoreLimiter;
use super::module::{Code, Kind, Prepared};
use super::outcome::{Failure, Outcome, OutcomeCode, Usage};
use super::quota::Quota;
use super::streams::{Capture, too_large};
use super::wasi::Exit;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use wasmtime::{AsContext, Engine, Error, Instance, Store, Trap, WasmBacktrace};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder, WasiCtxView, WasiView};

/// Host resources (open files, streams) that a guest may hold; see [`super::wasi::MAX_OPEN_FILES`], which a guest
/// meets first.
const MAX_RESOURCES: usize = 1_024;

/// What a guest may hand to the host in one call, in bytes; an output over its limit is more, to be told apart.
const MAX_TRANSFER_BYTES: usize = 16 << 20;

/// Functions of a trap's backtrace that are named in its message.
const MAX_FRAMES: usize = 5;

/// A folder of the host's under a name of the guest's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    pub host: PathBuf,
    pub guest: String,
}

/// All that one execution needs.
#[derive(Clone)]
pub struct Task {
    pub module: Arc<Prepared>,
    pub input: Vec<u8>,
    pub limits: TaskLimits,
    /// `argv`, the program's name first.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// Read-write, the first preopen.
    pub workspace: Option<Mount>,
    /// Read-only, the second preopen.
    pub asset: Option<Mount>,
    /// None for real time and real randomness.
    pub determinism: Option<Determinism>,
}

/// What belongs to a store.
pub struct GuestState {
    pub(super) wasi: WasiP1Ctx,
    pub(super) quota: Quota,
    /// Folders that are being listed.
    pub(super) listings: u64,
    /// The clock of a deterministic guest.
    pub(super) clock: Option<Clock>,
    limiter: StoreLimiter,
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.wasi.ctx()
    }
}

/// A store with nothing in it yet.
pub(super) struct Guest {
    pub(super) store: Store<GuestState>,
    pub(super) limits: TaskLimits,
    pub(super) stdout: Capture,
    stderr: Capture,
    begun: Instant,
    instantiated: Option<Instant>,
}

impl Guest {
    pub fn new(engine: &Engine, task: &mut Task) -> Result<Self, Failure> {
        let begun = Instant::now();
        let limits = task.limits;
        if task.input.len() as u64 > limits.input_bytes {
            let message = format!("input of {} bytes is over the limit of {}", task.input.len(), limits.input_bytes);
            return Err(Failure::new(OutcomeCode::InputTooLarge, message));
        }
        let stderr = Capture::tail(limits.stderr_bytes);
        let stdout = match task.module.kind {
            // Its output is what `run` returns, so that what it prints is log.
            Kind::MemoryDelivery { .. } | Kind::ComponentTask => stderr.also(limits.output_bytes),
            Kind::Command | Kind::ComponentCommand => Capture::whole(limits.output_bytes),
        };
        let (wasi, clock) = wasi(task, &stdout, &stderr)?;
        let workspace = task.workspace.as_ref().map(|mount| mount.host.clone());
        let state = GuestState {
            wasi,
            quota: Quota::new(Account::new(&limits, workspace)),
            listings: 0,
            clock,
            limiter: StoreLimiter::new(&limits),
        };
        let mut store = Store::new(engine, state);
        store.limiter(|state| &mut state.limiter);
        // One more than may be used: compiled code looks only now and then, and what it overdrew in between cannot be
        // told from what it used up exactly.
        store.set_fuel(limits.fuel.saturating_add(1)).map_err(|error| host_error(&error))?;
        // Every tick of the epoch a guest goes to the end of the queue.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let output_bytes = usize::try_from(limits.output_bytes).unwrap_or(usize::MAX);
        store.set_hostcall_fuel(output_bytes.saturating_add(1 << 10).max(MAX_TRANSFER_BYTES));
        Ok(Self { store, limits, stdout, stderr, begun, instantiated: None })
    }

    /// Runs the guest to its end. May be dropped half way.
    pub async fn run(&mut self, module: &Prepared, input: &[u8]) -> Result<Vec<u8>, Failure> {
        let pre = match &module.code {
            Code::Core(pre) => pre,
            Code::Component(entry) => {
                self.instantiated = Some(Instant::now());
                return component::run(self, entry, input).await;
            }
        };
        let instance = match pre.instantiate_async(&mut self.store).await {
            Ok(instance) => instance,
            Err(error) => return Err(self.failed_to_start(&error)),
        };
        self.instantiated = Some(Instant::now());
        match module.kind {
            Kind::MemoryDelivery { initialize } => self.deliver(instance, initialize, input).await,
            Kind::Command | Kind::ComponentCommand | Kind::ComponentTask => self.command(instance).await,
        }
    }

    async fn command(&mut self, instance: Instance) -> Result<Vec<u8>, Failure> {
        let ended = match instance.get_typed_func::<(), ()>(&mut self.store, "_start") {
            Ok(start) => start.call_async(&mut self.store, ()).await,
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if exit_code(&error) != Some(0) => Err(self.failed(&error)),
            _ => Ok(self.stdout.take()),
        }
    }

    async fn deliver(&mut self, instance: Instance, initialize: bool, input: &[u8]) -> Result<Vec<u8>, Failure> {
        if initialize {
            let ended = match instance.get_typed_func::<(), ()>(&mut self.store, "_initialize") {
                Ok(initialize) => initialize.call_async(&mut self.store, ()).await,
                Err(error) => Err(error),
            };
            ended.map_err(|error| self.failed(&error))?;
        }
        let memory = instance
            .get_memory(&mut self.store, "memory")
            .ok_or_else(|| Failure::new(OutcomeCode::InvalidModule, "no export named memory"))?;
        let length = i32::try_from(input.len())
            .map_err(|_| Failure::new(OutcomeCode::InputTooLarge, "input over 2 GiB cannot be delivered"))?;

        let pointer = match instance.get_typed_func::<i32, i32>(&mut self.store, "alloc") {
            Ok(alloc) => alloc.call_async(&mut self.store, length).await,
            Err(error) => Err(error),
        };
        let pointer = pointer.map_err(|error| self.failed(&error))?;
        let start = pointer.cast_unsigned() as usize;
        let size = memory.data_size(&self.store);
        match memory.data_mut(&mut self.store).get_mut(start..start + input.len()) {
            Some(target) => target.copy_from_slice(input),
            None => {
                return Err(outside_memory("alloc", start, input.len(), size));
            }
        }

        let result = match instance.get_typed_func::<(i32, i32), i64>(&mut self.store, "run") {
            Ok(run) => run.call_async(&mut self.store, (pointer, length)).await,
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| self.failed(&error))?.cast_unsigned();
        let (start, length) = ((result >> 32) as usize, (result & 0xffff_ffff) as usize);
        let size = memory.data_size(&self.store);
        let Some(output) = memory.data(&self.store).get(start..start + length) else {
            return Err(outside_memory("run", start, length, size));
        };
        if length as u64 > self.limits.output_bytes {
            return Err(too_large(self.limits.output_bytes));
        }
        Ok(output.to_vec())
    }

    /// Closes the store and tells what happened.
    pub fn finish(self, result: Result<Vec<u8>, Failure>) -> Outcome {
        let left = match &result {
            Err(failure) if failure.code == OutcomeCode::OutOfFuel => 0,
            _ => self.store.get_fuel().unwrap_or(0),
        };
        let ended = Instant::now();
        let instantiated = self.instantiated.unwrap_or(ended);
        let result = result.and_then(|output| if left == 0 { Err(self.out_of_fuel()) } else { Ok(output) });
        let usage = Usage {
            fuel: self.limits.fuel.saturating_add(1).saturating_sub(left).min(self.limits.fuel),
            peak_memory_bytes: self.store.data().limiter.peak_memory_bytes(),
            instantiating: instantiated - self.begun,
            running: ended - instantiated,
        };
        let stderr = self.stderr.take();
        let result = result.map_err(|failure| match failure.code {
            OutcomeCode::ExitCode if failure.message.starts_with(EXIT_CODE) && !stderr.trim_ascii().is_empty() => {
                last_words(&stderr)
            }
            _ => failure,
        });
        Outcome { result, stderr, usage }
    }

    pub(super) fn failed_to_start(&self, error: &Error) -> Failure {
        if error.is::<Trap>() || exit_code(error).is_some() || error.is::<Failure>() || error.is::<WasmBacktrace>() {
            self.failed(error)
        } else {
            host_error(error)
        }
    }

    fn out_of_fuel(&self) -> Failure {
        Failure::new(OutcomeCode::OutOfFuel, format!("all of {} fuel is used", self.limits.fuel))
    }

    /// What ended the guest. Its own limits come first: the error that carried them out may have been wrapped.
    pub(super) fn failed(&self, error: &Error) -> Failure {
        let state = self.store.as_context().data();
        if let Some(failure) = state.limiter.refused().cloned().or_else(|| state.quota.account.refused()) {
            return failure;
        }
        if self.stdout.exceeded() {
            return too_large(self.limits.output_bytes);
        }
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return failure.clone();
        }
        if let Some(code) = exit_code(error) {
            return exited(code);
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => self.out_of_fuel(),
            Some(Trap::StackOverflow) => {
                Failure::new(OutcomeCode::StackOverflow, with_frames(error, "call stack exhausted"))
            }
            Some(trap) => Failure::new(OutcomeCode::Trap, with_frames(error, &trap.to_string())),
            // Raised by a host call that the guest got wrong, a pointer outside its memory for one.
            None => Failure::new(OutcomeCode::Trap, with_frames(error, &error.root_cause().to_string())),
        }
    }
}

/// Exactly what a guest may see: its input, its arguments, its environment and up to two folders.
fn wasi(task: &mut Task, stdout: &Capture, stderr: &Capture) -> Result<(WasiP1Ctx, Option<Clock>), Failure> {
    let mut builder = WasiCtxBuilder::new();
    builder.stdout(stdout.clone()).stderr(stderr.clone()).args(&task.args).envs(&task.env);
    // What a component may import but not use.
    builder.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
    let clock = task.determinism.map(|determinism| determinism.apply(&mut builder));
    if matches!(task.module.kind, Kind::Command | Kind::ComponentCommand) {
        builder.stdin(MemoryInputPipe::new(std::mem::take(&mut task.input)));
    }
    for (mount, permissions) in [(&task.workspace, FsPerms::ReadWrite), (&task.asset, FsPerms::ReadOnly)] {
        if let Some(Mount { host, guest }) = mount {
            builder.preopened_dir(host, guest, permissions).map_err(|error| {
                Failure::new(OutcomeCode::HostError, format!("{guest} cannot be opened: {}", error.root_cause()))
            })?;
        }
    }
    let mut wasi = builder.build_p1();
    wasi.ctx().table.set_max_capacity(MAX_RESOURCES);
    Ok((wasi, clock))
}

const EXIT_CODE: &str = "exit code ";

/// The failure of a guest that ended with another code than 0.
pub(super) fn exited(code: i32) -> Failure {
    Failure::new(OutcomeCode::ExitCode, format!("{EXIT_CODE}{code}"))
}

/// The code that the guest gave itself, with `proc_exit` or `wasi:cli/exit`.
pub(super) fn exit_code(error: &Error) -> Option<i32> {
    let component = error.downcast_ref::<I32Exit>().map(|exit| exit.0);
    component.or_else(|| error.downcast_ref::<Exit>().map(|exit| exit.0))
}

fn host_error(error: &Error) -> Failure {
    Failure::new(OutcomeCode::HostError, format!("{error:#}"))
}

fn outside_memory(function: &str, start: usize, length: usize, size: usize) -> Failure {
    let message = format!("{function} answered {length} bytes at {start}, outside a memory of {size} bytes");
    Failure::new(OutcomeCode::InvalidOutput, message)
}

/// The tail of stderr, as the message of a guest that ended with an exit code.
fn last_words(stderr: &[u8]) -> Failure {
    const MAX_BYTES: usize = 4_000;
    let tail = &stderr[stderr.len().saturating_sub(MAX_BYTES)..];
    Failure::new(OutcomeCode::ExitCode, String::from_utf8_lossy(tail).trim_end())
}

fn with_frames(error: &Error, what: &str) -> String {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return what.to_owned();
    };
    let frames = backtrace.frames().iter().take(MAX_FRAMES).map(|frame| match frame.func_name() {
        Some(name) => name.chars().take(200).collect(),
        None => format!("function {}", frame.func_index()),
    });
    let frames = frames.collect::<Vec<String>>();
    if frames.is_empty() { what.to_owned() } else { format!("{what}, in {}", frames.join(" < ")) }
}
