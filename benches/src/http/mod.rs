//! A minimal HTTP/1.1 keep-alive client, so that the load costs less than the server.
//!
//! One request at a time on one connection; the answer's length comes from
//! `Content-Length` or chunks. A body that ends with the connection is refused,
//! because a server that answers so cannot be measured with keep-alive.

mod chunked;
mod connection;
mod head;

pub use connection::{Connection, Response};
pub use head::Head;

use std::str::FromStr;

use anyhow::{Context as _, Error, Result};

/// Where requests go: the `http` URL a server prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `host:port`.
    pub authority: String,
    /// The path, with its leading slash.
    pub path: String,
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        let rest = url
            .strip_prefix("http://")
            .with_context(|| format!("{url:?} is not an http:// URL"))?;
        let slash = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(slash);
        Ok(Self {
            authority: authority.to_owned(),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_splits_into_authority_and_path() {
        let target: Target = "http://127.0.0.1:80/mcp".parse().expect("valid");
        assert_eq!((&*target.authority, &*target.path), ("127.0.0.1:80", "/mcp"));
        let bare: Target = "http://localhost:80".parse().expect("valid");
        assert_eq!(bare.path, "/");
        assert!("https://localhost/mcp".parse::<Target>().is_err());
    }
}
