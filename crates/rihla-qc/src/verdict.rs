//! The verdict on a sample: PASS, WARN or FAIL for each gate, by limits that a laboratory can edit. `docs/verdicts.md`
//! explains every gate.

mod finding;
mod gate;
mod limits;
mod measured;

use serde::{Deserialize, Serialize};

use crate::page::words::{ENGLISH, Words};
use crate::report::RunMetrics;
pub use finding::Finding;
pub use gate::{Gate, Outcome, Unit};
pub use limits::{LimitError, LimitSet, Limits};
use measured::Measured;

/// What is thought of a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleVerdict {
    /// The worst of the gates.
    pub outcome: Outcome,
    /// Name of the limits.
    pub limits: String,
    /// Each gate, in the order of [`Gate::ALL`].
    pub gates: Vec<GateVerdict>,
}

/// What comes of one gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateVerdict {
    /// Which.
    pub gate: Gate,
    /// In a word.
    pub outcome: Outcome,
    /// Its number, where it has one.
    pub value: Option<f64>,
    /// Its limits, where it has some.
    pub limits: Option<Limits>,
    /// How the number lies to the limits, or why it was not compared with them.
    pub finding: Finding,
    /// The same in words.
    pub reason: String,
}

impl SampleVerdict {
    /// Judges a sample.
    #[must_use]
    pub fn of(metrics: &RunMetrics, limits: &LimitSet) -> Self {
        let judge = |gate: Gate| GateVerdict::of(gate, metrics, limits.gates.get(&gate).copied());
        let gates: Vec<GateVerdict> = Gate::ALL.into_iter().map(judge).collect();
        let outcome = gates.iter().map(|gate| gate.outcome).max().unwrap_or(Outcome::NotChecked);
        Self { outcome, limits: limits.name.clone(), gates }
    }

    /// The gates of this outcome.
    pub fn those(&self, outcome: Outcome) -> impl Iterator<Item = &GateVerdict> {
        self.gates.iter().filter(move |gate| gate.outcome == outcome)
    }

    /// In one line: what is wrong, the worst first; else how much was checked.
    #[must_use]
    pub fn headline(&self) -> String {
        let of = |outcome: Outcome| {
            let reasons: Vec<&str> = self.those(outcome).map(|gate| gate.reason.as_str()).collect();
            (!reasons.is_empty()).then(|| format!("{}: {}", outcome.word(), reasons.join("; ")))
        };
        let wrong: Vec<String> = [Outcome::Fail, Outcome::Warn].into_iter().filter_map(of).collect();
        if !wrong.is_empty() {
            return wrong.join("; ");
        }
        let count = |outcome| self.those(outcome).count();
        let (passed, open) = (count(Outcome::Pass), count(Outcome::NotChecked));
        format!("{}: {passed} gates pass, {open} are not checked", self.outcome.word())
    }
}

impl GateVerdict {
    fn of(gate: Gate, metrics: &RunMetrics, limits: Option<Limits>) -> Self {
        let measured = Measured::of(gate, metrics);
        let value = match &measured {
            Measured::Number { value, .. } => Some(*value),
            _ => None,
        };
        let (outcome, finding) = match limits {
            None => (Outcome::NotChecked, Finding::NoLimit),
            Some(limits) => judged(measured, &limits),
        };
        let mut verdict = Self { gate, outcome, value, limits, finding, reason: String::new() };
        verdict.reason = plain(&verdict.reason_in(&ENGLISH));
        verdict
    }

    /// The reason in the words of a language.
    #[must_use]
    pub fn reason_in(&self, words: &Words) -> String {
        let value = self.value.map_or_else(String::new, |value| words.number.of_gate(self.gate, value));
        words.reason(self.gate, &value, &self.finding)
    }
}

fn judged(measured: Measured, limits: &Limits) -> (Outcome, Finding) {
    match measured {
        Measured::Missing(finding) => (Outcome::NotChecked, finding),
        Measured::Agrees => (Outcome::Pass, Finding::Agrees),
        Measured::Differs { stated, found } => {
            (limits.mismatch.unwrap_or(Outcome::Fail), Finding::Differs { stated, found })
        }
        Measured::SomebodyElse { expected, is_related } => {
            (limits.mismatch.unwrap_or(Outcome::Fail), Finding::SomebodyElse { expected, is_related })
        }
        Measured::Number { count: Some(count), .. }
            if limits.min_count.is_some_and(|least| count < least) =>
        {
            (Outcome::NotChecked, Finding::TooFew { count, wanted: limits.min_count.unwrap_or(0) })
        }
        Measured::Number { value, .. } => by_number(value, limits),
    }
}

fn by_number(value: f64, limits: &Limits) -> (Outcome, Finding) {
    let below = |limit: Option<f64>| limit.filter(|&limit| value < limit);
    let above = |limit: Option<f64>| limit.filter(|&limit| value > limit);
    let [fail_below, warn_below, warn_above, fail_above] = limits.in_order();
    if let Some(limit) = below(fail_below) {
        (Outcome::Fail, Finding::Below { limit, of: Outcome::Fail })
    } else if let Some(limit) = above(fail_above) {
        (Outcome::Fail, Finding::Above { limit, of: Outcome::Fail })
    } else if let Some(limit) = below(warn_below) {
        (Outcome::Warn, Finding::Below { limit, of: Outcome::Warn })
    } else if let Some(limit) = above(warn_above) {
        (Outcome::Warn, Finding::Above { limit, of: Outcome::Warn })
    } else {
        (Outcome::Pass, Finding::Within)
    }
}

/// Text for terminals and JSON: blanks that are blanks, and no signs beyond ASCII where one will do.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{d7}', "x").replace('\u{2212}', "-")
}

#[cfg(test)]
mod tests;
