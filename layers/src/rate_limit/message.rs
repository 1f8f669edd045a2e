use std::{hash::Hash, sync::Arc};

use http::Request;
use mcp_layers_core::{Inbound, protocol::Method};

use super::key::Key;

/// The tool that a `tools/call` names (TOOL-28). Everything else is not limited.
///
/// Alone it gives all callers together one bucket for each tool; beside another key,
/// `(ByPrincipalOrAddr, ByToolName)`, one for each caller and tool. A caller can make
/// up names, and each has a bucket: that costs table space only, since no tool runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByToolName;

impl Key<Inbound> for ByToolName {
    fn key(&self, request: &Request<Inbound>) -> Option<impl Hash> {
        let message = request.body();
        let call = message.method() == Some(&Method::ToolsCall);
        // A call without a name fails, but only after this.
        call.then(|| message.params().and_then(|params| params.string("name")))
    }
}

/// Another key, for some methods only: all else is not limited (COMP-8).
///
/// ```
/// use mcp_layers::rate_limit::{ByPrincipalOrAddr, ForMethods, Rate, RateLimitLayer};
/// use mcp_layers_core::protocol::Method;
///
/// let key = ForMethods::new([Method::CompletionComplete], ByPrincipalOrAddr);
/// let layer = RateLimitLayer::new(Rate::per_second(5)?, key);
/// # Ok::<(), mcp_layers::rate_limit::InvalidRate>(())
/// ```
#[derive(Debug, Clone)]
pub struct ForMethods<K> {
    methods: Arc<[Method]>,
    key: K,
}

impl<K> ForMethods<K> {
    /// Limits requests and notifications of these methods, told apart by `key`.
    pub fn new(methods: impl IntoIterator<Item = Method>, key: K) -> Self {
        Self { methods: methods.into_iter().collect(), key }
    }
}

impl<K> Key<Inbound> for ForMethods<K>
where
    K: Key<Inbound>,
{
    fn key(&self, request: &Request<Inbound>) -> Option<impl Hash> {
        let method = request.body().method()?;
        if self.methods.contains(method) { self.key.key(request) } else { None }
    }
}
