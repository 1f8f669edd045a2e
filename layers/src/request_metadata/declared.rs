use std::borrow::Cow;

use mcp_layers_core::{
    Rejection,
    extensions::{ClientCapabilities, ClientInfo},
    jsonrpc::Members,
    protocol::{LogLevel, meta},
};
use serde::Deserialize;

/// What a modern request declares in its `_meta`.
pub(super) struct Declared {
    pub(super) capabilities: ClientCapabilities,
    pub(super) client_info: Option<ClientInfo>,
}

/// Reads `_meta`. Keys without a meaning here are passed over (META-38).
pub(super) fn read(members: &Members) -> Result<Declared, Rejection> {
    match members.get(meta::PROTOCOL_VERSION) {
        None => return Err(fault(meta::PROTOCOL_VERSION, "is missing")), // META-1
        Some(claim) if !claim.starts_with('"') => {
            return Err(fault(meta::PROTOCOL_VERSION, "must be a string")); // META-3
        }
        Some(_) => {}
    }
    let capabilities = match members.raw(meta::CLIENT_CAPABILITIES) {
        None => return Err(fault(meta::CLIENT_CAPABILITIES, "is missing")), // META-1
        Some(json) if !json.is_object() => {
            return Err(fault(meta::CLIENT_CAPABILITIES, "must be an object")); // META-3
        }
        Some(json) => ClientCapabilities::new(json),
    };
    let client_info = match members.raw(meta::CLIENT_INFO) {
        None => None, // META-2
        Some(json) if json.is_object() && json.to::<Implementation<'_>>().is_ok() => {
            Some(ClientInfo::new(json))
        }
        Some(_) => {
            return Err(fault(
                meta::CLIENT_INFO,
                "must be an object with the strings `name` and `version`",
            )); // META-3
        }
    };
    let is_level = |name: Cow<'_, str>| name.parse::<LogLevel>().is_ok();
    if members.contains(meta::LOG_LEVEL) && !members.string(meta::LOG_LEVEL).is_some_and(is_level) {
        let names = LogLevel::ALL.map(LogLevel::as_str).join(", ");
        return Err(fault(meta::LOG_LEVEL, &format!("must be one of {names}"))); // LOG-5
    }
    Ok(Declared { capabilities, client_info })
}

fn fault(key: &str, fault: &str) -> Rejection {
    Rejection::invalid_params(format!("`_meta[\"{key}\"]` {fault}"))
}

/// What `clientInfo` must have, read without a copy.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only whether it can be read matters")]
struct Implementation<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}
