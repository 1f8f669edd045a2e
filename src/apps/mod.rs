//! MCP Apps: tools whose results a host shows in an interface of the server's own.
//!
//! The interface is a *view*: an HTML page, offered as a resource at a `ui://` URI,
//! that the host runs in a sandboxed frame. A tool names the view its results are for,
//! and the host hands them to it. The extension's identifier is [`EXTENSION`], its
//! revision the one of 2026-01-26; what view and host say to each other does not reach
//! the server.
//!
//! # Without the extension
//!
//! A client that does not declare [`EXTENSION`] with [`MIME_TYPE`], on the request at
//! hand (modern) or for its session (legacy), gets the core protocol alone (EXT-2,
//! EXT-3): in `tools/list` a tool has no `_meta.ui`, and tools that are
//! [for the view alone](ToolView::for_view_alone) are left out, since nothing would keep
//! them from the model. Calls and results are the same, so a tool's content says as text
//! what the view shows; a handler that wants to know asks [`supported_by`]. Views stay
//! readable, for hosts that fetch them ahead.
//!
//! A list that differs by client is never marked as `public` for caches. Of a list that
//! comes from a [`Source`](crate::Source) the author says so: leave its hints private if
//! its tools have views.
//!
//! # Example
//!
//! ```
//! use mcp_stack::{
//!     BoxError, Content, McpService, Resource, Tool, ToolResult,
//!     apps::{Csp, ToolView, ViewSettings},
//! };
//! use serde_json::json;
//!
//! let page = "<!DOCTYPE html><title>Weather</title><script>…</script>";
//! let settings = ViewSettings::new()
//!     .with_csp(Csp::new().add_connect("https://api.example.com"))
//!     .with_border(true);
//! let view = Resource::new("ui://weather/today", "today", move || page).with_view(settings);
//!
//! let today = Tool::new("today", || {
//!     // Text for the model and for hosts without views, values for the view.
//!     ToolResult::new([Content::text("Sunny, 21 °C")]).with_structured(&json!({ "celsius": 21 }))
//! })
//! .with_view(ToolView::new("ui://weather/today"));
//! let refresh = Tool::new("refresh", || "Sunny, 22 °C")
//!     .with_view(ToolView::new("ui://weather/today").for_view_alone());
//!
//! let service = McpService::new("weather", "1.0.0")
//!     .with_apps()
//!     .with_resource(view)?
//!     .with_tool(today)?
//!     .with_tool(refresh)?;
//! # let _ = service;
//! # Ok::<(), BoxError>(())
//! ```

mod tool_view;
mod view;

pub use tool_view::ToolView;
pub use view::{Csp, Permission, ViewSettings};

use mcp_layers_core::{extensions::ClientCapabilities, jsonrpc::RawJson};
use serde::Deserialize;

use crate::{Context, Meta};

/// The extension's identifier.
pub const EXTENSION: &str = "io.modelcontextprotocol/ui";

/// The media type of a view.
pub const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// Whether the client shows views: it declared [`EXTENSION`], and [`MIME_TYPE`] among
/// the extension's `mimeTypes`, on this request (modern) or for its session (legacy).
#[must_use]
pub fn supported_by(context: &Context) -> bool {
    context.client_capabilities().is_some_and(declared)
}

/// EXT-2
pub(crate) fn declared(capabilities: &ClientCapabilities) -> bool {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(rename = "mimeTypes")]
        mime_types: Vec<String>,
    }
    let settings = capabilities.get(&["extensions", EXTENSION]).filter(RawJson::is_object);
    settings
        .and_then(|settings| settings.to::<Settings>().ok())
        .is_some_and(|settings| settings.mime_types.iter().any(|it| is_view(it)))
}

/// RFC 9110: names of any case, blanks around the `;`, the value quoted or not.
fn is_view(mime_type: &str) -> bool {
    let Some((essence, parameter)) = mime_type.split_once(';') else { return false };
    let Some((name, value)) = parameter.split_once('=') else { return false };
    essence.trim().eq_ignore_ascii_case("text/html")
        && name.trim().eq_ignore_ascii_case("profile")
        && value.trim().trim_matches('"') == "mcp-app"
}

/// What a view's URI begins with.
fn check_uri(uri: &str) -> Result<(), &'static str> {
    let fits = uri.strip_prefix("ui://").is_some_and(|rest| !rest.is_empty())
        && uri.bytes().all(|byte| byte.is_ascii_graphic());
    match fits {
        true => Ok(()),
        false => Err("a view is at a ui:// URI"),
    }
}

/// `_meta` with the extension's member; what the author put under its key gives way.
pub(crate) fn meta_with<T: serde::Serialize>(meta: Option<&Meta>, ui: Option<&T>) -> Option<Meta> {
    let Some(ui) = ui else { return meta.cloned() };
    let meta = meta.cloned().unwrap_or_default();
    Some(meta.with("ui", ui).expect("`ui` is a key, and the extension's members serialise"))
}

#[cfg(test)]
mod tests {
    use mcp_layers_core::{extensions::ClientCapabilities, jsonrpc::RawJson};
    use serde_json::{Value, json};

    use super::{EXTENSION, declared};

    fn is_declared(settings: &Value) -> bool {
        let capabilities = json!({ "extensions": { EXTENSION: settings } });
        declared(&ClientCapabilities::new(RawJson::from_value(&capabilities).expect("JSON")))
    }

    #[test]
    fn a_client_shows_views_if_it_names_their_media_type() {
        for types in [
            json!(["text/html;profile=mcp-app"]),
            json!(["image/png", "text/html;profile=mcp-app"]),
            json!(["Text/HTML; profile=\"mcp-app\""]),
        ] {
            assert!(is_declared(&json!({ "mimeTypes": types, "more": 1 })), "{types}");
        }
        for settings in [
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!({ "mimeTypes": [] }),
            json!({ "mimeTypes": "text/html;profile=mcp-app" }),
            json!({ "mimeTypes": ["text/html", "text/html;profile=mcp", "text/html+mcp"] }),
        ] {
            assert!(!is_declared(&settings), "{settings}");
        }
        assert!(!declared(&ClientCapabilities::default()));
    } // EXT-2
}
