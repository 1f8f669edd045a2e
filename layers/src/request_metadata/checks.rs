use std::{fmt, sync::Arc};

use http::Request;
use mcp_layers_core::{
    Inbound, Rejection,
    protocol::{Method, ProtocolVersion},
};

use super::{
    arguments,
    declared::{self, Declared},
    mirrored::MirroredParams,
    names,
};

/// Everything that is checked on a modern request, in the order of ERR-8.
#[derive(Clone, Default)]
pub(super) struct Checks {
    pub(super) mirrored: Option<Arc<dyn MirroredParams>>,
}

impl Checks {
    /// What a modern request declares; `None` for every other message.
    pub(super) fn read(&self, request: &Request<Inbound>) -> Result<Option<Declared>, Rejection> {
        // META-33: a notification is not held to the rules of requests.
        let Inbound::Request(call) = request.body() else { return Ok(None) };
        let version = ProtocolVersion::of(request.extensions());
        if !version.is_modern() {
            return Ok(None); // META-32, META-39
        }
        let declared = declared::read(call.params.meta())?;
        names::check_method(request.headers(), call.method.as_str())?;
        names::check_name(request.headers(), call)?;
        if call.method == Method::ToolsCall
            && let Some(tools) = &self.mirrored
            && let Some(name) = call.params.string("name")
            && let Some(params) = tools.of_tool(&name)
        {
            arguments::check(request.headers(), call.params.get("arguments"), &params)?;
        }
        Ok(Some(declared))
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks").field("mirrored", &self.mirrored.is_some()).finish()
    }
}
