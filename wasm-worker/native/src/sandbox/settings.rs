//! What machine code depends on: one place for the worker, which runs it, and the compiler's process, which makes it.

use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};
use wasmtime::{Config, Engine};

/// Stack of a guest, and of the fiber it runs on: host calls need some of that.
const WASM_STACK_BYTES: usize = 1 << 20;
const FIBER_STACK_BYTES: usize = 2 << 20;

/// Everything but how instances are allocated, which is the worker's alone.
pub fn code_settings() -> Config {
    let mut wasmtime = Config::new();
    wasmtime
        .memory_init_cow(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(FIBER_STACK_BYTES)
        .wasm_multi_memory(true)
        .wasm_memory64(false)
        .relaxed_simd_deterministic(true);
    wasmtime
}

/// Tells engines apart whose machine code is not the same: by Wasmtime's version, its settings, the processor's
/// features and this crate's version. Code of an engine loads into every engine with the same fingerprint.
pub fn fingerprint(engine: &Engine) -> [u8; 32] {
    struct Digesting(Sha256);
    impl Hasher for Digesting {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(&self) -> u64 {
            0
        }
    }
    let mut hasher = Digesting(Sha256::new());
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::{InstanceAllocationStrategy, PoolingAllocationConfig};

    #[test]
    fn pooling_makes_no_difference_to_code() {
        let on_demand = Engine::new(&code_settings()).unwrap();
        let mut pooling = code_settings();
        let mut pool = PoolingAllocationConfig::default();
        pool.total_core_instances(1).total_memories(1).total_tables(1).total_stacks(1);
        pooling.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));

        assert_eq!(fingerprint(&on_demand), fingerprint(&Engine::new(&pooling).unwrap()));
    }

    #[test]
    fn settings_that_change_code_change_the_fingerprint() {
        let mut without_fuel = code_settings();
        without_fuel.consume_fuel(false);

        let ours = fingerprint(&Engine::new(&code_settings()).unwrap());
        assert_ne!(ours, fingerprint(&Engine::new(&without_fuel).unwrap()));
    }
}
