/// Which log messages of a stream have been dropped, so that each client can be told how
/// many it has missed.
#[derive(Debug, Default)]
pub(super) struct Losses(Vec<Run>);

/// Positions one after the other.
#[derive(Debug)]
struct Run {
    first: u64,
    last: u64,
    count: u64,
}

/// How many runs are told apart. Beyond it the last one has holes, and a client that has
/// seen a part of it is told too much at worst.
const RUNS: usize = 256;

impl Losses {
    /// Positions come in ascending order: the oldest goes first.
    pub(super) fn add(&mut self, position: u64) {
        let full = self.0.len() == RUNS;
        match self.0.last_mut() {
            Some(run) if full || run.last + 1 == position => {
                run.last = position;
                run.count += 1;
            }
            _ => self.0.push(Run { first: position, last: position, count: 1 }),
        }
    }

    /// Nobody can ask any more for what comes after a position before this.
    pub(super) fn forget(&mut self, before: u64) {
        let forgotten = self.0.partition_point(|run| run.last <= before);
        self.0.drain(..forgotten);
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len() * size_of::<Run>()
    }

    /// How many there are after one position, up to another.
    pub(super) fn within(&self, after: u64, through: u64) -> usize {
        let start = self.0.partition_point(|run| run.last <= after);
        let ends_within = |run: &&Run| run.last <= through;
        let unseen = |run: &Run| run.count.min(run.last - after.max(run.first - 1));
        let lost: u64 = self.0[start..].iter().take_while(ends_within).map(unseen).sum();
        usize::try_from(lost).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(positions: impl IntoIterator<Item = u64>) -> Losses {
        let mut losses = Losses::default();
        positions.into_iter().for_each(|position| losses.add(position));
        losses
    }

    #[test]
    fn what_a_client_has_seen_it_has_not_missed() {
        // LOG-2
        let losses = of([1, 2, 3, 7, 8, 20]);
        for (after, through, lost) in [
            (0, 0, 0),
            (0, 5, 3),
            (0, 100, 6),
            (2, 5, 1),
            (3, 6, 0),
            (3, 10, 2),
            (7, 19, 1),
            (8, 20, 1),
            (20, 30, 0),
        ] {
            assert_eq!(losses.within(after, through), lost, "after {after} through {through}");
        }
    }

    #[test]
    fn what_nobody_can_ask_for_is_forgotten() {
        let mut losses = of([1, 2, 3, 7, 8, 20]);
        losses.forget(7);
        assert_eq!((losses.within(7, 30), losses.bytes()), (2, 2 * 24));
        losses.forget(30);
        assert_eq!(losses.bytes(), 0);
    }

    #[test]
    fn losses_take_bounded_room_and_none_is_left_out() {
        // LOG-2
        let losses = of((1..=1_000).map(|n| n * 2));
        assert_eq!(losses.0.len(), RUNS);
        assert_eq!(losses.within(0, 2_000), 1_000);
        assert_eq!(losses.within(0, 10), 5);
        assert_eq!(losses.bytes(), RUNS * 24);
    }
}
