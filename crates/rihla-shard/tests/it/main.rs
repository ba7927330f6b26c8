//! The shards as a whole: against a naive oracle, against themselves under other threads, orders and
//! budgets, and against Picard.

#![allow(clippy::print_stderr, reason = "tests say when they skip, and what they measured")]

mod oracle;
mod picard;
mod properties;
mod sam;
mod speed;
mod templates;
