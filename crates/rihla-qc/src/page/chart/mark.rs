//! What is drawn on a chart.

use std::fmt::Write;

use maud::{Markup, html};

use super::axis::Axis;
use super::frame::Frame;

/// Colors, which a style sheet gives; what differs by color differs in its place or its dashes, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// The first, and usual.
    One,
    /// The second.
    Two,
    /// The third.
    Three,
    /// The fourth.
    Four,
    /// What matters least.
    Quiet,
}

impl Series {
    /// Its class in the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::One => "s1",
            Self::Two => "s2",
            Self::Three => "s3",
            Self::Four => "s4",
            Self::Quiet => "s0",
        }
    }
}

/// One thing on a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Upright bars that stand on zero: from, to, height.
    Bars(Series, Vec<(f64, f64, f64)>),
    /// The area between zero and steps: bars that touch, with a line on top.
    Steps(Series, Vec<(f64, f64, f64)>),
    /// A line through points.
    Line(Series, Vec<(f64, f64)>),
    /// An upright line with a label.
    Upright(f64, String),
    /// A level line with a label.
    Level(f64, String),
}

impl Mark {
    /// Draws it.
    #[must_use]
    pub fn draw(&self, frame: Frame, x: &Axis, y: &Axis) -> Markup {
        let at = |value: f64, height: f64| (frame.x(x.place(value)), frame.y(y.place(height)));
        match self {
            Self::Bars(series, bars) => {
                html! { path class={ "bar " (series.class()) } d=(bars_path(bars, at)) {} }
            }
            Self::Steps(series, bars) => {
                let (area, line) = steps_paths(bars, at);
                html! {
                    path class={ "area " (series.class()) } d=(area) {}
                    path class={ "line " (series.class()) } d=(line) {}
                }
            }
            Self::Line(series, points) => {
                let points: Vec<(f64, f64)> =
                    points.iter().map(|&(value, height)| at(value, height)).collect();
                html! { path class={ "line " (series.class()) } d=(polyline(&points)) {} }
            }
            Self::Upright(value, label) => {
                let (left, _) = at(*value, y.low);
                let is_right = x.place(*value) > 0.6;
                let (anchor, shift) = if is_right { ("end", -5.0) } else { ("start", 5.0) };
                html! {
                    path class="rule" d=(polyline(&[(left, frame.top), (left, frame.bottom())])) {}
                    text class="note" x=(short(left + shift)) y=(short(frame.top + 10.0)) text-anchor=(anchor) { (label) }
                }
            }
            Self::Level(height, label) => {
                let (_, top) = at(x.low, *height);
                // What is high up has its label above, where nothing is drawn.
                let shift = if y.place(*height) > 0.8 { -5.0 } else { 12.0 };
                html! {
                    path class="rule" d=(polyline(&[(frame.left, top), (frame.right(), top)])) {}
                    text class="note" x=(short(frame.right() - 3.0)) y=(short(top + shift)) text-anchor="end" { (label) }
                }
            }
        }
    }
}

/// A number of one decimal at most.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The path through points.
pub(super) fn polyline(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (i, (left, top)) in points.iter().enumerate() {
        let letter = if i == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", short(*left), short(*top));
    }
    path
}

fn bars_path(bars: &[(f64, f64, f64)], at: impl Fn(f64, f64) -> (f64, f64)) -> String {
    let mut path = String::new();
    for &(from, to, height) in bars.iter().filter(|(.., height)| *height > 0.0) {
        let ((left, foot), (right, top)) = (at(from, 0.0), at(to, height));
        // What is there is seen.
        let top = top.min(foot - 0.6);
        let _ =
            write!(path, "M{} {}V{}H{}V{}Z", short(left), short(foot), short(top), short(right), short(foot));
    }
    path
}

fn steps_paths(bars: &[(f64, f64, f64)], at: impl Fn(f64, f64) -> (f64, f64)) -> (String, String) {
    let (mut line, mut last) = (String::new(), None);
    for &(from, to, height) in bars {
        let ((left, top), (right, _)) = (at(from, height), at(to, height));
        let letter = if last.is_none() { 'M' } else { 'L' };
        let _ = write!(line, "{letter}{} {}H{}", short(left), short(top), short(right));
        last = Some(right);
    }
    let Some((&(first, ..), right)) = bars.first().zip(last) else { return (String::new(), line) };
    let (left, foot) = at(first, 0.0);
    (format!("{line}L{} {}H{}Z", short(right), short(foot), short(left)), line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_short_and_closed() {
        assert_eq!(
            (short(12.04), short(3.25), short(-0.5)),
            ("12".to_owned(), "3.2".to_owned(), "-0.5".to_owned())
        );
        assert_eq!(polyline(&[(0.0, 1.0), (2.5, 3.0)]), "M0 1L2.5 3");
        let at = |value: f64, height: f64| (10.0 * value, 100.0 - height);
        assert_eq!(bars_path(&[(0.0, 1.0, 40.0), (1.0, 2.0, 0.0)], at), "M0 100V60H10V100Z");
        let (area, line) = steps_paths(&[(0.0, 1.0, 40.0), (1.0, 2.0, 0.0)], at);
        assert_eq!(line, "M0 60H10L10 100H20");
        assert_eq!(area, "M0 60H10L10 100H20L20 100H0Z");
        assert_eq!(steps_paths(&[], at), (String::new(), String::new()));
    }
}
