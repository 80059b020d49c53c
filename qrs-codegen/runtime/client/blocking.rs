//! Calls for code that has no async runtime: the feature `blocking`.
//!
//! One thread of this crate's own, begun with the first such call, does the network's work for all clients. Whoever
//! calls waits for it; what an answer holds is decoded by the thread that waits.

use std::io;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, ThreadId};

use tokio::runtime::{Builder, Handle};

/// The runtime of the thread, once there is one, and which thread it is.
static WORKER: Mutex<Option<(Handle, ThreadId)>> = Mutex::new(None);

/// Has `work` done, and waits for it.
pub(crate) fn wait<F>(work: F) -> io::Result<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let (worker, thread) = worker()?;
    if thread::current().id() == thread {
        // It would wait for itself, and every other call with it.
        return Err(io::Error::other(
            "a call that waits was made by the iterator of another: collect what it gives first",
        ));
    }
    let (give, take) = mpsc::sync_channel(1);
    worker.spawn(async move {
        let outcome = work.await;
        // Whoever waits goes on waiting until this is there.
        let _ = give.send(outcome);
    });
    take.recv().map_err(|_| io::Error::other("the thread has ended"))
}

fn worker() -> io::Result<(Handle, ThreadId)> {
    // Nothing below leaves a half of anything behind if it panics.
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
