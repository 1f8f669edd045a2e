//! What it takes to build a hello world, here and with the peers.
//!
//! ```text
//! hello [--rounds N] [--jobs N] [--only NAME,…]
//! ```
//!
//! Two rounds and two jobs unless given; `mcp_bench::hello` says how it is measured.

use anyhow::{Result, ensure};
use mcp_bench::hello::{SERVERS, measure, table};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let rounds: usize = args.opt_value_from_str("--rounds")?.unwrap_or(2);
    let jobs: usize = args.opt_value_from_str("--jobs")?.unwrap_or(2);
    let only: Option<String> = args.opt_value_from_str("--only")?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "hello: unknown arguments {rest:?}");
    ensure!(rounds > 0 && jobs > 0, "a count must not be zero");
    let wanted =
        |name: &&str| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == *name));
    let names: Vec<_> = SERVERS.into_iter().filter(wanted).collect();
    println!("{}", table(&measure(&names, rounds, jobs, |step| eprintln!("{step}"))?));
    Ok(())
}
