//! What goes wrong around a run: it is killed, disks fill, folders cannot be written, handles run out. Each test
//! says what it tried (`--nocapture`); `docs/reliability.md` is the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Instant;

use tempfile::TempDir;

use crate::harness::{FORMS, Sample, bytes, names, rihla, said, succeed};

/// Moments at which a run is ended.
const TRIES: u32 = 20;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The files of a whole run, but for those that tell times.
fn whole() -> BTreeMap<String, Vec<u8>> {
    let names = ["DEMO.bam", "DEMO.bam.bai", "DEMO.vcf.gz", "DEMO.vcf.gz.tbi", "DEMO.duplicate_metrics.txt"];
    names.iter().chain(&FORMS).map(|&name| (name.to_owned(), bytes(Sample::get().file(name)))).collect()
}

/// Checks that every final name holds what a whole run writes, and that the rest is called a part.
fn check_names(out: &Path, whole: &BTreeMap<String, Vec<u8>>, same_command: bool) -> usize {
    let mut finished = 0;
    for name in names(out) {
        if name.ends_with(".part") {
            continue;
        }
        finished += 1;
        if let Some(expected) = whole.get(&name).filter(|_| same_command) {
            assert!(bytes(out.join(&name)) == *expected, "{name} is not whole");
        }
    }
    finished
}

/// A run of the main job on the sample.
fn start(out: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_rihla"))
        .args(Sample::get().germline(out))
        .args(["--threads", "2"])
        .stderr(Stdio::null())
        .env_remove("TMPDIR")
        .spawn()
        .expect("starts")
}

#[test]
fn killed_at_any_moment_a_run_leaves_whole_files_or_none() {
    let whole = whole();
    let dir = tempfile::tempdir().expect("a folder");
    let begin = Instant::now();
    assert!(start(dir.path()).wait().expect("ends").success());
    let mut usual = begin.elapsed();
    let manifest = "DEMO.manifest.json".to_owned();
    for signal in ["-KILL", "-TERM"] {
        let (mut killed, mut parts, mut number) = (0, 0, 0);
        while killed < TRIES {
            assert!(number < 5 * TRIES, "{killed} of {number} runs were still running");
            let out = dir.path().join(format!("{signal}{number}"));
            let (begin, mut child) = (Instant::now(), start(&out));
            // Moments spread over the run, none twice.
            sleep(usual.mul_f64(f64::from(number * 7 % TRIES) / f64::from(TRIES)));
            let id = child.id().to_string();
            // A run that has ended before is whole, and none of the tries.
            let _ = Command::new("kill").args([signal, &id]).stderr(Stdio::null()).status();
            let status = child.wait().expect("ends");
            if status.success() {
                usual = usual.min(begin.elapsed());
            }
            killed += u32::from(!status.success());
            number += 1;
            if !out.exists() {
                continue;
            }
            check_names(&out, &whole, true);
            let left = names(&out);
            let left_parts = left.iter().filter(|name| name.ends_with(".part")).count();
            parts += left_parts;
            if signal == "-TERM" {
                assert_eq!(left_parts, 0, "a run that is asked to end cleans up: {left:?}");
                assert!(status.success() || status.code() == Some(143), "{status}");
            }
            // The next run finds what was left, and leaves nothing but its outputs.
            if left_parts > 0 {
                assert!(!left.contains(&manifest), "the manifest comes last: {left:?}");
                assert!(start(&out).wait().expect("ends").success());
                assert!(names(&out).iter().all(|name| !name.ends_with(".part")), "{:?}", names(&out));
                assert_eq!(check_names(&out, &whole, true), whole.len() + 3);
            }
        }
        eprintln!("{signal}: {killed} runs ended by it, {parts} parts left, all removed at the next start");
    }
}

/// A shell that may mount, as root or in a namespace of its own; `None`, and a line that says so, where neither is
/// allowed.
fn in_namespace(script: &str, args: &[String]) -> Option<Output> {
    let shell = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "bash", "-c", script]);
        command.arg(env!("CARGO_BIN_EXE_rihla")).args(args).env_remove("TMPDIR");
        command.output()
    };
    let can_mount = shell("mount -t tmpfs -o size=1m tmpfs /mnt").is_ok_and(|output| output.status.success());
    if !can_mount {
        eprintln!("skipped: no file system can be mounted here");
        return None;
    }
    Some(shell(script).expect("unshare runs"))
}

/// Inputs are read from the sample, outputs go to a folder of the test.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["out", "small"] {
            fs::create_dir(dir.path().join(name)).expect("a folder");
        }
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn germline(&self, out: &str, more: &[&str]) -> Vec<String> {
        let more = more.iter().map(|&arg| arg.to_owned());
        Sample::get().germline(&self.path(out)).into_iter().chain(more).collect()
    }

    /// Runs with a file system mounted on the folder `small`; afterwards lists what lies there.
    fn with_mount(&self, options: &str, args: &[String]) -> Option<Output> {
        let small = text(&self.path("small"));
        let script = format!(
            "mount -t tmpfs -o {options} tmpfs {small} && \"$0\" \"$@\"; code=$?; ls {small}; exit $code"
        );
        in_namespace(&script, args)
    }
}

fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("rihla: ")).collect();
    assert_eq!(errors.len(), 1, "one error: {said}");
    for word in words {
        assert!(errors[0].contains(word), "{word:?} is not in: {}", errors[0]);
    }
    eprintln!("exit {code}: {}", errors[0]);
}

#[test]
fn a_full_disk_under_the_outputs() {
    let bench = Bench::new();
    // The BAM alone takes more than a megabyte.
    for size in ["64k", "256k", "1m"] {
        let Some(output) =
            bench.with_mount(&format!("size={size}"), &bench.germline("small", &["--skip-space-check"]))
        else {
            return;
        };
        refused(&output, 74, &["no space is left", "DEMO"]);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing is left");
    }
}

#[test]
fn a_full_disk_under_the_temporary_files() {
    let bench = Bench::new();
    let small = text(&bench.path("small"));
    // So little memory that records are spilled.
    let args = bench.germline("out", &["--memory", "2M", "--tmp-dir", &small, "--skip-space-check"]);
    let Some(output) = bench.with_mount("size=512k", &args) else { return };
    refused(&output, 74, &["no space left in the temporary directory", &small]);
    assert_eq!(names(&bench.path("out")), Vec::<String>::new(), "nothing is left");
    let Some(output) = bench.with_mount("size=256m", &args) else { return };
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "the spilled records are gone");
    check_names(&bench.path("out"), &whole(), true);
}

#[test]
fn disks_that_are_too_small_are_seen_before_the_work() {
    let bench = Bench::new();
    let small = text(&bench.path("small"));
    for args in
        [bench.germline("small", &[]), bench.germline("out", &["--memory", "2M", "--tmp-dir", &small])]
    {
        let Some(output) = bench.with_mount("size=300k", &args) else { return };
        refused(&output, 74, &[&small, "free", "reads", "--skip-space-check"]);
        assert!(!said(&output).contains("% of the reads are mapped"), "nothing was aligned");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing is left");
    }
    assert_eq!(names(&bench.path("out")), Vec::<String>::new());
}

#[test]
fn folders_that_cannot_be_written() {
    let bench = Bench::new();
    let small = text(&bench.path("small"));
    let Some(output) = bench.with_mount("ro", &bench.germline("small", &[])) else { return };
    refused(&output, 73, &["small/DEMO", "Read-only"]);
    let args = bench.germline("out", &["--tmp-dir", &small]);
    let Some(output) = bench.with_mount("ro", &args) else { return };
    refused(&output, 73, &[&small, "--tmp-dir"]);
    assert_eq!(names(&bench.path("out")), Vec::<String>::new());
}

#[test]
fn too_few_file_handles() {
    let bench = Bench::new();
    let mut ends = Vec::new();
    for limit in [4, 6, 8, 10, 12, 14, 16, 20, 32] {
        let out = format!("out{limit}");
        let script = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
        let output = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_rihla")])
            .args(bench.germline(&out, &["--threads", "2"]))
            .output()
            .expect("bash runs");
        ends.push(output.status.success());
        if output.status.success() {
            check_names(&bench.path(&out), &whole(), true);
            continue;
        }
        let said = said(&output);
        assert!(said.contains("Too many open files"), "limit {limit}: {said}");
        assert!(matches!(output.status.code(), Some(66 | 70 | 73 | 74)), "limit {limit}: {said}");
        assert!(!bench.path(&out).exists() || names(&bench.path(&out)).is_empty(), "nothing is left");
    }
    eprintln!(
        "handles: {} of {} limits were too low, each one error",
        ends.iter().filter(|&&ok| !ok).count(),
        ends.len()
    );
    assert!(ends.contains(&false) && ends.contains(&true), "{ends:?}");
}

#[test]
fn a_device_that_fails_while_it_is_read() {
    // Reading the memory of a process at address 0 fails with EIO, as a bad disk does.
    if !cfg!(target_os = "linux") {
        return;
    }
    let bench = Bench::new();
    let mut args = bench.germline("out", &[]);
    let at = args.iter().position(|arg| arg == "--reads").expect("an option");
    args.drain(at + 1..at + 3);
    args.insert(at + 1, "/proc/self/mem".to_owned());
    refused(&rihla(args), 74, &["/proc/self/mem", "Input/output error"]);
    assert_eq!(names(&bench.path("out")), Vec::<String>::new());
}

#[test]
fn inputs_behind_links_are_what_they_lead_to() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    let names = ["genome.fa", "genome.fa.rhx", "reads_1.fq.gz", "reads_2.fq.gz"];
    for name in names {
        // A link to a link, as workflow engines stage their inputs.
        symlink(Sample::get().file(name), bench.path(&format!("{name}.1"))).expect("linked");
        symlink(bench.path(&format!("{name}.1")), bench.path(name)).expect("linked");
    }
    let [reference, _, one, two] = names.map(|name| text(&bench.path(name)));
    let out = text(&bench.path("out"));
    let args =
        ["germline", "--ref", &reference, "--reads", &one, &two, "--sample", "DEMO", "--out-dir", &out];
    let output = succeed(args);
    assert!(!said(&output).contains("not there yet"), "the index beside the link is used: {}", said(&output));
    // The headers name the paths that were given; the records do not depend on them.
    let metrics = |dir: &Path| {
        let text = String::from_utf8(bytes(dir.join("DEMO.duplicate_metrics.txt"))).expect("text");
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        metrics(&bench.path("out")),
        metrics(Sample::get().file("DEMO.bam").parent().expect("a folder"))
    );
    assert!(fs::symlink_metadata(bench.path("reads_1.fq.gz")).is_ok_and(|link| link.is_symlink()));
}

#[test]
fn reads_given_twice_under_two_names() {
    let bench = Bench::new();
    let sample = Sample::get();
    let lanes = ["a_1", "a_2", "b_1", "b_2"].map(|name| bench.path(&format!("{name}.fq.gz")));
    for (at, lane) in lanes.iter().enumerate() {
        fs::copy(sample.file(&format!("reads_{}.fq.gz", at % 2 + 1)), lane).expect("copied");
    }
    let lanes = lanes.map(|lane| text(&lane));
    let (reference, out) = (text(&sample.file("genome.fa")), text(&bench.path("out")));
    let args = ["germline", "--ref", &reference, "--reads", &lanes[0], &lanes[1]];
    let more = ["--reads", &lanes[2], &lanes[3], "--sample", "S", "--out-dir", &out];
    refused(&rihla(args.iter().chain(&more)), 65, &["twice", "chr1:"]);
    assert_eq!(names(&bench.path("out")), Vec::<String>::new());
}

#[test]
fn hostile_reads_end_in_one_error_or_in_records() {
    let record = |name: &str, bases: &str, qualities: &str| format!("@{name}\n{bases}\n+\n{qualities}\n");
    let long = "ACGT".repeat(25_000);
    let unknown = "N".repeat(300);
    let cases: Vec<(&str, Vec<u8>, Result<usize, &str>)> = vec![
        ("bases of 100 kB", record("r", &long, &"I".repeat(100_000)).into(), Err("65535")),
        ("a name of 100 kB", record(&"n".repeat(100_000), "ACGT", "IIII").into(), Err("name")),
        ("a file of one line", vec![b'A'; 1 << 20], Err("begin with '@'")),
        ("ten million N", record("r", &unknown, &"#".repeat(300)).repeat(33_334).into(), Ok(33_334)),
        (
            "binary junk",
            (0..100_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
            Err(""),
        ),
        ("zeros", vec![0; 100_000], Err("")),
        ("lines that end in CR LF", record("r", "ACGT", "IIII").replace('\n', "\r\n").into(), Ok(1)),
        ("a quality of 0x7f", record("r", "ACGT", "II\u{7f}I").into(), Err("qualit")),
        ("no name", record("", "ACGT", "IIII").into(), Err("name")),
        ("no bases", record("r", "", "").into(), Ok(1)),
        ("letters that are no bases", record("r", "AC!T", "IIII").into(), Err("record 1")),
    ];
    let bench = Bench::new();
    let (reference, out) = (text(&Sample::get().file("genome.fa")), bench.path("out/x.sam"));
    for (what, content, expected) in cases {
        let reads = bench.path("hostile.fq");
        fs::write(&reads, content).expect("written");
        let args =
            ["align", "--ref", &reference, "--reads", &text(&reads), "--sample", "S", "--out", &text(&out)];
        let output = rihla(args);
        match expected {
            Ok(count) => {
                assert!(output.status.success(), "{what}: {}", said(&output));
                let sam = String::from_utf8(bytes(&out)).expect("text");
                assert_eq!(sam.lines().filter(|line| !line.starts_with('@')).count(), count, "{what}");
                fs::remove_file(&out).expect("removed");
                eprintln!("{what}: {count} records");
            }
            Err(word) => {
                refused(&output, 65, &["hostile.fq", word]);
                assert_eq!(names(&bench.path("out")), Vec::<String>::new(), "{what}");
            }
        }
    }
}
