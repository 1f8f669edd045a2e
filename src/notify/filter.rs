use mcp_layers_core::{
    extensions::Watched,
    jsonrpc::{ErrorObject, Params},
};
use serde::{Deserialize, Serialize};

/// What a listen request asks for, or what of it is honoured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) tools_list_changed: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) prompts_list_changed: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) resources_list_changed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resource_subscriptions: Vec<String>,
}

impl Filter {
    /// LISTEN-1.
    pub(crate) fn of(params: &Params) -> Result<Self, ErrorObject> {
        let invalid =
            |fault: String| ErrorObject::invalid_params(format!("\"notifications\" {fault}"));
        match params.get("notifications") {
            Some(json) if json.starts_with('{') => serde_json::from_str(json)
                .map_err(|error| invalid(format!("is malformed: {error}"))),
            _ => Err(invalid("must be an object".into())),
        }
    }

    /// The resources asked for.
    pub(super) fn watched(&self, max: usize) -> Result<Watched, ErrorObject> {
        let watched = Watched::default();
        for uri in &self.resource_subscriptions {
            watched.add(uri, max).map_err(|_| {
                ErrorObject::invalid_params(format!(
                    "more than {max} resources are watched at once"
                ))
            })?;
        }
        Ok(watched)
    }
}

/// LISTEN-3: what is not honoured is left out.
fn is_false(flag: &bool) -> bool {
    !flag
}
