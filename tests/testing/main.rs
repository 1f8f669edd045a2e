//! `testing::TestClient`, against the real stack and against servers that play a
//! script.

mod calls;
mod handshake;
mod input_required;
mod meanwhile;
mod mirrored;
mod questions;
mod streams;
mod support;
