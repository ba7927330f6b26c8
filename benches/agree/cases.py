"""The folders compare-* of testdata/cases: what both judges say of each record, as the folder's expected.tsv."""
import os

from . import vcf
from .judges import Mode
from .loci import loci
from .sets import Set, folders

COLUMNS = ("side", "pos", "ref", "alt", "gt", "rihla", "vcfeval")


def options(folder):
    """What rihla is told besides the files."""
    path = os.path.join(folder, "options.txt")
    if not os.path.exists(path):
        return ()
    with open(path) as f:
        return tuple(f.read().split())


def write(root, judges, say):
    for folder in folders(root):
        rows = verdicts(judges, folder)
        with open(os.path.join(folder, "expected.tsv"), "w") as f:
            f.writelines("\t".join(row) + "\n" for row in [COLUMNS, *rows])
        different = [row for row in rows if row[-1] != row[-2]]
        say(f"{os.path.basename(folder)}: {len(rows)} records" + (f", {len(different)} differ" if different else ""))


def verdicts(judges, folder):
    """Rows of expected.tsv: records in order, truth first."""
    name, told = os.path.basename(folder), options(folder)
    bed = os.path.join(folder, "truth.bed")
    reference = os.path.join(judges.work, f"{name}.fa")
    contigs = vcf.read_fasta(os.path.join(folder, "reference.fa"))
    vcf.write_fasta(reference, contigs)
    one = Set(name, reference, [], [], bed if os.path.exists(bed) else None)
    files = [os.path.join(judges.work, f"{name}.{side}.vcf.gz") for side in ("truth", "query")]
    for path, side in zip(files, ("truth", "query")):
        records = vcf.read(os.path.join(folder, f"{side}.vcf"))
        vcf.write(path, records, {contig: len(letters) for contig, letters in contigs.items()})
    squash = ("--squash-ploidy",) if "--ignore-genotype" in told else ()
    mode = Mode("case", told, ("--ref-overlap", *squash))
    found = loci(judges.by_rihla(one, files, mode), judges.by_vcfeval(one, files, mode))
    rows = []
    for side in ("truth", "query"):
        words = {"OUT": "UNK"}
        side_rows = [row for locus in found for row in getattr(locus, side)]
        for record, ours, theirs in sorted(side_rows, key=lambda row: row[0].key):
            rows.append((side, str(record.pos), record.ref, ",".join(record.alts), record.gt,
                         words.get(ours, ours), words.get(theirs, theirs)))
    return rows
