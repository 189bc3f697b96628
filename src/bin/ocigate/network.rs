//! Where network I/O runs.

use anyhow::Context as _;

/// Runs network I/O to its end on this thread; connections live on between calls.
pub struct Network(Option<tokio::runtime::Runtime>);

impl Network {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Network(Some(tokio::runtime::Builder::new_current_thread().enable_all().build()?)))
    }

    pub fn run<T>(&self, future: impl Future<Output = T>) -> anyhow::Result<T> {
        let runtime = self.0.as_ref().context("the network was shut down")?;
        Ok(runtime.block_on(future))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // A name server that does not answer must not outlast the deadline.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
