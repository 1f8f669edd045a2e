//! The parts the benchmark programs share.
//!
//! | module | holds |
//! |---|---|
//! | [`http`] | a minimal HTTP/1.1 keep-alive client over raw TCP |
//! | [`message`] | the requests it sends, as bytes |
//! | [`workload`] | what is asked, in which era |
//! | [`check`] | whether an answer is right |
//! | [`session`] | the legacy handshake and its end |
//! | [`load`] | many connections at once, timed |
//! | [`server`] | servers under test: start, find the address, stop |
//! | [`artifact`] | building a server from this repository |
//! | [`proc`] | CPU time, memory and pinning of a process |
//! | [`stats`] | medians and spreads |
//! | [`table`] | aligned Markdown |
//! | [`valgrind`] | instructions and allocations of a server |

pub mod artifact;
pub mod check;
pub mod http;
pub mod load;
pub mod message;
pub mod proc;
pub mod server;
pub mod session;
pub mod stats;
pub mod table;
pub mod valgrind;
pub mod workload;
