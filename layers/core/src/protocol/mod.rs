//! The Model Context Protocol's versions, methods, `_meta` keys and log levels.

mod log_level;
pub mod meta;
mod method;
#[cfg(test)]
mod tests;
mod version;

pub use log_level::{LogLevel, UnknownLogLevel};
pub use method::Method;
pub use version::{Era, ProtocolVersion};
