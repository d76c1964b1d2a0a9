//! Runs untrusted WebAssembly guests in Wasmtime, under limits on everything they can use.
//!
//! [`sandbox`] is the whole of it, in safe Rust; [`compile`] makes the code that it runs, in a process of its own; `jni`
//! only converts between them and Java.

pub mod compile;
pub mod sandbox;

mod jni;
