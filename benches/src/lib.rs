//! The parts the benchmark programs share.
//!
//! | module | holds |
//! |---|---|
//! | [`http`] | a minimal HTTP/1.1 keep-alive client over raw TCP |
//! | [`message`] | the requests it sends, as bytes |
//! | [`workload`] | what is asked, in which era |
//! | [`check`] | whether an answer is right |
//! | [`session`] | the legacy handshake and its end |
//! | [`hello`] | building a hello world |
//! | [`idle`] | the memory of idle sessions |
//! | [`layers`] | the order in which layers are added to the stack |
//! | [`limits`] | what a request may cost |
//! | [`load`] | many connections at once, timed |
//! | [`round`] | the same load on several servers in turns |
//! | [`server`] | servers under test: start, find the address, stop |
//! | [`artifact`] | building a server from this repository |
//! | [`plot`] | bar charts as SVG |
//! | [`proc`] | CPU time, memory and pinning of a process |
//! | [`stack`] | what the servers of `mcp-stack` serve |
//! | [`stats`] | medians and spreads |
//! | [`streams`] | the memory of open streams, and the time of a change |
//! | [`table`] | aligned Markdown |
//! | [`valgrind`] | instructions and allocations of a server |

pub mod artifact;
pub mod check;
pub mod hello;
pub mod http;
pub mod idle;
pub mod layers;
pub mod limits;
pub mod load;
pub mod message;
pub mod plot;
pub mod proc;
pub mod round;
pub mod server;
pub mod session;
pub mod stack;
pub mod stats;
pub mod streams;
pub mod table;
pub mod valgrind;
pub mod workload;
