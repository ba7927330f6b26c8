//! The verdict on a run, its report, and the page of a batch.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    String::from_utf8(bytes(path)).expect("text")
}

fn metrics() -> Value {
    serde_json::from_slice(&bytes(Sample::get().file("DEMO.metrics.json"))).expect("JSON")
}

/// What must hold of every page.
fn check_page(page: &str, language: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"") && page.ends_with("</html>\n"));
    assert!(page.contains(&format!("<html lang=\"{language}\">")));
    assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none';"), "a policy");
    for loading in
        ["http:", "https:", "//", "<script", " src=", "url(", "@import", "<iframe", "<object", "onload"]
    {
        assert!(!page.contains(loading), "{loading} is on the page");
    }
    for landmark in ["<header>", "<nav ", "<main>", "<footer>", "<h1>", "class=\"skip\" href=\"#verdict\""] {
        assert_eq!(page.matches(landmark).count(), 1, "{landmark}");
    }
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "names within the page are unique: {ids:?}");
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(unique.contains(target), "{target} is linked to");
    }
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn a_run_writes_its_report_and_it_can_be_made_again() {
    let sample = Sample::get();
    let page = read(sample.file("DEMO.report.html"));
    check_page(&page, "en");
    assert!(sample.said.contains("verdict: PASS: 8 gates pass"), "{}", sample.said);
    let charts =
        ["quality", "content-1", "content-2", "fates", "inserts", "mapq", "duplication", "depth", "reached"];
    let more = ["contigs", "gc", "substitutions", "indels", "fractions", "gq", "qual", "stages"];
    for chart in charts.iter().chain(&more) {
        assert!(page.contains(&format!("id=\"{chart}\"><h3>")), "{chart}");
        assert!(
            page.contains(&format!("aria-labelledby=\"{chart}-title {chart}-about\"")),
            "{chart} is named"
        );
    }
    // Each chart has its numbers as a table.
    assert!(page.matches("<details>").count() >= charts.len() + more.len());
    for known in ["reads_1.fq.gz", "rihla germline --ref ", "genome.fa"] {
        assert!(page.contains(known), "{known} is in the provenance");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let again = dir.path().join("again.html");
    succeed(["report", &text(&sample.file("DEMO.metrics.json")), "--out", &text(&again)]);
    assert!(read(&again) == page, "the same bytes");
}

#[test]
fn metrics_hold_everything_that_is_shown() {
    let metrics = metrics();
    let sum = |list: &Value| list.as_array().expect("a list").iter().filter_map(Value::as_u64).sum::<u64>();
    let (reads, variants, insert) = (&metrics["reads"], &metrics["variants"], &metrics["insert_size"]);
    assert_eq!(Some(sum(&reads["mapq_histogram"])), reads["mapped"].as_u64());
    let pairs =
        sum(&insert["histogram"]["counts"]) + insert["histogram"]["beyond"].as_u64().expect("a number");
    assert_eq!(Some(pairs), insert["pairs"].as_u64());
    assert_eq!(Some(sum(&variants["gq_histogram"])), variants["pass"].as_u64());
    assert_eq!(Some(sum(&variants["qual_histogram"]["counts"])), variants["pass"].as_u64());
    let lengths = &variants["indel_lengths"];
    assert_eq!(Some(sum(&lengths["insertions"])), variants["insertions"].as_u64());
    assert_eq!(Some(sum(&lengths["deletions"])), variants["deletions"].as_u64());
    let substitutions = variants["substitutions"].as_object().expect("an object");
    assert_eq!(substitutions.len(), 12);
    let all: u64 = substitutions.values().filter_map(Value::as_u64).sum();
    assert_eq!(Some(all), variants["snps"].as_u64());
    // Of heterozygous calls about a half of the reads have the allele, of others nearly all.
    let mean = |list: &Value| {
        let bins = list.as_array().expect("a list").iter().filter_map(Value::as_f64);
        let (weight, all) = bins
            .enumerate()
            .fold((0.0, 0.0), |(weight, all), (i, count)| (weight + (i as f64 + 0.5) * count, all + count));
        weight / all / 40.0
    };
    let shares = &variants["allele_fractions"];
    assert!((0.42..0.58).contains(&mean(&shares["het"])), "{shares}");
    assert!(mean(&shares["hom_alt"]) > 0.93, "{shares}");
    // Cycles: shares add up, and qualities and letters are those of the reads.
    let cycles = metrics["cycles"].as_array().expect("a list");
    assert_eq!((cycles.len(), cycles[0]["mate"].as_u64(), cycles[1]["mate"].as_u64()), (2, Some(1), Some(2)));
    let mut gc = 0.0;
    for mate in cycles {
        for cycle in 0..150 {
            let share = |letter: &str| mate[letter][cycle].as_f64().expect("a share");
            let all: f64 = ["a", "c", "g", "t", "n"].map(share).iter().sum();
            assert!((all - 1.0).abs() < 0.001, "cycle {cycle}: {all}");
            gc += (share("c") + share("g")) / 300.0;
        }
    }
    assert!((gc - reads["gc_fraction"].as_f64().expect("a share")).abs() < 0.002);
    let contigs = metrics["contigs"].as_array().expect("a list");
    let weighted: f64 = contigs
        .iter()
        .map(|contig| {
            contig["bases"].as_f64().expect("bases") * contig["mean_depth"].as_f64().expect("a depth")
        })
        .sum();
    let coverage = &metrics["coverage"];
    let mean = coverage["mean_depth"].as_f64().expect("a depth");
    assert!((weighted / coverage["bases"].as_f64().expect("bases") - mean).abs() < 0.01);
    assert_eq!(metrics["libraries"][0]["library"], "DEMO");
    let file = read(Sample::get().file("DEMO.metrics.json"));
    assert!(file.len() < 50_000 && file.lines().count() < 600, "lists of numbers are on one line");
}

#[test]
fn reports_are_written_in_french() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("fr.html");
    let metrics = text(&Sample::get().file("DEMO.metrics.json"));
    succeed(["report", &metrics, "--language", "fr", "--out", &text(&out)]);
    let page = read(&out);
    check_page(&page, "fr");
    assert!(page.contains("CONFORME") && page.contains("Profondeur par chromosome"));
    assert!(page.contains("non vérifié") && !page.contains("Mean depth") && !page.contains("PASS"));
    let q30 = 100.0 * self::metrics()["reads"]["q30_fraction"].as_f64().expect("a share");
    let q30 = format!("{q30:.2}").trim_end_matches('0').replace('.', ",");
    assert!(page.contains(&format!("{q30}\u{a0}%")), "numbers of French: {q30}");
    let output = rihla(["report", &metrics, "--language", "de", "--out", &text(&out)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("use en or fr"), "{}", said(&output));
}

#[test]
fn a_verdict_that_fails_is_an_exit_code_only_when_asked_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let limits = dir.path().join("lab.toml");
    fs::write(&limits, "name = \"lab <1>\"\n\n[mean_depth]\nfail_below = 500\n\n[q30]\nwarn_below = 0.999\n")
        .expect("written");
    let run = |out: &str, more: &[&str]| {
        let out = dir.path().join(out);
        let args = Sample::get().germline(&out).into_iter();
        let given = ["--verdicts".to_owned(), text(&limits)].into_iter();
        (rihla(args.chain(given).chain(more.iter().map(|&arg| arg.to_owned()))), out)
    };
    let (output, _) = run("open", &["--report-language", "fr"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("verdict: FAIL: mean depth "), "{}", said(&output));
    assert!(read(dir.path().join("open/DEMO.report.html")).contains("lang=\"fr\""));
    let (output, out) = run("gated", &["--gate", "--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    let line = said(&output);
    assert!(
        line.lines().count() == 1 && line.contains("is below 500x, the limit of FAIL; WARN: share of Q30"),
        "{line}"
    );
    // All the same the outputs are complete, and the gates and limits are in them.
    succeed(["verify", &text(&out)]);
    let metrics: Value = serde_json::from_slice(&bytes(out.join("DEMO.metrics.json"))).expect("JSON");
    let verdict = &metrics["verdict"];
    assert_eq!((&verdict["outcome"], &verdict["limits"]), (&json!("fail"), &json!("lab <1>")));
    let gates = verdict["gates"].as_array().expect("a list");
    assert_eq!(gates.len(), 14);
    let outcome = |gate: &str| &gates.iter().find(|found| found["gate"] == gate).expect("there")["outcome"];
    assert_eq!((outcome("mean_depth"), outcome("q30")), (&json!("fail"), &json!("warn")));
    assert_eq!(outcome("mapped"), &json!("not_checked"), "no limit");
    let page = read(out.join("DEMO.report.html"));
    assert!(page.contains("class=\"hero fail\"") && page.contains("lab &lt;1&gt;"));
}

#[test]
fn limits_that_make_no_sense_are_refused_before_the_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let (limits, out) = (dir.path().join("lab.toml"), dir.path().join("out"));
    for (content, problem) in [
        ("name = \"lab\"\n[mean_dept]\nfail_below = 1\n", "lab.toml: line 2: unknown field `mean_dept`"),
        ("name = \"lab\"\n[q30]\nwarn_below = \"high\"\n", "lab.toml: line 3: invalid type"),
        (
            "name = \"lab\"\n[q30]\nfail_below = 0.9\nwarn_below = 0.8\n",
            "lab.toml: line 4: q30: fail_below is 0.9",
        ),
    ] {
        fs::write(&limits, content).expect("written");
        let args = Sample::get().germline(&out);
        let output = rihla(args.into_iter().chain(["--verdicts".to_owned(), text(&limits)]));
        assert_eq!(output.status.code(), Some(65), "{}", said(&output));
        assert!(said(&output).contains(problem), "{}", said(&output));
        assert!(!out.exists(), "nothing was begun");
    }
    let output =
        rihla(["report", &text(&Sample::get().file("DEMO.metrics.json")), "--verdicts", "none.toml"]);
    assert_eq!(output.status.code(), Some(66));
    assert!(said(&output).contains("one of genome, targeted"), "{}", said(&output));
}

#[test]
fn limits_are_printed_to_be_edited() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["genome", "targeted"] {
        let limits = dir.path().join(format!("{name}.toml"));
        fs::write(&limits, succeed(["report", "--print-verdicts", name]).stdout).expect("written");
        let [printed, built_in] = [text(&limits), name.to_owned()].map(|verdicts| {
            let out = dir.path().join("page.html");
            let metrics = text(&Sample::get().file("DEMO.metrics.json"));
            succeed(["report", &metrics, "--verdicts", &verdicts, "--out", &text(&out)]);
            read(out)
        });
        assert!(printed == built_in && printed.contains(&format!("\u{201c}{name}\u{201d}")), "{name}");
    }
    let printed = read(dir.path().join("genome.toml"));
    // A run of small regions is judged as targeted, without a word.
    let bed = dir.path().join("regions.bed");
    fs::write(&bed, "chr1\t20000\t40000\n").expect("written");
    let out = dir.path().join("out");
    let args = Sample::get().germline(&out).into_iter().chain(["--regions".to_owned(), text(&bed)]);
    succeed(args);
    let metrics: Value = serde_json::from_slice(&bytes(out.join("DEMO.metrics.json"))).expect("JSON");
    assert_eq!(metrics["verdict"]["limits"], "targeted");
    assert_eq!(metrics["contigs"][0]["bases"], 20_000);
    assert!(printed.contains("[mean_depth]"));
}

/// What is changed in the metrics of a sample.
type Change<'a> = &'a dyn Fn(&mut Value);

/// A folder of runs, as many as there are changes to the sample's metrics.
struct Runs(TempDir);

impl Runs {
    fn new(changes: &[(&str, Change<'_>)]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        for (sample, change) in changes {
            let mut metrics = metrics();
            metrics["sample"] = json!(sample);
            change(&mut metrics);
            let folder = dir.path().join("runs").join(sample);
            fs::create_dir_all(&folder).expect("made");
            fs::write(folder.join(format!("{sample}.metrics.json")), metrics.to_string()).expect("written");
        }
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn report(&self, more: &[&str]) -> std::process::Output {
        let (runs, out) = (text(&self.path("runs")), text(&self.path("batch.html")));
        rihla(["report", &runs, "--out", &out].iter().chain(more))
    }
}

#[test]
fn a_batch_is_one_page_with_the_worst_first() {
    let shallow = |metrics: &mut Value| metrics["coverage"]["mean_depth"] = json!(12.3);
    let depth = |depth: f64| move |metrics: &mut Value| metrics["coverage"]["mean_depth"] = json!(depth);
    let same: Change<'_> = &|_| {};
    let runs = Runs::new(&[
        ("S1", same),
        ("S2", &shallow),
        ("S3", &depth(29.5)),
        ("S4", &depth(30.1)),
        ("S5", &depth(29.1)),
    ]);
    fs::write(runs.path("runs/S4/S4.report.html"), "a page").expect("written");
    // What rihla compare wrote beside a run is passed over.
    let comparison = json!({ "schema_version": 1, "program": {}, "strata": [], "counts": [] });
    fs::write(runs.path("runs/S4/S4.truth.metrics.json"), comparison.to_string()).expect("written");
    let output = runs.report(&["--verdicts", "genome"]);
    assert!(output.status.success(), "{}", said(&output));
    let page = read(runs.path("batch.html"));
    check_page(&page, "en");
    let rows: Vec<&str> = page.split("<th scope=\"row\">").skip(1).collect();
    let first: Vec<String> =
        rows.iter().map(|row| row.split("</th>").next().unwrap_or_default().to_owned()).collect();
    let linked = "<a href=\"./runs/S4/S4.report.html\">S4</a>";
    assert_eq!(first, ["S2", "S1", "S3", linked, "S5"], "the one that fails is first, the others by name");
    assert!(page.contains("1 FAIL, 4 PASS."), "how many");
    let worst = rows[0];
    assert!(
        worst.contains("class=\"fail\"")
            && worst.contains("12.3\u{d7}")
            && worst.contains("far below the others")
    );
    assert!(!rows[2].contains("the others") && !rows[2].contains("class=\"fail\""));
    let output = runs.report(&["--verdicts", "genome", "--gate"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("the verdict is FAIL for S2"), "{}", said(&output));
    assert_eq!(names(runs.0.path()), ["batch.html", "runs"]);
    succeed([
        "report",
        &text(&runs.path("runs")),
        "--language",
        "fr",
        "--out",
        &text(&runs.path("batch.html")),
    ]);
    check_page(&read(runs.path("batch.html")), "fr");
}

#[test]
fn metrics_that_are_none_are_refused() {
    let same: Change<'_> = &|_| {};
    let runs = Runs::new(&[("S1", same)]);
    fs::create_dir(runs.path("other")).expect("made");
    let other = runs.path("other/X.metrics.json");
    let refused = |content: &str, code: i32, problem: &str| {
        fs::write(&other, content).expect("written");
        let output = runs.report(&[&text(&other)]);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(
            said(&output).contains("X.metrics.json: ") && said(&output).contains(problem),
            "{}",
            said(&output)
        );
        assert!(!runs.path("batch.html").exists());
    };
    refused("{", 65, "is no metrics of rihla germline: EOF");
    refused("{\"some\": \"JSON\"}", 65, "it has no schema_version and sample");
    refused("{\"schema_version\": 1, \"strata\": [], \"counts\": []}", 65, "is of rihla compare");
    refused("{\"schema_version\": 0, \"sample\": \"S\"}", 65, "has layout 0; this version reads 1");
    refused("{\"schema_version\": 1, \"sample\": \"S\"}", 65, "missing field");
    let first = text(&runs.path("runs/S1/S1.metrics.json"));
    refused(&read(&first), 65, "is of sample S1, as is ");
    fs::write(&other, [0xff, 0xfe]).expect("written");
    assert!(said(&runs.report(&[&text(&other)])).contains("is no text"));
    assert_eq!(rihla(["report", &text(&runs.path("nowhere"))]).status.code(), Some(66));
    fs::create_dir(runs.path("empty")).expect("made");
    let output = rihla(["report", &text(&runs.path("empty"))]);
    assert_eq!(output.status.code(), Some(66));
    assert!(said(&output).contains("holds no *.metrics.json"), "{}", said(&output));
    // The page must not take the place of what it is made of.
    assert_eq!(rihla(["report", &first, "--out", &first]).status.code(), Some(2));
    assert_eq!(rihla(["report"]).status.code(), Some(2));
}

#[test]
fn names_from_outside_are_text_and_nothing_else() {
    const HOSTILE: &str = "<script>alert('1')</script>\"&<img src=x onerror=y>";
    let hostile = |metrics: &mut Value| {
        metrics["sample"] = json!(HOSTILE);
        metrics["inputs"] = json!([HOSTILE]);
        metrics["read_groups"][0]["read_group"] = json!(HOSTILE);
        metrics["libraries"][0]["library"] = json!(HOSTILE);
        metrics["contigs"][0]["contig"] = json!(HOSTILE);
        metrics["variants"]["filters"] = json!({ HOSTILE: 1 });
        metrics["timing"]["stages"][0]["name"] = json!(HOSTILE);
        metrics["verdict"]["limits"] = json!(HOSTILE);
        metrics["sex"] = json!({
            "stated": HOSTILE, "inferred": HOSTILE, "is_mismatch": false, "x_depth_ratio": 1, "y_depth_ratio": null,
        });
    };
    let same: Change<'_> = &|_| {};
    let runs = Runs::new(&[("S1", &hostile), ("S2", same)]);
    fs::write(runs.path("runs/S1/S1.report.html"), "").expect("written");
    let single = runs.path("single.html");
    succeed(["report", &text(&runs.path("runs/S1/S1.metrics.json")), "--out", &text(&single)]);
    assert!(runs.report(&[]).status.success());
    for (page, least) in [(read(single), 8), (read(runs.path("batch.html")), 1)] {
        for raw in ["<script", "<img", "alert('1')<", "\"&<"] {
            assert!(!page.contains(raw), "{raw} is on the page as it is");
        }
        assert!(page.matches("&lt;script&gt;alert").count() >= least);
    }
    // Paths of the reference and the inputs come from the manifest.
    let mut manifest: Value =
        serde_json::from_slice(&bytes(Sample::get().file("DEMO.manifest.json"))).expect("JSON");
    manifest["reference"]["path"] = json!(HOSTILE);
    manifest["command"] = json!(HOSTILE);
    manifest["arguments"] = json!([HOSTILE]);
    manifest["inputs"][0]["path"] = json!(HOSTILE);
    fs::write(runs.path("runs/S2/S2.manifest.json"), manifest.to_string()).expect("written");
    let single = runs.path("single.html");
    succeed(["report", &text(&runs.path("runs/S2/S2.metrics.json")), "--out", &text(&single)]);
    let page = read(single);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.matches("&lt;script&gt;alert").count() >= 4);
    fs::write(runs.path("runs/S2/S2.manifest.json"), "{}").expect("written");
    let output = rihla(["report", &text(&runs.path("runs/S2/S2.metrics.json"))]);
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("S2.manifest.json: is no manifest"), "{}", said(&output));
}
