"""Aligners alone, side by side: FASTQ to alignments in the order of the reads, away; nothing sorted, nothing marked."""
import gzip
import itertools
import os
import subprocess
from dataclasses import dataclass, field

from . import indexes, mappers, placed, truths
from .measure import Failed, Step, in_rounds


@dataclass(frozen=True)
class ReadSet:
    """Paired reads of a genome; `folder` also tells where they come from, if anything does."""

    name: str
    genome: str
    folder: str

    @property
    def reads(self):
        return [os.path.join(self.folder, f"reads_{mate}.fq.gz") for mate in (1, 2)]


@dataclass
class Beside:
    """A set, measured. Keys are names of mappers."""

    one: ReadSet
    count: int
    length: int
    steps: dict = field(default_factory=dict)
    placed: dict = field(default_factory=dict)
    indexes: dict = field(default_factory=dict)
    others: float | None = None
    rounds: int = 0


def sets(genome, folders):
    """The sets of reads in folders; ValueError of one that holds none."""
    found = []
    for folder in folders:
        one = ReadSet(os.path.basename(os.path.normpath(folder)), os.path.abspath(genome), os.path.abspath(folder))
        for path in one.reads:
            if not os.path.exists(path):
                raise ValueError(f"--reads {folder}: no {os.path.basename(path)} in it; reads_1.fq.gz and reads_2.fq.gz are needed")
        found.append(one)
    return found


class Aligners:
    """What all sets have in common: options, the programs by name (rihla and samtools among them)."""

    def __init__(self, options, programs, say):
        self.options, self.programs, self.say = options, programs, say
        self.mappers = mappers.available(programs)
        self.threads = str(options.threads)

    def measure(self, one):
        """Indexes made where they are not there, rounds of all programs, then the places of the reads."""
        o = self.options
        self.work = os.path.join(o.work, "aligners", one.name)
        os.makedirs(self.work, exist_ok=True)
        self.log = os.path.join(self.work, "log.txt")
        count, length = look(one.reads)
        found = Beside(one, count, length, rounds=o.rounds)
        self.index(found)
        outs = {}
        for mapper in self.mappers:
            command, outs[mapper.name] = self._command(found, mapper)
            found.steps[mapper.name] = Step(mapper.name, mapper.name, [command])
        found.others = in_rounds([list(found.steps.values())], o.rounds, self.log,
                                 lambda text: self.say(f"{one.name}: {text}"))
        self._place(found, outs)
        return found

    def index(self, found):
        """The index of every mapper, made if it is not there."""
        for mapper in self.mappers:
            self.say(f"{found.one.name}: index of {mapper.program}")
            found.indexes[mapper.name] = indexes.make(self.programs, mapper.program, found.one.genome, found.length,
                                                      self.threads, self.options.work, self.log)

    def _command(self, found, mapper):
        out = os.path.join(self.work, f"{mapper.program}.bam")
        return mappers.map_reads(self.programs, mapper, found.indexes[mapper.name].reference, found.one.reads,
                                 found.length, self.threads, out)

    def _place(self, found, outs):
        truth_of = truths.load(found.one.folder, self.programs["samtools"])
        if truth_of is None:
            self.say(f"{found.one.name}: nothing tells where its reads come from")
            return
        for mapper in self.mappers:
            self.say(f"{found.one.name}: places by {mapper.name}")
            found.placed[mapper.name] = self._placed(found, mapper, outs[mapper.name], truth_of)
        ours, theirs = self._rows("rihla align"), self._rows("bwa mem")
        if {"rihla align", "bwa mem"} <= set(found.placed):
            out = os.path.join(self.work, "disagreements.tsv")
            only = placed.disagreements(ours, theirs, out)
            self.say(f"{found.one.name}: {only[0]} reads are right with bwa alone, {only[1]} with rihla alone: {out}")

    def _placed(self, found, mapper, out, truth_of):
        """Of a peer once and for all: the same version puts the same reads in the same places."""
        step, path = found.steps[mapper.name], self._rows(mapper.name)
        key = [self.programs[mapper.program].version, step.commands[0].text(), *stamp(found.one.folder)]
        known = placed.saved(path, key) if out is None else None
        if known:
            return known
        words = step.commands[0].stages[0] if out is None else (*self.programs["samtools"].words, "view", out)
        with open(self.log, "ab") as errors:
            run = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
            with run:
                counts, rows = placed.judge(run.stdout, truth_of, found.length)
        if run.returncode:
            raise Failed(f"exit code {run.returncode} of: {' '.join(words)}; see {self.log}")
        placed.save(path, key, counts, rows)
        return counts

    def _rows(self, name):
        return os.path.join(self.work, f"{name.replace(' ', '-')}.places.gz")


def look(reads):
    """Number of reads of both files, and the most common length of the first thousand."""
    count = 0
    for path in reads:
        with gzip.open(path, "rb") as f:
            count += sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 22), b"")) // 4
    with gzip.open(reads[0], "rt") as f:
        lengths = [len(line) - 1 for line in itertools.islice(f, 1, 4000, 4)]
    if not lengths:
        raise ValueError(f"{reads[0]}: holds no reads")
    return count, max(set(lengths), key=lengths.count)


def stamp(folder):
    """Size and time of every file of a set: another set in the same folder is another one."""
    return [[name, os.path.getsize(path), int(os.path.getmtime(path))]
            for name in sorted(os.listdir(folder)) for path in [os.path.join(folder, name)]]
