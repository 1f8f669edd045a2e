//! rmcp, set up for these workloads as its documentation suggests.
//!
//! Usage: `peer-rmcp [--stateless] [--change] ADDR`. With `--stateless` it keeps no
//! legacy sessions; the modern era has none in either case. With `--change` it also has
//! the tool `change`, which tells every open stream that the list of tools has changed.
//!
//! It answers in JSON where rmcp can, since that is the faster of its two ways: in
//! legacy sessions it always answers in SSE.

mod changes;
mod tools;

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{ServerCapabilities, ServerConfig, SubscriptionFilter};
use rmcp::service::{NotificationContext, SubscriptionContext};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler, tool_handler};

use crate::changes::Changes;

#[derive(Clone)]
pub(crate) struct Peer {
    tools: Arc<ToolRouter<Self>>,
    /// Who hears of changes; none are made without `--change`.
    changes: Option<Arc<Changes>>,
}

#[tool_handler(router = self.tools)]
impl ServerHandler for Peer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools();
        ServerConfig::new(capabilities.enable_tool_list_changed().build())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        if let Some(changes) = &self.changes {
            changes.add_session(context.peer);
        }
    }

    fn accepted_subscription_filter(
        &self,
        asked: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(asked.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        if let Some(changes) = &self.changes {
            changes.forward(&context).await;
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let stateless = args.contains("--stateless");
    let changes = args.contains("--change").then(Arc::<Changes>::default);
    let addr: String = args.free_from_str()?;

    let peer = Peer { tools: Arc::new(tools::router(changes.is_some())?), changes };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(!stateless)
        .with_json_response(true);
    peer::run(async {
        let service = StreamableHttpService::new(
            move || Ok(peer.clone()),
            Arc::new(LocalSessionManager::default()),
            config,
        );
        peer::serve(&addr, Router::new().nest_service("/mcp", service)).await
    })
}
