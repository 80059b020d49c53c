//! Threads with a stack that is deep enough for any document within the bound on depth.

/// Bytes of the stack for the work on a document. Only the used part of it takes memory.
const STACK: usize = 256 << 20;

/// A builder of threads with such a stack.
pub(crate) fn deep_stack() -> std::thread::Builder {
    std::thread::Builder::new().name("qrs-codegen".to_owned()).stack_size(STACK)
}

/// Runs `work` where it may recurse as deep as a document is nested, however little stack the caller has.
pub(crate) fn on_a_deep_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        match deep_stack().spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // There are systems without threads. Documents that people wrote need little stack.
            Err(_) => work(),
        }
    })
}
