//! What every host serves.

use std::sync::Arc;

use mcp_stack::{
    BoxError, Context, Elicited, Form, InputError, McpService, Tool, core::extensions::ClientAddr,
};
use tokio::sync::Semaphore;

/// The far end of the tools' strings.
#[derive(Debug)]
pub(crate) struct Probe {
    /// A permit for each call that has begun to wait.
    pub(crate) waiting: Semaphore,
    /// A permit lets one of them finish.
    pub(crate) gate: Semaphore,
    /// A permit for each of them that was dropped, finished or not.
    pub(crate) dropped: Semaphore,
}

impl Probe {
    pub(crate) fn new() -> Arc<Self> {
        let none = || Semaphore::new(0);
        Arc::new(Self { waiting: none(), gate: none(), dropped: none() })
    }

    pub(crate) fn service(self: &Arc<Self>) -> McpService {
        let (silent, streaming) = (Arc::clone(self), Arc::clone(self));
        let wait = move || {
            let probe = Arc::clone(&silent);
            async move { probe.wait().await }
        };
        let stream = move |cx: Context| {
            let probe = Arc::clone(&streaming);
            async move {
                cx.progress(1.0, Some(2.0), None);
                let answer = probe.wait().await;
                cx.progress(2.0, Some(2.0), None);
                answer
            }
        };
        let fails = || -> Result<&str, BoxError> { Err("out of order".into()) };
        [
            Tool::new("wait", wait),
            Tool::new("stream", stream),
            Tool::new("fails", fails),
            Tool::new("caller", caller),
            Tool::new("ask", ask),
        ]
        .into_iter()
        .try_fold(McpService::new("probe", "1.0.0"), McpService::with_tool)
        .expect("fit tools")
    }

    async fn wait(&self) -> &'static str {
        let _dropped = OnDrop(&self.dropped);
        self.waiting.add_permits(1);
        take(&self.gate).await;
        "done"
    }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Nothing {}

/// Asks the person at the client.
async fn ask(cx: Context) -> Result<&'static str, InputError> {
    Ok(match cx.elicit("go", Form::<Nothing>::new("May I?")).await? {
        Elicited::Accept(Nothing {}) => "accepted",
        Elicited::Decline | Elicited::Cancel => "declined",
    })
}

/// Who the host says is calling.
fn caller(cx: Context) -> String {
    match (cx.principal(), cx.extensions().get::<ClientAddr>()) {
        (Some(principal), _) => principal.name().to_owned(),
        (None, Some(addr)) => addr.ip().to_string(),
        (None, None) => "nobody".to_owned(),
    }
}

/// Waits for a permit, and uses it up.
pub(crate) async fn take(permits: &Semaphore) {
    permits.acquire().await.expect("never closed").forget();
}

struct OnDrop<'a>(&'a Semaphore);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}
