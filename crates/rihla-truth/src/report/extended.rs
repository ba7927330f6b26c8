//! hap.py's `extended.csv`: a row for every type, subtype, stratum, filter and genotype.

use super::number::{field, fraction, ratio};
use super::summary::metrics;
use super::{Classes, Report};
use crate::tally::{Cell, Slice};
use crate::{Kind, Subtype, Zygosity};

const HEADER: &str = "Type,Subtype,Subset,Filter,Genotype,QQ.Field,QQ,METRIC.Recall,METRIC.Precision,\
METRIC.Frac_NA,METRIC.F1_Score,FP.gt,FP.al,Subset.Size,Subset.IS_CONF.Size,Subset.Level";
const CLASSES: [&str; 7] = ["", ".ti", ".tv", ".het", ".homalt", ".TiTv_ratio", ".het_hom_ratio"];
const INTERVALS: [&str; 3] = ["METRIC.Recall", "METRIC.Precision", "METRIC.Frac_NA"];
/// Where hap.py has no such count.
const NONE: &str = ".";

/// A count of a cell, with its name.
type Count = (&'static str, fn(&Cell) -> u64);
const COUNTS: [Count; 7] = [
    ("TRUTH.TOTAL", Cell::truth_total),
    ("TRUTH.TP", |cell| cell.truth_tp),
    ("TRUTH.FN", |cell| cell.truth_fn),
    ("QUERY.TOTAL", Cell::query_total),
    ("QUERY.TP", |cell| cell.query_tp),
    ("QUERY.FP", |cell| cell.query_fp),
    ("QUERY.UNK", |cell| cell.query_unk),
];

impl Report {
    /// The columns of hap.py's `extended.csv` when intervals are asked for; these are Wilson's here.
    #[must_use]
    pub fn extended_csv(&self) -> String {
        let mut text = header();
        for slice in self.slices() {
            text += &self.extended_row(&slice);
            text.push('\n');
        }
        text
    }

    fn extended_row(&self, slice: &Slice) -> String {
        let cell = self.cell(slice);
        let stratum = &self.strata[slice.stratum];
        let mut fields: Vec<String> = vec![
            slice.kind.label().to_owned(),
            slice.subtype.map_or("*", Subtype::label).to_owned(),
            field(&stratum.name).into_owned(),
            slice.filter.label().to_owned(),
            slice.zygosity.map_or("*", Zygosity::label).to_owned(),
            "QUAL".to_owned(),
            "*".to_owned(),
        ];
        fields.extend(metrics(&cell));
        let level = 0;
        let sizes = [cell.fp_gt, cell.fp_al, stratum.bases, stratum.confident_bases, level];
        fields.extend(sizes.map(|count| count.to_string()));
        let classes = Classes::of(&self.tally, slice);
        for (_, count) in COUNTS {
            fields.extend(class_fields(slice.kind, &cell, &classes, count));
        }
        for interval in [cell.recall_interval(), cell.precision_interval(), cell.frac_na_interval()] {
            fields.extend([interval.map(|(lower, _)| lower), interval.map(|(_, upper)| upper)].map(fraction));
        }
        fields.join(",")
    }
}

fn header() -> String {
    let mut text = HEADER.to_owned();
    for (count, _) in COUNTS {
        for class in CLASSES {
            text += &format!(",{count}{class}");
        }
    }
    for metric in INTERVALS {
        text += &format!(",{metric}.Lower,{metric}.Upper");
    }
    text.push('\n');
    text
}

/// A count, how much of it is of which class, and the ratios of these.
fn class_fields(kind: Kind, cell: &Cell, classes: &Classes, count: fn(&Cell) -> u64) -> [String; 7] {
    let [ti, tv, het, homalt] =
        [classes.ti, classes.tv, classes.het, classes.homalt].map(|cell| count(&cell));
    let substitutions = |text: String| if kind == Kind::Snp { text } else { NONE.to_owned() };
    [
        count(cell).to_string(),
        substitutions(ti.to_string()),
        substitutions(tv.to_string()),
        het.to_string(),
        homalt.to_string(),
        ratio(ti, tv),
        ratio(het, homalt),
    ]
}
