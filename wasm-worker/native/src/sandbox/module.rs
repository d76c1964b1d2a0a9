//! From bytes to something that can be instantiated: what is accepted, and what is not.

use super::config::SandboxConfig;
use super::guest::GuestState;
use super::outcome::{Failure, OutcomeCode};
use crate::compile::Artifact;
use wasmparser::{Encoding, Parser, Payload};
use wasmtime::{Engine, ExternType, InstancePre, Linker, Module, ValType};

/// Memories, or tables, that one module may have. All of them count towards the task's limit together.
pub const MAX_PER_MODULE: u32 = 16;

const WASM_PAGE_BYTES: u64 = 64 << 10;

/// What a module exports decides how it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Exports `memory`, `alloc` and `run`; `initialize` says whether it also exports `_initialize`.
    MemoryDelivery { initialize: bool },
    /// Exports `_start`.
    Command,
}

/// A compiled module, linked to what the sandbox provides.
pub struct Prepared {
    pub(super) kind: Kind,
    pub(super) pre: InstancePre<GuestState>,
    /// Slots of the sandbox that an instance takes: pools hold as many memories and tables as slots.
    pub(super) slots: u32,
    /// Size of the machine code, in bytes.
    pub code_bytes: u64,
    /// Whether it can tell if it has a workspace or a package version: a module without these imports needs neither.
    pub sees_files: bool,
}

/// Compiles and links, in this process and without a bound: for modules that are trusted as far as that goes.
pub fn prepare(
    engine: &Engine,
    linker: &Linker<GuestState>,
    config: &SandboxConfig,
    bytes: &[u8],
) -> Result<Prepared, Failure> {
    check_shape(config, bytes)?;
    link(linker, &Module::from_binary(engine, bytes).map_err(|error| invalid(format!("{error:#}")))?)
}

/// Compiles only: what the compiler's process does.
pub fn precompile(engine: &Engine, config: &SandboxConfig, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    check_shape(config, bytes)?;
    engine.precompile_module(bytes).map_err(|error| invalid(format!("{error:#}")))
}

/// Loads and links what [`precompile`] made.
pub fn load(engine: &Engine, linker: &Linker<GuestState>, code: &Artifact) -> Result<Prepared, Failure> {
    let module = code.module(engine);
    let host = |error| Failure::new(OutcomeCode::HostError, format!("compiled code cannot be loaded: {error:#}"));
    link(linker, &module.map_err(host)?)
}

fn link(linker: &Linker<GuestState>, module: &Module) -> Result<Prepared, Failure> {
    let pre = linker.instantiate_pre(module).map_err(|error| invalid(format!("{error:#}")))?;
    let needs = module.resources_required();
    let sees_files = module
        .imports()
        .any(|import| import.name().starts_with("path_") || matches!(import.name(), "fd_prestat_get" | "fd_readdir"));
    let code = module.image_range();
    Ok(Prepared {
        kind: kind_of(module)?,
        pre,
        sees_files,
        slots: needs.num_memories.max(needs.num_tables).max(1),
        code_bytes: (code.end as usize - code.start as usize) as u64,
    })
}

fn invalid(message: impl AsRef<str>) -> Failure {
    Failure::new(OutcomeCode::InvalidModule, message)
}

/// Refuses, with the right code, what would not fit into the pools even before it is compiled.
fn check_shape(config: &SandboxConfig, bytes: &[u8]) -> Result<(), Failure> {
    if !bytes.starts_with(b"\0asm") {
        return Err(invalid("not a WebAssembly binary"));
    }
    let (mut memory_bytes, mut memories, mut elements, mut tables) = (0u64, 0u32, 0u64, 0u32);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| invalid(error.to_string()))? {
            Payload::Version { encoding: Encoding::Component, .. } => {
                return Err(invalid("components are not supported"));
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory.map_err(|error| invalid(error.to_string()))?;
                    memories += 1;
                    memory_bytes = memory_bytes.saturating_add(memory.initial.saturating_mul(WASM_PAGE_BYTES));
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table.map_err(|error| invalid(error.to_string()))?;
                    tables += 1;
                    elements = elements.saturating_add(table.ty.initial);
                }
            }
            _ => {}
        }
    }
    if memories > MAX_PER_MODULE || tables > MAX_PER_MODULE {
        let message = format!("{memories} memories and {tables} tables; up to {MAX_PER_MODULE} of each may be defined");
        return Err(invalid(message));
    }
    if memory_bytes > config.max_memory_bytes {
        let message = format!("initial memory of {memory_bytes} bytes is over the cap of {}", config.max_memory_bytes);
        return Err(Failure::new(OutcomeCode::OutOfMemory, message));
    }
    if elements > config.max_table_elements {
        let message = format!("{elements} initial table elements are over the cap of {}", config.max_table_elements);
        return Err(Failure::new(OutcomeCode::TableLimit, message));
    }
    Ok(())
}

fn kind_of(module: &Module) -> Result<Kind, Failure> {
    let is_memory = |name| matches!(module.get_export(name), Some(ExternType::Memory(_)));
    if is_memory("memory")
        && has_function(module, "alloc", &[ValType::I32], &[ValType::I32])
        && has_function(module, "run", &[ValType::I32, ValType::I32], &[ValType::I64])
    {
        return Ok(Kind::MemoryDelivery { initialize: has_function(module, "_initialize", &[], &[]) });
    }
    if has_function(module, "_start", &[], &[]) {
        return Ok(Kind::Command);
    }
    Err(invalid(
        "exports neither memory, alloc(i32) -> i32 and run(i32, i32) -> i64, nor _start(): none of the kinds that can be run",
    ))
}

fn has_function(module: &Module, name: &str, params: &[ValType], results: &[ValType]) -> bool {
    let same = |found: &mut dyn ExactSizeIterator<Item = ValType>, wanted: &[ValType]| {
        found.len() == wanted.len() && found.zip(wanted).all(|(a, b)| ValType::eq(&a, b))
    };
    match module.get_export(name) {
        Some(ExternType::Func(function)) => {
            same(&mut function.params(), params) && same(&mut function.results(), results)
        }
        _ => false,
    }
}
