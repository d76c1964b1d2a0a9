//! The deterministic mode: a clock that stands still and randomness from a seed.
//!
//! Time moves only when the guest sleeps, and then at once: a sleep of an hour costs nothing and moves the clock by an
//! hour. What a guest reads of time and chance therefore depends on its module, its input and the settings alone.

use async_trait::async_trait;
use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::{HasData, Resource};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::clocks::{HostMonotonicClock, HostWallClock, WasiClocksCtxView, WasiClocksView};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

const NANOSECONDS: u64 = 1_000_000_000;

/// The settings of a deterministic execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Determinism {
    /// What the wall clock shows at first, in nanoseconds since 1970.
    pub clock: u64,
    /// Where randomness begins.
    pub seed: u64,
}

/// A clock that only sleeping moves. Clones are the same clock.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    start: u64,
    state: Arc<Mutex<ClockState>>,
}

#[derive(Debug, Default)]
struct ClockState {
    /// Nanoseconds since the guest began.
    elapsed: u64,
    /// Moments that somebody waits for, and how many do.
    awaited: BTreeMap<u64, usize>,
}

impl Clock {
    fn new(start: u64) -> Self {
        Self { start, state: Arc::default() }
    }

    /// Nanoseconds since the guest began.
    pub fn elapsed(&self) -> u64 {
        self.state().elapsed
    }

    /// Nanoseconds since 1970.
    pub fn unix_nanoseconds(&self) -> u64 {
        self.start.saturating_add(self.elapsed())
    }

    /// Seconds since 1970, and nanoseconds.
    pub fn unix_time(&self) -> (u64, u32) {
        let now = self.unix_nanoseconds();
        (now / NANOSECONDS, (now % NANOSECONDS) as u32)
    }

    /// Moves on to a moment, unless that is past.
    pub fn advance(&self, to: u64) {
        let mut state = self.state();
        state.elapsed = state.elapsed.max(to);
    }

    /// Moves on to the first moment that is awaited.
    fn advance_to_first(&self) {
        let mut state = self.state();
        if let Some(&first) = state.awaited.keys().next() {
            state.elapsed = state.elapsed.max(first);
        }
    }

    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(self.unix_nanoseconds())
    }
}

impl HostMonotonicClock for Clock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        self.elapsed()
    }
}

impl Determinism {
    /// Gives a guest its clock and its randomness.
    pub(super) fn apply(&self, builder: &mut WasiCtxBuilder) -> Clock {
        let clock = Clock::new(self.clock);
        let mut secure = ChaCha20Rng::seed_from_u64(self.seed);
        let insecure_seed = u128::from(secure.next_u64()) << 64 | u128::from(secure.next_u64());
        let insecure = ChaCha20Rng::seed_from_u64(secure.next_u64());
        builder
            .wall_clock(clock.clone())
            .monotonic_clock(clock.clone())
            .secure_random(secure)
            .insecure_random(insecure)
            .insecure_random_seed(insecure_seed);
        clock
    }
}

/// A moment that is awaited for as long as this lives.
struct Awaited<'a> {
    clock: &'a Clock,
    when: u64,
}

impl<'a> Awaited<'a> {
    fn new(clock: &'a Clock, when: u64) -> Self {
        *clock.state().awaited.entry(when).or_default() += 1;
        Self { clock, when }
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        if let Some(count) = state.awaited.get_mut(&self.when) {
            *count -= 1;
            if *count == 0 {
                state.awaited.remove(&self.when);
            }
        }
    }
}

/// What `monotonic-clock` gives a component to wait for.
struct Deadline {
    clock: Clock,
    when: u64,
}

#[async_trait]
impl Pollable for Deadline {
    async fn ready(&mut self) {
        let _awaited = Awaited::new(&self.clock, self.when);
        while self.clock.elapsed() < self.when {
            // Whatever else is polled and ready comes first; only a guest with nothing to do sleeps.
            tokio::task::yield_now().await;
            self.clock.advance_to_first();
        }
    }
}

/// `wasi:clocks/monotonic-clock`, fixed or not.
pub(super) struct Clocks<'a> {
    inner: WasiClocksCtxView<'a>,
    fixed: Option<Clock>,
}

/// For `add_to_linker`: where a store has its [`Clocks`].
pub(super) struct HasClocks;

impl HasData for HasClocks {
    type Data<'a> = Clocks<'a>;
}

impl super::guest::GuestState {
    pub(super) fn clocks(&mut self) -> Clocks<'_> {
        Clocks { fixed: self.clock.clone(), inner: self.wasi.clocks() }
    }
}

impl monotonic_clock::Host for Clocks<'_> {
    fn now(&mut self) -> Result<u64> {
        self.inner.now()
    }

    fn resolution(&mut self) -> Result<u64> {
        self.inner.resolution()
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        let Some(clock) = self.fixed.clone() else {
            return self.inner.subscribe_instant(when);
        };
        let deadline = self.inner.table.push(Deadline { clock, when })?;
        subscribe(self.inner.table, deadline)
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<DynPollable>> {
        match &self.fixed {
            Some(clock) => {
                let when = clock.elapsed().saturating_add(duration);
                self.subscribe_instant(when)
            }
            None => self.inner.subscribe_duration(duration),
        }
    }
}
