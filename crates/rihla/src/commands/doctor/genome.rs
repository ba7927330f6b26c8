//! The reference: what assembly it is, how its contigs are named, and what stands beside the chromosomes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rihla_align::{AltContigs, Index};
use rihla_core::chromosomes::Chromosomes;
use rihla_core::{Contig, Contigs, Reference};
use rihla_io::fasta::read_fasta;

use super::finding::Finding;
use crate::paths::with_extension_behind;
use crate::progress::grouped;

const TOPIC: &str = "reference";

/// An assembly, by its chromosome 1.
struct Assembly {
    name: &'static str,
    length: u32,
    /// M5 of the sequence without masks; `None` where the length alone is known.
    md5: Option<&'static str>,
}

/// Lengths as the assemblies' reports have them, digests as in the headers of public BAM files.
const ASSEMBLIES: [Assembly; 5] = [
    Assembly { name: "GRCh37", length: 249_250_621, md5: Some("1b22b98cdeb4a9304cb5d48026a85128") },
    Assembly { name: "GRCh38", length: 248_956_422, md5: Some("6aef897c3d6ff0c78aff06ac189178dd") },
    Assembly { name: "T2T-CHM13 2.0", length: 248_387_328, md5: Some("e469247288ceb332aee524caec92bb22") },
    Assembly { name: "GRCm38 (mouse)", length: 195_471_971, md5: None },
    Assembly { name: "GRCm39 (mouse)", length: 195_154_279, md5: None },
];

/// The mitochondrion of UCSC's hg19, which is not the one that mitochondrial variants are named by.
const OLD_MITOCHONDRION: u32 = 16_571;

/// Looks at a FASTA file: by its index where there is one, else by reading it.
pub fn check(fasta: &Path, index: Option<&Index>) -> Vec<Finding> {
    if !fasta.is_file() {
        let found = format!("{}: no such file", fasta.display());
        return vec![Finding::fail(TOPIC, found, "check --ref")];
    }
    match index {
        Some(index) => judge(fasta, index.reference()),
        None => match read_fasta(fasta) {
            Ok(reference) => judge(fasta, &reference),
            Err(error) => vec![Finding::fail(TOPIC, error.to_string(), "get it anew")],
        },
    }
}

fn judge(fasta: &Path, reference: &Reference) -> Vec<Finding> {
    let contigs = reference.contigs();
    let mut findings = vec![extent(fasta, reference), assembly(contigs), names(contigs)];
    findings.push(alternates(fasta, contigs));
    findings.extend(mitochondrion(contigs));
    findings.extend(pseudoautosomal(reference));
    findings.extend(twins(contigs));
    findings
}

fn extent(fasta: &Path, reference: &Reference) -> Finding {
    let contigs = grouped(reference.contigs().len() as u64);
    Finding::ok(
        TOPIC,
        format!("{}: {contigs} contigs, {} bases", fasta.display(), grouped(reference.bases())),
    )
}

fn assembly(contigs: &Contigs) -> Finding {
    const TOPIC: &str = "assembly";
    let first = ["chr1", "1"].iter().find_map(|name| contigs.id(name)).map(|id| contigs.get(id));
    let known = first.and_then(|first| {
        let found = ASSEMBLIES.iter().find(|assembly| assembly.length == first.length)?;
        Some((found, first))
    });
    match known {
        None => Finding::ok(TOPIC, "none that is known by the length of chromosome 1"),
        Some((Assembly { name, md5: None, .. }, _)) => {
            Finding::ok(TOPIC, format!("{name}, by the length of chromosome 1"))
        }
        Some((Assembly { name, md5: Some(md5), .. }, first)) if first.md5_hex() == *md5 => {
            Finding::ok(TOPIC, format!("{name}, by length and M5 of chromosome 1"))
        }
        Some((Assembly { name, .. }, first)) => Finding::warn(
            TOPIC,
            format!("chromosome 1 has the length of {name}, but other bases: M5 is {}", first.md5_hex()),
            "a file that somebody changed, or a damaged one; get the assembly anew",
        ),
    }
}

/// How chromosomes are named, and how many contigs of each kind there are.
fn names(contigs: &Contigs) -> Finding {
    const TOPIC: &str = "names";
    let numbered = |name: &str| name.parse::<u8>().is_ok() || ["X", "Y", "M", "MT"].contains(&name);
    let with_chr = contigs.iter().filter(|one| one.name.strip_prefix("chr").is_some_and(numbered)).count();
    let bare = contigs.iter().filter(|one| numbered(&one.name)).count();
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    contigs.iter().for_each(|contig| *kinds.entry(kind(&contig.name)).or_default() += 1);
    let kinds: Vec<String> =
        kinds.iter().map(|(kind, count)| format!("{} {kind}", grouped(*count))).collect();
    let kinds = kinds.join(", ");
    match (with_chr, bare) {
        (0, 0) => Finding::ok(TOPIC, kinds),
        (_, 0) => Finding::ok(TOPIC, format!("chr1, chr2, ... ({kinds}): BED and VCF must have them so")),
        (0, _) => Finding::ok(TOPIC, format!("1, 2, ... ({kinds}): BED and VCF must have them so")),
        _ => Finding::warn(
            TOPIC,
            format!("{with_chr} chromosomes with chr and {bare} without ({kinds})"),
            "files of two sources were joined; get one assembly",
        ),
    }
}

/// What a contig is, by its name as UCSC and the analysis sets have it.
fn kind(name: &str) -> &'static str {
    match name {
        _ if name.starts_with("HLA-") || name.starts_with("HLA*") => "HLA",
        "hs37d5" | "chrEBV" | "NC_007605" => "decoy or virus",
        _ if name.ends_with("_decoy") => "decoy or virus",
        _ if name.ends_with("_alt") => "ALT",
        _ if name.ends_with("_fix") => "patch",
        _ if name.ends_with("_random") || name.starts_with("chrUn") || name.starts_with("GL000") => {
            "unplaced"
        }
        _ => "others",
    }
}

/// Alternate loci and the list of them beside the reference.
fn alternates(fasta: &Path, contigs: &Contigs) -> Finding {
    const TOPIC: &str = "ALT contigs";
    let named = contigs.iter().filter(|one| ["ALT", "HLA"].contains(&kind(&one.name))).count();
    let path = with_extension_behind(fasta, "alt");
    let Ok(bytes) = fs::read(&path) else {
        return match named {
            0 => Finding::ok(TOPIC, "none"),
            _ => Finding::warn(
                TOPIC,
                format!("{named} by their names, and no {} beside the reference", path.display()),
                "reads of their loci have MAPQ 0, and variants there are missed: lay bwa-kit's list there, or use the \
                 analysis set without ALT contigs",
            ),
        };
    };
    match AltContigs::parse(&String::from_utf8_lossy(&bytes), contigs) {
        Err(error) => {
            Finding::fail(TOPIC, format!("{}: {error}", path.display()), "get the list anew, or --alt none")
        }
        Ok(alt) if !alt.unknown().is_empty() || alt.is_empty() => Finding::warn(
            TOPIC,
            format!(
                "{} lists {} contigs of this reference and {} that it lacks",
                path.display(),
                alt.len(),
                alt.unknown().len()
            ),
            "it is the list of another file",
        ),
        Ok(alt) => Finding::ok(TOPIC, format!("{}, listed in {}", alt.len(), path.display())),
    }
}

fn mitochondrion(contigs: &Contigs) -> Option<Finding> {
    let id = Chromosomes::of(contigs, None).mitochondrion()?;
    let Contig { name, length, .. } = contigs.get(id);
    (*length == OLD_MITOCHONDRION).then(|| {
        Finding::warn(
            "mitochondrion",
            format!("{name} of {length} bases is not the rCRS (NC_012920, 16569 bases)"),
            "positions of its variants are not those of databases; use a reference with the rCRS",
        )
    })
}

/// Whether the pseudoautosomal regions of Y are masked, so that their reads have one place.
fn pseudoautosomal(reference: &Reference) -> Option<Finding> {
    const TOPIC: &str = "PAR";
    let chromosomes = Chromosomes::of(reference.contigs(), None);
    let y = chromosomes.y()?;
    let region = chromosomes.par().as_slice().iter().find(|region| region.contig == y)?;
    let start = reference.offset(y) + u64::from(region.start);
    let end = reference.offset(y) + u64::from(region.end);
    let masked: u64 =
        reference.ambiguous().iter().map(|run| run.end.min(end).saturating_sub(run.start.max(start))).sum();
    Some(if masked * 10 > (end - start) * 9 {
        Finding::ok(TOPIC, "masked on Y: reads of the pseudoautosomal regions lie on X")
    } else {
        Finding::warn(
            TOPIC,
            "the pseudoautosomal regions of Y are not masked",
            "their reads have two places and MAPQ 0, and variants there are missed; use an analysis set, which masks them",
        )
    })
}

/// Contigs of one sequence under two names.
fn twins(contigs: &Contigs) -> Option<Finding> {
    let mut by_digest: BTreeMap<[u8; 16], &Contig> = BTreeMap::new();
    for contig in contigs.iter() {
        if let Some(first) = by_digest.insert(contig.md5, contig) {
            return Some(Finding::warn(
                "twins",
                format!("{} and {} are one sequence", first.name, contig.name),
                "their reads have MAPQ 0; leave one of them out",
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn contigs(list: &[(&str, u32)]) -> Contigs {
        let of = |(at, &(name, length)): (usize, &(&str, u32))| Contig {
            name: name.into(),
            length,
            md5: [at as u8 + 1; 16],
        };
        Contigs::new(list.iter().enumerate().map(of).collect())
    }

    #[test]
    fn assemblies_are_known_by_chromosome_1() {
        let mut one = Contig { name: "chr1".into(), length: 248_956_422, md5: [0; 16] };
        assert_eq!(assembly(&Contigs::new(vec![one.clone()])).state, State::Warn, "other bases");
        for (at, pair) in one.md5.iter_mut().zip("6aef897c3d6ff0c78aff06ac189178dd".as_bytes().chunks(2)) {
            *at = u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex");
        }
        let found = assembly(&Contigs::new(vec![one]));
        assert!(found.state == State::Ok && found.found.starts_with("GRCh38, by length and M5"), "{found:?}");
        assert!(assembly(&contigs(&[("chr1", 5)])).found.contains("none that is known"));
    }

    #[test]
    fn names_of_two_kinds_are_told() {
        assert_eq!(names(&contigs(&[("chr1", 5), ("chrX", 5)])).state, State::Ok);
        assert_eq!(names(&contigs(&[("chr1", 5), ("2", 5)])).state, State::Warn);
        let kinds =
            ["chr1_KI270706v1_random", "HLA-A*01:01", "chrUn_x_decoy", "chr1_x_alt", "chrEBV", "7"].map(kind);
        assert_eq!(kinds, ["unplaced", "HLA", "decoy or virus", "ALT", "decoy or virus", "others"]);
    }

    #[test]
    fn alternate_loci_want_their_list() {
        let dir = tempfile::tempdir().expect("a folder");
        let fasta = dir.path().join("ref.fa");
        let both = contigs(&[("chr1", 5), ("chr1_x_alt", 5)]);
        assert_eq!(alternates(&fasta, &contigs(&[("chr1", 5)])).state, State::Ok);
        assert_eq!(alternates(&fasta, &both).state, State::Warn);
        let list = |text: &str| fs::write(dir.path().join("ref.fa.alt"), text).expect("written");
        list("chr1_x_alt\t0\tchr1\n");
        assert_eq!(alternates(&fasta, &both).state, State::Ok);
        list("chr2_y_alt\n");
        assert_eq!(alternates(&fasta, &both).state, State::Warn);
        list("\tx\n");
        assert_eq!(alternates(&fasta, &both).state, State::Fail);
    }

    #[test]
    fn the_old_mitochondrion_and_twins_are_told() {
        assert!(mitochondrion(&contigs(&[("chrM", 16_571)])).is_some());
        assert!(mitochondrion(&contigs(&[("chrM", 16_569)])).is_none());
        let one = |name: &str| Contig { name: name.into(), length: 5, md5: [9; 16] };
        assert!(twins(&Contigs::new(vec![one("a"), one("b")])).is_some());
        assert!(twins(&contigs(&[("a", 5), ("b", 5)])).is_none());
    }

    #[test]
    fn unmasked_pseudoautosomal_regions_are_told() {
        let (name, length) = ("Y", 57_227_415);
        let mut letters = vec![b'A'; length];
        let of = |letters: &Vec<u8>| {
            Reference::from_letters(contigs(&[(name, length as u32)]), std::slice::from_ref(letters))
        };
        assert_eq!(pseudoautosomal(&of(&letters)).map(|found| found.state), Some(State::Warn));
        letters[10_000..2_781_479].fill(b'N');
        assert_eq!(pseudoautosomal(&of(&letters)).map(|found| found.state), Some(State::Ok));
    }
}
