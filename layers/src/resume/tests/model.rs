//! Any order of sending, reading, breaking off and coming back, against a simple model:
//! the list of all messages of each stream.

use proptest::prelude::*;

use super::*;

const STREAMS: usize = 3;

#[derive(Debug, Clone)]
enum Act {
    /// The work says something.
    Send(usize),
    /// The work ends.
    Finish(usize),
    /// The client reads this many events, or as many as there are.
    Read(usize, usize),
    /// The connection breaks.
    Cut(usize),
    /// The client comes back after one of the events it has seen, whether or not it still
    /// has a connection.
    Resume(usize, prop::sample::Index),
    /// The work asks to close the connection.
    Close(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    let stream = 0..STREAMS;
    prop_oneof![
        8 => stream.clone().prop_map(Act::Send),
        1 => stream.clone().prop_map(Act::Finish),
        6 => (stream.clone(), 1..6_usize).prop_map(|(stream, n)| Act::Read(stream, n)),
        2 => stream.clone().prop_map(Act::Cut),
        3 => (stream.clone(), any::<prop::sample::Index>())
            .prop_map(|(stream, seen)| Act::Resume(stream, seen)),
        1 => stream.prop_map(Act::Close),
    ]
}

/// One stream, from both sides.
struct Line {
    tap: Option<Sender>,
    control: Option<StreamControl>,
    /// All messages sent, by number.
    sent: Vec<usize>,
    connection: Option<EventStream>,
    /// The ids seen, each with how many messages had come up to it.
    seen: Vec<(String, usize)>,
    /// How many messages this connection has brought the client to.
    at: usize,
    /// The work is at its end, and the client has been told.
    ended: bool,
}

impl Line {
    /// Takes what the connection gives, up to `most` events.
    async fn read(&mut self, most: usize) -> Result<(), TestCaseError> {
        for _ in 0..most {
            let Some(connection) = &mut self.connection else { return Ok(()) };
            let Ok(event) = timeout(Duration::from_millis(1), next(connection)).await else {
                // Nothing is withheld.
                prop_assert_eq!(self.at, self.sent.len());
                prop_assert!(self.tap.is_some(), "a stream that has ended is not kept open");
                return Ok(());
            };
            let Some(event) = event else {
                self.connection = None;
                self.ended = self.tap.is_none() && self.at == self.sent.len();
                prop_assert!(self.ended, "it ends when all was told");
                return Ok(());
            };
            if event.retry.is_some() {
                prop_assert!(self.control.is_some());
                prop_assert!(next(connection).await.is_none());
                self.connection = None;
                return Ok(());
            }
            if event.message.is_some() {
                // In order, none missing, none twice, none of another stream.
                prop_assert_eq!(number(&event), self.sent.get(self.at).copied());
                self.at += 1;
            }
            self.seen.push((event.id.expect("each has one").into(), self.at));
        }
        Ok(())
    }
}

async fn play(
    log: Arc<dyn EventLog>,
    version: ProtocolVersion,
    acts: Vec<Act>,
) -> Result<(), TestCaseError> {
    let (server, session) = (Server::new(&ResumeLayer::with_log(log)), session(1, version));
    let mut lines = Vec::new();
    for at in 0..STREAMS {
        let request = if at == 0 { get() } else { call() };
        let (tap, connection) = server.open(request.within(&session)).await;
        let control = server.seen.lock().expect("not poisoned").pop().expect("called");
        let control = control.get::<StreamControl>().cloned();
        let (sent, seen) = (Vec::new(), Vec::new());
        let connection = Some(connection);
        let tap = Some(tap);
        lines.push(Line { tap, control, sent, connection, seen, at: 0, ended: false });
    }
    let mut count = 0;
    for act in acts {
        match act {
            Act::Send(at) => {
                if let Some(tap) = &lines[at].tap {
                    count += 1;
                    prop_assert!(tap.send(note(count)).is_ok(), "the work always has a reader");
                    lines[at].sent.push(count);
                }
            }
            Act::Finish(at) => drop(lines[at].tap.take()),
            Act::Read(at, most) => lines[at].read(most).await?,
            Act::Cut(at) => lines[at].connection = None,
            Act::Close(at) => {
                if let Some(control) = &lines[at].control {
                    control.close_connection(Duration::from_millis(5));
                }
            }
            Act::Resume(at, which) => {
                let line = &mut lines[at];
                if line.seen.is_empty() {
                    continue;
                }
                let (last, seen) = which.get(&line.seen).clone();
                let old = line.connection.take();
                line.connection = Some(server.resume(&session, &last).await);
                line.at = seen;
                line.ended = false;
                if let Some(mut old) = old {
                    prop_assert!(next(&mut old).await.is_none(), "one connection at a time");
                }
            }
        }
    }
    // In the end each client that has seen any event gets all.
    for line in &mut lines {
        drop(line.tap.take());
        if let Some((last, seen)) = line.seen.last().cloned() {
            line.connection = Some(server.resume(&session, &last).await);
            line.at = seen;
        }
        while line.connection.is_some() {
            line.read(usize::MAX).await?;
            if line.connection.is_none() && !line.ended {
                let Some((last, seen)) = line.seen.last().cloned() else { break };
                line.connection = Some(server.resume(&session, &last).await);
                line.at = seen;
            }
        }
        prop_assert!(line.seen.is_empty() || line.ended);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn each_client_gets_each_message_of_its_stream_once_in_order_and_misses_none(
        acts in prop::collection::vec(any_act(), 1..80),
        newest: bool,
        remote: bool,
    ) {
        // RESUME-4, RESUME-5, RESUME-9, SSE-23
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let version = if newest { V2025_11_25 } else { V2025_06_18 };
        let log: Arc<dyn EventLog> = match remote {
            true => Arc::new(super::log::Remote::default()),
            false => Arc::new(MemoryEventLog::new()),
        };
        runtime.block_on(play(log, version, acts))?;
    }
}
