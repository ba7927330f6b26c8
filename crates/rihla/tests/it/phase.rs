//! Physical phase: calls that are phased together lie on the copies on which the truth has them.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::harness::{Sample, bytes};

fn records(name: &str) -> Vec<Vec<String>> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(Sample::get().file(name))[..]).read_to_string(&mut text).expect("whole gzip");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Contig, position, REF and ALT.
fn key(fields: &[String]) -> Vec<String> {
    [0, 1, 3, 4].map(|at| fields[at].clone()).to_vec()
}

#[test]
fn phased_calls_are_as_the_truth_has_them() {
    let truth: BTreeMap<Vec<String>, String> = records("truth.vcf.gz")
        .iter()
        .map(|fields| (key(fields), fields[9].split(':').next().unwrap_or_default().to_owned()))
        .collect();
    // By phase set: whether each call's copies are the truth's, or the other way round.
    let mut sets: BTreeMap<(String, String), Vec<bool>> = BTreeMap::new();
    for fields in records("DEMO.vcf.gz") {
        let values: BTreeMap<&str, &str> = fields[8].split(':').zip(fields[9].split(':')).collect();
        let Some(&set) = values.get("PS") else {
            assert!(!values["GT"].contains('|'), "{fields:?}");
            continue;
        };
        assert_eq!(values["GT"], values["PGT"]);
        assert!(values["PID"].starts_with(&format!("{set}_")), "{fields:?}");
        let Some(genotype) = truth.get(&key(&fields)).filter(|genotype| genotype.contains('|')) else {
            continue;
        };
        sets.entry((fields[0].clone(), set.to_owned())).or_default().push(genotype == values["GT"]);
    }
    let (mut pairs, mut wrong) = (0, 0);
    for members in sets.values() {
        pairs += members.len() - 1;
        wrong += members.windows(2).filter(|two| two[0] != two[1]).count();
    }
    assert!(pairs >= 5, "{pairs} pairs of phased calls");
    assert_eq!(wrong, 0, "of {pairs}");
}
