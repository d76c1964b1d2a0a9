//! From a module's bytes to machine code, in a process of its own, and the code kept on disk.
//!
//! | to change | look in |
//! |---|---|
//! | what the compiler's process may use and do | `confine` (all `unsafe` but the loading of code) |
//! | what that process does | `child`; the program is `src/bin/netbase-compile.rs` |
//! | what goes over its pipes | `wire` |
//! | how it is started, watched and judged | `compiler` |
//! | the code on disk: format, authentication, eviction | `store`, `key` |
//! | the order of all that: disk, lock, compiler, disk | `pipeline` |
//! | what is believed about code, and why | `artifact` |

mod artifact;
pub mod child;
mod compiler;
mod confine;
mod key;
mod pipeline;
mod store;
mod wire;

pub use artifact::Artifact;
pub use compiler::{CompileLimits, Program};
pub use pipeline::{CodeStats, Compilation, CompileSettings, Origin};
pub use store::{Checksum, StoreSettings};
