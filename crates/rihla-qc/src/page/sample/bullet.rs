//! Where the number of a gate lies among its limits, as a small picture.

use maud::{Markup, html};

use crate::page::chart::Axis;
use crate::page::mark::class;
use crate::verdict::{Gate, Limits, Outcome, Unit};

const WIDTH: f64 = 150.0;
const HEIGHT: f64 = 16.0;
/// How far the picture reaches beyond the outermost limit, of their distance.
const MARGIN: f64 = 0.45;

/// The picture; nothing where there are no limits to numbers. The table beside it says the same in words.
#[must_use]
pub fn bullet(gate: Gate, limits: &Limits, value: Option<f64>) -> Markup {
    let given: Vec<f64> = limits.in_order().into_iter().flatten().collect();
    let Some((&lowest, &highest)) = given.first().zip(given.last()) else { return html! {} };
    let ends = value.map_or((lowest, highest), |value| (lowest.min(value), highest.max(value)));
    let distance = (ends.1 - ends.0).max(0.25 * highest);
    let low = (ends.0 - MARGIN * distance).max(0.0);
    let high = ends.1 + MARGIN * distance;
    let high = if gate.unit() == Unit::Share { high.min(1.0) } else { high };
    let scale = Axis::between(low, high, 1, "", |_| String::new());
    let at = |value: f64| scale.place(value) * WIDTH;
    html! {
        svg class="bullet" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-hidden="true" {
            @for (outcome, from, to) in zones(limits, low, high) {
                rect class=(class(outcome)) x=(round(at(from))) y="5" height="6" width=(round(at(to) - at(from))) {}
            }
            @if let Some(value) = value {
                path class="needle" d={ "M" (round(at(value))) " 1V15" } {}
            }
        }
    }
}

/// The stretches between limits and what a number in them comes to.
fn zones(limits: &Limits, low: f64, high: f64) -> Vec<(Outcome, f64, f64)> {
    let [fail_below, warn_below, warn_above, fail_above] = limits.in_order();
    // A limit that is not given is that of the zone inside of it, or the end.
    let fail_to = fail_below.unwrap_or(low);
    let warn_to = warn_below.unwrap_or(fail_to);
    let fail_from = fail_above.unwrap_or(high);
    let warn_from = warn_above.unwrap_or(fail_from);
    let zones = [
        (Outcome::Fail, low, fail_to),
        (Outcome::Warn, fail_to, warn_to),
        (Outcome::Pass, warn_to, warn_from),
        (Outcome::Warn, warn_from, fail_from),
        (Outcome::Fail, fail_from, high),
    ];
    zones.into_iter().filter(|(_, from, to)| to > from).collect()
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_lie_between_limits() {
        let limits = Limits { fail_below: Some(15.0), warn_below: Some(25.0), ..Limits::default() };
        let expected =
            [(Outcome::Fail, 10.0, 15.0), (Outcome::Warn, 15.0, 25.0), (Outcome::Pass, 25.0, 40.0)];
        assert_eq!(zones(&limits, 10.0, 40.0), expected);
        let limits = Limits { warn_above: Some(0.2), ..Limits::default() };
        assert_eq!(zones(&limits, 0.0, 1.0), [(Outcome::Pass, 0.0, 0.2), (Outcome::Warn, 0.2, 1.0)]);
    }

    #[test]
    fn a_number_far_off_is_on_the_picture() {
        let limits = Limits { fail_below: Some(15.0), ..Limits::default() };
        let picture = bullet(Gate::MeanDepth, &limits, Some(900.0)).into_string();
        assert!(picture.contains("needle") && picture.contains("class=\"fail\""), "{picture}");
        assert_eq!(bullet(Gate::Sex, &Limits::default(), None).into_string(), "");
    }
}
