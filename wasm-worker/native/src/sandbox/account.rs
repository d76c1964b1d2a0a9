//! How much there may be in a workspace, whoever writes it.
//!
//! WASI knows no quota, so the calls that can grow files reserve here what they may add at most: those of preview 1 in
//! [`super::wasi`], those of `wasi:filesystem` in [`super::files`]. The sum of reservations is an upper bound; only when
//! it reaches the limit is the workspace measured, which resets the sum to what is really there. So most writes cost no
//! extra system call.

use super::config::TaskLimits;
use super::outcome::{Failure, OutcomeCode};
use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Folders of the workspace's that the host made, and that count for nothing.
const OF_THE_HOST: [&str; 2] = ["in", "out"];

/// Contents of a workspace, or an upper bound of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Logical sizes of files, holes included.
    pub bytes: u64,
    /// Files, folders and links.
    pub entries: u64,
}

impl Contents {
    /// One more entry that is empty.
    pub const ENTRY: Self = Self { bytes: 0, entries: 1 };

    /// More bytes in a file that is there already.
    pub const fn bytes(bytes: u64) -> Self {
        Self { bytes, entries: 0 }
    }

    fn and(self, more: Self) -> Self {
        Self { bytes: self.bytes.saturating_add(more.bytes), entries: self.entries.saturating_add(more.entries) }
    }

    fn exceeds(self, limit: Self) -> bool {
        self.bytes > limit.bytes || self.entries > limit.entries
    }
}

/// The account of one workspace. Clones share it: streams of a file outlive the descriptor that they came from.
#[derive(Clone, Debug)]
pub struct Account {
    workspace: Option<Arc<Path>>,
    limit: Contents,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Nothing is known before the first reservation: the inputs are there already.
    reserved: Option<Contents>,
    /// What writes that have begun may still add.
    under_way: u64,
    /// Files that a component opened; one that has no name any more is found by these alone.
    open: Vec<Weak<File>>,
    refused: Option<Failure>,
}

impl Account {
    pub fn new(limits: &TaskLimits, workspace: Option<PathBuf>) -> Self {
        Self {
            workspace: workspace.map(Arc::from),
            limit: Contents { bytes: limits.workspace_bytes, entries: limits.workspace_files },
            state: Arc::default(),
        }
    }

    /// Why the guest was ended, if it was here.
    pub fn refused(&self) -> Option<Failure> {
        self.state().refused.clone()
    }

    /// Entries that there may be at most.
    pub fn max_entries(&self) -> u64 {
        self.limit.entries
    }

    /// Reserves without looking; false if the workspace has to be measured first.
    pub fn reserve_unmeasured(&self, more: Contents) -> bool {
        let mut state = self.state();
        let Some(sum) = state.reserved.map(|reserved| reserved.and(more)) else {
            return false;
        };
        if sum.exceeds(self.limit) {
            return false;
        }
        state.reserved = Some(sum);
        true
    }

    /// Reserves, measuring if it must on a thread where that may take a while.
    pub async fn reserve(&self, more: Contents) -> Result<(), Failure> {
        if self.reserve_unmeasured(more) {
            return Ok(());
        }
        self.reserve_beside(more, 0).await
    }

    /// As [`Self::reserve`], but always measures; `unlinked` bytes are in files of no name that only the caller knows.
    pub async fn reserve_beside(&self, more: Contents, unlinked: u64) -> Result<(), Failure> {
        let account = self.clone();
        let measured = tokio::task::spawn_blocking(move || account.reserve_measured(more, unlinked));
        measured.await.unwrap_or_else(|error| Err(self.refuse(format!("the workspace cannot be measured: {error}"))))
    }

    /// As [`Self::reserve`], in this very thread.
    pub fn reserve_now(&self, more: Contents) -> Result<(), Failure> {
        if self.reserve_unmeasured(more) {
            return Ok(());
        }
        self.reserve_measured(more, 0)
    }

    fn reserve_measured(&self, more: Contents, unlinked: u64) -> Result<(), Failure> {
        if let Some(failure) = self.refused() {
            return Err(failure);
        }
        // A write that ends while the workspace is measured may or may not be seen: it counts in any case.
        let under_way = self.state().under_way;
        let contents = match &self.workspace {
            // A tree too deep to be measured, for one, cannot be read.
            Some(workspace) => {
                measure(workspace).map_err(|error| self.refuse(format!("the workspace cannot be measured: {error}")))?
            }
            None => Contents::default(),
        };
        let hidden = under_way.saturating_add(unlinked).saturating_add(self.unlinked());
        self.state().reserved = Some(contents.and(Contents::bytes(hidden)));
        if self.reserve_unmeasured(more) {
            return Ok(());
        }
        let Contents { bytes, entries } = self.limit;
        Err(self.refuse(format!("the workspace would be over its limit of {bytes} bytes or {entries} files")))
    }

    /// A write of bytes that were reserved goes on by itself.
    pub fn begin(&self, bytes: u64) {
        let mut state = self.state();
        state.under_way = state.under_way.saturating_add(bytes);
    }

    /// It has ended.
    pub fn finish(&self, bytes: u64) {
        let mut state = self.state();
        state.under_way = state.under_way.saturating_sub(bytes);
    }

    /// Remembers a file or folder for as long as it is open.
    pub fn opened(&self, file: &Arc<File>) {
        self.state().open.push(Arc::downgrade(file));
    }

    /// Files and folders that are open, by descriptors or streams.
    pub fn open_files(&self) -> usize {
        let mut state = self.state();
        state.open.retain(|file| file.strong_count() > 0);
        state.open.len()
    }

    fn unlinked(&self) -> u64 {
        let open = self.state().open.iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
        let unlinked = open.iter().filter_map(|file| file.metadata().ok()).filter(|file| file.nlink() == 0);
        unlinked.filter(|file| file.is_file()).fold(0, |sum, file| sum.saturating_add(file.len()))
    }

    fn refuse(&self, message: String) -> Failure {
        let failure = Failure::new(OutcomeCode::WorkspaceFull, message);
        self.state().refused.get_or_insert(failure).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds up a tree without following links; a file with several names counts once.
fn measure(root: &Path) -> io::Result<Contents> {
    let mut contents = Contents::default();
    let mut counted = HashSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                let of_the_host = folder == root && OF_THE_HOST.iter().any(|name| entry.file_name() == *name);
                contents.entries += u64::from(!of_the_host);
                folders.push(entry.path());
                continue;
            }
            contents.entries += 1;
            if metadata.nlink() < 2 || counted.insert((metadata.dev(), metadata.ino())) {
                contents.bytes = contents.bytes.saturating_add(metadata.len());
            }
        }
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const MORE: Contents = Contents { bytes: 60, entries: 1 };

    fn account(workspace: Option<&Path>) -> Account {
        let limits = TaskLimits { workspace_bytes: 100, workspace_files: 2, ..TaskLimits::default() };
        Account::new(&limits, workspace.map(Path::to_owned))
    }

    #[test]
    fn measures_before_the_first_reservation_and_when_the_bound_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let account = account(Some(folder.path()));

        assert!(!account.reserve_unmeasured(MORE));
        account.reserve_now(MORE).unwrap();
        assert!(!account.reserve_unmeasured(MORE));
        fs::write(folder.path().join("a"), [0; 40]).unwrap();
        account.reserve_now(MORE).unwrap();

        assert_eq!(account.reserve_now(Contents::bytes(61)).unwrap_err().code, OutcomeCode::WorkspaceFull);
        assert!(account.refused().is_some());
    }

    #[test]
    fn entries_have_a_limit_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("in/a"), []).unwrap();
        fs::write(folder.path().join("in/b"), []).unwrap();
        let account = account(Some(folder.path()));

        account.reserve_now(Contents::bytes(1)).unwrap();
        assert_eq!(account.reserve_now(Contents::ENTRY).unwrap_err().code, OutcomeCode::WorkspaceFull);
    }

    #[test]
    fn writes_under_way_and_files_without_a_name_count() {
        let folder = tempfile::tempdir().unwrap();
        let account = account(Some(folder.path()));
        let path = folder.path().join("a");
        fs::write(&path, [0; 50]).unwrap();
        let file = Arc::new(File::open(&path).unwrap());
        account.opened(&file);
        fs::remove_file(path).unwrap();
        account.begin(30);

        account.reserve_now(Contents::bytes(20)).unwrap();
        assert!(!account.reserve_unmeasured(Contents::bytes(1)));
        account.finish(30);
        account.reserve_now(Contents::bytes(50)).unwrap();

        assert_eq!(account.open_files(), 1);
        drop(file);
        assert_eq!(account.open_files(), 0);
    }

    #[test]
    fn measures_without_following_links() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir_all(path.join("in/deep")).unwrap();
        fs::create_dir_all(path.join("out/in")).unwrap();
        fs::write(path.join("in/deep/a"), [0; 70]).unwrap();
        fs::hard_link(path.join("in/deep/a"), path.join("out/b")).unwrap();
        std::os::unix::fs::symlink("/", path.join("out/root")).unwrap();

        let contents = measure(path).unwrap();

        assert_eq!(contents, Contents { bytes: 71, entries: 5 });
    }
}
