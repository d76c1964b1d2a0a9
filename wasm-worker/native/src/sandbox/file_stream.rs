//! A stream into a file of the workspace, with the account before it.

use super::account::{Account, Contents};
use async_trait::async_trait;
use bytes::Bytes;
use std::fs::File;
use std::sync::Arc;
use wasmtime::Error;
use wasmtime_wasi::p2::{DynOutputStream, OutputStream, Pollable, StreamError};

/// Where a stream writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// From a position on.
    From(u64),
    /// At the end, wherever that is.
    Append,
}

/// Reserves what a write adds at most, then leaves it to the stream inside, which writes in the background.
pub(super) struct FileStream {
    inner: DynOutputStream,
    file: Arc<File>,
    mode: Mode,
    account: Account,
    /// What the write that is under way may add.
    under_way: u64,
}

impl FileStream {
    pub fn new(inner: DynOutputStream, file: Arc<File>, mode: Mode, account: Account) -> Self {
        // The descriptor may go before the stream does.
        account.opened(&file);
        Self { inner, file, mode, account, under_way: 0 }
    }

    /// What a write of so many bytes adds at most.
    fn growth(&self, length: u64) -> Result<u64, StreamError> {
        match self.mode {
            Mode::Append => Ok(length),
            Mode::From(position) => {
                let size = self.file.metadata().map_err(|error| StreamError::LastOperationFailed(error.into()))?.len();
                Ok(position.saturating_add(length).saturating_sub(size))
            }
        }
    }

    fn wrote(&mut self, length: u64) {
        if let Mode::From(position) = &mut self.mode {
            *position = position.saturating_add(length);
        }
    }

    fn settle(&mut self) {
        self.account.finish(std::mem::take(&mut self.under_way));
    }
}

fn full(failure: super::outcome::Failure) -> StreamError {
    StreamError::Trap(Error::new(failure))
}

#[async_trait]
impl OutputStream for FileStream {
    // May not wait: where the workspace must be measured, this one turn of the guest takes longer.
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        let length = bytes.len() as u64;
        let growth = self.growth(length)?;
        self.account.reserve_now(Contents::bytes(growth)).map_err(full)?;
        self.inner.write(bytes)?;
        self.account.begin(growth);
        self.under_way = self.under_way.saturating_add(growth);
        self.wrote(length);
        Ok(())
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.ready().await;
        let length = bytes.len() as u64;
        self.account.reserve(Contents::bytes(self.growth(length)?)).await.map_err(full)?;
        self.inner.blocking_write_and_flush(bytes).await?;
        self.wrote(length);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        let permit = self.inner.check_write();
        // None is given while a write is under way.
        if !matches!(permit, Ok(0)) {
            self.settle();
        }
        permit
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
        self.settle();
    }
}

#[async_trait]
impl Pollable for FileStream {
    async fn ready(&mut self) {
        self.inner.ready().await;
        self.settle();
    }
}

impl Drop for FileStream {
    fn drop(&mut self) {
        self.settle();
    }
}
