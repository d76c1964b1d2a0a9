//! Linear memory and tables: all of a store's are counted together.

use super::config::TaskLimits;
use super::outcome::{Failure, OutcomeCode};
use wasmtime::{Error, ResourceLimiter};

type Result<T, E = Error> = std::result::Result<T, E>;

/// Instances that a component may consist of.
pub const MAX_INSTANCES: u32 = 100;

/// What is in use of one resource. Nothing shrinks while a guest lives, so the sum is also the high-water mark.
#[derive(Debug)]
struct Sum {
    used: u64,
    limit: u64,
}

impl Sum {
    /// Raises the sum if it stays within the limit, else says what the sum would have been.
    fn grow(&mut self, current: usize, desired: usize) -> Result<(), u64> {
        let wanted = self.used.saturating_add(desired.saturating_sub(current) as u64);
        if wanted > self.limit {
            return Err(wanted);
        }
        self.used = wanted;
        Ok(())
    }
}

/// Ends a guest that wants more memory or table elements than it may have.
#[derive(Debug)]
pub struct StoreLimiter {
    memory: Sum,
    tables: Sum,
    refused: Option<Failure>,
}

impl StoreLimiter {
    pub fn new(limits: &TaskLimits) -> Self {
        Self {
            memory: Sum { used: 0, limit: limits.memory_bytes },
            tables: Sum { used: 0, limit: limits.table_elements },
            refused: None,
        }
    }

    /// Highest sum of all linear memories so far, in bytes.
    pub fn peak_memory_bytes(&self) -> u64 {
        self.memory.used
    }

    /// Why the guest was ended, if it was here.
    pub fn refused(&self) -> Option<&Failure> {
        self.refused.as_ref()
    }

    fn refuse<T>(&mut self, code: OutcomeCode, message: String) -> Result<T> {
        let failure = Failure::new(code, message);
        self.refused = Some(failure.clone());
        Err(Error::new(failure))
    }
}

/// A growth past the guest's own declared maximum fails inside the guest, as WebAssembly says; it is no offence.
fn past_declared_maximum(desired: usize, maximum: Option<usize>, limit: u64) -> bool {
    maximum.is_some_and(|maximum| desired > maximum && (maximum as u64) < limit)
}

impl ResourceLimiter for StoreLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if past_declared_maximum(desired, maximum, self.memory.limit) {
            return Ok(false);
        }
        match self.memory.grow(current, desired) {
            Ok(()) => Ok(true),
            Err(wanted) => {
                let limit = self.memory.limit;
                let message = format!("{wanted} bytes of memory are over the limit of {limit} bytes");
                self.refuse(OutcomeCode::OutOfMemory, message)
            }
        }
    }

    // Wasmtime also reports growths here that it never asked about (past 4 GiB), so a sum must not be lowered: a
    // guest could give back what it keeps.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        self.refuse(OutcomeCode::OutOfMemory, format!("memory could not grow: {error}"))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if past_declared_maximum(desired, maximum, self.tables.limit) {
            return Ok(false);
        }
        match self.tables.grow(current, desired) {
            Ok(()) => Ok(true),
            Err(wanted) => {
                let limit = self.tables.limit;
                self.refuse(OutcomeCode::TableLimit, format!("{wanted} table elements are over the limit of {limit}"))
            }
        }
    }

    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        self.refuse(OutcomeCode::TableLimit, format!("a table could not grow: {error}"))
    }

    fn instances(&self) -> usize {
        MAX_INSTANCES as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> StoreLimiter {
        StoreLimiter::new(&TaskLimits { memory_bytes: 100, table_elements: 10, ..TaskLimits::default() })
    }

    #[test]
    fn memories_are_counted_together() {
        let mut limiter = limiter();

        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert!(limiter.memory_growing(40, 41, None).is_err());

        assert_eq!(limiter.peak_memory_bytes(), 100);
        assert_eq!(limiter.refused().unwrap().code, OutcomeCode::OutOfMemory);
    }

    #[test]
    fn a_growth_that_failed_lowers_no_sum() {
        let mut limiter = limiter();

        limiter.memory_growing(0, 60, None).unwrap();
        assert!(limiter.memory_grow_failed(Error::msg("past 4 GiB")).is_err());

        assert_eq!(limiter.peak_memory_bytes(), 60);
        assert_eq!(limiter.refused().unwrap().code, OutcomeCode::OutOfMemory);
    }

    #[test]
    fn a_growth_past_the_declared_maximum_fails_in_the_guest() {
        let mut limiter = limiter();

        assert!(!limiter.memory_growing(0, 200, Some(80)).unwrap());
        assert!(limiter.refused().is_none());
    }

    #[test]
    fn tables_have_their_own_limit() {
        let mut limiter = limiter();

        assert!(limiter.table_growing(0, 10, None).unwrap());
        assert!(limiter.table_growing(0, 1, None).is_err());

        assert_eq!(limiter.refused().unwrap().code, OutcomeCode::TableLimit);
    }
}
