"""Tables of a measured set, and of criterion's results."""
from dataclasses import dataclass

from .judges import TYPES
from .measure import ratio

# Share of the machine that others may use before wall times mean nothing.
QUIET = 0.1
MIB = 1 << 20


@dataclass(frozen=True)
class Table:
    head: list
    rows: list

    def markdown(self):
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


# Ratios are to Rihla's row. Memory: of the largest process, and of all that run at one time.
COST = ["CPU s", "CPU ratio", "wall s", "wall ratio", "peak MB (all)", "peak ratio"]
QUALITY = ["SNP F1 (FN/FP)", "indel F1 (FN/FP)"]
ERRORS = "errors ratio"


def align(measured):
    """FASTQ to sorted, marked BAM."""
    base, rows = measured.steps["align rihla"], []
    for key, step in measured.steps.items():
        if not key.startswith("align "):
            continue
        placed = measured.placements.get(key)
        places = [f"{placed.right:.5f}", placed.wrong] if placed else ["", ""]
        rows.append([measured.one.name, step.label, *_cost([step], [base], measured), *places])
    return Table(["set", "program", *COST, "right within 10 bp", "wrong at MAPQ >= 20"], rows)


def call(measured):
    """One BAM to VCF."""
    steps = {key: step for key, step in measured.steps.items() if key.startswith("call ")}
    base = steps.get("call rihla")
    rows = [[measured.one.name, step.label, *_cost([step], [base], measured), *_quality(measured, key),
             _errors(measured, key, "call rihla")] for key, step in steps.items()]
    return Table(["set", "program", *COST, *QUALITY, ERRORS], rows)


def whole(measured):
    """FASTQ to BAM and VCF."""
    base = measured.steps["germline"]
    rows = [[measured.one.name, base.label, *_cost([base], [base], measured), *_quality(measured, "germline"),
             _errors(measured, "germline", "germline")]]
    for label, aligner, caller in measured.chains():
        cost = _cost([aligner, caller], [base], measured)
        errors = _errors(measured, caller.key, "germline")
        rows.append([measured.one.name, label, *cost, *_quality(measured, caller.key), errors])
    return Table(["set", "program", *COST, *QUALITY, ERRORS], rows)


def accuracy(measured):
    """F1 of every chain."""
    base = measured.steps["germline"]
    rows = [[measured.one.name, base.label, *_quality(measured, "germline"), _seconds(base.median("cpu")), "1.0"]]
    for label, aligner, caller in measured.chains():
        cpu, times = _sum([aligner, caller], [base], "cpu")
        rows.append([measured.one.name, label, *_quality(measured, caller.key), _seconds(cpu), f"{times:.1f}"])
    return Table(["set", "chain", *QUALITY, "CPU s", "CPU ratio"], rows)


def placement(measured):
    """Reads against their origins."""
    rows = []
    for key, placed in measured.placements.items():
        if not key.startswith("align "):
            continue
        rows.append([measured.one.name, measured.steps[key].label, f"{placed.right:.5f}", f"{placed.mapped:.5f}",
                     f"{placed.sure:.5f}", placed.wrong])
    return Table(["set", "aligner", "right within 10 bp", "mapped", "placed at MAPQ >= 20", "wrong there"], rows)


def compare(measured):
    """The judges of one VCF."""
    steps = {key: step for key, step in measured.steps.items() if key.startswith("compare ")}
    base = steps.get("compare rihla compare")
    rows = []
    for key, step in steps.items():
        counts = [f"{s.found}/{s.missed}/{s.right}/{s.false}" for s in (measured.scores[key][t] for t in TYPES)]
        rows.append([measured.one.name, step.label, *_cost([step], [base], measured), *counts])
    columns = [f"{t}: TP/FN of truth, TP/FP of calls" for t in ("SNP", "indel")]
    return Table(["set", "judge", *COST, *columns], rows)


def _quality(measured, key):
    scores = measured.scores.get(key)
    return [scores[t].text() for t in TYPES] if scores else ["", ""]


def _errors(measured, key, base):
    """Records missed and false, of both types, beside the base's."""
    if key not in measured.scores or base not in measured.scores:
        return ""
    count, least = (sum(s.missed + s.false for s in measured.scores[k].values()) for k in (key, base))
    return f"{count / least:.2f}" if least else f"{count} to 0"


def _cost(steps, base, measured):
    """The columns of COST: steps run one after the other, beside a base that may be missing."""
    base = base if base[0] else None
    cells = []
    for what in ("cpu", "wall"):
        value, times = _sum(steps, base, what)
        known = what == "cpu" or measured.others is None or measured.others <= QUIET
        cells += [_seconds(value), f"{times:.2f}" if times else ""] if known else ["-", "-"]
    peak, peak_sum = (max(step.median(what) for step in steps) for what in ("peak", "peak_sum"))
    times = f"{peak / base[0].median('peak'):.2f}" if base else ""
    return [*cells, f"{peak / MIB:.0f} ({peak_sum / MIB:.0f})", times]


def _seconds(value):
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _sum(steps, base, what):
    """Medians added up, and the ratio to the base: of one step round by round."""
    value = sum(step.median(what) for step in steps)
    if not base:
        return value, None
    return value, sum(ratio(step, base[0], what) for step in steps)


VIEWS = {"align": align, "call": call, "whole": whole, "accuracy": accuracy, "placement": placement, "compare": compare}
TITLES = {
    "align": "FASTQ to sorted, duplicate-marked BAM",
    "call": "BAM to VCF",
    "whole": "FASTQ to BAM and VCF",
    "accuracy": "Variants against truth",
    "placement": "Placement of reads against their origins",
    "compare": "Calls compared with truth",
    "kernels": "Kernels and stages",
    "aligners": "FASTQ to alignments, in the order of the reads",
    "calibration": "What a MAPQ is worth",
    "indexing": "Indexes of a genome",
    "paths": "Ways through the aligner",
    "hard": "Hard reads",
    "called": "Variants of one caller from the alignments of several programs",
    "thinned": "Variants of real reads thinned",
}
