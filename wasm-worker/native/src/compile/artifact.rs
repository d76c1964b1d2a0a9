//! Machine code that may be loaded.

use wasmtime::component::Component;
use wasmtime::{Engine, Error, Module};

/// Serialized machine code from our own compiler, never from anywhere else: loading it is running it.
///
/// There are two ways to make one, both in this module's siblings: an answer over a pipe that only a process of the
/// compiler's, started by this one, has the other end of; and a file whose HMAC under this machine's key is right,
/// which was written from such an answer. What that process parses is hostile, so a bug in the compiler that lets a
/// module choose its machine code is as bad as it would be in this process. It is no worse: and what such a bug could
/// do besides (read files, keep memory, never end) it cannot.
pub struct Artifact(Vec<u8>);

impl Artifact {
    pub(super) fn of_our_compiler(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Loads a core module. An error if it was made by another version or under other settings.
    pub fn module(&self, engine: &Engine) -> Result<Module, Error> {
        // SAFETY: the bytes were made by `Engine::precompile_module` in our compiler's process; see the type.
        unsafe { Module::deserialize(engine, &self.0) }
    }

    /// Loads a component. An error if it was made by another version or under other settings.
    pub fn component(&self, engine: &Engine) -> Result<Component, Error> {
        // SAFETY: the bytes were made by `Engine::precompile_component` in our compiler's process; see the type.
        unsafe { Component::deserialize(engine, &self.0) }
    }

    /// Whether it is a component's.
    pub fn is_component(&self) -> bool {
        Engine::detect_precompiled(&self.0) == Some(wasmtime::Precompiled::Component)
    }
}
