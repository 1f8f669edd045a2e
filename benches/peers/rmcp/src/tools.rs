//! The tools of `tools.json`; three of them are called.

use anyhow::Result;
use peer::{Add, Echo, Steps, Sum};
use rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    CallToolResult, ContentBlock, ProgressNotificationParam, RequestMetaObject, Tool,
};
use rmcp::{ErrorData, Json, RoleServer, tool, tool_router};

use crate::Peer;

/// The tools with the names, descriptions and schemas of the list that all servers have.
pub(crate) fn router(with_change: bool) -> Result<ToolRouter<Peer>> {
    let mut router = Peer::tool_router();
    if !with_change {
        router.remove_route("change");
    }
    for listed in peer::catalogue()? {
        let tool = Tool::new(listed.name, listed.description, listed.input_schema);
        match router.map.get_mut(&tool.name) {
            Some(route) => route.attr = tool,
            None => router.add_route(ToolRoute::new_dyn(tool, |_| {
                let answer = ContentBlock::text("not called by any workload");
                Box::pin(async { Ok(CallToolResult::success(vec![answer]).into()) })
            })),
        }
    }
    Ok(router)
}

#[tool_router]
impl Peer {
    #[tool]
    async fn echo(&self, Parameters(Echo { text }): Parameters<Echo>) -> String {
        text
    }

    #[tool]
    async fn add(&self, Parameters(Add { a, b }): Parameters<Add>) -> Json<Sum> {
        Json(Sum { sum: a + b })
    }

    /// Gives way after each report, as work that takes time does.
    #[tool]
    async fn progress(
        &self,
        Parameters(Steps { steps }): Parameters<Steps>,
        meta: RequestMetaObject,
        client: rmcp::Peer<RoleServer>,
    ) -> Result<String, ErrorData> {
        let token = meta
            .get_progress_token()
            .ok_or_else(|| ErrorData::invalid_params("no progress token", None))?;
        for step in 1..=steps {
            let report = ProgressNotificationParam::new(token.clone(), f64::from(step));
            // An error says that the client has left.
            let _ = client.notify_progress(report.with_total(f64::from(steps))).await;
            tokio::task::yield_now().await;
        }
        Ok("done".to_owned())
    }

    #[tool]
    async fn change(&self) -> String {
        if let Some(changes) = &self.changes {
            changes.announce().await;
        }
        "changed".to_owned()
    }
}
