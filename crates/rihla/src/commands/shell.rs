//! `rihla completions` and `rihla man`: what shells and man(1) know of the command line, from its definition.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use rihla_io::atomic::write_text;
use rihla_io::{AtomicSet, IoError};

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::commands::simulate::create_dir;

/// The program's name, as shells know it.
const NAME: &str = "rihla";

/// What stands at the foot of each page.
const MANUAL: &str = "Rihla Manual";

/// Prints the completions of a shell.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    std::io::stdout()
        .write_all(&script)
        .map_err(|source| IoError::writing(Path::new("standard output"), source).into())
}

/// Writes a man page for the program and for each of its commands.
///
/// # Errors
/// The folder cannot be made or written.
pub fn man(args: &ManArgs) -> Result<()> {
    create_dir(&args.out_dir)?;
    let mut root = Cli::command();
    root.build();
    let mut files = AtomicSet::new();
    files.push(write_text(args.out_dir.join(format!("{NAME}.1")), &page(&root, NAME))?);
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{NAME}-{}", command.get_name());
        files.push(write_text(args.out_dir.join(format!("{name}.1")), &page(command, &name))?);
    }
    Ok(files.commit()?)
}

/// A page in roff. It has no date, so that one version makes one page.
fn page(command: &Command, name: &str) -> String {
    let version = concat!("rihla ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone().display_name(name.to_owned())).source(version).manual(MANUAL);
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}
