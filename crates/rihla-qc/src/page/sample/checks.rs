//! Whether the sample is what it is said to be.

use maud::{Markup, html};

use super::{Source, facts, or_none};
use crate::contamination::Contamination;
use crate::copies::{CopyState, RegionCopies};
use crate::page::chart::{Axis, Chart, Frame, Mark, Series};
use crate::page::table::Table;

/// The section; `None` where nothing was looked at.
pub fn section(source: Source<'_>) -> Option<Markup> {
    let cards = [
        sex(source),
        origin(source),
        copies(source).map(|chart| chart.card(source.words)),
        homozygosity(source),
    ];
    let cards: Vec<Markup> = cards.into_iter().flatten().collect();
    (!cards.is_empty()).then(|| html! { div class="grid" { @for card in cards { (card) } } })
}

fn sex(Source { metrics, words, .. }: Source<'_>) -> Option<Markup> {
    let (number, names, sex) = (words.number, &words.checks, metrics.sex.as_ref()?);
    let word = |sex: &Option<String>| or_none(sex.as_deref(), |sex| words.sex(sex));
    let ratio = |ratio: Option<f64>| or_none(ratio, |ratio| number.fixed(ratio, 2));
    Some(html! {
        div class="card" {
            h3 { (names.sex) }
            p class="say" { (names.sex_says) }
            (facts(&[
                (names.stated, word(&sex.stated)),
                (names.inferred, word(&sex.inferred)),
                (names.x_depth, ratio(sex.x_depth_ratio)),
                (names.y_depth, ratio(sex.y_depth_ratio)),
            ]))
        }
    })
}

/// Contamination, and the fingerprint against the expected one.
fn origin(Source { metrics, words, .. }: Source<'_>) -> Option<Markup> {
    let (number, names, identity) = (words.number, &words.checks, metrics.identity.as_ref()?);
    let percent = |share: f64| number.percent(share, 2);
    let contamination = metrics.contamination.as_ref();
    let range = |found: &Contamination| format!("{} \u{2013} {}", percent(found.low), percent(found.high));
    let expected = identity.expected.as_ref();
    let [share, bounds, typed, het, whom, lod] = names.origin_names;
    Some(html! {
        div class="card" {
            h3 { (names.origin) }
            p class="say" { (names.origin_says) }
            (facts(&[
                (share, or_none(contamination, |found| percent(found.fraction))),
                (bounds, or_none(contamination, range)),
                (typed, number.count(identity.typed)),
                (het, or_none(identity.het_fraction, percent)),
                (whom, or_none(expected, |expected| expected.sample.clone())),
                (lod, or_none(expected, |expected| number.fixed(expected.lod, 2))),
            ]))
        }
    })
}

/// Copies of chromosomes and of regions that cultured cells gain or lose.
fn copies(Source { metrics, words, .. }: Source<'_>) -> Option<Chart> {
    let (number, names, ploidy) = (words.number, &words.checks, metrics.ploidy.as_ref()?);
    let all: Vec<&RegionCopies> = ploidy.chromosomes.iter().chain(&ploidy.regions).collect();
    let is_unusual = |one: &RegionCopies| !matches!(one.state, CopyState::Normal | CopyState::Open);
    let unusual: Vec<&str> = all.iter().filter(|one| is_unusual(one)).map(|one| one.name.as_str()).collect();
    let bars = |wanted: bool| {
        let those = all.iter().enumerate().filter(|(_, one)| is_unusual(one) == wanted);
        those.filter_map(|(i, one)| Some((i as f64 + 0.2, i as f64 + 0.8, one.copies?))).collect()
    };
    let highest = all.iter().filter_map(|one| one.copies).fold(3.0, f64::max);
    let name = |one: &&RegionCopies| match one.name.strip_prefix("chr") {
        Some(rest) if all.len() > 8 => rest.to_owned(),
        _ => one.name.clone(),
    };
    let row = |one: &&RegionCopies| {
        vec![
            one.name.clone(),
            or_none(one.copies, |copies| number.fixed(copies, 2)),
            or_none(one.expected, |expected| expected.to_string()),
            (names.state)(one.state).to_owned(),
        ]
    };
    Some(Chart {
        id: "copies".to_owned(),
        title: names.copies.to_owned(),
        summary: (names.copies_say)(&unusual.join(", ")),
        x: Axis::named(all.iter().map(name), ""),
        y: Axis::up_to(highest, 4, names.copies_axis, |at| number.short(at, 1)),
        marks: vec![
            Mark::Bars(Series::One, bars(false)),
            Mark::Bars(Series::Two, bars(true)),
            Mark::Level(2.0, String::new()),
        ],
        legend: vec![
            (Series::One, (names.state)(CopyState::Normal).to_owned()),
            (Series::Two, names.unusual.to_owned()),
        ],
        table: Table::new(names.copies_head).with(all.iter().map(row)),
        frame: Frame::WIDE,
    })
}

fn homozygosity(Source { metrics, words, .. }: Source<'_>) -> Option<Markup> {
    let (number, names, roh) = (words.number, &words.checks, metrics.roh.as_ref()?);
    let rows = roh.runs.iter().map(|run| {
        let length = run.end.saturating_sub(run.start);
        vec![format!("{}:{}-{}", run.contig, u64::from(run.start) + 1, run.end), number.bases(length.into())]
    });
    Some(html! {
        div class="card" {
            h3 { (names.roh) }
            p class="say" { (names.roh_says) }
            (facts(&[
                (names.roh_names[0], number.percent(roh.fraction, 2)),
                (names.roh_names[1], number.percent(roh.fraction_long, 2)),
                (names.roh_names[2], number.fixed(roh.hets_per_mb, 1)),
            ]))
            @if !roh.runs.is_empty() {
                (Table::new(names.roh_head).with(rows).details(&(words.chart.numbers_of)(names.roh)))
            }
        }
    })
}
