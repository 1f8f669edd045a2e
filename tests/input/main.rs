//! What a handler asks of the client: each question against the schemas that the
//! protocol publishes, and the reading of each answer.

mod choices;
mod form;
mod reader;
mod roots;
mod sampled;
mod sampling;
mod support;
mod typed;
mod url;
