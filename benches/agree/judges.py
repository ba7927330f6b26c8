"""The two judges: how each is told to work, and its verdicts in one vocabulary.

TP, FN, FP; OUT: outside the confident regions; N: not compared; HARD: given up (vcfeval).
"""
import os
import shutil
from dataclasses import dataclass

from sidebyside.measure import command, run

from . import vcf

RTG = {"TP": "TP", "FN": "FN", "FN_CA": "FN", "FP": "FP", "FP_CA": "FP", "OUT": "OUT", "IGN": "N", "HARD": "HARD"}
RIHLA = {"UNK": "OUT"}


@dataclass(frozen=True)
class Mode:
    """A way to compare that both have: options, and the column of rihla's verdicts."""

    name: str
    rihla: tuple
    rtg: tuple
    column: str = "BD"
    about: str = ""


MODES = [
    Mode("ref-overlap", ("--ignore-phase",), ("--ref-overlap",)),
    Mode("default", ("--ignore-phase",), ()),
    Mode("all-records", ("--ignore-phase",), ("--ref-overlap", "--all-records"), column="BDA"),
    Mode("squash-ploidy", ("--ignore-genotype",), ("--squash-ploidy", "--ref-overlap")),
    Mode("phase", (), ("--ref-overlap",)),
]


@dataclass(frozen=True)
class Verdict:
    """What a judge says of a record; `locus` is None for a record that rihla does not compare, and for vcfeval."""

    record: vcf.Record
    word: str
    locus: tuple | None = None


class Judges:
    """Both programs, and a folder for what they write."""

    def __init__(self, rihla, rtg, work, threads, log):
        self.rihla, self.rtg, self.work, self.threads, self.log = rihla, rtg, work, str(threads), log

    def sdf(self, reference):
        """vcfeval's own form of a reference."""
        place = reference + ".sdf"
        # Small references are made anew each time.
        if os.path.exists(place) and os.path.getmtime(place) < os.path.getmtime(reference):
            shutil.rmtree(place)
        if not os.path.exists(place):
            run([command((*self.rtg.words, "format", "-o", place, reference))], self.log)
        return place

    def by_rihla(self, one, files, mode):
        """Verdicts on truth and query."""
        prefix = os.path.join(self.work, f"{one.name}.{mode.name}")
        bed = ("--bed", one.bed) if one.bed else ()
        run([command((*self.rihla.words, "compare", "--quiet", "--ref", one.reference, "--truth", files[0],
                      "--query", files[1], *bed, *mode.rihla, "--threads", self.threads, "--out-prefix", prefix))],
            self.log)
        sides = [], []
        for columns in vcf.lines(prefix + ".vcf.gz"):
            info = dict(item.split("=", 1) for item in columns[7].split(";") if "=" in item)
            keys = columns[8].split(":")
            for side, column in enumerate((9, 10)):
                values = dict(zip(keys, columns[column].split(":")))
                word = values[mode.column]
                if word == ".":
                    continue
                locus = (columns[0], int(info["BS"])) if "BS" in info and values["BVT"] != "NOCALL" else None
                sides[side].append(Verdict(vcf.of_columns(columns, column), RIHLA.get(word, word), locus))
        return sides

    def by_vcfeval(self, one, files, mode):
        """Verdicts on truth and query."""
        place = os.path.join(self.work, f"{one.name}.{mode.name}.vcfeval")
        shutil.rmtree(place, ignore_errors=True)
        regions = ("--evaluation-regions", one.bed) if one.bed else ()
        # One pass: what matches by allele alone stays FN and FP, wherever it lies.
        once = () if "--squash-ploidy" in mode.rtg else ("--Xtwo-pass", "false")
        run([command((*self.rtg.words, "vcfeval", "--baseline", files[0], "--calls", files[1],
                      "--template", self.sdf(one.reference), "--output", place, "--output-mode", "annotate", "--no-roc",
                      "--threads", self.threads, *once, *regions, *mode.rtg))], self.log)
        sides = []
        for file, key in (("baseline", "BASE"), ("calls", "CALL")):
            side = []
            for columns in vcf.lines(os.path.join(place, f"{file}.vcf.gz")):
                info = dict(item.split("=", 1) for item in columns[7].split(";") if "=" in item)
                side.append(Verdict(vcf.of_columns(columns), RTG[info[key]]))
            sides.append(side)
        return sides
