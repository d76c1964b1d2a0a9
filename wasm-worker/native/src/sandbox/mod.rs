//! Guests and their limits. Safe Rust, no JNI: tested with cargo alone.
//!
//! | to change | look in |
//! |---|---|
//! | what is accepted as a module, and how its kind is told | `module` |
//! | components: what they may import, how they are called | `component` |
//! | what a core module may import | `wasi` |
//! | how files are accounted | `account`; `wasi` and `quota` for preview 1, `files` and `file_stream` for components |
//! | the fixed clock and seeded randomness | `determinism`, `fixed_time` |
//! | memory and tables | `limiter` |
//! | stdout and stderr | `streams` |
//! | how one guest is run and how its end is read | `guest` |
//! | queueing, timeouts, cancellation | `engine` |
//! | whose turn is next | `turns` |
//! | outcome codes | `outcome` |
//! | what machine code depends on | `settings` |

mod account;
mod component;
mod config;
mod determinism;
mod engine;
mod file_stream;
mod files;
mod fixed_time;
mod guest;
mod limiter;
mod module;
mod outcome;
mod quota;
mod settings;
mod streams;
mod turns;
mod wasi;

pub use config::{SandboxConfig, TaskLimits};
pub use determinism::Determinism;
pub use engine::Sandbox;
pub use guest::{Mount, Task};
pub(crate) use module::precompile;
pub use module::{Kind, Prepared};
pub use outcome::{Failure, Outcome, OutcomeCode, Usage};
pub use settings::{code_settings, fingerprint};
