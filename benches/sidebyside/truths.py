"""Where simulated reads come from: origin.tsv.gz, a golden SAM or BAM, or the reads' own names."""
import gzip
import os
import re
import subprocess
from typing import NamedTuple

from .sam import records

# Alignments that mason (-oa) and ART (-sam) write of their reads.
GOLDEN = ("golden.bam", "golden.sam")
RIHLA = re.compile(r"[^_]+_(.+)_(\d+)([+-])_(\d+)([+-])_[^_:]*:")


class Place(NamedTuple):
    """Bases on the forward strand, 1-based and inclusive; `end` is None where the simulator does not tell it."""

    contig: str
    start: int
    end: int | None
    reverse: bool


def load(folder, samtools):
    """A function of (name of a read, 0 or 1 for its mate) that tells its Place; None where nothing tells it."""
    origin = os.path.join(folder, "origin.tsv.gz")
    if os.path.exists(origin):
        return _lookup(_origins(origin))
    for name in GOLDEN:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return _lookup(_golden(path, samtools))
    name = _first_name(folder)
    return next((of_name for of_name in (dwgsim, rihla) if of_name(name, 0)), None)


def dwgsim(name, mate):
    """Of a name as dwgsim makes it: CONTIG_START1_START2_REVERSE1_REVERSE2_RANDOM1_RANDOM2_ERRORS1_ERRORS2_NUMBER.

    None of other names, and of reads that dwgsim drew at random.
    """
    parts = name.rsplit("_", 9)
    if len(parts) < 10 or not all(part.isdigit() for part in parts[1:7]) or parts[5 + mate] != "0":
        return None
    return Place(parts[0], int(parts[1 + mate]), None, parts[3 + mate] == "1")


def rihla(name, mate):
    """Of a name as rihla simulate makes it: NUMBER_CONTIG_START1STRAND1_START2STRAND2_..., some signs of CONTIG escaped."""
    match = RIHLA.match(name)
    if not match:
        return None
    contig = match[1].replace("%3A", ":").replace("%40", "@").replace("%25", "%")
    return Place(contig, int(match[2 + 2 * mate]), None, match[3 + 2 * mate] == "-")


def _lookup(places):
    return lambda name, mate: places.get((name, mate))


def _origins(path):
    """Lines of name, then contig, start and strand of both reads; the first line names the columns."""
    places = {}
    with gzip.open(path, "rt") as f:
        next(f)
        for line in f:
            t = line.rstrip("\n").split("\t")
            places[t[0], 0] = Place(t[1], int(t[2]), None, t[3] == "-")
            places[t[0], 1] = Place(t[4], int(t[5]), None, t[6] == "-")
    return places


def _golden(path, samtools):
    """SAM is read as it is: ART writes CIGARs that do not fit their reads, which samtools refuses."""
    if path.endswith(".sam"):
        with open(path) as f:
            return _places(f)
    with subprocess.Popen([*samtools.words, "view", path], stdout=subprocess.PIPE, text=True) as view:
        places = _places(view.stdout)
    if view.returncode:
        raise ValueError(f"{path}: samtools view could not read it")
    return places


def _places(lines):
    return {(one.name, one.mate): Place(one.contig, one.start - one.before, one.end + one.behind, one.reverse)
            for one in records(lines) if one.contig is not None}


def _first_name(folder):
    path = os.path.join(folder, "reads_1.fq.gz")
    with gzip.open(path, "rt") as f:
        return f.readline()[1:].split()[0].removesuffix("/1")
