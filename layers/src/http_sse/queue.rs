use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Events on their way to one client, up to a number of bytes.
///
/// Whoever sends waits for room, each in turn, and an event larger than all of it waits
/// until nothing else does.
#[derive(Debug)]
pub(super) struct Queue {
    room: Arc<Semaphore>,
    budget: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Each with the room that it takes.
    waiting: VecDeque<(Bytes, OwnedSemaphorePermit)>,
    finished: bool,
    reader: Option<Waker>,
}

/// Room for one event.
#[derive(Debug)]
pub(super) struct Room(OwnedSemaphorePermit);

impl Queue {
    pub(super) fn new(budget: usize) -> Self {
        let budget = u32::try_from(budget).unwrap_or(u32::MAX).min(MOST);
        let room = Arc::new(Semaphore::new(budget as usize));
        Self { room, budget, state: Mutex::default() }
    }

    /// Waits for room; `None` when the queue takes no more.
    pub(super) async fn room(&self, bytes: usize) -> Option<Room> {
        let wanted = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.budget);
        Arc::clone(&self.room).acquire_many_owned(wanted).await.ok().map(Room)
    }

    pub(super) fn push(&self, event: Bytes, room: Room) {
        let mut state = self.lock();
        if state.finished {
            return;
        }
        state.waiting.push_back((event, room.0));
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
    }

    /// The next event; `None` once the queue is finished and empty.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.lock();
        match state.waiting.pop_front() {
            Some((event, room)) => {
                drop(state);
                drop(room);
                Poll::Ready(Some(event))
            }
            None if state.finished => Poll::Ready(None),
            None => {
                state.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Takes no more; what waits is still delivered.
    pub(super) fn finish(&self) {
        self.room.close();
        let mut state = self.lock();
        state.finished = true;
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
    }

    /// Takes no more and drops what waits: nobody reads it.
    pub(super) fn clear(&self) {
        self.finish();
        let waiting = std::mem::take(&mut self.lock().waiting);
        drop(waiting);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many permits as a semaphore has on any machine.
const MOST: u32 = u32::MAX >> 3;
