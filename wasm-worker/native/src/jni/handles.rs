//! What Java's numbers stand for.

use crate::sandbox::{Prepared, Sandbox};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static NEXT: AtomicI64 = AtomicI64::new(1);
static SANDBOXES: LazyLock<Table<Open>> = LazyLock::new(Table::default);

/// A sandbox and its modules.
pub struct Open {
    pub sandbox: Sandbox,
    pub modules: Table<Prepared>,
}

/// Things by their handles. A handle is never used twice.
pub struct Table<T>(RwLock<HashMap<i64, Arc<T>>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Table<T> {
    pub fn add(&self, value: T) -> i64 {
        let handle = NEXT.fetch_add(1, Ordering::Relaxed);
        self.write().insert(handle, Arc::new(value));
        handle
    }

    pub fn get(&self, handle: i64) -> Option<Arc<T>> {
        self.read().get(&handle).cloned()
    }

    pub fn remove(&self, handle: i64) -> Option<Arc<T>> {
        self.write().remove(&handle)
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<i64, Arc<T>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<i64, Arc<T>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn sandboxes() -> &'static Table<Open> {
    &SANDBOXES
}
