//! Where the reads went: mapping, insert sizes, duplicates.

use maud::{Markup, html};

use super::{Source, cards, or_none};
use crate::page::chart::{Axis, Chart, Frame, Mark, Series, bins};
use crate::page::table::Table;

/// The section.
pub fn section(source: Source<'_>) -> Markup {
    let charts = [fates(source), inserts(source), mapping_quality(source), duplication(source)];
    html! {
        div class="grid" { (cards(charts.into_iter().flatten(), source.words)) }
    }
}

/// What became of the reads.
fn fates(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names, reads) = (words.number, &words.alignment, &metrics.reads);
    if reads.total == 0 {
        return None;
    }
    let share = |count: u64| 100.0 * count as f64 / reads.total as f64;
    let fates = [
        (names.fates[0], reads.mapped.saturating_sub(reads.duplicates)),
        (names.fates[1], reads.duplicates),
        (names.fates[2], reads.total.saturating_sub(reads.mapped)),
        (names.fates[3], reads.properly_paired),
        (names.fates[4], reads.mate_elsewhere),
        (names.fates[5], reads.singletons),
    ];
    let bar = |(i, (_, count)): (usize, &(&str, u64))| (i as f64 + 0.2, i as f64 + 0.8, share(*count));
    let bars: Vec<_> = fates.iter().enumerate().map(bar).collect();
    let row = |&(name, count): &(&str, u64)| {
        vec![name.to_owned(), number.count(count), number.percent(count as f64 / reads.total as f64, 2)]
    };
    Some(Chart {
        id: "fates".to_owned(),
        title: names.fate.to_owned(),
        summary: (names.fate_says)(
            &number.count(reads.total),
            &or_none(reads.mapped_fraction, |share| number.percent(share, 2)),
        ),
        x: Axis::named(fates.iter().map(|(name, _)| (*name).to_owned()), ""),
        y: Axis::up_to(100.0, 5, names.share_of_reads, |at| format!("{}\u{a0}%", number.fixed(at, 0))),
        marks: vec![
            Mark::Bars(Series::One, bars[..3].to_vec()),
            Mark::Bars(Series::Quiet, bars[3..].to_vec()),
        ],
        legend: vec![
            (Series::One, names.fate_parts[0].to_owned()),
            (Series::Quiet, names.fate_parts[1].to_owned()),
        ],
        table: Table::new(names.fate_head).with(fates.iter().map(row)),
        frame: Frame::HALF,
    })
}

fn inserts(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names, insert) = (words.number, &words.alignment, &metrics.insert_size);
    let (histogram, median) = (&insert.histogram, insert.median?);
    if histogram.counts.is_empty() {
        return None;
    }
    let width = histogram.width as f64;
    let bars = bins(width, &histogram.counts);
    let highest = histogram.counts.iter().copied().max().unwrap_or(0);
    let row = |(i, &count): (usize, &u64)| {
        vec![(names.lengths)(i * histogram.width, (i + 1) * histogram.width - 1), number.count(count)]
    };
    Some(Chart {
        id: "inserts".to_owned(),
        title: names.inserts.to_owned(),
        summary: (names.inserts_say)(
            &number.count(insert.pairs),
            &number.count(median.into()),
            &or_none(insert.mad, |mad| number.count(mad.into())),
        ),
        x: Axis::between(0.0, width * histogram.counts.len() as f64, 6, names.insert_length, |at| {
            number.fixed(at, 0)
        }),
        y: Axis::up_to(highest as f64, 4, names.pairs, |at| number.brief(at)),
        marks: vec![
            Mark::Steps(Series::One, bars),
            Mark::Upright(median.into(), (names.median)(&number.count(median.into()))),
        ],
        legend: Vec::new(),
        table: Table::new([names.insert_length, names.pairs])
            .with(histogram.counts.iter().enumerate().map(row))
            .with([vec![names.longer.to_owned(), number.count(histogram.beyond)]]),
        frame: Frame::HALF,
    })
}

/// Where bins of mapping qualities begin.
const QUALITY_BINS: [usize; 8] = [0, 1, 10, 20, 30, 40, 50, 60];

fn mapping_quality(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names, reads) = (words.number, &words.alignment, &metrics.reads);
    let histogram = &reads.mapq_histogram;
    let all: u64 = histogram.iter().sum();
    if all == 0 {
        return None;
    }
    let end = |i: usize| QUALITY_BINS.get(i + 1).copied().unwrap_or(histogram.len()).min(histogram.len());
    let count = |i: usize| histogram[QUALITY_BINS[i].min(histogram.len())..end(i)].iter().sum::<u64>();
    let name = |i: usize| match QUALITY_BINS.get(i + 1) {
        None => format!("\u{2265}{}", QUALITY_BINS[i]),
        Some(next) if *next == QUALITY_BINS[i] + 1 => QUALITY_BINS[i].to_string(),
        Some(next) => format!("{}\u{2013}{}", QUALITY_BINS[i], next - 1),
    };
    let share = |i: usize| count(i) as f64 / all as f64;
    let numbers = 0..QUALITY_BINS.len();
    let bars = numbers.clone().map(|i| (i as f64 + 0.15, i as f64 + 0.85, 100.0 * share(i))).collect();
    let highest = numbers.clone().map(share).fold(0.0, f64::max);
    let row = |i: usize| vec![name(i), number.count(count(i)), number.percent(share(i), 2)];
    Some(Chart {
        id: "mapq".to_owned(),
        title: names.mapq.to_owned(),
        summary: (names.mapq_says)(&or_none(reads.mapq_20_fraction, |share| number.percent(share, 2))),
        x: Axis::named(numbers.clone().map(name), names.mapping_quality),
        y: Axis::up_to(100.0 * highest, 5, names.share_of_mapped, |at| {
            format!("{}\u{a0}%", number.short(at, 1))
        }),
        marks: vec![Mark::Bars(Series::One, bars)],
        legend: Vec::new(),
        table: Table::new(names.mapq_head).with(numbers.map(row)),
        frame: Frame::HALF,
    })
}

/// Libraries that have colors.
const LIBRARIES: [Series; 4] = [Series::One, Series::Two, Series::Three, Series::Four];

fn duplication(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names) = (words.number, &words.alignment);
    let libraries = &metrics.libraries;
    let share = or_none(metrics.reads.duplicate_fraction, |share| number.percent(share, 2));
    let row = |library: &crate::report::LibraryMetrics| {
        vec![
            library.library.clone(),
            number.count(library.pairs),
            number.count(library.duplicate_pairs),
            number.count(library.optical_duplicate_pairs),
            number.percent(library.duplicate_fraction, 2),
            or_none(library.estimated_size, |size| number.brief(size as f64)),
        ]
    };
    let known = libraries.iter().filter(|library| library.gains.len() > 1).zip(LIBRARIES);
    let lines: Vec<(Series, &crate::report::LibraryMetrics)> =
        known.map(|(one, series)| (series, one)).collect();
    let times = lines.iter().map(|(_, library)| library.gains.len()).max()?;
    let points = |gains: &[f64]| gains.iter().enumerate().map(|(i, &gain)| ((i + 1) as f64, gain)).collect();
    let highest = lines.iter().flat_map(|(_, library)| &library.gains).copied().fold(2.0, f64::max);
    let even: Vec<(f64, f64)> = vec![(1.0, 1.0), (highest, highest)];
    Some(Chart {
        id: "duplication".to_owned(),
        title: names.duplication.to_owned(),
        summary: (names.duplication_says)(&share),
        x: Axis::between(1.0, times as f64, 9, names.sequencing, |at| number.times(at, 0)),
        y: Axis::up_to(highest, 4, names.distinct_pairs, |at| number.times(at, 1)),
        marks: [Mark::Line(Series::Quiet, even)]
            .into_iter()
            .chain(lines.iter().map(|(series, library)| Mark::Line(*series, points(&library.gains))))
            .collect(),
        legend: lines
            .iter()
            .map(|(series, library)| (*series, library.library.clone()))
            .chain([(Series::Quiet, names.without_duplicates.to_owned())])
            .collect(),
        table: Table::new(names.library_head).with(libraries.iter().map(row)),
        frame: Frame::HALF,
    })
}
