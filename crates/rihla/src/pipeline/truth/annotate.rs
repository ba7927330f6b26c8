//! The annotated VCF: every record of both files with its verdict, in the intermediate form of GA4GH's
//! benchmarking tools (github.com/ga4gh/benchmarking-tools, `doc/ref-impl/intermediate.md`).

use std::fmt::Write;

use rihla_core::{Contigs, Interval};
use rihla_io::vcf::{Packing, VcfChunk, VcfText};
use rihla_truth::{Decision, Fate, Filter, Judged, TruthVariant};

use super::chunks::Lines;

/// Lines of INFO and FORMAT.
const FIELDS: &str = "\
##FILTER=<ID=PASS,Description=\"All filters passed\">
##INFO=<ID=BS,Number=1,Type=Integer,Description=\"Start of the cluster of records that were compared together\">
##INFO=<ID=Regions,Number=.,Type=String,Description=\"CONF: counts in the confident regions; names of the strata that the record counts in\">
##INFO=<ID=TruthFate,Number=1,Type=String,Description=\"Why the record of the truth was not compared\">
##INFO=<ID=QueryFate,Number=1,Type=String,Description=\"Why the record of the query was not compared\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">
##FORMAT=<ID=BD,Number=1,Type=String,Description=\"Decision, of records that pass: TP, FP, FN, UNK (outside the confident regions), N (not compared)\">
##FORMAT=<ID=BDA,Number=1,Type=String,Description=\"Decision when filtered calls are compared too\">
##FORMAT=<ID=BK,Number=1,Type=String,Description=\"Kind of match: gm (genotype), am (allele only), lm (something else within the cluster)\">
##FORMAT=<ID=BI,Number=1,Type=String,Description=\"Subtype: ti, tv, or I, D, C (insertion, deletion, complex) with its length class\">
##FORMAT=<ID=BVT,Number=1,Type=String,Description=\"Type: SNP, INDEL, NOCALL\">
##FORMAT=<ID=BLT,Number=1,Type=String,Description=\"Genotype class: het, homalt, hetalt, nocall\">
##FORMAT=<ID=QQ,Number=1,Type=Float,Description=\"QUAL of the call; of a true variant the lowest of the calls that it was matched with\">
";

/// What a file has to say where it has no record.
const NO_CALL: &str = "./.:.:.:.:.:NOCALL:nocall:.";

/// About the bytes that a line is longer than a record with few columns.
const COLUMNS: usize = 40;

/// The header, up to its column line. FILTER is that of the calls, so the query's FILTER lines are taken over.
#[must_use]
pub fn header(contigs: &Contigs, lines: &[(&str, String)], query: &VcfText) -> String {
    let mut text = String::from("##fileformat=VCFv4.2\n");
    let mut line = |line: std::fmt::Arguments<'_>| text.write_fmt(line).expect("a string takes everything");
    for (key, value) in lines {
        line(format_args!("##{key}={value}\n"));
    }
    line(format_args!("{FIELDS}"));
    let is_filter =
        |line: &&String| line.starts_with("##FILTER=<") && !line.starts_with("##FILTER=<ID=PASS,");
    for filter in query.lines.iter().filter(is_filter) {
        line(format_args!("{filter}\n"));
    }
    for contig in contigs.iter() {
        line(format_args!("##contig=<ID={},length={}>\n", contig.name, contig.length));
    }
    text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTRUTH\tQUERY\n");
    text
}

/// The records of one file in a part.
pub struct Side<'a> {
    /// As they are in the file.
    pub lines: &'a Lines,
    /// As they were compared.
    pub records: &'a [TruthVariant],
    /// The verdicts.
    pub judged: &'a [Judged],
    /// The numbers of the strata of each.
    pub strata: &'a [Vec<u16>],
}

/// Lines of a part, ready for the file. Records of both sides with one POS, REF and ALT share a line.
#[must_use]
pub fn pack(contig: u32, sides: &[Side<'_>; 2], strata: &[&str], packing: Packing) -> VcfChunk {
    let lines = sides.each_ref().map(|side| side.lines.iter().map(|(_, line)| line).collect::<Vec<_>>());
    // As long as the lines together: those of truth and query are mostly one.
    let mut text = String::with_capacity(lines.iter().flatten().map(|line| line.len() + COLUMNS).sum());
    let mut places = Vec::with_capacity(lines[0].len() + lines[1].len());
    for pair in pairs(sides) {
        let row = Row { sides, lines: &lines, pair, strata };
        row.write(&mut text).expect("a string takes everything");
        let shown = row.shown();
        places.push((Interval { contig, ..shown.interval() }, text.len()));
    }
    let mut start = 0;
    let ends = places.into_iter();
    let spans = ends.map(|(place, end)| (place, &text.as_bytes()[std::mem::replace(&mut start, end)..end]));
    VcfChunk::new(spans, packing)
}

/// Numbers of the records of truth and query that share a line, in order of position.
fn pairs(sides: &[Side<'_>; 2]) -> Vec<[Option<usize>; 2]> {
    let [truth, query] = sides.each_ref().map(|side| side.records);
    let mut pairs = Vec::with_capacity(truth.len().max(query.len()));
    let (mut i, mut j) = (0, 0);
    let mut free = Vec::new();
    while i < truth.len() || j < query.len() {
        let position = [truth.get(i), query.get(j)].into_iter().flatten().map(|record| record.position).min();
        let here = |record: &TruthVariant| Some(record.position) == position;
        let behind =
            |from: usize, list: &[TruthVariant]| from + list[from..].iter().take_while(|r| here(r)).count();
        let (truth_end, query_end) = (behind(i, truth), behind(j, query));
        free.extend(j..query_end);
        for (one, record) in truth.iter().enumerate().take(truth_end).skip(i) {
            let same = |other: &usize| {
                record.reference == query[*other].reference && record.alternates == query[*other].alternates
            };
            let partner = free.iter().position(same).map(|at| free.remove(at));
            pairs.push([Some(one), partner]);
        }
        pairs.extend(free.drain(..).map(|other| [None, Some(other)]));
        (i, j) = (truth_end, query_end);
    }
    pairs
}

/// One line of the file.
struct Row<'a> {
    sides: &'a [Side<'a>; 2],
    lines: &'a [Vec<&'a [u8]>; 2],
    pair: [Option<usize>; 2],
    strata: &'a [&'a str],
}

impl Row<'_> {
    /// The record whose alleles stand in the line.
    fn shown(&self) -> &TruthVariant {
        let record = |side: usize| self.pair[side].map(|i| &self.sides[side].records[i]);
        record(1).or_else(|| record(0)).expect("a row has a record")
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (side, number) = match self.pair {
            [_, Some(number)] => (1, number),
            [number, None] => (0, number.expect("a row has a record")),
        };
        let line = self.lines[side][number];
        let mut tabs = line.iter().enumerate().filter(|&(_, &byte)| byte == b'\t').map(|(at, _)| at);
        let mut behind = |columns: usize| tabs.nth(columns - 1).map_or(line.len(), |at| at + 1);
        let (site, scores) = (behind(5), behind(2));
        out.push_str(&String::from_utf8_lossy(&line[..site]));
        // QUAL and FILTER are the call's.
        match side {
            1 => out.push_str(&String::from_utf8_lossy(&line[site..scores])),
            _ => out.push_str(".\t.\t"),
        }
        self.write_info(out)?;
        out.push_str("\tGT:BD:BDA:BK:BI:BVT:BLT:QQ");
        for side in 0..2 {
            out.push('\t');
            match self.pair[side] {
                Some(i) => write_sample(&self.sides[side].records[i], &self.sides[side].judged[i], out)?,
                None => out.push_str(NO_CALL),
            }
        }
        out.push('\n');
        Ok(())
    }

    fn write_info(&self, out: &mut String) -> std::fmt::Result {
        let start = out.len();
        let judged = |side: usize| self.pair[side].map(|i| &self.sides[side].judged[i]);
        let both = [judged(0), judged(1)];
        let locus = both.iter().flatten().find_map(|judged| match judged {
            Judged::Compared { locus, .. } => Some(locus + 1),
            Judged::Unfit(_) => None,
        });
        if let Some(locus) = locus {
            out.push_str("BS=");
            push_number(out, locus);
            out.push(';');
        }
        let counts = both.iter().flatten().any(|judged| {
            let outcome = judged.outcome(Filter::All);
            outcome.is_some_and(|outcome| outcome.decision != Decision::Unknown)
        });
        let within = (0..2).find_map(|side| self.pair[side].map(|i| &self.sides[side].strata[i]));
        let strata = within.into_iter().flatten().map(|&number| self.strata[usize::from(number)]);
        for (i, region) in counts.then_some("CONF").into_iter().chain(strata).enumerate() {
            // What ends a value is put right when another one comes.
            if i > 0 {
                out.pop();
            }
            out.push_str(if i > 0 { "," } else { "Regions=" });
            out.push_str(region);
            out.push(';');
        }
        for (judged, key) in both.iter().zip(["TruthFate", "QueryFate"]) {
            let fate =
                judged.map(Judged::fate).filter(|fate| ![Fate::Compared, Fate::Outside].contains(fate));
            if let Some(fate) = fate {
                write!(out, "{key}={};", fate.label())?;
            }
        }
        if out.len() == start {
            out.push('.');
        } else {
            out.pop();
        }
        Ok(())
    }
}

fn write_sample(record: &TruthVariant, judged: &Judged, out: &mut String) -> std::fmt::Result {
    if record.genotype.is_empty() {
        out.push('.');
    }
    for (i, allele) in record.genotype.iter().enumerate() {
        if i > 0 {
            out.push(if record.phase.is_some() { '|' } else { '/' });
        }
        match allele {
            Some(number) => push_number(out, u32::from(*number)),
            None => out.push('.'),
        }
    }
    let Judged::Compared { call, .. } = judged else {
        out.push_str(":N:N:.:.:NOCALL:nocall:.");
        return Ok(());
    };
    let [all, pass] = call.outcome;
    let labels = [
        pass.decision.label(),
        all.decision.label(),
        pass.matched.label(),
        call.subtype.label(),
        call.kind.label(),
        call.zygosity.label(),
    ];
    for label in labels {
        out.push(':');
        out.push_str(label);
    }
    out.push(':');
    match call.quality {
        // As all numbers below are written, only faster.
        Some(quality) if quality.is_sign_positive() && quality < WHOLE && quality.fract() == 0.0 => {
            push_number(out, quality as u32);
        }
        Some(quality) => write!(out, "{quality}")?,
        None => out.push('.'),
    }
    Ok(())
}

/// Below it an `f32` holds every whole number.
const WHOLE: f32 = 16_777_216.0;

fn push_number(out: &mut String, mut number: u32) {
    let mut digits = [0; 10];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[start..]).expect("digits are ASCII"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 7, 10, 99, 16_777_215, u32::MAX] {
            let mut out = String::new();
            push_number(&mut out, number);
            assert_eq!(out, number.to_string());
        }
        assert_eq!((WHOLE - 1.0).to_string(), "16777215");
    }
}
