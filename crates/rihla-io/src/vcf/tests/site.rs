//! One line, all that comparison needs of it.

use super::*;

fn parse(line: &str, sample: Option<usize>) -> Result<VcfSite, String> {
    parse_site(line.as_bytes(), sample)
}

/// A site with this FORMAT and sample, of two ALT alleles.
fn sample(format: &str, column: &str) -> Result<VcfSite, String> {
    parse(&format!("chr1\t10\t.\tA\tC,G\t.\t.\t.\t{format}\t{column}"), Some(0))
}

fn genotype(text: &str) -> (Option<Vec<Option<u8>>>, bool) {
    let site = sample("GT", text).expect("a genotype");
    (site.genotype, site.is_phased)
}

#[test]
fn a_whole_site() {
    let line = "chr1\t10\trs\tac\tg,<DEL>,*,A[chr2:5[\t5e1\tq10\tX=1\tDP:GT:PS:GQ\t.:.\t5:1|3:77:12.5\tjunk";
    let expected = VcfSite {
        position: 9,
        reference: b"AC".to_vec(),
        alternates: [&b"G"[..], b"<DEL>", b"*", b"A[chr2:5["].map(<[u8]>::to_vec).to_vec(),
        quality: Some(50.0),
        is_pass: false,
        genotype: Some(vec![Some(1), Some(3)]),
        is_phased: true,
        phase_set: Some(PhaseSet::Number(77)),
        genotype_quality: Some(12.5),
    };
    assert_eq!(parse(line, Some(1)).expect("valid"), expected);
    assert_eq!(expected.end(), 11);
    let without =
        VcfSite { genotype: None, is_phased: false, phase_set: None, genotype_quality: None, ..expected };
    assert_eq!(parse(line, Some(0)).expect("valid"), without);
    assert_eq!(parse(line, None).expect("valid"), without);
}

#[test]
fn genotypes() {
    let (one, two) = (Some(1), Some(2));
    assert_eq!(genotype("."), (None, false));
    assert_eq!(genotype("./."), (Some(vec![None, None]), false));
    assert_eq!(genotype(".|1"), (Some(vec![None, one]), true));
    assert_eq!(genotype("1"), (Some(vec![one]), false));
    assert_eq!(genotype("2/1"), (Some(vec![two, one]), false));
    assert_eq!(genotype("0/1|2"), (Some(vec![Some(0), one, two]), false));
    // VCF 4.4: a sign before the first allele.
    assert_eq!(genotype("/0/1"), (Some(vec![Some(0), one]), false));
    assert_eq!(genotype("|0|1"), (Some(vec![Some(0), one]), true));
    assert_eq!(genotype("/0|1"), (Some(vec![Some(0), one]), false));
    assert_eq!(genotype("|1"), (Some(vec![one]), true));
    for text in ["", "/", "3", "0/3", "0/-1", "0/256", "a", "0//1", "0\\1", "1/"] {
        let problem = sample("GT", text).expect_err("no genotype");
        assert!(problem.contains("names allele"), "{text}: {problem}");
    }
}

#[test]
fn phase_sets_and_qualities() {
    let set = |text: &str| sample("GT:PS", &format!("0|1:{text}")).expect("valid").phase_set;
    assert_eq!(set("12345678901"), Some(PhaseSet::Number(12_345_678_901)));
    assert_eq!(set("PATMAT"), Some(PhaseSet::Name("PATMAT".into())));
    assert_eq!(set("."), None);
    assert_eq!(sample("GT:PS:GQ", "0|1").expect("values left out").phase_set, None);
    let quality = |text: &str| sample("GQ", text).map(|site| site.genotype_quality);
    assert_eq!((quality("."), quality("99"), quality("inf")), (Ok(None), Ok(Some(99.0)), Ok(Some(f32::MAX))));
    assert!(quality("nan").is_err() && quality("x").is_err() && quality("").is_err());
}

#[test]
fn each_fault_has_its_words() {
    for (line, words) in [
        ("chr1\t10\t.\tA\tC\tNaN\t.\t.", "QUAL NaN is no number"),
        ("chr1\t10\t.\t<DUP>\tC\t.\t.\t.", "REF <DUP> is not a sequence"),
        ("chr1\t10\t.\t.\tC\t.\t.\t.", "REF . is not a sequence"),
        ("chr1\t10\t.\tA\tC,\t.\t.\t.", "an allele is empty"),
        ("chr1\t10\t.\tA\t\t.\t.\t.", "an allele is empty"),
        ("chr1\t10", "column ID is missing"),
        ("chr1\t10\t.\tA\tC\t.\t.", "column INFO is missing"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.", "column FORMAT is missing"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.\tGT\t0/1", "column of sample 2 is missing"),
    ] {
        let problem = parse(line, Some(1)).expect_err("a fault");
        assert!(problem.contains(words), "{problem}");
    }
    assert!(parse_site(b"chr1\t10\t\xff\tA\tC\t.\t.\t.", None).expect_err("bytes").contains("UTF-8"));
}

proptest! {
    #[test]
    fn nothing_panics(line in "\\PC{0,60}", columns in prop::collection::vec("[0-9A-Z.|/:,*<>+\\-e]{0,6}", 0..12)) {
        for line in [line, columns.join("\t")] {
            for sample in [None, Some(0), Some(2)] {
                let _ = parse_site(line.as_bytes(), sample);
            }
        }
    }

    #[test]
    fn what_is_written_is_what_is_read(
        (position, alleles) in (0u32..4_000_000_000, prop::collection::vec("[ACGTN]{1,8}", 1..6)),
        numbers in prop::collection::vec(prop::option::of(0usize..6), 1..4),
        (quality, likely) in (prop::option::of(0f32..9e4), prop::option::of(0u8..99)),
        (is_pass, is_phased) in any::<(bool, bool)>(),
    ) {
        let count = alleles.len() as u8;
        let genotype: Vec<_> = numbers.iter().map(|n| n.map(|n| n as u8 % count)).collect();
        let text = |n: &Option<u8>| n.map_or(".".to_owned(), |n| n.to_string());
        let sign = if is_phased { "|" } else { "/" };
        let called = genotype.iter().map(text).collect::<Vec<_>>().join(sign);
        let alternates = if count == 1 { ".".to_owned() } else { alleles[1..].join(",") };
        let number = |quality: Option<String>| quality.unwrap_or(".".into());
        let line = format!(
            "c\t{}\tx\t{}\t{alternates}\t{}\t{}\tA;B=2\tXX:GT:GQ\t1:{called}:{}",
            position + 1,
            alleles[0].to_ascii_lowercase(),
            number(quality.map(|quality| quality.to_string())),
            if is_pass { "PASS" } else { "LowQual" },
            number(likely.map(|likely| likely.to_string())),
        );
        let site = parse(&line, Some(0)).expect("valid");
        prop_assert_eq!((site.position, site.quality, site.is_pass), (position, quality, is_pass));
        prop_assert_eq!(site.reference, alleles[0].as_bytes());
        prop_assert_eq!(site.alternates, alleles[1..].iter().map(|a| a.as_bytes().to_vec()).collect::<Vec<_>>());
        prop_assert_eq!(site.genotype_quality, likely.map(f32::from));
        prop_assert_eq!(site.is_phased, is_phased && numbers.len() > 1);
        prop_assert_eq!(site.genotype, (called != ".").then_some(genotype));
    }
}
