//! What is thought of the sample, gate by gate.

use maud::{Markup, html};

use super::bullet::bullet;
use super::{Source, or_none};
use crate::page::mark::{class, icon, pill};
use crate::page::words::Words;
use crate::verdict::{Gate, GateVerdict, Outcome, SampleVerdict};

/// The section.
pub fn section(source: Source<'_>) -> Markup {
    let Source { metrics, words, .. } = source;
    html! {
        @match &metrics.verdict {
            Some(verdict) => (hero(verdict, words)),
            None => p class="hero open" { (words.verdict.none) },
        }
        (tiles(source))
        @if let Some(verdict) = &metrics.verdict { (gates(verdict, words)) }
    }
}

fn hero(verdict: &SampleVerdict, words: &Words) -> Markup {
    let outcome = verdict.outcome;
    let reasons = [Outcome::Fail, Outcome::Warn].into_iter().flat_map(|outcome| verdict.those(outcome));
    let reasons: Vec<&GateVerdict> = reasons.collect();
    let count = |outcome| verdict.those(outcome).count();
    html! {
        div class={ "hero " (class(outcome)) } {
            p class="word" { (icon(outcome)) strong { (words.outcome(outcome)) } }
            div {
                p class="lead" {
                    ((words.verdict.counts)([
                        count(Outcome::Fail), count(Outcome::Warn), count(Outcome::Pass), count(Outcome::NotChecked),
                    ]))
                }
                @if !reasons.is_empty() {
                    ul {
                        @for gate in reasons {
                            li { (icon(gate.outcome)) span { (words.outcome(gate.outcome)) ": " (gate.reason_in(words)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The numbers that everybody asks for.
fn tiles(Source { metrics, words, .. }: Source<'_>) -> Markup {
    let (number, names) = (&words.number, &words.tiles);
    let share = |share: Option<f64>| or_none(share, |share| number.percent(share, 2));
    let variants = metrics.variants.as_ref();
    let indels = variants.map(|variants| variants.insertions + variants.deletions);
    let tiles = [
        (names.r#yield, or_none(metrics.reads.bases, |bases| number.bases(bases as f64))),
        (names.q30, share(metrics.reads.q30_fraction)),
        (names.mapped, share(metrics.reads.mapped_fraction)),
        (names.duplicates, share(metrics.reads.duplicate_fraction)),
        (
            names.depth,
            or_none(metrics.coverage.mean_depth, |depth| number.of_gate_in_full(Gate::MeanDepth, depth)),
        ),
        (names.at_20x, share(metrics.coverage.fraction_20x)),
        (names.snps, or_none(variants.map(|variants| variants.snps), |count| number.count(count))),
        (names.indels, or_none(indels, |count| number.count(count))),
    ];
    html! {
        dl class="tiles" { @for (name, value) in tiles { div { dt { (name) } dd { (value) } } } }
    }
}

fn gates(verdict: &SampleVerdict, words: &Words) -> Markup {
    let names = &words.verdict;
    html! {
        div class="card" {
            h3 { (names.gates) }
            p class="say" { ((names.limits_of)(&verdict.limits)) }
            table class="gates" {
                thead {
                    tr {
                        th scope="col" { (names.gate) }
                        th scope="col" { (names.value) }
                        th scope="col" aria-hidden="true" {}
                        th scope="col" { (names.limits) }
                        th scope="col" { (names.outcome) }
                    }
                }
                tbody { @for gate in &verdict.gates { (row(gate, words)) } }
            }
        }
    }
}

fn row(gate: &GateVerdict, words: &Words) -> Markup {
    let number = &words.number;
    let limits = gate.limits.unwrap_or_default();
    let is_open = gate.outcome == Outcome::NotChecked;
    let [fail_below, warn_below, warn_above, fail_above] =
        limits.in_order().map(|limit| limit.map(|limit| number.of_gate(gate.gate, limit)));
    let named = [
        (Outcome::Warn, words.verdict.below, warn_below),
        (Outcome::Fail, words.verdict.below, fail_below),
        (Outcome::Warn, words.verdict.above, warn_above),
        (Outcome::Fail, words.verdict.above, fail_above),
    ];
    let named: Vec<String> = named
        .into_iter()
        .filter_map(|(outcome, side, limit)| Some(format!("{} {side} {}", words.outcome(outcome), limit?)))
        .collect();
    html! {
        tr class={ "gate " (class(gate.outcome)) } {
            th scope="row" { (words.gate(gate.gate)) small { (words.about(gate.gate)) } }
            td class="value" { (or_none(gate.value, |value| number.of_gate_in_full(gate.gate, value))) }
            td class="picture" aria-hidden="true" { (bullet(gate.gate, &limits, gate.value)) }
            td class="limits" {
                @if is_open || named.is_empty() { (gate.reason_in(words)) } @else { (named.join(" \u{b7} ")) }
            }
            td class="outcome" { (pill(gate.outcome, words)) }
        }
    }
}
