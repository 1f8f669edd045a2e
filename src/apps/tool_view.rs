use serde::Serialize;

use super::check_uri;

/// The view a tool's results are shown in, and who may call the tool: `_meta.ui` of its
/// entry in the list.
///
/// ```
/// use mcp_stack::{Tool, apps::ToolView};
///
/// let tool = Tool::new("today", || "sunny").with_view(ToolView::new("ui://weather/today"));
/// # let _ = tool;
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ToolView {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_uri: Option<String>,
    /// Absent: the model and the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<[Visibility; 1]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Visibility {
    Model,
    App,
}

impl ToolView {
    /// Results are shown in the view at `resource_uri`, a `ui://` URI under which the
    /// server has a resource [with a view](crate::Resource::with_view). The model and
    /// the view may call the tool.
    pub fn new(resource_uri: impl Into<String>) -> Self {
        Self { resource_uri: Some(resource_uri.into()), visibility: None }
    }

    /// Results have no view of their own; to say only who may call the tool.
    pub fn none() -> Self {
        Self { resource_uri: None, visibility: None }
    }

    /// The model may call the tool, views may not.
    pub fn for_model_alone(mut self) -> Self {
        self.visibility = Some([Visibility::Model]);
        self
    }

    /// The server's own views may call the tool, the model is not shown it. Hosts see to
    /// it: this is no access control.
    pub fn for_view_alone(mut self) -> Self {
        self.visibility = Some([Visibility::App]);
        self
    }

    pub(crate) fn is_for_view_alone(&self) -> bool {
        self.visibility == Some([Visibility::App])
    }

    pub(crate) fn check(&self) -> Result<(), &'static str> {
        self.resource_uri.as_deref().map_or(Ok(()), check_uri)
    }
}
