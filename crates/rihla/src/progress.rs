//! How far the run is: bars on a terminal, plain lines otherwise, nothing when quiet.

#![allow(clippy::print_stderr, reason = "this file is the one place that talks to the user")]

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::objects;

/// Time between two plain lines of one stage.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Quiet,
    Lines,
    Bars,
}

/// Where stages report to.
#[derive(Clone, Copy)]
pub struct Progress {
    mode: Mode,
    start: Instant,
}

impl Progress {
    /// Bars when standard error is a terminal; `quiet` silences everything but warnings.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let mode = match (quiet, stderr().is_terminal()) {
            (true, _) => Mode::Quiet,
            (_, true) => Mode::Bars,
            (_, false) => Mode::Lines,
        };
        Self { mode, start: Instant::now() }
    }

    /// A line for the user.
    pub fn say(&self, text: &str) {
        if self.mode != Mode::Quiet {
            eprintln!("[{}] {}", clock(self.start.elapsed()), objects::shown(text));
        }
    }

    /// A warning; shown even when quiet.
    pub fn warn(&self, text: &str) {
        eprintln!("[{}] warning: {}", clock(self.start.elapsed()), objects::shown(text));
    }

    /// Begins a stage of `total` units (0 when not known).
    #[must_use]
    pub fn stage(&self, name: &'static str, unit: &'static str, total: u64) -> Stage {
        let bar = (self.mode == Mode::Bars).then(|| bar(name, unit, total));
        Stage {
            name,
            unit,
            total: AtomicU64::new(total),
            count: AtomicU64::new(0),
            begin: Instant::now(),
            last_line: Mutex::new(Instant::now()),
            progress: *self,
            bar,
        }
    }
}

fn bar(name: &'static str, unit: &str, total: u64) -> ProgressBar {
    let template = if total == 0 {
        format!("{{prefix:>10}} {{spinner}} {{human_pos}} {unit}, {{per_sec}}, {{elapsed}}")
    } else {
        format!("{{prefix:>10}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}, {{eta}} left")
    };
    let style = ProgressStyle::with_template(&template).expect("the template is fixed and valid");
    let bar = if total == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(total) };
    bar.enable_steady_tick(Duration::from_millis(250));
    bar.with_style(style).with_prefix(name)
}

/// One stage under way; may be counted up from any thread.
pub struct Stage {
    name: &'static str,
    unit: &'static str,
    total: AtomicU64,
    count: AtomicU64,
    begin: Instant,
    last_line: Mutex<Instant>,
    progress: Progress,
    bar: Option<ProgressBar>,
}

impl Stage {
    /// Says how many units there will be, as far as is known by now.
    pub fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_length(total);
        }
    }

    /// Counts units done.
    pub fn add(&self, units: u64) {
        let count = self.count.fetch_add(units, Ordering::Relaxed) + units;
        if let Some(bar) = &self.bar {
            bar.inc(units);
        } else if self.progress.mode == Mode::Lines {
            self.line(count);
        }
    }

    fn line(&self, count: u64) {
        let Ok(mut last) = self.last_line.try_lock() else { return };
        if last.elapsed() < LINE_INTERVAL {
            return;
        }
        *last = Instant::now();
        let total = self.total.load(Ordering::Relaxed);
        let done = (total > 0).then(|| count as f64 / total as f64);
        let left = done.filter(|share| *share > 0.01).map_or(String::new(), |share| {
            let left = self.begin.elapsed().mul_f64((1.0 / share - 1.0).max(0.0));
            format!(", {:.0} %, about {} left", 100.0 * share.min(1.0), clock(left))
        });
        self.progress.say(&format!("{}: {} {}{left}", self.name, grouped(count), self.unit));
    }

    /// Ends the stage and says what it did; returns its wall time.
    pub fn finish(self) -> Duration {
        let wall = self.begin.elapsed();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let count = self.count.load(Ordering::Relaxed);
        self.progress.say(&format!(
            "{}: {} {} in {:.1} s",
            self.name,
            grouped(count),
            self.unit,
            wall.as_secs_f64()
        ));
        wall
    }
}

/// `h:mm:ss`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Digits in groups of three.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(clock(Duration::from_secs(3_725)), "1:02:05");
    }
}
