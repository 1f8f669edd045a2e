use std::sync::Arc;

use http::HeaderName;

/// Which tools have arguments that clients repeat in headers.
///
/// Implemented by the registry of tools; asked once per modern `tools/call`.
pub trait MirroredParams: Send + Sync + 'static {
    /// The mirrored arguments of the tool of this name; `None` if it has none, or
    /// if there is no such tool.
    fn of_tool(&self, name: &str) -> Option<Arc<[MirroredParam]>>;
}

/// One argument that clients repeat in an `Mcp-Param-{Name}` header, where its
/// schema has `"x-mcp-header": "{Name}"`.
///
/// Made by [`from_schema`](Self::from_schema).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirroredParam {
    pub(super) header: HeaderName,
    pub(super) path: Box<[Box<str>]>,
    pub(super) kind: MirroredKind,
}

/// The JSON type of a mirrored argument, which says how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MirroredKind {
    /// Byte for byte, after decoding.
    String,
    /// As numbers: `42.0` equals `42`. Limited to ±(2^53 − 1).
    Integer,
    /// As the words `true` and `false`.
    Boolean,
}

impl MirroredParam {
    /// The header, `mcp-param-{name}` in lower case.
    #[must_use]
    pub fn header(&self) -> &HeaderName {
        &self.header
    }

    /// The names of the properties that lead to it from the root of `arguments`.
    #[must_use]
    pub fn path(&self) -> &[Box<str>] {
        &self.path
    }

    /// Its JSON type.
    #[must_use]
    pub fn kind(&self) -> MirroredKind {
        self.kind
    }
}
