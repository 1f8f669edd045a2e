use std::{collections::BTreeMap, sync::Arc};

use mcp_layers_core::jsonrpc::{ErrorObject, RawJson};
use serde::Serialize;
use serde_json::Value;

use super::{Prompt, PromptArgument, PromptResult};
use crate::{
    Arguments, CompletionRequest, Handler, Icon, InvalidArguments, Meta, RegisterError,
    RegisterErrorKind,
    completion::{Completers, Completing},
    registry::{Item, Reader, Snapshot, Table, rename_entry},
    schema::{self, Validator},
};

/// A prompt as registered.
#[derive(Debug, Clone)]
pub(crate) struct PromptEntry {
    name: String,
    arguments: Vec<PromptArgument>,
    /// Whether the handler takes arguments that are not declared, too.
    takes_others: bool,
    /// What the handler takes.
    input: Option<Arc<Validator>>,
    listed: RawJson,
    pub(crate) handler: Handler<PromptResult>,
    pub(crate) completions: Completers,
}

impl PromptEntry {
    /// The same prompt under another name.
    pub(crate) fn renamed(&self, name: String) -> Result<Self, RegisterError> {
        check_name(&name)?;
        Ok(Self { listed: rename_entry(&self.listed, &self.name, &name), name, ..self.clone() })
    }

    /// Validates arguments before the handler sees them (PROMPT-5, PROMPT-7, PROMPT-8).
    pub(crate) fn accept(&self, arguments: RawJson) -> Result<Arguments, InvalidArguments> {
        let given: BTreeMap<String, String> = arguments.to().map_err(|error| {
            InvalidArguments::new(format!("a prompt's arguments are strings: {error}"))
        })?;
        let missing =
            |argument: &&PromptArgument| argument.required && !given.contains_key(&argument.name);
        if let Some(argument) = self.arguments.iter().find(missing) {
            return Err(InvalidArguments::new(format!("{:?} is missing", argument.name)));
        }
        let unknown = |name: &&String| !self.takes_others && !self.has_argument(name);
        if let Some(name) = given.keys().find(unknown) {
            return Err(InvalidArguments::new(format!("there is no argument {name:?}")));
        }
        match &self.input {
            Some(validator) => validator.accept(arguments),
            None => Ok(Arguments::new(arguments)),
        }
    }

    fn has_argument(&self, name: &str) -> bool {
        self.arguments.iter().any(|known| known.name == name)
    }

    /// How an argument is completed, if it is (COMP-4, COMP-7, COMP-9).
    pub(crate) fn completing(
        &self,
        argument: &str,
        mut request: CompletionRequest,
    ) -> Result<Option<Completing>, ErrorObject> {
        if !self.has_argument(argument) {
            return Err(ErrorObject::unknown("argument", argument));
        }
        request.arguments.retain(|name, _| self.has_argument(name));
        Ok(request.call(self.completions.get(argument)))
    }
}

impl Item for PromptEntry {
    const SORT: &'static str = "prompt";

    type Described = Prompt;

    fn compile(mut described: Prompt, prefix: &str) -> Result<Self, RegisterError> {
        described.name.insert_str(0, prefix);
        described.compile()
    }

    fn table(items: &Snapshot) -> &Table<Self> {
        &items.prompts
    }

    fn key(&self) -> &str {
        &self.name
    }

    fn entry(&self, _: Reader) -> Option<&RawJson> {
        Some(&self.listed)
    }
}

impl Prompt {
    pub(crate) fn compile(self) -> Result<PromptEntry, RegisterError> {
        #[derive(Serialize)]
        struct Listed<'a> {
            name: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            title: &'a Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            description: &'a Option<String>,
            #[serde(skip_serializing_if = "<[PromptArgument]>::is_empty")]
            arguments: &'a [PromptArgument],
            #[serde(skip_serializing_if = "<[Icon]>::is_empty")]
            icons: &'a [Icon],
            #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
            meta: &'a Option<Meta>,
        }
        let fail = |kind, fault: String| RegisterError::new(kind, "prompt", &self.name, fault);
        check_name(&self.name)?;
        Icon::check(&self.icons)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault.into()))?;
        let arguments = self.arguments.map_err(|fault| {
            RegisterError::new(RegisterErrorKind::InvalidPart, "prompt", &self.name, fault)
        })?;
        let unfit = |fault: String| {
            let fault = format!("the schema of its arguments {fault}");
            fail(RegisterErrorKind::InvalidSchema, fault)
        };
        let takes: Option<Value> = self
            .takes
            .as_ref()
            .map(RawJson::to)
            .transpose()
            .map_err(|error| unfit(error.to_string()))?;
        let input = takes.as_ref().map(Validator::compile).transpose().map_err(unfit)?;
        let known = |name: &String| arguments.iter().any(|known| known.name == *name);
        if let Some(name) = self.completions.names().find(|name| !known(name)) {
            let fault = format!("completes {name:?}, which is no argument of it");
            return Err(fail(RegisterErrorKind::InvalidPart, fault));
        }
        let listed = Listed {
            name: &self.name,
            title: &self.title,
            description: &self.description,
            arguments: &arguments,
            icons: &self.icons,
            meta: &self.meta,
        };
        Ok(PromptEntry {
            listed: RawJson::from_value(&listed).expect("a prompt's entry serialises"),
            name: self.name,
            arguments,
            takes_others: takes.as_ref().is_some_and(schema::takes_others),
            input: input.map(Arc::new),
            handler: self.handler,
            completions: self.completions,
        })
    }
}

fn check_name(name: &str) -> Result<(), RegisterError> {
    if !name.is_empty() && name.len() <= 128 {
        return Ok(());
    }
    let fault = "a prompt's name has 1 to 128 bytes";
    Err(RegisterError::new(RegisterErrorKind::InvalidName, "prompt", name, fault))
}
