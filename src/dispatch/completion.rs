use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::ErrorObject;
use serde::Deserialize;

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::{Completion, CompletionRequest, registry::Snapshot};

/// COMP-2.
#[derive(Deserialize)]
struct Params {
    r#ref: Reference,
    argument: Argument,
    #[serde(default)]
    context: Settled,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Reference {
    #[serde(rename = "ref/prompt")]
    Prompt { name: String },
    #[serde(rename = "ref/resource")]
    Resource { uri: String },
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Deserialize, Default)]
struct Settled {
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}

impl Exchange<'_> {
    pub(super) fn complete(&mut self, items: &Snapshot) -> Routed {
        let Params { r#ref, argument: Argument { name: argument, value }, context } = self
            .request
            .params
            .to()
            .map_err(|error| ErrorObject::invalid_params(error.to_string()))?;
        let request = CompletionRequest { value, arguments: context.arguments };
        let (prompts, templates) = (&items.prompts, &items.templates);
        let completing = match r#ref {
            Reference::Prompt { name } => match prompts.get(&name) {
                Some(prompt) => prompt.completing(&argument, request)?,
                None if prompts.has_finders() => {
                    return self.complete_found_prompt(items, name, argument, request);
                }
                None => return Err(ErrorObject::unknown("prompt", &name)),
            },
            Reference::Resource { uri } => match templates.get(&uri) {
                Some(template) => template.completing(&argument, request)?,
                None if templates.has_finders() => {
                    return self.complete_found_template(items, uri, argument, request);
                }
                None => return Err(ErrorObject::unknown("resource template", &uri)),
            },
        };
        let Some((completer, arguments)) = completing else {
            // COMP-9
            return Ok(self.answer(64, |out| {
                Completion::default().write(out);
            }));
        };
        self.start(|context| Kind::Completion { completer, run: Run::new(arguments, context) })
    }
}
