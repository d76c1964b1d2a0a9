//! Runs untrusted WebAssembly guests in Wasmtime, under limits on everything they can use.
//!
//! [`sandbox`] is the whole of it, in safe Rust; `jni` only converts between it and Java.

pub mod sandbox;

mod jni;
