"""Aligners alone, side by side: FASTQ to alignments in the order of the reads, away; nothing sorted, nothing marked."""
import gzip
import itertools
import os
import subprocess
from dataclasses import dataclass, field, replace

from . import indexes, mappers, placed, truths
from .measure import Command, Failed, Step, Watch, apart, in_rounds


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


@dataclass
class Run:
    """A program on a set; `out` is a file that the first round writes where the places are not known yet."""

    mapper: mappers.Mapper
    step: Step
    command: Command
    out: str
    key: list
    known: placed.Placed | None

    def away(self):
        """From now on alignments are thrown away, by the programs that can."""
        self.step.commands = [self.command]


class Aligners:
    """What all sets have in common: options, the programs by name (rihla and samtools among them)."""

    def __init__(self, options, programs, say):
        self.options, self.programs, self.say = options, programs, say
        self.mappers = mappers.available(programs)
        self.threads = str(options.threads)

    def measure(self, one):
        """Indexes made where they are not there, rounds of all programs, and the places of the reads from the first."""
        o = self.options
        self.work = os.path.join(o.work, "aligners", one.name)
        os.makedirs(self.work, exist_ok=True)
        self.log = os.path.join(self.work, "log.txt")
        count, length = look(one.reads)
        found = Beside(one, count, length, rounds=o.rounds)
        self.index(found)
        runs = [self._run(found, mapper) for mapper in self.mappers]
        found.steps = {run.mapper.name: run.step for run in runs}
        watch = Watch()
        self._round(found, 1)
        found.placed = apart(lambda: self._places(found, runs))
        for run in runs:
            run.away()
        self._round(found, o.rounds - 1)
        found.others = watch.others()
        return found

    def _round(self, found, rounds):
        in_rounds([list(found.steps.values())], rounds, self.log, lambda text: self.say(f"{found.one.name}: {text}"))

    def index(self, found):
        """The index of every mapper, made if it is not there."""
        for mapper in self.mappers:
            self.say(f"{found.one.name}: index of {mapper.program}")
            found.indexes[mapper.name] = indexes.make(self.programs, mapper.program, found.one.genome, found.length,
                                                      self.threads, self.options.work, self.log)

    def _run(self, found, mapper):
        """How a program is run, and the places by it that are known already, as a program puts the same reads in the same
        places."""
        out = os.path.join(self.work, mapper.name.replace(" ", "-") + ".out")
        one, written = mappers.map_reads(self.programs, mapper, found.indexes[mapper.name].reference, found.one.reads,
                                         found.length, self.threads, out)
        program = os.stat(self.programs[mapper.program].words[0])
        key = [placed.RULE, program.st_size, int(program.st_mtime), one.text(), *stamp(found.one.folder)]
        known = placed.saved(self._rows(mapper.name), key) if not written else None
        kept = one if known or written else replace(one, out=out)
        return Run(mapper, Step(mapper.name, mapper.name, [kept]), one, out, key, known)

    def _places(self, found, runs):
        """Where every program puts the reads; nothing where their true places are not known."""
        truth_of = truths.load(found.one.folder, self.programs["samtools"])
        if truth_of is None:
            self.say(f"{found.one.name}: nothing tells where its reads come from")
            return {}
        places = {run.mapper.name: run.known or self._judge(run, found, truth_of) for run in runs}
        self._compare(found, places)
        return places

    def _judge(self, run, found, truth_of):
        self.say(f"{found.one.name}: places by {run.mapper.name}")
        with subprocess.Popen([*self.programs["samtools"].words, "view", run.out], stdout=subprocess.PIPE, text=True) as view:
            counts, rows = placed.judge(view.stdout, truth_of, found.length)
        if view.returncode:
            raise Failed(f"{run.out}: samtools view could not read it")
        placed.save(self._rows(run.mapper.name), run.key, counts, rows)
        os.remove(run.out)
        return counts

    def _compare(self, found, places):
        ours, theirs = "rihla align", "bwa mem"
        if {ours, theirs} <= set(places):
            out = os.path.join(self.work, "disagreements.tsv")
            only = placed.disagreements(self._rows(ours), self._rows(theirs), out)
            self.say(f"{found.one.name}: {only[0]} reads are right with bwa alone, {only[1]} with rihla alone: {out}")

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
