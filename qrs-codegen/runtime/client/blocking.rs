//! Blocking calls, for code without an async runtime: the feature `blocking`.
//!
//! A thread of this crate, started by the first blocking call, drives the network for all clients. The calling thread
//! waits for it, and decodes the response itself.

use std::io;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, ThreadId};

use tokio::runtime::{Builder, Handle};

/// The runtime of the thread and the thread's id, once it is started.
static WORKER: Mutex<Option<(Handle, ThreadId)>> = Mutex::new(None);

/// Runs `work` on the thread and waits for its result.
pub(crate) fn wait<F>(work: F) -> io::Result<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let (worker, thread) = worker()?;
    if thread::current().id() == thread {
        // The thread would wait for itself, and every other call with it.
        return Err(io::Error::other(
            "a blocking call was made inside the iterator of another: collect the iterator first",
        ));
    }
    let (give, take) = mpsc::sync_channel(1);
    worker.spawn(async move {
        let outcome = work.await;
        // The caller waits until this arrives.
        let _ = give.send(outcome);
    });
    take.recv().map_err(|_| io::Error::other("the thread has ended"))
}

fn worker() -> io::Result<(Handle, ThreadId)> {
    // A panic below leaves no partial state behind.
    let mut worker = WORKER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(begun) = &*worker {
        return Ok(begun.clone());
    }
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let handle = runtime.handle().clone();
    let thread = thread::Builder::new()
        .name(env!("CARGO_PKG_NAME").to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    let begun = (handle, thread.thread().id());
    *worker = Some(begun.clone());
    Ok(begun)
}
