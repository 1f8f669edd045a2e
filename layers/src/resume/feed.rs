use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
    time::Duration,
};

use mcp_layers_core::extensions::{
    CancelReason, CancelToken, SessionHandle, SessionId, StreamControl,
};
use tokio::time::Instant;

/// What pump and connection of one stream know of each other. The events themselves are
/// in the log alone.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) session: SessionId,
    pub(super) stream: u64,
    pub(super) subscription: bool,
    /// Stops the pump; fires with the session's end at the latest.
    pub(super) stop: CancelToken,
    /// Of the request that opened the stream, if that was on this node.
    pub(super) control: Option<StreamControl>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the connections there have been: only the last may read (RESUME-9).
    connection: u64,
    /// The position of the last event in the log.
    tail: u64,
    end: End,
    /// The present connection is to be closed when it has sent what is up to here.
    close: Option<(u64, Duration)>,
    reader: Option<Waker>,
}

#[derive(Debug, Default, Clone, Copy)]
enum End {
    #[default]
    Running,
    /// What is in the log is all there is.
    Finished(Instant),
    /// Nothing more is sent, whatever the log has.
    Lost,
}

/// What a connection does next.
pub(super) enum Step {
    /// There is more in the log.
    Read,
    /// It waits; its task will be woken.
    Wait,
    /// It says when to come back, and closes (SSE-18).
    Close(Duration),
    /// It closes.
    End,
}

impl Feed {
    pub(super) fn new(
        session: &SessionHandle,
        stream: u64,
        subscription: bool,
        control: Option<StreamControl>,
    ) -> Self {
        Self { control, ..Self::at(session, stream, subscription, State::default()) }
    }

    /// For a stream that has ended, and that the log alone knows of.
    pub(super) fn finished(session: &SessionHandle, stream: u64, tail: u64) -> Self {
        let end = End::Finished(Instant::now());
        Self::at(session, stream, false, State { tail, end, ..State::default() })
    }

    fn at(session: &SessionHandle, stream: u64, subscription: bool, state: State) -> Self {
        let stop = CancelToken::child_of([session.ended()]);
        let (session, state) = (session.id(), Mutex::new(state));
        Self { session, stream, subscription, stop, control: None, state }
    }

    /// A new connection takes the stream over, and the one before it ends.
    pub(super) fn connect(&self) -> u64 {
        self.change(|state| {
            state.connection += 1;
            state.close = None;
            state.connection
        })
    }

    /// A connection is gone; its task is not to be kept for this stream's sake. `over`
    /// says whether it had come to its end.
    pub(super) fn disconnect(&self, connection: u64, over: bool) {
        let mut state = self.lock();
        if state.connection == connection {
            let reader = state.reader.take();
            drop(state);
            drop(reader);
            if !over && let Some(control) = &self.control {
                control.disconnect();
            }
        }
    }

    /// The log has everything up to here.
    pub(super) fn appended(&self, tail: u64) {
        self.change(|state| state.tail = tail);
    }

    /// Closes the present connection behind what is in the log now.
    pub(super) fn close_connection(&self, retry: Duration) {
        self.change(|state| state.close = Some((state.tail, retry)));
    }

    /// Nothing more comes; what is in the log can still be read.
    pub(super) fn finish(&self) {
        self.change(|state| {
            if let End::Running = state.end {
                state.end = End::Finished(Instant::now());
            }
        });
    }

    /// The log has not everything: the stream ends, now and for good.
    pub(super) fn lose(&self) {
        self.change(|state| {
            if let End::Running = state.end {
                state.end = End::Lost;
            }
        });
    }

    /// As [`lose`](Self::lose), and ends the connection of a finished stream as well.
    pub(super) fn close(&self) {
        self.stop.cancel(CancelReason::SessionEnded);
        self.change(|state| state.end = End::Lost);
    }

    /// Another stream takes the place of this one (SSE-27).
    pub(super) fn replace(&self) {
        self.change(|state| state.connection += 1);
        self.finish();
        self.stop.cancel(CancelReason::Disconnected);
    }

    pub(super) fn is_running(&self) -> bool {
        matches!(self.lock().end, End::Running)
    }

    pub(super) fn is_lost(&self) -> bool {
        matches!(self.lock().end, End::Lost)
    }

    /// Since when nothing more comes.
    pub(super) fn finished_at(&self) -> Option<Instant> {
        match self.lock().end {
            End::Finished(at) => Some(at),
            End::Running | End::Lost => None,
        }
    }

    /// The next step of a connection that has sent what is up to `position`.
    pub(super) fn step(&self, connection: u64, position: u64, cx: &Context<'_>) -> Step {
        let mut state = self.lock();
        if state.connection != connection || matches!(state.end, End::Lost) {
            return Step::End;
        }
        if let Some((at, retry)) = state.close
            && at <= position
        {
            return Step::Close(retry);
        }
        if position < state.tail {
            return Step::Read;
        }
        if let End::Finished(_) = state.end {
            return Step::End;
        }
        if state.reader.as_ref().is_some_and(|reader| reader.will_wake(cx.waker())) {
            return Step::Wait;
        }
        let old = state.reader.replace(cx.waker().clone());
        drop(state);
        drop(old);
        Step::Wait
    }

    /// Changes the state, then wakes the connection.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
