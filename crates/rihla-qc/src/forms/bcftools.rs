//! `bcftools stats`, with `-s` for the one sample.

use std::fmt::Write;

use super::Source;
use crate::calls::{AlleleCounts, CallCounts, DEEPEST};

/// The file's text.
#[must_use]
pub fn text(source: Source<'_>, calls: &CallCounts) -> String {
    let Source { program, command, sample } = source;
    let mut text = format!(
        "# Counted by {program}, in the form of bcftools: This file was produced by bcftools stats\n\
         # The command line was:\t{command}\n#\n\
         # Definition of sets:\n# ID\t[2]id\t[3]tab-separated file names\nID\t0\t{sample}\n"
    );
    write_summary(calls, &mut text);
    write_shares(calls, &mut text);
    write_qualities(calls, &mut text);
    text += "# IDD, InDel distribution:\n# IDD\t[2]id\t[3]length (deletions negative)\t[4]number of sites\n";
    let deletions = calls.by_length.range(..0);
    for (length, count) in deletions.chain(calls.by_length.range(1..)) {
        let _ = writeln!(text, "IDD\t0\t{length}\t{count}");
    }
    write_substitutions(calls, &mut text);
    write_depths(calls, &mut text);
    write_sample(sample, calls, &mut text);
    text
}

fn write_summary(calls: &CallCounts, text: &mut String) {
    let sums = &calls.sums;
    *text += "# SN, Summary numbers:\n# SN\t[2]id\t[3]key\t[4]value\n";
    for (key, value) in [
        ("samples", 1),
        ("records", sums.records),
        ("no-ALTs", 0),
        ("SNPs", sums.snps),
        ("MNPs", sums.mnps),
        ("indels", sums.indels),
        ("others", sums.others),
        ("multiallelic sites", sums.multi_allelic),
        ("multiallelic SNP sites", sums.multi_allelic_snps),
    ] {
        let _ = writeln!(text, "SN\t0\tnumber of {key}:\t{value}");
    }
    let mut all = calls.singletons;
    calls.by_share.values().for_each(|counts| all.merge(counts));
    let (ts, tv) = (all.transitions, all.transversions);
    let (first_ts, first_tv) = (sums.first_transitions, sums.first_transversions);
    *text += "# TSTV, transitions/transversions:\n# TSTV\t[2]id\t[3]ts\t[4]tv\t[5]ts/tv\t[6]ts (1st ALT)\t\
              [7]tv (1st ALT)\t[8]ts/tv (1st ALT)\n";
    let (ratio, first_ratio) = (quotient(ts, tv), quotient(first_ts, first_tv));
    let _ = writeln!(text, "TSTV\t0\t{ts}\t{tv}\t{ratio:.2}\t{first_ts}\t{first_tv}\t{first_ratio:.2}");
}

/// A quotient in single precision; 0 where there is nothing to divide by.
fn quotient(part: u64, whole: u64) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Alleles of one copy, then all by their share, those of one copy at 0.
fn write_shares(calls: &CallCounts, text: &mut String) {
    const COLUMNS: &str = "[4]number of SNPs\t[5]number of transitions\t[6]number of transversions\t\
                           [7]number of indels\t[8]repeat-consistent\t[9]repeat-inconsistent\t[10]not applicable";
    let cells = |counts: &AlleleCounts| {
        let AlleleCounts { snps, transitions, transversions, indels } = counts;
        format!("{snps}\t{transitions}\t{transversions}\t{indels}\t0\t0\t{indels}")
    };
    let _ = write!(text, "# SiS, Singleton stats:\n# SiS\t[2]id\t[3]allele count\t{COLUMNS}\n");
    let _ = writeln!(text, "SiS\t0\t1\t{}", cells(&calls.singletons));
    let about = "# AF, Stats by non-reference allele frequency:";
    let _ = write!(text, "{about}\n# AF\t[2]id\t[3]allele frequency\t{COLUMNS}\n");
    let mut by_share = calls.by_share.clone();
    by_share.entry(0).or_default().merge(&calls.singletons);
    for (share, counts) in by_share.iter().filter(|(_, counts)| counts.snps + counts.indels > 0) {
        let _ = writeln!(text, "AF\t0\t{:.6}\t{}", *share as f64 / 100.0, cells(counts));
    }
}

fn write_qualities(calls: &CallCounts, text: &mut String) {
    *text += "# QUAL, Stats by quality\n# QUAL\t[2]id\t[3]Quality\t[4]number of SNPs\t\
              [5]number of transitions (1st ALT)\t[6]number of transversions (1st ALT)\t[7]number of indels\n";
    for (bin, counts) in calls.by_quality.iter().filter(|(_, counts)| counts.snps + counts.indels > 0) {
        let quality = match bin.checked_sub(1) {
            Some(tenths) => format!("{:.1}", 0.1 * f64::from(tenths)),
            None => ".".to_owned(),
        };
        let AlleleCounts { snps, transitions, transversions, indels } = counts;
        let _ = writeln!(text, "QUAL\t0\t{quality}\t{snps}\t{transitions}\t{transversions}\t{indels}");
    }
}

fn write_substitutions(calls: &CallCounts, text: &mut String) {
    *text += "# ST, Substitution types:\n# ST\t[2]id\t[3]type\t[4]count\n";
    for (from, counts) in calls.substitutions.iter().enumerate() {
        for (to, count) in counts.iter().enumerate().filter(|(to, _)| *to != from) {
            let [from, to] = [from, to].map(|code| char::from(b"ACGT"[code]));
            let _ = writeln!(text, "ST\t0\t{from}>{to}\t{count}");
        }
    }
}

fn write_depths(calls: &CallCounts, text: &mut String) {
    *text += "# DP, Depth distribution\n# DP\t[2]id\t[3]bin\t[4]number of genotypes\t[5]fraction of genotypes (%)\t\
              [6]number of sites\t[7]fraction of sites (%)\n";
    let lists = [&calls.genotypes_by_depth, &calls.sites_by_depth];
    let totals = lists.map(|list| list.iter().sum::<u64>());
    for depth in 0..=DEEPEST + 1 {
        let counts = lists.map(|list| list.get(depth).copied().unwrap_or(0));
        if counts == [0, 0] {
            continue;
        }
        let bin = if depth > DEEPEST { format!(">{DEEPEST}") } else { depth.to_string() };
        let _ = write!(text, "DP\t0\t{bin}");
        for (count, total) in counts.into_iter().zip(totals) {
            let share = if total == 0 { 0.0 } else { count as f64 * 100.0 / total as f64 };
            let _ = write!(text, "\t{count}\t{share:.6}");
        }
        text.push('\n');
    }
}

fn write_sample(sample: &str, calls: &CallCounts, text: &mut String) {
    let sums = &calls.genotypes;
    let depth = quotient(sums.depth, calls.sums.records);
    *text += "# PSC, Per-sample counts. Note that the ref/het/hom counts include only SNPs, for indels see IDD. The rest \
              include both SNPs and indels.\n# PSC\t[2]id\t[3]sample\t[4]nRefHom\t[5]nNonRefHom\t[6]nHets\t\
              [7]nTransitions\t[8]nTransversions\t[9]nIndels\t[10]average depth\t[11]nSingletons\t[12]nHapRef\t\
              [13]nHapAlt\t[14]nMissing\n";
    let _ = writeln!(
        text,
        "PSC\t0\t{sample}\t{}\t{}\t{}\t{}\t{}\t{}\t{depth:.1}\t{}\t{}\t{}\t{}",
        sums.hom_ref,
        sums.hom_alt,
        sums.het,
        sums.transitions,
        sums.transversions,
        sums.indels,
        sums.carried,
        sums.haploid_ref,
        sums.haploid_alt,
        sums.missing
    );
}
