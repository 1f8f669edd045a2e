use std::{collections::BTreeMap, sync::Arc, sync::Mutex};

use mcp_stack::{BoxError, Context, McpService, Tool};
use tokio::sync::Semaphore;

use crate::shared::until;

/// Tools whose calls a test can count and hold back: `silent` answers once it is let
/// through, `streaming` reports progress before that.
#[derive(Debug)]
pub(crate) struct Stage {
    /// Lets calls through, one for each permit.
    gate: Semaphore,
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    begun: usize,
    /// How many came to which end.
    ended: BTreeMap<String, usize>,
}

/// One call on a stage.
struct Performance {
    stage: Arc<Stage>,
    cx: Context,
    finished: bool,
}

/// The end of a call that was let through.
pub(crate) const FINISHED: &str = "finished";

impl Stage {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), calls: Mutex::default() })
    }

    /// A service with the two tools, and one that answers at once.
    pub(crate) fn service(self: &Arc<Self>) -> McpService {
        let (silent, streaming) = (Arc::clone(self), Arc::clone(self));
        let silent = Tool::new("silent", move |cx| Arc::clone(&silent).perform(cx));
        let streaming = Tool::new("streaming", move |cx: Context| {
            cx.progress(1.0, None, None);
            Arc::clone(&streaming).perform(cx)
        });
        [silent, streaming, Tool::new("quick", || "quick")]
            .into_iter()
            .try_fold(McpService::new("stage", "1.0.0"), McpService::with_tool)
            .expect("fit tools")
    }

    pub(crate) fn calls_begun(&self) -> usize {
        self.calls().begun
    }

    /// Waits until so many calls have begun since the beginning.
    pub(crate) async fn begun(&self, count: usize) {
        until(|| self.calls_begun() >= count).await;
        assert_eq!(self.calls_begun(), count);
    }

    /// Lets so many calls through.
    pub(crate) fn let_through(&self, count: usize) {
        self.gate.add_permits(count);
    }

    /// Waits until so many calls have come to this end since the beginning.
    pub(crate) async fn ended(&self, end: &str, count: usize) {
        until(|| self.calls().ended.get(end).is_some_and(|ended| *ended >= count)).await;
        assert_eq!(self.ends().get(end), Some(&count));
    }

    /// How many calls came to which end.
    pub(crate) fn ends(&self) -> BTreeMap<String, usize> {
        self.calls().ended.clone()
    }

    async fn perform(self: Arc<Self>, cx: Context) -> Result<&'static str, BoxError> {
        self.calls().begun += 1;
        let mut performance = Performance { stage: self, cx, finished: false };
        performance.stage.gate.acquire().await?.forget();
        performance.finished = true;
        Ok("done")
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.calls.lock().expect("no panic while it is held")
    }
}

impl Drop for Performance {
    fn drop(&mut self) {
        let end = match self.finished {
            true => FINISHED.to_owned(),
            false => match futures_util::FutureExt::now_or_never(self.cx.cancelled()) {
                Some(reason) => reason.to_string(),
                None => "dropped for no reason".to_owned(),
            },
        };
        *self.stage.calls().ended.entry(end).or_default() += 1;
    }
}
