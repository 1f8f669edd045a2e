//! The layers of tower and tower-http around a stack, as `mcp_stack::composing` says.

mod support;

mod headers;
mod limits;
mod timeouts;
