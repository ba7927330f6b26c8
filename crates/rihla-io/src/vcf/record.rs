//! One record as a line of text.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use rihla_core::VariantRecord;
use rihla_core::variant::{AlleleAnnotations, Phase, SampleCall};

/// What a gVCF adds to a sample: the symbolic allele's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbolic<'a> {
    /// `AD`.
    pub depth: u32,
    /// `PL` of all genotypes, the symbolic allele the last.
    pub likelihoods: &'a [u32],
}

/// Replaces what `line` held by the record's line, with its line end.
pub(super) fn format_record(record: &VariantRecord, contig: &str, line: &mut String) {
    line.clear();
    write_record(record, contig, line).expect("a string takes everything");
}

fn write_record(record: &VariantRecord, contig: &str, line: &mut String) -> fmt::Result {
    write_head(record, contig, None, line)?;
    write_info(record, None, line)?;
    let sample = &record.sample;
    line.push('\t');
    line.push_str(sample_keys(sample, None));
    line.push('\t');
    write_sample(sample, None, line)?;
    line.push('\n');
    Ok(())
}

/// CHROM to FILTER and the tab behind; `symbol` is one more ALT allele.
pub(super) fn write_head(
    record: &VariantRecord,
    contig: &str,
    symbol: Option<&str>,
    line: &mut String,
) -> fmt::Result {
    write!(line, "{contig}\t{}\t.\t{}\t", record.position + 1, letters(&record.reference))?;
    let alternates = record.alternates.iter().map(|allele| letters(allele));
    write_list(line, alternates.chain(symbol.map(Cow::Borrowed)))?;
    line.push('\t');
    match record.quality.is_finite() {
        true => write_number(line, record.quality, 2)?,
        false => line.push('.'),
    }
    line.push('\t');
    match record.filters.is_empty() {
        true => line.push_str("PASS"),
        false => line.push_str(&record.filters.join(";")),
    }
    line.push('\t');
    Ok(())
}

/// INFO; `others` are the copies of one more ALT allele.
pub(super) fn write_info(record: &VariantRecord, others: Option<usize>, line: &mut String) -> fmt::Result {
    let alleles = record.sample.genotype.alleles();
    let copies = |alt: usize| alleles.iter().filter(|&&allele| usize::from(allele) == alt).count();
    let counts = (1..=record.alternates.len()).map(copies).chain(others);
    line.push_str("AC=");
    write_list(line, counts.clone())?;
    if !alleles.is_empty() {
        line.push_str(";AF=");
        write_list(line, counts.map(|count| format!("{:.3}", count as f64 / alleles.len() as f64)))?;
    }
    write!(line, ";AN={}", alleles.len())?;
    let annotations = &record.annotations;
    write_by_allele(line, &annotations.by_allele)?;
    write_annotation(line, "BaseQRankSum", annotations.base_quality_rank_sum, 3)?;
    write!(line, ";DP={}", annotations.depth)?;
    if !annotations.features.is_empty() {
        line.push_str(";FEATURES=");
        write_list(line, &annotations.features)?;
    }
    line.push_str(if record.is_forced { ";FGT" } else { "" });
    write_annotation(line, "FS", annotations.fisher_strand, 3)?;
    write_annotation(line, "MQ", annotations.mapping_quality, 2)?;
    write_annotation(line, "MQRankSum", annotations.mapping_quality_rank_sum, 3)?;
    write_annotation(line, "QD", annotations.quality_by_depth, 2)?;
    write_annotation(line, "ReadPosRankSum", annotations.read_position_rank_sum, 3)?;
    write_annotation(line, "SCORE", annotations.score, 4)?;
    write_annotation(line, "SOR", annotations.strand_odds_ratio, 3)
}

/// FORMAT of what [`write_sample`] writes.
pub(super) fn sample_keys(sample: &SampleCall, symbolic: Option<Symbolic<'_>>) -> &'static str {
    match (&sample.phase, sample.allele_shares.is_empty()) {
        (_, false) if symbolic.is_some() => "GT:AD:AF:DP:GQ:PL",
        (_, false) => "GT:AD:AF:DP:GQ",
        (Some(_), true) => "GT:AD:DP:GQ:PGT:PID:PL:PS",
        (None, true) => "GT:AD:DP:GQ:PL",
    }
}

/// GT, AD, DP, GQ and PL, with the phase where there is one; of a mixture the shares, and PL in a gVCF alone.
pub(super) fn write_sample(
    sample: &SampleCall,
    symbolic: Option<Symbolic<'_>>,
    line: &mut String,
) -> fmt::Result {
    let alleles = sample.genotype.alleles();
    let is_mixture = !sample.allele_shares.is_empty();
    match &sample.phase {
        Some(phase) => write_separated(line, phase.alleles, '|')?,
        None if alleles.is_empty() && is_mixture => line.push('.'),
        // One likelihood an allele: one copy.
        None if alleles.is_empty() && sample.likelihoods.len() == sample.allele_depths.len() => {
            line.push('.')
        }
        None if alleles.is_empty() => line.push_str("./."),
        None => write_separated(line, alleles, '/')?,
    }
    line.push(':');
    write_list(line, sample.allele_depths.iter().copied().chain(symbolic.map(|symbolic| symbolic.depth)))?;
    if is_mixture {
        line.push(':');
        let shares = sample.allele_shares.iter().copied().chain(symbolic.map(|_| 0.0));
        write_list(line, shares.map(|share| format!("{share:.4}")))?;
    }
    write!(line, ":{}:{}", sample.depth, sample.genotype_quality)?;
    if let Some(Phase { alleles, first }) = &sample.phase {
        line.push(':');
        write_separated(line, alleles, '|')?;
        let (reference, alternate) = (letters(&first.reference), letters(&first.alternate));
        write!(line, ":{}_{reference}_{alternate}", first.position + 1)?;
    }
    if !is_mixture || symbolic.is_some() {
        line.push(':');
        write_list(line, symbolic.map_or(&sample.likelihoods[..], |symbolic| symbolic.likelihoods))?;
    }
    match &sample.phase {
        Some(phase) => write!(line, ":{}", phase.first.position + 1),
        None => Ok(()),
    }
}

/// One of the annotations of an allele.
type OfAllele = fn(&AlleleAnnotations) -> Option<f32>;

/// `AS_` annotations, with their decimals: one value an ALT allele, `.` where there is none.
const BY_ALLELE: [(&str, usize, OfAllele); 7] = [
    ("AS_BaseQRankSum", 3, |allele| allele.base_quality_rank_sum),
    ("AS_FS", 3, |allele| allele.fisher_strand),
    ("AS_MQ", 2, |allele| allele.mapping_quality),
    ("AS_MQRankSum", 3, |allele| allele.mapping_quality_rank_sum),
    ("AS_QD", 2, |allele| allele.quality_by_depth),
    ("AS_ReadPosRankSum", 3, |allele| allele.read_position_rank_sum),
    ("AS_SOR", 3, |allele| allele.strand_odds_ratio),
];

fn write_by_allele(line: &mut String, alleles: &[AlleleAnnotations]) -> fmt::Result {
    for (id, decimals, of) in BY_ALLELE.iter().filter(|_| !alleles.is_empty()) {
        write!(line, ";{id}=")?;
        for (i, allele) in alleles.iter().enumerate() {
            line.push_str(if i > 0 { "," } else { "" });
            match of(allele).filter(|value| value.is_finite()) {
                Some(value) => write_number(line, value, *decimals)?,
                None => line.push('.'),
            }
        }
    }
    Ok(())
}

fn write_annotation(line: &mut String, id: &str, value: Option<f32>, decimals: usize) -> fmt::Result {
    let Some(value) = value.filter(|value| value.is_finite()) else { return Ok(()) };
    write!(line, ";{id}=")?;
    write_number(line, value, decimals)
}

/// A number with a fixed number of decimals and no negative zero.
fn write_number(line: &mut String, value: f32, decimals: usize) -> fmt::Result {
    let start = line.len();
    write!(line, "{value:.decimals$}")?;
    if line[start..].starts_with('-') && !line[start..].contains(|digit| ('1'..='9').contains(&digit)) {
        line.remove(start);
    }
    Ok(())
}

/// Items separated by commas; `.` when there is none.
pub(super) fn write_list<T: Display>(line: &mut String, items: impl IntoIterator<Item = T>) -> fmt::Result {
    let start = line.len();
    write_separated(line, items, ',')?;
    if line.len() == start {
        line.push('.');
    }
    Ok(())
}

fn write_separated<T: Display>(
    line: &mut String,
    items: impl IntoIterator<Item = T>,
    by: char,
) -> fmt::Result {
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            line.push(by);
        }
        write!(line, "{item}")?;
    }
    Ok(())
}

fn letters(allele: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(allele)
}
