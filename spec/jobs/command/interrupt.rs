//! Ctrl+C during a job.

use std::pin::{Pin, pin};

use futures_util::future::{Either, select};

use crate::cli::output;

/// Watches for Ctrl+C: the first lets the step that runs end, the second does not.
pub(super) struct Interrupt {
    press: Pin<Box<dyn Future<Output = ()>>>,
    presses: u32,
}

impl Interrupt {
    pub(super) fn new() -> Self {
        Self { press: Box::pin(press()), presses: 0 }
    }

    /// Whether it was pressed.
    pub(super) fn is_pressed(&self) -> bool {
        self.presses > 0
    }

    /// Does some work; `None` if it was pressed for the second time meanwhile.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            match select(work.as_mut(), &mut self.press).await {
                Either::Left((done, _)) => return Some(done),
                Either::Right(_) => {
                    self.press = Box::pin(press());
                    self.presses += 1;
                    if self.presses > 1 {
                        return None;
                    }
                    output::tell("Stops after this item. Press Ctrl+C again to stop at once.");
                }
            }
        }
    }
}

/// Waits for Ctrl+C; for ever where it cannot be watched for.
async fn press() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
