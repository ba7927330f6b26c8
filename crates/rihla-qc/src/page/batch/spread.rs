//! How the samples of a batch spread at a gate, and which lie apart.

use maud::{Markup, html};

use crate::page::chart::Axis;

/// Fewest samples in which outliers are looked for.
pub const FEWEST: usize = 5;
/// So many median absolute deviations from the median, and further, lie outliers.
const FAR: f64 = 5.0;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 30.0;

/// The numbers of all samples at a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The lowest.
    pub lowest: f64,
    /// The one in the middle.
    pub median: f64,
    /// The highest.
    pub highest: f64,
    /// Median of the distances from the median; `None` where the samples are too few.
    deviation: Option<f64>,
}

/// Where an outlier lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Above the others.
    High,
    /// Below the others.
    Low,
}

impl Spread {
    /// Of these numbers; `None` where there is none.
    #[must_use]
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let median = middle(&values)?;
        let mut distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        distances.sort_by(f64::total_cmp);
        let deviation = middle(&distances).filter(|deviation| *deviation > 0.0 && values.len() >= FEWEST);
        Some(Self { lowest: values[0], median, highest: values[values.len() - 1], deviation })
    }

    /// On which side of the others a number lies, where it lies apart.
    #[must_use]
    pub fn side(&self, value: f64) -> Option<Side> {
        let distance = value - self.median;
        match distance.abs() > FAR * self.deviation? {
            false => None,
            true if distance > 0.0 => Some(Side::High),
            true => Some(Side::Low),
        }
    }

    /// Dots on a line: name, number and class of each; outliers are named.
    #[must_use]
    pub fn draw<'a>(&self, dots: impl Iterator<Item = (&'a str, f64, &'static str)>, name: &str) -> Markup {
        let margin = if self.highest > self.lowest { 0.06 * (self.highest - self.lowest) } else { 1.0 };
        let scale = Axis::between(self.lowest - margin, self.highest + margin, 1, "", |_| String::new());
        let at = |value: f64| format!("{:.1}", scale.place(value) * WIDTH);
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(name) {
                path class="axis" d={ "M0 20H" (WIDTH) } {}
                path class="rule" d={ "M" (at(self.median)) " 8V28" } {}
                @for (name, value, class) in dots {
                    circle class=(class) cx=(at(value)) cy="20" r="4.5" { title { (name) } }
                    @if self.side(value).is_some() {
                        @let is_right = scale.place(value) > 0.5;
                        text class="note" x=(at(value)) y="9" text-anchor=(if is_right { "end" } else { "start" }) { (name) }
                    }
                }
            }
        }
    }
}

/// The middle of sorted numbers, or half-way between the two that are there.
fn middle(sorted: &[f64]) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some((sorted[last / 2] + sorted[last.div_ceil(2)]) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_lie_apart_from_enough_others() {
        let spread = Spread::of([30.0, 31.0, 29.0, 30.5, 60.0, 12.0].into_iter()).expect("numbers");
        assert_eq!((spread.lowest, spread.median, spread.highest), (12.0, 30.25, 60.0));
        assert_eq!(
            (spread.side(60.0), spread.side(12.0), spread.side(31.0)),
            (Some(Side::High), Some(Side::Low), None)
        );
        let few = Spread::of([30.0, 31.0, 60.0].into_iter()).expect("numbers");
        assert_eq!(few.side(60.0), None);
        let same = Spread::of([1.0; 7].into_iter()).expect("numbers");
        assert_eq!(same.side(2.0), None, "nothing to measure distances by");
        assert_eq!(Spread::of([].into_iter()), None);
    }
}
