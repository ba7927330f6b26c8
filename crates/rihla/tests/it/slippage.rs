//! How often reads slip and err is learnt from the sample: the same whatever the run, and not the same for every sample.

use std::path::Path;

use crate::harness::{Sample, bytes, said, succeed};

/// What a run says of the reads' slippage and of their errors.
fn learnt(output: &std::process::Output) -> String {
    let said = said(output);
    let line = |of: &str| {
        let line = said.lines().find_map(|line| line.split_once(of));
        line.unwrap_or_else(|| panic!("nothing learnt: {said}")).1
    };
    format!("{}; {}", line("reads slip in repeats "), line("errors repeat on one strand at "))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn calls(vcf: &Path) -> Vec<String> {
    let mut text = String::new();
    let packed = bytes(vcf);
    let mut file = flate2::read::MultiGzDecoder::new(&packed[..]);
    std::io::Read::read_to_string(&mut file, &mut text).expect("whole gzip");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// What is said of what was learnt is in the metrics.
fn metrics_have_it(said: &str, dir: &Path) {
    let metrics: serde_json::Value =
        serde_json::from_slice(&bytes(dir.join("DEMO.metrics.json"))).expect("JSON");
    let number = |key: &str| {
        metrics["calling"][key].as_f64().unwrap_or_else(|| panic!("{key} is lacking: {}", metrics["calling"]))
    };
    let slips = format!("of 12 A in {:.2} % (learnt at ", 100.0 * number("slip_fraction"));
    let strand = format!("at {:.2} times as many places", number("strand_error_factor"));
    let folded =
        format!("{:.2} % of the reads have an end that a fold made", 100.0 * number("folded_fraction"));
    let strangers = format!(
        "{:.3} % of the reads show REF where both copies have ALT",
        100.0 * number("stranger_fraction")
    );
    let (depth, spread) = (number("usual_depth"), 100.0 * number("depth_spread"));
    let depth = format!("reads lie {depth:.0} deep, which varies by {spread:.0} %");
    let (snp, snps) = (number("snp_artifact_factor"), number("snp_artifacts"));
    let (gap, gaps) = (number("indel_artifact_factor"), number("indel_artifacts"));
    let artifacts = format!(
        "look like SNPs at {snp:.2} times as many places as usual ({snps} seen), like indels at {gap:.2} ({gaps} seen)"
    );
    for part in [slips, strand, folded, strangers, depth, artifacts] {
        assert!(said.contains(&part), "{part} is not said: {said}");
    }
    assert!(number("slip_repeats") > 0.0);
}

#[test]
fn a_run_and_its_bam_learn_the_same() {
    let (sample, dir) = (Sample::get(), tempfile::tempdir().expect("a folder"));
    let vcf = dir.path().join("a.vcf.gz");
    let mut args = sample.germline(dir.path());
    args.extend(["--threads", "1"].map(str::to_owned));
    let output = succeed(&args);
    let of_run = learnt(&output);
    metrics_have_it(&said(&output), dir.path());
    args.truncate(args.len() - 1);
    args.extend(["3", "--memory", "2M"].map(str::to_owned));
    assert_eq!(learnt(&succeed(args)), of_run, "three threads, spilling");
    let (reference, bam) = (text(&sample.file("genome.fa")), text(&dir.path().join("DEMO.bam")));
    let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &text(&vcf)];
    assert_eq!(learnt(&succeed(args)), of_run);
    let expected = calls(&dir.path().join("DEMO.vcf.gz"));
    assert!(expected.len() > 100 && calls(&vcf) == expected);
    // Regions are called as the whole genome is.
    let bed = dir.path().join("a.bed");
    std::fs::write(&bed, format!("{}\t0\t50000\n", expected[0].split('\t').next().unwrap_or("")))
        .expect("written");
    let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &text(&vcf), "--regions", &text(&bed)];
    assert_eq!(learnt(&succeed(args)), of_run);
}

#[test]
fn samples_differ() {
    let (sample, dir) = (Sample::get(), tempfile::tempdir().expect("a folder"));
    let reference = text(&sample.file("genome.fa"));
    let of_profile = |profile: &str| {
        let (out, bam, vcf) = (dir.path().join(profile), dir.path().join("a.bam"), dir.path().join("a.vcf"));
        let depth = ["--depth", "20", "--profile", profile, "--out-dir", &text(&out)];
        succeed(["simulate", "--ref", &reference].iter().chain(&depth));
        let file = |name: &str| text(&out.join(name));
        let (one, two) = (file("reads_1.fq.gz"), file("reads_2.fq.gz"));
        succeed(["align", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--out", &text(&bam)]);
        let output = succeed(["call", "--ref", &reference, "--bam", &text(&bam), "--out", &text(&vcf)]);
        let said = learnt(&output);
        let rate = said.split(' ').nth(4).and_then(|rate| rate.parse::<f64>().ok());
        rate.unwrap_or_else(|| panic!("no rate: {said}"))
    };
    let (clean, noisy) = (of_profile("hiseq"), of_profile("hiseqx"));
    assert!(noisy > 2.0 * clean && clean > 0.0, "{clean} {noisy}");
}
