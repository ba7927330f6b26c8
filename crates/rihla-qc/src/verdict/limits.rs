//! Limits of the gates, as a laboratory writes them down in TOML.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::Spanned;

use super::gate::{Gate, Outcome, Unit};

/// The sets that come with the program: name and text.
const BUILT_IN: [(&str, &str); 2] =
    [("genome", include_str!("genome.toml")), ("targeted", include_str!("targeted.toml"))];

/// What is wrong with a file of limits.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct LimitError {
    /// Where, from 1.
    pub line: usize,
    /// What, and what would be right.
    pub problem: String,
}

/// Limits of some gates.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitSet {
    /// What it is called.
    pub name: String,
    /// By gate; one without limits is not checked.
    pub gates: BTreeMap<Gate, Limits>,
}

/// The limits of one gate. Values that equal a limit are within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// FAIL below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_below: Option<f64>,
    /// WARN below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_below: Option<f64>,
    /// WARN above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_above: Option<f64>,
    /// FAIL above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_above: Option<f64>,
    /// Variants that a ratio must be of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_count: Option<u64>,
    /// What comes of two things that should agree and do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mismatch: Option<Outcome>,
}

impl LimitSet {
    /// Names of the sets that come with the program.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The text of a set that comes with the program.
    #[must_use]
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// A set that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads them all.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        Self::built_in_text(name).map(|text| Self::parse(text).expect("built-in limits are sound"))
    }

    /// Reads a set.
    ///
    /// # Errors
    /// Damaged TOML, unknown keys, values of another type, limits that contradict each other: each with its line.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        let at =
            |span: Range<usize>, problem: String| LimitError { line: line_of(text, span.start), problem };
        let raw: RawSet = toml::from_str(text)
            .map_err(|error| at(error.span().unwrap_or(0..0), error.message().replace('\n', "; ")))?;
        let mut gates = BTreeMap::new();
        for (gate, raw) in raw.numbers() {
            if let Some(raw) = raw {
                let limits =
                    raw.get_ref().limits(gate, raw.span()).map_err(|(span, problem)| at(span, problem))?;
                gates.insert(gate, limits);
            }
        }
        for (gate, raw) in [(Gate::Sex, raw.sex), (Gate::Identity, raw.identity)] {
            if let Some(RawMatch { mismatch }) = raw {
                let mismatch = match mismatch {
                    Severity::Warn => Outcome::Warn,
                    Severity::Fail => Outcome::Fail,
                };
                gates.insert(gate, Limits { mismatch: Some(mismatch), ..Limits::default() });
            }
        }
        Ok(Self { name: raw.name, gates })
    }
}

impl Limits {
    /// The limits that numbers are compared with, from the lowest to the highest.
    #[must_use]
    pub const fn in_order(&self) -> [Option<f64>; 4] {
        [self.fail_below, self.warn_below, self.warn_above, self.fail_above]
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

/// A set as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSet {
    name: String,
    r#yield: Option<Spanned<RawLimits>>,
    q30: Option<Spanned<RawLimits>>,
    mapped: Option<Spanned<RawLimits>>,
    duplicates: Option<Spanned<RawLimits>>,
    insert_size: Option<Spanned<RawLimits>>,
    mean_depth: Option<Spanned<RawLimits>>,
    at_20x: Option<Spanned<RawLimits>>,
    evenness: Option<Spanned<RawLimits>>,
    contamination: Option<Spanned<RawLimits>>,
    sex: Option<RawMatch>,
    identity: Option<RawMatch>,
    ti_tv: Option<Spanned<RawLimits>>,
    het_hom: Option<Spanned<RawLimits>>,
    indel_ratio: Option<Spanned<RawLimits>>,
}

impl RawSet {
    /// The gates that have numbers.
    fn numbers(&self) -> [(Gate, Option<&Spanned<RawLimits>>); 12] {
        [
            (Gate::Yield, self.r#yield.as_ref()),
            (Gate::Q30, self.q30.as_ref()),
            (Gate::Mapped, self.mapped.as_ref()),
            (Gate::Duplicates, self.duplicates.as_ref()),
            (Gate::InsertSize, self.insert_size.as_ref()),
            (Gate::MeanDepth, self.mean_depth.as_ref()),
            (Gate::At20x, self.at_20x.as_ref()),
            (Gate::Evenness, self.evenness.as_ref()),
            (Gate::Contamination, self.contamination.as_ref()),
            (Gate::TiTv, self.ti_tv.as_ref()),
            (Gate::HetHom, self.het_hom.as_ref()),
            (Gate::IndelRatio, self.indel_ratio.as_ref()),
        ]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    fail_below: Option<Spanned<f64>>,
    warn_below: Option<Spanned<f64>>,
    warn_above: Option<Spanned<f64>>,
    fail_above: Option<Spanned<f64>>,
    min_count: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMatch {
    mismatch: Severity,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Warn,
    Fail,
}

impl RawLimits {
    /// What it says, once it is known to make sense; else what does not, and where.
    fn limits(&self, gate: Gate, table: Range<usize>) -> Result<Limits, (Range<usize>, String)> {
        let key = gate.key();
        let named = [
            ("fail_below", &self.fail_below),
            ("warn_below", &self.warn_below),
            ("warn_above", &self.warn_above),
            ("fail_above", &self.fail_above),
        ];
        let given = named.iter().filter_map(|(name, limit)| Some((*name, limit.as_ref()?)));
        let given: Vec<(&str, &Spanned<f64>)> = given.collect();
        if given.is_empty() {
            let problem = format!("[{key}] has no limit; give one, or leave the table out");
            return Err((table, problem));
        }
        for (name, limit) in &given {
            let value = *limit.get_ref();
            let is_share = gate.unit() == Unit::Share;
            if !value.is_finite() || value < 0.0 {
                return Err((limit.span(), format!("{key}.{name} is {value}; limits are 0 or more")));
            }
            if is_share && value > 1.0 {
                let problem = format!("{key}.{name} is {value}, but it is a share: 0 to 1, 0.95 for 95 %");
                return Err((limit.span(), problem));
            }
        }
        for pair in given.windows(2) {
            let [(one, low), (two, high)] = [pair[0], pair[1]];
            if low.get_ref() > high.get_ref() {
                let problem = format!(
                    "{key}: {one} is {}, which is more than {two}, {}; the order is fail_below, warn_below, \
                     warn_above, fail_above",
                    low.get_ref(),
                    high.get_ref()
                );
                return Err((later(low.span(), high.span()), problem));
            }
        }
        if let Some(count) = &self.min_count
            && gate.unit() != Unit::Ratio
        {
            let problem = format!("{key} has no min_count; ti_tv, het_hom and indel_ratio have one");
            return Err((count.span(), problem));
        }
        let value = |limit: &Option<Spanned<f64>>| limit.as_ref().map(|limit| *limit.get_ref());
        Ok(Limits {
            fail_below: value(&self.fail_below),
            warn_below: value(&self.warn_below),
            warn_above: value(&self.warn_above),
            fail_above: value(&self.fail_above),
            min_count: self.min_count.as_ref().map(|count| *count.get_ref()),
            mismatch: None,
        })
    }
}

/// Of two places the one that comes later.
fn later(one: Range<usize>, two: Range<usize>) -> Range<usize> {
    if two.start > one.start { two } else { one }
}

#[cfg(test)]
mod tests;
