"""Those who score calls against truth, and read placements against origins."""
import csv
import gzip
import json
import os
import shutil
import subprocess
from dataclasses import dataclass

from .measure import command

TYPES = ("SNP", "INDEL")


@dataclass(frozen=True)
class Score:
    """Counts of one type: truth found and missed, calls right and wrong."""

    found: int
    missed: int
    right: int
    false: int

    @property
    def f1(self):
        truth, calls = self.found + self.missed, self.right + self.false
        recall = self.found / truth if truth else 0.0
        precision = self.right / calls if calls else 0.0
        return 2 * recall * precision / (recall + precision) if recall + precision else 0.0

    def text(self):
        return f"{self.f1:.4f} ({self.missed}/{self.false})"

    def __add__(self, other):
        return Score(self.found + other.found, self.missed + other.missed, self.right + other.right, self.false + other.false)


NONE = Score(0, 0, 0, 0)


class ScoreVcf:
    """score_vcf.py: a judge in plain Python that is not part of the project."""

    name = "score_vcf.py"
    clear = None

    def __init__(self, script):
        self.script = script

    def commands(self, tools, one, query, out):
        return [command(("python3", self.script, "--ref", tools.ref, "--truth", one.truth, "--bed", one.confident,
                         "--query", query, "--json", out + ".json"))]

    def result(self, out):
        with open(out + ".json") as f:
            counts = json.load(f)
        return {t: Score(counts[t]["tp"], counts[t]["fn"], counts[t]["tpq"], counts[t]["fp"]) for t in TYPES}


class Vcfeval:
    """RTG's vcfeval; what it writes is counted here by type."""

    name = "rtg vcfeval"
    clear = ".vcfeval"

    def commands(self, tools, one, query, out):
        shutil.rmtree(out + self.clear, ignore_errors=True)
        # Its own threads; without curves, which cost it time that counts do not need.
        words = tools.words("rtg", "vcfeval", "--baseline", one.truth, "--calls", query,
                            "--template", f"{tools.ref}.sdf", "--evaluation-regions", one.confident,
                            "--output", out + self.clear, "--no-roc", "--threads", tools.threads)
        return [command(words)]

    def result(self, out):
        names = ("tp-baseline", "fn", "tp", "fp")
        counts = {name: _by_type(os.path.join(out + self.clear, f"{name}.vcf.gz")) for name in names}
        return {t: Score(counts["tp-baseline"][t], counts["fn"][t], counts["tp"][t], counts["fp"][t]) for t in TYPES}


class Compare:
    """rihla compare, records that pass."""

    name = "rihla compare"
    clear = None

    def commands(self, tools, one, query, out):
        words = tools.words("rihla", "compare", "--ref", tools.ref, "--truth", one.truth, "--bed", one.confident,
                            "--query", query, "--out-prefix", out + ".compare", "--threads", tools.threads)
        return [command(words)]

    def result(self, out):
        with open(out + ".compare.summary.csv", newline="") as f:
            rows = {row["Type"]: row for row in csv.DictReader(f) if row["Filter"] == "PASS"}
        scores = {}
        for kind in TYPES:
            row = {name: int(rows[kind][name]) for name in
                   ("TRUTH.TP", "TRUTH.FN", "QUERY.TOTAL", "QUERY.FP", "QUERY.UNK")}
            right = row["QUERY.TOTAL"] - row["QUERY.FP"] - row["QUERY.UNK"]
            scores[kind] = Score(row["TRUTH.TP"], row["TRUTH.FN"], right, row["QUERY.FP"])
        return scores


def has_compare(rihla):
    """Whether this Rihla has the command."""
    return subprocess.run([*rihla.words, "compare", "--help"], capture_output=True).returncode == 0


def independent(folder, peers):
    """The judge of accuracy: no part of Rihla. None when there is none."""
    script = os.path.join(folder, "score_vcf.py")
    if os.path.exists(script):
        return ScoreVcf(script)
    return Vcfeval() if "rtg" in peers else None


def without_low_quality(vcf, least):
    """Records of a plain VCF with at least that QUAL, in a file beside it."""
    kept = vcf + ".kept.vcf"
    with open(vcf) as source, open(kept, "w") as sink:
        sink.writelines(line for line in source if line.startswith("#") or float(line.split("\t", 6)[5]) >= least)
    return kept


def _by_type(path):
    """Records of a VCF by type: SNP when every called allele keeps the length of REF."""
    counts = dict.fromkeys(TYPES, 0)
    with gzip.open(path, "rt") as f:
        for line in f:
            if line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            alleles = [fields[3], *fields[4].split(",")]
            called = {int(a) for a in fields[9].split(":")[0].replace("|", "/").split("/") if a != "."}
            same = all(len(alleles[a]) == len(fields[3]) and alleles[a] != "*" for a in called)
            counts["SNP" if same else "INDEL"] += 1
    return counts


@dataclass(frozen=True)
class Placement:
    """Shares of all reads, and the number placed wrong at MAPQ 20 or above."""

    mapped: float
    right: float
    sure: float
    wrong: int


def placement(script, samtools, origin, bam):
    """Reads of a BAM against their true places, by score_sam.py."""
    view = subprocess.Popen([*samtools.words, "view", "-h", bam], stdout=subprocess.PIPE)
    judge = subprocess.run(["python3", script, "--origin", origin, "--sam", "-"], stdin=view.stdout,
                           capture_output=True, text=True, check=True)
    view.stdout.close()
    if view.wait():
        raise RuntimeError(f"samtools view failed on {bam}")
    lines = judge.stdout.splitlines()
    total, at20 = lines[0].split(), next(line for line in lines if line.startswith("MAPQ>=20")).split()
    return Placement(mapped=float(total[3]), right=float(total[5]), sure=float(at20[2]), wrong=int(at20[4]))
