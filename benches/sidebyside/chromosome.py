"""A chromosome-sized comparison, made from a seed: sequence, truth, and calls with errors and other spellings.

Random sequence with tandem repeats stands in for a chromosome: what a comparison costs depends on the number of
variants and on how many lie together, not on genes.  Variants come singly and in clusters, one in nine is an indel.
Calls: one in a hundred missed, one in a hundred with the other zygosity, as many false ones as missed ones, and one
adjacent pair of SNPs in two written as one record (MNP), which a judge by haplotype must not count as an error.
"""
import os
import random

from .measure import command, run
from .sets import Floor, Set

NAME = "chromosome"
BASES = 64_000_000
# Bases from one group of variants to the next, on average: about the density of a human genome.
GAP = 1_000
CONTIG = "chr20"
SEED = 20


def make(work, bcftools, samtools, log):
    """The set, in a folder of `work`; made only once."""
    folder = os.path.join(work, NAME)
    one = Set(NAME, os.path.join(folder, "ref.fa"), folder, "truth.bed", Floor(0, 0),
              query=os.path.join(folder, "query.vcf.gz"))
    if os.path.exists(one.query + ".tbi"):
        return one
    os.makedirs(folder, exist_ok=True)
    numbers = random.Random(SEED)
    sequence = _sequence(numbers)
    with open(one.reference, "w") as f:
        f.write(f">{CONTIG}\n")
        f.writelines(sequence[at:at + 60].decode() + "\n" for at in range(0, len(sequence), 60))
    with open(one.confident, "w") as f:
        f.write(f"{CONTIG}\t1000\t{len(sequence) - 1000}\n")
    run([command((*samtools.words, "faidx", one.reference))], log)
    truth = _truth(sequence, numbers)
    for path, records in ((one.truth, truth), (one.query, _calls(sequence, truth, numbers))):
        _write(path, records, len(sequence), bcftools, log)
    return one


def _sequence(numbers):
    """Random bases; every two thousand or so a tandem repeat of a unit of one to four bases."""
    codes = bytes(b"ACGT"[i % 4] for i in range(256))
    sequence = bytearray(numbers.randbytes(BASES).translate(codes))
    at = 0
    while (at := at + numbers.randrange(100, 4000)) < BASES - 100:
        unit = sequence[at:at + numbers.randrange(1, 5)]
        repeat = unit * numbers.randrange(4, 12)
        sequence[at:at + len(repeat)] = repeat
    return bytes(sequence)


def _truth(sequence, numbers):
    """Records (position, REF, ALT, genotype), 0-based, at least one base apart."""
    records, at = [], 1000
    while (at := at + int(numbers.expovariate(1 / GAP)) + 30) < len(sequence) - 1100:
        for _ in range(1 if numbers.random() < 0.85 else numbers.randrange(2, 6)):
            record = _record(sequence, at, numbers)
            records.append(record)
            at += len(record[1]) + (numbers.randrange(1, 20) if numbers.random() < 0.8 else 0)
    return records


def _record(sequence, at, numbers):
    base = chr(sequence[at])
    phase = numbers.choice(("0|1", "1|0", "1|1"))
    kind = numbers.random()
    if kind < 0.89:
        return at, base, numbers.choice("ACGT".replace(base, "")), phase
    length = min(40, int(numbers.expovariate(0.4)) + 1)
    if kind < 0.945:
        return at, sequence[at:at + length + 1].decode(), base, phase
    return at, base, base + "".join(numbers.choices("ACGT", k=length)), phase


def _calls(sequence, truth, numbers):
    calls, number = [], 0
    while number < len(truth):
        at, ref, alt, phase = truth[number]
        number += 1
        draw = numbers.random()
        if draw < 0.01:
            continue
        if draw < 0.02:
            phase = "1|1" if phase != "1|1" else "0|1"
        elif draw < 0.51 and number < len(truth) and _adjacent_snps(truth[number - 1], truth[number]):
            _, next_ref, next_alt, _ = truth[number]
            ref, alt, number = ref + next_ref, alt + next_alt, number + 1
        calls.append((at, ref, alt, "1/1" if phase == "1|1" else "0/1"))
    taken = {at for at, *_ in truth}
    false = (numbers.randrange(1000, len(sequence) - 1000) for _ in range(len(truth) // 100))
    calls += [(at, chr(sequence[at]), "A" if sequence[at] != ord("A") else "G", "0/1") for at in set(false) - taken]
    return sorted(calls)


def _adjacent_snps(a, b):
    return len(a[1]) == len(a[2]) == len(b[1]) == len(b[2]) == 1 and b[0] == a[0] + 1 and a[3] == b[3]


def _write(path, records, length, bcftools, log):
    plain = path.removesuffix(".gz")
    with open(plain, "w") as f:
        f.write("##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
                f"##contig=<ID={CONTIG},length={length}>\n"
                "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
                "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n")
        for at, ref, alt, genotype in records:
            f.write(f"{CONTIG}\t{at + 1}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t{genotype}\n")
    run([command((*bcftools.words, "view", "-Oz", "-o", path, plain)),
         command((*bcftools.words, "index", "-f", "-t", path))], log)
    os.remove(plain)
