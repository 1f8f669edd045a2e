//! What several targets judge by. None of it uses the code under test.

pub mod event_stream;
pub mod loopback;
