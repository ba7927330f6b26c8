//! What every command needs to run: threads, kernels, memory, temporary space, a voice.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use rihla_kernels::Simd;

use crate::cli::RunArgs;
use crate::exit::{Failure, fault};
use crate::progress::Progress;

/// The means of a run.
pub struct Context {
    /// Worker threads.
    pub pool: ThreadPool,
    /// Kernels to use.
    pub simd: Simd,
    /// Memory to stay below, in bytes.
    pub memory: u64,
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
        let simd = match run.simd {
            None => Simd::best(),
            Some(level) => Simd::new(level).ok_or_else(|| {
                let message = format!("--simd {level}: this CPU cannot run it; leave the option out");
                fault(Failure::Usage, message)
            })?,
        };
        Ok(Self {
            pool: builder.build().context("cannot start the worker threads")?,
            simd,
            memory: run.memory.0,
            progress: Progress::new(run.quiet),
            tmp_dir: run.tmp_dir.clone(),
        })
    }

    /// Number of worker threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Folder for temporary files of a run that writes into `beside`.
    #[must_use]
    pub fn temp_dir(&self, beside: &Path) -> PathBuf {
        let variable = || std::env::var_os("TMPDIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        self.tmp_dir.clone().or_else(variable).unwrap_or_else(|| beside.to_owned())
    }
}
