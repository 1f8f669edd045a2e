//! What a hello world takes to build.

use std::sync::Mutex;

use anyhow::Result;
use mcp_bench::hello::{Hello, PROFILES, SERVERS, measure as build, table};

use crate::options::Options;
use crate::progress::Progress;
use crate::section::{Better, Contest, Section};

const OURS: &str = "mcp-stack";
/// What is measured beside us and is no peer.
const FLOOR: &str = "hyper";
const JOBS: usize = 2;

type Figure = fn(&Hello) -> f64;

pub(crate) fn steps(options: &Options) -> usize {
    SERVERS.len() * PROFILES.len() * options.builds
}

pub(crate) fn measure(options: &Options, progress: &Mutex<Progress>) -> Result<Section> {
    let step = |what: &str| crate::lock(progress).step(what);
    let servers = build(&SERVERS, options.builds, JOBS, step)?;
    let text = format!(
        "A server with one tool, and its default features: built from nothing, {} by {JOBS} \
         jobs. CPU seconds are those of all that cargo starts.\n\n{}",
        match options.builds {
            1 => "once,".to_owned(),
            builds => format!("{builds} times in turns, the median,"),
        },
        table(&servers),
    );
    let figures: [(&str, Figure); 4] = [
        ("crates", |hello| hello.crates as f64),
        ("debug build, CPU s", |hello| hello.cpu_seconds()[0]),
        ("release build, CPU s", |hello| hello.cpu_seconds()[1]),
        ("size without symbols, MB", Hello::stripped_megabytes),
    ];
    let contests = figures.into_iter().filter_map(|(what, figure)| contest(what, &servers, figure));
    let contests = contests.collect();
    Ok(Section { title: "Hello world", text, plots: Vec::new(), contests })
}

fn contest(what: &str, servers: &[Hello], figure: Figure) -> Option<Contest> {
    let ours = figure(servers.iter().find(|hello| hello.name == OURS)?);
    let peers = servers.iter().filter(|hello| ![OURS, FLOOR].contains(&hello.name));
    let peers = peers.map(|hello| (hello.name, figure(hello)));
    Contest::against(format!("hello world: {what}"), Better::Less, ours, peers)
}
