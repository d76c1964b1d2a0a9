//! The threads of the guests, and whose turn is next on them.

use async_executor::Executor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tokio::task::unconstrained;

/// Runs futures on threads of its own, turn by turn. Who pauses goes to the end of the one queue that all threads take
/// from, so that of those who want to go on, nobody has two turns before another has had one. (Queues per thread, as
/// tokio's are, favour whoever sits in the right one.) Timers and file operations are the tokio runtime's.
pub(super) struct Turns {
    shared: Arc<Shared>,
    threads: usize,
}

struct Shared {
    executor: Executor<'static>,
    stopped: AtomicBool,
}

impl Turns {
    /// Starts the threads.
    pub fn start(threads: usize, runtime: &Handle) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { executor: Executor::new(), stopped: AtomicBool::new(false) });
        let turns = Self { shared, threads };
        for _ in 0..threads {
            let (shared, runtime) = (turns.shared.clone(), runtime.clone());
            std::thread::Builder::new().name("netbase-guest".to_owned()).spawn(move || {
                while !shared.is_stopped() {
                    // A panic has cost the future that it came from.
                    let _ = catch_unwind(AssertUnwindSafe(|| runtime.block_on(unconstrained(shared.take_turns()))));
                }
            })?;
        }
        Ok(turns)
    }

    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.shared.executor.spawn(future).detach();
    }
}

impl Shared {
    /// Not bound to tokio's budget for one future: this one never pauses while others want to go on.
    async fn take_turns(&self) {
        while !self.is_stopped() {
            self.executor.tick().await;
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

impl Drop for Turns {
    /// Ends the threads after the turns under way; futures that have not ended are dropped.
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for _ in 0..self.threads {
            self.spawn(async {});
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::mpsc::channel;
    use tokio::runtime::{Builder, Runtime};

    fn runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap()
    }

    #[test]
    fn a_crowd_takes_turns_in_order() {
        const CROWD: usize = 1_000;
        const ROUNDS: usize = 5;
        let runtime = runtime();
        let turns = Turns::start(1, runtime.handle()).unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (ready, all_are_there) = channel::<()>();
        let (done, ended) = channel();
        turns.spawn(async move {
            // Nobody begins before all wait in the queue.
            let _ = all_are_there.recv();
        });

        for one in 0..CROWD {
            let (taken, done) = (taken.clone(), done.clone());
            turns.spawn(async move {
                for _ in 0..ROUNDS {
                    taken.lock().unwrap().push(one);
                    pause().await;
                }
                done.send(()).unwrap();
            });
        }
        drop(ready);
        for _ in 0..CROWD {
            ended.recv().unwrap();
        }

        let rounds: Vec<usize> = (0..ROUNDS).flat_map(|_| 0..CROWD).collect();
        assert_eq!(*taken.lock().unwrap(), rounds);
    }

    #[test]
    fn a_panic_costs_no_thread() {
        let runtime = runtime();
        let turns = Turns::start(1, runtime.handle()).unwrap();
        let (done, ended) = channel();

        turns.spawn(async { panic!("on purpose") });
        turns.spawn(async move { done.send(()).unwrap() });

        assert!(ended.recv().is_ok());
    }

    #[test]
    fn timers_wake_who_sleeps_in_a_busy_crowd() {
        let runtime = runtime();
        let turns = Turns::start(1, runtime.handle()).unwrap();
        let (done, ended) = channel();
        turns.spawn(async {
            loop {
                pause().await;
            }
        });

        turns.spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            done.send(()).unwrap();
        });

        assert!(ended.recv().is_ok());
    }

    /// As a guest pauses at the end of its turn.
    async fn pause() {
        let mut paused = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut paused, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
    }
}
