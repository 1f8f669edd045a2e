//! [`ForwardLogs`]: what a handler says to `tracing`, said to its client too.

use std::{cell::Cell, fmt};

use mcp_layers_core::protocol::LogLevel;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context as LayerContext, Layer};

use crate::Context;

/// A [`tracing_subscriber::Layer`] that sends the events of a running handler to the
/// client that called it, as log messages. Needs the feature `log_forwarding`.
///
/// An event becomes a `notifications/message`: its `logger` is the event's target, its
/// `data` an object of the `message` and the event's fields. Levels go by name, `TRACE`
/// as `debug`. The rules for [`Context::log`] hold: nothing is sent unless the server
/// [has logging on](crate::McpService::with_logging) and the client wants the level
/// (LOG-3, LOG-4, LOG-8).
///
/// Only the targets named here are forwarded, each with all below it: whatever they log
/// while they serve a call, a client may read. Credentials, personal data and internals
/// do not belong in it (LOG-10). What this library says of itself is never forwarded, nor
/// what a panic hook says; nor are spans and their fields.
///
/// An event is a handler's while the handler's own future is polled. What it spawns on
/// another task or thread is not seen; there, [`Context::log`] serves. The layer asks for
/// no level of its own: put a filter on it where the events it need not see are many.
///
/// ```
/// use mcp_stack::{ForwardLogs, McpService, Tool};
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let subscriber = tracing_subscriber::registry().with(ForwardLogs::new("my_server"));
/// // At start: `tracing::subscriber::set_global_default(subscriber)?;`
/// # let _ = subscriber;
///
/// let service = McpService::new("demo", "1.0.0").with_logging().with_tool(Tool::new(
///     "walk",
///     async || {
///         tracing::info!(target: "my_server::walk", steps = 3, "on the way");
///         "arrived"
///     },
/// ))?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::BoxError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ForwardLogs {
    /// `None`: all.
    targets: Option<Vec<String>>,
}

impl ForwardLogs {
    /// Forwards this target, usually the name of the server's crate, and all below it:
    /// of `my_server` also `my_server::tools`, but not `my_server_db`.
    pub fn new(target: impl Into<String>) -> Self {
        Self { targets: Some(vec![target.into()]) }
    }

    /// Adds a target.
    pub fn add_target(mut self, target: impl Into<String>) -> Self {
        if let Some(targets) = &mut self.targets {
            targets.push(target.into());
        }
        self
    }

    /// Forwards all targets but this library's own: what HTTP clients and databases log
    /// while a handler uses them reaches its client, too. For development.
    pub fn dangerously_all_targets() -> Self {
        Self { targets: None }
    }

    fn forwards(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        !is_own(target)
            && self.targets.as_ref().is_none_or(|wanted| {
                wanted.iter().any(|wanted| {
                    let below = target.strip_prefix(wanted.as_str());
                    below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                })
            })
    }
}

impl<S: Subscriber> Layer<S> for ForwardLogs {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        // A panic's message is for the log alone (LOG-10).
        if !self.forwards(event.metadata()) || std::thread::panicking() {
            return;
        }
        // Taken out meanwhile, so that an event of the sending is not sent in turn.
        let Some(entered) = Entered::nobody() else { return };
        let Some(context) = &entered.previous else { return };
        let level = level(*event.metadata().level());
        if context.emitter().wants(level) {
            let mut data = Data(Map::new());
            event.record(&mut data);
            context.log_as(level, Some(event.metadata().target()), data.0);
        }
    }
}

/// This library's targets (LOG-10).
fn is_own(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or(target);
    root == "mcp_stack" || root.starts_with("mcp_layers")
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warning,
        Level::INFO => LogLevel::Info,
        _ => LogLevel::Debug,
    }
}

thread_local! {
    /// The call whose handler is being polled on this thread, if its client wants logs.
    static CURRENT: Cell<Option<Context>> = const { Cell::new(None) };
}

/// Whose events those of this thread are, until it is dropped.
pub(crate) struct Entered {
    previous: Option<Context>,
}

impl Entered {
    /// The handler of this call is about to be polled. `None` on a thread that is ending.
    pub(crate) fn new(context: &Context) -> Option<Self> {
        // A call without logs within one that has them keeps its own to itself.
        let wanted = context.emitter().wants(LogLevel::Emergency);
        Self::swap(wanted.then(|| context.clone()))
    }

    /// What happens on this thread meanwhile is no handler's.
    pub(crate) fn nobody() -> Option<Self> {
        Self::swap(None)
    }

    fn swap(context: Option<Context>) -> Option<Self> {
        let previous = CURRENT.try_with(|current| current.replace(context)).ok()?;
        Some(Self { previous })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let previous = self.previous.take();
        // Dropped outside: the last clone of a context may have events of its own.
        let _left = CURRENT.try_with(|current| current.replace(previous));
    }
}

/// An event's message and fields.
struct Data(Map<String, Value>);

impl Data {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Data {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    /// `null` where JSON has no such number.
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}
