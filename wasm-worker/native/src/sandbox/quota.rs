//! How much a guest may leave in its workspace.
//!
//! WASI knows no quota, so the calls that can grow files ([`super::wasi`]) reserve here what they may add at most.
//! The sum of reservations is an upper bound; only when it reaches the limit is the workspace measured, which resets
//! the sum to what is really there. So most writes cost no extra system call.

use super::config::TaskLimits;
use super::outcome::{Failure, OutcomeCode};
use std::collections::{HashMap, HashSet};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What is known of a file that the guest opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OpenFile {
    /// Writes go to the end, wherever the position is.
    pub append: bool,
    /// The file is at least this long.
    pub known_length: u64,
}

/// Contents of a workspace, or an upper bound of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub bytes: u64,
    pub entries: u64,
}

/// The account of one guest.
#[derive(Debug)]
pub struct Quota {
    workspace: Option<PathBuf>,
    limit: Contents,
    /// Nothing is known before the first reservation: the inputs are there already.
    reserved: Option<Contents>,
    open: HashMap<i32, OpenFile>,
    refused: Option<Failure>,
}

impl Quota {
    pub fn new(limits: &TaskLimits, workspace: Option<PathBuf>) -> Self {
        Self {
            workspace,
            limit: Contents { bytes: limits.workspace_bytes, entries: limits.workspace_files },
            reserved: None,
            open: HashMap::new(),
            refused: None,
        }
    }

    /// Why the guest was ended, if it was here.
    pub fn refused(&self) -> Option<&Failure> {
        self.refused.as_ref()
    }

    /// Files and folders that the guest has open, preopens apart.
    pub fn open_files(&self) -> usize {
        self.open.len()
    }

    /// Their descriptors.
    pub fn descriptors(&self) -> Vec<i32> {
        self.open.keys().copied().collect()
    }

    pub fn opened(&mut self, descriptor: i32, append: bool) {
        self.open.insert(descriptor, OpenFile { append, known_length: 0 });
    }

    pub fn closed(&mut self, descriptor: i32) {
        self.open.remove(&descriptor);
    }

    pub fn renumbered(&mut self, from: i32, to: i32) {
        match self.open.remove(&from) {
            Some(file) => self.open.insert(to, file),
            None => self.open.remove(&to),
        };
    }

    pub(super) fn file(&mut self, descriptor: i32) -> Option<&mut OpenFile> {
        self.open.get_mut(&descriptor)
    }

    /// Some file got shorter: what was known of lengths holds no more, for any descriptor may be of that file.
    pub fn shortened(&mut self) {
        for file in self.open.values_mut() {
            file.known_length = 0;
        }
    }

    /// Reserves; false if the workspace has to be measured first.
    pub(super) fn reserve(&mut self, more: Contents) -> bool {
        let Some(reserved) = self.reserved else {
            return false;
        };
        let sum = Contents {
            bytes: reserved.bytes.saturating_add(more.bytes),
            entries: reserved.entries.saturating_add(more.entries),
        };
        if sum.bytes > self.limit.bytes || sum.entries > self.limit.entries {
            return false;
        }
        self.reserved = Some(sum);
        true
    }

    /// Starts again from what is really there; `unlinked` bytes are in open files that have no name any more.
    pub(super) fn measured(&mut self, contents: io::Result<Contents>, unlinked: u64) {
        match contents {
            Ok(contents) => {
                self.reserved = Some(Contents { bytes: contents.bytes.saturating_add(unlinked), ..contents });
            }
            // A tree too deep to be measured, for one.
            Err(error) => {
                let message = format!("the workspace cannot be measured: {error}");
                self.refused = Some(Failure::new(OutcomeCode::WorkspaceFull, message));
            }
        }
    }

    pub(super) fn refuse(&mut self) -> Failure {
        let Contents { bytes, entries } = self.limit;
        let failure = Failure::new(
            OutcomeCode::WorkspaceFull,
            format!("the workspace would be over its limit of {bytes} bytes or {entries} files"),
        );
        self.refused.get_or_insert(failure).clone()
    }

    pub(super) fn workspace(&self) -> Option<&Path> {
        self.workspace.as_deref()
    }
}

/// Adds up a tree without following links; a file with several names counts once.
pub(super) fn measure(root: &Path) -> io::Result<Contents> {
    let mut contents = Contents::default();
    let mut counted = HashSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            contents.entries += 1;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.nlink() < 2 || counted.insert((metadata.dev(), metadata.ino())) {
                contents.bytes = contents.bytes.saturating_add(metadata.len());
            }
        }
    }
    // The folders `in` and `out` are the host's.
    contents.entries = contents.entries.saturating_sub(2);
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const MORE: Contents = Contents { bytes: 60, entries: 1 };

    fn quota() -> Quota {
        Quota::new(&TaskLimits { workspace_bytes: 100, workspace_files: 2, ..TaskLimits::default() }, None)
    }

    #[test]
    fn measures_before_the_first_reservation_and_when_the_bound_is_reached() {
        let mut quota = quota();

        assert!(!quota.reserve(MORE));
        quota.measured(Ok(Contents::default()), 0);
        assert!(quota.reserve(MORE));
        assert!(!quota.reserve(MORE));

        quota.measured(Ok(Contents { bytes: 10, entries: 1 }), 30);
        assert!(quota.reserve(MORE));
        assert!(!quota.reserve(Contents { bytes: 1, entries: 0 }));
    }

    #[test]
    fn entries_have_a_limit_of_their_own() {
        let mut quota = quota();
        quota.measured(Ok(Contents { bytes: 0, entries: 2 }), 0);

        assert!(!quota.reserve(Contents { bytes: 0, entries: 1 }));
        assert_eq!(quota.refuse().code, OutcomeCode::WorkspaceFull);
    }

    #[test]
    fn follows_descriptors_through_renumbering() {
        let mut quota = quota();
        quota.opened(5, true);
        quota.opened(6, false);

        quota.renumbered(5, 6);
        assert!(quota.file(5).is_none() && quota.file(6).is_some_and(|file| file.append));
        quota.renumbered(0, 6);
        assert_eq!(quota.open_files(), 0);
    }

    #[test]
    fn measures_without_following_links() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir_all(path.join("in/deep")).unwrap();
        fs::create_dir(path.join("out")).unwrap();
        fs::write(path.join("in/deep/a"), [0; 70]).unwrap();
        fs::hard_link(path.join("in/deep/a"), path.join("out/b")).unwrap();
        std::os::unix::fs::symlink("/", path.join("out/root")).unwrap();

        let contents = measure(path).unwrap();

        assert_eq!(contents, Contents { bytes: 71, entries: 4 });
    }
}
