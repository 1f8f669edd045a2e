//! What the layer relies on, for any store.

use tokio::time::advance;

use super::*;
use crate::session::StoreErrorKind;

fn record(bits: u128) -> SessionRecord {
    SessionRecord::new(SessionId::from_bits(bits), ProtocolVersion::V2025_06_18)
}

/// A store with room for two, an idle lifetime of 10 s and a longest life of 25 s.
fn stores() -> [Arc<dyn SessionStore>; 2] {
    let small = || {
        MemoryStore::new()
            .with_max_sessions(2)
            .with_idle_lifetime(Duration::from_secs(10))
            .with_max_lifetime(Duration::from_secs(25))
    };
    [Arc::new(small()), Arc::new(Remote { store: small(), ..Remote::default() })]
}

async fn add(store: &dyn SessionStore, bits: u128) -> Result<Arc<SessionRecord>, StoreError> {
    let room = store.reserve().await?;
    store.create(record(bits), room).await
}

async fn lives(store: &dyn SessionStore, bits: u128) -> bool {
    store.exists(SessionId::from_bits(bits)).await.expect("it works")
}

#[tokio::test(start_paused = true)]
async fn what_is_created_is_loaded_until_it_is_deleted() {
    // SESS-10
    for store in stores() {
        let id = SessionId::from_bits(1);
        assert!(store.load(id).await.expect("it works").is_none());
        add(&*store, 1).await.expect("there is room");
        assert_eq!(store.load(id).await.expect("it works").expect("it lives").id, id);
        assert!(store.delete(id).await.expect("it works"));
        assert!(!store.delete(id).await.expect("it works"));
        assert!(store.load(id).await.expect("it works").is_none());
        assert!(!store.update(id, SessionChange::Initialized).await.expect("it works"));
        assert!(store.load(id).await.expect("it works").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_starts_the_idle_time_anew_and_nothing_else_does() {
    // SESS-8
    for store in stores() {
        let id = SessionId::from_bits(1);
        add(&*store, 1).await.expect("there is room");
        advance(Duration::from_secs(9)).await;
        store.load(id).await.expect("it works");
        advance(Duration::from_secs(9)).await;
        assert!(lives(&*store, 1).await);
        assert!(store.update(id, SessionChange::Initialized).await.expect("it works"));
        advance(Duration::from_secs(1)).await;
        assert!(!lives(&*store, 1).await);
        assert!(store.load(id).await.expect("it works").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn no_use_carries_a_session_past_its_longest_life() {
    // SESS-8
    for store in stores() {
        add(&*store, 1).await.expect("there is room");
        for _ in 0..3 {
            advance(Duration::from_secs(8)).await;
            assert!(store.load(SessionId::from_bits(1)).await.expect("it works").is_some());
        }
        advance(Duration::from_secs(1)).await;
        assert!(!lives(&*store, 1).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_shows_in_the_next_load_and_not_in_an_earlier_one() {
    // INIT-10
    for store in stores() {
        let before = add(&*store, 1).await.expect("there is room");
        let changes = [SessionChange::Initialized, SessionChange::LogLevel(LogLevel::Notice)];
        for change in changes {
            assert!(store.update(before.id, change).await.expect("it works"));
        }
        let after = store.load(before.id).await.expect("it works").expect("it lives");
        assert!(after.initialized && !before.initialized);
        assert_eq!(after.log_level, Some(LogLevel::Notice));
    }
}

#[tokio::test(start_paused = true)]
async fn room_is_bounded_and_given_back() {
    // INIT-12
    for store in stores() {
        let is_full = |result: Result<_, StoreError>| match result {
            Ok(_) => false,
            Err(error) => error.kind() == StoreErrorKind::Full,
        };
        add(&*store, 1).await.expect("there is room");
        let room = store.reserve().await.expect("there is room");
        assert!(is_full(store.reserve().await.map(drop)));
        drop(room);
        add(&*store, 2).await.expect("there is room");
        assert!(is_full(add(&*store, 3).await.map(drop)));
        assert!(store.delete(SessionId::from_bits(1)).await.expect("it works"));
        add(&*store, 3).await.expect("there is room");
        // Expired sessions make room without being asked about.
        advance(Duration::from_secs(10)).await;
        add(&*store, 4).await.expect("there is room");
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_taken_is_not_given_twice() {
    // SESS-3
    for store in stores() {
        add(&*store, 1).await.expect("there is room");
        let error = add(&*store, 1).await.expect_err("taken");
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        add(&*store, 2).await.expect("the failure took no room");
    }
}
