//! The record of settings for compiling, written by `CompileOptions` in Java, and the compiler's program.
//!
//! Five numbers (64 bits each): time in ms, memory, code and store in bytes, niceness; then the folder of the store and
//! the file of its key as strings, both empty for no store.

use super::options::Reader;
use crate::compile::{CompileLimits, CompileSettings, Program, StoreSettings};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Open from when the library was loaded: its file may be gone by the time that it is used.
static PROGRAM: RwLock<Option<Arc<Program>>> = RwLock::new(None);

pub fn use_program(path: &Path) -> std::io::Result<()> {
    let program = Arc::new(Program::open(path)?);
    *PROGRAM.write().unwrap_or_else(PoisonError::into_inner) = Some(program);
    Ok(())
}

/// None if the record is not one, or there is no program yet.
pub fn decode(bytes: &[u8]) -> Option<CompileSettings> {
    let program = PROGRAM.read().unwrap_or_else(PoisonError::into_inner).clone()?;
    let mut reader = Reader(bytes);
    let time = Duration::from_millis(reader.long()?);
    let (memory_bytes, code_bytes, max_bytes) = (reader.long()?, reader.long()?, reader.long()?);
    let nice = u32::try_from(reader.long()?).ok()?;
    let (folder, key_file) = (reader.string()?, reader.string()?);
    let store = StoreSettings { folder: folder.into(), key_file: key_file.into(), max_bytes };
    let settings = CompileSettings {
        program,
        limits: CompileLimits { time, memory_bytes, code_bytes, nice },
        store: (!store.folder.as_os_str().is_empty()).then_some(store),
    };
    reader.0.is_empty().then_some(settings)
}
