//! How deep the genome, or the targets, are covered.

use maud::{Markup, html};

use super::{Source, cards, facts, or_none};
use crate::page::chart::{Axis, Chart, Frame, Mark, Series};
use crate::page::numbers::NONE;
use crate::page::table::Table;
use crate::page::words::Words;
use crate::report::{CoverageMetrics, TargetMetrics};

/// The section; `None` where no base was looked at.
pub fn section(source: Source<'_>) -> Option<Markup> {
    let coverage = &source.metrics.coverage;
    let mean = coverage.mean_depth.filter(|_| coverage.bases > 0)?;
    let charts = [
        Some(histogram(source, mean)),
        Some(cumulative(source, mean)),
        by_contig(source, mean),
        gc_bias(source),
    ];
    Some(html! {
        div class="grid" {
            (cards(charts.into_iter().flatten(), source.words))
            @if let Some(targets) = &source.metrics.targets { (regions(targets, source.words)) }
        }
    })
}

/// The depth at which charts end.
fn deepest(coverage: &CoverageMetrics, mean: f64) -> usize {
    let last = coverage.histogram.len().saturating_sub(1).max(1);
    ((2.5 * mean).ceil() as usize).max(10).min(last)
}

fn histogram(Source { metrics, words, .. }: Source<'_>, mean: f64) -> Chart {
    let (number, names, coverage) = (words.number, &words.coverage, &metrics.coverage);
    let end = deepest(coverage, mean);
    let share = |count: u64| count as f64 / coverage.bases as f64;
    let counts = &coverage.histogram[..=end.min(coverage.histogram.len().saturating_sub(1))];
    let bars: Vec<_> = counts
        .iter()
        .enumerate()
        .map(|(depth, &count)| (depth as f64 - 0.5, depth as f64 + 0.5, 100.0 * share(count)))
        .collect();
    let highest = bars.iter().map(|(.., height)| *height).fold(0.0, f64::max);
    let row = |(depth, &count): (usize, &u64)| {
        vec![depth.to_string(), number.count(count), number.percent(share(count), 3)]
    };
    Chart {
        id: "depth".to_owned(),
        title: names.depth.to_owned(),
        summary: (names.depth_says)(
            &number.times(mean, 1),
            &or_none(coverage.median_depth, |median| number.times(median.into(), 0)),
            &or_none(coverage.evenness, |share| number.percent(share, 1)),
        ),
        x: Axis::between(0.0, end as f64, 6, names.depth_axis, |at| number.times(at, 0)),
        y: Axis::up_to(highest, 4, names.share_of_bases, |at| format!("{}\u{a0}%", number.short(at, 1))),
        marks: vec![
            Mark::Steps(Series::One, bars),
            Mark::Upright(mean, (names.mean)(&number.times(mean, 1))),
        ],
        legend: Vec::new(),
        table: Table::new(names.depth_head).with(counts.iter().enumerate().map(row)),
        frame: Frame::HALF,
    }
}

fn cumulative(Source { metrics, words, .. }: Source<'_>, mean: f64) -> Chart {
    let (number, names, coverage) = (words.number, &words.coverage, &metrics.coverage);
    let end = deepest(coverage, mean).max(30).min(coverage.histogram.len().saturating_sub(1));
    let at_least =
        |depth: usize| coverage.histogram.iter().skip(depth).sum::<u64>() as f64 / coverage.bases as f64;
    let points = (0..=end).map(|depth| (depth as f64, 100.0 * at_least(depth))).collect();
    let depths = [1, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250];
    let shown = depths.into_iter().filter(|depth| *depth < coverage.histogram.len());
    Chart {
        id: "reached".to_owned(),
        title: names.reached.to_owned(),
        summary: (names.reached_says)(
            &or_none(coverage.fraction_10x, |share| number.percent(share, 2)),
            &or_none(coverage.fraction_20x, |share| number.percent(share, 2)),
            &or_none(coverage.fraction_30x, |share| number.percent(share, 2)),
        ),
        x: Axis::between(0.0, end as f64, 6, names.depth_axis, |at| number.times(at, 0)),
        y: Axis::up_to(100.0, 5, names.share_of_bases, |at| format!("{}\u{a0}%", number.fixed(at, 0))),
        marks: vec![Mark::Upright(20.0, number.times(20.0, 0)), Mark::Line(Series::One, points)],
        legend: Vec::new(),
        table: Table::new(names.reached_head)
            .with(shown.map(|depth| vec![number.times(depth as f64, 0), number.percent(at_least(depth), 2)])),
        frame: Frame::HALF,
    }
}

fn by_contig(Source { metrics, words, .. }: Source<'_>, mean: f64) -> Option<Chart> {
    let (number, names, contigs) = (words.number, &words.coverage, &metrics.contigs);
    if contigs.is_empty() {
        return None;
    }
    // The mitochondrion is hundreds of times as deep as all else.
    let limit = 3.0 * mean;
    let depth = |i: usize| contigs[i].mean_depth.unwrap_or(0.0);
    let half = if contigs.len() < 8 { 0.2 } else { 0.35 };
    let bar = |i: usize| (i as f64 + 0.5 - half, i as f64 + 0.5 + half, depth(i).min(limit));
    let (usual, beyond): (Vec<usize>, Vec<usize>) = (0..contigs.len()).partition(|&i| depth(i) <= limit);
    let highest = (0..contigs.len()).map(|i| depth(i).min(limit)).fold(mean, f64::max);
    let is_crowded = contigs.len() > 8;
    let name = |i: usize| {
        let name = &contigs[i].contig;
        match contigs.len() {
            0..=30 if is_crowded => name.strip_prefix("chr").unwrap_or(name).to_owned(),
            0..=30 => name.clone(),
            // There is no room for more.
            _ => String::new(),
        }
    };
    let row = |contig: &crate::report::ContigMetrics| {
        vec![
            contig.contig.clone(),
            number.count(contig.length),
            number.count(contig.bases),
            number.count(contig.records),
            contig.mean_depth.map_or(NONE.to_owned(), |depth| number.times(depth, 2)),
        ]
    };
    let mut legend = Vec::new();
    if !beyond.is_empty() {
        let those: Vec<String> =
            beyond.iter().map(|&i| format!("{} {}", contigs[i].contig, number.times(depth(i), 0))).collect();
        legend = vec![
            (Series::One, names.mean_depth.to_owned()),
            (Series::Two, (names.off_chart)(&those.join(", "))),
        ];
    }
    Some(Chart {
        id: "contigs".to_owned(),
        title: names.contigs.to_owned(),
        summary: names.contigs_say.to_owned(),
        x: Axis::named((0..contigs.len()).map(name), names.chromosome),
        y: Axis::up_to(highest, 4, names.mean_depth, |at| number.times(at, 0)),
        marks: vec![
            Mark::Bars(Series::One, usual.into_iter().map(bar).collect()),
            Mark::Bars(Series::Two, beyond.into_iter().map(bar).collect()),
            Mark::Level(mean, (names.mean)(&number.times(mean, 1))),
        ],
        legend,
        table: Table::new(names.contig_head).with(contigs.iter().map(row)),
        frame: Frame::WIDE,
    })
}

/// Windows of so small a share of the genome say little.
const RARE: f64 = 1e-4;

/// Depth by how much of the reference is G or C.
fn gc_bias(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names, bias) = (words.number, &words.coverage, metrics.gc_bias.as_ref()?);
    let all: u64 = bias.windows.iter().sum();
    let shown = |gc: usize| bias.windows.get(gc).is_some_and(|&windows| windows as f64 >= RARE * all as f64);
    let points: Vec<(f64, f64)> = (0..=100)
        .filter(|&gc| shown(gc))
        .filter_map(|gc| Some((gc as f64, bias.normalized_coverage.get(gc).copied().flatten()?)))
        .collect();
    let highest = points.iter().map(|(_, depth)| *depth).fold(1.5, f64::max);
    let most = bias.windows.iter().copied().max().filter(|&most| most > 0 && !points.is_empty())?;
    // Where the genome's windows lie, as a background two thirds as high as the chart.
    let windows = |(gc, &count): (usize, &u64)| {
        (gc as f64 - 0.5, gc as f64 + 0.5, 0.66 * highest * count as f64 / most as f64)
    };
    let row = |gc: usize| {
        let depth = bias.normalized_coverage.get(gc).copied().flatten();
        let count = bias.windows.get(gc).copied().unwrap_or(0);
        vec![format!("{gc}\u{a0}%"), number.count(count), or_none(depth, |depth| number.fixed(depth, 2))]
    };
    let dropout = |dropout: Option<f64>| or_none(dropout, |dropout| number.fixed(dropout, 2));
    Some(Chart {
        id: "gc".to_owned(),
        title: names.gc.to_owned(),
        summary: (names.gc_says)(&dropout(bias.at_dropout), &dropout(bias.gc_dropout)),
        x: Axis::between(0.0, 100.0, 5, names.gc_axis, |at| format!("{}\u{a0}%", number.fixed(at, 0))),
        y: Axis::up_to(highest, 4, names.normalized, |at| number.short(at, 1)),
        marks: vec![
            Mark::Steps(Series::Quiet, bias.windows.iter().enumerate().map(windows).collect()),
            Mark::Level(1.0, names.even.to_owned()),
            Mark::Line(Series::One, points),
        ],
        legend: vec![
            (Series::One, names.normalized.to_owned()),
            (Series::Quiet, names.gc_windows.to_owned()),
        ],
        table: Table::new([names.gc_axis, names.gc_windows, names.normalized]).with((0..=100).map(row)),
        // Beside the regions, where there are some.
        frame: if metrics.targets.is_some() { Frame::HALF } else { Frame::WIDE },
    })
}

/// Regions that are looked at one by one.
fn regions(targets: &TargetMetrics, words: &Words) -> Markup {
    let (number, names) = (words.number, &words.coverage);
    let share = |share: Option<f64>| or_none(share, |share| number.percent(share, 2));
    let rows = targets.under_covered.iter().map(|one| {
        vec![
            one.name.clone(),
            share(one.fraction_20x),
            or_none(one.mean_depth, |depth| number.times(depth, 1)),
        ]
    });
    html! {
        div class="card" {
            h3 { (names.regions) }
            p class="say" { ((names.regions_say)(&number.count(targets.under_covered_names as u64))) }
            (facts(&[
                (names.region_names[0], number.count(targets.regions as u64)),
                (names.region_names[1], number.count(targets.bases)),
                (names.mean_depth, or_none(targets.mean_depth, |depth| number.times(depth, 1))),
                ("\u{2265}\u{a0}20\u{d7}", share(targets.fraction_20x)),
                ("\u{2265}\u{a0}100\u{d7}", share(targets.fraction_100x)),
                ("Fold-80", or_none(targets.fold_80, |fold| number.fixed(fold, 2))),
            ]))
            @if !targets.under_covered.is_empty() {
                (Table::new(names.region_head).with(rows).details(&(words.chart.numbers_of)(names.regions)))
            }
        }
    }
}
