//! The table of buckets is bounded, and forgets those who have used least.

use std::{hash::BuildHasher, hash::RandomState};

use governor::{nanos::Nanos, state::StateStore};
use proptest::prelude::*;

use super::super::table::Table;

/// Puts a bucket that is full again at `full_at` in the place of what was known of it.
fn put(table: &Table, bucket: u64, full_at: u64) -> Option<u64> {
    table
        .measure_and_replace::<_, _, ()>(&bucket, |known| {
            Ok((known.map(Nanos::as_u64), Nanos::new(full_at)))
        })
        .expect("admitted")
}

#[test]
fn a_refused_request_changes_nothing_and_takes_no_place() {
    let table = Table::new(10);
    let refuse = |bucket| table.measure_and_replace::<(), _, _>(&bucket, Err);
    assert_eq!(refuse(1), Err(None));
    assert_eq!(table.len(), 0);
    put(&table, 1, 5);
    assert_eq!(refuse(1), Err(Some(Nanos::new(5))));
    assert_eq!(put(&table, 1, 6), Some(5));
}

#[test]
fn callers_at_their_limit_stay_there_however_many_keys_come() {
    for size in [8, 64, 10_000] {
        let table = Table::new(size);
        let hasher = RandomState::new();
        let abuser = hasher.hash_one("abuser");
        put(&table, abuser, u64::MAX);
        for key in 0..200_000_u64 {
            put(&table, hasher.hash_one(key), key);
        }
        assert!((size / 2..=size).contains(&table.len()), "{} of {size}", table.len());
        assert_eq!(put(&table, abuser, u64::MAX), Some(u64::MAX), "{size}");
    }
}

#[test]
fn the_smallest_table_holds_one_bucket() {
    let table = Table::new(0);
    assert_eq!(put(&table, 1, 1), None);
    assert_eq!(put(&table, 1, 2), Some(1));
    assert_eq!(put(&table, 2, 1), None);
    assert_eq!(table.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_table_never_holds_more_than_it_may(
        size in 1_usize..5000,
        times in proptest::collection::vec(0_u64..4, 0..6000),
    ) {
        let table = Table::new(size);
        let hasher = RandomState::new();
        for (key, &full_at) in times.iter().enumerate() {
            put(&table, hasher.hash_one(key), full_at);
        }
        prop_assert!(table.len() <= size.min(times.len()));
    }
}
