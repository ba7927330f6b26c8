"""`cargo bench`, and its results as tables: kernels by SIMD level, stages on one thread."""
import json
import os
import shutil
import subprocess

from .views import Table

LEVELS = ["scalar", "sse4.1", "avx2", "avx512", "neon"]
# What an element of a group is.
UNITS = {
    "mismatch": "bases", "banded": "cells", "pairhmm": "cells", "fastq": "reads", "index": "bases", "lookup": "seeds",
    "align": "reads",
    "shard": "records", "pileup": "bases", "call": "bases", "truth": "records", "bam": "records", "vcf": "records",
    "qc": "records",
    "simulate": "pairs", "pipeline": "reads",
}
OTHER_UNITS = {("simulate", "variants"): "bases", ("qc", "reads"): "reads"}
ORDER = list(UNITS)


def bench(root, say):
    """Runs all benches; returns the folder of their results, in which nothing older is left."""
    say("cargo bench -p rihla-benches: a few minutes")
    folder = os.path.join(os.environ.get("CARGO_TARGET_DIR") or os.path.join(root, "target"), "criterion")
    shutil.rmtree(folder, ignore_errors=True)
    words = ["cargo", "bench", "--quiet", "--locked", "-p", "rihla-benches", "--", "--quiet"]
    subprocess.run(words, cwd=root, check=True, stdout=subprocess.DEVNULL)
    return folder


def table(criterion):
    """Criterion's results: elements a second (medians) of each case; by SIMD level where the bench has levels."""
    cases = {}
    for group, function, value, rate in _results(criterion):
        level = next((part for part in (function, value) if part in LEVELS), None)
        group, _, case = group.partition("/")
        rest = " ".join(part for part in (case.replace("_", " "), function, value) if part and part not in LEVELS)
        cases.setdefault((group, rest), {})[level] = rate
    used = [level for level in LEVELS if any(level in rates for rates in cases.values())]
    rows = []
    for (group, rest), rates in sorted(cases.items(), key=lambda item: (_order(item[0][0]), _natural(item[0]))):
        unit = OTHER_UNITS.get((group, rest)) or UNITS.get(group, "elements")
        rows.append([group, rest, unit, _rate(rates.get(None)), *(_rate(rates.get(level)) for level in used)])
    return Table(["bench", "case", "counted", "a second", *used], rows)


def _results(criterion):
    for folder, _, files in sorted(os.walk(criterion)):
        if os.path.basename(folder) != "new" or "estimates.json" not in files:
            continue
        with open(os.path.join(folder, "benchmark.json")) as f:
            about = json.load(f)
        with open(os.path.join(folder, "estimates.json")) as f:
            nanoseconds = json.load(f)["median"]["point_estimate"]
        elements = (about["throughput"] or {}).get("Elements")
        if elements:
            yield about["group_id"], about["function_id"], about["value_str"], elements / nanoseconds * 1e9


def _order(group):
    return ORDER.index(group) if group in ORDER else len(ORDER)


def _natural(key):
    return [(int(word), "") if word.isdigit() else (0, word) for part in key for word in part.split()]


def _rate(value):
    if value is None:
        return ""
    for size, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value:.3g}"
