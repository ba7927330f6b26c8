//! `--resume`: a run that was killed goes on from finished work, and writes what a whole run writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::{FORMS, Sample, bytes, lasting, names, rihla, said, succeed};

/// Moments at which a run is killed.
const TRIES: u32 = 20;

/// Where the main job keeps its work.
const STATE: &str = "DEMO.resume";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Outputs go to folders of the test.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Arguments of the main job, two threads.
    fn germline(&self, out: &str, more: &[&str]) -> Vec<String> {
        let more = ["--threads", "2"].iter().chain(more).map(|&arg| arg.to_owned());
        Sample::get().germline(&self.path(out)).into_iter().chain(more).collect()
    }

    /// A state of batches and bins as a killed run leaves it: the batches are all there, of the bins one at least.
    fn interrupted(&self, out: &str, more: &[&str]) -> PathBuf {
        self.interrupt(out, &self.germline(out, &[&["--resume"], more].concat()))
    }

    /// The same of any run of the main job.
    fn interrupt(&self, out: &str, args: &[String]) -> PathBuf {
        let state = self.path(out).join(STATE);
        // A run that ends before it is killed takes its state along.
        for _ in 0..100 {
            let mut child = start(args);
            while child.try_wait().expect("waits").is_none() && pieces(&state.join("bins")) == 0 {
                sleep(Duration::from_millis(1));
            }
            end(&mut child, "-KILL");
            if pieces(&state.join("bins")) > 0 {
                return state;
            }
        }
        panic!("no run was killed while it worked on bins");
    }
}

/// Whole pieces in a file of them: each has a head of 64 bytes, of which the fifth word is the size of what follows.
fn pieces(path: &Path) -> usize {
    let content = fs::read(path).unwrap_or_default();
    let (mut count, mut at) = (0, 0);
    while let Some(size) = content.get(at + 32..).and_then(|rest| rest.first_chunk()) {
        at += 64 + u64::from_le_bytes(*size) as usize;
        count += usize::from(at <= content.len());
    }
    count
}

fn start(args: &[String]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rihla"));
    command.args(args).stderr(Stdio::null()).env_remove("TMPDIR").spawn().expect("starts")
}

fn end(child: &mut Child, signal: &str) -> std::process::ExitStatus {
    let id = child.id().to_string();
    // One that has ended before is whole.
    let _ = Command::new("kill").args([signal, &id]).stderr(Stdio::null()).status();
    child.wait().expect("ends")
}

/// The name and content of an output, without what tells times.
fn output(path: PathBuf) -> (String, Vec<u8>) {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let content = bytes(path);
    let content = match name.as_str() {
        "DEMO.metrics.json" => {
            let mut metrics: serde_json::Value = serde_json::from_slice(&content).expect("JSON");
            metrics.as_object_mut().expect("an object").remove("timing").expect("there");
            metrics.to_string().into_bytes()
        }
        "DEMO.report.html" => lasting(&content).into_bytes(),
        "DEMO.manifest.json" => Vec::new(),
        _ => content,
    };
    (name, content)
}

fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    names(out).into_iter().map(|name| output(out.join(name))).collect()
}

fn check_same(out: &Path, whole: &BTreeMap<String, Vec<u8>>) {
    let found = outputs(out);
    assert_eq!(found.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "no state is left");
    for (name, content) in whole {
        assert!(found[name] == *content, "{name} differs");
    }
}

/// How many pieces of a kind a run says it took over.
fn taken(output: &Output, what: &str) -> usize {
    let said = said(output);
    let count = |line: &str| {
        let (_, rest) = line.split_once("took over ")?;
        rest.strip_suffix(what)?.trim().replace(',', "").parse().ok()
    };
    said.lines().find_map(count).unwrap_or(0)
}

/// What a whole run writes, which the demonstration was.
fn whole() -> BTreeMap<String, Vec<u8>> {
    let files = ["bam", "bam.bai", "vcf.gz", "vcf.gz.tbi", "duplicate_metrics.txt"];
    let with_times = ["metrics.json", "report.html", "manifest.json"];
    let names: Vec<String> =
        files.iter().chain(&with_times).map(|extension| format!("DEMO.{extension}")).collect();
    let names = names.iter().map(String::as_str).chain(FORMS);
    names.map(|name| output(Sample::get().file(name))).collect()
}

#[test]
fn killed_at_any_moment_a_run_goes_on_and_writes_the_same() {
    let bench = Bench::new();
    let whole = whole();
    let begin = Instant::now();
    succeed(bench.germline("timed", &["--resume"]));
    let mut usual = begin.elapsed();
    check_same(&bench.path("timed"), &whole);
    let (mut killed, mut number, mut batches, mut bins) = (0, 0, 0, 0);
    while killed < TRIES {
        assert!(number < 5 * TRIES, "{killed} of {number} runs were still running");
        let out = format!("killed{number}");
        let args = bench.germline(&out, &["--resume"]);
        let (begin, mut child) = (Instant::now(), start(&args));
        // Moments spread over the run, none twice; every other run is asked to end.
        sleep(usual.mul_f64(f64::from(number * 7 % TRIES) / f64::from(TRIES)));
        let status = end(&mut child, ["-KILL", "-TERM"][number as usize / 7 % 2]);
        number += 1;
        if status.success() {
            usual = usual.min(begin.elapsed());
            continue;
        }
        killed += 1;
        let output = succeed(&args);
        batches += usize::from(taken(&output, "aligned batches") > 0);
        bins += usize::from(taken(&output, "finished bins") > 0);
        check_same(&bench.path(&out), &whole);
    }
    eprintln!(
        "{killed} runs ended and resumed, the same bytes; {batches} took over batches, {bins} bins as well"
    );
    assert!(batches >= 3, "{batches} of {killed} runs took over batches");
}

#[test]
fn a_resumed_run_takes_over_what_is_there_but_for_what_is_damaged() {
    let bench = Bench::new();
    let whole = whole();
    let state = bench.interrupted("first", &[]);
    assert_eq!(names(&state), ["batches", "bins", "key", "lock"]);
    let (kept, kept_bins) = (bytes(state.join("batches")), bytes(state.join("bins")));
    let resumed = |out: &str, batches: &[u8], bins: &[u8]| {
        let copy = bench.path(out).join(STATE);
        fs::create_dir_all(&copy).expect("made");
        fs::copy(state.join("key"), copy.join("key")).expect("copied");
        fs::write(copy.join("batches"), batches).expect("written");
        fs::write(copy.join("bins"), bins).expect("written");
        let output = succeed(bench.germline(out, &["--resume"]));
        check_same(&bench.path(out), &whole);
        (taken(&output, "aligned batches"), taken(&output, "finished bins"))
    };
    let (batches, bins) = resumed("sound", &kept, &kept_bins);
    assert!(batches >= 5 && bins >= 1, "{batches} batches, {bins} bins");
    // A changed byte costs one piece, or those behind it; torn ends cost what was torn.
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0x40;
        bytes
    };
    let body = flipped(&kept, kept.len() / 2);
    assert!((0..batches).contains(&resumed("body", &body, &kept_bins).0));
    assert_eq!(resumed("head", &flipped(&kept, 9), &kept_bins), (0, bins));
    assert_eq!(resumed("torn", &kept[..kept.len() - 1], &kept_bins).0, batches - 1);
    assert_eq!(resumed("bin", &kept, &flipped(&kept_bins, 100)), (batches, bins - 1));
    assert_eq!(resumed("none", &[], &[]), (0, 0));
    assert_eq!(resumed("junk", b"junk", &[0; 1000]), (0, 0));
}

#[test]
fn work_of_other_reads_options_or_indexes_is_not_used() {
    let bench = Bench::new();
    let whole = whole();
    bench.interrupted("out", &["--min-score", "40"]);
    let output = succeed(bench.germline("out", &["--resume"]));
    assert!(
        said(&output).contains("DEMO.resume: holds the work of another run (another command)"),
        "{}",
        said(&output)
    );
    assert_eq!(taken(&output, "aligned batches"), 0);
    check_same(&bench.path("out"), &whole);
    // Reads of the same names, sizes and times: batches tell by their content which are the same.
    let reads = [1, 2].map(|end| {
        let path = bench.path(&format!("r_{end}.fq"));
        fs::write(&path, plain(&Sample::get().file(&format!("reads_{end}.fq.gz")))).expect("written");
        path
    });
    let run = |out: &str, resume: &[&str]| {
        let mut args = bench.germline(out, resume);
        let at = args.iter().position(|arg| arg == "--reads").expect("an option");
        (args[at + 1], args[at + 2]) = (text(&reads[0]), text(&reads[1]));
        args
    };
    let mut child = start(&run("reads", &["--resume"]));
    let kept = bench.path("reads").join(STATE).join("batches");
    while child.try_wait().expect("waits").is_none()
        && fs::metadata(&kept).map_or(0, |kept| kept.len()) < 600_000
    {
        sleep(Duration::from_millis(1));
    }
    end(&mut child, "-KILL");
    assert!(kept.exists(), "killed in time");
    // The qualities of a read in the middle.
    let mut content = bytes(&reads[0]);
    let at = content.len() / 4;
    let plus = at + content[at..].windows(3).position(|three| three == b"\n+\n").expect("a record");
    content[plus + 3] = if content[plus + 3] == b'5' { b'6' } else { b'5' };
    fs::write(&reads[0], content).expect("written");
    let output = succeed(run("reads", &["--resume"]));
    let took = taken(&output, "aligned batches");
    assert!(took > 0, "{}", said(&output));
    succeed(run("anew", &[]));
    check_same(&bench.path("reads"), &outputs(&bench.path("anew")));
}

#[test]
fn bins_of_records_taken_as_they_are_serve_the_same_records_alone() {
    let bench = Bench::new();
    succeed(bench.germline("reads", &["--bam-index", "csi"]));
    succeed(bench.germline("fewer", &["--remove-duplicates"]));
    let [all, fewer] = ["reads", "fewer"].map(|out| bench.path(out).join("DEMO.bam"));
    let bam = bench.path("in.bam");
    let args = |out: &str, more: &[&str]| -> Vec<String> {
        let (reference, bam, out) =
            (text(&Sample::get().file("genome.fa")), text(&bam), text(&bench.path(out)));
        let args =
            ["germline", "--ref", &reference, "--from", "bam", "--reads", &bam, "--out-dir", &out, "-t", "2"];
        args.iter().chain(more).map(|&arg| arg.to_owned()).collect()
    };
    for (out, then) in [("same", &all), ("other", &fewer)] {
        fs::copy(&all, &bam).expect("copied");
        bench.interrupt(out, &args(out, &["--resume"]));
        fs::copy(then, &bam).expect("copied");
        let output = succeed(args(out, &["--resume"]));
        assert_eq!(taken(&output, "finished bins") > 0, then == &all, "{}", said(&output));
        let anew = format!("{out}-anew");
        succeed(args(&anew, &[]));
        check_same(&bench.path(out), &outputs(&bench.path(&anew)));
    }
}

fn plain(path: &Path) -> Vec<u8> {
    let mut text = Vec::new();
    let file = fs::File::open(path).expect("there");
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut text).expect("gzip");
    text
}

#[test]
fn a_run_without_the_option_removes_what_was_kept_and_nothing_else() {
    let bench = Bench::new();
    let state = bench.interrupted("out", &[]);
    let output = succeed(bench.germline("out", &[]));
    assert!(said(&output).contains("DEMO.resume: left by an earlier run; removed"), "{}", said(&output));
    assert!(!state.exists());
    // A folder of that name that is not ours stays, and what is in it.
    fs::create_dir(&state).expect("made");
    fs::write(state.join("mine"), "mine").expect("written");
    succeed(bench.germline("out", &[]));
    succeed(bench.germline("out", &["--resume"]));
    assert_eq!(names(&state), ["mine"]);
}

#[test]
fn two_runs_do_not_share_a_state() {
    let bench = Bench::new();
    let out = bench.path("out");
    let mut child = start(&bench.germline("out", &["--resume"]));
    let lock = out.join(STATE).join("key");
    while child.try_wait().expect("waits").is_none() && !lock.exists() {
        sleep(Duration::from_millis(1));
    }
    // Stopped, so that it is there as long as the others look.
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &id]).status().expect("kill runs").success());
    let second = rihla(bench.germline("out", &["--resume"]));
    let without = rihla(bench.germline("out", &[]));
    assert!(Command::new("kill").args(["-CONT", &id]).status().expect("kill runs").success());
    assert!(child.wait().expect("ends").success());
    assert_eq!(second.status.code(), Some(73), "{}", said(&second));
    assert!(said(&second).contains("DEMO.resume: another run works with it"), "{}", said(&second));
    assert!(
        without.status.success() && said(&without).contains("another run works with it"),
        "{}",
        said(&without)
    );
    assert!(!out.join(STATE).exists());
}

#[test]
fn sorted_alignments_are_resumed_in_every_format_and_kept_elsewhere() {
    let bench = Bench::new();
    let sample = Sample::get();
    let [reference, one, two] =
        ["genome.fa", "reads_1.fq.gz", "reads_2.fq.gz"].map(|name| text(&sample.file(name)));
    for format in ["bam", "cram", "sam"] {
        let out = |name: &str| bench.path(&format!("{name}.{format}"));
        let args = |name: &str, resume: Option<&str>| -> Vec<String> {
            let out = text(&out(name));
            let args = [
                "align", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--out", &out, "-t",
                "2",
            ];
            args.iter().copied().chain(resume).map(str::to_owned).collect()
        };
        succeed(args("whole", None));
        let elsewhere = format!("--resume={}", text(&bench.path("kept/below")));
        let state = bench.path(&format!("kept/below/killed.{format}.resume"));
        let kept = |name: &str| fs::metadata(state.join(name)).map_or(0, |found| found.len());
        let mut child = start(&args("killed", Some(&elsewhere)));
        while child.try_wait().expect("waits").is_none() && kept("bins") == 0 {
            sleep(Duration::from_millis(1));
        }
        end(&mut child, "-KILL");
        let was_killed = state.exists();
        let output = succeed(args("killed", Some(&elsewhere)));
        assert!(!was_killed || taken(&output, "aligned batches") > 0, "{format}: {}", said(&output));
        for extension in ["", ".bai", ".crai"] {
            let read = |name: &str| fs::read(format!("{}{extension}", text(&out(name)))).ok();
            assert!(read("whole") == read("killed"), "{format}{extension}");
        }
        assert_eq!(names(&bench.path("kept/below")), Vec::<String>::new());
    }
    let output =
        rihla(["align", "--ref", &reference, "--reads", &one, "--sample", "S", "--out", "-", "--resume"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let out = text(&bench.path("x.sam"));
    let args =
        ["align", "--ref", &reference, "--reads", &one, "--sample", "S", "--out", &out, "--order", "input"];
    assert_eq!(rihla(args.iter().chain(&["--resume"])).status.code(), Some(2));
}

#[test]
fn a_disk_that_is_full_leaves_work_that_is_used() {
    let bench = Bench::new();
    let whole = whole();
    // A limit on the size of files stands for a full disk: writes fail the same way.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"";
    let args = bench.germline("out", &["--resume"]);
    let output = Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_rihla")]).args(&args).output();
    let output = output.expect("bash runs");
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    assert!(bench.path("out").join(STATE).exists());
    let output = succeed(&args);
    assert!(taken(&output, "aligned batches") > 0, "{}", said(&output));
    check_same(&bench.path("out"), &whole);
}
