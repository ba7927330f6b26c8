"""Records of small VCFs, in plain Python; bgzip and tabix do the rest."""
import gzip
import os
import re
import subprocess
from dataclasses import dataclass, replace

# Where rihla compare draws the line to structural variants: the length that an allele adds or removes.
STRUCTURAL = 50

HEADER = """\
##fileformat=VCFv4.2
##FILTER=<ID=LowQual,Description="Not to be trusted">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
"""


@dataclass(frozen=True)
class Record:
    """One record of one sample; `pos` counts from 1, as in the file."""

    contig: str
    pos: int
    ref: str
    alts: tuple
    gt: str
    filter: str = "PASS"
    qual: str = "50"

    @property
    def end(self):
        """Position (from 0) behind REF's last base."""
        return self.pos - 1 + len(self.ref)

    @property
    def key(self):
        """What both judges write down again."""
        return (self.contig, self.pos, self.ref.upper(), tuple(alt.upper() for alt in self.alts), self.gt)

    @property
    def called(self):
        """Numbers of the genotype; None where it is missing."""
        return [None if a == "." else int(a) for a in re.split(r"[/|]", self.gt)]

    def text(self):
        """As people write it: chr20:85259 G>A 1/1."""
        return f"{self.contig}:{self.pos} {self.ref}>{','.join(self.alts)} {self.gt}"

    def line(self):
        return "\t".join([self.contig, str(self.pos), ".", self.ref, ",".join(self.alts) or ".", self.qual, self.filter,
                          ".", "GT", self.gt])

    def with_(self, **changes):
        return replace(self, **changes)

    def is_structural(self):
        """Whether a called allele's length is that of a structural variant."""
        letters = [self.alts[a - 1] for a in self.called if a and a <= len(self.alts)]
        return any(abs(len(alt) - len(self.ref)) >= STRUCTURAL for alt in letters if alt.isalpha())


def opened(path):
    with open(path, "rb") as f:
        packed = f.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt") if packed else open(path)


def lines(path):
    """Columns of each record."""
    with opened(path) as f:
        for line in f:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def read(path):
    """Records of the first sample; the genotype of a record without one is `.`."""
    return [of_columns(columns) for columns in lines(path)]


def of_columns(columns, sample=9):
    keys = columns[8].split(":")
    values = columns[sample].split(":")
    gt = values[keys.index("GT")] if "GT" in keys else "."
    alts = () if columns[4] == "." else tuple(columns[4].split(","))
    return Record(columns[0], int(columns[1]), columns[3], alts, gt, columns[6], columns[5])


def write(path, records, contigs):
    """Sorts, compresses and indexes; `contigs` has lengths by name, in order."""
    number = {name: i for i, name in enumerate(contigs)}
    ordered = sorted(records, key=lambda r: (number[r.contig], r.pos, len(r.ref), r.ref, r.alts, r.gt))
    plain = path.removesuffix(".gz")
    with open(plain, "w") as f:
        f.write(HEADER)
        f.writelines(f"##contig=<ID={name},length={length}>\n" for name, length in contigs.items())
        f.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n")
        f.writelines(record.line() + "\n" for record in ordered)
    subprocess.run(["bgzip", "-f", plain], check=True)
    subprocess.run(["tabix", "-f", "-p", "vcf", plain + ".gz"], check=True)


def read_fasta(path):
    """Upper-case letters by contig."""
    contigs, name = {}, None
    with opened(path) as f:
        for line in f:
            if line.startswith(">"):
                name = line[1:].split()[0]
                contigs[name] = []
            else:
                contigs[name].append(line.strip().upper())
    return {name: "".join(parts) for name, parts in contigs.items()}


def write_fasta(path, contigs):
    with open(path + ".part", "w") as f:
        for name, letters in contigs.items():
            f.write(f">{name}\n")
            f.writelines(letters[i:i + 100] + "\n" for i in range(0, len(letters), 100))
    os.replace(path + ".part", path)
