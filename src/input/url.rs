use http::Uri;
use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use serde::Serialize;

use super::uri::is_uri;
use super::{Capability, Elicited, Input, declares, elicited, sealed::Sealed};

/// Asks the person to visit a page: for passwords, keys, tokens and payment data, which
/// no form may ask for (ELICIT-10), and for anything else that the client is not to see.
///
/// Acceptance means that the person agreed to go there, not that they are done. The URL
/// holds no personal data, and opens nothing by itself: the page verifies that who opens
/// it is who was asked (ELICIT-11, ELICIT-16); [`PageTokens`](crate::PageTokens) are for
/// that.
///
/// What the person enters there stays with the server, which keeps it for the caller whom
/// the page has verified. A credential among it is never handed to the client (ELICIT-23):
/// not in a result, a log message or the state of a round, and not in an error, such as
/// one of the service for which it is; of a tool's errors the client sees the text.
///
/// Clients older than 2025-11-25 cannot be asked. A handler that cannot even begin before
/// the page was visited returns a
/// [`UrlElicitationRequired`](crate::UrlElicitationRequired) instead.
///
/// ```
/// use mcp_stack::UrlElicitation;
///
/// let page = UrlElicitation::new("Please enter your API key", "https://example.com/ui/api_key");
/// assert_eq!(page.id().len(), 36);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct UrlElicitation {
    message: String,
    url: String,
    /// Empty if the system gave no random numbers.
    id: String,
}

impl UrlElicitation {
    /// Asks to visit `url`, for the reason that `message` gives. The URL is `https`, or
    /// `http` at a loopback address, and has no user name in it (ELICIT-12, ELICIT-11);
    /// any other is an error when it is asked.
    pub fn new(message: impl Into<String>, url: impl Into<String>) -> Self {
        Self { message: message.into(), url: url.into(), id: new_id() }
    }

    /// The `elicitationId`, random for each value of this type. Clients of 2025-11-25
    /// get it, to match `notifications/elicitation/complete` with (ELICIT-4, ELICIT-19);
    /// those of 2026-07-28 do not (ELICIT-5).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Sealed for UrlElicitation {}

impl Input for UrlElicitation {
    type Answer = Elicited<()>;

    fn method(&self) -> &'static str {
        "elicitation/create"
    }

    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        version: ProtocolVersion,
    ) -> Option<Capability> {
        const URL: Capability = &["elicitation", "url"];
        let known = version >= ProtocolVersion::V2025_11_25;
        (!known || !declares(declared, URL)).then_some(URL) // ELICIT-2
    }

    fn params(&self, version: ProtocolVersion) -> Result<RawJson, String> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            mode: &'static str,
            message: &'a str,
            url: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            elicitation_id: Option<&'a str>,
        }
        if version < ProtocolVersion::V2025_11_25 {
            return Err(format!("{version} knows no elicitation by URL"));
        }
        check(&self.url)?;
        let elicitation_id = (!version.is_modern()).then_some(&*self.id); // ELICIT-4, ELICIT-5
        if elicitation_id == Some("") {
            return Err("the system's random numbers failed".into());
        }
        let params = Params { mode: "url", message: &self.message, url: &self.url, elicitation_id };
        RawJson::from_value(&params).map_err(|error| error.to_string())
    }

    fn read(&self, result: &RawJson) -> Result<Elicited<()>, String> {
        elicited::read(result, |_| Ok(()))
    }
}

/// ELICIT-3, ELICIT-11, ELICIT-12
fn check(url: &str) -> Result<(), String> {
    let parsed = url.parse::<Uri>().ok().filter(|_| is_uri(url));
    let Some((uri, authority)) = parsed.as_ref().and_then(|uri| Some((uri, uri.authority()?)))
    else {
        return Err("the URL of an elicitation must be absolute, as https://example.com/".into());
    };
    if authority.as_str().contains('@') {
        return Err("the URL of an elicitation must have no user name or password".into());
    }
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&authority.host());
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_loopback => Ok(()),
        _ => Err("the URL of an elicitation must be https, or http at a loopback address".into()),
    }
}

/// A UUID of version 4.
fn new_id() -> String {
    let mut bits = [0; 16];
    if getrandom::fill(&mut bits).is_err() {
        return String::new();
    }
    let bits = u128::from_ne_bytes(bits) & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
