"""What is judged: real calls of several callers, calls made from true variants, crowded variants, and small cases."""
import os
from dataclasses import dataclass

from . import mutate, vcf

# Folders of real and simulated reads: (name, reference, folder, confident regions).
READS = [
    ("sim-1mb-30x", "grch38-20mb", "sim-1mb-30x", "truth.bed"),
    ("hg001-100k-52x", "hg19-chr20", "hg19-chr20/giab-hg001-chr20-100k", "proxy.bed"),
    ("hg001-270k-9x", "hg19-chr20", "hg19-chr20/giab-hg001-chr20-270k-9x", "proxy.bed"),
    ("hg002-357k-82x", "hg19-chr20", "hg19-chr20/giab-hg002-10x-chr20-357k", "truth.bed"),
]
# What benches/side-by-side leaves in the folder of a set.
CALLERS = [("rihla", "germline/S.vcf.gz"), ("freebayes", "freebayes.vcf"), ("bcftools", "bcftools.vcf")]
SPACINGS = (100, 25, 8)


@dataclass
class Set:
    """Two sides to compare; `reference` is plain FASTA, `bed` may be None."""

    name: str
    reference: str
    truth: list
    query: list
    bed: str | None = None
    left_out: int = 0


class Library:
    """Makes the sets that there is data for, and references in plain form."""

    def __init__(self, options, say):
        self.options, self.say, self.loaded = options, say, {}

    def sets(self):
        """Names, each with what makes the set."""
        o = self.options
        found = [("cases", self.cases)]
        for name, reference, folder, bed in READS:
            path = os.path.join(o.data, folder)
            if os.path.exists(os.path.join(path, "truth.vcf.gz")):
                found += self.called(name, os.path.join(o.data, reference, "ref.fa.gz"), path, bed)
        if o.simulated:
            found += self.called("simulated", os.path.join(o.simulated, "ref.fa"), o.simulated, "truth.bed")
        if os.path.exists(os.path.join(o.data, "grch38-20mb", "variants.vcf.gz")):
            found += [(f"changed-{kind}", lambda kind=kind: self.changed(kind)) for kind in mutate.KINDS]
            found += [(f"crowded-{spacing}", lambda spacing=spacing: self.crowded(spacing)) for spacing in SPACINGS]
            found.append(("repeats", self.repeats))
        return found

    def called(self, name, reference, folder, bed):
        found = []
        for caller, file in CALLERS:
            calls = os.path.join(self.options.calls, name, file)
            if os.path.exists(calls):
                def make(caller=caller, calls=calls):
                    truth, query = vcf.read(os.path.join(folder, "truth.vcf.gz")), vcf.read(calls)
                    return trimmed(Set(f"{name}-{caller}", self.plain(reference), truth, query, os.path.join(folder, bed)))
                found.append((f"{name}-{caller}", make))
        return found

    def plain(self, path):
        """A reference in a folder of ours: programs put indexes beside it."""
        name = os.path.basename(os.path.dirname(os.path.abspath(path)))
        place = os.path.join(self.options.work, f"{name}.fa")
        if not os.path.exists(place):
            vcf.write_fasta(place, vcf.read_fasta(path))
        return place

    def contigs(self, reference):
        if reference not in self.loaded:
            self.loaded = {reference: vcf.read_fasta(reference)}
        return self.loaded[reference]

    def real(self):
        folder = os.path.join(self.options.data, "grch38-20mb")
        reference = self.plain(os.path.join(folder, "ref.fa.gz"))
        contigs = self.contigs(reference)
        return reference, contigs, vcf.read(os.path.join(folder, "variants.vcf.gz"))

    def changed(self, kind):
        reference, contigs, real = self.real()
        truth = [record for record in real if not record.is_structural()]
        rng = mutate.generator(kind)
        truth, query = mutate.KINDS[kind](truth, contigs, rng)
        return trimmed(Set(f"changed-{kind}", reference, truth, list(mutate.errors(query, rng))))

    def crowded(self, spacing):
        reference, contigs, _ = self.real()
        rng = mutate.generator(f"crowded {spacing}")
        truth = mutate.crowded(contigs, spacing, rng, bases=min(600_000, 6_000 * spacing))
        truth, query = mutate.mixture(truth, contigs, rng)
        return trimmed(Set(f"crowded-{spacing}", reference, truth, list(mutate.errors(query, rng))))

    def repeats(self):
        reference, contigs, _ = self.real()
        rng = mutate.generator("repeats")
        truth, query = mutate.moved(mutate.repeats(contigs, rng), contigs, rng)
        return trimmed(Set("repeats", reference, truth, list(mutate.errors(query, rng))))

    def cases(self):
        """The folders `compare-*` of testdata/cases, a contig each."""
        contigs, sides, bed = {}, ([], []), []
        for folder in folders(self.options.root):
            name = os.path.basename(folder)
            (_, letters), = vcf.read_fasta(os.path.join(folder, "reference.fa")).items()
            contigs[name] = letters
            for side, file in zip(sides, ("truth.vcf", "query.vcf")):
                side += [record.with_(contig=name) for record in vcf.read(os.path.join(folder, file))]
            regions = os.path.join(folder, "truth.bed")
            inside = [columns[1:3] for columns in vcf.lines(regions)] if os.path.exists(regions) else [(0, len(letters))]
            bed += [f"{name}\t{start}\t{end}\n" for start, end in inside]
        reference, regions = (os.path.join(self.options.work, f"cases.{ending}") for ending in ("fa", "bed"))
        vcf.write_fasta(reference, contigs)
        with open(regions, "w") as f:
            f.writelines(bed)
        return Set("cases", reference, *sides, regions)


def folders(root):
    """The cases of comparison in testdata/cases."""
    cases = os.path.join(root, "testdata", "cases")
    names = [name for name in sorted(os.listdir(cases)) if name.startswith("compare-")]
    return [os.path.join(cases, name) for name in names]


def trimmed(one):
    """Structural variants are left out on both sides: rihla compare does not judge them."""
    for side in ("truth", "query"):
        kept = [record for record in getattr(one, side) if not record.is_structural()]
        one.left_out += len(getattr(one, side)) - len(kept)
        setattr(one, side, kept)
    return one
