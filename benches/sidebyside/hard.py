"""Hard reads beside bwa: right places, false certainty, and what a read costs beside a clean one of its length."""
import os
import random
from dataclasses import dataclass
from statistics import median

from . import hard_genome, hard_sets, indexes, mappers
from .measure import Watch, run
from .placed import Placed, is_right
from .sam import records
from .views import Table

SEED = "hard-1"
PROGRAMS = ("rihla", "bwa")
HEAD = ["kind", "bases", "right %", "bwa", "wrong at MAPQ >= 20, ppm of all", "bwa", "unmapped %", "bwa",
        "CPU of a clean read's", "bwa", "CPU of bwa's to Rihla's"]


@dataclass
class Outcome:
    """A program on a kind: the places of the reads, and CPU seconds a read."""

    placed: Placed
    cpu: float


class Hard:
    """The job: options, programs by name, and where the sets are made."""

    def __init__(self, options, programs, say):
        self.options, self.programs, self.say = options, programs, say
        self.work = os.path.join(options.work, "hard")
        self.threads = str(options.threads)
        self.names = [name for name in PROGRAMS if name in programs]
        self.commands, self.others = [], None

    def measure(self):
        """[(kind, {program: Outcome})] of all kinds."""
        os.makedirs(self.work, exist_ok=True)
        self.log = os.path.join(self.work, "log.txt")
        genome = hard_genome.make(random.Random(SEED))
        fasta = os.path.join(self.work, "hard.fa")
        _write_if_new(fasta, f">chr1\n{genome.sequence}\n")
        self.references = {name: indexes.make(self.programs, name, fasta, 150, self.threads, self.work, self.log).reference
                           for name in self.names}
        watch, found = Watch(), []
        self.start = self._empty(genome)
        for kind in hard_sets.kinds():
            found.append((kind, self._kind(kind, genome)))
            costs = ", ".join(f"{name} {1e6 * one.cpu:.1f} us a read" for name, one in found[-1][1].items())
            self.say(f"hard: {kind.name}, {kind.length} bases: {costs}")
        self.others = watch.others()
        return found

    def _kind(self, kind, genome):
        count = int(self.options.hard_reads * kind.share) // (2 if kind.paired else 1)
        reads, truth = self._write(kind, genome, count)
        spent = {name: [] for name in self.names}
        outs = {name: os.path.join(self.work, f"{name}.sam") for name in self.names}
        for _ in range(self.options.rounds):
            for name in self.names:
                # A peer is slow enough to be measured in one round.
                if name == "rihla" or not spent[name]:
                    spent[name].append(run([self._command(name, kind, reads, outs[name])], self.log).cpu)
        total = count * (2 if kind.paired else 1)
        return {name: Outcome(judge(outs[name], truth), max(median(spent[name]) - self.start[name], 0.0) / total)
                for name in self.names}

    def _empty(self, genome):
        """CPU seconds of each program on one pair of reads: start, and loading the index."""
        kind = hard_sets.Kind("start", 150, hard_sets.plain)
        reads, _ = self._write(kind, genome, 1)
        self.commands = [self._command(name, kind, reads, None) for name in self.names]
        return {name: median(run([one], self.log).cpu for _ in range(3)) for name, one in zip(self.names, self.commands)}

    def _command(self, name, kind, reads, out):
        size = ",".join(map(str, kind.distance))
        option = () if not kind.paired else ("--insert-size" if name == "rihla" else "-I", size)
        mapper = mappers.Mapper(name, name, option)
        one, _ = mappers.map_reads(self.programs, mapper, self.references[name], reads, kind.length, self.threads, None)
        return type(one)(one.stages, out)

    def _write(self, kind, genome, count):
        """The FASTQ files of a kind, and the right places of each read: {(name, mate): places}."""
        paths = [os.path.join(self.work, f"reads_{mate + 1}.fq") for mate in range(2 if kind.paired else 1)]
        texts, truth = [[] for _ in paths], {}
        for name, letters, places in hard_sets.templates(kind, genome, count, SEED):
            for mate, (one, right) in enumerate(zip(letters, places)):
                texts[mate].append(f"@{name}\n{one}\n+\n{'F' * len(one)}\n")
                truth[name, mate] = right
        for path, text in zip(paths, texts):
            with open(path, "w") as f:
                f.writelines(text)
        return paths, truth


def judge(path, truth):
    """Placed; reads that belong nowhere are wrong wherever they are put."""
    placed = Placed()
    with open(path) as f:
        for one in records(f):
            placed.reads += 1
            if one.contig is None:
                placed.unmapped += 1
                continue
            placed.at[one.mapq] += 1
            placed.wrong[one.mapq] += not any(is_right(one, place) for place in truth[one.name, one.mate])
    return placed


def table(found):
    """A row a kind, Rihla's figure before bwa's."""
    base = {(kind.name, name): one.cpu for kind, outcomes in found for name, one in outcomes.items()}
    rows = []
    for kind, outcomes in found:
        cells = [[], [], [], []]
        for name in PROGRAMS:
            one = outcomes.get(name)
            texts = _cells(one, base[kind.base, name], kind) if one else [""] * len(cells)
            for cell, text in zip(cells, texts):
                cell.append(text)
        costs = [one.cpu for one in outcomes.values()]
        times = f"{costs[1] / costs[0]:.1f}" if len(costs) == 2 and costs[0] else ""
        rows.append([kind.name, kind.length, *(text for cell in cells for text in cell), times])
    return Table(HEAD, rows)


def _cells(one, base, kind):
    placed = one.placed
    nowhere = kind.make in (hard_sets.low_complexity, hard_sets.foreign)
    right = "-" if nowhere else f"{100 * placed.right:.2f}"
    wrong = 1e6 * sum(placed.wrong[20:]) / max(placed.reads, 1)
    cost = f"{one.cpu / base:.2f}" if base else ""
    return [right, f"{wrong:.0f}", f"{100 * placed.unmapped / max(placed.reads, 1):.2f}", cost]


def _write_if_new(path, text):
    """A file that stays as it is keeps its indexes."""
    if os.path.exists(path):
        with open(path) as f:
            if f.read() == text:
                return
    with open(path + ".part", "w") as f:
        f.write(text)
    os.replace(path + ".part", path)
