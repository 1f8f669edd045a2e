#![doc = include_str!("../README.md")]

pub mod apps;
#[cfg(feature = "asking")]
mod ask;
#[cfg(not(feature = "asking"))]
#[path = "ask/off.rs"]
mod ask;
mod completion;
#[doc = include_str!("composing.md")]
pub mod composing {}
mod content;
mod context;
mod dispatch;
mod extension;
mod handler;
mod handlers;
#[cfg(feature = "asking")]
mod input;
#[cfg(feature = "log_forwarding")]
mod log_forwarding;
mod meta;
mod notify;
mod offer;
mod prompt;
mod readiness;
mod registry;
mod resource;
mod result;
mod run;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod service;
mod shared;
mod source;
mod stack;
#[cfg(feature = "testing")]
pub mod testing;
mod tool;
mod uri;

#[cfg(feature = "asking")]
pub use ask::{
    Ask, InputError, InputErrorKind, InputRequired, InvalidPageToken, PageTokens,
    UrlElicitationRequired,
};
pub use completion::{Completion, CompletionRequest};
pub use content::{Content, ResourceLink};
pub use context::Context;
pub use extension::InvalidExtension;
pub use handler::{
    Argument, Arguments, Async, Blocking, BoxError, Call, Handle, Handler, HandlerFuture,
    IntoHandler, IntoOutput, InvalidArguments, Json, Stateful,
};
pub use handlers::Handlers;
#[cfg(feature = "asking")]
pub use input::{
    Elicitation, Elicited, Field, Form, IncludeContext, Input, InvalidForm, ListRoots, Media,
    ModelPreferences, Root, Sampled, Sampling, SamplingContent, SamplingMessage, SamplingTool,
    StopReason, ToolChoice, ToolUse, ToolUseResult, UrlElicitation, field,
};
#[cfg(feature = "log_forwarding")]
pub use log_forwarding::ForwardLogs;
#[cfg(feature = "macros")]
pub use mcp_stack_macros::{handlers, prompt, resource, tool};
pub use meta::{InvalidMeta, Meta};
pub use prompt::{Prompt, PromptArgument, PromptMessage, PromptResult};
pub use readiness::Readiness;
pub use registry::{Draft, RegisterError, RegisterErrorKind, Registry};
pub use resource::{
    ExpandError, ExpandErrorKind, FileRoot, InvalidUriTemplate, Resource, ResourceContents,
    ResourceNotFound, ResourceRead, ResourceTemplate, TemplateValue, UriTemplate,
};
#[cfg(feature = "serve")]
pub use serve::{HttpService, Server};
pub use service::{McpService, ResponseFuture};
pub use shared::{Annotations, CacheHints, Icon, Implementation, Role, Theme};
pub use source::{InvalidCursor, Page, PageRequest, Source, Wanted};
pub use stack::{DefaultSlots, Slots, Stack};
pub use tool::{Tool, ToolAnnotations, ToolResult};

/// The layers, each in a module of its own whose page is its contract.
pub use mcp_layers as layers;
/// The words the layers share: messages, versions, rejections, extensions.
pub use mcp_layers_core as core;
#[doc(no_inline)]
pub use mcp_layers_core::{
    jsonrpc::{ErrorObject, RawJson},
    protocol::{LogLevel, ProtocolVersion},
};

/// What the attributes' code names, so that a server needs no crate but this one.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod __private {
    pub use schemars;
    pub use serde;

    pub use crate::handler::parameter::{As, Parameter, checked};
}
