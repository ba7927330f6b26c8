"""Variants of deep real reads thinned to lower depths, by every caller from the same BAM; draws of one share are counted together."""
import os
import shutil

from . import judges, programs
from .called import Called, cells
from .measure import command, run
from .measurement import CALLERS
from .sets import plain_reference
from .steps import MIN_QUAL, Toolbox
from .views import Table

SETS = ("hg001-100k-52x", "hg001-100k-own", "hg002-357k-82x")
SHARES = (0.2, 0.35, 0.5)
DRAWS = (1, 2)

HEAD = ["set", "share of the reads", "caller", "SNP F1 (FN/FP)", "indel F1 (FN/FP)", "errors"]


def measure(o, one, found, say):
    """bwa's sorted, marked BAM, thinned and called: scores by (share, label of the caller), of each type the sum over the draws."""
    judge = judges.independent(o.judges, found)
    if not isinstance(judge, judges.ScoreVcf):
        raise ValueError(f"no judge: {o.judges}/score_vcf.py is not there")
    work = os.path.join(o.work, one.name)
    os.makedirs(work, exist_ok=True)
    log = os.path.join(work, "log.txt")
    tools = Toolbox(found["rihla"], found, plain_reference(one, o.work), work, o.threads)
    callers = ["rihla", *(name for name in CALLERS if name in found)]
    for name in ["bwa", "samtools", *(name for name in callers if name == programs.GATK)]:
        made, commands = tools.index(name)
        if not os.path.exists(made):
            run(commands, log)
    if not os.path.exists(tools.bam("bwa")):
        run(tools.align("bwa", one.reads).commands, log)
    measured, bam = Called(one.name, judge.name), tools.path("thinned.bam")
    for share in SHARES:
        draws = []
        for draw in DRAWS:
            say(f"{one.name}: {share} of the reads, draw {draw}")
            thin = [command(tools.words("samtools", "view", "-b", "-s", draw + share, "-o", bam, tools.bam("bwa"))),
                    command(tools.words("samtools", "index", bam))]
            run(thin, log)
            calls = {name: tools.call(name, bam) for name in callers}
            draws.append({step.label: _score(tools, judge, one, name, step, vcf, log)
                          for name, (step, vcf) in calls.items()})
            measured.commands = measured.commands or [*thin, *(each for step, _ in calls.values() for each in step.commands)]
        for label in draws[0]:
            measured.scores[share, label] = {kind: sum((scores[label][kind] for scores in draws), judges.NONE)
                                             for kind in judges.TYPES}
    return measured


def _score(tools, judge, one, name, step, vcf, log):
    """What a caller makes of the BAM, judged."""
    if step.clear:
        shutil.rmtree(step.clear, ignore_errors=True)
    run(step.commands, log)
    if name in MIN_QUAL:
        vcf = judges.without_low_quality(vcf, MIN_QUAL[name])
    run(judge.commands(tools, one, vcf, vcf), log)
    return judge.result(vcf)


def table(measured):
    """Errors are records missed and false, of both types."""
    return Table(HEAD, [[measured.name, share, label, *cells(scores)] for (share, label), scores in measured.scores.items()])
