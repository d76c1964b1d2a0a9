//! The delivery protocol: a module of memory delivery whose functions, pointers and lengths the bytes choose.
#![cfg_attr(feature = "fuzzer", no_main)]

netbase_sandbox_fuzz::target!("delivery");
