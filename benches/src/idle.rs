//! Idle sessions: what they weigh, and whether the memory comes back.

use anyhow::{Context as _, Result, ensure};

use crate::http::Connection;
use crate::server::Running;
use crate::{proc, session};

/// Resident memory, in bytes, in one round of opening and ending sessions.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Before the first was opened.
    pub before: u64,
    /// While all were open.
    pub open: u64,
    /// After the last was ended.
    pub ended: u64,
}

/// Opens `sessions` legacy sessions over a few connections and ends them with DELETE,
/// `rounds` times.
///
/// # Errors
///
/// If the server gives no sessions, or refuses to open or to end one.
pub async fn measure(
    server: &Running,
    sessions: usize,
    connections: usize,
    rounds: usize,
) -> Result<Vec<Round>> {
    ensure!(sessions > 0 && connections > 0 && rounds > 0, "a count must not be zero");
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Connection::open(&server.target).await?);
    }
    // One session first, so that what is made once does not count as theirs.
    let id = open(&mut clients[0], server).await?;
    session::close(&mut clients[0], &server.target, &id).await?;

    let mut measured = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let before = proc::resident(server.pid())?;
        let mut ids = Vec::with_capacity(sessions);
        for number in 0..sessions {
            ids.push(open(&mut clients[number % connections], server).await?);
        }
        let open = proc::resident(server.pid())?;
        for (number, id) in ids.iter().enumerate() {
            session::close(&mut clients[number % connections], &server.target, id).await?;
        }
        let ended = proc::resident(server.pid())?;
        measured.push(Round { before, open, ended });
    }
    Ok(measured)
}

async fn open(connection: &mut Connection, server: &Running) -> Result<String> {
    session::open(connection, &server.target).await?.context("the server gave no session id")
}
