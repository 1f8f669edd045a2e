//! Running a handler: in place while it is silent, on a task from the moment it
//! speaks.
//!
//! - It finishes without having emitted: one response, no task, no queue.
//! - It emits and finishes in the same breath: a stream that is complete already.
//! - It emits and has more to do: the answer becomes a stream, and the handler
//!   moves to a task that feeds it.
//! - Its client vanishes: the handler is dropped, or moves to a task, as the
//!   [`Cancellation`] extension says.

mod emitter;
pub(crate) mod progress;
mod work;

pub(crate) use emitter::Emitter;
pub(crate) use work::Work;

#[cfg(test)]
mod tests;
