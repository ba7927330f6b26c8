//! `rihla`: short sequencing reads all the way, from FASTQ to BAM, VCF and metrics.

mod cli;
mod commands;
mod context;
mod exit;
mod memory;
mod objects;
mod ordered;
mod paths;
mod pipeline;
mod progress;
mod reference;
mod spares;

use std::panic::UnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    watch_signals();
    let code = guarded(|| run(cli));
    objects::end();
    code
}

/// A panic is a fault of ours: one line of it is said, and unwinding removes temporary files.
fn guarded(work: impl FnOnce() -> ExitCode + UnwindSafe) -> ExitCode {
    std::panic::set_hook(Box::new(exit::report_panic));
    std::panic::catch_unwind(work).unwrap_or(Failure::Internal.into())
}

/// Ends on SIGINT, SIGTERM and SIGHUP, without leaving the temporary files of outputs.
fn watch_signals() {
    let end = || {
        objects::end();
        let _no_more = rihla_io::atomic::remove_temporary_files();
        std::process::exit(Failure::Interrupted as i32);
    };
    // Where no handler can be set the files stay behind, under names that say what they are.
    let _ = ctrlc::set_handler(end);
}

fn run(cli: Cli) -> ExitCode {
    // Without a command there is `--version`, or nothing, to which clap answers with the help.
    let Some(mut command) = cli.command else { return ended(commands::version::run(cli.json)) };
    ended(objects::arrange(&mut command).and_then(|()| run_arranged(&command)))
}

fn run_arranged(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Index(args) => commands::index::run(args),
        Command::Germline(args) => commands::germline::run(args),
        Command::Align(args) => commands::align::run(args),
        Command::Call(args) => commands::call::run(args),
        Command::Scatter(args) => commands::scatter::run(args),
        Command::Gather(args) => commands::gather::run(args),
        Command::Compare(args) => commands::compare::run(args),
        Command::Identity(args) => commands::identity::run(args),
        Command::Simulate(args) => commands::simulate::run(args),
        Command::Profile(args) => commands::profile::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Report(args) => commands::report::run(args),
        Command::Verify(args) => commands::verify::run(args),
        Command::Demo(args) => commands::demo::run(args),
        Command::Doctor(args) => commands::doctor::run(args),
        Command::Completions(args) => commands::shell::completions(args),
        Command::Man(args) => commands::shell::man(args),
    }
}

fn ended(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_worker_is_one_fault_and_leaves_no_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("out.bam");
        let code = guarded(|| {
            let _open = rihla_io::AtomicFile::create(&path).expect("created");
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
            let work = |number| if number == 3 { panic!("on purpose") } else { Ok(number) };
            let _ = ordered::for_each_ordered(&pool, 100, work, |_, _| Ok(()));
            ExitCode::SUCCESS
        });
        let _ = std::panic::take_hook();
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(Failure::Internal)));
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0);
    }
}
