//! Nothing that the attributes write depends on what is in scope, and nothing of it
//! draws a lint.

#![deny(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::unwrap_used,
    missing_docs,
    missing_debug_implementations,
    non_camel_case_types,
    rust_2018_idioms,
    unreachable_pub,
    unused_qualifications,
    unused
)]

use mcp_stack::tool;
use serde_json::json;

use crate::support::{call, listed};

/// Where every name that the generated code might use means something else.
pub(crate) mod shadowed {
    #![expect(dead_code, reason = "they are here to be in the way")]

    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Tool;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct ToolAnnotations;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Option;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Result;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Vec;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Arc;
    /// In the way.
    #[derive(Debug)]
    pub(crate) struct Arguments;
    /// In the way.
    pub(crate) trait Handlers {}
    /// In the way.
    pub(crate) trait Deserialize {}
    /// In the way.
    pub(crate) trait JsonSchema {}
    /// In the way.
    pub(crate) mod serde {}
    /// In the way.
    pub(crate) mod schemars {}
    /// In the way.
    pub(crate) mod std {}
    /// In the way.
    pub(crate) mod core {}
    /// In the way of a parameter's name.
    #[expect(non_upper_case_globals, reason = "as a parameter is written")]
    pub(crate) const value: u8 = 0;

    /// A function of its own.
    #[mcp_stack::tool(read_only)]
    pub(crate) fn echo(
        /// What to say.
        text: ::std::string::String,
        more: ::core::option::Option<u8>,
    ) -> ::std::string::String {
        text + &::std::format!("{}", more.unwrap_or(value))
    }

    /// Holds nothing.
    #[derive(Debug)]
    pub(crate) struct Holder;

    #[mcp_stack::handlers]
    impl Holder {
        /// A method of its own.
        #[tool]
        pub(crate) async fn held(&self, text: ::std::string::String) -> ::std::string::String {
            ::core::future::ready(text).await
        }
    }
}

/// A tool of few words.
#[tool]
#[must_use]
const fn short() -> &'static str {
    "short"
}

#[tokio::test]
async fn what_is_in_scope_does_not_matter() {
    let (service, _) = listed(shadowed::echo_tool()).await;
    assert_eq!(call(&service, "echo", json!({ "text": "a", "more": 1 })).await, "a1");
    let held = std::sync::Arc::new(shadowed::Holder).held_tool();
    let (service, _) = listed(held).await;
    assert_eq!(call(&service, "held", json!({ "text": "b" })).await, "b");
}

#[tokio::test]
async fn other_attributes_stay() {
    const ANSWER: &str = short();
    let (service, _) = listed(short_tool()).await;
    assert_eq!(call(&service, "short", json!({})).await, ANSWER);
}

#[tokio::test]
async fn a_function_can_be_marked_inside_another() {
    struct Local;

    #[tool]
    fn inside(value: u8) -> String {
        let Local = Local;
        format!("inside {value}")
    }

    let (service, _) = listed(inside_tool()).await;
    assert_eq!(call(&service, "inside", json!({ "value": 1 })).await, "inside 1");
}
