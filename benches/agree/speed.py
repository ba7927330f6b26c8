"""CPU and memory of both judges on references made from a seed.

Random sequence with short tandem repeats stands in for a genome: what a comparison costs depends on the number of
bases and records, not on which bases they are.
"""
import multiprocessing
import os
import random

from sidebyside.measure import Step, command, in_rounds

from . import mutate, vcf

# (megabases, megabases of a contig): a chromosome; then one density in contigs of one size, for memory.
SIZES = [(250, 250), (20, 20), (100, 20), (400, 20)]
# Bases for each true variant, as in a human genome inside the confident regions.
SPACING = 600
OTHER = mutate.OTHER


def sequence(rng, length):
    """Letters, every 2,000 bases a short tandem repeat."""
    letters = bytearray(rng.randbytes(length).translate(bytes(b"ACGT"[value % 4] for value in range(256))))
    for at in range(1_000, length - 1_000, 2_000):
        unit = bytes(letters[at:at + rng.randrange(1, 5)])
        copies = unit * rng.randrange(5, 15)
        letters[at:at + len(copies)] = copies
    return letters.decode()


def variants(rng, name, letters):
    """True variants: six in seven SNPs, indels of 1 to 20 bases, half of them in a repeat."""
    records, at = [], 100
    while (at := at + max(2, int(rng.expovariate(1 / SPACING)))) < len(letters) - 100:
        gt = rng.choice(["0|1", "1|0", "1|1"])
        if rng.random() < 6 / 7:
            records.append(vcf.Record(name, at + 1, letters[at], (rng.choice(OTHER[letters[at]]),), gt))
            continue
        place = at if rng.random() < 0.5 else at - at % 2_000 + 999
        if place < at - 1_500 or (records and place < records[-1].end + 2):
            place = at
        size = min(1 + int(rng.expovariate(0.5)), 20)
        anchor, behind = letters[place], letters[place + 1:place + 1 + size]
        ref, alt = (anchor, anchor + behind) if rng.random() < 0.5 else (anchor + behind, anchor)
        records.append(vcf.Record(name, place + 1, ref, (alt,), gt))
        at = max(at, place + size)
    return records


def made(work, megabases, contig):
    """Folder with ref.fa, truth.vcf.gz, query.vcf.gz; and the number of true variants."""
    folder = os.path.join(work, f"speed-{megabases}-{contig}")
    count = os.path.join(folder, "count")
    if not os.path.exists(count):
        # In a process of its own: the peak of a program that is started counts from the size of who starts it.
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(folder, count, megabases, contig))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise ValueError(f"{folder}: could not be made")
    with open(count) as f:
        return folder, int(f.read())


def make(folder, count, megabases, contig):
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(f"speed {megabases} {contig}")
    contigs = {f"c{i + 1}": sequence(rng, contig * 1_000_000) for i in range(megabases // contig)}
    truth = [record for name, letters in contigs.items() for record in variants(rng, name, letters)]
    _, calls = mutate.moved(truth, contigs, rng)
    query = list(mutate.errors(calls, rng, share=0.01))
    vcf.write_fasta(os.path.join(folder, "ref.fa"), contigs)
    lengths = {name: len(letters) for name, letters in contigs.items()}
    vcf.write(os.path.join(folder, "truth.vcf.gz"), truth, lengths)
    vcf.write(os.path.join(folder, "query.vcf.gz"), query, lengths)
    with open(count, "w") as f:
        f.write(str(len(truth)))


def steps(judges, folder, threads):
    truth, query, ref = (os.path.join(folder, name) for name in ("truth.vcf.gz", "query.vcf.gz", "ref.fa"))
    out = os.path.join(folder, "rihla")
    told = (*judges.rihla.words, "compare", "--quiet", "--ref", ref, "--truth", truth, "--query", query,
            "--ignore-phase", "--threads", threads, "--out-prefix", out)
    place = os.path.join(folder, "vcfeval")
    asked = (*judges.rtg.words, "vcfeval", "--baseline", truth, "--calls", query, "--template", judges.sdf(ref),
             "--output", place, "--no-roc", "--ref-overlap", "--threads", threads)
    return [Step("rihla", "rihla compare", [command(told)]), Step("rtg", "rtg vcfeval", [command(asked)], clear=place)]


def rows(judges, sizes, rounds, say):
    """Cells of the table, a row for each program, size and number of threads."""
    found = []
    for megabases, contig in sizes:
        say(f"{megabases} Mb: sequence, truth and calls")
        folder, count = made(judges.work, megabases, contig)
        for threads in (1, 2) if megabases == contig else (2,):
            pair = steps(judges, folder, threads)
            in_rounds([pair], rounds, judges.log, say)
            for step in pair:
                base = pair[0]
                found.append((f"{megabases} Mb in {megabases // contig}", count, threads, step.label,
                              f"{step.median('cpu'):.1f}", f"{step.median('cpu') / base.median('cpu'):.1f}",
                              f"{step.median('peak') / 1e6:.0f}", f"{step.median('peak') / base.median('peak'):.1f}"))
    return found


HEAD = ("bases in contigs", "true variants", "threads", "judge", "CPU s", "CPU ratio", "peak MB", "peak ratio")
