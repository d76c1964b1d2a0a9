//! What a core module may import: all of `wasi_snapshot_preview1`, and nothing else.
//!
//! The functions come from wasmtime-wasi. Those that can grow the workspace, or hold a file open, are shadowed: they
//! reserve at the [`Account`](super::account::Account) first and then forward.

use super::account::Contents;
use super::fixed_time;
use super::guest::GuestState;
use wasmtime::{AsContextMut, Caller, Engine, Error, Extern, Linker};
use wasmtime_wasi::p1::{add_to_linker_async, types, wasi_snapshot_preview1 as p1};
use wiggle::GuestMemory;

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;
type Guest<'a> = Caller<'a, GuestState>;

/// Files and folders that one guest may have open, preopens apart: the process has only so many.
pub const MAX_OPEN_FILES: usize = 128;

pub(super) const MODULE: &str = "wasi_snapshot_preview1";
pub(super) const SUCCESS: i32 = 0;
const ERRNO_NFILE: i32 = 41;
const OFLAGS_CREAT: i32 = 1;
const OFLAGS_TRUNC: i32 = 1 << 3;
const FDFLAGS_APPEND: i32 = 1;

/// The guest called `proc_exit`.
#[derive(Clone, Copy, Debug)]
pub struct Exit(pub i32);

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}", self.0)
    }
}

impl std::error::Error for Exit {}

/// A linker with everything that core modules may import.
pub fn linker(engine: &Engine) -> Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    add_to_linker_async(&mut linker, |state: &mut GuestState| &mut state.wasi)?;
    linker.allow_shadowing(true);
    // Any code may be given, not only those below 126 as with wasmtime-wasi.
    linker.func_wrap(MODULE, "proc_exit", |code: i32| -> Result<()> { Err(Error::new(Exit(code))) })?;
    shadow_writes(&mut linker)?;
    shadow_entries(&mut linker)?;
    shadow_descriptors(&mut linker)?;
    fixed_time::shadow(&mut linker)?;
    linker.allow_shadowing(false);
    Ok(linker)
}

fn shadow_writes(linker: &mut Linker<GuestState>) -> Result<()> {
    linker.func_wrap_async(
        MODULE,
        "fd_write",
        |mut guest: Guest<'_>, (fd, iovs, count, written): (i32, i32, i32, i32)| {
            Box::new(async move {
                if guest.data_mut().quota.file(fd).is_none() {
                    // Stdout, stderr, or nothing that is open.
                    let (mut memory, state) = enter(&mut guest)?;
                    return p1::fd_write(&mut state.wasi, &mut memory, fd, iovs, count, written).await;
                }
                let position = {
                    let (mut memory, state) = enter(&mut guest)?;
                    p1::WasiSnapshotPreview1::fd_tell(&mut state.wasi, &mut memory, types::Fd::from(fd)).unwrap_or(0)
                };
                let length = first_length(&mut guest, iovs, count);
                reserve_write(&mut guest, fd, position, length).await?;
                let (mut memory, state) = enter(&mut guest)?;
                let errno = p1::fd_write(&mut state.wasi, &mut memory, fd, iovs, count, written).await?;
                wrote(&mut guest, errno, fd, position, written);
                Ok(errno)
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_pwrite",
        |mut guest: Guest<'_>, (fd, iovs, count, offset, written): (i32, i32, i32, i64, i32)| {
            Box::new(async move {
                let position = offset.cast_unsigned();
                let length = first_length(&mut guest, iovs, count);
                reserve_write(&mut guest, fd, position, length).await?;
                let (mut memory, state) = enter(&mut guest)?;
                let errno = p1::fd_pwrite(&mut state.wasi, &mut memory, fd, iovs, count, offset, written).await?;
                wrote(&mut guest, errno, fd, position, written);
                Ok(errno)
            })
        },
    )?;
    linker.func_wrap_async(MODULE, "fd_filestat_set_size", |mut guest: Guest<'_>, (fd, size): (i32, i64)| {
        Box::new(async move {
            reserve_write(&mut guest, fd, size.cast_unsigned(), 0).await?;
            let (mut memory, state) = enter(&mut guest)?;
            let errno = p1::fd_filestat_set_size(&mut state.wasi, &mut memory, fd, size).await?;
            state.quota.shortened();
            Ok(errno)
        })
    })?;
    Ok(())
}

fn shadow_entries(linker: &mut Linker<GuestState>) -> Result<()> {
    linker.func_wrap_async(
        MODULE,
        "path_create_directory",
        |mut guest: Guest<'_>, (fd, path, length): (i32, i32, i32)| {
            Box::new(async move {
                reserve(&mut guest, Contents::ENTRY).await?;
                let (mut memory, state) = enter(&mut guest)?;
                p1::path_create_directory(&mut state.wasi, &mut memory, fd, path, length).await
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "path_symlink",
        |mut guest: Guest<'_>, (old, old_length, fd, new, new_length): (i32, i32, i32, i32, i32)| {
            Box::new(async move {
                let bytes = u64::from(old_length.cast_unsigned());
                reserve(&mut guest, Contents { bytes, ..Contents::ENTRY }).await?;
                let (mut memory, state) = enter(&mut guest)?;
                p1::path_symlink(&mut state.wasi, &mut memory, old, old_length, fd, new, new_length).await
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "path_link",
        |mut guest: Guest<'_>,
         (fd, flags, old, old_length, new_fd, new, new_length): (i32, i32, i32, i32, i32, i32, i32)| {
            Box::new(async move {
                reserve(&mut guest, Contents::ENTRY).await?;
                let (mut memory, state) = enter(&mut guest)?;
                p1::path_link(&mut state.wasi, &mut memory, fd, flags, old, old_length, new_fd, new, new_length).await
            })
        },
    )?;
    Ok(())
}

type PathOpen = (i32, i32, i32, i32, i32, i64, i64, i32, i32);

fn shadow_descriptors(linker: &mut Linker<GuestState>) -> Result<()> {
    linker.func_wrap_async(MODULE, "path_open", |mut guest: Guest<'_>, arguments: PathOpen| {
        Box::new(async move {
            let (fd, lookup, path, length, oflags, base, inheriting, fdflags, opened) = arguments;
            if guest.data().quota.open_files() >= MAX_OPEN_FILES {
                return Ok(ERRNO_NFILE);
            }
            if oflags & OFLAGS_CREAT != 0 {
                reserve(&mut guest, Contents::ENTRY).await?;
            }
            let (mut memory, state) = enter(&mut guest)?;
            let errno = p1::path_open(
                &mut state.wasi,
                &mut memory,
                fd,
                lookup,
                path,
                length,
                oflags,
                base,
                inheriting,
                fdflags,
                opened,
            )
            .await?;
            if oflags & OFLAGS_TRUNC != 0 {
                state.quota.shortened();
            }
            if errno == SUCCESS
                && let Some(descriptor) = read_u32(&mut guest, opened)
            {
                guest.data_mut().quota.opened(descriptor.cast_signed(), fdflags & FDFLAGS_APPEND != 0);
            }
            Ok(errno)
        })
    })?;
    linker.func_wrap_async(MODULE, "fd_close", |mut guest: Guest<'_>, (fd,): (i32,)| {
        Box::new(async move {
            let (mut memory, state) = enter(&mut guest)?;
            let errno = p1::fd_close(&mut state.wasi, &mut memory, fd).await?;
            if errno == SUCCESS {
                state.quota.closed(fd);
            }
            Ok(errno)
        })
    })?;
    linker.func_wrap_async(MODULE, "fd_renumber", |mut guest: Guest<'_>, (from, to): (i32, i32)| {
        Box::new(async move {
            let (mut memory, state) = enter(&mut guest)?;
            let errno = p1::fd_renumber(&mut state.wasi, &mut memory, from, to).await?;
            if errno == SUCCESS && from != to {
                state.quota.renumbered(from, to);
            }
            Ok(errno)
        })
    })?;
    linker.func_wrap(MODULE, "fd_fdstat_set_flags", |mut guest: Guest<'_>, fd: i32, flags: i32| -> Result<i32> {
        let (mut memory, state) = enter(&mut guest)?;
        let errno = p1::fd_fdstat_set_flags(&mut state.wasi, &mut memory, fd, flags)?;
        if errno == SUCCESS
            && let Some(file) = state.quota.file(fd)
        {
            file.append = flags & FDFLAGS_APPEND != 0;
        }
        Ok(errno)
    })?;
    Ok(())
}

/// The guest's memory and state, side by side, as every forwarded call wants them.
pub(super) fn enter<'a>(guest: &'a mut Guest<'_>) -> Result<(GuestMemory<'a>, &'a mut GuestState)> {
    let fuel = guest.as_context_mut().hostcall_fuel();
    let Some(Extern::Memory(memory)) = guest.get_export("memory") else {
        return Err(Error::msg("a WASI call needs an exported memory named memory"));
    };
    let (bytes, state) = memory.data_and_store_mut(guest);
    p1::WasiSnapshotPreview1::set_hostcall_fuel(&mut state.wasi, fuel);
    Ok((GuestMemory::Unshared(bytes), state))
}

fn read_u32(guest: &mut Guest<'_>, pointer: i32) -> Option<u32> {
    let Some(Extern::Memory(memory)) = guest.get_export("memory") else {
        return None;
    };
    let start = pointer.cast_unsigned() as usize;
    let bytes = memory.data(&*guest).get(start..start + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Length of the first buffer that is not empty: wasmtime-wasi writes one buffer a call. Zero for a list outside
/// memory, which the forwarded call then refuses.
fn first_length(guest: &mut Guest<'_>, iovs: i32, count: i32) -> u64 {
    for index in 0..count.cast_unsigned() {
        let Some(at) = index.checked_mul(8).and_then(|offset| iovs.cast_unsigned().checked_add(offset + 4)) else {
            return 0;
        };
        match read_u32(guest, at.cast_signed()) {
            Some(0) => {}
            Some(length) => return u64::from(length),
            None => return 0,
        }
    }
    0
}

/// Reserves what a write of `length` bytes at `position` adds to a file at most.
async fn reserve_write(guest: &mut Guest<'_>, fd: i32, position: u64, length: u64) -> Result<()> {
    let Some(file) = guest.data_mut().quota.file(fd).copied() else {
        return Ok(());
    };
    let bytes = |known_length: u64| match file.append {
        true => Contents::bytes(length),
        false => Contents::bytes(position.saturating_add(length).saturating_sub(known_length)),
    };
    if guest.data().quota.account.reserve_unmeasured(bytes(file.known_length)) {
        return Ok(());
    }
    let known_length = file_length(guest, fd).await?;
    if let Some(file) = guest.data_mut().quota.file(fd) {
        file.known_length = known_length;
    }
    reserve(guest, bytes(known_length)).await
}

/// Remembers how long the file now is at least.
fn wrote(guest: &mut Guest<'_>, errno: i32, fd: i32, position: u64, written: i32) {
    let written = read_u32(guest, written);
    if errno == SUCCESS
        && let Some(written) = written
        && let Some(file) = guest.data_mut().quota.file(fd)
        && !file.append
    {
        file.known_length = file.known_length.max(position.saturating_add(u64::from(written)));
    }
}

/// Ends the guest with WORKSPACE_FULL if there is no room for `more`.
async fn reserve(guest: &mut Guest<'_>, more: Contents) -> Result<()> {
    if guest.data().quota.account.reserve_unmeasured(more) {
        return Ok(());
    }
    let mut unlinked = 0u64;
    for fd in guest.data().quota.descriptors() {
        let (mut memory, state) = enter(guest)?;
        let fd = types::Fd::from(fd);
        if let Ok(stat) = p1::WasiSnapshotPreview1::fd_filestat_get(&mut state.wasi, &mut memory, fd).await
            && stat.nlink == 0
        {
            unlinked = unlinked.saturating_add(stat.size);
        }
    }
    let account = guest.data().quota.account.clone();
    account.reserve_beside(more, unlinked).await.map_err(Error::new)
}

async fn file_length(guest: &mut Guest<'_>, fd: i32) -> Result<u64> {
    let (mut memory, state) = enter(guest)?;
    let stat = p1::WasiSnapshotPreview1::fd_filestat_get(&mut state.wasi, &mut memory, types::Fd::from(fd)).await;
    Ok(stat.map_or(0, |stat| stat.size))
}
