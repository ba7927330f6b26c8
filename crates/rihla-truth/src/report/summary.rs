//! hap.py's `summary.csv`: four rows, the whole by type and filter.

use super::number::{fraction, ratio, zero_if};
use super::{Classes, KINDS, Report};
use crate::Filter;
use crate::tally::{Cell, Slice};

const HEADER: &str = "Type,Filter,TRUTH.TOTAL,TRUTH.TP,TRUTH.FN,QUERY.TOTAL,QUERY.FP,QUERY.UNK,FP.gt,FP.al,\
METRIC.Recall,METRIC.Precision,METRIC.Frac_NA,METRIC.F1_Score,TRUTH.TOTAL.TiTv_ratio,QUERY.TOTAL.TiTv_ratio,\
TRUTH.TOTAL.het_hom_ratio,QUERY.TOTAL.het_hom_ratio";

impl Report {
    /// The columns, rows and number formats of hap.py's `summary.csv`.
    #[must_use]
    pub fn summary_csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for kind in KINDS {
            for filter in Filter::BOTH {
                text += &self.summary_row(&Slice::whole(filter, kind));
                text.push('\n');
            }
        }
        text
    }

    fn summary_row(&self, slice: &Slice) -> String {
        let cell = self.cell(slice);
        let Classes { ti, tv, het, homalt } = Classes::of(&self.tally, slice);
        let mut fields = vec![slice.kind.label().to_owned(), slice.filter.label().to_owned()];
        let counts = [
            cell.truth_total(),
            cell.truth_tp,
            cell.truth_fn,
            cell.query_total(),
            cell.query_fp,
            cell.query_unk,
            cell.fp_gt,
            cell.fp_al,
        ];
        fields.extend(counts.map(|count| count.to_string()));
        fields.extend(metrics(&cell));
        fields.extend([
            ratio(ti.truth_total(), tv.truth_total()),
            ratio(ti.query_total(), tv.query_total()),
            ratio(het.truth_total(), homalt.truth_total()),
            ratio(het.query_total(), homalt.query_total()),
        ]);
        fields.join(",")
    }
}

/// Recall, precision, fraction not assessed and F1, as hap.py writes them: F1 is empty when both others are 0.
pub(super) fn metrics(cell: &Cell) -> [String; 4] {
    let no_calls = cell.query_total() == 0;
    [
        zero_if(cell.truth_total() == 0, cell.recall()),
        zero_if(no_calls, cell.precision()),
        zero_if(no_calls, cell.frac_na()),
        cell.f1().filter(|&f1| f1 > 0.0),
    ]
    .map(fraction)
}
