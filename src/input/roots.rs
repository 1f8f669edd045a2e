use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use serde::Deserialize;

use super::{Capability, Input, declares, sealed::Sealed};

/// Asks which directories and files the server may work on.
///
/// The answer counts for the request it was given to (ROOTS-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct ListRoots;

/// A directory or file that the server may work on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Root {
    uri: String,
    name: Option<String>,
}

impl Root {
    /// The URI, which begins with `file://` (ROOTS-2).
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// A name to show.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl Sealed for ListRoots {}

impl Input for ListRoots {
    type Answer = Vec<Root>;

    fn method(&self) -> &'static str {
        "roots/list"
    }

    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        _: ProtocolVersion,
    ) -> Option<Capability> {
        const ROOTS: Capability = &["roots"];
        (!declares(declared, ROOTS)).then_some(ROOTS) // ROOTS-1
    }

    fn params(&self, _: ProtocolVersion) -> Result<RawJson, String> {
        Ok(RawJson::empty_object())
    }

    fn read(&self, result: &RawJson) -> Result<Vec<Root>, String> {
        #[derive(Deserialize)]
        struct ListRootsResult {
            roots: Vec<Root>,
        }
        let ListRootsResult { roots } =
            result.to().map_err(|error| format!("not a list of roots: {error}"))?;
        match roots.iter().find(|root| !root.uri.starts_with("file://")) {
            None => Ok(roots),
            Some(_) => Err("a root's URI does not begin with file://".into()),
        }
    }
}
