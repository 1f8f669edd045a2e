//! Asking the client, in either era, from one handler source.

mod both_eras;
mod by_hand;
mod changes;
mod era_2025;
mod era_2026;
mod pages;
mod pages_required;
mod refusals;
mod state;
mod support;
