use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, Uri, header};
use mcp_layers_core::{Authority, Rejection};

/// Which hosts this server answers for.
#[derive(Debug, Clone, Default)]
pub(super) struct AllowedHosts {
    any: bool,
    loopback: bool,
    hosts: Arc<[Authority<'static>]>,
}

impl AllowedHosts {
    pub(super) fn any() -> Self {
        Self { any: true, ..Self::default() }
    }

    pub(super) fn loopback() -> Self {
        Self { loopback: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, entry: &str) -> Result<(), InvalidHost> {
        let parsed =
            Authority::parse(entry.as_bytes()).map_err(|_| InvalidHost(entry.into()))?.into_owned();
        self.hosts = self.hosts.iter().cloned().chain([parsed]).collect();
        Ok(())
    }

    /// Judges `Host` and, where the target has one, the authority of the request's
    /// target: `:authority` on HTTP/2 and later (HOST-3), the absolute form on
    /// HTTP/1.1. Nothing says which of the two an application reads, so where both
    /// are there both must be allowed.
    pub(super) fn judge(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Rejection> {
        if self.any {
            return Ok(());
        }
        let mut lines = headers.get_all(header::HOST).iter();
        let host = lines.next().map(HeaderValue::as_bytes);
        if lines.next().is_some() {
            return Err(Rejection::invalid_request("there is more than one Host header"));
        }
        let target = uri.authority().map(|authority| authority.as_str().as_bytes());
        if host.is_none() && target.is_none() {
            return Err(Rejection::invalid_request("there is no Host header"));
        }
        host.into_iter().chain(target).try_for_each(|sent| self.judge_one(sent))
    }

    fn judge_one(&self, sent: &[u8]) -> Result<(), Rejection> {
        let sent = Authority::parse(sent)
            .map_err(|_| Rejection::invalid_request("the request names no valid host"))?;
        if (self.loopback && sent.is_loopback())
            || self.hosts.iter().any(|entry| covers(entry, &sent))
        {
            Ok(())
        } else {
            Err(Rejection::forbidden("this server does not answer for the host the request names"))
        }
    }
}

/// The port counts only if the entry names one (HOST-4). Clients leave out a
/// scheme's default port, and the scheme is not known here: so a request without a
/// port is on 80 or on 443.
fn covers(entry: &Authority<'_>, sent: &Authority<'_>) -> bool {
    entry.host() == sent.host()
        && match (entry.port(), sent.port()) {
            (None, _) => true,
            (Some(port), None) => matches!(port, 80 | 443),
            (Some(port), Some(sent)) => port == sent,
        }
}

/// An entry for the list of hosts is no host with an optional port. Its message
/// names the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidHost(Box<str>);

impl fmt::Display for InvalidHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no host: write a name or an address, without scheme or path, \
             and a port if only that one is meant, as in \"mcp.example.com:8443\" or \"[::1]\"",
            self.0
        )
    }
}

impl std::error::Error for InvalidHost {}
