use std::{fmt, marker::PhantomData};

use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Capability, Elicited, Input, declares, elicited, sealed::Sealed};

/// Asks the person to fill in a form.
#[derive(Debug)]
#[must_use]
pub struct Form<T = Map<String, Value>> {
    message: String,
    fields: Result<Vec<Field>, InvalidForm>,
    answer: PhantomData<fn() -> T>,
}

/// A field of a [`Form`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Field {
    name: String,
}

impl Field {
    /// A string.
    pub fn string(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl<T: DeserializeOwned + JsonSchema> Form<T> {
    /// A form of the fields of `T`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), fields: Ok(Vec::new()), answer: PhantomData }
    }
}

impl Form {
    /// A form without fields yet, to be built by hand.
    pub fn build(message: impl Into<String>) -> Self {
        Self { message: message.into(), fields: Ok(Vec::new()), answer: PhantomData }
    }

    /// Adds a field.
    pub fn add_field(mut self, field: Field) -> Self {
        if let Ok(fields) = &mut self.fields {
            fields.push(field);
        }
        self
    }
}

/// A form that cannot be asked; the message names the field and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidForm(String);

impl fmt::Display for InvalidForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidForm {}

impl<T> Sealed for Form<T> {}

impl<T: DeserializeOwned + Send + 'static> Input for Form<T> {
    type Answer = Elicited<T>;

    fn method(&self) -> &'static str {
        "elicitation/create"
    }

    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        version: ProtocolVersion,
    ) -> Option<Capability> {
        const ELICITATION: Capability = &["elicitation"];
        const FORM: Capability = &["elicitation", "form"];
        const URL: Capability = &["elicitation", "url"];
        let (first, modes) = (ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25);
        if version < first || !declares(declared, ELICITATION) {
            return Some(ELICITATION); // ELICIT-1
        }
        // ELICIT-2: to name no mode is to name this one.
        let url_alone = declares(declared, URL) && !declares(declared, FORM);
        (version >= modes && url_alone).then_some(FORM)
    }

    fn params(&self, _: ProtocolVersion) -> Result<RawJson, String> {
        let fields = self.fields.as_ref().map_err(ToString::to_string)?;
        let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
        Err(format!("not yet: {} {names:?}", self.message))
    }

    fn read(&self, result: &RawJson) -> Result<Elicited<T>, String> {
        elicited::read(result, |content| {
            let content = content.ok_or("nothing was submitted")?;
            content.to().map_err(|error| error.to_string())
        })
    }
}
