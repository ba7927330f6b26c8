//! `rihla --version`, in one line or as JSON.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use rihla_io::IoError;
use rihla_kernels::SimdLevel;
use serde::Serialize;

use crate::pipeline::provenance::VERSION;

/// What a build is, and what this CPU makes of it.
#[derive(Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
    /// Of the source, where the build knew it.
    commit: Option<&'static str>,
    rustc: Option<&'static str>,
    target: &'static str,
    profile: &'static str,
    /// Whether counts of its own work guided the compiler.
    profile_guided: bool,
    /// Instructions that the compiler took for granted.
    target_features: Vec<&'static str>,
    kernels: Kernels,
    formats: Formats,
}

/// Levels of the kernels.
#[derive(Serialize)]
struct Kernels {
    /// Those that this CPU runs, slowest first.
    available: Vec<String>,
    /// That which is taken unless `--simd` says otherwise.
    chosen: String,
}

/// Versions of the files that are read and written. What `--resume` keeps has none: it is of one build.
#[derive(Serialize)]
struct Formats {
    index: u32,
    metrics: u32,
    manifest: u32,
    check: u32,
    compare_metrics: u32,
    profile: u32,
    doctor: u32,
}

/// Prints one line, `rihla 0.1.0`, or all that is known as JSON.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(as_json: bool) -> Result<()> {
    let text = if as_json { json() } else { format!("rihla {VERSION}") };
    writeln!(std::io::stdout(), "{text}")
        .map_err(|source| IoError::writing(Path::new("standard output"), source).into())
}

fn json() -> String {
    let known = |text: &'static str| Some(text).filter(|text| !text.is_empty());
    let about = About {
        name: "rihla",
        version: VERSION,
        commit: known(env!("RIHLA_COMMIT")),
        rustc: known(env!("RIHLA_RUSTC")),
        target: env!("RIHLA_TARGET"),
        profile: env!("RIHLA_PROFILE"),
        profile_guided: !env!("RIHLA_PROFILE_GUIDED").is_empty(),
        target_features: env!("RIHLA_TARGET_FEATURES").split(',').filter(|name| !name.is_empty()).collect(),
        kernels: Kernels {
            available: SimdLevel::available().iter().map(ToString::to_string).collect(),
            chosen: SimdLevel::best().to_string(),
        },
        formats: Formats {
            index: rihla_align::index::FORMAT_VERSION,
            metrics: rihla_qc::METRICS_VERSION,
            manifest: rihla_qc::MANIFEST_VERSION,
            check: rihla_qc::CHECK_VERSION,
            compare_metrics: rihla_truth::report::SCHEMA_VERSION,
            profile: rihla_testkit::profile::SCHEMA_VERSION,
            doctor: super::doctor::REPORT_VERSION,
        },
    };
    serde_json::to_string_pretty(&about).unwrap_or_default()
}
