//! The page of one sample.

mod alignment;
mod bullet;
mod checks;
mod coverage;
mod provenance;
mod reads;
mod run;
mod variants;
mod verdict;

use maud::{Markup, html};

use super::chart::Chart;
use super::shell::Shell;
use super::words::{Language, Words};
use crate::manifest::Manifest;
use crate::report::RunMetrics;

/// What the sections are made of.
#[derive(Clone, Copy)]
struct Source<'a> {
    metrics: &'a RunMetrics,
    manifest: Option<&'a Manifest>,
    words: &'a Words,
}

/// The page of a sample. What depends on the machine and the hour is in its last section alone; all else follows from
/// inputs and options.
#[must_use]
pub fn sample_page(metrics: &RunMetrics, manifest: Option<&Manifest>, language: Language) -> String {
    let words = language.words();
    let source = Source { metrics, manifest, words };
    let names = &words.sections;
    let sections = [
        ("verdict", names.verdict, Some(verdict::section(source))),
        ("reads", names.reads, reads::section(source)),
        ("alignment", names.alignment, Some(alignment::section(source))),
        ("coverage", names.coverage, coverage::section(source)),
        ("checks", names.checks, checks::section(source)),
        ("variants", names.variants, variants::section(source)),
        ("provenance", names.provenance, Some(provenance::section(source))),
        ("run", names.run, run::section(source)),
    ];
    let there: Vec<_> =
        sections.into_iter().filter_map(|(id, name, content)| Some((id, name, content?))).collect();
    let program = format!("{} {}", metrics.program.name, metrics.program.version);
    let shell = Shell {
        title: &format!("{} \u{b7} {}", metrics.sample, words.general.sample_report),
        header: html! {
            p class="kind" { (words.general.sample_report) }
            h1 { (metrics.sample) }
            p class="sub" { (subtitle(source)) }
        },
        sections: there.iter().map(|(id, name, _)| (*id, *name)).collect(),
        main: html! {
            @for (id, name, content) in &there {
                section id=(id) aria-labelledby={ (id) "-name" } {
                    h2 id={ (id) "-name" } { (name) }
                    (content)
                }
            }
        },
        program,
        is_wide: false,
    };
    shell.page(words)
}

/// How much of what: reads, and the reference where it is known.
fn subtitle(Source { metrics, manifest, words }: Source<'_>) -> String {
    let reads = (words.general.reads)(&words.number.count(metrics.reads.total));
    match manifest.and_then(|manifest| manifest.reference.path.rsplit(['/', '\\']).next()) {
        Some(reference) => format!("{reads} \u{b7} {reference}"),
        None => reads,
    }
}

/// Cards side by side.
fn cards(charts: impl IntoIterator<Item = Chart>, words: &Words) -> Markup {
    html! { @for chart in charts { (chart.card(words)) } }
}

/// A number, or a dash.
fn or_none<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| super::numbers::NONE.to_owned(), text)
}

/// Names and what they stand for.
fn facts(pairs: &[(&str, String)]) -> Markup {
    html! {
        dl class="facts" { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } }
    }
}
