//! The machine's key, and the HMAC-SHA-256 that makes a file of the code store ours.

use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

const KEY_BYTES: usize = 32;
/// More than this is no key.
const MAX_KEY_BYTES: u64 = 4096;
/// Writing by the group, or anything by others.
const TOO_OPEN: u32 = 0o027;

/// A key, ready to authenticate.
pub struct Key {
    inner: Sha256,
    outer: Sha256,
}

impl Key {
    /// Any length will do; see RFC 2104.
    pub fn new(key: &[u8]) -> Self {
        const BLOCK_BYTES: usize = 64;
        let mut block = [0; BLOCK_BYTES];
        if key.len() > BLOCK_BYTES {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let padded = |pad: u8| Sha256::new().chain_update(block.map(|byte| byte ^ pad));
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut inner = self.inner.clone();
        for part in parts {
            inner.update(part);
        }
        self.outer.clone().chain_update(inner.finalize()).finalize().into()
    }

    /// Takes as long for a signature that is nearly right as for any other.
    pub fn verifies(&self, signature: &[u8], parts: &[&[u8]]) -> bool {
        let ours = self.sign(parts);
        let differences = ours.iter().zip(signature).fold(0, |all, (a, b)| all | (a ^ b));
        signature.len() == ours.len() && std::hint::black_box(differences) == 0
    }
}

/// Reads the key, or makes one, readable by nobody else, if there is none. Of several processes that make one at once,
/// one wins and all use its key.
pub fn read_or_make(path: &Path) -> io::Result<Vec<u8>> {
    match File::open(path) {
        Ok(file) => read(file, path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(path)?;
            read(File::open(path)?, path)
        }
        Err(error) => Err(said_of(path, &error.to_string())),
    }
}

fn read(file: File, path: &Path) -> io::Result<Vec<u8>> {
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(said_of(path, "is no regular file"));
    }
    if about.mode() & TOO_OPEN != 0 {
        return Err(said_of(path, "may be read or written by others; make it mode 0600"));
    }
    let mut key = Vec::new();
    file.take(MAX_KEY_BYTES).read_to_end(&mut key)?;
    if key.len() < KEY_BYTES {
        return Err(said_of(path, "is too short for a key; delete it, and a new one is made"));
    }
    Ok(key)
}

fn make(path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let unfinished = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let written = file.write_all(&key).and_then(|()| file.sync_all());
    // A link fails where there is a key already, which is as good.
    let linked = written.and_then(|()| match std::fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    });
    std::fs::remove_file(&unfinished)?;
    linked
}

fn said_of(path: &Path, what: &str) -> io::Error {
    io::Error::other(format!("the key file {} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Cases 1, 2 and 6 of RFC 4231.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let cases = [
            (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, text, expected) in cases {
            let (first, second) = text.split_at(3);
            assert_eq!(hex(&Key::new(key).sign(&[first, second])), expected);
        }
    }

    #[test]
    fn only_the_whole_right_signature_verifies() {
        let key = Key::new(b"key");
        let signature = key.sign(&[b"text"]);

        assert!(key.verifies(&signature, &[b"te", b"xt"]));
        assert!(!key.verifies(&signature, &[b"text."]));
        assert!(!key.verifies(&signature[..31], &[b"text"]));
        assert!(!Key::new(b"other").verifies(&signature, &[b"text"]));
    }

    #[test]
    fn a_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.key");

        let key = read_or_make(&path).unwrap();

        assert_eq!(key.len(), KEY_BYTES);
        assert_eq!(read_or_make(&path).unwrap(), key);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_and_so_is_a_short_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.key");
        read_or_make(&path).unwrap();

        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(read_or_make(&path).unwrap_err().to_string().contains("0600"));

        std::fs::remove_file(&path).unwrap();
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).unwrap().write_all(b"short").unwrap();
        assert!(read_or_make(&path).unwrap_err().to_string().contains("too short"));
    }
}
