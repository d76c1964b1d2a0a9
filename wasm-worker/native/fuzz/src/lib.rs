//! What the targets have in common: each tries what it makes of bytes, and panics if something is wrong with the answer.

#[path = "../../tests/fuzz/attempt.rs"]
mod attempt;
#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/fuzz/generate.rs"]
mod generate;
#[allow(dead_code, reason = "bytes are mutated by libFuzzer")]
#[path = "../../tests/fuzz/random.rs"]
mod random;

use std::path::Path;

/// The program of a target, one of `generate::TARGETS`, by its name.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        #[cfg(feature = "fuzzer")]
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::try_bytes($name, bytes));

        #[cfg(not(feature = "fuzzer"))]
        fn main() {
            for file in std::env::args_os().skip(1) {
                $crate::try_file($name, file.as_ref());
            }
        }
    };
}

/// Tries what a target makes of these bytes.
///
/// # Panics
///
/// If there is no such target, or something is wrong.
pub fn try_bytes(target: &str, bytes: &[u8]) {
    let (_, made_of) = generate::TARGETS.iter().find(|(name, _)| *name == target).expect("a target of that name");
    if let Err(what) = attempt::attempt(made_of(bytes)) {
        panic!("{what}");
    }
}

/// Tries what a target makes of a file's bytes.
///
/// # Panics
///
/// If the file cannot be read, and as [`try_bytes`].
pub fn try_file(target: &str, file: &Path) {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    try_bytes(target, &bytes);
}
