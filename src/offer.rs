use mcp_layers_core::shutdown::Shutdown;

use crate::{CacheHints, Registry, extension::Extensions, notify::Limits, result::Signature};

/// What a server is set to offer; all its requests share it.
#[derive(Clone)]
pub(crate) struct Offer {
    pub(crate) signature: Signature,
    pub(crate) instructions: Option<String>,
    pub(crate) logging: bool,
    pub(crate) extensions: Extensions,
    pub(crate) page_size: usize,
    pub(crate) stream_budget: usize,
    pub(crate) cache: CacheHints,
    pub(crate) check_output: bool,
    pub(crate) listening: Limits,
    pub(crate) shutdown: Shutdown,
    #[cfg(feature = "asking")]
    pub(crate) asking: crate::ask::Settings,
    pub(crate) registry: Registry,
}
