use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use mcp_layers_core::{
    jsonrpc::Message,
    protocol::LogLevel,
    queue::{self, Receiver, Sender},
};

/// Where a call's messages go. Nothing is allocated until the first one.
#[derive(Debug)]
pub(crate) struct Emitter {
    /// Bytes that may wait for the client.
    budget: usize,
    /// The least severe log message the client wants, if it wants any.
    log_level: Option<LogLevel>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    mouth: Mouth,
    /// The progress last reported.
    progress: Option<f64>,
}

#[derive(Debug, Default)]
enum Mouth {
    /// Nothing was emitted. A waker, once the work waits in place.
    #[default]
    Silent,
    Waiting(Waker),
    /// Something was; the receiver stays until the service takes it.
    Speaking(Sender, Option<Receiver>),
    /// The answer has been given.
    Done,
}

impl Emitter {
    pub(crate) fn new(budget: usize, log_level: Option<LogLevel>) -> Self {
        Self { budget, log_level, state: Mutex::default() }
    }

    /// Whether a log message of this level is wanted.
    pub(crate) fn wants(&self, level: LogLevel) -> bool {
        self.log_level.is_some_and(|least| level >= least)
    }

    /// Sends a message before the answer. `false` where nobody will read it: after the
    /// answer (PROG-4), or when the client is gone.
    pub(crate) fn emit(&self, message: Message) -> bool {
        self.speak(|sender| sender.send(message).is_ok())
    }

    /// Makes the answer a stream, though there is nothing to say on it yet.
    pub(crate) fn open(&self) {
        self.speak(|_| true);
    }

    fn speak(&self, say: impl FnOnce(&Sender) -> bool) -> bool {
        // An event of a waker would come back here, where the state is locked.
        #[cfg(feature = "log_forwarding")]
        let _quiet = crate::log_forwarding::Entered::nobody();
        let mut state = self.lock();
        let waker = match std::mem::take(&mut state.mouth) {
            Mouth::Done => {
                state.mouth = Mouth::Done;
                return false;
            }
            Mouth::Speaking(sender, receiver) => {
                state.mouth = Mouth::Speaking(sender, receiver);
                None
            }
            Mouth::Silent => None,
            Mouth::Waiting(waker) => Some(waker),
        };
        if let Mouth::Silent = state.mouth {
            let (sender, receiver) = queue::channel(self.budget);
            if let Some(least) = self.log_level {
                sender.set_log_level(least);
            }
            state.mouth = Mouth::Speaking(sender, Some(receiver));
        }
        let said = match &state.mouth {
            Mouth::Speaking(sender, _) => say(sender),
            _ => false,
        };
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        said
    }

    /// Whether this progress is more than the last; remembers it (PROG-3).
    pub(crate) fn advances(&self, progress: f64) -> bool {
        let mut state = self.lock();
        let advances = progress.is_finite() && state.progress.is_none_or(|last| progress > last);
        if advances {
            state.progress = Some(progress);
        }
        advances
    }

    /// The stream, if something was emitted since the work began in place;
    /// otherwise remembers whom to wake when that happens.
    pub(crate) fn upgrade_or_wait(&self, waker: &Waker) -> Option<Receiver> {
        let mut state = self.lock();
        match &mut state.mouth {
            Mouth::Speaking(_, receiver) => receiver.take(),
            Mouth::Done => None,
            Mouth::Silent => {
                state.mouth = Mouth::Waiting(waker.clone());
                None
            }
            Mouth::Waiting(waiting) => {
                waiting.clone_from(waker);
                None
            }
        }
    }

    /// Gives the answer. What comes back is the stream or the answer itself, if
    /// neither has been handed out.
    pub(crate) fn finish(&self, answer: Option<Message>) -> Finished {
        match std::mem::replace(&mut self.lock().mouth, Mouth::Done) {
            Mouth::Silent | Mouth::Waiting(_) => Finished::Silent(answer),
            Mouth::Speaking(sender, receiver) => {
                let _ = sender.finish(answer);
                receiver.map_or(Finished::Streamed, Finished::Stream)
            }
            Mouth::Done => Finished::Streamed,
        }
    }

    /// Ready when the stream's reader is gone.
    pub(crate) fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.lock().mouth {
            Mouth::Speaking(sender, _) => sender.poll_closed(cx),
            _ => Poll::Pending,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left to hand out when the work is done.
#[derive(Debug)]
pub(crate) enum Finished {
    /// Nothing was emitted: the answer stands alone.
    Silent(Option<Message>),
    /// Messages and the answer wait in a stream nobody has yet.
    Stream(Receiver),
    /// The stream has it all.
    Streamed,
}
