//! `metrics.json`: everything in one object. Every key is explained in `docs/compare.md`.

use serde::{Serialize, Serializer};

use super::number::rounded;
use super::pr::curves;
use super::{Accounting, Classes, Fate, Provenance, RegionFile, Report};
use crate::curve::{average_precision, best};
use crate::tally::{Cell, Slice, quotient};
use crate::{Subtype, Zygosity};

/// Version of the layout; grows when a key changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Metrics<'a> {
    schema_version: u32,
    program: Program<'a>,
    inputs: Inputs<'a>,
    files: Files<'a>,
    interval: Method,
    strata: Vec<StratumMetrics<'a>>,
    counts: Vec<Counts<'a>>,
    curves: Vec<CurveMetrics>,
}

#[derive(Serialize)]
struct Program<'a> {
    name: &'static str,
    version: &'a str,
    command: &'a str,
}

#[derive(Serialize)]
struct Inputs<'a> {
    reference: &'a str,
    truth: &'a str,
    query: &'a str,
    confident: Option<&'a str>,
}

#[derive(Serialize)]
struct Files<'a> {
    truth: &'a Accounting,
    query: &'a Accounting,
    regions: &'a [RegionFile],
}

#[derive(Serialize)]
struct Method {
    method: &'static str,
    level: f64,
}

#[derive(Serialize)]
struct StratumMetrics<'a> {
    name: &'a str,
    bases: u64,
    confident_bases: u64,
}

#[derive(Serialize)]
struct Counts<'a> {
    stratum: &'a str,
    filter: &'static str,
    r#type: &'static str,
    subtype: &'static str,
    genotype: &'static str,
    truth: TruthCounts,
    query: QueryCounts,
    recall: Option<Estimate>,
    precision: Option<Estimate>,
    frac_na: Option<Estimate>,
    f1: Option<f64>,
}

#[derive(Serialize)]
struct TruthCounts {
    total: u64,
    tp: u64,
    r#fn: u64,
    outside: u64,
    titv_ratio: Option<f64>,
    het_hom_ratio: Option<f64>,
}

#[derive(Serialize)]
struct QueryCounts {
    total: u64,
    tp: u64,
    fp: u64,
    fp_gt: u64,
    fp_al: u64,
    unk: u64,
    titv_ratio: Option<f64>,
    het_hom_ratio: Option<f64>,
}

#[derive(Serialize)]
struct Estimate {
    value: f64,
    lower: f64,
    upper: f64,
}

#[derive(Serialize)]
struct CurveMetrics {
    r#type: &'static str,
    filter: &'static str,
    field: &'static str,
    average_precision: Option<f64>,
    best_f1: Option<BestF1>,
}

#[derive(Serialize)]
struct BestF1 {
    threshold: Option<u32>,
    f1: f64,
    recall: Option<f64>,
    precision: Option<f64>,
}

impl Report {
    /// One JSON object, indented, ending with a line feed.
    #[must_use]
    pub fn metrics_json(&self) -> String {
        let Provenance { command, version, reference, truth, query, confident, regions } = &self.provenance;
        let metrics = Metrics {
            schema_version: SCHEMA_VERSION,
            program: Program { name: "rihla", version, command },
            inputs: Inputs { reference, truth, query, confident: confident.as_deref() },
            files: Files { truth: &self.truth, query: &self.query, regions },
            interval: Method { method: "Wilson", level: 0.95 },
            strata: self.strata_metrics(),
            counts: self.slices().iter().filter_map(|slice| self.counts(slice)).collect(),
            curves: self.curve_metrics(),
        };
        let mut text = serde_json::to_string_pretty(&metrics).expect("no map with other keys than text");
        text.push('\n');
        text
    }

    fn strata_metrics(&self) -> Vec<StratumMetrics<'_>> {
        let strata = self.strata.iter();
        strata
            .map(|stratum| StratumMetrics {
                name: &stratum.name,
                bases: stratum.bases,
                confident_bases: stratum.confident_bases,
            })
            .collect()
    }

    /// `None` for a subtype or genotype of which there is nothing.
    fn counts(&self, slice: &Slice) -> Option<Counts<'_>> {
        let cell = self.cell(slice);
        if cell == Cell::default() && (slice.subtype.is_some() || slice.zygosity.is_some()) {
            return None;
        }
        let classes = Classes::of(&self.tally, slice);
        Some(Counts {
            stratum: &self.strata[slice.stratum].name,
            filter: slice.filter.label(),
            r#type: slice.kind.label(),
            subtype: slice.subtype.map_or("*", Subtype::label),
            genotype: slice.zygosity.map_or("*", Zygosity::label),
            truth: truth_counts(&cell, &classes),
            query: query_counts(&cell, &classes),
            recall: estimate(cell.recall(), cell.recall_interval()),
            precision: estimate(cell.precision(), cell.precision_interval()),
            frac_na: estimate(cell.frac_na(), cell.frac_na_interval()),
            f1: cell.f1().map(rounded),
        })
    }

    fn curve_metrics(&self) -> Vec<CurveMetrics> {
        curves()
            .map(|(kind, filter, field)| {
                let points = self.points(kind, filter, field);
                CurveMetrics {
                    r#type: kind.label(),
                    filter: filter.label(),
                    field: field.label(),
                    average_precision: average_precision(&points).map(rounded),
                    best_f1: best(&points).map(|(point, f1)| BestF1 {
                        threshold: point.threshold,
                        f1: rounded(f1),
                        recall: point.cell.recall().map(rounded),
                        precision: point.cell.precision().map(rounded),
                    }),
                }
            })
            .collect()
    }
}

fn truth_counts(cell: &Cell, classes: &Classes) -> TruthCounts {
    let Classes { ti, tv, het, homalt } = classes;
    TruthCounts {
        total: cell.truth_total(),
        tp: cell.truth_tp,
        r#fn: cell.truth_fn,
        outside: cell.truth_outside,
        titv_ratio: quotient(ti.truth_total(), tv.truth_total()).map(rounded),
        het_hom_ratio: quotient(het.truth_total(), homalt.truth_total()).map(rounded),
    }
}

fn query_counts(cell: &Cell, classes: &Classes) -> QueryCounts {
    let Classes { ti, tv, het, homalt } = classes;
    QueryCounts {
        total: cell.query_total(),
        tp: cell.query_tp,
        fp: cell.query_fp,
        fp_gt: cell.fp_gt,
        fp_al: cell.fp_al,
        unk: cell.query_unk,
        titv_ratio: quotient(ti.query_total(), tv.query_total()).map(rounded),
        het_hom_ratio: quotient(het.query_total(), homalt.query_total()).map(rounded),
    }
}

fn estimate(value: Option<f64>, interval: Option<(f64, f64)>) -> Option<Estimate> {
    let (lower, upper) = interval?;
    Some(Estimate { value: rounded(value?), lower: rounded(lower), upper: rounded(upper) })
}

impl Serialize for Accounting {
    /// `read`, then the records of each fate.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let read = std::iter::once(("read", self.read()));
        let fates = Fate::ALL.into_iter().map(|fate| (fate.label(), self.count(fate)));
        serializer.collect_map(read.chain(fates))
    }
}
