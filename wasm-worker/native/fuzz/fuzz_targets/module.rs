//! Any bytes as a module.
#![cfg_attr(feature = "fuzzer", no_main)]

netbase_sandbox_fuzz::target!("module");
