//! Starts the compiler's process, talks to it, watches it, and says what became of it.

use super::artifact::Artifact;
use super::child::{EXIT_NOT_CONFINED, EXIT_OUT_OF_MEMORY, Orders};
use super::wire::{HEADER_BYTES, Header, request_header};
use crate::sandbox::{Failure, OutcomeCode, SandboxConfig};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a process that says nothing is looked at: it may have to be stopped.
const LOOK: Duration = Duration::from_millis(100);

/// How long a process whose answer is not whole may take to end by itself, and so to tell why.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Bounds of one compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Wall clock, from the process's start to its answer; processor time is bounded by as much.
    pub time: Duration,
    /// Address space of the process.
    pub memory_bytes: u64,
    /// Serialized machine code.
    pub code_bytes: u64,
    /// How much the process steps back behind guests, 0 to 19.
    pub nice: u32,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(300), memory_bytes: 4 << 30, code_bytes: 512 << 20, nice: 5 }
    }
}

/// The compiler's program, open, so that it can be run even when its file has been deleted.
#[derive(Debug)]
pub struct Program(File);

impl Program {
    /// Opens the program `netbase-compile`.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(File::open(path)?))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(format!("/proc/self/fd/{}", self.0.as_raw_fd()));
        command.arg0("netbase-compile").env_clear();
        command
    }
}

/// Compiles modules, each in a process of its own.
pub struct Compiler {
    program: Arc<Program>,
    limits: CompileLimits,
    orders: Orders,
    fingerprint: [u8; 32],
}

impl Compiler {
    /// `fingerprint` is that of the engine which is to run the code.
    pub fn new(program: Arc<Program>, limits: CompileLimits, config: &SandboxConfig, fingerprint: [u8; 32]) -> Self {
        let orders = Orders {
            memory_bytes: limits.memory_bytes,
            cpu_seconds: limits.time.as_secs() + 1,
            nice: limits.nice.into(),
            code_bytes: limits.code_bytes,
            max_memory_bytes: config.max_memory_bytes,
            max_table_elements: config.max_table_elements,
        };
        Self { program, limits, orders, fingerprint }
    }

    pub fn limits(&self) -> &CompileLimits {
        &self.limits
    }

    /// Blocks until there is code, or a reason why there is none. `stopped` is asked now and then.
    pub fn compile(&self, module: &[u8], stopped: impl Fn() -> bool) -> Result<Artifact, Failure> {
        let mut process = self.program.command();
        process.args(self.orders.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = process.spawn().map_err(|error| host(format!("the compiler cannot be started: {error}")))?;
        let exchange = Exchange {
            module,
            deadline: Instant::now() + self.limits.time,
            // Messages are shorter than any code limit that makes sense.
            max_bytes: HEADER_BYTES as u64 + self.limits.code_bytes.max(64 << 10),
        };
        let answer = exchange.perform(&mut process, stopped);
        let whole = matches!(&answer, Ok(answer) if is_whole(answer));
        let status = end(&mut process, if whole { Duration::ZERO } else { LAST_WORDS });
        let answer = answer.map_err(|stop| self.stopped(&stop))?;
        if whole { self.judge(answer) } else { Err(self.failed(status)) }
    }

    fn judge(&self, mut answer: Vec<u8>) -> Result<Artifact, Failure> {
        let header = Header::decode(&answer).ok_or_else(|| host("the compiler's answer cannot be read"))?;
        if header.fingerprint != self.fingerprint {
            return Err(host("netbase-compile is of another version than the sandbox's library"));
        }
        answer.drain(..HEADER_BYTES);
        match OutcomeCode::from_number(header.outcome) {
            Some(OutcomeCode::Completed) => Ok(Artifact::of_our_compiler(answer)),
            Some(code) => Err(Failure::new(code, String::from_utf8_lossy(&answer))),
            None => Err(host("the compiler's answer has an unknown outcome")),
        }
    }

    fn stopped(&self, stop: &Stop) -> Failure {
        match stop {
            Stop::Deadline => self.too_slow(),
            Stop::Asked => Failure::new(OutcomeCode::Cancelled, "the sandbox was closed"),
            Stop::TooMuch => host("the compiler's answer is longer than it may be"),
            Stop::Broken(error) => host(format!("the compiler cannot be talked to: {error}")),
        }
    }

    /// What an exit without a whole answer means: a module's own fault is INVALID_MODULE, and will be tomorrow.
    fn failed(&self, status: io::Result<ExitStatus>) -> Failure {
        let status = match status {
            Ok(status) => status,
            Err(error) => return host(format!("the compiler's end cannot be told: {error}")),
        };
        let signal = status.signal();
        match (status.code(), signal) {
            (Some(EXIT_OUT_OF_MEMORY), _) => {
                invalid(format!("compiling it needs more than {} bytes of memory", self.limits.memory_bytes))
            }
            (Some(EXIT_NOT_CONFINED), _) => host("the compiler cannot be confined here: it needs seccomp"),
            (_, Some(libc::SIGXCPU)) => self.too_slow(),
            (_, Some(libc::SIGSEGV | libc::SIGABRT | libc::SIGBUS | libc::SIGILL | libc::SIGFPE)) => {
                invalid(format!("the compiler failed on it: {status}"))
            }
            // By the kernel or by an operator: another time it may work.
            _ => host(format!("the compiler was ended: {status}")),
        }
    }

    fn too_slow(&self) -> Failure {
        invalid(format!("compiling it takes more than {} s", self.limits.time.as_secs_f64()))
    }
}

fn invalid(message: impl AsRef<str>) -> Failure {
    Failure::new(OutcomeCode::InvalidModule, message)
}

fn host(message: impl AsRef<str>) -> Failure {
    Failure::new(OutcomeCode::HostError, message)
}

fn is_whole(answer: &[u8]) -> bool {
    Header::decode(answer).is_some_and(|header| (answer.len() - HEADER_BYTES) as u64 == header.length)
}

/// Reaps the process, killed unless it ends within `patience`.
fn end(process: &mut Child, patience: Duration) -> io::Result<ExitStatus> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    process.kill()?;
    process.wait()
}

/// Why the talk with a process was broken off.
enum Stop {
    Deadline,
    Asked,
    TooMuch,
    Broken(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// One request and its answer, over pipes that never block.
struct Exchange<'a> {
    module: &'a [u8],
    deadline: Instant,
    max_bytes: u64,
}

impl Exchange<'_> {
    /// The answer, whole or up to where the process closed its end.
    fn perform(&self, process: &mut Child, stopped: impl Fn() -> bool) -> Result<Vec<u8>, Stop> {
        let (Some(input), Some(mut output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Stop::Broken(io::Error::other("no pipes")));
        };
        rustix::io::ioctl_fionbio(&input, true).map_err(io::Error::from)?;
        rustix::io::ioctl_fionbio(&output, true).map_err(io::Error::from)?;
        let header = request_header(self.module);
        let mut request = Sending { input: Some(input), parts: [&header, self.module] };
        let mut answer = Vec::new();
        loop {
            self.wait(&request, &output)?;
            request.go_on();
            if read_some(&mut output, &mut answer)? || is_whole(&answer) {
                return Ok(answer);
            }
            if answer.len() as u64 > self.max_bytes {
                return Err(Stop::TooMuch);
            }
            if Instant::now() >= self.deadline {
                return Err(Stop::Deadline);
            }
            if stopped() {
                return Err(Stop::Asked);
            }
        }
    }

    fn wait(&self, request: &Sending<'_>, output: &ChildStdout) -> Result<(), Stop> {
        let patience = self.deadline.saturating_duration_since(Instant::now()).min(LOOK);
        let patience = Timespec::try_from(patience).map_err(|_| io::Error::other("no time"))?;
        let mut pipes = vec![PollFd::from_borrowed_fd(output.as_fd(), PollFlags::IN)];
        if let Some(input) = &request.input {
            pipes.push(PollFd::from_borrowed_fd(input.as_fd(), PollFlags::OUT));
        }
        match poll(&mut pipes, Some(&patience)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(Stop::Broken(error.into())),
        }
    }
}

/// The part of a request that is not sent yet; the pipe closes after the last byte.
struct Sending<'a> {
    input: Option<ChildStdin>,
    parts: [&'a [u8]; 2],
}

impl Sending<'_> {
    /// Sends what fits. A process that reads no more says why by its end, so that an error here says nothing new.
    fn go_on(&mut self) {
        let Some(input) = &mut self.input else {
            return;
        };
        for part in &mut self.parts {
            while !part.is_empty() {
                match input.write(part) {
                    Ok(written) => *part = &part[written..],
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => {
                        self.input = None;
                        return;
                    }
                }
            }
        }
        self.input = None;
    }
}

/// Reads what is there; true at the end.
fn read_some(output: &mut ChildStdout, answer: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 64 << 10];
    match output.read(&mut buffer) {
        Ok(0) => Ok(true),
        Ok(length) => {
            if answer.is_empty()
                && let Some(header) = Header::decode(&buffer[..length])
            {
                answer.reserve_exact(HEADER_BYTES + usize::try_from(header.length.min(64 << 20)).unwrap_or(0));
            }
            answer.extend_from_slice(&buffer[..length]);
            Ok(false)
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(false),
        Err(error) => Err(error),
    }
}
