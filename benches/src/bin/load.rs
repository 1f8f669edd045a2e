//! Sends load to one server and says how fast it answered.
//!
//! ```text
//! load URL [--era legacy|modern] [--workload NAME] [--connections N]
//!          [--seconds S | --requests N]
//! ```
//!
//! The defaults are `modern`, `echo64`, 16 connections and 5 seconds, after a warm-up
//! of a tenth of that. One wrong answer ends the run with an error.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use mcp_bench::load::{Limit, Load, Plan};
use mcp_bench::workload::{Era, Workload};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let era = args.opt_value_from_str("--era")?.unwrap_or(Era::Modern);
    let workload = args.opt_value_from_str("--workload")?.unwrap_or(Workload::Echo64);
    let connections = args.opt_value_from_str("--connections")?.unwrap_or(16);
    let seconds = args.opt_value_from_str("--seconds")?.unwrap_or(5.0);
    let requests: Option<u64> = args.opt_value_from_str("--requests")?;
    let target = args.free_from_str().context("load: the server's URL")?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "load: unknown arguments {rest:?}");
    ensure!(workload.exists_in(era), "there is no {workload} in the {era} era");

    let (limit, warm_up) = match requests {
        Some(requests) => (Limit::Requests(requests), Limit::Requests(requests / 10)),
        None => (
            Limit::Time(Duration::from_secs_f64(seconds)),
            Limit::Time(Duration::from_secs_f64(seconds / 10.0)),
        ),
    };
    let plan = Plan { target, era, workload, connections, pause: Duration::ZERO };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sample = runtime.block_on(async {
        let mut load = Load::open(plan).await?;
        load.run(warm_up).await?;
        let sample = load.run(limit).await?;
        load.close().await?;
        anyhow::Ok(sample)
    })?;

    let [p50, p99] = sample.latencies([0.5, 0.99]);
    let wall = sample.wall.as_secs_f64();
    println!("{workload}, {era}, {connections} connections");
    println!("requests    {} in {wall:.2} s", sample.requests());
    println!("rate        {:.0} requests/s", sample.rate());
    println!("latency     p50 {p50:.1?}, p99 {p99:.1?}");
    println!("answer      {:.0} bytes", sample.answer_size());
    Ok(())
}
