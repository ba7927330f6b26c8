//! Options of `rihla completions` and `rihla man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `rihla completions`.
#[derive(Args)]
pub struct CompletionsArgs {
    /// The shell that completes: bash, zsh, fish, ...
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// `rihla man`.
#[derive(Args)]
pub struct ManArgs {
    /// Folder for rihla.1 and a page for each command: rihla-germline.1, ...
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: PathBuf,
}
