//! Forms: what is asked, in which words, and how the answer is checked.

mod error;
pub mod field;
mod from_type;
mod order;
mod resolve;

use std::{collections::BTreeSet, marker::PhantomData};

use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value};

pub use error::InvalidForm;
pub use field::Field;

use super::{Capability, Elicited, Input, declares, elicited, sealed::Sealed, unfit};
use field::{AnyField, FieldKind};

/// Asks the person to fill in a form, and gives back a `T`.
///
/// The fields are those of a struct, or built by hand. They are strings, numbers,
/// booleans and choices, without nesting (ELICIT-6, ELICIT-7); a form without fields
/// asks for consent alone. Passwords, keys, tokens and payment data are asked for with
/// [`UrlElicitation`](crate::UrlElicitation) (ELICIT-9): a field whose name ends in one
/// of these is refused. Texts hold no links to click (ELICIT-12).
///
/// An answer is checked against the form before `T` is read from it; what was not asked
/// for is left out (ELICIT-14).
///
/// ```
/// use mcp_stack::Form;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Contact {
///     /// As on your passport.
///     #[schemars(title = "Full name", length(min = 1))]
///     name: String,
///     #[schemars(email)]
///     email: Option<String>,
///     colour: Colour,
/// }
///
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(rename_all = "lowercase")]
/// enum Colour { Red, Green }
///
/// let form = Form::<Contact>::new("Who are you?");
/// form.check()?;
/// # Ok::<(), mcp_stack::InvalidForm>(())
/// ```
///
/// By hand; the answer is a JSON object:
///
/// ```
/// use mcp_stack::{Field, Form};
///
/// let form = Form::build("Where to?")
///     .add_field(Field::string("city").required().with_title("City").with_max_length(80))
///     .add_field(Field::choice("class", [("1", "First"), ("2", "Second")]).with_default("2"))
///     .add_field(Field::integer("bags").with_minimum(0).with_maximum(3));
/// form.check()?;
/// # Ok::<(), mcp_stack::InvalidForm>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Form<T = Map<String, Value>> {
    message: String,
    fields: Result<Vec<AnyField>, InvalidForm>,
    answer: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema> Form<T> {
    /// A form of the fields of `T`, a struct with named fields, in their order; `message`
    /// says what it is for. An `Option`, or a field with a default, may be left empty.
    ///
    /// What the protocol has no words for is an error when the form is asked, and when
    /// it is [checked](Self::check).
    pub fn new(message: impl Into<String>) -> Self {
        let mut fields = from_type::fields::<T>();
        if let Ok(fields) = &mut fields {
            let order = order::of::<T>();
            fields.sort_by_key(|field| order.iter().position(|name| *name == field.name()));
        }
        Self { message: message.into(), fields, answer: PhantomData }
    }
}

impl Form {
    /// A form without fields yet, to be built by hand; `message` says what it is for.
    pub fn build(message: impl Into<String>) -> Self {
        Self { message: message.into(), fields: Ok(Vec::new()), answer: PhantomData }
    }

    /// Adds a field.
    pub fn add_field<K: FieldKind>(mut self, field: Field<K>) -> Self {
        if let Ok(fields) = &mut self.fields {
            fields.push(field.erase());
        }
        self
    }
}

impl<T> Form<T> {
    /// Whether it can be asked, for a test of one's own; asking checks it as well.
    ///
    /// # Errors
    ///
    /// [`InvalidForm`] for a field that the protocol cannot express, for limits and
    /// defaults that contradict each other, and for names that are given twice.
    pub fn check(&self) -> Result<(), InvalidForm> {
        let mut names = BTreeSet::new();
        for field in self.fields()? {
            if !names.insert(field.name()) {
                return Err(InvalidForm::field(field.name(), "is there twice"));
            }
            field.check()?;
        }
        Ok(())
    }

    fn fields(&self) -> Result<&[AnyField], InvalidForm> {
        self.fields.as_deref().map_err(Clone::clone)
    }
}

impl<T> Clone for Form<T> {
    fn clone(&self) -> Self {
        let (message, fields) = (self.message.clone(), self.fields.clone());
        Self { message, fields, answer: PhantomData }
    }
}

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
        if version < ProtocolVersion::V2025_06_18 || !declares(declared, ELICITATION) {
            return Some(ELICITATION); // ELICIT-1
        }
        // ELICIT-2: to name no mode is to name this one.
        let url_alone = declares(declared, URL) && !declares(declared, FORM);
        (version >= ProtocolVersion::V2025_11_25 && url_alone).then_some(FORM)
    }

    fn params(&self, version: ProtocolVersion) -> Result<RawJson, String> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            mode: Option<&'static str>,
            message: &'a str,
            requested_schema: RequestedSchema<'a>,
        }
        if version < ProtocolVersion::V2025_06_18 {
            return Err(format!("{version} knows no elicitation"));
        }
        self.check().map_err(|error| error.to_string())?;
        let fields = self.fields().map_err(|error| error.to_string())?;
        let properties = fields.iter().map(|field| Ok((field.name(), field.property(version)?)));
        let requested_schema = RequestedSchema {
            kind: "object",
            properties: Properties(properties.collect::<Result<_, String>>()?),
            required: fields.iter().filter(|field| field.is_required()).map(Field::name).collect(),
        };
        // ELICIT-8
        let mode = (version >= ProtocolVersion::V2025_11_25).then_some("form");
        let params = Params { mode, message: &self.message, requested_schema };
        RawJson::from_value(&params).map_err(|error| error.to_string())
    }

    fn read(&self, result: &RawJson) -> Result<Elicited<T>, String> {
        elicited::read(result, |content| {
            let content = content.unwrap_or_else(RawJson::empty_object);
            let what = "the content of a form";
            let mut content =
                content.to::<Map<String, Value>>().map_err(|error| unfit(what, &error))?;
            let mut checked = Map::new();
            for field in self.fields().map_err(|error| error.to_string())? {
                if let Some(value) = field.read(content.remove(field.name()))? {
                    checked.insert(field.name().to_owned(), value);
                }
            }
            // In the words of `T`, which the author of the form has chosen.
            T::deserialize(Value::Object(checked)).map_err(|error| format!("{what}: {error}"))
        })
    }
}

#[derive(Serialize)]
struct RequestedSchema<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Properties<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<&'a str>,
}

/// An object whose members stay in order: clients show them so.
struct Properties<'a>(Vec<(&'a str, Map<String, Value>)>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, property)| (name, property)))
    }
}
