//! What the compiler's process does: give up what it does not need, read one module, answer, end.

pub use super::confine::EndingWhenOutOfMemory;
use super::confine::{Confinement, give_up, seal};
use super::wire::{Header, read_request, write_answer};
use crate::sandbox::{Failure, OutcomeCode, SandboxConfig, code_settings, fingerprint, precompile};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime::Engine;

/// How the process ends when it cannot even begin.
pub const EXIT_USAGE: i32 = 2;
/// How it ends when it is out of memory, at once and from wherever it is.
pub const EXIT_OUT_OF_MEMORY: i32 = 70;
/// How it ends when it cannot be confined.
pub const EXIT_NOT_CONFINED: i32 = 71;
/// How it ends when a pipe broke.
pub const EXIT_PIPE: i32 = 74;

/// What the process is told on its command line: numbers, in the order of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// Address space, all of it together.
    pub memory_bytes: u64,
    /// Processor time.
    pub cpu_seconds: u64,
    /// How much the process steps back behind others, 0 to 19.
    pub nice: u64,
    /// Largest answer.
    pub code_bytes: u64,
    /// See [`SandboxConfig`].
    pub max_memory_bytes: u64,
    /// See [`SandboxConfig`].
    pub max_table_elements: u64,
}

impl Orders {
    pub fn arguments(&self) -> [String; 6] {
        [
            self.memory_bytes,
            self.cpu_seconds,
            self.nice,
            self.code_bytes,
            self.max_memory_bytes,
            self.max_table_elements,
        ]
        .map(|number| number.to_string())
    }

    /// None unless there are exactly as many numbers as fields.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let numbers = arguments.map(|argument| argument.parse().ok()).collect::<Option<Vec<u64>>>()?;
        let [memory_bytes, cpu_seconds, nice, code_bytes, max_memory_bytes, max_table_elements] = numbers[..] else {
            return None;
        };
        Some(Self { memory_bytes, cpu_seconds, nice, code_bytes, max_memory_bytes, max_table_elements })
    }
}

/// The whole life of the process; answers its exit code.
pub fn run(arguments: impl Iterator<Item = String>) -> i32 {
    let Some(orders) = Orders::parse(arguments) else {
        eprintln!("netbase-compile belongs to the worker, which tells it six numbers and gives it a module on stdin");
        return EXIT_USAGE;
    };
    // A panic is an answer; its message would go nowhere.
    std::panic::set_hook(Box::new(|_| {}));
    let confinement =
        Confinement { memory_bytes: orders.memory_bytes, cpu_seconds: orders.cpu_seconds, nice: orders.nice };
    if give_up(&confinement).is_err() {
        return EXIT_NOT_CONFINED;
    }
    let Ok(engine) = Engine::new(&code_settings()) else {
        return EXIT_USAGE;
    };
    if seal().is_err() {
        return EXIT_NOT_CONFINED;
    }
    match answer(&engine, &orders) {
        Ok(()) => 0,
        Err(_) => EXIT_PIPE,
    }
}

fn answer(engine: &Engine, orders: &Orders) -> io::Result<()> {
    let Some(module) = read_request(&mut io::stdin().lock())? else {
        return Ok(());
    };
    let result = compile(engine, orders, &module);
    let (outcome, payload) = match &result {
        Ok(code) => (OutcomeCode::Completed, code.as_slice()),
        Err(failure) => (failure.code, failure.message.as_bytes()),
    };
    let header = Header { outcome: outcome.number(), fingerprint: fingerprint(engine), length: payload.len() as u64 };
    write_answer(&mut io::stdout().lock(), &header, payload)
}

fn compile(engine: &Engine, orders: &Orders, module: &[u8]) -> Result<Vec<u8>, Failure> {
    let config = SandboxConfig {
        max_memory_bytes: orders.max_memory_bytes,
        max_table_elements: orders.max_table_elements,
        ..SandboxConfig::default()
    };
    let compiled = catch_unwind(AssertUnwindSafe(|| precompile(engine, &config, module)));
    let code = compiled.unwrap_or_else(|_| {
        Err(Failure::new(OutcomeCode::InvalidModule, "the compiler failed on this module: it panicked"))
    })?;
    if code.len() as u64 > orders.code_bytes {
        let message = format!("{} bytes of machine code are over the limit of {}", code.len(), orders.code_bytes);
        return Err(Failure::new(OutcomeCode::InvalidModule, message));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_survive_the_command_line() {
        let orders = Orders {
            memory_bytes: 1 << 32,
            cpu_seconds: 300,
            nice: 5,
            code_bytes: 7,
            max_memory_bytes: 8,
            max_table_elements: 9,
        };

        assert_eq!(Orders::parse(orders.arguments().into_iter()), Some(orders));
    }

    #[test]
    fn other_arguments_are_no_orders() {
        for wrong in [&["1"][..], &["1", "2", "3", "4", "5", "x"], &["1", "2", "3", "4", "5", "6", "7"]] {
            assert_eq!(Orders::parse(wrong.iter().map(|text| (*text).to_owned())), None);
        }
    }
}
