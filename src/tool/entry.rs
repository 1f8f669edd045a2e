use std::sync::Arc;

use mcp_layers::request_metadata::MirroredParam;
use mcp_layers_core::{jsonrpc::RawJson, protocol::Era};
use serde_json::Value;

use super::{Tool, ToolResult};
use crate::{
    Arguments, Handler, Icon, InvalidArguments, RegisterError, RegisterErrorKind,
    apps::ToolView,
    registry::{Item, Reader, Snapshot, Table, rename_entry},
    schema::{MAX_SCHEMA_BYTES, Validator},
};

/// A tool as registered: checked, compiled, its list entries written.
#[derive(Debug, Clone)]
pub(crate) struct ToolEntry {
    name: String,
    pub(crate) handler: Handler<ToolResult>,
    input: Arc<Validator>,
    pub(crate) output: Option<Output>,
    pub(crate) mirrored: Option<Arc<[MirroredParam]>>,
    listed: Listed,
    /// For clients without views, where that differs (EXT-2).
    listed_plain: Option<Listed>,
    view_alone: bool,
}

/// A tool's entry in the list.
#[derive(Debug, Clone)]
struct Listed {
    entry: RawJson,
    /// For legacy clients, where that differs: output schemas were of objects then
    /// (TOOL-12, D-22).
    legacy: Option<RawJson>,
}

/// What a tool promises to answer with.
#[derive(Debug, Clone)]
pub(crate) struct Output(Arc<Validator>);

impl ToolEntry {
    /// The same tool under another name.
    pub(crate) fn renamed(&self, name: String) -> Result<Self, RegisterError> {
        check_name(&name).map_err(|fault| {
            RegisterError::new(RegisterErrorKind::InvalidName, "tool", &name, fault)
        })?;
        let rename = |entry: &RawJson| rename_entry(entry, &self.name, &name);
        let rename = |listed: &Listed| Listed {
            entry: rename(&listed.entry),
            legacy: listed.legacy.as_ref().map(rename),
        };
        Ok(Self {
            listed: rename(&self.listed),
            listed_plain: self.listed_plain.as_ref().map(rename),
            name,
            ..self.clone()
        })
    }

    /// Holds arguments to the schema before the handler sees them (TOOL-25).
    pub(crate) fn accept(&self, arguments: RawJson) -> Result<Arguments, InvalidArguments> {
        self.input.accept(arguments)
    }
}

impl Output {
    /// Whether structured content keeps the promise (TOOL-14).
    pub(crate) fn check(&self, structured: Option<&RawJson>) -> Result<(), String> {
        self.0.check(structured.ok_or("there is no structured content")?)
    }
}

impl Item for ToolEntry {
    const SORT: &'static str = "tool";

    type Described = Tool;

    fn compile(mut described: Tool, prefix: &str) -> Result<Self, RegisterError> {
        described.name.insert_str(0, prefix);
        described.compile()
    }

    fn table(items: &Snapshot) -> &Table<Self> {
        &items.tools
    }

    /// The `request_metadata` layer knows the mirrored arguments of registered tools
    /// alone.
    fn fits_a_source(&self) -> bool {
        self.mirrored.is_none()
    }

    fn key(&self) -> &str {
        &self.name
    }

    fn entry(&self, reader: Reader) -> Option<&RawJson> {
        let listed = match &self.listed_plain {
            // EXT-2: nothing would keep it from the model.
            Some(_) if !reader.views && self.view_alone => return None,
            Some(plain) if !reader.views => plain,
            _ => &self.listed,
        };
        Some(match (reader.era, &listed.legacy) {
            (Era::Legacy, Some(legacy)) => legacy,
            _ => &listed.entry,
        })
    }

    fn differs_by_client(&self) -> bool {
        self.listed_plain.is_some()
    }
}

impl Tool {
    /// Checks all that is to be checked once.
    pub(crate) fn compile(self) -> Result<ToolEntry, RegisterError> {
        let fail = |kind, fault: String| RegisterError::new(kind, "tool", &self.name, fault);
        check_name(&self.name).map_err(|fault| fail(RegisterErrorKind::InvalidName, fault))?;
        Icon::check(&self.icons)
            .map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault.into()))?;
        let in_schema = |which: &str, fault: String| {
            fail(RegisterErrorKind::InvalidSchema, format!("the {which} schema {fault}"))
        };
        let schema = |which, json: &RawJson| {
            if json.as_bytes().len() > MAX_SCHEMA_BYTES {
                let fault = format!("is larger than {MAX_SCHEMA_BYTES} bytes");
                return Err(in_schema(which, fault)); // SCHEMA-9
            }
            let tree: Value = json.to().map_err(|error| in_schema(which, error.to_string()))?;
            let validator = Validator::compile(&tree).map_err(|fault| in_schema(which, fault))?;
            Ok((tree, Arc::new(validator)))
        };

        let (tree, input) = schema("input", &self.input_schema)?;
        if tree.get("type") != Some(&Value::from("object")) {
            let fault = "must have \"type\": \"object\" at its root".into();
            return Err(in_schema("input", fault)); // TOOL-9
        }
        let mirrored = MirroredParam::from_schema(&tree)
            .map_err(|error| in_schema("input", error.to_string()))?; // META-25
        let (output, of_object) = match &self.output_schema {
            None => (None, true),
            Some(json) => {
                let (tree, validator) = schema("output", json)?;
                (Some(Output(validator)), tree.get("type") == Some(&Value::from("object")))
            }
        };
        if let Some(view) = &self.view {
            view.check().map_err(|fault| fail(RegisterErrorKind::InvalidPart, fault.into()))?;
        }
        let listed = |view| Listed {
            entry: self.listed(self.output_schema.as_ref(), view),
            legacy: (!of_object).then(|| self.listed(None, view)),
        };
        Ok(ToolEntry {
            listed: listed(self.view.as_ref()),
            listed_plain: self.view.as_ref().map(|_| listed(None)),
            view_alone: self.view.as_ref().is_some_and(ToolView::is_for_view_alone),
            input,
            output,
            mirrored: (!mirrored.is_empty()).then(|| mirrored.into()),
            name: self.name,
            handler: self.handler,
        })
    }
}

/// TOOL-6, D-23.
fn check_name(name: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    if name.is_empty() || name.len() > 128 {
        return Err("a tool's name has 1 to 128 characters".into());
    }
    if !name.bytes().all(allowed) {
        return Err("a tool's name has only A–Z a–z 0–9 _ - . and /".into());
    }
    if name.len() > 64 || name.contains('/') {
        tracing::warn!(tool = name, "some clients refuse names with / or over 64 characters");
    }
    Ok(())
}
