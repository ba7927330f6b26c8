"""One set, measured: every step that the wanted jobs need, once a round, each shared by all tables."""
import os
from dataclasses import dataclass, field

from . import judges, programs
from .measure import Step, command, in_rounds, run
from .sets import plain_reference
from .steps import LABELS, MIN_QUAL, Toolbox

CALLERS = ("freebayes", "bcftools", "strelka", "octopus", programs.GATK)
# Jobs that a table is made of, and what they need.
NEEDS = {
    "align": {"align"},
    "call": {"call"},
    "whole": {"align", "call", "germline"},
    "accuracy": {"align", "call", "germline"},
    "compare": {"germline", "compare"},
}


@dataclass
class Measured:
    """What was found out about a set; keys of `steps` and of the scores are those of the steps."""

    one: object
    steps: dict = field(default_factory=dict)
    scores: dict = field(default_factory=dict)
    placements: dict = field(default_factory=dict)
    main_aligner: str | None = None
    others: float | None = None
    rounds: int = 0

    def chains(self):
        """(label, the aligner's step, the caller's step) of the chains of peers."""
        aligner = self.steps.get(f"align {self.main_aligner}")
        callers = [step for key, step in self.steps.items() if key.startswith("call ")]
        name = LABELS.get(self.main_aligner, self.main_aligner)
        return [(f"{name} + samtools + {step.label}", aligner, step) for step in callers] if aligner else []


class Measurement:
    """What all sets have in common."""

    def __init__(self, options, rihla, peers, say):
        self.options, self.rihla, self.peers, self.say = options, rihla, peers, say
        self.judge = judges.independent(options.judges, peers)
        self.placer = os.path.join(options.judges, "score_sam.py")

    def measure(self, one, jobs):
        needs = {"germline"} if self.options.check else set().union(*(NEEDS[job] for job in jobs))
        needs -= {"align", "call", "germline"} if one.query else set()
        work = os.path.join(self.options.work, one.name)
        os.makedirs(work, exist_ok=True)
        reference = one.reference if one.query else plain_reference(one, self.options.work)
        tools = Toolbox(self.rihla, self.peers, reference, work, self.options.threads)
        self.log = os.path.join(work, "log.txt")
        self.say(f"{one.name}: indexes")
        self._prepare(tools, needs)
        return self._run(tools, Measured(one, rounds=self.options.rounds), needs)

    def aligners(self):
        return [name for name in programs.ALIGNERS if name in self.peers] if "samtools" in self.peers else []

    def main_aligner(self):
        """The one whose BAM is called: bwa, where it is there."""
        return next(iter(self.aligners()), None)

    def _prepare(self, tools, needs):
        names = ["rihla"] if needs & {"align", "call", "germline"} else []
        names += ["samtools"] if "samtools" in self.peers else []
        names += self.aligners() if "align" in needs else [a for a in [self.main_aligner()] if a and "call" in needs]
        names += [name for name in (programs.GATK,) if name in self.peers and "call" in needs]
        names += [name for name in ("rtg",) if name in self.peers and ("compare" in needs or self._judged_by_rtg())]
        for name in names:
            made, commands = tools.index(name)
            # Rihla's index is made in no time, and one of another version would be refused.
            if name == "rihla" or not os.path.exists(made):
                run(commands, self.log)

    def _judged_by_rtg(self):
        return isinstance(self.judge, judges.Vcfeval)

    def _run(self, tools, measured, needs):
        one, reads = measured.one, measured.one.reads
        align, call, whole, vcfs, bams = [], [], [], {}, {}
        measured.main_aligner = main = self.main_aligner()
        if "align" in needs:
            align = [tools.align(name, reads) for name in ["rihla", *self.aligners()]]
            bams = {"align rihla": tools.path("rihla-align.bam")}
            bams.update((f"align {name}", tools.bam(name)) for name in self.aligners())
        if "call" in needs and main:
            for name in ["rihla", *(name for name in CALLERS if name in self.peers)]:
                step, vcfs[step.key] = tools.call(name, tools.bam(main))
                call.append(step)
            if not align and not os.path.exists(tools.bam(main)):
                run(tools.align(main, reads).commands, self.log)
        if "germline" in needs:
            step, vcfs[step.key], bam = tools.germline(reads)
            whole = [step]
            if self.options.check:
                bams[step.key] = bam
        measured.others = in_rounds([align, call, whole], measured.rounds, self.log, self._speak(one))
        measured.steps = {step.key: step for step in align + call + whole}
        self._score(tools, measured, vcfs, bams)
        if "compare" in needs:
            self._compare(tools, measured, one.query or vcfs["germline"])
        return measured

    def _speak(self, one):
        return lambda text: self.say(f"{one.name}: {text}")

    def _score(self, tools, measured, vcfs, bams):
        one = measured.one
        self.say(f"{one.name}: scores")
        for key, vcf in vcfs.items() if self.judge else ():
            least = MIN_QUAL.get(key.removeprefix("call "))
            if least is not None:
                vcf = judges.without_low_quality(vcf, least)
            run(self.judge.commands(tools, one, self._indexed(tools, vcf), vcf), self.log)
            measured.scores[key] = self.judge.result(vcf)
        if one.origin and os.path.exists(self.placer) and "samtools" in self.peers:
            for key, bam in bams.items():
                measured.placements[key] = judges.placement(self.placer, self.peers["samtools"], one.origin, bam)

    def _indexed(self, tools, vcf):
        """vcfeval wants compressed, indexed files; others take what there is."""
        if not self._judged_by_rtg() or vcf.endswith(".gz"):
            return vcf
        packed = vcf + ".gz"
        run([command(tools.words("bcftools", "view", "-Oz", "-o", packed, vcf)),
             command(tools.words("bcftools", "index", "-t", "-f", packed))], self.log)
        return packed

    def _compare(self, tools, measured, query):
        """The judges themselves, side by side on the calls of `rihla germline`."""
        found = [judges.Compare()] if judges.has_compare(self.rihla) else []
        if "rtg" in self.peers:
            found.append(judges.Vcfeval())
        script = os.path.join(self.options.judges, "score_vcf.py")
        if os.path.exists(script):
            found.append(judges.ScoreVcf(script))
        out = tools.path("judged")
        steps = [Step(f"compare {judge.name}", judge.name, judge.commands(tools, measured.one, query, out),
                      judge.clear and out + judge.clear) for judge in found]
        others = in_rounds([steps], measured.rounds, self.log, self._speak(measured.one))
        measured.others = max((share for share in (others, measured.others) if share is not None), default=None)
        for judge, step in zip(found, steps):
            measured.steps[step.key] = step
            measured.scores[step.key] = judge.result(out)
