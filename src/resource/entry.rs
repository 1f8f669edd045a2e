use std::sync::Arc;

use mcp_layers_core::jsonrpc::{ErrorObject, RawJson};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    About, ExpandError, ExpandErrorKind, Resource, ResourceRead, ResourceTemplate, TemplateValue,
    UriTemplate, path_safety,
};
use crate::{
    CacheHints, CompletionRequest, Handler, Meta, RegisterError, RegisterErrorKind, ResourceLink,
    completion::{Completers, Completing},
    registry::{Item, Reader, Snapshot, Table},
    schema,
    uri::is_scheme,
};

/// A resource as registered.
#[derive(Debug)]
pub(crate) struct ResourceEntry {
    uri: String,
    listed: RawJson,
    pub(crate) reading: Arc<Reading>,
}

/// A resource template as registered.
#[derive(Debug)]
pub(crate) struct TemplateEntry {
    uri_template: String,
    listed: RawJson,
    /// A link to one of its resources, but for the URI.
    link: ResourceLink,
    pub(crate) template: UriTemplate,
    any_value: Vec<String>,
    pub(crate) reading: Arc<Reading>,
    pub(crate) completions: Completers,
}

/// How a resource is read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) handler: Handler<ResourceRead>,
    pub(crate) mime_type: Option<String>,
    pub(crate) cache: Option<CacheHints>,
    /// Of contents that have none of their own.
    pub(crate) meta: Option<Meta>,
}

impl Item for ResourceEntry {
    const SORT: &'static str = "resource";

    type Described = Resource;

    fn compile(described: Resource, _: &str) -> Result<Self, RegisterError> {
        described.compile()
    }

    fn table(items: &Snapshot) -> &Table<Self> {
        &items.resources
    }

    fn key(&self) -> &str {
        &self.uri
    }

    fn entry(&self, _: Reader) -> Option<&RawJson> {
        Some(&self.listed)
    }
}

impl Item for TemplateEntry {
    const SORT: &'static str = "resource template";

    type Described = ResourceTemplate;

    fn compile(described: ResourceTemplate, _: &str) -> Result<Self, RegisterError> {
        described.compile()
    }

    fn table(items: &Snapshot) -> &Table<Self> {
        &items.templates
    }

    fn key(&self) -> &str {
        &self.uri_template
    }

    fn entry(&self, _: Reader) -> Option<&RawJson> {
        Some(&self.listed)
    }
}

impl Resource {
    pub(crate) fn compile(mut self) -> Result<ResourceEntry, RegisterError> {
        #[derive(Serialize)]
        struct Listed<'a> {
            uri: &'a str,
            #[serde(flatten)]
            about: &'a About,
            #[serde(skip_serializing_if = "Option::is_none")]
            size: Option<u64>,
        }
        let fail = |kind, fault: &str| RegisterError::new(kind, "resource", &self.uri, fault);
        if !is_absolute_uri(&self.uri) {
            return Err(fail(RegisterErrorKind::InvalidName, "is no absolute URI")); // RES-14
        }
        let meta = self
            .about
            .settle(&self.uri)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault))?;
        let listed = Listed { uri: &self.uri, about: &self.about, size: self.size };
        Ok(ResourceEntry {
            listed: RawJson::from_value(&listed).expect("a resource's entry serialises"),
            reading: Arc::new(Reading {
                handler: self.handler,
                mime_type: self.about.mime_type,
                cache: self.cache,
                meta,
            }),
            uri: self.uri,
        })
    }
}

impl ResourceTemplate {
    pub(crate) fn compile(mut self) -> Result<TemplateEntry, RegisterError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Listed<'a> {
            uri_template: &'a str,
            #[serde(flatten)]
            about: &'a About,
        }
        let fail = |kind, fault: &str| {
            RegisterError::new(kind, "resource template", &self.uri_template, fault)
        };
        if !begins_with_scheme(&self.uri_template) {
            return Err(fail(RegisterErrorKind::InvalidName, "must begin with a URI scheme"));
        }
        let meta = self
            .about
            .settle(&self.uri_template)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault))?;
        let template: UriTemplate = self
            .uri_template
            .parse()
            .map_err(|error| fail(RegisterErrorKind::InvalidName, &format!("{error}")))?;
        template
            .require_matchable()
            .map_err(|error| fail(RegisterErrorKind::InvalidName, &format!("{error}")))?;
        if template.variables().next().is_none() {
            let fault = "has no variable: register a resource instead";
            return Err(fail(RegisterErrorKind::InvalidName, fault));
        }
        self.check_parts(&template)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, &fault))?;
        let listed = Listed { uri_template: &self.uri_template, about: &self.about };
        Ok(TemplateEntry {
            listed: RawJson::from_value(&listed).expect("a template's entry serialises"),
            link: self.about.link(),
            template,
            any_value: self.any_value,
            reading: Arc::new(Reading {
                handler: self.handler,
                mime_type: self.about.mime_type,
                cache: self.cache,
                meta,
            }),
            completions: self.completions,
            uri_template: self.uri_template,
        })
    }

    /// What the handler takes, what is completed and what may have any value must be
    /// variables, and the handler must take what they give.
    fn check_parts(&self, template: &UriTemplate) -> Result<(), String> {
        let is_variable = |name: &str| template.variables().any(|variable| variable == name);
        for property in self.takes.iter().flat_map(schema::properties) {
            let name = &property.name;
            let (what, json_type) = match template.is_list(name) {
                true => ("a list", "array"),
                false => ("a string", "string"),
            };
            if property.required && !is_variable(name) {
                return Err(format!("its handler wants {name:?}, which is no variable of it"));
            }
            if !property.admits(json_type) {
                return Err(format!("{name:?} arrives as {what}, which its type does not take"));
            }
        }
        let unknown = |name: &&String| !is_variable(name);
        if let Some(name) = self.completions.names().find(unknown) {
            return Err(format!("completes {name:?}, which is no variable of it"));
        }
        match self.any_value.iter().find(unknown) {
            Some(name) => Err(format!("allows any value of {name:?}, which is no variable of it")),
            None => Ok(()),
        }
    }
}

impl TemplateEntry {
    /// The variables' values, if the URI matches and they are safe (RES-7).
    pub(crate) fn matches(&self, uri: &str) -> Option<Map<String, Value>> {
        let found = self.template.matches(uri)?;
        found.iter().all(|(name, value)| self.is_safe(name, value)).then_some(found)
    }

    /// Whether a variable may have this value.
    fn is_safe(&self, name: &str, value: &Value) -> bool {
        self.any_value.iter().any(|allowed| allowed == name)
            || path_safety::is_safe(value, self.template.is_reserved(name))
    }

    fn is_variable(&self, name: &str) -> bool {
        self.template.variables().any(|known| known == name)
    }

    /// How a variable is completed, if it is (COMP-4, COMP-7, COMP-9). What could not be
    /// read is not completed either.
    pub(crate) fn completing(
        &self,
        variable: &str,
        mut request: CompletionRequest,
    ) -> Result<Option<Completing>, ErrorObject> {
        if !self.is_variable(variable) {
            return Err(ErrorObject::unknown("variable", variable));
        }
        request.arguments.retain(|name, _| self.is_variable(name));
        let is_safe = |name: &str, text: &str| self.is_safe(name, &Value::from(text));
        let safe = is_safe(variable, &request.value)
            && request.arguments.iter().all(|(name, text)| is_safe(name, text));
        Ok(request.call(self.completions.get(variable).filter(|_| safe)))
    }

    /// The name for which links are built.
    pub(crate) fn name(&self) -> &str {
        self.link.name()
    }

    /// A URI that this template matches.
    pub(crate) fn uri(&self, values: Vec<(String, TemplateValue)>) -> Result<String, ExpandError> {
        if let Some((name, _)) = values.iter().find(|(name, _)| !self.is_variable(name)) {
            let message = format!("{:?} has no variable {name:?}", self.uri_template);
            return Err(ExpandError::new(ExpandErrorKind::UnknownVariable, message));
        }
        let uri = self.template.expand(values)?;
        match self.matches(&uri) {
            Some(_) => Ok(uri),
            None => {
                let message = format!("{:?} would not match {uri:?}", self.uri_template);
                Err(ExpandError::new(ExpandErrorKind::Unreadable, message))
            }
        }
    }

    /// A link to a resource of this template.
    pub(crate) fn link_to(&self, uri: String) -> ResourceLink {
        self.link.clone().with_uri(uri)
    }
}

/// RFC 3986: a scheme, and then ASCII without blanks.
pub(crate) fn is_absolute_uri(uri: &str) -> bool {
    begins_with_scheme(uri) && uri.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Something follows the scheme.
fn begins_with_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
}
