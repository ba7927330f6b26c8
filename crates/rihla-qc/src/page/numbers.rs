//! Numbers as people of a language write them.

use crate::verdict::{Gate, Unit};

/// A blank at which no line is broken.
const BLANK: char = '\u{a0}';
/// What is shown where there is no number.
pub const NONE: &str = "\u{2013}";

/// How a language writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberForm {
    /// Before the decimals.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
    /// The letter of bytes, behind a prefix.
    pub byte: &'static str,
}

impl NumberForm {
    /// A whole number.
    #[must_use]
    pub fn count(&self, count: u64) -> String {
        self.grouped(&count.to_string())
    }

    /// A number of so many decimals.
    #[must_use]
    pub fn fixed(&self, value: f64, decimals: usize) -> String {
        let text = format!("{:.decimals$}", value.abs());
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
        let whole = self.grouped(whole);
        if rest.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}{}{rest}", self.decimal)
        }
    }

    /// A number of so many decimals at most, without zeros at its end.
    #[must_use]
    pub fn short(&self, value: f64, decimals: usize) -> String {
        let text = self.fixed(value, decimals);
        match text.contains(self.decimal) {
            true => text.trim_end_matches('0').trim_end_matches(self.decimal).to_owned(),
            false => text,
        }
    }

    /// A share, 0 to 1, in percent of so many decimals at most.
    #[must_use]
    pub fn percent(&self, share: f64, decimals: usize) -> String {
        // What is not all is not shown as all.
        let is_all =
            |decimals: usize| share < 1.0 && format!("{:.decimals$}", 100.0 * share).starts_with("100");
        let decimals = (decimals..decimals + 4).find(|&decimals| !is_all(decimals)).unwrap_or(decimals);
        format!("{}{BLANK}%", self.short(100.0 * share, decimals))
    }

    /// How many times.
    #[must_use]
    pub fn times(&self, times: f64, decimals: usize) -> String {
        format!("{}\u{d7}", self.short(times, decimals))
    }

    /// Of three digits at most and a prefix: 1.23 M.
    #[must_use]
    pub fn brief(&self, value: f64) -> String {
        let (scaled, prefix) = prefixed(value);
        if prefix.is_empty() {
            self.short(scaled, 2)
        } else {
            format!("{}{BLANK}{prefix}", self.short(scaled, 2))
        }
    }

    /// Bases, with a prefix: 1.23 Gb.
    #[must_use]
    pub fn bases(&self, bases: f64) -> String {
        let (scaled, prefix) = prefixed(bases);
        let number = if prefix.is_empty() { self.fixed(scaled, 0) } else { self.digits(scaled) };
        format!("{number}{BLANK}{prefix}b")
    }

    /// Bytes, with a prefix: 1.23 GB.
    #[must_use]
    pub fn bytes(&self, bytes: u64) -> String {
        let (scaled, prefix) = prefixed(bytes as f64);
        let number = if prefix.is_empty() { self.fixed(scaled, 0) } else { self.digits(scaled) };
        format!("{number}{BLANK}{prefix}{}", self.byte)
    }

    /// A time: 12.3 s, or in minutes or hours.
    #[must_use]
    pub fn seconds(&self, seconds: f64) -> String {
        let whole = seconds.round() as u64;
        match whole {
            0..60 => format!("{}{BLANK}s", self.fixed(seconds, 1)),
            60..3600 => format!("{}{BLANK}min{BLANK}{:02}{BLANK}s", whole / 60, whole % 60),
            _ => format!("{}{BLANK}h{BLANK}{:02}{BLANK}min", self.count(whole / 3600), whole / 60 % 60),
        }
    }

    /// The number of a gate.
    #[must_use]
    pub fn of_gate(&self, gate: Gate, value: f64) -> String {
        match gate.unit() {
            Unit::Share => self.percent(value, 2),
            Unit::Fold => self.times(value, 1),
            Unit::Bases => self.short(value, 1),
            Unit::Ratio | Unit::Match => self.short(value, 3),
        }
    }

    /// The same with all of its decimals, for columns of numbers.
    #[must_use]
    pub fn of_gate_in_full(&self, gate: Gate, value: f64) -> String {
        match gate.unit() {
            Unit::Share if value < 1.0 && value > 0.9999 => self.percent(value, 2),
            Unit::Share => format!("{}{BLANK}%", self.fixed(100.0 * value, 2)),
            Unit::Fold => format!("{}\u{d7}", self.fixed(value, 1)),
            Unit::Bases => self.fixed(value, 0),
            Unit::Ratio | Unit::Match => self.fixed(value, 2),
        }
    }

    /// Three digits.
    fn digits(&self, value: f64) -> String {
        let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
        self.fixed(value, decimals)
    }

    fn grouped(&self, digits: &str) -> String {
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        text
    }
}

/// A number below a thousand and the prefix that stands for the rest.
fn prefixed(value: f64) -> (f64, &'static str) {
    let steps = [(999.5e9, 1e12, "T"), (999.5e6, 1e9, "G"), (999.5e3, 1e6, "M"), (999.5, 1e3, "k")];
    let step = steps.into_iter().find(|(least, ..)| value.abs() >= *least);
    step.map_or((value, ""), |(_, unit, prefix)| (value / unit, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::words::{ENGLISH, FRENCH};

    #[test]
    fn numbers_of_each_language() {
        let (en, fr) = (ENGLISH.number, FRENCH.number);
        assert_eq!(
            (en.count(1_234_567), fr.count(1_234_567)),
            ("1,234,567".into(), "1\u{202f}234\u{202f}567".into())
        );
        assert_eq!((en.fixed(1234.5, 2), fr.fixed(1234.5, 2)), ("1,234.50".into(), "1\u{202f}234,50".into()));
        assert_eq!(
            (en.percent(0.98234, 2), fr.percent(0.98, 2)),
            ("98.23\u{a0}%".into(), "98\u{a0}%".into())
        );
        assert_eq!(
            (en.bytes(2_340_000), fr.bytes(2_340_000)),
            ("2.34\u{a0}MB".into(), "2,34\u{a0}Mo".into())
        );
    }

    #[test]
    fn rounding_does_not_make_odd_numbers() {
        let en = ENGLISH.number;
        assert_eq!(en.fixed(-0.001, 2), "0.00");
        assert_eq!(
            (en.percent(0.999_976, 2), en.percent(1.0, 2)),
            ("99.998\u{a0}%".into(), "100\u{a0}%".into())
        );
        assert_eq!(en.fixed(-2.0, 0), "\u{2212}2");
        assert_eq!((en.short(10.0, 2), en.short(100.0, 0)), ("10".to_owned(), "100".to_owned()));
        assert_eq!(en.brief(999_600.0), "1\u{a0}M");
        assert_eq!((en.brief(9.5), en.brief(0.0)), ("9.5".to_owned(), "0".to_owned()));
        assert_eq!(en.bases(92_300_000_000.0), "92.3\u{a0}Gb");
        assert_eq!(
            (en.seconds(59.44), en.seconds(61.0)),
            ("59.4\u{a0}s".into(), "1\u{a0}min\u{a0}01\u{a0}s".into())
        );
        assert_eq!(en.seconds(7_260.0), "2\u{a0}h\u{a0}01\u{a0}min");
        assert_eq!(en.of_gate(Gate::MeanDepth, 12.34), "12.3\u{d7}");
        assert_eq!(
            (en.of_gate(Gate::MeanDepth, 28.0), en.of_gate_in_full(Gate::MeanDepth, 28.0)),
            ("28\u{d7}".into(), "28.0\u{d7}".into())
        );
        assert_eq!(en.of_gate_in_full(Gate::Mapped, 0.27), "27.00\u{a0}%");
        assert_eq!(en.of_gate_in_full(Gate::Mapped, 0.999_976), "99.998\u{a0}%");
    }
}
