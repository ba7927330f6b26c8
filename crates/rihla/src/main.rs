//! `rihla`: short sequencing reads all the way, from FASTQ to BAM, VCF and metrics.

mod cli;
mod commands;
mod context;
mod exit;
mod memory;
mod ordered;
mod paths;
mod pipeline;
mod progress;
mod reference;
mod spares;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Failure;

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // A panic is a fault of ours: one line of it is said, and unwinding removes temporary files.
    std::panic::set_hook(Box::new(exit::report_panic));
    watch_signals();
    std::panic::catch_unwind(|| run(&command)).unwrap_or(Failure::Internal.into())
}

/// Ends on SIGINT, SIGTERM and SIGHUP, without leaving the temporary files of outputs.
fn watch_signals() {
    let end = || {
        rihla_io::atomic::remove_temporary_files();
        std::process::exit(Failure::Interrupted as i32);
    };
    // Where no handler can be set the files stay behind, under names that say what they are.
    let _ = ctrlc::set_handler(end);
}

fn run(command: &Command) -> ExitCode {
    let outcome = match command {
        Command::Index(args) => commands::index::run(args),
        Command::Germline(args) => commands::germline::run(args),
        Command::Align(args) => commands::align::run(args),
        Command::Call(args) => commands::call::run(args),
        Command::Compare(args) => commands::compare::run(args),
        Command::Simulate(args) => commands::simulate::run(args),
        Command::Profile(args) => commands::profile::run(args),
        Command::Verify(args) => commands::verify::run(args),
        Command::Demo(args) => commands::demo::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}
