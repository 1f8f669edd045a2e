use std::{fmt, sync::Arc};

macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A JSON-RPC method that clients send.
        ///
        /// ```
        /// use mcp_layers_core::protocol::Method;
        ///
        /// assert_eq!(Method::from_name("tools/call"), Method::ToolsCall);
        /// assert_eq!(Method::from_name("acme/do").as_str(), "acme/do");
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Method {
            $($(#[$doc])* $variant,)*
            /// Any other name.
            Other(Arc<str>),
        }

        impl Method {
            /// The method of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Other(name.into()),
                }
            }

            /// The name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }
        }
    };
}

methods! {
    /// `initialize` (legacy).
    Initialize = "initialize",
    /// `ping` (legacy).
    Ping = "ping",
    /// `server/discover` (modern).
    ServerDiscover = "server/discover",
    /// `tools/list`.
    ToolsList = "tools/list",
    /// `tools/call`.
    ToolsCall = "tools/call",
    /// `prompts/list`.
    PromptsList = "prompts/list",
    /// `prompts/get`.
    PromptsGet = "prompts/get",
    /// `resources/list`.
    ResourcesList = "resources/list",
    /// `resources/templates/list`.
    ResourceTemplatesList = "resources/templates/list",
    /// `resources/read`.
    ResourcesRead = "resources/read",
    /// `resources/subscribe` (legacy).
    ResourcesSubscribe = "resources/subscribe",
    /// `resources/unsubscribe` (legacy).
    ResourcesUnsubscribe = "resources/unsubscribe",
    /// `completion/complete`.
    CompletionComplete = "completion/complete",
    /// `logging/setLevel` (legacy).
    LoggingSetLevel = "logging/setLevel",
    /// `subscriptions/listen` (modern).
    SubscriptionsListen = "subscriptions/listen",
    /// `tasks/get`.
    TasksGet = "tasks/get",
    /// `tasks/update` (modern).
    TasksUpdate = "tasks/update",
    /// `tasks/cancel`.
    TasksCancel = "tasks/cancel",
    /// `tasks/result` (2025-11-25).
    TasksResult = "tasks/result",
    /// `tasks/list` (2025-11-25).
    TasksList = "tasks/list",
    /// `notifications/initialized` (legacy).
    Initialized = "notifications/initialized",
    /// `notifications/cancelled`.
    Cancelled = "notifications/cancelled",
    /// `notifications/progress` (legacy).
    Progress = "notifications/progress",
    /// `notifications/roots/list_changed` (legacy).
    RootsListChanged = "notifications/roots/list_changed",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
