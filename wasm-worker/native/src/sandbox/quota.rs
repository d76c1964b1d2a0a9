//! What a guest of preview 1 has open, by descriptor; see [`Account`] for what it may write.

use super::account::Account;
use std::collections::HashMap;

/// What is known of a file that the guest opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OpenFile {
    /// Writes go to the end, wherever the position is.
    pub append: bool,
    /// The file is at least this long.
    pub known_length: u64,
}

/// The descriptors of one guest, beside the account of its workspace.
#[derive(Debug)]
pub struct Quota {
    pub account: Account,
    open: HashMap<i32, OpenFile>,
}

impl Quota {
    pub fn new(account: Account) -> Self {
        Self { account, open: HashMap::new() }
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
}

#[cfg(test)]
mod tests {
    use super::super::config::TaskLimits;
    use super::*;

    #[test]
    fn follows_descriptors_through_renumbering() {
        let mut quota = Quota::new(Account::new(&TaskLimits::default(), None));
        quota.opened(5, true);
        quota.opened(6, false);

        quota.renumbered(5, 6);
        assert!(quota.file(5).is_none() && quota.file(6).is_some_and(|file| file.append));
        quota.renumbered(0, 6);
        assert_eq!(quota.open_files(), 0);
    }
}
