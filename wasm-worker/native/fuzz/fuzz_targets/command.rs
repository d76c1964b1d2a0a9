//! Host calls: a command whose calls to preview 1 and their arguments the bytes choose.
#![cfg_attr(feature = "fuzzer", no_main)]

netbase_sandbox_fuzz::target!("command");
