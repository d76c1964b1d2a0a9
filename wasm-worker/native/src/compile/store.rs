//! Machine code on disk, in a private folder: authenticated, so that nobody who can write there but cannot read the
//! key gets code loaded; bounded by bytes, what was not used for longest goes first.
//!
//! An entry is named by its module's checksum and the engine's fingerprint, and consists of a mark, an HMAC-SHA-256
//! over all that follows, the checksum, the fingerprint, the length of the code, and the code.

use super::artifact::Artifact;
use super::key::{Key, read_or_make};
use rustix::fs::{FlockOperation, flock};
use sha2::Sha256;
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const MARK: [u8; 8] = *b"NBCODE1\n";
const MAC_BYTES: usize = 32;
const HEADER_BYTES: usize = MARK.len() + MAC_BYTES + 32 + 32 + 8;
const SUFFIX: &str = "code";
const UNFINISHED: &str = "unfinished";

/// Files that processes lock while they compile: a module's is chosen by its checksum.
const LOCKS: u8 = 64;

/// After this, an unfinished file is a dead process's.
const FORGOTTEN: Duration = Duration::from_secs(3_600);

/// SHA-256 of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checksum([u8; 32]);

impl Checksum {
    pub fn of(module: &[u8]) -> Self {
        Self(<Sha256 as sha2::Digest>::digest(module).into())
    }

    /// None unless it is 64 digits of lower-case hex.
    pub fn parse(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Where code is kept, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// Made if it is not there; nobody else may enter it.
    pub folder: PathBuf,
    /// Made if it is not there, readable by its owner only.
    pub key_file: PathBuf,
    pub max_bytes: u64,
}

/// What a look into the store gave.
pub enum Found {
    Code(Artifact),
    Nothing,
    /// An entry that is not what this machine wrote; it is gone now.
    Tampered(&'static str),
}

/// The right to compile a module on this machine.
pub struct Lock(#[expect(dead_code, reason = "closing the file is what unlocks")] File);

pub struct Store {
    folder: PathBuf,
    key: Key,
    max_bytes: u64,
    max_code_bytes: u64,
    fingerprint: [u8; 32],
}

impl Store {
    pub fn open(settings: &StoreSettings, max_code_bytes: u64, fingerprint: [u8; 32]) -> io::Result<Self> {
        let StoreSettings { folder, key_file, max_bytes } = settings;
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if !std::fs::symlink_metadata(folder)?.is_dir() {
            return Err(io::Error::other(format!("{} is no folder", folder.display())));
        }
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        let store = Self {
            folder: folder.clone(),
            key: Key::new(&read_or_make(key_file)?),
            max_bytes: *max_bytes,
            max_code_bytes,
            fingerprint,
        };
        store.sweep()?;
        Ok(store)
    }

    /// Blocks on the disk. An entry that cannot be read is none.
    pub fn load(&self, checksum: &Checksum) -> Found {
        let path = self.path(checksum);
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(&path);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Found::Nothing,
            Err(_) => return self.discard(&path, "it cannot be opened"),
        };
        match self.read(&file, checksum) {
            Ok(Ok(artifact)) => {
                // What was used last is evicted last; if that cannot be told, it is evicted early.
                let _ = file.set_modified(SystemTime::now());
                Found::Code(artifact)
            }
            Ok(Err(reason)) => self.discard(&path, reason),
            Err(_) => self.discard(&path, "it cannot be read"),
        }
    }

    fn read(&self, mut file: &File, checksum: &Checksum) -> io::Result<Result<Artifact, &'static str>> {
        let about = file.metadata()?;
        if !about.is_file() || about.len() > self.max_code_bytes.saturating_add(HEADER_BYTES as u64) {
            return Ok(Err("it is no file that was written here"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
        file.read_to_end(&mut bytes)?;
        if bytes.len() < HEADER_BYTES || bytes[..MARK.len()] != MARK {
            return Ok(Err("it has no header"));
        }
        let (mac, signed) = bytes[MARK.len()..].split_at(MAC_BYTES);
        if !self.key.verifies(mac, &[signed]) {
            return Ok(Err("its HMAC is wrong"));
        }
        let code_bytes = (bytes.len() - HEADER_BYTES) as u64;
        if signed[..72] != self.identity(checksum, code_bytes) {
            return Ok(Err("it is another entry's"));
        }
        bytes.drain(..HEADER_BYTES);
        Ok(Ok(Artifact::of_our_compiler(bytes)))
    }

    fn discard(&self, path: &Path, reason: &'static str) -> Found {
        // A folder in an entry's place stays; it is told every time, and costs a compilation each.
        let _ = std::fs::remove_file(path);
        Found::Tampered(reason)
    }

    /// Keeps code, and answers how many entries had to go for it. Code larger than the store is not kept.
    pub fn save(&self, checksum: &Checksum, artifact: &Artifact) -> io::Result<u64> {
        let code = artifact.bytes();
        let size = code.len() as u64 + HEADER_BYTES as u64;
        if size > self.max_bytes {
            return Ok(0);
        }
        let identity = self.identity(checksum, code.len() as u64);
        let mac = self.key.sign(&[&identity, code]);
        let path = self.path(checksum);
        let unfinished = path.with_extension(format!("{}.{UNFINISHED}", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&unfinished)
            .and_then(|mut file| {
                for part in [&MARK[..], &mac, &identity, code] {
                    file.write_all(part)?;
                }
                Ok(())
            });
        let evicted = written.and_then(|()| self.make_room(size));
        // No fsync: what a crash leaves half written is not believed.
        let saved = evicted.and_then(|evicted| std::fs::rename(&unfinished, &path).map(|()| evicted));
        if saved.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        saved
    }

    /// The right to compile, unless another process has it.
    pub fn try_lock(&self, checksum: &Checksum) -> io::Result<Option<Lock>> {
        let file = self.lock_file(&format!("{:02}", checksum.0[0] % LOCKS))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn lock_file(&self, name: &str) -> io::Result<File> {
        let path = self.folder.join(format!("{name}.lock"));
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
    }

    /// One process at a time, or two would each make room for both.
    fn make_room(&self, size: u64) -> io::Result<u64> {
        let lock = self.lock_file("evict")?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let mut entries = self.entries()?;
        entries.sort_by_key(|entry| entry.used);
        let mut total = entries.iter().map(|entry| entry.bytes).sum::<u64>();
        let mut evicted = 0;
        for entry in entries {
            if total.saturating_add(size) <= self.max_bytes {
                break;
            }
            remove(&entry.path)?;
            total -= entry.bytes;
            evicted += 1;
        }
        Ok(evicted)
    }

    /// Deletes what processes that died left half written.
    fn sweep(&self) -> io::Result<()> {
        for file in std::fs::read_dir(&self.folder)? {
            let path = file?.path();
            if path.extension() == Some(OsStr::new(UNFINISHED))
                && let Ok(about) = std::fs::symlink_metadata(&path)
                && about.modified()?.elapsed().is_ok_and(|age| age > FORGOTTEN)
            {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for file in std::fs::read_dir(&self.folder)? {
            let path = file?.path();
            if path.extension() != Some(OsStr::new(SUFFIX)) {
                continue;
            }
            match std::fs::symlink_metadata(&path) {
                Ok(about) => entries.push(Entry { path, bytes: about.size(), used: about.modified()? }),
                // Another process evicted it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    fn path(&self, checksum: &Checksum) -> PathBuf {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.folder.join(format!("{}-{}.{SUFFIX}", hex(&checksum.0), hex(&self.fingerprint[..8])))
    }

    fn identity(&self, checksum: &Checksum, code_bytes: u64) -> [u8; 72] {
        let mut identity = [0; 72];
        identity[..32].copy_from_slice(&checksum.0);
        identity[32..64].copy_from_slice(&self.fingerprint);
        identity[64..].copy_from_slice(&code_bytes.to_le_bytes());
        identity
    }
}

struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
