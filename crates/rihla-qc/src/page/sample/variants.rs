//! The variants that were called.

use maud::{Markup, html};

use super::{Source, cards, facts, or_none};
use crate::page::chart::{Axis, Chart, Frame, Mark, Series, bins};
use crate::page::table::Table;
use crate::report::VariantMetrics;

/// The section; `None` where none were called for.
pub fn section(source: Source<'_>) -> Option<Markup> {
    let variants = source.metrics.variants.as_ref()?;
    let charts = [
        substitutions(source, variants),
        indel_lengths(source, variants),
        allele_fractions(source, variants),
        genotype_qualities(source, variants),
        qualities(source, variants),
    ];
    Some(html! {
        div class="grid" {
            (counts(source, variants))
            (cards(charts.into_iter().flatten(), source.words))
        }
    })
}

fn counts(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Markup {
    let (number, names) = (words.number, &words.variants);
    let count = |count: u64| number.count(count);
    let ratio = |ratio: Option<f64>| or_none(ratio, |ratio| number.fixed(ratio, 3));
    let rows = variants.filters.iter().map(|(filter, records)| vec![filter.clone(), count(*records)]);
    html! {
        div class="card" {
            h3 { (names.counts) }
            p class="say" { ((names.counts_say)(&count(variants.records), &count(variants.pass))) }
            (facts(&[
                (names.snps, count(variants.snps)),
                (names.insertions, count(variants.insertions)),
                (names.deletions, count(variants.deletions)),
                (names.mnps, count(variants.mnps)),
                (names.het, count(variants.het)),
                (names.hom_alt, count(variants.hom_alt)),
                ("Ti/Tv", ratio(variants.ti_tv)),
                (names.het_hom, ratio(variants.het_hom_ratio)),
                (names.indel_ratio, ratio(variants.insertion_deletion_ratio)),
                (names.multi_allelic, count(variants.multi_allelic)),
            ]))
            @if !variants.filters.is_empty() {
                (Table::new(names.filter_head).with(rows).details(names.filters))
            }
        }
    }
}

/// Substitutions and those of the other strand, transitions first.
const KINDS: [(&str, &str, bool); 6] = [
    ("A>G", "T>C", true),
    ("C>T", "G>A", true),
    ("A>C", "T>G", false),
    ("A>T", "T>A", false),
    ("C>A", "G>T", false),
    ("C>G", "G>C", false),
];

fn substitutions(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Option<Chart> {
    let (number, names) = (words.number, &words.variants);
    let of = |kind: &str| variants.substitutions.get(kind).copied().unwrap_or(0);
    let counts = KINDS.map(|(one, other, _)| of(one) + of(other));
    let highest = counts.iter().copied().max().filter(|&highest| highest > 0)?;
    let bars = |transitions: bool| {
        let those = counts.iter().enumerate().filter(|(i, _)| KINDS[*i].2 == transitions);
        those.map(|(i, &count)| (i as f64 + 0.18, i as f64 + 0.82, count as f64)).collect()
    };
    let name = |one: &str, other: &str| format!("{one}, {other}").replace('>', "\u{2192}");
    let rows = KINDS.iter().zip(counts).map(|((one, other, is_transition), count)| {
        let kind = if *is_transition { names.transitions } else { names.transversions };
        vec![name(one, other), kind.to_owned(), number.count(count)]
    });
    Some(Chart {
        id: "substitutions".to_owned(),
        title: names.substitutions.to_owned(),
        summary: (names.substitutions_say)(&or_none(variants.ti_tv, |ratio| number.fixed(ratio, 2))),
        x: Axis::named(KINDS.iter().map(|(one, other, _)| name(one, other)), names.substitution),
        y: Axis::up_to(highest as f64, 4, names.snps, |at| number.brief(at)),
        marks: vec![Mark::Bars(Series::One, bars(true)), Mark::Bars(Series::Two, bars(false))],
        legend: vec![
            (Series::One, names.transitions.to_owned()),
            (Series::Two, names.transversions.to_owned()),
        ],
        table: Table::new(names.substitution_head).with(rows),
        frame: Frame::HALF,
    })
}

fn indel_lengths(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Option<Chart> {
    let (number, names, lengths) = (words.number, &words.variants, &variants.indel_lengths);
    let last = |counts: &[u64]| counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
    let longest = last(&lengths.insertions).max(last(&lengths.deletions));
    if longest == 0 {
        return None;
    }
    let all = lengths.insertions.iter().chain(&lengths.deletions);
    let highest = all.copied().max().unwrap_or(0);
    let bars = |counts: &[u64], sign: f64| -> Vec<(f64, f64, f64)> {
        let those = counts.iter().take(longest).enumerate();
        those
            .map(|(i, &count)| {
                let middle = sign * (i + 1) as f64;
                (middle - 0.4, middle + 0.4, count as f64)
            })
            .collect()
    };
    let end = longest.max(5) as f64 + 1.0;
    let row = |i: usize| {
        let of = |counts: &[u64]| number.count(counts.get(i).copied().unwrap_or(0));
        vec![(i + 1).to_string(), of(&lengths.insertions), of(&lengths.deletions)]
    };
    Some(Chart {
        id: "indels".to_owned(),
        title: names.indels.to_owned(),
        summary: (names.indels_say)(&or_none(variants.insertion_deletion_ratio, |ratio| {
            number.fixed(ratio, 2)
        })),
        x: Axis::between(-end, end, 8, names.indel_axis, |at| number.fixed(at, 0)),
        y: Axis::up_to(highest as f64, 4, names.alleles, |at| number.brief(at)),
        marks: vec![
            Mark::Bars(Series::Two, bars(&lengths.deletions, -1.0)),
            Mark::Bars(Series::One, bars(&lengths.insertions, 1.0)),
        ],
        legend: vec![(Series::Two, names.deletions.to_owned()), (Series::One, names.insertions.to_owned())],
        table: Table::new(names.indel_head).with((0..longest).map(row)),
        frame: Frame::HALF,
    })
}

fn allele_fractions(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Option<Chart> {
    let (number, names, shares) = (words.number, &words.variants, &variants.allele_fractions);
    let bin_count = shares.het.len().max(shares.hom_alt.len());
    let highest = shares.het.iter().chain(&shares.hom_alt).copied().max().filter(|&highest| highest > 0)?;
    let width = 1.0 / bin_count as f64;
    let row = |i: usize| {
        let of = |counts: &[u64]| number.count(counts.get(i).copied().unwrap_or(0));
        let from = |i: usize| number.percent(i as f64 * width, 1);
        vec![format!("{} \u{2013} {}", from(i), from(i + 1)), of(&shares.het), of(&shares.hom_alt)]
    };
    Some(Chart {
        id: "fractions".to_owned(),
        title: names.fractions.to_owned(),
        summary: names.fractions_say.to_owned(),
        x: Axis::between(0.0, 1.0, 4, names.fraction_axis, |at| number.percent(at, 0)),
        y: Axis::up_to(highest as f64, 4, names.alleles, |at| number.brief(at)),
        marks: vec![
            Mark::Steps(Series::Two, bins(width, &shares.hom_alt)),
            Mark::Steps(Series::One, bins(width, &shares.het)),
        ],
        legend: vec![(Series::One, names.het.to_owned()), (Series::Two, names.hom_alt.to_owned())],
        table: Table::new([names.fraction_axis, names.het, names.hom_alt]).with((0..bin_count).map(row)),
        frame: Frame::HALF,
    })
}

fn genotype_qualities(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Option<Chart> {
    let (number, names, counts) = (words.number, &words.variants, &variants.gq_histogram);
    let highest = counts.iter().copied().max()?;
    let row = |(quality, &count): (usize, &u64)| vec![quality.to_string(), number.count(count)];
    Some(Chart {
        id: "gq".to_owned(),
        title: names.gq.to_owned(),
        summary: names.gq_says.to_owned(),
        x: Axis::between(0.0, 100.0, 5, "GQ", |at| number.fixed(at, 0)),
        y: Axis::up_to(highest as f64, 4, names.records, |at| number.brief(at)),
        marks: vec![Mark::Steps(Series::One, bins(1.0, counts))],
        legend: Vec::new(),
        table: Table::new(["GQ", names.records]).with(counts.iter().enumerate().map(row)),
        frame: Frame::HALF,
    })
}

fn qualities(Source { words, .. }: Source<'_>, variants: &VariantMetrics) -> Option<Chart> {
    let (number, names, histogram) = (words.number, &words.variants, &variants.qual_histogram);
    let highest = histogram.counts.iter().copied().max()?;
    let width = histogram.width;
    let row = |(i, &count): (usize, &u64)| {
        let range =
            format!("{}\u{2013}{}", number.count((i * width) as u64), number.count(((i + 1) * width) as u64));
        vec![range, number.count(count)]
    };
    Some(Chart {
        id: "qual".to_owned(),
        title: names.qual.to_owned(),
        summary: names.qual_says.to_owned(),
        x: Axis::between(0.0, (width * histogram.counts.len()) as f64, 5, "QUAL", |at| number.fixed(at, 0)),
        y: Axis::up_to(highest as f64, 4, names.records, |at| number.brief(at)),
        marks: vec![Mark::Steps(Series::One, bins(width as f64, &histogram.counts))],
        legend: Vec::new(),
        table: Table::new(["QUAL", names.records]).with(histogram.counts.iter().enumerate().map(row)),
        frame: Frame::HALF,
    })
}
