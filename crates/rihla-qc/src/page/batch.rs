//! The page of many samples: each beside the others.

mod spread;

use std::cmp::Reverse;

use maud::{Markup, html};

use super::mark::{class, icon, pill};
use super::numbers::NONE;
use super::shell::Shell;
use super::words::{Language, Words};
use crate::report::{Program, RunMetrics};
use crate::verdict::{Gate, GateVerdict, Outcome, Unit};
use spread::{FEWEST, Side, Spread};

/// A sample of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchEntry {
    /// What was counted, and what is thought of it.
    pub metrics: RunMetrics,
    /// Its own page, as an address relative to the batch's page; where there is one.
    pub link: Option<String>,
}

impl BatchEntry {
    fn outcome(&self) -> Outcome {
        self.metrics.verdict.as_ref().map_or(Outcome::NotChecked, |verdict| verdict.outcome)
    }

    fn gate(&self, gate: Gate) -> Option<&GateVerdict> {
        self.metrics.verdict.as_ref()?.gates.iter().find(|found| found.gate == gate)
    }

    fn value(&self, gate: Gate) -> Option<f64> {
        self.gate(gate)?.value
    }
}

/// The page of these samples, the worst first, then by name. `program` is what makes the page.
#[must_use]
pub fn batch_page(mut entries: Vec<BatchEntry>, program: &Program, language: Language) -> String {
    entries.sort_by(|one, two| {
        let key = |entry: &BatchEntry| Reverse(entry.outcome());
        key(one).cmp(&key(two)).then_with(|| one.metrics.sample.cmp(&two.metrics.sample))
    });
    let words = language.words();
    let batch = Batch::new(&entries, words);
    let shell = Shell {
        title: &format!("{} \u{b7} {}", (words.batch.title)(entries.len()), words.general.batch_report),
        header: html! {
            p class="kind" { (words.general.batch_report) }
            h1 { ((words.batch.title)(entries.len())) }
        },
        sections: vec![
            ("verdict", words.sections.verdict),
            ("samples", words.batch.samples),
            ("spread", words.batch.spread),
        ],
        main: html! {
            section id="verdict" aria-labelledby="verdict-name" {
                h2 id="verdict-name" { (words.sections.verdict) }
                (batch.hero())
            }
            section id="samples" aria-labelledby="samples-name" {
                h2 id="samples-name" { (words.batch.samples) }
                (batch.table())
            }
            section id="spread" aria-labelledby="spread-name" {
                h2 id="spread-name" { (words.batch.spread) }
                (batch.spreads())
            }
        },
        program: format!("{} {}", program.name, program.version),
        is_wide: true,
    };
    shell.page(words)
}

/// Samples in the order in which they are shown, and how they spread at each gate.
struct Batch<'a> {
    entries: &'a [BatchEntry],
    /// The gates that any sample has a number or an outcome at.
    gates: Vec<(Gate, Option<Spread>)>,
    words: &'a Words,
}

impl<'a> Batch<'a> {
    fn new(entries: &'a [BatchEntry], words: &'a Words) -> Self {
        let is_shown = |gate: &Gate| {
            let those = entries.iter().filter_map(|entry| entry.gate(*gate));
            those.clone().any(|found| found.outcome != Outcome::NotChecked || found.value.is_some())
        };
        let spread = |gate: Gate| Spread::of(entries.iter().filter_map(|entry| entry.value(gate)));
        let gates = Gate::ALL.into_iter().filter(is_shown).map(|gate| (gate, spread(gate))).collect();
        Self { entries, gates, words }
    }

    fn hero(&self) -> Markup {
        let worst = self.entries.iter().map(BatchEntry::outcome).max().unwrap_or(Outcome::NotChecked);
        let count = |outcome| self.entries.iter().filter(|entry| entry.outcome() == outcome).count();
        let counts = Outcome::WORST_FIRST.map(count);
        let all = self.entries.len().max(1) as f64;
        let mut from = 0.0;
        let parts = Outcome::WORST_FIRST.into_iter().zip(counts).map(|(outcome, count)| {
            let width = 100.0 * count as f64 / all;
            from += width;
            (outcome, from - width, width)
        });
        let parts: Vec<_> = parts.filter(|(.., width)| *width > 0.0).collect();
        html! {
            div class={ "hero " (class(worst)) } {
                p class="word" { (icon(worst)) strong { (self.outcome_word(worst)) } }
                div {
                    p class="lead" { ((self.words.batch.counts)(counts)) }
                    svg class="parts" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true" {
                        @for (outcome, from, width) in parts {
                            rect class=(class(outcome)) x=(format!("{from:.2}")) width=(format!("{width:.2}")) height="3" {}
                        }
                    }
                }
            }
        }
    }

    fn outcome_word(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::NotChecked => self.words.batch.not_judged,
            _ => self.words.outcome(outcome),
        }
    }

    fn table(&self) -> Markup {
        let words = self.words;
        html! {
            div class="card" {
                p class="say" {
                    (words.batch.samples_say)
                    @if self.entries.len() < FEWEST { " " (words.batch.too_few) }
                }
                div class="scroll" tabindex="0" role="group" aria-label=(words.batch.samples) {
                    table class="batch" {
                        thead {
                            tr {
                                th scope="col" { (words.batch.sample) }
                                th scope="col" { (words.batch.verdict) }
                                @for (gate, _) in &self.gates { th scope="col" { (words.gate(*gate)) } }
                                th scope="col" { (words.tiles.snps) }
                                th scope="col" { (words.tiles.indels) }
                            }
                        }
                        tbody { @for entry in self.entries { (self.row(entry)) } }
                    }
                }
            }
        }
    }

    fn row(&self, entry: &BatchEntry) -> Markup {
        let variants = entry.metrics.variants.as_ref();
        let count =
            |count: Option<u64>| count.map_or(NONE.to_owned(), |count| self.words.number.count(count));
        let sample = &entry.metrics.sample;
        html! {
            tr {
                th scope="row" {
                    @match &entry.link {
                        Some(link) => a href=(link) { (sample) },
                        None => (sample),
                    }
                }
                td {
                    @match &entry.metrics.verdict {
                        Some(verdict) => (pill(verdict.outcome, self.words)),
                        None => (self.words.batch.not_judged),
                    }
                }
                @for (gate, spread) in &self.gates { (self.cell(entry, *gate, spread.as_ref())) }
                td { (count(variants.map(|variants| variants.snps))) }
                td { (count(variants.map(|variants| variants.insertions + variants.deletions))) }
            }
        }
    }

    fn cell(&self, entry: &BatchEntry, gate: Gate, spread: Option<&Spread>) -> Markup {
        let words = self.words;
        let Some(found) = entry.gate(gate) else { return html! { td class="open" { (NONE) } } };
        let is_bad = found.outcome >= Outcome::Warn;
        let text = match found.value {
            Some(value) => words.number.of_gate_in_full(gate, value),
            None if gate.unit() == Unit::Match && found.outcome != Outcome::NotChecked => {
                words.outcome(found.outcome).to_owned()
            }
            None => NONE.to_owned(),
        };
        let side = spread.zip(found.value).and_then(|(spread, value)| spread.side(value));
        html! {
            td class=(class(found.outcome)) title=(found.reason_in(words)) {
                @if is_bad { (icon(found.outcome)) span class="unseen" { (words.outcome(found.outcome)) " " } }
                (text)
                @if let Some(side) = side { (self.side(side)) }
            }
        }
    }

    fn side(&self, side: Side) -> Markup {
        let (sign, meaning) = match side {
            Side::High => ("\u{25b2}", self.words.batch.outlier_high),
            Side::Low => ("\u{25bc}", self.words.batch.outlier_low),
        };
        html! { " " span class="outlier" aria-hidden="true" { (sign) } span class="unseen" { (meaning) } }
    }

    fn spreads(&self) -> Markup {
        let those = self.gates.iter().filter_map(|(gate, spread)| Some((*gate, spread.as_ref()?)));
        html! {
            div class="card" {
                p class="say" { (self.words.batch.spread_says) }
                div class="strips" { @for (gate, spread) in those { (self.strip(gate, spread)) } }
            }
        }
    }

    fn strip(&self, gate: Gate, spread: &Spread) -> Markup {
        let number = |value: f64| self.words.number.of_gate(gate, value);
        let says =
            (self.words.batch.range)(&number(spread.lowest), &number(spread.median), &number(spread.highest));
        let named = self.entries.iter().filter_map(|entry| {
            let value = entry.value(gate)?;
            let class = class(entry.gate(gate)?.outcome);
            Some((entry.metrics.sample.as_str(), value, class))
        });
        html! {
            div class="strip" {
                h3 { (self.words.gate(gate)) }
                (spread.draw(named, &format!("{}: {says}", self.words.gate(gate))))
                p { (says) }
            }
        }
    }
}
