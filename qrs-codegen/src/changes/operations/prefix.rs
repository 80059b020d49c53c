//! The prefix of all paths, as of a version: `/v1/books` became `/v2/books`.

use std::collections::HashSet;

use super::matching::{PlacedOperation, route};
use crate::model::Operation;

/// The beginning of all paths of the older revision, and the one that took its place in the newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::changes) struct Prefix {
    pub(in crate::changes) old: String,
    pub(in crate::changes) new: String,
}

/// Segments of a prefix.
const LONGEST: usize = 4;

type Routes<'a> = HashSet<(&'a str, Vec<String>)>;

impl Prefix {
    /// Finds the change of prefix that makes at least half of the routes the same; `None` if one of them is the same
    /// without it.
    pub(super) fn find(olds: &[PlacedOperation<'_>], news: &[PlacedOperation<'_>]) -> Option<Self> {
        let (olds, news) = (routes(olds), routes(news));
        if olds.is_empty() || news.is_empty() || !olds.is_disjoint(&news) {
            return None;
        }
        let (old_common, new_common) = (common(&olds), common(&news));
        let mut best: Option<(usize, usize, usize)> = None;
        for old in 0..=old_common.len() {
            for new in 0..=new_common.len() {
                let same = beneath(&olds, old).intersection(&beneath(&news, new)).count();
                if best.is_none_or(|(most, ..)| same > most) {
                    best = Some((same, old, new));
                }
            }
        }
        let (same, old, new) = best?;
        let is_version = |segments: &[String]| {
            let digits = segments.last().and_then(|last| last.strip_prefix('v'));
            digits.is_some_and(|digits| digits.starts_with(|first: char| first.is_ascii_digit()))
        };
        let (old, new) = (&old_common[..old], &new_common[..new]);
        let is_plausible = same > 1 || (is_version(old) && is_version(new));
        let is_most = same > 0 && same * 2 >= olds.len().min(news.len());
        let text = |segments: &[String]| segments.iter().flat_map(|segment| ["/", segment]).collect::<String>();
        (is_plausible && is_most).then(|| Self { old: text(old), new: text(new) })
    }

    /// The method and path of an operation of the older revision, with the newer prefix.
    pub(super) fn moved<'o>(&self, old: &'o Operation) -> (&'o str, String) {
        let (method, path) = route(old);
        let moved = path.strip_prefix(&self.old).map(|rest| format!("{}{rest}", self.new));
        (method, moved.unwrap_or(path))
    }
}

fn routes<'a>(operations: &[PlacedOperation<'a>]) -> Routes<'a> {
    let segments = |path: String| path.split('/').skip(1).map(str::to_owned).collect();
    operations.iter().map(|placed| route(placed.operation)).map(|(method, path)| (method, segments(path))).collect()
}

/// The segments that all paths begin with, and that leave something of each.
fn common(routes: &Routes<'_>) -> Vec<String> {
    let mut paths = routes.iter().map(|(_, path)| path.as_slice());
    let mut common: Vec<String> = paths.next().into_iter().flatten().take(LONGEST).cloned().collect();
    for (_, path) in routes {
        let same = common.iter().zip(path).take_while(|(one, other)| one == other).count();
        common.truncate(same.min(path.len().saturating_sub(1)));
    }
    common
}

fn beneath<'a>(routes: &Routes<'a>, prefix: usize) -> Routes<'a> {
    routes.iter().map(|(method, path)| (*method, path[prefix..].to_vec())).collect()
}
