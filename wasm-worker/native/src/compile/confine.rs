//! What the compiler's process gives up before it reads anything that a stranger wrote.

use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io;

/// Bounds that hold from now on and cannot be widened.
#[derive(Clone, Copy, Debug)]
pub struct Confinement {
    pub memory_bytes: u64,
    pub cpu_seconds: u64,
    pub nice: u64,
}

/// Lets go of what was inherited, and sets every limit that the kernel holds.
pub fn give_up(confinement: &Confinement) -> io::Result<()> {
    // The worker's sockets and files: not all of a JVM's are closed on exec.
    // SAFETY: nothing has been opened yet, so no file of ours is closed behind its owner's back.
    if unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, 0u32) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // When the worker's thread that waits for us is gone, so are we.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::process::chdir("/")?;
    let nice = i32::try_from(confinement.nice.min(19)).unwrap_or(19);
    rustix::process::setpriority_process(None, nice)?;
    // If the machine runs out of memory, this process goes first. Where /proc is not writable, that is all right.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let limits = [
        (Resource::As, confinement.memory_bytes),
        (Resource::Cpu, confinement.cpu_seconds),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
    ];
    for (resource, limit) in limits {
        let maximum = rustix::process::getrlimit(resource).maximum.map_or(limit, |maximum| maximum.min(limit));
        rustix::process::setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// System calls that computing, memory, the two pipes and ending need. Any other answers EPERM.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

/// No files, no network, no processes from here on: a filter that the kernel applies to every system call.
pub fn seal() -> io::Result<()> {
    // SAFETY: sets a flag of this thread's and touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut filter = program();
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the pointer is to a whole program that lives until the call returns; the kernel copies and checks it.
    let result =
        unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER as libc::c_ulong, &raw const program) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Classic BPF over `struct seccomp_data`, whose first word is the call's number and second the architecture.
fn program() -> Vec<libc::sock_filter> {
    const LOAD_WORD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const JUMP_IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let allow_after = ALLOWED.len() as u8;
    let mut steps = vec![
        step(LOAD_WORD, 0, 0, 4),
        step(JUMP_IF_EQUAL, 1, 0, ARCHITECTURE),
        step(RETURN, 0, 0, libc::SECCOMP_RET_KILL_PROCESS),
        step(LOAD_WORD, 0, 0, 0),
    ];
    for (index, number) in ALLOWED.iter().enumerate() {
        steps.push(step(JUMP_IF_EQUAL, allow_after - index as u8, 0, *number as u32));
    }
    steps.push(step(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32));
    steps.push(step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
    steps
}

/// The system's allocator, but where it has nothing left the process ends with its own exit code, so that the worker
/// can tell that from a bug.
pub struct EndingWhenOutOfMemory;

fn or_end(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() {
        // SAFETY: ends the process at once; nothing of it is left that could be in a wrong state.
        unsafe { libc::_exit(super::child::EXIT_OUT_OF_MEMORY) }
    }
    pointer
}

// SAFETY: every call goes to the system's allocator unchanged; only a null answer never returns.
unsafe impl GlobalAlloc for EndingWhenOutOfMemory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        or_end(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        or_end(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        or_end(unsafe { System.realloc(pointer, layout, size) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) };
    }
}
