//! The axes of a chart: from values to places, and where ticks stand.

/// A scale with ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The lowest value.
    pub low: f64,
    /// The highest value, above the lowest.
    pub high: f64,
    /// What it shows.
    pub title: String,
    /// Ticks: values and labels.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From one value to another, with about so many ticks.
    #[must_use]
    pub fn between(low: f64, high: f64, ticks: u32, title: &str, label: impl Fn(f64) -> String) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let step = nice_step((high - low) / f64::from(ticks.max(1)));
        let first = (low / step).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let ticks = (first..=last).map(|i| i as f64 * step).map(|at| (at, label(at))).collect();
        Self { low, high, title: title.to_owned(), ticks }
    }

    /// From 0 to the tick that is not below a value.
    #[must_use]
    pub fn up_to(value: f64, ticks: u32, title: &str, label: impl Fn(f64) -> String) -> Self {
        let value = if value > 0.0 { value } else { 1.0 };
        let step = nice_step(value / f64::from(ticks.max(1)));
        Self::between(0.0, (value / step - 1e-9).ceil() * step, ticks, title, label)
    }

    /// As many equal parts as there are names, each named in its middle.
    #[must_use]
    pub fn named(names: impl IntoIterator<Item = String>, title: &str) -> Self {
        let ticks: Vec<(f64, String)> =
            names.into_iter().enumerate().map(|(i, name)| (i as f64 + 0.5, name)).collect();
        Self { low: 0.0, high: ticks.len().max(1) as f64, title: title.to_owned(), ticks }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end; values beyond an end lie at it.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below a number.
fn nice_step(least: f64) -> f64 {
    let mut power = 1.0;
    while power > least {
        power /= 10.0;
    }
    while power * 10.0 <= least {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(axis: &Axis) -> Vec<f64> {
        axis.ticks.iter().map(|(at, _)| *at).collect()
    }

    #[test]
    fn ticks_are_round_numbers_within_the_ends() {
        let text = |at: f64| format!("{at}");
        let axis = Axis::between(0.0, 150.0, 5, "cycle", text);
        assert_eq!(ticks(&axis), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(
            ticks(&Axis::between(-30.0, 30.0, 6, "", text)),
            [-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]
        );
        assert_eq!(ticks(&Axis::between(0.0, 0.0, 2, "", text)), [0.0, 0.5, 1.0]);
        assert_eq!(axis.ticks[1].1, "50");
    }

    #[test]
    fn an_axis_ends_at_a_tick() {
        let axis = Axis::up_to(1_234_567.0, 4, "", |_| String::new());
        assert_eq!((axis.high, ticks(&axis)), (1_500_000.0, vec![0.0, 500_000.0, 1_000_000.0, 1_500_000.0]));
        assert_eq!(Axis::up_to(0.0, 4, "", |_| String::new()).high, 1.0);
        assert_eq!(Axis::up_to(60.0, 3, "", |_| String::new()).high, 60.0);
    }

    #[test]
    fn places_stay_on_the_chart() {
        let axis = Axis::named(["a", "b"].map(str::to_owned), "");
        assert_eq!(ticks(&axis), [0.5, 1.5]);
        assert_eq!((axis.place(0.5), axis.place(-1.0), axis.place(9.0)), (0.25, 0.0, 1.0));
    }
}
