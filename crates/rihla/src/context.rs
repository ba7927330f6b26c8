//! What every command needs to run: threads, kernels, memory, temporary space, a voice.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use rihla_kernels::Simd;

use crate::cli::RunArgs;
use crate::exit::{Failure, fault};
use crate::pipeline::room;
use crate::progress::Progress;

/// The means of a run.
pub struct Context {
    /// Worker threads.
    pub pool: ThreadPool,
    /// Kernels to use.
    pub simd: Simd,
    /// Memory to stay below, in bytes.
    pub memory: u64,
    /// Whether a run starts whatever memory and disks are there.
    pub skip_checks: bool,
    /// What the user hears.
    pub progress: Progress,
    tmp_dir: Option<PathBuf>,
}

impl Context {
    /// From the options of a command.
    ///
    /// # Errors
    /// Usage, when the CPU cannot run the kernels that were asked for.
    pub fn new(run: &RunArgs) -> Result<Self> {
        let mut builder = ThreadPoolBuilder::new().thread_name(|i| format!("worker-{i}"));
        if let Some(threads) = run.threads {
            builder = builder.num_threads(usize::from(threads));
        }
        let level = run.simd.as_deref().map(str::parse).transpose();
        let simd = match level.map_err(|problem: String| fault(Failure::Usage, problem))? {
            None => Simd::best(),
            Some(level) => Simd::new(level).ok_or_else(|| {
                let message = format!("--simd {level}: this CPU cannot run it; leave the option out");
                fault(Failure::Usage, message)
            })?,
        };
        let progress = Progress::new(run.quiet);
        let pool = builder.build().context("cannot start the worker threads")?;
        let (threads, least) = (pool.current_num_threads(), room::least(pool.current_num_threads()));
        if run.memory.0 < least {
            progress.warn(&format!(
                "--memory is below {}M, which {threads} threads can take whatever it says; give as much, or \
                 fewer --threads",
                least >> 20
            ));
        }
        Ok(Self {
            pool,
            simd,
            memory: run.memory.0,
            skip_checks: run.skip_space_check,
            progress,
            tmp_dir: run.tmp_dir.clone(),
        })
    }

    /// Number of worker threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Folder for temporary files of a run whose output is `output`: the user's, else `$TMPDIR`, else the
    /// output's own.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn temp_dir(&self, output: &Path) -> Result<PathBuf> {
        let variable = || std::env::var_os("TMPDIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        let beside = || output.parent().filter(|parent| !parent.as_os_str().is_empty()).map(Path::to_owned);
        let dir =
            self.tmp_dir.clone().or_else(variable).or_else(beside).unwrap_or_else(|| PathBuf::from("."));
        match tempfile::tempfile_in(&dir) {
            Ok(_) => Ok(dir),
            Err(error) => {
                let message = format!(
                    "{}: temporary files cannot be made there: {error}; give a folder with --tmp-dir",
                    dir.display()
                );
                Err(fault(Failure::CannotCreate, message))
            }
        }
    }
}
