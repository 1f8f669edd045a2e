//! One registry's items in another.

use std::sync::Arc;

use mcp_layers_core::jsonrpc::RawJson;

use super::{Draft, Item, RegisterError, RegisterErrorKind, Registry, Table};

impl Draft {
    /// Adds all items and sources of another registry, in its order, after those there
    /// are. They keep all that belongs to them: schemas, layers, completions, mirrored
    /// headers, cache hints.
    ///
    /// It is a copy of this moment: what changes in `other` later does not show here.
    /// What a source lists is asked of it on each request, as ever.
    ///
    /// ```
    /// use mcp_stack::{McpService, Resource, Tool};
    ///
    /// let weather = McpService::new("weather", "1.0.0")
    ///     .with_tool(Tool::new("forecast", || "rain"))?
    ///     .with_resource(Resource::new("weather://now", "now", || "rain"))?;
    /// let home = McpService::new("home", "1.0.0").with_tool(Tool::new("light", || "on"))?;
    ///
    /// let service = McpService::new("demo", "1.0.0").merge(&weather)?.nest("home", &home)?;
    /// assert!(service.registry().has_tool("forecast"));
    /// assert!(service.registry().has_tool("home_light"));
    /// # Ok::<(), mcp_stack::RegisterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name, URI or template that is taken. The error that ends an
    /// [`update`](Registry::update) undoes what was added before.
    pub fn merge(&mut self, other: &Registry) -> Result<(), RegisterError> {
        let (other, own) = (other.snapshot(), &mut self.0);
        extend(&mut own.tools, &other.tools)?;
        extend(&mut own.prompts, &other.prompts)?;
        extend(&mut own.resources, &other.resources)?;
        extend(&mut own.templates, &other.templates)
    }

    /// As [`merge`](Self::merge), with tools and prompts under `{prefix}_{name}`: names
    /// that every client takes, and that are unique if the prefixes are. Resources and
    /// templates keep their URIs, since contents and links name these; give each server
    /// a scheme or authority of its own.
    ///
    /// Tools that name one another in their texts still use the short names.
    ///
    /// # Errors
    ///
    /// As [`merge`](Self::merge); an empty prefix; a prefix that makes a name too long,
    /// or of characters that it may not have.
    pub fn nest(&mut self, prefix: &str, other: &Registry) -> Result<(), RegisterError> {
        // Of sources no name is known yet that could be checked.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        if prefix.is_empty() || !prefix.bytes().all(fits) {
            let fault = "has one or more of A–Z a–z 0–9 _ - . and /";
            return Err(RegisterError::new(
                RegisterErrorKind::InvalidName,
                "prefix",
                prefix,
                fault,
            ));
        }
        let (other, own) = (other.snapshot(), &mut self.0);
        let prefix = format!("{prefix}_");
        for tool in other.tools.iter() {
            own.tools.add(tool.renamed(format!("{prefix}{}", tool.key()))?)?;
        }
        for prompt in other.prompts.iter() {
            own.prompts.add(prompt.renamed(format!("{prefix}{}", prompt.key()))?)?;
        }
        for source in other.tools.sources() {
            own.tools.add_source(source.nested(&prefix));
        }
        for source in other.prompts.sources() {
            own.prompts.add_source(source.nested(&prefix));
        }
        extend(&mut own.resources, &other.resources)?;
        extend(&mut own.templates, &other.templates)
    }
}

fn extend<T: Item>(own: &mut Table<T>, other: &Table<T>) -> Result<(), RegisterError> {
    other.iter().try_for_each(|item| own.add_shared(Arc::clone(item)))?;
    for source in other.sources() {
        own.add_source(source.as_ref().clone());
    }
    Ok(())
}

/// A list entry with another name: its first member, as we have written it.
pub(crate) fn rename_entry(listed: &RawJson, old: &str, new: &str) -> RawJson {
    let begin = |name: &str| format!("{{\"name\":{}", serde_json::Value::from(name));
    let rest = listed.as_str().strip_prefix(&begin(old)).expect("an entry begins with its name");
    RawJson::parse(begin(new) + rest).expect("one name takes the place of another")
}
