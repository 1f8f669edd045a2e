//! URIs and links built from a template's name.

use std::sync::Arc;

use super::Registry;
use crate::{ExpandError, ExpandErrorKind, ResourceLink, TemplateValue, resource::TemplateEntry};

impl Registry {
    /// The URI of a resource of the template called `template`: what a tool links to.
    /// Of several templates of that name the first counts.
    ///
    /// ```
    /// use mcp_stack::{Content, McpService, ResourceTemplate, Tool};
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct User { id: String }
    ///
    /// let template = ResourceTemplate::new("users://{id}", "user", |user: User| user.id);
    /// let service = McpService::new("demo", "1.0.0").with_resource_template(template)?;
    /// let registry = service.registry();
    /// assert_eq!(registry.resource_uri("user", [("id", "7")])?, "users://7");
    ///
    /// let newest = Tool::new("newest_user", move || {
    ///     registry.resource_link("user", [("id", "7")]).map(Content::resource_link)
    /// });
    /// # let _ = newest;
    /// # Ok::<(), mcp_stack::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// No template of this name, a value for a variable it does not have, or values
    /// that give a URI which the template does not match and nobody could read.
    pub fn resource_uri<K, V>(
        &self,
        template: &str,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<String, ExpandError>
    where
        K: Into<String>,
        V: Into<TemplateValue>,
    {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.template_named(template)?.uri(values.collect())
    }

    /// A link to a resource of the template called `template`, with the template's
    /// name, title, description and media type.
    ///
    /// # Errors
    ///
    /// As [`resource_uri`](Self::resource_uri).
    pub fn resource_link<K, V>(
        &self,
        template: &str,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<ResourceLink, ExpandError>
    where
        K: Into<String>,
        V: Into<TemplateValue>,
    {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
        let entry = self.template_named(template)?;
        Ok(entry.link_to(entry.uri(values.collect())?))
    }

    fn template_named(&self, name: &str) -> Result<Arc<TemplateEntry>, ExpandError> {
        let snapshot = self.snapshot();
        snapshot.templates.iter().find(|entry| entry.name() == name).cloned().ok_or_else(|| {
            let message = format!("there is no resource template called {name:?}");
            ExpandError::new(ExpandErrorKind::UnknownTemplate, message)
        })
    }
}
