//! Protocol extensions: what a server says it supports.

use std::fmt;

use mcp_layers_core::jsonrpc::RawJson;
use serde::{Serialize, Serializer};

use crate::meta::is_key;

/// The extensions a server advertises, with their settings.
#[derive(Clone, Default)]
pub(crate) struct Extensions(Vec<(String, RawJson)>);

impl Extensions {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// EXT-1
    pub(crate) fn insert<T: Serialize>(
        &mut self,
        id: String,
        settings: &T,
    ) -> Result<(), InvalidExtension> {
        let fail = |fault: &str| InvalidExtension(format!("the extension {id:?} {fault}"));
        let named = id.split_once('/').is_some_and(|(_, name)| !name.is_empty());
        if !named || !is_key(&id) {
            return Err(fail("must be a prefix of labels, a slash and a name"));
        }
        let settings = RawJson::from_value(settings).map_err(|error| fail(&error.to_string()))?;
        if !settings.is_object() {
            return Err(fail("must have an object for its settings, {} if there are none"));
        }
        self.0.retain(|(other, _)| *other != id);
        self.0.push((id, settings));
        Ok(())
    }
}

impl Serialize for Extensions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, settings)| (id, settings)))
    }
}

/// An extension that cannot be advertised; the message names it and says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidExtension(String);

impl fmt::Display for InvalidExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidExtension {}
