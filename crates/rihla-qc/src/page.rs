//! The report as a page: one HTML file that needs nothing else, for a sample or for a batch of samples. Everything on it
//! comes from [`RunMetrics`](crate::RunMetrics) and [`Manifest`](crate::Manifest), so that it can be made again, later and
//! elsewhere. `docs/report.md` says what is on it.
//!
//! There is no script, and a policy in the head forbids to load anything.

mod batch;
mod chart;
mod mark;
mod numbers;
mod sample;
mod shell;
mod table;
pub mod words;

pub use batch::{BatchEntry, batch_page};
pub use sample::sample_page;
pub use words::Language;
