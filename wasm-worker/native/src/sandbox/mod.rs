//! Guests and their limits. Safe Rust, no JNI: tested with cargo alone.
//!
//! | to change | look in |
//! |---|---|
//! | what is accepted as a module, and how its kind is told | `module` |
//! | what a guest may import, and how files are accounted | `wasi`, `quota` |
//! | memory and tables | `limiter` |
//! | stdout and stderr | `streams` |
//! | how one guest is run and how its end is read | `guest` |
//! | queueing, fairness, timeouts, cancellation | `engine` |
//! | outcome codes | `outcome` |
//! | what machine code depends on | `settings` |

mod config;
mod engine;
mod guest;
mod limiter;
mod module;
mod outcome;
mod quota;
mod settings;
mod streams;
mod wasi;

pub use config::{SandboxConfig, TaskLimits};
pub use engine::Sandbox;
pub use guest::{Mount, Task};
pub(crate) use module::precompile;
pub use module::{Kind, Prepared};
pub use outcome::{Failure, Outcome, OutcomeCode, Usage};
pub use settings::{code_settings, fingerprint};
