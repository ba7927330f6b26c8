//! Examples to copy are true: the workflows of docs/ci do what they say, and the figures of docs/scale.md are its script's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Sample, said};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Reads a workflow of GitHub or GitLab and prints its variables, and the scripts that run Rihla, those that install it
/// left out.
const EXTRACT: &str = "
import json, sys
try:
    import yaml
except ImportError:
    sys.exit(77)
flow = yaml.safe_load(open(sys.argv[1]))
if 'jobs' in flow:
    job = flow['jobs']['chr20']
    scripts, variables = [step['run'] for step in job['steps'] if 'run' in step], flow['env']
    assert flow[True] and all('run' in step or 'uses' in step for step in job['steps'])
else:
    job = flow['rihla-giab']
    scripts, variables = job['before_script'] + job['script'], job['variables']
    assert all(isinstance(script, str) for script in scripts)
print(json.dumps({'variables': variables, 'all': scripts, 'scripts': [s for s in scripts if s.startswith('rihla ')]}))
";

/// A folder with the small sample's files where the workflows have those of GIAB.
fn stage(dir: &Path) {
    let giab = dir.join("giab");
    fs::create_dir(&giab).expect("made");
    for (from, to) in [
        ("genome.fa", "chr20.fa"),
        ("reads_1.fq.gz", "R1.fastq.gz"),
        ("reads_2.fq.gz", "R2.fastq.gz"),
        ("truth.vcf.gz", "truth.vcf.gz"),
        ("truth.bed", "truth.bed"),
    ] {
        fs::copy(Sample::get().file(from), giab.join(to)).expect("copied");
    }
}

fn shell(dir: &Path, script: &str, variables: &Value) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_rihla")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let variables = variables.as_object().expect("variables").iter();
    let variables = variables.map(|(name, value)| (name, value.as_str().expect("text")));
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).current_dir(dir).env("PATH", path).envs(variables);
    command.env_remove("TMPDIR").output().expect("bash runs")
}

#[test]
fn the_workflows_run_on_a_small_sample() {
    for name in ["github-giab.yml", "gitlab-giab.yml"] {
        let file = docs().join("ci").join(name);
        let Ok(read) = Command::new("python3").args(["-c", EXTRACT]).arg(&file).output() else {
            eprintln!("skipped: python3 is not installed");
            return;
        };
        if read.status.code() == Some(77) {
            eprintln!("skipped: python3 has no yaml");
            return;
        }
        assert!(read.status.success(), "{name}: {}", said(&read));
        let flow: Value = serde_json::from_slice(&read.stdout).expect("JSON");
        let dir = tempfile::tempdir().expect("a folder");
        stage(dir.path());
        for script in flow["all"].as_array().expect("scripts").iter().filter_map(Value::as_str) {
            let checked = Command::new("bash").args(["-n", "-c", script]).output().expect("bash runs");
            assert!(checked.status.success(), "{name}: {script}: {}", said(&checked));
        }
        let scripts: Vec<&str> =
            flow["scripts"].as_array().expect("scripts").iter().filter_map(Value::as_str).collect();
        let ran: String = scripts.concat();
        for command in ["doctor", "check", "germline", "compare", "--fail-below"] {
            assert!(ran.contains(command), "{name} has {command}: {scripts:?}");
        }
        let mut last = None;
        for script in &scripts {
            let output = shell(dir.path(), script, &flow["variables"]);
            assert!(output.status.success(), "{name}: {script}: {}", said(&output));
            last = Some(script);
        }
        assert!(dir.path().join("out/HG002.giab.summary.csv").is_file());
        // The floors bite.
        let mut strict = flow["variables"].clone();
        strict["FLOORS"] =
            "indel.recall=1.0,snp.recall=1.0,snp.precision=1.0,indel.precision=1.0,indel.f1=1.0".into();
        fs::write(dir.path().join("giab/truth.bed"), "chr1\t0\t100000\nchr2\t0\t50000\n").expect("written");
        let cut = dir.path().join("out/HG002.vcf.gz");
        fs::write(&cut, "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG002\n").expect("written");
        let judged = shell(dir.path(), last.expect("a comparison"), &strict);
        assert_eq!(judged.status.code(), Some(1), "{name}: {}", said(&judged));
    }
}

#[test]
fn the_tables_of_scale_are_those_of_its_script() {
    let page = fs::read_to_string(docs().join("scale.md")).expect("text");
    let (_, rest) = page.split_once("<!-- begin: scale -->\n").expect("a mark");
    let (table, _) = rest.split_once("<!-- end: scale -->").expect("a mark");
    let run = |args: &[&str]| {
        let output = Command::new("python3").arg(docs().join("scale.py")).args(args).output();
        output.ok().map(|output| {
            assert!(output.status.success(), "{}", said(&output));
            String::from_utf8(output.stdout).expect("text")
        })
    };
    let Some(made) = run(&[]) else {
        eprintln!("skipped: python3 is not installed");
        return;
    };
    assert_eq!(table, made, "put what python3 docs/scale.py prints into docs/scale.md");
    // By hand: 1 Mb at 15x in reads of 150 are 100,000 reads; at 36 ms each an hour.
    let small = [
        "--genomes",
        "2",
        "--genome-mb",
        "1",
        "--depth",
        "15",
        "--germline-us",
        "36000",
        "--large-index-us",
        "0",
    ];
    let made = run(&small).expect("python3 is there");
    assert!(made.contains("| reads | depth x bases / length | 0.1 | million |"), "{made}");
    assert!(made.contains("| CPU | reads x us a read | 1 | core-hours |"), "{made}");
    assert!(
        made.contains("| core-hours of work | 2 |")
            && made.contains("| spilled | reads beyond memory x bytes | 0 | GB |"),
        "{made}"
    );
}
