"""Indexes made for comparison: each in a folder of its own, with what it took to make it."""
import json
import os
import shutil
from dataclasses import dataclass

from . import mappers
from .measure import run

FIGURES = "made.json"


@dataclass(frozen=True)
class Index:
    """`reference` is what its program is given. Seconds of CPU and wall, bytes at the peak and on disk."""

    reference: str
    cpu: float
    wall: float
    peak: int
    disk: int


def make(programs, program, genome, length, threads, work, log):
    """The index of a genome: the one that is there, if this version of the program has made it of this genome."""
    name = mappers.index_name(program, length)
    folder = os.path.join(work, "indexes", os.path.basename(genome), name)
    about = [programs[program].version, os.path.getsize(genome), int(os.path.getmtime(genome))]
    figures = os.path.join(folder, FIGURES)
    if program != "rihla" and os.path.exists(figures):
        with open(figures) as f:
            made = json.load(f)
        if made.pop("about") == about:
            return Index(reference=os.path.join(folder, "ref.fa"), **made)
    shutil.rmtree(folder, ignore_errors=True)
    reference = mappers.link(genome, folder)
    usage = run([mappers.index(programs, program, reference, length, threads)], log)
    made = {"cpu": usage.cpu, "wall": usage.wall, "peak": usage.peak, "disk": size(folder)}
    with open(figures, "w") as f:
        json.dump({"about": about, **made}, f)
    return Index(reference=reference, **made)


def size(folder):
    """Bytes of the files in a folder, links left out."""
    paths = [os.path.join(folder, name) for name in os.listdir(folder) if name != FIGURES]
    return sum(os.path.getsize(path) for path in paths if not os.path.islink(path))
