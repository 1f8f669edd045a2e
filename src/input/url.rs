use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};

use super::{Capability, Elicited, Input, declares, elicited, sealed::Sealed};

/// Asks the person to visit a page.
#[derive(Debug, Clone)]
#[must_use]
pub struct UrlElicitation {
    message: String,
    url: String,
    id: String,
}

impl UrlElicitation {
    /// Asks to visit `url`, for the reason that `message` gives.
    pub fn new(message: impl Into<String>, url: impl Into<String>) -> Self {
        Self { message: message.into(), url: url.into(), id: String::new() }
    }

    /// The `elicitationId`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Sealed for UrlElicitation {}

impl Input for UrlElicitation {
    type Answer = Elicited<()>;

    fn method(&self) -> &'static str {
        "elicitation/create"
    }

    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        version: ProtocolVersion,
    ) -> Option<Capability> {
        const URL: Capability = &["elicitation", "url"];
        let known = version >= ProtocolVersion::V2025_11_25;
        (!known || !declares(declared, URL)).then_some(URL)
    }

    fn params(&self, _: ProtocolVersion) -> Result<RawJson, String> {
        Err(format!("not yet: {} {}", self.message, self.url))
    }

    fn read(&self, result: &RawJson) -> Result<Self::Answer, String> {
        elicited::read(result, |_| Ok(()))
    }
}
