//! Medians, spreads and quantiles.

/// What several rounds of one measurement come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The middle value, or the mean of the middle two.
    pub median: f64,
    /// Largest less smallest, as a share of the median: 0.1 is ten per cent.
    pub spread: f64,
}

impl Summary {
    /// Sums up the rounds.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty(), "a summary of no rounds");
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len() - 1;
        let median = f64::midpoint(values[last / 2], values[values.len() / 2]);
        Self {
            median,
            spread: if median == 0.0 { 0.0 } else { (values[last] - values[0]) / median },
        }
    }
}

/// The smallest of the sorted values that `share` of them do not exceed; 0 of none.
#[must_use]
pub fn quantile(sorted: &[u32], share: f64) -> u32 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle() {
        let summary = Summary::of([4.0, 1.0, 2.0, 3.0]);
        assert_eq!((summary.median, summary.spread), (2.5, 1.2));
        assert_eq!(Summary::of([7.0]), Summary { median: 7.0, spread: 0.0 });
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let values: Vec<u32> = (1..=100).collect();
        assert_eq!(quantile(&values, 0.5), 50);
        assert_eq!(quantile(&values, 0.99), 99);
        assert_eq!(quantile(&values, 1.0), 100);
        assert_eq!(quantile(&[], 0.5), 0);
    }
}
