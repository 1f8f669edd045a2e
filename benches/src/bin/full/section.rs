//! What each part of the run hands to the report.

use mcp_bench::plot::Bars;

use crate::contenders::{CONTENDERS, OURS};

pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// Markdown, the tables included.
    pub(crate) text: String,
    /// File name, without its ending, and chart.
    pub(crate) plots: Vec<(&'static str, Bars)>,
    pub(crate) contests: Vec<Contest>,
}

/// One figure of ours beside the best peer's.
pub(crate) struct Contest {
    pub(crate) what: String,
    pub(crate) ours: f64,
    pub(crate) peer: &'static str,
    pub(crate) theirs: f64,
    /// Our figure as a share of theirs; below 1 we are ahead.
    pub(crate) ratio: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Less,
    More,
}

impl Contest {
    /// From the contenders' figures in their order; `None` without ours or a peer's.
    pub(crate) fn of(what: String, better: Better, figures: &[Option<f64>]) -> Option<Self> {
        let ours = CONTENDERS.iter().zip(figures).find(|(who, _)| who.name == OURS)?.1.as_ref()?;
        let peers = CONTENDERS
            .iter()
            .zip(figures)
            .filter(|(who, _)| who.is_peer)
            .filter_map(|(who, figure)| Some((who.name, (*figure)?)));
        Self::against(what, better, *ours, peers)
    }

    /// Against the best of these peers; `None` without any.
    pub(crate) fn against(
        what: String,
        better: Better,
        ours: f64,
        peers: impl Iterator<Item = (&'static str, f64)>,
    ) -> Option<Self> {
        let ratio = |theirs: f64| match better {
            Better::Less => ours / theirs,
            Better::More => theirs / ours,
        };
        peers
            .max_by(|(_, one), (_, other)| ratio(*one).total_cmp(&ratio(*other)))
            .map(|(peer, theirs)| Self { what, ours, peer, theirs, ratio: ratio(theirs) })
    }
}

/// The names of the contenders that the charts show, and how to pick their figures.
pub(crate) fn chart_series() -> Vec<String> {
    CONTENDERS.iter().filter(|who| who.in_charts).map(|who| who.name.to_owned()).collect()
}

pub(crate) fn for_chart(figures: &[Option<f64>]) -> Vec<Option<f64>> {
    CONTENDERS.iter().zip(figures).filter(|(who, _)| who.in_charts).map(|(_, f)| *f).collect()
}

/// A heading of `first` and then every contender.
pub(crate) fn heading<'a>(first: &[&'a str]) -> Vec<&'a str> {
    first.iter().copied().chain(CONTENDERS.iter().map(|who| who.name)).collect()
}
