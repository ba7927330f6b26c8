//! The run on its machine: the one section that differs from run to run.

use maud::{Markup, html};

use super::provenance::files;
use super::{Source, facts, or_none};
use crate::manifest::Manifest;
use crate::page::chart::{Axis, Chart, Frame, Mark, Series};
use crate::page::table::Table;
use crate::page::words::Words;
use crate::report::Timing;

/// What the names of files end with that cannot be known to the page, or are the page.
const OWN: [&str; 2] = [".report.html", ".manifest.json"];

/// The section; `None` where no times are known.
pub fn section(source: Source<'_>) -> Option<Markup> {
    let Source { metrics, manifest, words } = source;
    let timing = metrics.timing.as_ref()?;
    Some(html! {
        div class="grid" {
            (stages(timing, words).card(words))
            div class="card" {
                h3 { (words.run.machine) }
                (facts(&machine(timing, manifest, words)))
            }
        }
        @if let Some(manifest) = manifest {
            div class="card" {
                h3 { (words.run.arguments) }
                pre tabindex="0" { code { (manifest.arguments.join(" ")) } }
            }
            div class="card" {
                h3 { (words.run.outputs) }
                (files(manifest.outputs.iter().filter(|file| !OWN.iter().any(|end| file.path.ends_with(end))), words))
            }
        }
    })
}

fn stages(timing: &Timing, words: &Words) -> Chart {
    let (number, names) = (words.number, &words.run);
    let stages = &timing.stages;
    let seconds = |seconds: Option<f64>| or_none(seconds, |seconds| number.seconds(seconds));
    let all = stages.iter().flat_map(|stage| [Some(stage.wall_seconds), stage.cpu_seconds]).flatten();
    let highest = all.fold(0.0, f64::max);
    let bars = |from: f64, of: fn(&crate::report::Stage) -> Option<f64>| {
        let bar = |(i, stage): (usize, &crate::report::Stage)| {
            Some((i as f64 + from, i as f64 + from + 0.3, of(stage)?))
        };
        stages.iter().enumerate().filter_map(bar).collect()
    };
    let row = |stage: &crate::report::Stage| {
        vec![stage.name.clone(), seconds(Some(stage.wall_seconds)), seconds(stage.cpu_seconds)]
    };
    let total = vec![names.whole.to_owned(), seconds(Some(timing.wall_seconds)), seconds(timing.cpu_seconds)];
    Chart {
        id: "stages".to_owned(),
        title: names.stages.to_owned(),
        summary: (names.stages_say)(&number.seconds(timing.wall_seconds), &seconds(timing.cpu_seconds)),
        x: Axis::named(stages.iter().map(|stage| stage.name.clone()), ""),
        y: Axis::up_to(highest, 4, names.seconds, |at| number.short(at, 1)),
        marks: vec![
            Mark::Bars(Series::One, bars(0.18, |stage| Some(stage.wall_seconds))),
            Mark::Bars(Series::Two, bars(0.52, |stage| stage.cpu_seconds)),
        ],
        legend: vec![(Series::One, names.wall.to_owned()), (Series::Two, names.cpu.to_owned())],
        table: Table::new(names.stage_head).with(stages.iter().map(row)).with([total]),
        frame: Frame::HALF,
    }
}

fn machine<'a>(timing: &Timing, manifest: Option<&Manifest>, words: &'a Words) -> Vec<(&'a str, String)> {
    let (number, names) = (words.number, &words.run);
    let mut facts = vec![
        (names.threads, number.count(timing.threads as u64)),
        (names.memory, or_none(timing.peak_memory_bytes, |bytes| number.bytes(bytes))),
    ];
    if let Some(run) = manifest.map(|manifest| &manifest.run) {
        facts.extend([
            (names.memory_limit, number.bytes(run.memory_limit_bytes)),
            (names.temporary, number.bytes(run.temporary_bytes)),
            (names.platform, run.platform.clone()),
            (names.processor, or_none(run.cpu.clone(), |cpu| cpu)),
            (names.kernels, run.simd.clone()),
            (names.started, run.started.clone()),
        ]);
    }
    facts
}
