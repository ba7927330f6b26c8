//! The shards as a whole: against a naive oracle, against themselves under other threads, orders and
//! budgets, and against Picard.

mod oracle;
mod picard;
mod properties;
mod sam;
mod speed;
mod templates;
