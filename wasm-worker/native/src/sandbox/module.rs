//! From bytes to something that can be instantiated: what is accepted, and what is not.

use super::component;
use super::config::SandboxConfig;
use super::guest::GuestState;
use super::outcome::{Failure, OutcomeCode};
use super::wasi;
use crate::compile::Artifact;
use wasmparser::{Encoding, Parser, Payload};
use wasmtime::component::Component;
use wasmtime::{Engine, Error, ExternType, InstancePre, Linker, Module, ValType};

/// Memories, or tables, that one module may have. All of them count towards the task's limit together.
pub const MAX_PER_MODULE: u32 = 16;

/// The same for all modules of a component together.
pub const MAX_PER_COMPONENT: u32 = 32;

const WASM_PAGE_BYTES: u64 = 64 << 10;

/// What a module exports decides how it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Exports `memory`, `alloc` and `run`; `initialize` says whether it also exports `_initialize`.
    MemoryDelivery { initialize: bool },
    /// Exports `_start`.
    Command,
    /// A component that exports `wasi:cli/run`.
    ComponentCommand,
    /// A component that exports `netbase:agent/task`.
    ComponentTask,
}

/// All that guests may import.
pub struct Linkers {
    core: Linker<GuestState>,
    component: wasmtime::component::Linker<GuestState>,
}

impl Linkers {
    pub fn new(engine: &Engine) -> Result<Self, Error> {
        Ok(Self { core: wasi::linker(engine)?, component: component::linker(engine)? })
    }
}

/// What is instantiated.
pub(super) enum Code {
    Core(InstancePre<GuestState>),
    Component(component::Entry),
}

/// A compiled module, linked to what the sandbox provides.
pub struct Prepared {
    pub(super) kind: Kind,
    pub(super) code: Code,
    /// Slots of the sandbox that an instance takes: pools hold as many memories and tables as slots.
    pub(super) slots: u32,
    /// Size of the machine code, in bytes.
    pub code_bytes: u64,
    /// Whether it can tell if it has a workspace or a package version: a module without these imports needs neither.
    pub sees_files: bool,
}

/// Compiles and links, in this process and without a bound: for modules that are trusted as far as that goes.
pub fn prepare(engine: &Engine, linkers: &Linkers, config: &SandboxConfig, bytes: &[u8]) -> Result<Prepared, Failure> {
    let refused = |error: Error| invalid(format!("{error:#}"));
    match check_shape(config, bytes)? {
        Encoding::Module => link(&linkers.core, &Module::from_binary(engine, bytes).map_err(refused)?),
        Encoding::Component => {
            component::prepare(&linkers.component, &Component::from_binary(engine, bytes).map_err(refused)?)
        }
    }
}

/// Compiles only: what the compiler's process does.
pub fn precompile(engine: &Engine, config: &SandboxConfig, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let code = match check_shape(config, bytes)? {
        Encoding::Module => engine.precompile_module(bytes),
        Encoding::Component => engine.precompile_component(bytes),
    };
    code.map_err(|error| invalid(format!("{error:#}")))
}

/// Loads and links what [`precompile`] made.
pub fn load(engine: &Engine, linkers: &Linkers, code: &Artifact) -> Result<Prepared, Failure> {
    if code.is_component() {
        return component::prepare(&linkers.component, &code.component(engine).map_err(|error| unloadable(&error))?);
    }
    link(&linkers.core, &code.module(engine).map_err(|error| unloadable(&error))?)
}

/// Code that does not fit into the pools is the module's fault, which only loading finds; anything else is ours.
fn unloadable(error: &Error) -> Failure {
    let message = format!("{error:#}");
    match message.contains("pooling allocator") {
        true => invalid(message),
        false => Failure::new(OutcomeCode::HostError, format!("compiled code cannot be loaded: {message}")),
    }
}

/// Links a compiled core module.
fn link(linker: &Linker<GuestState>, module: &Module) -> Result<Prepared, Failure> {
    let pre = linker.instantiate_pre(module).map_err(|error| invalid(format!("{error:#}")))?;
    let needs = module.resources_required();
    let sees_files = module
        .imports()
        .any(|import| import.name().starts_with("path_") || matches!(import.name(), "fd_prestat_get" | "fd_readdir"));
    let code = module.image_range();
    Ok(Prepared {
        kind: kind_of(module)?,
        code: Code::Core(pre),
        sees_files,
        slots: needs.num_memories.max(needs.num_tables).max(1),
        code_bytes: (code.end as usize - code.start as usize) as u64,
    })
}

pub(super) fn invalid(message: impl AsRef<str>) -> Failure {
    Failure::new(OutcomeCode::InvalidModule, message)
}

/// Refuses, with the right code, what would not fit into the pools even before it is compiled.
fn check_shape(config: &SandboxConfig, bytes: &[u8]) -> Result<Encoding, Failure> {
    if !bytes.starts_with(b"\0asm") {
        return Err(invalid("not a WebAssembly binary"));
    }
    let mut whole = None;
    let (mut memory_bytes, mut memories, mut elements, mut tables) = (0u64, 0u32, 0u64, 0u32);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| invalid(error.to_string()))? {
            // A component's own comes first, those of the modules inside follow.
            Payload::Version { encoding, .. } => {
                whole.get_or_insert(encoding);
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
    let encoding = whole.unwrap_or(Encoding::Module);
    if encoding == Encoding::Module && (memories > MAX_PER_MODULE || tables > MAX_PER_MODULE) {
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
    Ok(encoding)
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
