"""The jobs about one half of the way: aligners, indexing, paths, hard, called, thinned."""
import os
import shlex

from . import aligner_views, aligners, called, hard, indexes, machine, mappers, paths, results, sets, thinned
from .measure import Watch

JOBS = ("aligners", "indexing", "paths", "hard", "called", "thinned")


def measure(o, jobs, arguments, programs, publish, say):
    """Runs the jobs on the sets that are asked for; `publish(job, name, table, facts)` takes each table."""
    course = Course(o, arguments, programs, publish, say)
    if "indexing" in jobs and "aligners" not in jobs:
        if not o.genome:
            raise ValueError("--job indexing: --genome FASTA tells of what")
        course.index(os.path.abspath(o.genome))
    if "aligners" in jobs:
        course.align(read_sets(o, say))
    if "paths" in jobs:
        course.paths(read_sets(o, say))
    if "hard" in jobs:
        course.hard()
    if "called" in jobs:
        course.call([one for one in sets.available(o.data) if not o.set or one.name in o.set.split(",")])
    if "thinned" in jobs:
        wanted = o.set.split(",") if o.set else thinned.SETS
        course.thin([one for one in sets.available(o.data) if one.name in wanted])


def read_sets(o, say):
    """The folders of --reads, the standard set whose origins are known where none is given."""
    if o.reads:
        if not o.genome:
            raise ValueError("--reads: --genome FASTA tells what they are reads of")
        return aligners.sets(o.genome, o.reads)
    wanted = o.set.split(",") if o.set else ["sim-1mb-30x"]
    known = [one for one in sets.available(o.data, o.simulated) if one.name in wanted]
    if not known:
        say(f"skipped, no data at {o.data} (--data, or RIHLA_DATA; or --genome and --reads)")
    return [aligners.ReadSet(one.name, sets.plain_reference(one, o.work), one.folder) for one in known]


class Course:
    """What every job needs: options, programs by name (Rihla among them), and where tables go."""

    def __init__(self, o, arguments, programs, publish, say):
        self.o, self.arguments, self.programs, self.publish, self.say = o, arguments, programs, publish, say
        self.made = {}

    def align(self, found):
        job = aligners.Aligners(self.o, self.programs, self.say)
        for one in found:
            measured = job.measure(one)
            commands = [step.commands[0] for step in measured.steps.values()]
            facts = self._facts(one, commands, [
                f"{measured.count} reads of {measured.length} bases", self._rounds(measured.rounds),
                *results.quietness(measured.others)])
            self.publish("aligners", one.name, aligner_views.speed(measured), facts)
            if measured.placed:
                facts = self._facts(one, commands, [])
                self.publish("calibration", one.name, aligner_views.calibration(measured), facts)
            made = {mappers.index_name(mapper.program, measured.length): measured.indexes[mapper.name] for mapper in job.mappers}
            self.made.setdefault(one.genome, {}).update(made)
        for genome, made in self.made.items():
            self._publish_indexes(genome, made)

    def index(self, genome, length=150):
        """Indexes alone, for reads of a length."""
        work = os.path.join(self.o.work, "aligners")
        os.makedirs(work, exist_ok=True)
        made = {}
        for mapper in mappers.available(self.programs):
            self.say(f"index of {mapper.program}")
            made[mappers.index_name(mapper.program, length)] = indexes.make(
                self.programs, mapper.program, genome, length, str(self.o.threads), self.o.work, os.path.join(work, "log.txt"))
        self._publish_indexes(genome, made)

    def paths(self, found):
        log = os.path.join(self.o.work, "log.txt")
        os.makedirs(self.o.work, exist_ok=True)
        for one in found:
            index = indexes.make(self.programs, "rihla", one.genome, 150, str(self.o.threads), self.o.work, log).reference + ".rhx"
            self.say(f"{one.name}: paths")
            watch = Watch()
            lines = paths.measure(self.o.root, one, index, log)
            facts = self._facts(one, [], ["one thread, the least of 5 rounds", *results.quietness(watch.others())])
            self.publish("paths", one.name, paths.table(one.name, lines), facts)

    def hard(self):
        job = hard.Hard(self.o, self.programs, self.say)
        table = hard.table(job.measure())
        facts = self._facts(None, job.commands, [
            f"{self.o.hard_reads} reads of a kind, a quarter of satellites; {self._rounds(self.o.rounds)}, of bwa one round",
            *results.quietness(job.others, "CPU ratios are rough")])
        self.publish("hard", "", table, facts)

    def call(self, found):
        for one in found:
            measured = called.measure(self.o, one, self.programs, self.say)
            facts = self._facts(one, measured.commands, [f"judge: {measured.judge}", f"{self.o.threads} threads"])
            self.publish("called", one.name, called.table(measured), facts)

    def thin(self, found):
        for one in found:
            measured = thinned.measure(self.o, one, self.programs, self.say)
            facts = self._facts(one, measured.commands, [
                f"judge: {measured.judge}", f"{len(thinned.DRAWS)} draws of each share, counted together"])
            self.publish("thinned", one.name, thinned.table(measured), facts)

    def _publish_indexes(self, genome, made):
        name = os.path.basename(genome).removesuffix(".fa")
        lines = [f"{self.o.threads} threads where the program takes them", machine.machine(),
                 self._titles(mappers.programs_of(self.programs))]
        self.publish("indexing", name, aligner_views.indexing(name, made), results.facts([*lines, self._command(None)], ()))

    def _rounds(self, count):
        return f"{count} round{'s, medians' if count > 1 else ''}, {self.o.threads} threads"

    def _facts(self, one, commands, lines):
        used = [name for name, program in self.programs.items()
                if any(stage[:len(program.words)] == program.words for command in commands for stage in command.stages)]
        lines = [*lines, machine.machine(), self._titles(used), self._command(one)]
        return results.facts(lines, [self._names(one).of(command.text()) for command in commands])

    def _titles(self, used):
        rihla = f"rihla {self.programs['rihla'].version} ({self.o.commit})"
        return "programs: " + "; ".join([rihla, *(self.programs[name].title for name in used if name != "rihla")])

    def _command(self, one):
        return "Command: `" + self._names(one).of(shlex.join(["benches/side-by-side", *self.arguments])) + "`"

    def _names(self, one):
        o = self.o
        return machine.Names([
            (self.programs["rihla"].words[0], "rihla"), (o.work, "$WORK"), (o.data, "$DATA"), (o.judges, "$JUDGES"),
            (o.results, "$RESULTS"), (one and one.folder, "$READS"), (o.genome, "$GENOME"),
            (o.gatk_jar and os.path.abspath(o.gatk_jar), "$GATK"),
            *((folder, os.path.basename(os.path.normpath(folder))) for folder in o.reads),
            *(tuple(reversed(pair.split("=", 1))) for pair in o.peer),
            *((program.words[0], name) for name, program in self.programs.items() if name != "rihla")])
