//! Any schema, by validating against it.
//!
//! A schema without `$schema` is read as 2020-12; drafts 4, 6, 7 and 2019-09 are
//! known too (SCHEMA-1…3). References outside the schema are never fetched, and
//! a schema that has one is refused (SCHEMA-5, SCHEMA-8).

use jsonschema::Draft;
use mcp_layers_core::jsonrpc::RawJson;
use serde_json::Value;

use super::instance::{Borrowed, Instance};
use crate::{Arguments, InvalidArguments};

/// A schema ready to validate with.
#[derive(Debug)]
pub(crate) struct Validator(jsonschema::Validator<Borrowed>);

impl Validator {
    /// Compiles a schema.
    pub(crate) fn compile(schema: &Value) -> Result<Self, String> {
        jsonschema::options_for()
            .with_draft(draft_of(schema)?)
            .build(schema)
            .map(Self)
            .map_err(|error| format!("does not compile: {error}"))
    }

    /// The arguments, if they fit.
    pub(crate) fn accept(&self, arguments: RawJson) -> Result<Arguments, InvalidArguments> {
        self.check(&arguments).map_err(InvalidArguments::new)?;
        Ok(Arguments::new(arguments))
    }

    /// Says what does not fit, with the place: at most five faults.
    pub(crate) fn check(&self, json: &RawJson) -> Result<(), String> {
        let instance: Instance<'_> = json.to().map_err(|error| error.to_string())?;
        if self.0.is_valid(&instance) {
            return Ok(());
        }
        let faults = self.0.iter_errors(&instance).take(5).map(|fault| {
            let what = match fault.kind() {
                // As in the schema of a tool that takes nothing. The words for it
                // would be "False schema does not allow value".
                jsonschema::error::ValidationErrorKind::FalseSchema => {
                    "nothing is allowed here".to_owned()
                }
                _ => fault.masked().to_string(),
            };
            match fault.instance_path().as_str() {
                "" => what,
                path => format!("{path}: {what}"),
            }
        });
        Err(faults.collect::<Vec<_>>().join("; "))
    }
}

/// The dialect a schema declares; 2020-12 if it declares none (SCHEMA-1, SCHEMA-2).
fn draft_of(schema: &Value) -> Result<Draft, String> {
    let Some(uri) = schema.get("$schema") else { return Ok(Draft::Draft202012) };
    match uri.as_str().map(|uri| uri.trim_end_matches('#')) {
        Some("https://json-schema.org/draft/2020-12/schema") => Ok(Draft::Draft202012),
        Some("https://json-schema.org/draft/2019-09/schema") => Ok(Draft::Draft201909),
        Some("http://json-schema.org/draft-07/schema") => Ok(Draft::Draft7),
        Some("http://json-schema.org/draft-06/schema") => Ok(Draft::Draft6),
        Some("http://json-schema.org/draft-04/schema") => Ok(Draft::Draft4),
        _ => Err(format!(
            "does not compile: the dialect {uri} is not supported; 2020-12, 2019-09, 7, 6 and 4 are"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::of_nothing;

    #[test]
    fn an_argument_of_a_tool_that_takes_none_is_refused_in_plain_words() {
        // TOOL-10, TOOL-25
        let schema = of_nothing().to().expect("JSON");
        let nothing = Validator::compile(&schema).expect("a schema");
        assert_eq!(nothing.check(&RawJson::empty_object()), Ok(()));
        let one = RawJson::parse(r#"{"a":1}"#).expect("JSON");
        let fault = nothing.check(&one).expect_err("one argument too many");
        assert_eq!(fault, "nothing is allowed here");
    }
}
