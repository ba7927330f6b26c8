//! Precision and recall at every threshold of a score.

use super::number::fraction;
use super::{KINDS, Report};
use crate::curve::{Point, ScoreField};
use crate::tally::Slice;
use crate::{Filter, Kind};

const HEADER: &str = "Type,Filter,Field,Threshold,TRUTH.TOTAL,TRUTH.TP,TRUTH.FN,QUERY.TP,QUERY.FP,\
METRIC.Recall,METRIC.Precision,METRIC.F1_Score";

impl Report {
    /// What a filter on QUAL or GQ would do to the whole: one row a threshold that changes something, the
    /// first (`*`) without a threshold.
    #[must_use]
    pub fn pr_csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (kind, filter, field) in curves() {
            for point in self.points(kind, filter, field) {
                let (kind, filter, field) = (kind.label(), filter.label(), field.label());
                text += &format!("{kind},{filter},{field},{}\n", row(&point));
            }
        }
        text
    }

    /// The points of one curve, see [`crate::curve::Curve::points`].
    pub(super) fn points(&self, kind: Kind, filter: Filter, field: ScoreField) -> Vec<Point> {
        let truth_total = self.cell(&Slice::whole(filter, kind)).truth_total();
        self.tally.curve(filter, kind, field).points(truth_total)
    }
}

/// All curves, in the order of the tables.
pub(super) fn curves() -> impl Iterator<Item = (Kind, Filter, ScoreField)> {
    let filters = |kind| Filter::BOTH.into_iter().map(move |filter| (kind, filter));
    let fields = |(kind, filter)| ScoreField::BOTH.into_iter().map(move |field| (kind, filter, field));
    KINDS.into_iter().flat_map(filters).flat_map(fields)
}

fn row(point: &Point) -> String {
    let cell = &point.cell;
    let threshold = point.threshold.map_or_else(|| "*".to_owned(), |threshold| threshold.to_string());
    let counts = [cell.truth_total(), cell.truth_tp, cell.truth_fn, cell.query_tp, cell.query_fp];
    let metrics = [cell.recall(), cell.precision(), cell.f1()];
    let counts = counts.map(|count| count.to_string()).join(",");
    format!("{threshold},{counts},{}", metrics.map(fraction).join(","))
}
