use std::fmt;

use mcp_layers_core::{
    jsonrpc::{ErrorObject, code},
    protocol::ProtocolVersion,
};
use serde::Serialize;

/// There is nothing at this URI: what the handler of a resource or template
/// returns to say so, as each era wants it (RES-9, RES-10).
///
/// ```
/// use mcp_stack::{ResourceNotFound, ResourceTemplate};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct User { id: String }
///
/// let users = ResourceTemplate::new("users://{id}", "user", |user: User| match user.id.as_str() {
///     "1" => Ok("the first user"),
///     _ => Err(ResourceNotFound),
/// });
/// # let _ = users;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResourceNotFound;

impl ResourceNotFound {
    pub(crate) fn error_object(uri: &str, version: ProtocolVersion) -> ErrorObject {
        #[derive(Serialize)]
        struct Data<'a> {
            uri: &'a str,
        }
        let code = match version.is_modern() {
            true => code::INVALID_PARAMS,
            false => code::RESOURCE_NOT_FOUND,
        };
        ErrorObject::new(code, "resource not found").with_data(&Data { uri })
    }
}

impl fmt::Display for ResourceNotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("resource not found")
    }
}

impl std::error::Error for ResourceNotFound {}
