use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, header};
use mcp_layers_core::Rejection;

use super::origin::{InvalidOrigin, Origin};

/// Which origins may call this server.
#[derive(Clone, Default)]
pub(super) struct AllowedOrigins {
    any: bool,
    loopback: bool,
    /// The opaque origin, which only its name allows (ORIGIN-6).
    null: bool,
    origins: Vec<Origin<'static>>,
    predicate: Option<Predicate>,
}

type Predicate = Arc<dyn Fn(&Origin<'_>) -> bool + Send + Sync>;

impl AllowedOrigins {
    pub(super) fn any() -> Self {
        Self { any: true, ..Self::default() }
    }

    pub(super) fn loopback() -> Self {
        Self { loopback: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, entry: &str) -> Result<(), InvalidOrigin> {
        if entry == "null" {
            self.null = true;
        } else {
            self.origins.push(Origin::parse(entry.as_bytes())?.into_owned());
        }
        Ok(())
    }

    pub(super) fn or(&mut self, predicate: Predicate) {
        self.predicate = Some(predicate);
    }

    /// The list alone is given up for another; the predicate stays.
    pub(super) fn without_list(&self) -> Self {
        Self { predicate: self.predicate.clone(), ..Self::default() }
    }

    /// Judges a request by its headers alone, before anything reads the body
    /// (ORIGIN-1).
    pub(super) fn judge(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        if self.any {
            return Ok(());
        }
        let mut lines = headers.get_all(header::ORIGIN).iter();
        // Clients that are no browsers send none (ORIGIN-5).
        let Some(sent) = lines.next() else {
            return Ok(());
        };
        if lines.next().is_some() {
            return Err(Rejection::forbidden("there is more than one Origin header"));
        }
        if self.allows(sent) {
            Ok(())
        } else {
            Err(Rejection::forbidden("the request's origin is not allowed"))
        }
    }

    /// Whether a page of this origin may call.
    pub(super) fn allows(&self, origin: &HeaderValue) -> bool {
        self.any
            || match origin.as_bytes() {
                b"null" => self.null,
                origin => Origin::read(origin).is_some_and(|origin| self.contains(&origin)),
            }
    }

    fn contains(&self, origin: &Origin<'_>) -> bool {
        (self.loopback && origin.is_loopback())
            || self.origins.contains(origin)
            || self.predicate.as_ref().is_some_and(|allows| allows(origin))
    }
}

impl fmt::Debug for AllowedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllowedOrigins")
            .field("any", &self.any)
            .field("loopback", &self.loopback)
            .field("null", &self.null)
            .field("origins", &self.origins)
            .field("predicate", &self.predicate.is_some())
            .finish()
    }
}
