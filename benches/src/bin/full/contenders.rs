//! Who is measured, and what a peer cannot do.

use anyhow::Result;
use mcp_bench::server::{Running, Server};
use mcp_bench::workload::{Era, Workload};

/// A server of the tables.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    command: &'static str,
    /// The command for the legacy sessions, if it keeps any.
    pub(crate) sessions: Option<&'static str>,
    /// The command for the open streams of an era, if it has any.
    legacy_streams: Option<&'static str>,
    modern_streams: Option<&'static str>,
    pub(crate) is_peer: bool,
    /// Whether the charts show it.
    pub(crate) in_charts: bool,
}

pub(crate) const OURS: &str = "mcp-stack";

const FLOOR: Contender = Contender {
    name: "floor",
    command: "floor",
    sessions: Some("floor --sessions"),
    legacy_streams: None,
    modern_streams: Some("floor_streams"),
    is_peer: false,
    in_charts: true,
};

/// In the order of the columns.
pub(crate) const CONTENDERS: [Contender; 7] = [
    FLOOR,
    Contender {
        name: "floor, SSE",
        command: "floor --sse",
        sessions: None,
        modern_streams: None,
        in_charts: false,
        ..FLOOR
    },
    Contender {
        name: "floor, axum",
        command: "floor --axum",
        sessions: None,
        modern_streams: None,
        in_charts: false,
        ..FLOOR
    },
    Contender {
        name: OURS,
        command: "stack",
        sessions: Some("stack"),
        legacy_streams: Some("stack --change"),
        modern_streams: Some("stack --change"),
        ..FLOOR
    },
    Contender {
        name: "rmcp, stateful",
        command: "peer-rmcp",
        sessions: Some("peer-rmcp"),
        legacy_streams: Some("peer-rmcp --change"),
        modern_streams: Some("peer-rmcp --change"),
        is_peer: true,
        ..FLOOR
    },
    Contender {
        name: "rmcp, stateless",
        command: "peer-rmcp --stateless",
        sessions: None,
        legacy_streams: None,
        modern_streams: Some("peer-rmcp --stateless --change"),
        is_peer: true,
        ..FLOOR
    },
    Contender {
        name: "tower-mcp",
        command: "peer-tower-mcp",
        sessions: Some("peer-tower-mcp"),
        legacy_streams: Some("peer-tower-mcp --change"),
        modern_streams: Some("peer-tower-mcp --change"),
        is_peer: true,
        ..FLOOR
    },
];

/// Why tables have a dash; the run checks that the first is still so.
pub(crate) const NOTES: &str = "\
A dash: tower-mcp sends a legacy call's progress on the session's GET stream and answers
the call in JSON, so there is no stream to measure. Stateless rmcp keeps no sessions and
so has no GET streams, and neither have the floors.
";

impl Contender {
    pub(crate) fn streams(&self, era: Era) -> Option<&'static str> {
        match era {
            Era::Legacy => self.legacy_streams,
            Era::Modern => self.modern_streams,
        }
    }

    /// Whether it answers this at all as the protocol has it.
    pub(crate) fn can(&self, era: Era, workload: Workload) -> bool {
        (self.name, era, workload) != ("tower-mcp", Era::Legacy, Workload::Progress10)
    }
}

/// Builds all that the run starts, and returns each contender's server.
pub(crate) fn build_all() -> Result<Vec<Server>> {
    for who in &CONTENDERS {
        let others = [who.sessions, who.legacy_streams, who.modern_streams];
        others.into_iter().flatten().try_for_each(|command| named(who.name, command).map(drop))?;
    }
    named("layers", "layers")?;
    CONTENDERS.iter().map(|who| named(who.name, who.command)).collect()
}

/// Builds the server a command names, under the contender's name.
pub(crate) fn named(name: &str, command: &str) -> Result<Server> {
    let mut server = Server::parse(command)?;
    name.clone_into(&mut server.name);
    Ok(server)
}

pub(crate) fn start_all(servers: &[Server], core: &[String]) -> Result<Vec<Running>> {
    servers.iter().map(|server| server.start(core)).collect()
}
