//! The reads as they came from the machine.

use maud::{Markup, html};

use super::{Source, cards, or_none};
use crate::page::chart::{Axis, Chart, Frame, Mark, Series};
use crate::page::table::Table;
use crate::report::CycleMetrics;

/// The section; `None` where reads were not counted by cycle and by read group.
pub fn section(source: Source<'_>) -> Option<Markup> {
    let Source { metrics, words, .. } = source;
    let groups = metrics.read_groups.as_deref().unwrap_or_default();
    if metrics.cycles.is_empty() && groups.is_empty() {
        return None;
    }
    let charts = metrics.cycles.iter().map(|cycles| content(cycles, source));
    let quality = (!metrics.cycles.is_empty()).then(|| quality(source));
    Some(html! {
        div class="grid" {
            (cards(quality.into_iter().chain(charts), words))
            @if !groups.is_empty() { (read_groups(source)) }
        }
    })
}

fn quality(Source { metrics, words, .. }: Source<'_>) -> Chart {
    let (number, names) = (words.number, &words.reads);
    let cycles = metrics.cycles.iter().map(|mate| mate.quality.len()).max().unwrap_or(0);
    let highest =
        metrics.cycles.iter().flat_map(|mate| &mate.quality).fold(40.0, |high: f64, &one| high.max(one));
    let series = |mate: &CycleMetrics| if mate.mate == 1 { Series::One } else { Series::Two };
    let line = |mate: &CycleMetrics| Mark::Line(series(mate), by_cycle(&mate.quality));
    let head = [names.cycle.to_owned()].into_iter();
    let table = Table::new(head.chain(metrics.cycles.iter().map(|mate| (names.mate)(mate.mate))));
    let row = |cycle: usize| {
        let value = |mate: &CycleMetrics| or_none(mate.quality.get(cycle), |value| number.fixed(*value, 1));
        [(cycle + 1).to_string()].into_iter().chain(metrics.cycles.iter().map(value)).collect()
    };
    Chart {
        id: "quality".to_owned(),
        title: names.quality.to_owned(),
        summary: (names.quality_says)(&or_none(metrics.reads.q30_fraction, |share| number.percent(share, 1))),
        x: cycle_axis(cycles, names.cycle),
        y: Axis::up_to(highest, 4, names.mean_quality, |at| number.fixed(at, 0)),
        marks: [Mark::Level(30.0, "Q30".to_owned())]
            .into_iter()
            .chain(metrics.cycles.iter().map(line))
            .collect(),
        legend: metrics.cycles.iter().map(|mate| (series(mate), (names.mate)(mate.mate))).collect(),
        table: table.with((0..cycles).map(row)),
        // Beside one chart of bases, or above two.
        frame: if metrics.cycles.len() == 2 { Frame::WIDE } else { Frame::HALF },
    }
}

fn content(mate: &CycleMetrics, Source { words, .. }: Source<'_>) -> Chart {
    let (number, names) = (words.number, &words.reads);
    let letters = [
        (Series::Three, "A", &mate.a),
        (Series::One, "C", &mate.c),
        (Series::Two, "G", &mate.g),
        (Series::Four, "T", &mate.t),
        (Series::Quiet, "N", &mate.n),
    ];
    let highest = letters.iter().flat_map(|(.., shares)| *shares).fold(0.4, |high: f64, &one| high.max(one));
    let head = [names.cycle, "A", "C", "G", "T", "N"];
    let row = |cycle: usize| {
        let shares = letters.iter().map(|(.., shares)| number.percent(shares[cycle], 2));
        [(cycle + 1).to_string()].into_iter().chain(shares).collect()
    };
    let mate_name = (names.mate)(mate.mate);
    Chart {
        id: format!("content-{}", mate.mate),
        title: (names.content)(&mate_name),
        summary: names.content_says.to_owned(),
        x: cycle_axis(mate.a.len(), names.cycle),
        y: Axis::up_to(highest, 4, names.share_of_bases, |at| number.percent(at, 0)),
        marks: letters.iter().map(|(series, _, shares)| Mark::Line(*series, by_cycle(shares))).collect(),
        legend: letters.iter().map(|(series, letter, _)| (*series, (*letter).to_owned())).collect(),
        table: Table::new(head).with((0..mate.a.len()).map(row)),
        frame: Frame::HALF,
    }
}

fn by_cycle(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(cycle, &value)| ((cycle + 1) as f64, value)).collect()
}

fn cycle_axis(cycles: usize, title: &str) -> Axis {
    Axis::between(1.0, cycles.max(2) as f64, 6, title, |at| format!("{at:.0}"))
}

fn read_groups(Source { metrics, words, .. }: Source<'_>) -> Markup {
    let (number, names) = (&words.number, &words.reads);
    let share = |share: Option<f64>| or_none(share, |share| number.percent(share, 2));
    let rows = metrics.read_groups.iter().flatten().map(|group| {
        let reads = &group.reads;
        vec![
            group.read_group.clone(),
            group.library.clone(),
            number.count(reads.reads),
            number.bases(reads.bases as f64),
            or_none(reads.mean_length, |length| number.short(length, 1)),
            share(reads.q30_fraction),
            share(reads.gc_fraction),
        ]
    });
    html! {
        div class="card wide" {
            h3 { (names.read_groups) }
            p class="say" { (names.read_groups_say) }
            (Table::new(names.group_head).with(rows).draw())
        }
    }
}
