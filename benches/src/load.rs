//! Many connections at once, each sending its next request when the last is answered.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::task::{JoinSet, LocalSet};

use crate::check::Check;
use crate::http::{Connection, Target};
use crate::message::{FIRST_ID, Template};
use crate::session;
use crate::stats;
use crate::workload::{Era, Workload};

/// What to send, and over how many connections.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where to.
    pub target: Target,
    /// On which wire.
    pub era: Era,
    /// What.
    pub workload: Workload,
    /// How many connections; in the legacy era each has a session of its own.
    pub connections: usize,
    /// How long each connection waits between an answer and its next request.
    pub pause: Duration,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// After this many requests, over all connections.
    Requests(u64),
    /// After this long; requests under way are finished.
    Time(Duration),
}

/// The connections of a plan, open and ready.
#[derive(Debug)]
pub struct Load {
    plan: Plan,
    clients: Vec<Client>,
    next_id: u64,
}

/// What one run measured, or several taken together.
#[derive(Debug, Default)]
pub struct Sample {
    /// Time between first request and last answer, added up over the runs.
    pub wall: Duration,
    answer_bytes: u64,
    /// From sending a request to the end of its answer, in nanoseconds.
    latencies: Vec<u32>,
}

impl Load {
    /// Opens the connections and, in the legacy era, a session on each.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached or refuses the handshake.
    pub async fn open(plan: Plan) -> Result<Self> {
        let mut clients = Vec::with_capacity(plan.connections);
        for _ in 0..plan.connections {
            clients.push(Client::open(&plan).await?);
        }
        Ok(Self { plan, clients, next_id: FIRST_ID })
    }

    /// Sends requests until the limit.
    ///
    /// # Errors
    ///
    /// If any answer is wrong or any connection fails.
    pub async fn run(&mut self, limit: Limit) -> Result<Sample> {
        let started = Instant::now();
        let turns = Rc::new(Turns {
            next_id: Cell::new(self.next_id),
            end_id: match limit {
                Limit::Requests(requests) => self.next_id + requests,
                Limit::Time(_) => u64::MAX,
            },
            deadline: match limit {
                Limit::Requests(_) => None,
                Limit::Time(time) => Some(started + time),
            },
        });
        let clients = std::mem::take(&mut self.clients);
        let (clients, mut sample) = drive_all(clients, &self.plan, &turns).await?;
        sample.wall = started.elapsed();
        self.clients = clients;
        self.next_id = turns.next_id.get();
        Ok(sample)
    }

    /// Ends the legacy sessions, so that a server that goes on running forgets them.
    ///
    /// # Errors
    ///
    /// If a DELETE is refused.
    pub async fn close(self) -> Result<()> {
        for mut client in self.clients {
            if let Some(id) = client.session {
                session::close(&mut client.connection, &self.plan.target, &id).await?;
            }
        }
        Ok(())
    }
}

impl Sample {
    /// Takes another run's measurement into this one.
    pub fn absorb(&mut self, other: &Self) {
        self.wall += other.wall;
        self.answer_bytes += other.answer_bytes;
        self.latencies.extend_from_slice(&other.latencies);
    }

    /// Requests answered, all of them rightly.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Requests per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.requests() as f64 / self.wall.as_secs_f64()
    }

    /// Bytes per answer on average, its head included and its chunking not.
    #[must_use]
    pub fn answer_size(&self) -> f64 {
        self.answer_bytes as f64 / self.requests() as f64
    }

    /// The latencies that these shares of the requests did not exceed: 0.5 gives the
    /// median.
    #[must_use]
    pub fn latencies<const N: usize>(&self, shares: [f64; N]) -> [Duration; N] {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        shares.map(|share| Duration::from_nanos(stats::quantile(&sorted, share).into()))
    }
}

#[derive(Debug)]
struct Client {
    connection: Connection,
    session: Option<String>,
    template: Template,
}

/// Hands out ids until the limit; shared by the connections of a run.
#[derive(Debug)]
struct Turns {
    next_id: Cell<u64>,
    end_id: u64,
    deadline: Option<Instant>,
}

impl Client {
    async fn open(plan: &Plan) -> Result<Self> {
        let mut connection = Connection::open(&plan.target).await?;
        let session = match plan.era {
            Era::Legacy => session::open(&mut connection, &plan.target).await?,
            Era::Modern => None,
        };
        let template = Template::new(&plan.target, plan.era, plan.workload, session.as_deref());
        Ok(Self { connection, session, template })
    }

    async fn drive(&mut self, plan: &Plan, turns: &Turns) -> Result<Sample> {
        let mut check = Check::new(plan.workload);
        let mut sample = Sample::default();
        loop {
            let sent = Instant::now();
            let Some(id) = turns.next(sent) else {
                return Ok(sample);
            };
            let response = self.connection.exchange(self.template.with_id(id)).await?;
            let taken = sent.elapsed();
            check.answer(&response, id)?;
            sample.answer_bytes += response.size() as u64;
            sample.latencies.push(u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX));
            if !plan.pause.is_zero() {
                tokio::time::sleep(plan.pause).await;
            }
        }
    }
}

impl Turns {
    fn next(&self, now: Instant) -> Option<u64> {
        let id = self.next_id.get();
        if id >= self.end_id || self.deadline.is_some_and(|deadline| now >= deadline) {
            return None;
        }
        self.next_id.set(id + 1);
        Some(id)
    }
}

async fn drive_all(
    clients: Vec<Client>,
    plan: &Plan,
    turns: &Rc<Turns>,
) -> Result<(Vec<Client>, Sample)> {
    let local = LocalSet::new();
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let (plan, turns) = (plan.clone(), Rc::clone(turns));
        let driven = async move { client.drive(&plan, &turns).await.map(|own| (client, own)) };
        tasks.spawn_local_on(driven, &local);
    }
    let mut clients = Vec::with_capacity(tasks.len());
    let mut sample = Sample::default();
    local
        .run_until(async {
            while let Some(task) = tasks.join_next().await {
                let (client, own) = task.context("a connection's task")??;
                clients.push(client);
                sample.absorb(&own);
            }
            Ok((clients, sample))
        })
        .await
}
