"""Variants of one caller, rihla call, from the alignments of several programs: what their alignments are worth."""
import os
from dataclasses import dataclass, field

from . import indexes, judges, programs
from .measure import run
from .sets import plain_reference
from .steps import LABELS, Toolbox
from .views import Table

# Reads that strobealign makes its index for.
LENGTH = 150

HEAD = ["set", "alignments by", "SNP F1 (FN/FP)", "indel F1 (FN/FP)", "errors"]


@dataclass
class Called:
    """Scores of a set, by label of the aligner where nothing else is said."""

    name: str
    judge: str
    scores: dict = field(default_factory=dict)
    commands: list = field(default_factory=list)


def measure(o, one, found, say):
    """Each aligner's sorted, marked BAM, called and judged."""
    judge = judges.independent(o.judges, found)
    if judge is None:
        raise ValueError(f"no judge: neither {o.judges}/score_vcf.py nor rtg")
    work = os.path.join(o.work, one.name)
    os.makedirs(work, exist_ok=True)
    log = os.path.join(work, "log.txt")

    def tools_with(reference):
        return Toolbox(found["rihla"], found, reference, work, o.threads)

    tools = tools_with(plain_reference(one, o.work))
    measured = Called(one.name, judge.name)
    for name in ["rihla", *(name for name in programs.ALIGNERS if name in found)]:
        label = LABELS.get(name, "rihla align" if name == "rihla" else name)
        say(f"{one.name}: {label}, rihla call")
        made = indexes.make(found, name, tools.ref, LENGTH, o.threads, o.work, log)
        align = tools_with(made.reference).align(name, one.reads).commands
        bam = tools.path("rihla-align.bam") if name == "rihla" else tools.bam(name)
        step, vcf = tools.call("rihla", bam)
        run([*align, *step.commands], log)
        run(judge.commands(tools, one, vcf, vcf), log)
        measured.scores[label] = judge.result(vcf)
        measured.commands += [*align, *step.commands]
    return measured


def table(measured):
    """Errors are records missed and false, of both types."""
    return Table(HEAD, [[measured.name, label, *cells(scores)] for label, scores in measured.scores.items()])


def cells(scores):
    """The last columns of a row: each type, and all errors."""
    return [*(scores[kind].text() for kind in judges.TYPES), sum(score.missed + score.false for score in scores.values())]
