use rihla_core::Contig;

use super::*;

/// Ten bases of each contig: ACGTACGTAC.
fn reference() -> Reference {
    let letters = [b"ACGTACGTAC".to_vec(), b"ACGTACGTAC".to_vec()];
    let contig = |name: &str| Contig { name: name.into(), length: 10, md5: [0; 16] };
    Reference::from_letters(Contigs::new(vec![contig("chr1"), contig("chr2")]), &letters)
}

fn read(text: &str) -> Result<SiteList, IoError> {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(file.path(), text).expect("written");
    read_sites(file.path(), &reference())
}

fn fault(text: &str) -> String {
    read(text).expect_err("a fault").to_string()
}

const VCF: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
const MAP: &str = "@HD\tVN:1.5\n@SQ\tSN:chr1\tLN:10\n#CHROMOSOME\tPOSITION\n";

#[test]
fn a_table_a_vcf_and_a_map_tell_the_same() {
    let table = read("# c\nchr2\t3\t4\tT\tG\t0.25\nchr1\t0\t1\tA\tG\t0.5\textra\n").expect("valid");
    let vcf = format!("{VCF}chr1\t1\t.\tA\tG\t.\t.\tDP=3;AF=0.5\nchr2\t4\t.\tT\tG\t.\t.\tAC=1;AN=4\n");
    assert_eq!(read(&vcf).expect("valid"), table);
    let map = format!("{MAP}chr2\t4\tb\tT\tG\t0.25\t\t\nchr1\t1\ta\tA\tG\t0.5\n");
    assert_eq!(read(&map).expect("valid"), table);
    let site =
        |contig, position, alleles, frequency| PanelSite::alone((contig, position), alleles, frequency);
    assert_eq!(table.panel.sites(), [site(0, 0, (0, 2), 0.5), site(1, 3, (3, 2), 0.25)]);
}

#[test]
fn the_reference_says_which_allele_of_a_map_is_ref() {
    let map = format!("{MAP}chr1\t1\ta\tG\tA\t0.25\tb\nchr1\t3\tb\tG\tC\t0.375\t\t\n");
    let list = read(&map).expect("valid");
    let [first, second] = list.panel.sites() else { panic!("two sites") };
    assert_eq!((first.reference, first.alternate, first.frequency), (0, 2, 0.75));
    assert!(first.is_swapped && first.anchor == 2 && first.second_frequency() == 0.25);
    assert!(!second.is_swapped && second.anchor == 2 && second.frequency == 0.375);
}

#[test]
fn what_is_left_out_is_counted() {
    let vcf = format!(
        "{VCF}chr1\t1\t.\tA\tG,T\t.\t.\tAF=0.1,0.2\nchr1\t2\t.\tCG\tC\t.\t.\t.\nchr1\t3\t.\tG\tA\t.\t.\tAF=0\n\
         chr1\t4\t.\tT\tA\t.\t.\tAF=0.2\nchr1\t4\t.\tT\tC\t.\t.\tAF=0.2\nchr3\t1\t.\tA\tG\t.\t.\tAF=0.5\n\
         chr1\t5\t.\tA\tG\t.\t.\tAF=0.5\n"
    );
    let list = read(&vcf).expect("valid");
    assert_eq!((list.unknown, list.not_snps, list.constant), (1, 4, 1));
    assert_eq!(list.panel.sites().len(), 1);
}

#[test]
fn each_fault_names_its_line() {
    let row = |line: &str| format!("chr1\t0\t1\tA\tG\t0.5\n{line}\n");
    for (text, words) in [
        (row("chr1\t4\t5\tC\tG\t0.5"), "line 2: REF is C, but the reference has A at chr1:5"),
        (row("chr1\t4\t5\tA\tG\t1.5"), "line 2: the frequency 1.5"),
        (row("chr1\t4\t5\tA\tG\tNaN"), "line 2: the frequency NaN"),
        (row("chr1\t4\t5\tA\tA\t0.5"), "line 2: both alleles are A"),
        (row("chr1\t4\t5\tA\tGT\t0.5"), "line 2: the allele GT"),
        (row("chr1\t4\t6\tA\tG\t0.5"), "line 2: the end 6"),
        (row("chr1\t-4\t5\tA\tG\t0.5"), "line 2: the start -4"),
        (row("chr1\t10\t11\tA\tG\t0.5"), "line 2: chr1:11 lies behind its contig"),
        (row("chr1\t0\t1\tA\tT\t0.5"), "line 2: chr1:1 is listed twice, in line 1 before"),
        (row("2\t4\t5\tA\tG\t0.5"), "line 2: contig 2 is called chr2"),
        (row("chr1 4 5 A G 0.5"), "line 2: 1 columns"),
        (format!("{VCF}chr1\t1\t.\tA\tG\t.\t.\tDP=9\n"), "line 3: INFO has neither AF"),
        (format!("{VCF}chr1\t0\t.\tA\tG\t.\t.\tAF=0.5\n"), "line 3: POS 0"),
        (format!("{VCF}chr1\t1\t.\tA\tG\t.\n"), "line 3: column FILTER is missing"),
        (format!("{MAP}chr1\t1\ta\tC\tG\t0.5\n"), "line 4: the alleles are C and G, but the reference has A"),
        (format!("{MAP}chr1\t1\ta\tA\tG\t0.5\tz\n"), "line 4: the anchor z is not in the map"),
        (format!("{MAP}chr1\t1\ta\tA\tG\n"), "line 4: 5 columns"),
        ("chr9\t0\t1\tA\tG\t0.5\n".to_owned(), "none of its 1 sites is on a contig of the reference"),
        (String::new(), "holds no SNP"),
    ] {
        let error = fault(&text);
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn without_a_reference_the_file_names_the_contigs() {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    let lines = "chrB\t9\t.\tA\tG\t.\t.\tAF=0.5;BLOCK=4;FIRST=1\nchrA\t4\t.\tT\tG\t.\t.\tAF=0.25\n";
    std::fs::write(file.path(), format!("{VCF}{lines}")).expect("written");
    let named = read_named_sites(file.path()).expect("valid");
    assert_eq!(named.contigs.iter().map(|contig| &contig.name[..]).collect::<Vec<_>>(), ["chrA", "chrB"]);
    let [first, second] = named.panel.sites() else { panic!("two sites") };
    assert_eq!((first.place(), second.place()), ((0, 3), (1, 8)));
    assert!(second.anchor == 3 && second.is_swapped && named.is_ordered && !first.is_swapped);
    std::fs::write(file.path(), "chr1\t0\t1\tA\tG\t0.5\nchr1\t0\t1\tA\tT\t0.5\n").expect("written");
    let error = read_named_sites(file.path()).expect_err("a fault").to_string();
    assert!(error.contains("line 2: chr1:1 is listed twice, in line 1"), "{error}");
}
