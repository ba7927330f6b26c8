//! The program as a user meets it: one test binary over all commands.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod alignment;
mod alleles;
mod architecture;
mod bcf;
mod browser;
mod check;
mod compare;
mod compare_cases;
mod copies;
mod cram;
mod determinism;
mod doctor;
mod duplicates;
mod examples;
mod faults;
mod forms;
mod gvcf;
mod harness;
mod identity;
mod joint;
mod journey;
mod lanes;
mod manifest;
mod objects;
mod order;
mod packaging;
mod phase;
mod profile;
mod records;
#[cfg(unix)]
mod reliability;
mod report;
#[cfg(unix)]
mod resume;
mod scatter;
mod scores;
mod sexes;
mod shell;
mod simulate;
mod slippage;
mod systematic;
mod taken;
mod trim;
mod validators;
