use tower_layer::Layer;

use super::service::Explorer;

/// Shows browsers a page about the endpoint: see the [module](super).
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct ExplorerLayer(());

impl ExplorerLayer {
    /// The page is the same for every server: all it shows it asks of the endpoint, as
    /// a client.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for ExplorerLayer {
    type Service = Explorer<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Explorer::new(inner)
    }
}
