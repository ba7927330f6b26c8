"""What is asked for, and the course of a run."""
import argparse
import os
import shlex
import sys

from . import alignment, chromosome, kernels, machine, programs, results, sets, views
from .measure import Failed, Watch
from .measurement import NEEDS, Measurement

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JOBS = [*NEEDS, *alignment.JOBS, "kernels"]
# Speed is measured where the truth of everything is known and a round takes a minute.
SPEED_SETS = ["sim-1mb-30x"]

HELP = """\
Runs Rihla and the installed peers on the same data, alternating, and writes CPU, wall, memory, F1 and placement as
Markdown tables: to standard output and to benches/results/JOB-SET.md.

jobs: align    FASTQ to sorted, marked BAM, beside every aligner found with samtools fixmate, sort, markdup
      call     that BAM of bwa's to VCF, beside freebayes, bcftools, Strelka2, Octopus, GATK
      whole    FASTQ to BAM and VCF: align and call together
      accuracy F1 of the whole chains, and placement of reads, on all sets (one round unless --rounds says more)
      compare  rihla compare beside RTG vcfeval and score_vcf.py
      aligners FASTQ to alignments in the order of the reads, thrown away, beside every aligner: CPU a read, memory, reads
               in their true places, what MAPQ is worth. Of the sets that --reads and --genome name, or sim-1mb-30x
      indexing the indexes of --genome: CPU, memory, size (aligners makes them too, where they are not there)
      paths    the ways that reads take through Rihla's aligner: their share, and what each costs (cargo bench)
      hard     reads that are hard for aligners, each kind by itself, beside bwa: right, falsely certain, CPU beside a clean
               read's
      called   variants by rihla call from the BAM of every aligner, on the sets with truth
      thinned  variants by every caller from bwa's BAM of the deep real sets, thinned to lower depths
      kernels  criterion's benches of kernels and stages (cargo bench)

--check runs Rihla alone, once, and fails when a set falls below its floor; it writes no results.
--write-docs puts the tables of benches/results into docs/; --check-docs fails when they are not the same.

Data: --data, else $RIHLA_DATA, else ../shared/data; without it the program says so and does nothing. The judges
score_vcf.py and score_sam.py are looked for in --judges (default: DATA/../bench); without score_vcf.py vcfeval judges.
Programs are those on PATH, or --peer NAME=PATH; scripts/setup --peers installs what Debian has.
"""


def parse(arguments):
    p = argparse.ArgumentParser(prog="benches/side-by-side", description=HELP,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--job", default="align,call,whole", help="comma-separated [default: %(default)s]")
    p.add_argument("--set", help="comma-separated [default: sim-1mb-30x for speed, all for accuracy and --check]")
    p.add_argument("--genome", metavar="FASTA", help="of the reads of --reads; not compressed")
    p.add_argument("--reads", action="append", default=[], metavar="DIR",
                   help="for --job aligners: reads_1.fq.gz, reads_2.fq.gz, and where they come from: origin.tsv.gz (rihla "
                   "simulate --origins), golden.bam or golden.sam (mason -oa, ART -sam), or names by rihla simulate or dwgsim")
    p.add_argument("--simulated", metavar="[NAME=]DIR",
                   help="one more set, `simulated` or `simulated-NAME`: ref.fa, reads, truth and origins in a folder")
    p.add_argument("--hard-reads", type=int, default=30000, metavar="N", help="of each kind, for --job hard [default: 30000]")
    p.add_argument("--bin", default="target/release/rihla", help="[default: %(default)s]")
    p.add_argument("--peer", action="append", default=[], metavar="NAME=PATH", help="a program that is not on PATH")
    p.add_argument("--gatk-jar", metavar="JAR", help="GATK's jar, or a folder with it and the jars it needs")
    p.add_argument("--rtg", metavar="PATH", help="as --peer rtg=PATH")
    p.add_argument("--only", help="comma-separated peers to run, of those found; `none` for Rihla alone")
    p.add_argument("--rounds", type=int, help="[default: 3; 1 for accuracy alone and --check]")
    p.add_argument("--threads", type=int, default=2, help="of every program that has the option [default: 2]")
    p.add_argument("--data", help="folder of the data sets")
    p.add_argument("--judges", help="folder of score_vcf.py and score_sam.py")
    p.add_argument("--work", default=os.path.join(ROOT, "target", "side-by-side"), help="for what programs write")
    p.add_argument("--results", default=os.path.join(ROOT, "benches", "results"))
    p.add_argument("--check", action="store_true")
    p.add_argument("--write-docs", action="store_true")
    p.add_argument("--check-docs", action="store_true")
    return p.parse_args(arguments)


def main(arguments):
    o = parse(arguments)
    try:
        return docs(o) if o.write_docs or o.check_docs else measure(settle(o), arguments)
    except (Failed, FileNotFoundError, ValueError) as error:
        say(str(error))
        return 1


def docs(o):
    if o.check_docs:
        stale = results.stale_docs(ROOT, o.results)
        for path in stale:
            where, path = os.path.relpath(o.results, ROOT), os.path.relpath(path, ROOT)
            say(f"{path}: its tables are not those of {where}; benches/side-by-side --write-docs")
        return 1 if stale else 0
    for path in results.write_docs(ROOT, o.results):
        say(f"wrote {os.path.relpath(path, ROOT)}")
    return 0


def settle(o):
    """Defaults that depend on other options."""
    o.jobs = ["accuracy"] if o.check else o.job.split(",")
    unknown = set(o.jobs) - set(JOBS)
    if unknown:
        raise ValueError(f"--job {','.join(sorted(unknown))}: no such job; there are {', '.join(JOBS)}")
    o.data = os.path.abspath(o.data or os.environ.get("RIHLA_DATA") or os.path.join(ROOT, "..", "shared", "data"))
    o.judges = os.path.abspath(o.judges or os.path.join(o.data, "..", "bench"))
    o.rounds = o.rounds or (1 if set(o.jobs) <= {"accuracy"} else 3)
    o.commit = machine.commit(ROOT, binary(o)) + (", profile-guided" if machine.is_profile_guided(binary(o)) else "")
    o.root = ROOT
    o.work, o.results = os.path.abspath(o.work), os.path.abspath(o.results)
    return o


def measure(o, arguments):
    if "kernels" in o.jobs:
        watch = Watch()
        table = kernels.table(kernels.bench(ROOT, say))
        lines = [machine.machine(), f"rihla at {o.commit}", "medians of criterion's samples"]
        publish(o, "kernels", "", table, results.facts(lines + results.quietness(watch.others(), "rates are too low"), ()))
    own = [job for job in o.jobs if job in alignment.JOBS]
    if own:
        found = {"rihla": programs.rihla(binary(o)), **peers(o)}
        alignment.measure(o, own, arguments, found, lambda *table: publish(o, *table), say)
    jobs = [job for job in o.jobs if job in NEEDS]
    return measure_programs(o, jobs, arguments) if jobs else 0


def measure_programs(o, jobs, arguments):
    wanted = wanted_sets(o, jobs)
    if not wanted and o.set != chromosome.NAME:
        say(f"skipped, no data at {o.data} (--data, or RIHLA_DATA)")
        return 0
    own = programs.rihla(binary(o))
    found = peers(o)
    measurement, failed = Measurement(o, own, found, say), []
    if measurement.judge is None:
        say(f"no judge: neither {o.judges}/score_vcf.py nor rtg; accuracy is not measured")
    asked = not o.set or chromosome.NAME in o.set.split(",")
    if "compare" in jobs and asked and {"bcftools", "samtools"} <= set(found):
        say(f"{chromosome.NAME}: sequence, truth and calls")
        wanted.append(chromosome.make(o.work, found["bcftools"], found["samtools"], os.path.join(o.work, "log.txt")))
    for one in wanted:
        jobs = ["compare"] if one.query else jobs
        measured = measurement.measure(one, jobs)
        failed += below_floor(measurement, measured) if o.check else []
        report(o, measurement, measured, jobs, arguments)
    if failed:
        say("below the floor\n  " + "\n  ".join(failed))
    return 1 if failed else 0


def binary(o):
    return o.bin if os.path.isabs(o.bin) else os.path.join(ROOT, o.bin)


def wanted_sets(o, jobs):
    found = sets.available(o.data, o.simulated)
    if o.set:
        names = o.set.split(",")
        absent = set(names) - {one.name for one in found} - {chromosome.NAME}
        if absent:
            raise ValueError(f"--set {','.join(sorted(absent))}: not there; there are {', '.join(s.name for s in found)}")
        return [one for one in found if one.name in names]
    if o.check or set(jobs) <= {"accuracy"}:
        return found
    return [one for one in found if one.name in SPEED_SETS]


def peers(o):
    """The programs to run beside Rihla. A check needs samtools alone, to look at the BAM."""
    for pair in o.peer:
        if "=" not in pair:
            raise ValueError(f"--peer {pair}: give NAME=PATH, such as minibwa=/opt/minibwa")
    overrides = dict(pair.split("=", 1) for pair in o.peer)
    unknown = set(overrides) - set(programs.KNOWN)
    if unknown:
        raise ValueError(f"--peer {','.join(unknown)}: no such peer; there are {', '.join(programs.KNOWN)}")
    if o.rtg:
        overrides["rtg"] = o.rtg
    found = programs.find(overrides, o.gatk_jar)
    if o.check:
        return {name: program for name, program in found.items() if name in ("samtools", "rtg")}
    for name, how in programs.absent(found).items():
        say(f"absent: {name} (how to get it: {how})")
    if o.only:
        kept = {*o.only.split(","), "samtools", "bcftools"} if o.only != "none" else {"samtools"}
        found = {name: program for name, program in found.items() if name in kept}
    return found


def below_floor(measurement, measured):
    """What of a set is worse than its floor."""
    one, found = measured.one, []
    if measurement.judge:
        score = measured.scores["germline"]
        for kind, floor in (("SNP", one.floor.snp), ("INDEL", one.floor.indel)):
            if round(score[kind].f1, 4) < floor:
                found.append(f"{one.name}: {kind} F1 (missed/false) is {score[kind].text()}, the floor {floor}")
    placed = measured.placements.get("germline")
    if placed and round(placed.right, 4) < one.floor.right:
        found.append(f"{one.name}: {placed.right} of the reads are placed right, the floor is {one.floor.right}")
    if placed and one.floor.wrong is not None and placed.wrong > one.floor.wrong:
        found.append(f"{one.name}: {placed.wrong} reads are placed wrong at MAPQ 20, at most {one.floor.wrong} may be")
    return found


def report(o, measurement, measured, jobs, arguments):
    """Prints the tables of a set, and writes them unless this is a check."""
    names = machine.Names([(measurement.rihla.words[0], "rihla"), (o.work, "$WORK"), (o.data, "$DATA"), (o.judges, "$JUDGES"),
                           (o.results, "$RESULTS"),
                           (o.simulated and sets.simulated_set(o.simulated).folder, "$SIMULATED"),
                           (o.gatk_jar and os.path.abspath(o.gatk_jar), "$GATK"),
                           *((" ".join(program.words), program.name) for program in measurement.peers.values())])
    for job in tables_of(jobs, measured):
        steps = used(job, measured)
        lines = [f"{measured.rounds} round{'s' if measured.rounds > 1 else ''}, {o.threads} threads"
                 + (", medians" if measured.rounds > 1 else ""),
                 f"{machine.machine()}", *(results.quietness(measured.others) if job != "placement" else []),
                 "programs: " + "; ".join([f"rihla {measurement.rihla.version} ({o.commit})",
                                           *(p.title for p in measurement.peers.values() if runs(p, steps))])]
        if job in ("call", "whole", "accuracy") and measurement.judge:
            lines.insert(1, f"judge: {measurement.judge.name}")
        commands = [names.of(f"{one.text()}") for step in steps for one in step.commands]
        lines.append("Command: `" + names.of(shlex.join(["benches/side-by-side", *arguments])) + "`")
        publish(o, job, measured.one.name, views.VIEWS[job](measured), results.facts(lines, commands))


def runs(program, steps):
    """Whether a step runs the program."""
    words = program.words
    return any(stage[:len(words)] == words for step in steps for one in step.commands for stage in one.stages)


def tables_of(jobs, measured):
    tables = [job for job in jobs if job in views.VIEWS]
    if "accuracy" in jobs and any(key.startswith("align ") for key in measured.placements):
        tables.append("placement")
    return tables


def used(job, measured):
    kinds = {"align": ["align"], "call": ["call"], "compare": ["compare"], "placement": ["align"]}
    kinds = kinds.get(job, ["align", "call", "germline"])
    return [step for key, step in measured.steps.items() if key.split()[0] in kinds]


def publish(o, job, name, table, facts):
    print(f"\n{views.TITLES[job]}" + (f": {name}\n" if name else "\n"))
    print(table.markdown(), flush=True)
    if not o.check:
        say(f"wrote {os.path.relpath(results.write(o.results, job, name, table, facts))}")


def say(text):
    print(f"side-by-side: {text}", file=sys.stderr, flush=True)
