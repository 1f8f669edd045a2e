#![doc = include_str!("../README.md")]

mod arguments;
mod builder;
mod closure;
mod docs;
mod function;
mod handlers;
mod item;
mod kind;
mod options;
mod parameters;
mod shape;
mod types;

use proc_macro::TokenStream;

use crate::kind::Kind;

/// Makes a [`Tool`] of a function: beside `fn name` it puts `fn name_tool() -> Tool`.
///
/// The function stays what it was. Its parameters are the tool's arguments: any owned
/// types with `serde::Deserialize` and `schemars::JsonSchema`, an `Option` where one may
/// be left out. A parameter of the type `Context`, recognised by that name, stands
/// anywhere among them. Doc comments describe the tool and its arguments, and
/// `#[serde(…)]` and `#[schemars(…)]` on a parameter, or on the function, are what they
/// would be on a struct's field, or on the struct. The function is sync or async, and
/// returns what any handler may return.
///
/// What is built is an ordinary [`Tool`]: go on from there with its methods.
///
/// | option | is |
/// |---|---|
/// | `name = "…"` | [the name][new]; the function's own unless given |
/// | `title = "…"` | [`with_title`] |
/// | `description = "…"` | [`with_description`]; the doc comment unless given |
/// | `read_only`, `destructive`, `idempotent`, `open_world` | [hints]: alone they say yes, `destructive = false` says no |
/// | `crate = path` | where `mcp_stack` is, if not at `::mcp_stack` |
///
/// ```
/// use mcp_stack::{Context, McpService, tool};
///
/// /// Looks for a word.
/// #[tool(title = "Search", read_only)]
/// async fn search(
///     /// What to look for.
///     word: String,
///     /// How much to find; everything if left out.
///     #[schemars(range(min = 1))]
///     limit: Option<u32>,
///     cx: Context,
/// ) -> Result<String, String> {
///     cx.progress(1.0, None, Some("looking"));
///     match limit {
///         Some(0) => Err("zero words are easily found".into()),
///         _ => Ok(format!("nothing found for {word}")),
///     }
/// }
///
/// let service = McpService::new("demo", "1.0.0").with_tool(search_tool())?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
///
/// [`Tool`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Tool.html
/// [new]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Tool.html#method.new
/// [`with_title`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Tool.html#method.with_title
/// [`with_description`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Tool.html#method.with_description
/// [hints]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.ToolAnnotations.html
#[proc_macro_attribute]
pub fn tool(options: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(Kind::Tool, options.into(), item.into()).into()
}

/// Makes a [`Prompt`] of a function: beside `fn name` it puts `fn name_prompt() -> Prompt`.
///
/// As [`tool`](macro@tool), with the options `name`, `title`, `description` and `crate`.
/// A prompt's arguments arrive as strings, so its parameters take strings.
///
/// ```
/// use mcp_stack::{McpService, prompt};
///
/// /// Asks for a code review.
/// #[prompt]
/// fn review(
///     /// The language of the code.
///     language: String,
/// ) -> String {
///     format!("Review this {language} code.")
/// }
///
/// let service = McpService::new("demo", "1.0.0").with_prompt(review_prompt())?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
///
/// [`Prompt`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Prompt.html
#[proc_macro_attribute]
pub fn prompt(options: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(Kind::Prompt, options.into(), item.into()).into()
}

/// Makes a [`Resource`] of a function, or a [`ResourceTemplate`] if the URI has
/// variables: beside `fn name` it puts `fn name_resource() -> Resource` or
/// `fn name_resource_template() -> ResourceTemplate`.
///
/// As [`tool`](macro@tool), with the options `uri = "…"`, which must be there, `name`,
/// `title`, `description`, `mime_type`, `size` (of a resource: in bytes, before Base64)
/// and `crate`. The parameters of a template are its variables, as strings; a resource
/// has none.
///
/// ```
/// use mcp_stack::{McpService, resource};
///
/// /// How to begin.
/// #[resource(uri = "docs://readme", mime_type = "text/markdown")]
/// fn readme() -> &'static str {
///     "# Read me"
/// }
///
/// /// One of the users.
/// #[resource(uri = "users://{id}")]
/// async fn user(id: String) -> String {
///     format!("user {id}")
/// }
///
/// let service = McpService::new("demo", "1.0.0")
///     .with_resource(readme_resource())?
///     .with_resource_template(user_resource_template())?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
///
/// [`Resource`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.Resource.html
/// [`ResourceTemplate`]: https://docs.rs/mcp-stack/latest/mcp_stack/struct.ResourceTemplate.html
#[proc_macro_attribute]
pub fn resource(options: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(Kind::Resource, options.into(), item.into()).into()
}

/// Makes tools, prompts and resources of the methods of a value, and implements
/// [`Handlers`] for its type, so that one call registers them all.
///
/// Each method is marked with [`#[tool]`](macro@tool), [`#[prompt]`](macro@prompt) or
/// [`#[resource]`](macro@resource), and takes `&self`, `self: Arc<Self>`, or nothing of
/// the kind. Methods without a mark are left alone. For a tool there is a
/// `fn name_tool(self: &Arc<Self>) -> Tool` beside the method, and so on, to register one
/// of them by itself, or with a layer around it.
///
/// The one option is `crate = path`: where `mcp_stack` is, if not at `::mcp_stack`.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use mcp_stack::{McpService, handlers};
///
/// #[derive(Default)]
/// struct Counter {
///     count: AtomicU64,
/// }
///
/// #[handlers]
/// impl Counter {
///     /// Counts.
///     #[tool]
///     fn count(&self, by: u32) -> String {
///         let by = u64::from(by);
///         format!("{}", self.count.fetch_add(by, Ordering::Relaxed) + by)
///     }
///
///     /// The count so far.
///     #[resource(uri = "counter://now")]
///     async fn now(&self) -> String {
///         format!("{}", self.count.load(Ordering::Relaxed))
///     }
/// }
///
/// let service = McpService::new("demo", "1.0.0").with_handlers(Counter::default())?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
///
/// [`Handlers`]: https://docs.rs/mcp-stack/latest/mcp_stack/trait.Handlers.html
#[proc_macro_attribute]
pub fn handlers(options: TokenStream, item: TokenStream) -> TokenStream {
    handlers::expand(options.into(), item.into()).into()
}
