//! The table for a terminal: at most 100 columns.

use std::fmt::{self, Display, Formatter};

use super::{Accounting, Fate, Report};
use crate::tally::{Cell, Slice};
use crate::{Filter, Kind};

const WIDTH: usize = 100;
/// Types in the order of this table.
const KINDS: [Kind; 2] = [Kind::Snp, Kind::Indel];
/// Longer names of strata are cut.
const NAME: usize = 30;

impl Display for Report {
    /// The whole, then the strata, under PASS; then where the records of the files went.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<5}{:>9}{:>9}{:>8}{:>9}{:>8}{:>9}{:>8}{:>14}{:>14}{:>7}",
            "PASS", "truth", "TP", "FN", "calls", "FP", "genotype", "UNK", "recall", "precision", "F1"
        )?;
        for kind in KINDS {
            write_whole(f, kind, &self.cell(&Slice::whole(Filter::Pass, kind)))?;
        }
        if self.strata.len() > 1 {
            self.write_strata(f)?;
        }
        writeln!(f)?;
        write_accounting(f, "truth", &self.truth)?;
        write_accounting(f, "calls", &self.query)
    }
}

impl Report {
    fn write_strata(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<NAME$} {:<5}{:>9}{:>8}{:>9}{:>8}{:>9}{:>10}{:>8}",
            "stratum", "type", "truth", "FN", "calls", "FP", "recall", "precision", "F1"
        )?;
        for (number, stratum) in self.strata.iter().enumerate().skip(1) {
            for kind in KINDS {
                let cell = self.cell(&Slice { stratum: number, ..Slice::whole(Filter::Pass, kind) });
                writeln!(
                    f,
                    "{:<NAME$} {:<5}{:>9}{:>8}{:>9}{:>8}{:>9}{:>10}{:>8}",
                    cut(&stratum.name),
                    kind.label(),
                    cell.truth_total(),
                    cell.truth_fn,
                    cell.query_total(),
                    cell.query_fp,
                    value(cell.recall()),
                    value(cell.precision()),
                    value(cell.f1()),
                )?;
            }
        }
        Ok(())
    }
}

/// A row of counts and values, and below it the intervals.
fn write_whole(f: &mut Formatter<'_>, kind: Kind, cell: &Cell) -> fmt::Result {
    writeln!(
        f,
        "{:<5}{:>9}{:>9}{:>8}{:>9}{:>8}{:>9}{:>8}{:>14}{:>14}{:>7}",
        kind.label(),
        cell.truth_total(),
        cell.truth_tp,
        cell.truth_fn,
        cell.query_total(),
        cell.query_fp,
        cell.fp_gt,
        cell.query_unk,
        value(cell.recall()),
        value(cell.precision()),
        value(cell.f1()),
    )?;
    let intervals = [cell.recall_interval(), cell.precision_interval()].map(range);
    writeln!(f, "{:<5}{:<60}{:>14}{:>14}", "", "95 % interval", intervals[0], intervals[1])
}

fn value(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

fn range(interval: Option<(f64, f64)>) -> String {
    interval.map_or_else(|| "-".to_owned(), |(lower, upper)| format!("{lower:.4}-{upper:.4}"))
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        None => name.to_owned(),
        Some(_) => name.chars().take(NAME - 1).chain(['…']).collect(),
    }
}

/// `truth: 12 records read = 10 compared + 2 outside`; goes on in the next line where it must.
fn write_accounting(f: &mut Formatter<'_>, file: &str, accounting: &Accounting) -> fmt::Result {
    let mut line = format!("{file}: {} records read", accounting.read());
    let mut sign = "=";
    for fate in Fate::ALL {
        let count = accounting.count(fate);
        if count == 0 && fate != Fate::Compared {
            continue;
        }
        let part = format!(" {sign} {count} {}", fate.label().replace('_', " "));
        if line.len() + part.len() > WIDTH {
            writeln!(f, "{line}")?;
            line = " ".repeat(file.len() + 1);
        }
        line += &part;
        sign = "+";
    }
    writeln!(f, "{line}")
}
