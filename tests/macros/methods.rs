//! The methods of a value.

use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use mcp_stack::{Context, Handle, Handlers as _, McpService, Tool, ToolResult, handlers};
use serde_json::{Value, json};

use crate::support::{call, list, prompted, read};

#[derive(Default)]
struct Counter {
    count: AtomicU64,
    step: u64,
}

#[handlers]
impl Counter {
    const UNIT: &'static str = "steps";

    fn new(step: u64) -> Self {
        Self { step, ..Self::default() }
    }

    /// Counts on.
    #[tool(idempotent = false)]
    async fn count(
        &self,
        /// How often.
        times: u64,
        cx: Context,
    ) -> String {
        assert!(!cx.is_cancelled());
        tokio::task::yield_now().await;
        self.add(times * self.step)
    }

    #[mcp_stack::tool]
    fn count_once(&self) -> String {
        self.add(self.step)
    }

    #[tool]
    async fn shared(self: Arc<Self>, times: u64) -> String {
        self.add(times)
    }

    #[tool]
    fn unit() -> &'static str {
        Self::UNIT
    }

    #[cfg(not(test))]
    #[tool]
    fn never(&self) -> Missing {}

    /// Asks to count.
    #[prompt]
    fn please(&self, name: String) -> String {
        format!("{name}, count in steps of {}.", self.step)
    }

    /// The count so far.
    #[resource(uri = "counter://now")]
    fn now(&self) -> String {
        self.add(0)
    }

    #[resource(uri = "counter://times/{factor}")]
    async fn multiplied(&self, factor: String) -> Result<String, std::num::ParseIntError> {
        Ok((self.count.load(Ordering::Relaxed) * factor.parse::<u64>()?).to_string())
    }

    fn add(&self, steps: u64) -> String {
        (self.count.fetch_add(steps, Ordering::Relaxed) + steps).to_string()
    }
}

async fn names(service: &McpService, method: &str, member: &str) -> Vec<String> {
    let entries = list(service, method, member).await;
    let entries = entries.as_array().expect("a list");
    entries.iter().filter_map(|entry| entry["name"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn one_line_registers_every_marked_method() {
    // TOOL-2, TOOL-4, RES-4
    let service = McpService::new("test", "1").with_handlers(Counter::new(2)).expect("valid");
    let tools = names(&service, "tools/list", "tools").await;
    assert_eq!(tools, ["count", "count_once", "shared", "unit"]);
    assert_eq!(names(&service, "prompts/list", "prompts").await, ["please"]);
    assert_eq!(names(&service, "resources/list", "resources").await, ["now"]);
    let templates = names(&service, "resources/templates/list", "resourceTemplates").await;
    assert_eq!(templates, ["multiplied"]);

    assert_eq!(call(&service, "count", json!({ "times": 3 })).await, "6");
    assert_eq!(call(&service, "count_once", json!({})).await, "8");
    assert_eq!(call(&service, "shared", json!({ "times": 1 })).await, "9");
    assert_eq!(call(&service, "unit", json!({})).await, "steps");
    assert_eq!(read(&service, "counter://now").await, "9");
    assert_eq!(read(&service, "counter://times/2").await, "18");
    let asked = prompted(&service, "please", json!({ "name": "Ada" })).await;
    assert_eq!(asked, "Ada, count in steps of 2.");
}

#[tokio::test]
async fn a_value_can_be_shared_with_the_rest_of_the_program() {
    let counter = Arc::new(Counter::new(1));
    let service = McpService::new("test", "1").with_handlers(Arc::clone(&counter)).expect("valid");
    assert_eq!(call(&service, "count", json!({ "times": 3 })).await, "3");
    assert_eq!(counter.add(0), "3");
}

#[tokio::test]
async fn one_method_can_be_registered_by_itself() {
    let counter = Arc::new(Counter::new(1));
    let tool = counter.count_tool().with_title("Count").layer(tower::layer::util::Identity::new());
    let service = McpService::new("test", "1").with_tool(tool).expect("valid");
    let entry: &Value = &list(&service, "tools/list", "tools").await[0];
    assert_eq!(entry["title"], "Count");
    assert_eq!(entry["description"], "Counts on.");
    assert_eq!(entry["annotations"], json!({ "idempotentHint": false }));
    assert_eq!(entry["inputSchema"]["properties"]["times"]["description"], "How often.");
    assert_eq!(call(&service, "count", json!({ "times": 3 })).await, "3");
    assert_eq!(counter.tools().len(), 4);
}

struct Shown<T>(T);

#[handlers]
impl<T> Shown<T>
where
    T: Display + Send + Sync + 'static,
{
    #[tool]
    fn show(&self) -> String {
        self.0.to_string()
    }
}

#[tokio::test]
async fn the_type_may_be_generic() {
    let service = McpService::new("test", "1").with_handlers(Shown(7)).expect("valid");
    assert_eq!(call(&service, "show", json!({})).await, "7");
}

#[test]
fn a_name_that_is_taken_leaves_none_of_the_items() {
    // TOOL-7
    let service = McpService::new("test", "1").with_tool(Tool::new("shared", || "")).expect("one");
    let registry = service.registry();
    assert!(service.with_handlers(Counter::default()).is_err());
    assert!(!registry.has_tool("count"));
    assert!(!registry.has_resource("counter://now"));
}

struct Echo {
    prefix: String,
}

impl Handle<ToolResult> for Echo {
    type Args = std::collections::BTreeMap<String, String>;
    type Output = Result<String, std::fmt::Error>;

    async fn call(&self, args: Self::Args, _: Context) -> Self::Output {
        tokio::task::yield_now().await;
        args.get("say").map(|it| format!("{}{it}", self.prefix)).ok_or(std::fmt::Error)
    }
}

#[tokio::test]
async fn a_value_that_handles_serves_several_items() {
    let echo = Arc::new(Echo { prefix: "> ".into() });
    let service = McpService::new("test", "1")
        .with_tool(Tool::new("echo", Arc::clone(&echo)))
        .and_then(|service| service.with_tool(Tool::new("again", echo)))
        .expect("valid");
    for name in ["echo", "again"] {
        assert_eq!(call(&service, name, json!({ "say": "hi" })).await, "> hi");
        assert_eq!(call(&service, name, json!({})).await, std::fmt::Error.to_string());
    }
}
