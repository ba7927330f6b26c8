//! Charts as inline SVG, each with a title, a sentence that says what it shows, and its numbers as a table.

pub mod axis;
pub mod frame;
pub mod mark;

use maud::{Markup, html};

use super::table::Table;
use super::words::Words;
pub use axis::Axis;
pub use frame::Frame;
pub use mark::{Mark, Series};
use mark::{polyline, short};

/// A chart.
pub struct Chart {
    /// Its name within the page.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence.
    pub summary: String,
    /// The level axis.
    pub x: Axis,
    /// The upright axis.
    pub y: Axis,
    /// What is drawn, in this order.
    pub marks: Vec<Mark>,
    /// What the colors mean, where there are several.
    pub legend: Vec<(Series, String)>,
    /// Its numbers.
    pub table: Table,
    /// Its size.
    pub frame: Frame,
}

impl Chart {
    /// The chart as a card of a page.
    #[must_use]
    pub fn card(&self, words: &Words) -> Markup {
        let Self { id, title, summary, legend, frame, .. } = self;
        let is_wide = *frame == Frame::WIDE;
        html! {
            div class={ "card chart" @if is_wide { " wide" } } id=(id) {
                h3 { (title) }
                p class="say" { (summary) }
                @if !legend.is_empty() {
                    ul class="legend" {
                        @for (series, name) in legend {
                            li { span class={ "key " (series.class()) } aria-hidden="true" {} (name) }
                        }
                    }
                }
                div class="plot" { (self.svg()) }
                (self.table.details(&(words.chart.numbers_of)(title)))
            }
        }
    }

    fn svg(&self) -> Markup {
        let Self { id, title, summary, x, y, marks, frame, .. } = self;
        let (title_id, about_id) = (format!("{id}-title"), format!("{id}-about"));
        html! {
            svg viewBox={ "0 0 " (frame.width) " " (frame.height) } role="img"
                aria-labelledby={ (title_id) " " (about_id) } {
                title id=(title_id) { (title) }
                desc id=(about_id) { (summary) }
                g aria-hidden="true" {
                    (self.grid())
                    @for mark in marks { (mark.draw(*frame, x, y)) }
                    path class="axis" d=(polyline(&[(frame.left, frame.bottom()), (frame.right(), frame.bottom())])) {}
                    (self.labels())
                }
            }
        }
    }

    /// Level lines at the ticks of the upright axis.
    fn grid(&self) -> Markup {
        let Self { y, frame, .. } = self;
        let line = |at: f64| [(frame.left, frame.y(y.place(at))), (frame.right(), frame.y(y.place(at)))];
        let path: String = y.ticks.iter().map(|(at, _)| polyline(&line(*at))).collect();
        html! { path class="lines" d=(path) {} }
    }

    fn labels(&self) -> Markup {
        let Self { x, y, frame, .. } = self;
        let (bottom, middle) = (frame.bottom(), (frame.left + frame.right()) / 2.0);
        html! {
            @for (at, label) in &y.ticks {
                text x=(short(frame.left - 6.0)) y=(short(frame.y(y.place(*at)) + 3.5)) text-anchor="end" { (label) }
            }
            @for (at, label) in &x.ticks {
                text x=(short(frame.x(x.place(*at)))) y=(short(bottom + 15.0)) text-anchor="middle" { (label) }
            }
            text class="name" x=(short(middle)) y=(short(frame.height - 6.0)) text-anchor="middle" { (x.title) }
            text class="name" x=(short(frame.left)) y="8" text-anchor="start" { (y.title) }
        }
    }
}

/// Neighbors of equal width from 0 on, each as high as its count.
#[must_use]
pub fn bins(width: f64, counts: &[u64]) -> Vec<(f64, f64, f64)> {
    let bin = |(i, &count): (usize, &u64)| (i as f64 * width, (i + 1) as f64 * width, count as f64);
    counts.iter().enumerate().map(bin).collect()
}
