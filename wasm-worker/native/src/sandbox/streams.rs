//! Where a guest's stdout and stderr go: into memory, bounded.

use super::outcome::{Failure, OutcomeCode};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError};

/// How much one write may carry; the stream is always ready for as much again.
const WRITE_PERMIT_BYTES: usize = 64 << 10;

/// The last bytes written, up to `keep`.
#[derive(Debug)]
struct Tail {
    bytes: VecDeque<u8>,
    keep: usize,
}

/// Counts what a stream let through.
#[derive(Debug)]
struct Meter {
    total: AtomicU64,
    limit: u64,
}

/// A guest's stdout or stderr. Clones share the same bytes and the same limit.
#[derive(Clone, Debug)]
pub struct Capture {
    tail: Arc<Mutex<Tail>>,
    meter: Arc<Meter>,
}

impl Capture {
    /// Keeps everything up to `limit` bytes; more ends the guest with OUTPUT_TOO_LARGE.
    pub fn whole(limit: u64) -> Self {
        Self::new(limit, limit)
    }

    /// Keeps the last `keep` bytes of any number.
    pub fn tail(keep: u64) -> Self {
        Self::new(keep, u64::MAX)
    }

    /// Another stream into the same bytes; more than `limit` through this one ends the guest with OUTPUT_TOO_LARGE.
    pub fn also(&self, limit: u64) -> Self {
        Self { tail: self.tail.clone(), meter: Arc::new(Meter { total: AtomicU64::new(0), limit }) }
    }

    fn new(keep: u64, limit: u64) -> Self {
        let keep = usize::try_from(keep).unwrap_or(usize::MAX);
        Self {
            tail: Arc::new(Mutex::new(Tail { bytes: VecDeque::new(), keep })),
            meter: Arc::new(Meter { total: AtomicU64::new(0), limit }),
        }
    }

    /// Whether the guest wrote more than it may.
    pub fn exceeded(&self) -> bool {
        self.meter.total.load(Ordering::Relaxed) > self.meter.limit
    }

    /// Takes what was kept.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock().bytes).into()
    }

    fn lock(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, new: &[u8]) -> Result<(), Failure> {
        let before = self.meter.total.fetch_add(new.len() as u64, Ordering::Relaxed);
        if before + new.len() as u64 > self.meter.limit {
            return Err(too_large(self.meter.limit));
        }
        let mut tail = self.lock();
        let new = &new[new.len().saturating_sub(tail.keep)..];
        let surplus = (tail.bytes.len() + new.len()).saturating_sub(tail.keep);
        tail.bytes.drain(..surplus);
        tail.bytes.extend(new);
        Ok(())
    }
}

/// The failure of a guest whose output is over its limit.
pub fn too_large(limit: u64) -> Failure {
    Failure::new(OutcomeCode::OutputTooLarge, format!("the output is over its limit of {limit} bytes"))
}

#[async_trait]
impl OutputStream for Capture {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.append(&bytes).map_err(|failure| StreamError::Trap(wasmtime::Error::new(failure)))
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(WRITE_PERMIT_BYTES)
    }
}

#[async_trait]
impl Pollable for Capture {
    async fn ready(&mut self) {}
}

impl IsTerminal for Capture {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Capture {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Capture {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(self.append(buf).map(|()| buf.len()).map_err(std::io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_keeps_up_to_its_limit_and_refuses_more() {
        let capture = Capture::whole(4);

        assert!(capture.append(b"abcd").is_ok());
        assert!(capture.append(b"e").is_err());

        assert!(capture.exceeded());
        assert_eq!(capture.take(), b"abcd");
    }

    #[test]
    fn tail_keeps_the_last_bytes() {
        let capture = Capture::tail(4);

        for chunk in [&b"abc"[..], b"de", b"", b"0123456789"] {
            capture.append(chunk).unwrap();
        }

        assert!(!capture.exceeded());
        assert_eq!(capture.take(), b"6789");
    }

    #[test]
    fn another_stream_has_its_own_limit_and_the_same_bytes() {
        let log = Capture::tail(8);
        let stdout = log.also(2);

        log.append(b"abc").unwrap();
        stdout.append(b"de").unwrap();
        assert!(stdout.append(b"f").is_err());

        assert!(stdout.exceeded() && !log.exceeded());
        assert_eq!(log.take(), b"abcde");
    }

    #[test]
    fn tail_of_nothing_keeps_nothing() {
        let capture = Capture::tail(0);

        capture.append(b"abc").unwrap();

        assert_eq!(capture.take(), b"");
    }
}
