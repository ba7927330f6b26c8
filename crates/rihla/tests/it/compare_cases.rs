//! Every folder `compare-*` of `testdata/cases`: loci where judges disagree, or once did, and the rules they show.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::harness::succeed;

/// A record in words: side, POS, REF, ALT, GT, and the verdict under PASS.
type Row = [String; 6];

#[test]
fn every_record_is_judged_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/cases");
    let entries = fs::read_dir(&root).expect("the cases are committed");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    folders
        .retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("compare-")));
    folders.sort();
    assert!(folders.len() >= 25, "cases are missing from {}", root.display());
    for folder in folders {
        assert_eq!(judged(&folder), expected(&folder), "{}", folder.display());
    }
}

/// What the program says.
fn judged(folder: &Path) -> Vec<Row> {
    let out = tempfile::tempdir().expect("a folder");
    let mut words: Vec<OsString> = ["compare", "--quiet", "--out-prefix"].map(OsString::from).to_vec();
    words.push(out.path().join("o").into());
    for (option, file) in [
        ("--ref", "reference.fa"),
        ("--truth", "truth.vcf"),
        ("--query", "query.vcf"),
        ("--bed", "truth.bed"),
    ] {
        let path = folder.join(file);
        if option != "--bed" || path.exists() {
            words.extend([option.into(), path.into_os_string()]);
        }
    }
    let options = fs::read_to_string(folder.join("options.txt")).unwrap_or_default();
    words.extend(options.split_whitespace().map(OsString::from));
    succeed(words);
    let mut text = String::new();
    let file = fs::File::open(out.path().join("o.vcf.gz")).expect("the annotated VCF");
    MultiGzDecoder::new(file).read_to_string(&mut text).expect("a VCF");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut rows: Vec<Row> = lines.flat_map(rows).collect();
    rows.sort();
    rows
}

/// The records that a line of the annotated VCF stands for.
fn rows(line: &str) -> Vec<Row> {
    let columns: Vec<&str> = line.split('\t').collect();
    let sides = [("truth", columns[9]), ("query", columns[10])].into_iter();
    sides
        .filter_map(|(side, sample)| {
            let values: Vec<&str> = sample.split(':').collect();
            assert!(columns[8].starts_with("GT:BD:"), "{}", columns[8]);
            let row = [side, columns[1], columns[3], columns[4], values[0], values[1]];
            (values[1] != ".").then(|| row.map(str::to_owned))
        })
        .collect()
}

/// The rows of `expected.tsv`; vcfeval's verdicts, in its last column, are for readers.
fn expected(folder: &Path) -> Vec<Row> {
    let text = fs::read_to_string(folder.join("expected.tsv")).expect("expected.tsv");
    let rows = text.lines().skip(1).map(|line| {
        let words: Vec<String> = line.split('\t').take(6).map(str::to_owned).collect();
        words.try_into().expect("six columns or more")
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort();
    rows
}
