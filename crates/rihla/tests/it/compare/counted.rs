//! Nothing is dropped in silence: counts in are counts out, and what is odd is handled as documented.

use std::fs;
use std::process::Stdio;

use super::lab::{HEADER, Lab, Results, bgzip, gzip, next};

const FATES: [&str; 8] =
    ["compared", "outside", "filtered", "hom_ref", "no_call", "symbolic", "structural", "ploidy"];

/// Checks that every record of both files is in the books once, and in the annotated VCF once.
fn balanced(results: &Results, read: [usize; 2]) {
    for (side, name) in ["truth", "query"].into_iter().enumerate() {
        assert_eq!(results.fate(name, "read"), read[side] as u64, "{name}");
        let fates: u64 = FATES.iter().map(|fate| results.fate(name, fate)).sum();
        assert_eq!(fates, read[side] as u64, "{name}: fates sum to what was read");
        let decisions = results.values(side, "BD");
        assert_eq!(decisions.len(), read[side], "{name}: each record is in the annotated VCF once");
        let of = |wanted: &[&str]| decisions.iter().filter(|found| wanted.contains(&found.as_str())).count();
        let [snp, indel] = ["SNP", "INDEL"].map(|kind| results.counts(kind, "PASS"));
        let sums: Vec<usize> = snp.iter().zip(indel).map(|(a, b)| (a + b) as usize).collect();
        match side {
            0 => assert_eq!([of(&["TP"]), of(&["FN"])], [sums[0], sums[1]], "truth"),
            _ => assert_eq!([of(&["FP"]), of(&["UNK"])], [sums[2], sums[3]], "query"),
        }
    }
    let positions: Vec<(&str, u32)> =
        results.records().iter().map(|record| (record[0], record[1].parse().expect("POS"))).collect();
    assert!(positions.is_sorted(), "the annotated VCF is sorted");
}

/// One record of every odd kind on `chr1`.
fn odd(lab: &Lab) -> Vec<String> {
    let snv = |position: usize, genotype: &str| lab.snv("chr1", position, genotype);
    let letter = |position: usize| lab.letters("chr1", position, 1);
    let other = |position: usize, alternate: &str, genotype: &str| {
        lab.record("chr1", position, (&letter(position), alternate), genotype, ("9", "."))
    };
    let genotypes = ["./1", "0/.", "./.", ".", "1", "0/1/1", "0/0", "0|1"];
    let mut records: Vec<String> =
        genotypes.iter().enumerate().map(|(i, genotype)| snv(100 + 20 * i, genotype)).collect();
    records.push(other(400, "<DEL>", "0/1"));
    records.push(other(420, "*", "0/1"));
    records.push(other(440, &format!("*,{}", next(&letter(440))), "1/2"));
    records.push(other(460, &(letter(460) + &"ACGTTGCA".repeat(7)), "1/1"));
    let pair = lab.letters("chr1", 480, 2);
    let changed = next(&pair[..1]) + &next(&pair[1..]);
    records.push(lab.record("chr1", 480, (&pair, &changed), "1/1", (".", ".")));
    records.push(other(500, "<NON_REF>", "0/0"));
    records.push(other(520, &(letter(520) + "[chr2:100["), "0/1"));
    records.push(other(540, ".", "0/0"));
    let (small, other) = (letter(560).to_lowercase(), next(&letter(560)).to_lowercase());
    records.push(lab.record("chr1", 560, (&small, &other), "0/1", ("3", "LowQual")));
    records
}

#[test]
fn odd_records_are_in_the_books() {
    let lab = Lab::new();
    let records = odd(&lab);
    lab.vcf("odd.vcf", &records);
    let results = lab.compared("odd.vcf", "odd.vcf", &[]);
    balanced(&results, [records.len(); 2]);
    for side in ["truth", "query"] {
        let fates = FATES.map(|fate| results.fate(side, fate));
        assert_eq!(fates, [5, 0, 1, 5, 2, 2, 1, 1], "{side}");
    }
    assert_eq!(results.counts("SNP", "PASS"), [5, 0, 0, 0], "the pair of bases is one SNP");
    assert_eq!(results.counts("SNP", "ALL"), [5, 0, 1, 0], "the filtered true variant is left out");
    assert!(results.vcf.contains("QueryFate=symbolic") && results.vcf.contains("TruthFate=ploidy"));
    assert!(results.vcf.contains("##FILTER=<ID=LowQual,"), "filters of the calls are in the header");
    assert!(results.shown.contains("truth: 17 records read = 5 compared"), "{}", results.shown);
}

#[test]
fn records_given_twice() {
    let lab = Lab::new();
    let mut records = lab.six();
    records.insert(0, records[0].clone());
    lab.vcf("twice.vcf", &records);
    let results = lab.compared("t.vcf", "twice.vcf", &[]);
    balanced(&results, [6, 7]);
    assert_eq!(results.counts("SNP", "PASS"), [6, 0, 1, 0], "one of the two is false");
    let results = lab.compared("twice.vcf", "t.vcf", &[]);
    balanced(&results, [7, 6]);
    assert_eq!(results.counts("SNP", "PASS"), [6, 1, 0, 0]);
}

#[test]
fn forms_of_one_file_give_the_same_bytes() {
    let lab = Lab::new();
    let records = odd(&lab).concat();
    let content = HEADER.to_owned() + &records;
    let bare = content.lines().filter(|line| !line.starts_with("##contig")).collect::<Vec<_>>().join("\n");
    let run = |bytes: &[u8]| {
        lab.write("calls.vcf", bytes);
        lab.compared("t.vcf", "calls.vcf", &[]);
        super::lab::OUTPUTS.map(|ending| fs::read(lab.path(&format!("out/P.{ending}"))).expect("a file"))
    };
    let plain = run(content.as_bytes());
    for (form, bytes) in [
        ("gzip", gzip(&content)),
        ("two members", [gzip(HEADER), gzip(&records)].concat()),
        ("bgzip", bgzip(&content)),
        ("line ends of Windows", content.replace('\n', "\r\n").into_bytes()),
        ("no last line end", content.trim_end().as_bytes().to_vec()),
        ("no ##contig lines", bare.into_bytes()),
    ] {
        assert!(run(&bytes) == plain, "{form}");
    }
}

#[test]
fn calls_from_standard_input() {
    let lab = Lab::new();
    let args = ["--ref", "ref.fa", "--truth", "t.vcf", "--query", "-", "--out-prefix", "out/P"];
    let calls = fs::File::open(lab.path("t.vcf")).expect("a VCF");
    let output = lab.program(&args).stdin(Stdio::from(calls)).output().expect("starts");
    let results = lab.results(&output);
    balanced(&results, [6, 6]);
    assert_eq!(results.counts("SNP", "PASS"), [6, 0, 0, 0]);
}

#[test]
fn files_without_records() {
    let lab = Lab::new();
    lab.vcf("none.vcf", &[]);
    let results = lab.compared("t.vcf", "none.vcf", &[]);
    balanced(&results, [6, 0]);
    assert_eq!(results.counts("SNP", "PASS"), [0, 6, 0, 0]);
    let results = lab.compared("none.vcf", "t.vcf", &[]);
    balanced(&results, [0, 6]);
    assert_eq!(results.counts("SNP", "PASS"), [0, 0, 6, 0]);
    let results = lab.compared("none.vcf", "none.vcf", &[]);
    balanced(&results, [0, 0]);
    assert_eq!(results.counts("SNP", "PASS"), [0; 4]);
}

#[test]
fn regions_are_joined_and_counted() {
    let lab = Lab::new();
    let text = "track name=x\nchr1\t90\t200\nchr1\t150\t400\nchr1\t400\t450\nchr9\t0\t5\nchr2\t7\t7\n";
    lab.write("some.bed", text);
    lab.write("joined.bed", "chr1\t90\t450\n");
    lab.write("elsewhere.bed", "chr9\t0\t5\n");
    lab.write("empty.bed", "");
    let options = ["--bed", "some.bed", "--strata", "elsewhere=elsewhere.bed", "--strata", "empty=empty.bed"];
    let results = lab.compared("t.vcf", "t.vcf", &options);
    balanced(&results, [6, 6]);
    assert_eq!(results.counts("SNP", "PASS"), [2, 0, 0, 4], "chr1:100 and chr1:300 are inside");
    assert_eq!(results.fate("truth", "outside"), 4);
    let files = &results.metrics["files"]["regions"];
    let of = |file: usize, key: &str| files[file][key].clone();
    assert_eq!([of(0, "path"), of(1, "path")], ["some.bed", "elsewhere.bed"]);
    assert_eq!((of(0, "stratum"), of(2, "stratum")), (serde_json::Value::Null, "empty".into()));
    let counts = ["intervals", "unknown", "empty", "overlapping", "touching"].map(|key| of(0, key));
    assert_eq!(counts, [5, 1, 1, 1, 1]);
    for words in
        ["some.bed: 1 of 5 intervals are on contigs", "1 of 5 intervals overlap", "empty.bed: no interval"]
    {
        assert!(results.said.contains(words), "{words}: {}", results.said);
    }
    let joined = lab.compared("t.vcf", "t.vcf", &["--bed", "joined.bed"]);
    assert_eq!(joined.counts("SNP", "PASS"), results.counts("SNP", "PASS"));
    let nowhere = lab.compared("t.vcf", "t.vcf", &["--bed", "empty.bed"]);
    assert_eq!(nowhere.counts("SNP", "PASS"), [0, 0, 0, 6], "an empty BED is no region, not every region");
}

#[test]
fn genotypes_that_are_missing() {
    let lab = Lab::new();
    let without = |line: &String| line.replace("GT:GQ", "DP").replace("0/1:40", "3").replace("1/1:40", "4");
    lab.vcf("depth.vcf", &lab.six().iter().map(without).collect::<Vec<_>>());
    let results = lab.compared("t.vcf", "depth.vcf", &[]);
    balanced(&results, [6, 6]);
    assert_eq!((results.fate("query", "no_call"), results.counts("SNP", "PASS")), (6, [0, 6, 0, 0]));
    assert!(results.said.contains("depth.vcf: none of its 6 records has a genotype"), "{}", results.said);
    // Alleles can be compared all the same.
    let results = lab.compared("t.vcf", "depth.vcf", &["--ignore-genotype"]);
    assert_eq!(results.counts("SNP", "PASS"), [6, 0, 0, 0]);
    assert!(!results.said.contains("warning"), "{}", results.said);
}

#[test]
fn genotypes_and_phases_that_do_not_count() {
    let lab = Lab::new();
    let changed = |line: &String| line.replace("0/1", "1/1");
    lab.vcf("hom.vcf", &lab.six().iter().map(changed).collect::<Vec<_>>());
    let strict = lab.compared("t.vcf", "hom.vcf", &[]);
    assert_eq!(strict.counts("SNP", "PASS"), [2, 4, 4, 0]);
    let row =
        strict.summary.iter().find(|row| row["Type"] == "SNP" && row["Filter"] == "PASS").expect("a row");
    assert_eq!(row["FP.gt"], "4", "the alleles are right");
    assert_eq!(lab.compared("t.vcf", "hom.vcf", &["--ignore-genotype"]).counts("SNP", "PASS"), [6, 0, 0, 0]);
    let sites = |text: &str| -> String {
        let eight = |line: &str| line.split('\t').take(8).collect::<Vec<_>>().join("\t");
        text.lines()
            .map(|line| if line.starts_with("##") { line.to_owned() } else { eight(line) } + "\n")
            .collect()
    };
    lab.write("sites.vcf", sites(&fs::read_to_string(lab.path("t.vcf")).expect("a VCF")));
    for (truth, query) in [("t.vcf", "sites.vcf"), ("sites.vcf", "t.vcf"), ("sites.vcf", "sites.vcf")] {
        let results = lab.compared(truth, query, &["--ignore-genotype"]);
        balanced(&results, [6, 6]);
        assert_eq!(results.counts("SNP", "PASS"), [6, 0, 0, 0], "{truth} {query}");
    }
    let phased = |genotypes: [&str; 2]| -> Vec<String> {
        [(100, genotypes[0]), (104, genotypes[1])].map(|(at, genotype)| lab.snv("chr1", at, genotype)).into()
    };
    lab.vcf("cis.vcf", &phased(["0|1", "0|1"]));
    lab.vcf("trans.vcf", &phased(["0|1", "1|0"]));
    lab.vcf("open.vcf", &phased(["0/1", "0/1"]));
    assert_eq!(lab.compared("cis.vcf", "trans.vcf", &[]).counts("SNP", "PASS"), [1, 1, 1, 0]);
    assert_eq!(lab.compared("cis.vcf", "trans.vcf", &["--ignore-phase"]).counts("SNP", "PASS"), [2, 0, 0, 0]);
    assert_eq!(lab.compared("cis.vcf", "open.vcf", &[]).counts("SNP", "PASS"), [2, 0, 0, 0]);
}

#[test]
fn filtered_calls_count_under_all() {
    let lab = Lab::new();
    let scores = [("50", "PASS"), (".", "."), ("2", "LowQual"), ("3", "LowQual")];
    let mut calls: Vec<String> = [100, 300, 500, 600]
        .iter()
        .zip(scores)
        .map(|(&position, scores)| lab.scored("chr1", position, "0/1", scores))
        .collect();
    calls.push(lab.snv("chr2", 400, "1/1"));
    lab.vcf("calls.vcf", &calls);
    let results = lab.compared("t.vcf", "calls.vcf", &[]);
    balanced(&results, [6, 5]);
    assert_eq!(results.counts("SNP", "PASS"), [3, 3, 0, 0]);
    assert_eq!(results.counts("SNP", "ALL"), [4, 2, 1, 0]);
    assert_eq!(results.fate("query", "filtered"), 2);
    assert_eq!(results.values(1, "BD"), ["TP", "TP", "N", "N", "TP"]);
    assert_eq!(results.values(1, "BDA"), ["TP", "TP", "TP", "FP", "TP"]);
    assert_eq!(
        results.values(0, "QQ"),
        ["50", ".", "2", ".", ".", "50"],
        "the score of the call that found it"
    );
}
