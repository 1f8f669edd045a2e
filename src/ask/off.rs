//! In the place of asking the client, without the feature `asking`: nobody is asked.

use std::{fmt, sync::Arc};

use mcp_layers_core::{
    jsonrpc::Params,
    protocol::{Method, ProtocolVersion},
};

use crate::offer::Offer;

/// What a call needs in order to ask its client.
pub(crate) struct Asking(Arc<Offer>);

impl Asking {
    pub(crate) fn new(offer: Arc<Offer>, _: Method, _: Params, _: ProtocolVersion) -> Self {
        Self(offer)
    }

    pub(crate) fn offer(&self) -> &Offer {
        &self.0
    }

    /// No answer depends on what a client says of earlier rounds.
    pub(crate) fn is_retry(&self) -> bool {
        false
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asking")
    }
}
