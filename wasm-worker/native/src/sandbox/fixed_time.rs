//! Preview 1 in the deterministic mode: what would still show real time is shadowed.

use super::determinism::Clock;
use super::guest::GuestState;
use super::wasi::{MODULE, Result, SUCCESS, enter};
use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as p1;
use wiggle::GuestMemory;

type Guest<'a> = Caller<'a, GuestState>;

const ERRNO_FAULT: i32 = 21;
const ERRNO_INVAL: i32 = 28;

const SUBSCRIPTION_BYTES: usize = 48;
const EVENT_BYTES: usize = 32;
const EVENT_CLOCK: u8 = 0;
const CLOCK_REALTIME: u32 = 0;
const CLOCK_MONOTONIC: u32 = 1;
const FLAG_ABSOLUTE: u16 = 1;

/// Where a `filestat` has its three times.
const TIMES_OFFSET: usize = 40;

/// Subscriptions of one call; each takes memory of the host's.
const MAX_SUBSCRIPTIONS: usize = 4_096;

/// Shadows the calls that tell time or let it pass.
pub(super) fn shadow(linker: &mut Linker<GuestState>) -> Result<()> {
    linker.func_wrap_async(
        MODULE,
        "poll_oneoff",
        |mut guest: Guest<'_>, (subscriptions, events, count, ready): (i32, i32, i32, i32)| {
            Box::new(async move {
                let clock = guest.data().clock.clone();
                match clock {
                    Some(clock) => poll(&mut guest, &clock, subscriptions, events, count, ready).await,
                    None => {
                        let (mut memory, state) = enter(&mut guest)?;
                        p1::poll_oneoff(&mut state.wasi, &mut memory, subscriptions, events, count, ready).await
                    }
                }
            })
        },
    )?;
    linker.func_wrap_async(MODULE, "fd_filestat_get", |mut guest: Guest<'_>, (fd, stat): (i32, i32)| {
        Box::new(async move {
            let (mut memory, state) = enter(&mut guest)?;
            let errno = p1::fd_filestat_get(&mut state.wasi, &mut memory, fd, stat).await?;
            fix_times(&mut guest, errno, stat)?;
            Ok(errno)
        })
    })?;
    linker.func_wrap_async(
        MODULE,
        "path_filestat_get",
        |mut guest: Guest<'_>, (fd, flags, path, length, stat): (i32, i32, i32, i32, i32)| {
            Box::new(async move {
                let (mut memory, state) = enter(&mut guest)?;
                let errno = p1::path_filestat_get(&mut state.wasi, &mut memory, fd, flags, path, length, stat).await?;
                fix_times(&mut guest, errno, stat)?;
                Ok(errno)
            })
        },
    )?;
    Ok(())
}

/// Every file was last touched now.
fn fix_times(guest: &mut Guest<'_>, errno: i32, stat: i32) -> Result<()> {
    let Some(clock) = guest.data().clock.clone().filter(|_| errno == SUCCESS) else {
        return Ok(());
    };
    let times = [clock.unix_nanoseconds().to_le_bytes(); 3];
    let (memory, _) = enter(guest)?;
    let start = stat.cast_unsigned() as usize + TIMES_OFFSET;
    if let GuestMemory::Unshared(bytes) = memory
        && let Some(target) = bytes.get_mut(start..start + times.as_flattened().len())
    {
        target.copy_from_slice(times.as_flattened());
    }
    Ok(())
}

/// A timer, as far as it matters here.
struct Timer {
    userdata: [u8; 8],
    /// On the monotonic clock.
    when: u64,
}

/// What is subscribed to: timers, and the rest as it stands.
struct Subscriptions {
    timers: Vec<Timer>,
    others: Vec<u8>,
}

/// `poll_oneoff` with time that passes only when there is nothing else to wait for. Files and streams of this sandbox
/// are always ready, so a timer beside them is reported only if it is due already.
async fn poll(
    guest: &mut Guest<'_>,
    clock: &Clock,
    subscriptions: i32,
    events: i32,
    count: i32,
    ready: i32,
) -> Result<i32> {
    let count = count.cast_unsigned() as usize;
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Ok(ERRNO_INVAL);
    }
    let Some(list) = copy(guest, subscriptions, count * SUBSCRIPTION_BYTES)? else {
        return Ok(ERRNO_FAULT);
    };
    let Some(Subscriptions { timers, others }) = parse(&list, clock) else {
        return Ok(ERRNO_INVAL);
    };
    let mut occurred = Vec::new();
    if others.is_empty() {
        clock.advance(timers.iter().map(|timer| timer.when).min().unwrap_or(0));
    } else {
        match poll_others(guest, &others).await? {
            Ok(events) => occurred = events,
            Err(errno) => return Ok(errno),
        }
    }
    for timer in timers.iter().filter(|timer| timer.when <= clock.elapsed()) {
        let mut event = [0; EVENT_BYTES];
        event[..8].copy_from_slice(&timer.userdata);
        event[10] = EVENT_CLOCK;
        occurred.extend(event);
    }
    let number = (occurred.len() / EVENT_BYTES) as u32;
    let written = write(guest, events, &occurred)? && write(guest, ready, &number.to_le_bytes())?;
    Ok(if written { SUCCESS } else { ERRNO_FAULT })
}

fn parse(list: &[u8], clock: &Clock) -> Option<Subscriptions> {
    let mut subscriptions = Subscriptions { timers: Vec::new(), others: Vec::new() };
    for subscription in list.chunks_exact(SUBSCRIPTION_BYTES) {
        if subscription[8] != EVENT_CLOCK {
            subscriptions.others.extend(subscription);
            continue;
        }
        let id = u32::from_le_bytes(subscription[16..20].try_into().ok()?);
        let timeout = u64::from_le_bytes(subscription[24..32].try_into().ok()?);
        let flags = u16::from_le_bytes(subscription[40..42].try_into().ok()?);
        let when = match (id, flags & FLAG_ABSOLUTE != 0) {
            (CLOCK_REALTIME | CLOCK_MONOTONIC, false) => clock.elapsed().saturating_add(timeout),
            (CLOCK_MONOTONIC, true) => timeout,
            (CLOCK_REALTIME, true) => clock.elapsed().saturating_add(timeout.saturating_sub(clock.unix_nanoseconds())),
            _ => return None,
        };
        subscriptions.timers.push(Timer { userdata: subscription[..8].try_into().ok()?, when });
    }
    Some(subscriptions)
}

/// Polls what is no timer, in memory of its own: subscriptions, events, and their number.
async fn poll_others(guest: &mut Guest<'_>, others: &[u8]) -> Result<Result<Vec<u8>, i32>> {
    let count = others.len() / SUBSCRIPTION_BYTES;
    let (events, ready) = (others.len(), others.len() + count * EVENT_BYTES);
    let mut scratch = others.to_vec();
    scratch.resize(ready + size_of::<u32>(), 0);
    let (_, state) = enter(guest)?;
    let mut memory = GuestMemory::Unshared(&mut scratch);
    let (count, at, ready_at) = (count as i32, events as i32, ready as i32);
    let errno = p1::poll_oneoff(&mut state.wasi, &mut memory, 0, at, count, ready_at).await?;
    if errno != SUCCESS {
        return Ok(Err(errno));
    }
    let number = scratch[ready..].try_into().map_or(0, u32::from_le_bytes) as usize;
    Ok(Ok(scratch[events..events + number * EVENT_BYTES].to_vec()))
}

fn copy(guest: &mut Guest<'_>, pointer: i32, length: usize) -> Result<Option<Vec<u8>>> {
    let (memory, _) = enter(guest)?;
    let start = pointer.cast_unsigned() as usize;
    Ok(match memory {
        GuestMemory::Unshared(bytes) => bytes.get(start..start + length).map(<[u8]>::to_vec),
        GuestMemory::Shared(_) => None,
    })
}

fn write(guest: &mut Guest<'_>, pointer: i32, bytes: &[u8]) -> Result<bool> {
    let (memory, _) = enter(guest)?;
    let start = pointer.cast_unsigned() as usize;
    let GuestMemory::Unshared(target) = memory else {
        return Ok(false);
    };
    Ok(target.get_mut(start..start + bytes.len()).map(|target| target.copy_from_slice(bytes)).is_some())
}
