"""The data sets, and the references in the form that programs want."""
import gzip
import os
import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Floor:
    """What Rihla must reach: F1 of SNPs and indels; reads placed right, and wrong ones at MAPQ 20."""

    snp: float
    indel: float
    right: float = 0.0
    wrong: int | None = None


@dataclass(frozen=True)
class Set:
    """Reads with truth; or calls with truth, without reads. `reference`, `folder` and `query` are absolute."""

    name: str
    reference: str
    folder: str
    bed: str
    floor: Floor
    query: str | None = None

    @property
    def reads(self):
        return [os.path.join(self.folder, f"reads_{mate}.fq.gz") for mate in (1, 2)]

    @property
    def truth(self):
        return os.path.join(self.folder, "truth.vcf.gz")

    @property
    def confident(self):
        return os.path.join(self.folder, self.bed)

    @property
    def origin(self):
        """True places of the reads; None where nobody knows them."""
        path = os.path.join(self.folder, "origin.tsv.gz")
        return path if os.path.exists(path) else None


# A floor is the better of bwa + samtools with freebayes and with bcftools (docs/accuracy.md); of simulated indels the
# project's own target; of placement what bwa reaches.
STANDARD = [
    ("sim-1mb-30x", "grch38-20mb", "sim-1mb-30x", "truth.bed", Floor(0.9972, 0.98, 0.9993, 68)),
    ("hg001-100k-52x", "hg19-chr20", "hg19-chr20/giab-hg001-chr20-100k", "proxy.bed", Floor(0.9906, 0.9057)),
    ("hg001-100k-own", "hg19-chr20", "hg19-chr20/giab-hg001-chr20-100k", "truth.bed", Floor(1.0, 1.0)),
    ("hg001-270k-9x", "hg19-chr20", "hg19-chr20/giab-hg001-chr20-270k-9x", "proxy.bed", Floor(0.9224, 0.7742)),
    ("hg002-357k-82x", "hg19-chr20", "hg19-chr20/giab-hg002-10x-chr20-357k", "truth.bed", Floor(0.9925, 0.8421)),
]
SIMULATED = ("simulated", Floor(0.995, 0.98))
ORDER = [row[0] for row in STANDARD] + [SIMULATED[0], "chromosome"]


def simulated_set(told):
    """The set of `DIR`, a folder with ref.fa, reads, truth and origins, or of `NAME=DIR`, of which no floor is known."""
    name, separator, folder = told.rpartition("=")
    name, floor = (f"{SIMULATED[0]}-{name}", Floor(0.0, 0.0)) if separator else SIMULATED
    folder = os.path.abspath(folder)
    return Set(name, os.path.join(folder, "ref.fa"), folder, "truth.bed", floor)


def available(data, simulated=None):
    """The sets that are there, in order, and the simulated one, if one is told."""
    sets = []
    for name, reference, folder, bed, floor in STANDARD:
        one = Set(name, os.path.join(data, reference, "ref.fa.gz"), os.path.join(data, folder), bed, floor)
        if os.path.exists(one.reference) and os.path.exists(one.truth):
            sets.append(one)
    if simulated:
        sets.append(simulated_set(simulated))
    return sets


def plain_reference(one, work):
    """The set's reference without compression, in a folder of ours: programs put indexes beside it."""
    place = os.path.join(work, "reference", f"{os.path.basename(os.path.dirname(one.reference))}.fa")
    if not os.path.exists(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        opened = gzip.open if one.reference.endswith(".gz") else open
        with opened(one.reference, "rb") as source, open(place + ".part", "wb") as sink:
            shutil.copyfileobj(source, sink)
        os.rename(place + ".part", place)
    return place
