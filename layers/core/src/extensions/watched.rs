//! The resources whose changes somebody wants to hear of.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The URIs a session's client has subscribed to, on this node.
///
/// ```
/// use mcp_layers_core::extensions::Watched;
///
/// let watched = Watched::default();
/// watched.add("file:///project", 100)?;
/// assert!(watched.covers("file:///project"));
/// assert!(watched.covers("file:///project/README.md"));
/// assert!(!watched.covers("file:///projects"));
/// # Ok::<(), mcp_layers_core::extensions::TooMany>(())
/// ```
#[derive(Debug, Default)]
pub struct Watched(Mutex<BTreeSet<Box<str>>>);

/// There is no room for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Watched {
    /// Adds a URI; one that is there already changes nothing.
    ///
    /// # Errors
    ///
    /// [`TooMany`] when there are `max` others.
    pub fn add(&self, uri: &str, max: usize) -> Result<(), TooMany> {
        let mut uris = self.lock();
        if !uris.contains(uri) {
            if uris.len() >= max {
                return Err(TooMany);
            }
            uris.insert(uri.into());
        }
        Ok(())
    }

    /// Removes a URI; `false` if it was not there.
    pub fn remove(&self, uri: &str) -> bool {
        self.lock().remove(uri)
    }

    /// Whether this URI or one above it is here (RES-17, LISTEN-6). What is above
    /// ends where a `/` of the URI's path begins, or with one.
    #[must_use]
    pub fn covers(&self, uri: &str) -> bool {
        let uris = self.lock();
        if uris.is_empty() {
            return false;
        }
        let slashes = uri.match_indices('/').map(|(at, _)| at);
        uris.contains(uri)
            || slashes.into_iter().any(|at| {
                // The slash itself ends a URI such as `file:///docs/`.
                uris.contains(&uri[..at]) || uris.contains(&uri[..=at])
            })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Box<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Display for TooMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("too many resources are watched already")
    }
}

impl std::error::Error for TooMany {}
