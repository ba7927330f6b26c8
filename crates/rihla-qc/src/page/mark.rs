//! The signs of outcomes: a shape and a word, so that nothing hangs on color.

use maud::{Markup, html};

use super::words::Words;
use crate::verdict::Outcome;

/// The class of an outcome in the style sheet.
#[must_use]
pub const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Fail => "fail",
        Outcome::NotChecked => "open",
    }
}

/// The shape of an outcome: a tick, a triangle, a cross, a ring.
#[must_use]
pub fn icon(outcome: Outcome) -> Markup {
    let path = match outcome {
        Outcome::Pass => "M4 10.5l4 4 8-9",
        Outcome::Warn => "M10 3L18 17H2ZM10 8v4.2M10 14.4v.4",
        Outcome::Fail => "M5 5l10 10M15 5L5 15",
        Outcome::NotChecked => "M10 4.5a5.5 5.5 0 1 0 .01 0Z",
    };
    html! {
        svg class="icon" viewBox="0 0 20 20" aria-hidden="true" { path d=(path) {} }
    }
}

/// Shape and word in the outcome's color.
#[must_use]
pub fn pill(outcome: Outcome, words: &Words) -> Markup {
    html! { span class={ "pill " (class(outcome)) } { (icon(outcome)) (words.outcome(outcome)) } }
}
