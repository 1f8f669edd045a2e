use std::{mem, sync::Arc};

use mcp_stack::{BoxError, Context, McpService, Tool};
use tokio::sync::Semaphore;

use super::patiently;

/// Tools whose calls a test can watch and hold back: `silent` answers once it is let
/// through, `streaming` reports progress before that.
#[derive(Debug)]
pub(crate) struct Stage {
    /// A permit for each call that has begun.
    pub(crate) started: Semaphore,
    /// Lets calls through, one for each permit.
    pub(crate) gate: Semaphore,
    /// A permit for each call that ran to its end.
    pub(crate) finished: Semaphore,
    /// A permit for each call that was dropped before its end.
    pub(crate) dropped: Semaphore,
}

/// One call on a stage.
pub(crate) struct Performance(Option<Arc<Stage>>);

impl Stage {
    pub(crate) fn new() -> Arc<Self> {
        let none = || Semaphore::new(0);
        Arc::new(Self { started: none(), gate: none(), finished: none(), dropped: none() })
    }

    /// A service with the two tools.
    pub(crate) fn service(self: &Arc<Self>) -> McpService {
        let (silent, streaming) = (Arc::clone(self), Arc::clone(self));
        let silent = Tool::new("silent", move || {
            let stage = Arc::clone(&silent);
            async move { stage.perform().await }
        });
        let streaming = Tool::new("streaming", move |cx: Context| {
            let stage = Arc::clone(&streaming);
            async move {
                cx.progress(1.0, None, None);
                stage.perform().await
            }
        });
        McpService::new("stage", "1.0.0")
            .with_tool(silent)
            .and_then(|service| service.with_tool(streaming))
            .expect("fit tools")
    }

    /// A call begins.
    pub(crate) fn enter(self: &Arc<Self>) -> Performance {
        self.started.add_permits(1);
        Performance(Some(Arc::clone(self)))
    }

    async fn perform(self: Arc<Self>) -> Result<&'static str, BoxError> {
        let performance = self.enter();
        self.gate.acquire().await?.forget();
        performance.finish();
        Ok("done")
    }
}

impl Performance {
    /// The call has come to its end.
    pub(crate) fn finish(mut self) {
        let stage = mem::take(&mut self.0).expect("taken here alone");
        stage.finished.add_permits(1);
    }
}

impl Drop for Performance {
    fn drop(&mut self) {
        if let Some(stage) = &self.0 {
            stage.dropped.add_permits(1);
        }
    }
}

/// Waits for a permit, and takes it.
pub(crate) async fn take(permits: &Semaphore) {
    take_many(permits, 1).await;
}

/// Waits for so many permits, and takes them.
pub(crate) async fn take_many(permits: &Semaphore, count: u32) {
    patiently(permits.acquire_many(count)).await.expect("never closed").forget();
}
