//! The record of options that goes with a task: one array of bytes, big-endian, written by `TaskOptions` in Java.
//!
//! Nine limits (64 bits each), the arguments, the environment (name and value in turn), the workspace and the package
//! version (host path and guest path each, empty where there is none), and whether to be deterministic (32 bits, 0 or
//! 1), with which clock and which seed (64 bits each). A list is its count and its strings, a string its length in
//! bytes and its UTF-8.

use crate::sandbox::{Determinism, Mount, TaskLimits};

/// A decoded record.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub limits: TaskLimits,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub workspace: Option<Mount>,
    pub asset: Option<Mount>,
    pub determinism: Option<Determinism>,
}

impl Options {
    /// None if the record is not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let limits = TaskLimits {
            fuel: reader.long()?,
            memory_bytes: reader.long()?,
            timeout_ms: reader.long()?,
            output_bytes: reader.long()?,
            input_bytes: reader.long()?,
            workspace_bytes: reader.long()?,
            workspace_files: reader.long()?,
            stderr_bytes: reader.long()?,
            table_elements: reader.long()?,
        };
        let args = reader.strings()?;
        let mut pairs = reader.strings()?.into_iter();
        let mut env = Vec::with_capacity(pairs.len() / 2);
        while let Some(name) = pairs.next() {
            env.push((name, pairs.next()?));
        }
        let (workspace, asset, determinism) = (reader.mount()?, reader.mount()?, reader.determinism()?);
        let options = Self { limits, args, env, workspace, asset, determinism };
        reader.0.is_empty().then_some(options)
    }
}

/// Reads what `DataOutputStream` writes. None for what is not there, or negative where that makes no sense.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    /// A limit is never negative.
    pub fn long(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        u64::try_from(i64::from_be_bytes(*bytes)).ok()
    }

    fn count(&mut self) -> Option<usize> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(i32::from_be_bytes(*bytes)).ok()
    }

    pub fn string(&mut self) -> Option<String> {
        let length = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(bytes.to_vec()).ok()
    }

    fn strings(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        (0..count).map(|_| self.string()).collect()
    }

    fn mount(&mut self) -> Option<Option<Mount>> {
        let (host, guest) = (self.string()?, self.string()?);
        Some((!host.is_empty()).then(|| Mount { host: host.into(), guest }))
    }

    fn determinism(&mut self) -> Option<Option<Determinism>> {
        let flag = self.count()?;
        let clock = self.long()?;
        let (seed, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        let determinism = Determinism { clock, seed: u64::from_be_bytes(*seed) };
        match flag {
            0 => Some(None),
            1 => Some(Some(determinism)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Vec<u8> {
        let mut bytes = Vec::new();
        for limit in 1..=9i64 {
            bytes.extend(limit.to_be_bytes());
        }
        let string = |bytes: &mut Vec<u8>, text: &str| {
            bytes.extend((text.len() as i32).to_be_bytes());
            bytes.extend(text.as_bytes());
        };
        bytes.extend(1i32.to_be_bytes());
        string(&mut bytes, "a");
        bytes.extend(2i32.to_be_bytes());
        for text in ["K", "vä", "/host", "/workspace", "", ""] {
            string(&mut bytes, text);
        }
        bytes.extend(1i32.to_be_bytes());
        bytes.extend(5i64.to_be_bytes());
        bytes.extend((-1i64).to_be_bytes());
        bytes
    }

    #[test]
    fn decodes_a_whole_record() {
        let options = Options::decode(&record()).unwrap();

        assert_eq!((options.limits.fuel, options.limits.table_elements), (1, 9));
        assert_eq!(options.args, ["a"]);
        assert_eq!(options.env, [("K".to_owned(), "vä".to_owned())]);
        assert_eq!(options.workspace.unwrap().guest, "/workspace");
        assert!(options.asset.is_none());
        assert_eq!(options.determinism, Some(Determinism { clock: 5, seed: u64::MAX }));
    }

    #[test]
    fn refuses_every_shortened_record_and_a_longer_one() {
        let record = record();

        for length in 0..record.len() {
            assert!(Options::decode(&record[..length]).is_none(), "{length}");
        }
        assert!(Options::decode(&[record.as_slice(), &[0]].concat()).is_none());
    }
}
