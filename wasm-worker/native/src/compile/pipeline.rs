//! The order of things: what is on disk, else the lock of the machine, then the compiler, then onto the disk.

use super::artifact::Artifact;
use super::compiler::{CompileLimits, Compiler, Program};
use super::store::{Checksum, Found, Lock, Store, StoreSettings};
use crate::sandbox::{Failure, OutcomeCode, SandboxConfig};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// How often a lock that another process holds is tried.
const LOCK_RETRY: Duration = Duration::from_millis(20);

/// How modules are compiled, and where their code is kept.
#[derive(Clone, Debug)]
pub struct CompileSettings {
    pub program: Arc<Program>,
    pub limits: CompileLimits,
    /// None keeps nothing.
    pub store: Option<StoreSettings>,
}

/// Where code came from. The numbers cross into Java.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Origin {
    /// It was compiled.
    Compiled = 0,
    /// It was on disk.
    Stored = 1,
    /// It was compiled, because what was on disk had been tampered with.
    Replaced = 2,
}

/// What happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeStats {
    pub compiled: u64,
    pub refused: u64,
    pub stored_hits: u64,
    pub tampered: u64,
    pub evicted: u64,
    /// Code that could not be written to disk.
    pub not_saved: u64,
}

#[derive(Default)]
struct Counts {
    compiled: AtomicU64,
    refused: AtomicU64,
    stored_hits: AtomicU64,
    tampered: AtomicU64,
    evicted: AtomicU64,
    not_saved: AtomicU64,
}

/// Makes code of modules, or finds it.
pub struct Compilation {
    compiler: Compiler,
    store: Option<Store>,
    permits: Semaphore,
    closed: AtomicBool,
    counts: Counts,
}

impl Compilation {
    /// For an engine with this fingerprint. Fails if the folder of the store or its key cannot be used.
    pub fn new(settings: &CompileSettings, config: &SandboxConfig, fingerprint: [u8; 32]) -> io::Result<Self> {
        let store = settings.store.as_ref();
        Ok(Self {
            compiler: Compiler::new(settings.program.clone(), settings.limits, config, fingerprint),
            store: store.map(|store| Store::open(store, settings.limits.code_bytes, fingerprint)).transpose()?,
            permits: Semaphore::new(config.compilations.max(1)),
            closed: AtomicBool::new(false),
            counts: Counts::default(),
        })
    }

    /// The code of a module whose bytes have this checksum. To be called on a tokio runtime.
    pub async fn code(self: &Arc<Self>, module: Vec<u8>, checksum: Checksum) -> Result<(Artifact, Origin), Failure> {
        let mut origin = Origin::Compiled;
        if let Some(artifact) = self.stored(checksum, &mut origin).await? {
            return Ok((artifact, Origin::Stored));
        }
        let lock = self.lock(checksum).await?;
        // Another process may have been at it.
        if let Some(artifact) = self.stored(checksum, &mut origin).await? {
            return Ok((artifact, Origin::Stored));
        }
        let permit = self.permits.acquire().await.map_err(|error| abnormal(&error))?;
        let work = self.clone();
        let artifact = spawn_blocking(move || work.compile(&module, checksum)).await.map_err(|error| abnormal(&error));
        drop((permit, lock));
        Ok((artifact??, origin))
    }

    /// Ends the compilations under way.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub fn stats(&self) -> CodeStats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        CodeStats {
            compiled: read(&self.counts.compiled),
            refused: read(&self.counts.refused),
            stored_hits: read(&self.counts.stored_hits),
            tampered: read(&self.counts.tampered),
            evicted: read(&self.counts.evicted),
            not_saved: read(&self.counts.not_saved),
        }
    }

    async fn stored(self: &Arc<Self>, checksum: Checksum, origin: &mut Origin) -> Result<Option<Artifact>, Failure> {
        if self.store.is_none() {
            return Ok(None);
        }
        let work = self.clone();
        let found = spawn_blocking(move || work.store.as_ref().map(|store| store.load(&checksum)));
        match found.await.map_err(|error| abnormal(&error))? {
            Some(Found::Code(artifact)) => {
                count(&self.counts.stored_hits, 1);
                Ok(Some(artifact))
            }
            Some(Found::Tampered(reason)) => {
                count(&self.counts.tampered, 1);
                eprintln!("netbase-sandbox: compiled code on disk was not used and is compiled again: {reason}");
                *origin = Origin::Replaced;
                Ok(None)
            }
            Some(Found::Nothing) | None => Ok(None),
        }
    }

    /// Waits for other processes that compile the same module, as long as one of them may take: whoever waits longer
    /// compiles it too.
    async fn lock(&self, checksum: Checksum) -> Result<Option<Lock>, Failure> {
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let deadline = Instant::now() + self.compiler.limits().time;
        while Instant::now() < deadline && !self.closed.load(Ordering::SeqCst) {
            match store.try_lock(&checksum) {
                Ok(None) => tokio::time::sleep(LOCK_RETRY).await,
                Ok(lock) => return Ok(lock),
                Err(error) => {
                    eprintln!("netbase-sandbox: the folder of compiled code cannot be locked: {error}");
                    return Ok(None);
                }
            }
        }
        Ok(None)
    }

    fn compile(&self, module: &[u8], checksum: Checksum) -> Result<Artifact, Failure> {
        let compiled = self.compiler.compile(module, || self.closed.load(Ordering::SeqCst));
        let artifact = compiled.inspect_err(|_| count(&self.counts.refused, 1))?;
        count(&self.counts.compiled, 1);
        match self.store.as_ref().map(|store| store.save(&checksum, &artifact)) {
            Some(Ok(evicted)) => count(&self.counts.evicted, evicted),
            Some(Err(error)) => {
                count(&self.counts.not_saved, 1);
                eprintln!("netbase-sandbox: compiled code could not be kept on disk: {error}");
            }
            None => {}
        }
        Ok(artifact)
    }
}

fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn abnormal(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(OutcomeCode::HostError, format!("compiling ended abnormally: {error}"))
}
