//! The bridge to `dev.netbase.worker.wasm.NativeSandbox`: conversions, and all `unsafe` that Java needs.
//!
//! Java holds numbers, which are looked up here, never pointers: a closed sandbox or a released module is an exception
//! in Java. Calls return at once; Java is called back from threads of the sandbox's own, after a guest has ended.

mod callbacks;
mod compiling;
mod exports;
mod handles;
mod options;
mod self_test;
