//! Runs the program, and one small simulated sample that all tests share.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The program with arguments; environment that could change its temporary folder is dropped.
pub fn rihla<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rihla"));
    command.args(args).env_remove("TMPDIR").output().expect("the program starts")
}

/// What the program said on standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program and checks that it succeeds.
pub fn succeed<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    let output = rihla(args);
    assert!(output.status.success(), "exit {:?}: {}", output.status.code(), said(&output));
    output
}

/// Runs another program where it is installed; `None`, with a line that says so, where it is not.
pub fn peer(name: &str, args: &[&OsStr]) -> Option<Output> {
    match Command::new(name).args(args).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("skipped: {name} is not installed");
            None
        }
    }
}

/// Files of the sample in the form of other programs.
pub const FORMS: [&str; 11] = [
    "DEMO.alignment_summary_metrics",
    "DEMO.bam.flagstat",
    "DEMO.bam.idxstats",
    "DEMO.bam.stats",
    "DEMO.bcftools_stats.txt",
    "DEMO.gc_bias.detail_metrics",
    "DEMO.gc_bias.summary_metrics",
    "DEMO.insert_size_metrics",
    "DEMO.mosdepth.global.dist.txt",
    "DEMO.mosdepth.summary.txt",
    "DEMO.wgs_metrics",
];

/// A sample that `rihla demo` made: a genome of 300 kb at 30x, its calls and its truth.
pub struct Sample {
    dir: TempDir,
    /// What the demonstration said.
    pub said: String,
}

impl Sample {
    /// The one sample of this test run.
    pub fn get() -> &'static Self {
        static SAMPLE: OnceLock<Sample> = OnceLock::new();
        SAMPLE.get_or_init(|| {
            let dir = tempfile::tempdir().expect("a folder");
            let options = ["demo", "--genome-length", "300000", "--depth", "30", "--seed", "7", "--out-dir"];
            let output = succeed(options.iter().map(OsStr::new).chain([dir.path().as_os_str()]));
            Self { said: said(&output), dir }
        })
    }

    /// One of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Arguments of the main job on this sample.
    pub fn germline(&self, out_dir: &Path) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (one, two) = (self.file("reads_1.fq.gz"), self.file("reads_2.fq.gz"));
        let args = ["germline", "--ref", &text(&self.file("genome.fa")), "--reads", &text(&one), &text(&two)];
        let out = ["--sample", "DEMO", "--out-dir", &text(out_dir)];
        args.iter().chain(&out).map(|&arg| arg.to_owned()).collect()
    }
}

/// Names in a folder, sorted.
pub fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A report without its last section, which tells of the machine and the hour.
pub fn lasting(page: &[u8]) -> String {
    let page = String::from_utf8(page.to_vec()).expect("text");
    let (lasting, _) = page.split_once("<section id=\"run\"").expect("the last section");
    lasting.to_owned()
}

/// Reads a whole file.
pub fn bytes(path: impl AsRef<Path>) -> Vec<u8> {
    fs::read(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// What MultiQC makes of some folders.
pub struct MultiQc {
    dir: TempDir,
}

impl MultiQc {
    /// Runs the MultiQC of `scripts/multiqc`, else that of PATH; `None`, with a line that says so, where neither is.
    pub fn of<P: AsRef<Path>>(folders: &[P]) -> Option<Self> {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/multiqc/bin/multiqc");
        let name = if installed.exists() { installed.to_str()? } else { "multiqc" };
        let dir = tempfile::tempdir().expect("a folder");
        let folders = folders.iter().map(|folder| folder.as_ref().as_os_str());
        let args: Vec<&OsStr> = folders.chain([OsStr::new("--outdir"), dir.path().as_os_str()]).collect();
        let output = peer(name, &args)?;
        assert!(output.status.success(), "{}", said(&output));
        Some(Self { dir })
    }

    /// A file of its data.
    pub fn data(&self, name: &str) -> String {
        let path = self.dir.path().join("multiqc_data").join(name);
        String::from_utf8(bytes(path)).expect("text")
    }

    /// The rows of the table of all samples.
    pub fn samples(&self) -> BTreeSet<String> {
        let table = self.data("multiqc_general_stats.txt");
        table.lines().skip(1).filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }

    /// Asks that each of these modules read a file.
    pub fn expect_modules(&self, modules: &[&str]) {
        let sources = self.data("multiqc_sources.txt");
        for module in modules {
            assert!(sources.lines().any(|line| line.starts_with(module)), "{module}: {sources}");
        }
    }
}
