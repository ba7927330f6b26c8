//! `rihla doctor`: will runs go well here? Machine, disks, reference and index are looked at, and a small run is made
//! whose results are known.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use rihla_io::IoError;
use serde::Serialize;

use crate::cli::DoctorArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::provenance::VERSION;

mod disk;
mod files;
mod finding;
mod genome;
mod index;
mod machine;
mod trial;

use finding::{Finding, State};

/// Version of the JSON; it grows when a key changes its meaning or goes.
pub const REPORT_VERSION: u32 = 1;

/// All that was found.
#[derive(Serialize)]
struct Report<'a> {
    doctor_version: u32,
    program: &'static str,
    version: &'static str,
    outcome: State,
    findings: &'a [Finding],
    trial: Option<&'a trial::Trial>,
}

/// Looks at everything and says what it found.
///
/// # Errors
/// Usage; standard output that cannot be written; a finding that is FAIL, once all is looked at.
pub fn run(args: &DoctorArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let mut findings = Vec::new();
    let mut out = Teller { as_json: args.json, findings: &mut findings };
    out.tell(machine::kernels(&context))?;
    out.tell(machine::threads(&context, machine::cores()))?;
    let index = args.reference.as_deref().and_then(|fasta| {
        let (found, index) = index::check(&context, fasta, args.index.as_deref());
        let contigs = genome::check(fasta, index.as_ref());
        out.findings.extend(contigs);
        out.findings.extend(found);
        index
    });
    let told = 2;
    out.print_from(told)?;
    let index_bytes = index.as_ref().map_or(0, rihla_align::Index::bytes);
    for finding in machine::memory(&context, index_bytes) {
        out.tell(finding)?;
    }
    let mapped = args.reference.as_deref().filter(|_| index.is_some());
    let mapped = mapped.map(|fasta| index::path_of(fasta, args.index.as_deref()));
    out.tell(machine::huge_pages(mapped.as_deref()))?;
    out.tell(files::limit())?;
    let bases = index.as_ref().map(|index| index.reference().bases());
    let temporary = context.temp_dir(Path::new("."));
    for finding in disk::check(&context, &temporary, bases) {
        out.tell(finding)?;
    }
    let mut made = None;
    if let (false, Ok(folder)) = (args.skip_trial, &temporary) {
        let (trial, finding) = trial::run(args, folder);
        out.tell(finding)?;
        made = trial;
    }
    let outcome = findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok);
    if args.json {
        let report = Report {
            doctor_version: REPORT_VERSION,
            program: "rihla",
            version: VERSION,
            outcome,
            findings: &findings,
            trial: made.as_ref(),
        };
        print(&serde_json::to_string_pretty(&report).unwrap_or_default())?;
    }
    let failed: Vec<&str> =
        findings.iter().filter(|one| one.state == State::Fail).map(|one| one.topic).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(fault(Failure::BelowFloor, format!("doctor: FAIL: {}", failed.join(", "))))
}

/// Says findings as they come, unless all are to be said as JSON.
struct Teller<'a> {
    as_json: bool,
    findings: &'a mut Vec<Finding>,
}

impl Teller<'_> {
    fn tell(&mut self, finding: Finding) -> Result<()> {
        self.findings.push(finding);
        self.print_from(self.findings.len() - 1)
    }

    fn print_from(&self, first: usize) -> Result<()> {
        if self.as_json {
            return Ok(());
        }
        self.findings[first..].iter().try_for_each(|finding| print(&finding.line()))
    }
}

fn print(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}")
        .map_err(|source| IoError::writing(Path::new("standard output"), source).into())
}
