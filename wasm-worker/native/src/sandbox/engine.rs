//! The sandbox itself: one Wasmtime engine, one runtime, and everything that is under way in them.

use super::config::SandboxConfig;
use super::guest::{Guest, Task};
use super::limiter::MAX_INSTANCES;
use super::module::{Linkers, MAX_PER_COMPONENT, MAX_PER_MODULE, Prepared, load, prepare};
use super::outcome::{Failure, Outcome, OutcomeCode};
use super::settings::{code_settings, fingerprint};
use super::turns::Turns;
use crate::compile::{Checksum, CodeStats, Compilation, CompileSettings, Origin};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, Semaphore};
use wasmtime::{Engine, Error, InstanceAllocationStrategy, PoolingAllocationConfig};

/// A guest's turn is one tick, long when few run and short when many do, so that each has a turn in about this time:
/// only between turns does a guest see that it was cancelled or is over its time.
const ROUND: Duration = Duration::from_millis(500);
const LONGEST_TICK: Duration = Duration::from_millis(10);
const SHORTEST_TICK: Duration = Duration::from_millis(1);

/// Memory that a slot keeps when its guest has ended, so that the next one need not fault it in again.
const KEEP_RESIDENT_BYTES: usize = 64 << 10;

/// Host memory for an instance's own tables of functions and globals.
const MAX_INSTANCE_BYTES: usize = 16 << 20;

/// The same for a component with all instances that it is made of.
const MAX_COMPONENT_BYTES: usize = 32 << 20;

/// Threads for file operations of guests.
const MAX_BLOCKING_THREADS: usize = 64;

/// Runs guests. Dropping it cancels them.
pub struct Sandbox {
    shared: Arc<Shared>,
    /// The threads of the guests, and the runtime whose timers they use; taken when they end.
    threads: Option<(Turns, Runtime)>,
}

struct Shared {
    config: SandboxConfig,
    engine: Engine,
    linkers: Linkers,
    slots: Arc<Semaphore>,
    compiling: Compiling,
    running: AtomicUsize,
    /// Time that threads have spent in guests and in what guests called, all together.
    guest_nanos: AtomicU64,
    calls: Mutex<HashMap<i64, Arc<Notify>>>,
    closed: AtomicBool,
}

/// How modules are compiled.
enum Compiling {
    /// Here, some at once. Only for modules that are trusted not to be compile bombs.
    Here(Arc<Semaphore>),
    /// In processes of their own.
    Apart(Arc<Compilation>),
}

impl Sandbox {
    /// A sandbox that compiles in this process, unbounded: for tests and measurements.
    pub fn new(config: SandboxConfig) -> Result<Self, Error> {
        let permits = Arc::new(Semaphore::new(config.compilations.max(1)));
        Self::create(config, |_| Ok(Compiling::Here(permits)))
    }

    /// A sandbox that compiles in processes of their own, under limits.
    pub fn with_compiler(config: SandboxConfig, settings: &CompileSettings) -> Result<Self, Error> {
        Self::create(config, |engine| {
            let compilation = Compilation::new(settings, &config, fingerprint(engine))?;
            Ok(Compiling::Apart(Arc::new(compilation)))
        })
    }

    /// Reserves address space for all slots and starts the threads.
    fn create(
        config: SandboxConfig,
        compiling: impl FnOnce(&Engine) -> Result<Compiling, Error>,
    ) -> Result<Self, Error> {
        let engine = engine(&config)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(MAX_BLOCKING_THREADS)
            .thread_name("netbase-sandbox")
            .enable_time()
            .build()?;
        let turns = Turns::start(config.threads.max(1), runtime.handle())?;
        let shared = Arc::new(Shared {
            config,
            linkers: Linkers::new(&engine)?,
            compiling: compiling(&engine)?,
            engine,
            slots: Arc::new(Semaphore::new(config.slots as usize)),
            running: AtomicUsize::new(0),
            guest_nanos: AtomicU64::new(0),
            calls: Mutex::new(HashMap::new()),
            closed: AtomicBool::new(false),
        });
        let ticking = Arc::downgrade(&shared);
        std::thread::Builder::new().name("netbase-epoch".to_owned()).spawn(move || {
            while let Some(shared) = ticking.upgrade() {
                let tick = shared.tick();
                drop(shared);
                std::thread::sleep(tick);
                if let Some(shared) = ticking.upgrade() {
                    shared.engine.increment_epoch();
                }
            }
        })?;
        Ok(Self { shared, threads: Some((turns, runtime)) })
    }

    /// Compiles beside the guests, a bounded number of modules at once, and answers on a thread of the runtime.
    pub fn compile(&self, bytes: Vec<u8>, done: impl FnOnce(Result<Prepared, Failure>) + Send + 'static) {
        let checksum = Checksum::of(&bytes);
        self.compile_as(bytes, checksum, move |result| done(result.map(|(prepared, _)| prepared)));
    }

    /// The same for a module whose checksum is known.
    pub fn compile_as(
        &self,
        bytes: Vec<u8>,
        checksum: Checksum,
        done: impl FnOnce(Result<(Prepared, Origin), Failure>) + Send + 'static,
    ) {
        let shared = self.shared.clone();
        if let Some((_, runtime)) = &self.threads {
            runtime.spawn(async move { done(shared.prepare(bytes, checksum).await) });
        }
    }

    /// What compiling has come to so far; all zero if it is done in this process.
    pub fn code_stats(&self) -> CodeStats {
        match &self.shared.compiling {
            Compiling::Here(_) => CodeStats::default(),
            Compiling::Apart(compilation) => compilation.stats(),
        }
    }

    /// Queues a guest and answers, exactly once and on a thread of the runtime, when it has ended.
    pub fn submit(&self, call: i64, mut task: Task, done: impl FnOnce(Outcome) + Send + 'static) {
        let shared = self.shared.clone();
        let limits = &mut task.limits;
        limits.memory_bytes = limits.memory_bytes.min(shared.config.max_memory_bytes);
        limits.table_elements = limits.table_elements.min(shared.config.max_table_elements);
        let cancelled = Arc::new(Notify::new());
        shared.calls().insert(call, cancelled.clone());
        if shared.closed.load(Ordering::SeqCst) {
            cancelled.notify_one();
        }
        let work = async move {
            // Java waits for every guest: also for one that takes the sandbox down a wrong path.
            let outcome = match first(shared.execute(task, &cancelled), pin!(std::future::pending())).await {
                First::Done(outcome) => outcome,
                First::Panicked(failure) => Outcome::not_started(failure),
                First::Stopped => Outcome::not_started(cancelled_failure()),
            };
            shared.calls().remove(&call);
            done(outcome);
        };
        if let Some((turns, _)) = &self.threads {
            turns.spawn(work);
        }
    }

    /// Ends a guest, queued or running, within about [`ROUND`]; one that has ended is not known any more.
    pub fn cancel(&self, call: i64) {
        if let Some(cancelled) = self.shared.calls().get(&call) {
            cancelled.notify_one();
        }
    }

    /// Time that threads have spent in guests and in what guests called since the start, all together.
    pub fn guest_time(&self) -> Duration {
        Duration::from_nanos(self.shared.guest_nanos.load(Ordering::Relaxed))
    }

    /// Guests that are queued or running.
    pub fn under_way(&self) -> usize {
        self.shared.calls().len()
    }

    /// Cancels every guest, and those that are still submitted.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        if let Compiling::Apart(compilation) = &self.shared.compiling {
            compilation.close();
        }
        for cancelled in self.shared.calls().values() {
            cancelled.notify_one();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.close();
        let Some((turns, runtime)) = self.threads.take() else {
            return;
        };
        // The runtime may not be dropped by one of its own threads, and guests need a moment to end.
        let shared = self.shared.clone();
        let waiting = std::thread::Builder::new().name("netbase-close".to_owned()).spawn(move || {
            while !shared.calls().is_empty() {
                std::thread::sleep(LONGEST_TICK);
            }
            drop(turns);
            runtime.shutdown_background();
        });
        if let Err(error) = waiting {
            eprintln!("netbase-sandbox: the runtime is left to the end of the process: {error}");
        }
    }
}

impl Shared {
    fn calls(&self) -> MutexGuard<'_, HashMap<i64, Arc<Notify>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the next turn of each guest is.
    fn tick(&self) -> Duration {
        let running = self.running.load(Ordering::Relaxed).max(1) as u32;
        let turns = (running / self.config.threads.max(1) as u32).max(1);
        (ROUND / turns).clamp(SHORTEST_TICK, LONGEST_TICK)
    }

    async fn prepare(self: Arc<Self>, bytes: Vec<u8>, checksum: Checksum) -> Result<(Prepared, Origin), Failure> {
        let work = self.clone();
        let prepared = match &self.compiling {
            Compiling::Apart(compilation) => {
                let (code, origin) = compilation.code(bytes, checksum).await?;
                let load = move || Ok((load(&work.engine, &work.linkers, &code)?, origin));
                tokio::task::spawn_blocking(load).await
            }
            Compiling::Here(permits) => {
                let permit = permits.clone().acquire_owned().await;
                let compile = move || prepare(&work.engine, &work.linkers, &work.config, &bytes);
                let prepared = tokio::task::spawn_blocking(compile).await;
                drop(permit);
                prepared.map(|prepared| Ok((prepared?, Origin::Compiled)))
            }
        };
        prepared.unwrap_or_else(|error| {
            Err(Failure::new(OutcomeCode::HostError, format!("compiling ended abnormally: {error}")))
        })
    }

    async fn execute(&self, mut task: Task, cancelled: &Notify) -> Outcome {
        let mut cancelled = pin!(cancelled.notified());
        let slots = self.slots.clone().acquire_many_owned(task.module.slots.min(self.config.slots));
        let slots = match first(slots, cancelled.as_mut()).await {
            First::Done(slots) => slots,
            First::Stopped => return Outcome::not_started(cancelled_failure()),
            First::Panicked(failure) => return Outcome::not_started(failure),
        };
        let mut guest = match Guest::new(&self.engine, &mut task) {
            Ok(guest) => guest,
            Err(failure) => return Outcome::not_started(failure),
        };
        self.running.fetch_add(1, Ordering::Relaxed);
        let limit = Duration::from_millis(task.limits.timeout_ms);
        let stop = async {
            let mut deadline = pin!(tokio::time::sleep(limit));
            std::future::poll_fn(|context| {
                if cancelled.as_mut().poll(context).is_ready() {
                    Poll::Ready(cancelled_failure())
                } else {
                    deadline.as_mut().poll(context).map(|()| timeout_failure(limit))
                }
            })
            .await
        };
        let mut reason = None;
        let work = timed(guest.run(&task.module, &task.input), &self.guest_nanos);
        let ended = first(work, pin!(async { reason = Some(stop.await) })).await;
        let result = match ended {
            First::Done(result) => result,
            First::Panicked(failure) => Err(failure),
            First::Stopped => Err(reason.unwrap_or_else(cancelled_failure)),
        };
        self.running.fetch_sub(1, Ordering::Relaxed);
        let outcome = guest.finish(result);
        drop(slots);
        outcome
    }
}

/// Adds the time spent in `work`, its waiting apart, to `nanos`.
async fn timed<T>(work: impl Future<Output = T>, nanos: &AtomicU64) -> T {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let begin = Instant::now();
        let polled = work.as_mut().poll(context);
        nanos.fetch_add(begin.elapsed().as_nanos() as u64, Ordering::Relaxed);
        polled
    })
    .await
}

/// Which of two futures ended first.
enum First<T> {
    Done(T),
    Stopped,
    Panicked(Failure),
}

/// Polls `work` until it has ended, or `stop` has, which is asked whenever `work` pauses and before it goes on: those
/// who need not wait pay nothing for it, and a guest that is stopped gets no further turn. Dropping `work` is what
/// stops a guest, even in the middle of a host call. A panic in it costs this one guest.
async fn first<T>(work: impl Future<Output = T>, mut stop: std::pin::Pin<&mut impl Future<Output = ()>>) -> First<T> {
    let mut work = pin!(work);
    let mut paused = false;
    std::future::poll_fn(|context| {
        if paused && stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(First::Stopped);
        }
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Ready(value)) => Poll::Ready(First::Done(value)),
            Ok(Poll::Pending) if paused => Poll::Pending,
            Ok(Poll::Pending) => {
                paused = true;
                stop.as_mut().poll(context).map(|()| First::Stopped)
            }
            Err(_) => {
                Poll::Ready(First::Panicked(Failure::new(OutcomeCode::HostError, "the sandbox failed; see its log")))
            }
        }
    })
    .await
}

fn cancelled_failure() -> Failure {
    Failure::new(OutcomeCode::Cancelled, "cancelled")
}

fn timeout_failure(limit: Duration) -> Failure {
    Failure::new(OutcomeCode::Timeout, format!("not done within {} ms", limit.as_millis()))
}

fn engine(config: &SandboxConfig) -> Result<Engine, Error> {
    let slots = config.slots.max(MAX_PER_MODULE).max(MAX_PER_COMPONENT);
    let mut pool = PoolingAllocationConfig::default();
    // Instances are only counted, nothing is set aside for them.
    pool.total_core_instances(slots.saturating_mul(MAX_INSTANCES))
        .total_component_instances(slots)
        .max_core_instances_per_component(MAX_INSTANCES)
        .max_component_instance_size(MAX_COMPONENT_BYTES)
        .total_memories(slots)
        .total_tables(slots)
        .total_stacks(slots)
        .max_core_instance_size(MAX_INSTANCE_BYTES)
        .max_memories_per_module(MAX_PER_MODULE)
        .max_tables_per_module(MAX_PER_MODULE)
        .max_memory_size(usize::try_from(config.max_memory_bytes)?)
        .table_elements(usize::try_from(config.max_table_elements)?)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(4 << 10);
    let mut wasmtime = code_settings();
    wasmtime.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&wasmtime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_its_own_guest_only() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let panics = async { panic!("on purpose") };

        let ended: First<()> = runtime.block_on(first(panics, pin!(std::future::pending())));

        assert!(matches!(ended, First::Panicked(failure) if failure.code == OutcomeCode::HostError));
    }
}
