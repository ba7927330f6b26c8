//! Addresses among the options of a command, which become local paths before it runs.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::location::Location;
use super::session::{Session, set_tmp_dir};
use super::trouble::Kind;
use super::{first_url, is_url};
use crate::cli::{
    AlignArgs, CallArgs, CheckArgs, Command, CompareArgs, GermlineArgs, ReferenceArgs, SampleArgs,
};
use crate::exit::{Failure, fault};

/// Indexes of BAM and CRAM, as they are named behind the file.
const INDEXES: [&str; 3] = [".bai", ".csi", ".crai"];

/// Fetches inputs that are addresses, looks at those that are read where they are, and gives outputs that are
/// addresses a place to wait.
///
/// # Errors
/// Usage, for an address where none is taken; what is missing or cannot be put there; the network.
pub fn arrange(command: &mut Command) -> Result<()> {
    set_tmp_dir(match command {
        Command::Germline(args) => args.run.tmp_dir.as_deref(),
        Command::Align(args) => args.run.tmp_dir.as_deref(),
        Command::Call(args) => args.run.tmp_dir.as_deref(),
        _ => None,
    });
    let Some(url) = first_url() else { return Ok(()) };
    match command {
        Command::Germline(args) => germline(args),
        Command::Align(args) => align(args),
        Command::Call(args) => call(args),
        Command::Check(args) => check(args),
        Command::Compare(args) => compare(args),
        _ => {
            let name = Location::parse(Path::new(&url))?.name();
            let message =
                "this command takes files; germline, align, call, check and compare take addresses, too";
            Err(fault(Failure::Usage, format!("{name}: {message}")))
        }
    }
}

fn germline(args: &mut GermlineArgs) -> Result<()> {
    reference(&args.reference)?;
    if is_url(&args.out_dir) && matches!(args.resume.resume, Some(None)) {
        let message =
            "--resume keeps its work beside the outputs, which is no folder here; give --resume=DIR";
        return Err(fault(Failure::Usage, message));
    }
    folder(&mut args.out_dir)?;
    sample(&mut args.sample)?;
    let lists = [&mut args.regions, &mut args.coverage_regions, &mut args.alleles, &mut args.ploidy.par];
    let others = [&mut args.panel.sites, &mut args.panel.identity_of, &mut args.alignment.alt];
    let others = others.into_iter().chain([&mut args.verdict.verdicts]);
    lists.into_iter().chain(others).flatten().try_for_each(fetch)
}

fn align(args: &mut AlignArgs) -> Result<()> {
    reference(&args.reference)?;
    if is_url(&args.out) && matches!(args.resume.resume, Some(None)) {
        let message = "--resume keeps its work beside the output, which is no file here; give --resume=DIR";
        return Err(fault(Failure::Usage, message));
    }
    let others = [&mut args.duplicate_metrics, &mut args.trim_report, &mut args.manifest];
    [&mut args.out].into_iter().chain(others.into_iter().flatten()).try_for_each(file)?;
    sample(&mut args.sample)?;
    args.alignment.alt.iter_mut().try_for_each(fetch)
}

fn call(args: &mut CallArgs) -> Result<()> {
    reference(&args.reference)?;
    [&mut args.out].into_iter().chain(&mut args.gvcf).try_for_each(file)?;
    fetch_indexed(&mut args.bam)?;
    [&mut args.regions, &mut args.part, &mut args.alleles, &mut args.ploidy.par]
        .into_iter()
        .flatten()
        .try_for_each(fetch)
}

fn check(args: &mut CheckArgs) -> Result<()> {
    args.json.iter_mut().try_for_each(file)?;
    args.sheet.iter_mut().try_for_each(fetch)?;
    args.reads.lanes.iter_mut().try_for_each(|lane| fetch_reads(lane))
}

fn compare(args: &mut CompareArgs) -> Result<()> {
    local(&args.inputs.reference)?;
    file(&mut args.out_prefix)?;
    let inputs = &mut args.inputs;
    let strata = inputs.strata.iter_mut().map(|(_, path)| path);
    [&mut inputs.truth, &mut inputs.query]
        .into_iter()
        .chain(&mut inputs.bed)
        .chain(strata)
        .try_for_each(fetch)
}

fn sample(args: &mut SampleArgs) -> Result<()> {
    args.sheet.iter_mut().try_for_each(fetch)?;
    args.reads.lanes.iter_mut().try_for_each(|lane| fetch_reads(lane))
}

fn reference(args: &ReferenceArgs) -> Result<()> {
    local(&args.reference)?;
    args.index.as_deref().map_or(Ok(()), local)
}

/// The reference and its index are mapped.
fn local(path: &Path) -> Result<()> {
    if !is_url(path) {
        return Ok(());
    }
    let name = Location::parse(path)?.name();
    let message =
        "the reference and its index are mapped into memory and must be local files; copy them here once";
    Err(fault(Failure::Usage, format!("{name}: {message}")))
}

/// Makes the files of a lane ones that can be read: BAM and CRAM are fetched, FASTQ is looked at and read where it is.
///
/// # Errors
/// They are not there, not for us, or the network fails.
pub fn fetch_reads(reads: &mut [PathBuf]) -> Result<()> {
    for path in reads.iter_mut().filter(|path| is_url(path)) {
        let location = Location::parse(path)?;
        let name = location.name();
        if [".bam", ".cram"].iter().any(|extension| name.ends_with(extension)) {
            fetch(path)?;
        } else {
            Session::get()?.object(path)?;
            *path = PathBuf::from(name);
        }
    }
    Ok(())
}

/// Fetches a whole file.
fn fetch(path: &mut PathBuf) -> Result<()> {
    if !is_url(path) {
        return Ok(());
    }
    let session = Session::get()?;
    let object = session.object(path)?;
    let local = session.new_folder("in-")?.join(object.location().file_name());
    session.show_as(&local.to_string_lossy(), &object.location().name());
    object.fetch(&local)?;
    *path = local;
    Ok(())
}

/// Fetches a BAM or CRAM with the index beside it, where there is one.
fn fetch_indexed(path: &mut PathBuf) -> Result<()> {
    if !is_url(path) {
        return Ok(());
    }
    let (session, location) = (Session::get()?, Location::parse(path)?);
    fetch(path)?;
    for extension in INDEXES {
        let index = location.beside(extension);
        match super::reading::Object::open(session, index) {
            Ok(object) => {
                let mut local = path.clone().into_os_string();
                local.push(extension);
                return std::sync::Arc::new(object).fetch(Path::new(&local));
            }
            Err(error) => {
                let trouble = error.downcast_ref::<super::trouble::Trouble>();
                if trouble.is_none_or(|trouble| trouble.kind != Kind::Missing) {
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

/// Gives a folder of outputs a place to wait.
fn folder(path: &mut PathBuf) -> Result<()> {
    if is_url(path) {
        let mut text = path.to_string_lossy().into_owned();
        if !text.ends_with('/') {
            text.push('/');
        }
        *path = place(&text)?;
    }
    Ok(())
}

/// Gives an output a place to wait.
fn file(path: &mut PathBuf) -> Result<()> {
    if !is_url(path) {
        return Ok(());
    }
    let text = path.to_string_lossy().into_owned();
    let (prefix, name) = text.rsplit_once('/').unwrap_or((&text, ""));
    if name.is_empty() || prefix.ends_with("s3:/") {
        return Err(fault(Failure::Usage, format!("{text}: names no object; write s3://BUCKET/KEY")));
    }
    *path = place(&format!("{prefix}/"))?.join(name);
    Ok(())
}

fn place(prefix: &str) -> Result<PathBuf> {
    let location = Location::parse(Path::new(prefix))?;
    if matches!(location, Location::Web(_)) {
        let message = format!("{}: outputs go to files or to s3://BUCKET/KEY", location.name());
        return Err(fault(Failure::Usage, message));
    }
    Session::get()?.output_folder(&location)
}
