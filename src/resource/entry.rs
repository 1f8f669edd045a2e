use std::{collections::BTreeMap, sync::Arc};

use mcp_layers_core::{jsonrpc::RawJson, protocol::Era};
use serde::Serialize;

use super::{About, Resource, ResourceRead, ResourceTemplate, UriTemplate};
use crate::{
    CacheHints, Completion, Handler, Icon, RegisterError, RegisterErrorKind, registry::Item, schema,
};

/// A resource as registered.
#[derive(Debug)]
pub(crate) struct ResourceEntry {
    uri: String,
    listed: RawJson,
    pub(crate) reading: Reading,
}

/// A resource template as registered.
#[derive(Debug)]
pub(crate) struct TemplateEntry {
    uri_template: String,
    listed: RawJson,
    pub(crate) template: UriTemplate,
    pub(crate) reading: Reading,
    pub(crate) completions: BTreeMap<String, Handler<Completion>>,
}

/// How a resource is read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) handler: Handler<ResourceRead>,
    pub(crate) mime_type: Option<Arc<str>>,
    pub(crate) cache: Option<CacheHints>,
}

impl Item for ResourceEntry {
    const SORT: &'static str = "resource";

    fn key(&self) -> &str {
        &self.uri
    }

    fn entry(&self, _: Era) -> &RawJson {
        &self.listed
    }
}

impl Item for TemplateEntry {
    const SORT: &'static str = "resource template";

    fn key(&self) -> &str {
        &self.uri_template
    }

    fn entry(&self, _: Era) -> &RawJson {
        &self.listed
    }
}

impl Resource {
    pub(crate) fn compile(self) -> Result<ResourceEntry, RegisterError> {
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
        Icon::check(&self.about.icons)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault))?;
        let listed = Listed { uri: &self.uri, about: &self.about, size: self.size };
        Ok(ResourceEntry {
            listed: RawJson::from_value(&listed).expect("a resource's entry serialises"),
            reading: Reading {
                handler: self.handler,
                mime_type: self.about.mime_type.map(Into::into),
                cache: self.cache,
            },
            uri: self.uri,
        })
    }
}

impl ResourceTemplate {
    pub(crate) fn compile(self) -> Result<TemplateEntry, RegisterError> {
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
        if !is_absolute_uri(&self.uri_template) {
            return Err(fail(RegisterErrorKind::InvalidName, "must begin with a URI scheme"));
        }
        Icon::check(&self.about.icons)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault))?;
        let template: UriTemplate = self
            .uri_template
            .parse()
            .map_err(|error| fail(RegisterErrorKind::InvalidName, &format!("{error}")))?;
        let taken = self.takes.as_ref().map_or(Ok(Vec::new()), schema::string_properties);
        let taken = taken.map_err(|fault| fail(RegisterErrorKind::InvalidPart, &fault))?;
        let is_variable = |name: &str| template.variables().any(|variable| variable == name);
        if let Some(missing) = taken.iter().find(|it| it.required && !is_variable(&it.name)) {
            let fault = format!("its handler wants {:?}, which is no variable of it", missing.name);
            return Err(fail(RegisterErrorKind::InvalidPart, &fault));
        }
        for variable in self.completions.keys() {
            if !is_variable(variable) {
                let fault = format!("completes {variable:?}, which is no variable of it");
                return Err(fail(RegisterErrorKind::InvalidPart, &fault));
            }
        }
        let listed = Listed { uri_template: &self.uri_template, about: &self.about };
        Ok(TemplateEntry {
            listed: RawJson::from_value(&listed).expect("a template's entry serialises"),
            template,
            reading: Reading {
                handler: self.handler,
                mime_type: self.about.mime_type.map(Into::into),
                cache: self.cache,
            },
            completions: self.completions,
            uri_template: self.uri_template,
        })
    }
}

/// RFC 3986: a scheme is a letter and then letters, digits, `+`, `-`, `.`.
pub(crate) fn is_absolute_uri(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_graphic())
    })
}
