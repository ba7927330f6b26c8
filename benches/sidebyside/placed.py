"""Reads of an aligner against their true places: how many are right, and what their MAPQ is worth."""
import gzip
import json
import math
import os
from dataclasses import dataclass, field

from .sam import records
from .truths import Place

# Bases that an end may be off.
SLACK = 10
# Counts that were saved under another rule are made again.
RULE = f"either end, clipped or not, within {SLACK}"
# MAPQ from and to, both included.
BINS = [(0, 0), (1, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 255)]


@dataclass
class Placed:
    """Counts of reads. `at` and `wrong` count the mapped ones by MAPQ."""

    reads: int = 0
    unmapped: int = 0
    at: list = field(default_factory=lambda: [0] * 256)
    wrong: list = field(default_factory=lambda: [0] * 256)

    @property
    def right(self):
        """Share of all reads."""
        return (sum(self.at) - sum(self.wrong)) / self.reads if self.reads else 0.0

    def share(self, least):
        """Share of all reads that have at least this MAPQ."""
        return sum(self.at[least:]) / self.reads if self.reads else 0.0

    def ppm(self, least):
        """Wrong ones in a million of those that have at least this MAPQ."""
        count = sum(self.at[least:])
        return 1e6 * sum(self.wrong[least:]) / count if count else 0.0

    def bin(self, first, last):
        """(reads, wrong ones) with a MAPQ from `first` to `last`."""
        return sum(self.at[first:last + 1]), sum(self.wrong[first:last + 1])


def quality(wrong, count):
    """The share that is wrong on the scale of MAPQ, -10 log10; of none, what a single one would be."""
    return 10 * math.log10(count / max(wrong, 1))


def is_right(one, truth):
    """Contig and strand, and either end within SLACK: of the alignment, or of the whole read with what is clipped, as the
    clipped part of a read may be the genome's or an adapter's."""
    if one.contig != truth.contig or one.reverse != truth.reverse:
        return False
    starts, ends = (one.start, one.start - one.before), (one.end, one.end + one.behind)
    return (any(abs(start - truth.start) <= SLACK for start in starts)
            or any(abs(end - truth.end) <= SLACK for end in ends))


def judge(lines, truth_of, length):
    """Placed, and of every read a row: name, mate, where it is put, where it belongs, MAPQ, verdict.

    `length` is that of the reads: the end of a truth that has none. Reads of no known place are left out.
    """
    placed, rows = Placed(), []
    for one in records(lines):
        truth = truth_of(one.name, one.mate)
        if truth is None:
            continue
        if truth.end is None:
            truth = truth._replace(end=truth.start + length - 1)
        placed.reads += 1
        verdict = "unmapped"
        if one.contig is None:
            placed.unmapped += 1
        else:
            right = is_right(one, truth)
            verdict = "right" if right else "wrong"
            placed.at[one.mapq] += 1
            placed.wrong[one.mapq] += not right
        put = text(Place(one.contig, one.start, one.end, one.reverse)) if one.contig is not None else "*"
        rows.append((one.name, one.mate + 1, put, text(truth), one.mapq, verdict))
    return placed, rows


def text(place):
    return f"{place.contig}:{place.start}{'-' if place.reverse else '+'}"


def save(path, key, placed, rows):
    """The counts, and the rows of every read, for other runs: `key` says what they were made of."""
    with gzip.open(path + ".part", "wt", compresslevel=1) as f:
        f.write(json.dumps({"key": key, **vars(placed)}) + "\n")
        f.writelines("\t".join(map(str, row)) + "\n" for row in rows)
    os.replace(path + ".part", path)


def saved(path, key):
    """The counts, or None when the file is absent or made of something else."""
    if not os.path.exists(path):
        return None
    with gzip.open(path, "rt") as f:
        head = json.loads(f.readline())
    return Placed(**head) if head.pop("key") == key else None


def rows(path):
    """The rows of every read: {(name, mate): (put, truth, MAPQ, verdict)}."""
    with gzip.open(path, "rt") as f:
        next(f)
        split = (line.rstrip("\n").split("\t") for line in f)
        return {(t[0], t[1]): tuple(t[2:]) for t in split}


def disagreements(ours, theirs, out):
    """Writes the reads that one of two files of rows has wrong or unmapped and the other right; returns (ours, theirs):
    how many only we have wrong, and how many only they."""
    other, only = rows(theirs), [0, 0]
    with open(out, "w") as f:
        f.write("read\tmate\ttruth\tours\tMAPQ\tverdict\ttheirs\tMAPQ\tverdict\n")
        for read, (put, truth, mapq, verdict) in rows(ours).items():
            if read not in other:
                continue
            put2, _, mapq2, verdict2 = other[read]
            if (verdict == "right") != (verdict2 == "right"):
                only[verdict == "right"] += 1
                f.write("\t".join([*read, truth, put, mapq, verdict, put2, mapq2, verdict2]) + "\n")
    return tuple(only)
