use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use serde::Deserialize;

use super::uri::is_uri;
use super::{Capability, Input, declares, sealed::Sealed, unfit};

/// Asks which directories and files the server may work on.
///
/// The answer counts for the request it was given to, and not for another (ROOTS-4).
/// A root may have vanished since (ROOTS-2).
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
    /// The URI, which begins with `file://` (ROOTS-2). It has no `.` or `..` among its
    /// segments.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// A name to show.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// ROOTS-2: a path that climbs could name something else than it seems to.
    fn is_valid(&self) -> bool {
        let Some(path) = self.uri.strip_prefix("file://") else { return false };
        let decoded = path.replace("%2e", ".").replace("%2E", ".");
        let climbs = |segment: &str| segment == "." || segment == "..";
        is_uri(&self.uri) && !decoded.split('/').any(climbs)
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
            roots: Vec<RawJson>,
        }
        let what = "a list of roots";
        if !result.is_object() {
            return Err(format!("{what} must be an object"));
        }
        let ListRootsResult { roots } = result.to().map_err(|error| unfit(what, &error))?;
        let root = |(at, root): (usize, &RawJson)| {
            let what = format!("root {at}");
            if !root.is_object() {
                return Err(format!("{what} must be an object"));
            }
            let root: Root = root.to().map_err(|error| unfit(&what, &error))?;
            match root.is_valid() {
                true => Ok(root),
                false => Err(format!("the uri of {what} must be a file:// URI without . and ..")),
            }
        };
        roots.iter().enumerate().map(root).collect()
    }
}
