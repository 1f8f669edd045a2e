//! `testing::TestClient`, against the real stack and against servers that play a
//! script. What is tested is the client: the requirements of a server have their tests
//! elsewhere, and no ids here.

mod calls;
mod handshake;
mod input_required;
mod meanwhile;
mod mirrored;
mod questions;
mod streams;
mod support;
