use serde::Serialize;

/// Which model would be best. The client decides, and may know better.
///
/// ```
/// use mcp_stack::ModelPreferences;
///
/// let preferences = ModelPreferences::new().add_hint("sonnet").with_speed(0.8);
/// # let _ = preferences;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ModelPreferences {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<ModelHint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intelligence_priority: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ModelHint {
    name: String,
}

impl ModelPreferences {
    /// No preferences yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part of a model's name; earlier ones go before later ones.
    pub fn add_hint(mut self, name: impl Into<String>) -> Self {
        self.hints.push(ModelHint { name: name.into() });
        self
    }

    /// How much a low price matters, from 0 to 1; values outside are moved to the
    /// nearer end.
    pub fn with_cost(mut self, priority: f64) -> Self {
        self.cost_priority = Some(unit(priority));
        self
    }

    /// How much speed matters, from 0 to 1, as above.
    pub fn with_speed(mut self, priority: f64) -> Self {
        self.speed_priority = Some(unit(priority));
        self
    }

    /// How much ability matters, from 0 to 1, as above.
    pub fn with_intelligence(mut self, priority: f64) -> Self {
        self.intelligence_priority = Some(unit(priority));
        self
    }
}

fn unit(priority: f64) -> f64 {
    if priority.is_nan() { 0.0 } else { priority.clamp(0.0, 1.0) }
}

/// From which servers the client adds context to the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum IncludeContext {
    /// From none.
    #[default]
    None,
    /// From this one.
    ThisServer,
    /// From all it is connected to.
    AllServers,
}

impl IncludeContext {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::None
    }
}
