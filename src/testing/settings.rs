//! How a client is set up.

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Uri};
use mcp_layers_core::protocol::Era;
use serde_json::{Map, Value};

use super::{
    TestClient,
    input::{Asked, Closures, IntoReply, closure},
};
use crate::ProtocolVersion;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) version: ProtocolVersion,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) extensions: Extensions,
    pub(super) capabilities: Map<String, Value>,
    pub(super) closures: Closures,
    pub(super) max_rounds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: ProtocolVersion::V2026_07_28,
            uri: Uri::from_static("/mcp"),
            headers: HeaderMap::new(),
            extensions: Extensions::new(),
            capabilities: Map::new(),
            closures: Closures::default(),
            max_rounds: 16,
        }
    }
}

/// How the client speaks: to be said before it [connects](TestClient::connect).
impl TestClient {
    /// Speaks the modern revision, 2026-07-28; the default.
    pub fn modern(mut self) -> Self {
        self.settings().version = ProtocolVersion::V2026_07_28;
        self
    }

    /// Speaks a legacy revision.
    ///
    /// # Panics
    ///
    /// If `version` is modern.
    pub fn legacy(mut self, version: ProtocolVersion) -> Self {
        assert_eq!(version.era(), Era::Legacy, "{version} is a modern revision");
        self.settings().version = version;
        self
    }

    /// Calls this path, which is `/mcp` unless set.
    ///
    /// # Panics
    ///
    /// If it is no URI.
    pub fn with_uri(mut self, uri: &str) -> Self {
        self.settings().uri = uri.parse().unwrap_or_else(|error| panic!("{uri:?}: {error}"));
        self
    }

    /// Sends this header with every request, such as `authorization`; `host` is
    /// `localhost` unless set.
    ///
    /// # Panics
    ///
    /// If the name or the value is none of a header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let value =
            HeaderValue::try_from(value).unwrap_or_else(|error| panic!("{value:?}: {error}"));
        self.settings().headers.insert(name, value);
        self
    }

    /// Puts this in the extensions of every request, as the host or an outer layer
    /// would.
    pub fn with_extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.settings().extensions.insert(extension);
        self
    }

    /// Declares these client capabilities besides those that follow from the closures;
    /// where both name one, this counts.
    ///
    /// # Panics
    ///
    /// If it is no object.
    pub fn with_capabilities(mut self, capabilities: Value) -> Self {
        let Value::Object(capabilities) = capabilities else {
            panic!("capabilities are an object, and not {capabilities}");
        };
        self.settings().capabilities.extend(capabilities);
        self
    }

    /// How often one modern call may be answered by asking for input; 16 unless set.
    /// Once more is an error of kind [`Rounds`](super::CallErrorKind::Rounds).
    pub fn with_max_rounds(mut self, rounds: usize) -> Self {
        self.settings().max_rounds = rounds;
        self
    }

    /// Answers `elicitation/create`, and declares it: both modes, from 2025-11-25 on.
    pub fn on_elicit<F, R, Marker>(mut self, answer: F) -> Self
    where
        F: Fn(Asked) -> R + Send + Sync + 'static,
        R: IntoReply<Marker>,
    {
        self.settings().closures.elicit = closure(answer);
        self
    }

    /// Answers `sampling/createMessage`, and declares it, without tools and contexts.
    pub fn on_sample<F, R, Marker>(mut self, answer: F) -> Self
    where
        F: Fn(Asked) -> R + Send + Sync + 'static,
        R: IntoReply<Marker>,
    {
        self.settings().closures.sample = closure(answer);
        self
    }

    /// Answers `roots/list`, and declares it.
    pub fn on_roots<F, R, Marker>(mut self, answer: F) -> Self
    where
        F: Fn(Asked) -> R + Send + Sync + 'static,
        R: IntoReply<Marker>,
    {
        self.settings().closures.roots = closure(answer);
        self
    }

    pub(super) fn capabilities(&self) -> Map<String, Value> {
        let mut capabilities = self.settings.closures.capabilities(self.settings.version);
        capabilities.extend(self.settings.capabilities.clone());
        capabilities
    }
}
