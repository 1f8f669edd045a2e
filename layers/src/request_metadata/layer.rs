use std::sync::Arc;

use tower_layer::Layer;

use super::{checks::Checks, mirrored::MirroredParams, service::RequestMetadata};

/// Checks what a modern request says about itself, in `_meta` and in the headers
/// that mirror the body: see the [module](super).
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct RequestMetadataLayer {
    checks: Checks,
}

impl RequestMetadataLayer {
    /// Checks `_meta`, `Mcp-Method` and `Mcp-Name`. `Mcp-Param-*` headers are
    /// ignored until [`with_mirrored_params`](Self::with_mirrored_params) says
    /// which tools have any.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the `Mcp-Param-*` headers of the tools that mirror arguments; by
    /// default none does.
    pub fn with_mirrored_params(mut self, params: Arc<dyn MirroredParams>) -> Self {
        self.checks.mirrored = Some(params);
        self
    }
}

impl<S> Layer<S> for RequestMetadataLayer {
    type Service = RequestMetadata<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequestMetadata::new(inner, self.checks.clone())
    }
}
