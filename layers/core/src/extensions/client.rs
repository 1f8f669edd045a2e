use http::Extensions;

use super::SessionHandle;
use crate::jsonrpc::RawJson;

/// The capabilities the client declared: for this request (modern), or for the
/// session (legacy).
///
/// ```
/// use mcp_layers_core::{extensions::ClientCapabilities, jsonrpc::RawJson};
///
/// let declared = RawJson::parse(r#"{"sampling":{},"elicitation":{"url":{}}}"#)?;
/// let capabilities = ClientCapabilities::new(declared);
/// assert!(capabilities.has(&["elicitation", "url"]));
/// assert!(!capabilities.has(&["roots"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClientCapabilities(RawJson);

impl ClientCapabilities {
    /// From the JSON object that declares them.
    #[must_use]
    pub fn new(declared: RawJson) -> Self {
        Self(declared)
    }

    /// What this request's client declared: the extension of this type, which a
    /// modern request has, else what its session was opened with. `None` if neither
    /// is there: nothing was declared.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get().or_else(|| extensions.get().map(SessionHandle::client_capabilities))
    }

    /// Whether there is a member at this path, whatever its value but `null` and
    /// `false`. `{"elicitation":{}}` has `["elicitation"]`.
    #[must_use]
    pub fn has(&self, path: &[&str]) -> bool {
        self.get(path).is_some_and(|value| !matches!(value.as_str(), "null" | "false"))
    }

    /// The value at this path.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<RawJson> {
        path.iter().try_fold(self.0.clone(), |value, key| value.member(key))
    }

    /// The object as the client sent it.
    #[must_use]
    pub fn as_json(&self) -> &RawJson {
        &self.0
    }
}

impl Default for ClientCapabilities {
    fn default() -> Self {
        Self(RawJson::empty_object())
    }
}

/// Who the client says it is. Never a reason to treat it differently (META-4).
///
/// ```
/// use mcp_layers_core::{extensions::ClientInfo, jsonrpc::RawJson};
///
/// let info = ClientInfo::new(RawJson::parse(r#"{"name":"probe","version":"1"}"#)?);
/// assert_eq!(info.name().as_deref(), Some("probe"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClientInfo(RawJson);

impl ClientInfo {
    /// From the `Implementation` object.
    #[must_use]
    pub fn new(implementation: RawJson) -> Self {
        Self(implementation)
    }

    /// Who this request's client says it is: the extension of this type, which a
    /// modern request may have, else what its session was opened with.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get().or_else(|| extensions.get().and_then(SessionHandle::client_info))
    }

    /// Its `name`, if that is a string.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        self.string("name")
    }

    /// Its `version`, if that is a string.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        self.string("version")
    }

    /// The object as the client sent it.
    #[must_use]
    pub fn as_json(&self) -> &RawJson {
        &self.0
    }

    fn string(&self, member: &str) -> Option<String> {
        self.0.member(member)?.to().ok()
    }
}
