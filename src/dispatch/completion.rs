use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::{ErrorObject, RawJson};
use serde::Deserialize;

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::{Arguments, Completion, CompletionRequest, Handler, registry::Snapshot};

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
        let params: Params = self
            .request
            .params
            .to()
            .map_err(|error| ErrorObject::invalid_params(error.to_string()))?;
        let found = find(items, &params);
        let Params { r#ref, argument, context } = params;
        let request = CompletionRequest { value: argument.value, arguments: context.arguments };
        let json = RawJson::from_value(&request).expect("a completion request serialises");
        let arguments = Arguments::new(json);
        match r#ref {
            Reference::Prompt { name }
                if items.prompts.has_finders() && items.prompts.get(&name).is_none() =>
            {
                return self.complete_found_prompt(items, name, argument.name, arguments);
            }
            Reference::Resource { uri }
                if items.templates.has_finders() && items.templates.get(&uri).is_none() =>
            {
                return self.complete_found_template(items, uri, argument.name, arguments);
            }
            _ => {}
        }
        let Some(completer) = found? else {
            // COMP-9
            return Ok(self.answer(64, |out| {
                Completion::default().write(out);
            }));
        };
        self.start(|context| Kind::Completion { completer, run: Run::new(arguments, context) })
    }
}

/// The completer, if the argument has one (COMP-4).
fn find(items: &Snapshot, params: &Params) -> Result<Option<Handler<Completion>>, ErrorObject> {
    let argument = &params.argument.name;
    let found = match &params.r#ref {
        Reference::Prompt { name } => items
            .prompts
            .get(name)
            .ok_or_else(|| ErrorObject::unknown("prompt", name))?
            .completer(argument),
        Reference::Resource { uri } => items
            .templates
            .get(uri)
            .ok_or_else(|| ErrorObject::unknown("resource template", uri))?
            .completer(argument),
    };
    found.map(Option::<&_>::cloned)
}
