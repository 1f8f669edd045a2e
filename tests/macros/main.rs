//! Tools, prompts and resources by attributes: what is listed and answered is what the
//! same item gives that a closure or a trait was the handler of.

mod hygiene;
mod kinds;
mod methods;
mod options;
mod parameters;
mod support;
