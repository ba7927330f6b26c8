"""What is asked for, and the course of a run."""
import argparse
import os
import shlex
import sys

from sidebyside import machine, programs
from sidebyside.measure import Failed

from . import cases, report, speed, vcf
from .judges import MODES, Judges
from .loci import loci
from .sets import Library

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

HELP = """\
Judges the same files with `rihla compare` and RTG vcfeval and holds their verdicts side by side, locus by locus:
true positives of truth and of calls, missed and false ones must be the same number.

Sets: the folders compare-* of testdata/cases; calls of rihla, freebayes and bcftools on the reads in --data, as
benches/side-by-side --job accuracy leaves them in --calls; true variants with errors and written in other ways;
crowded variants. Structural variants (50 bases or more) are left out.

Tables go to standard output and to benches/results/agreement.md and differences.md, every locus that differs to
WORK/differences.tsv. benches/side-by-side --write-docs puts the tables into docs/.
"""


def parse(arguments):
    p = argparse.ArgumentParser(prog="benches/agreement", description=HELP,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--set", help="comma-separated beginnings of names [default: all]")
    p.add_argument("--mode", help=f"comma-separated, of {', '.join(mode.name for mode in MODES)} [default: all]")
    p.add_argument("--simulated", metavar="DIR", help="one more set: ref.fa, truth.vcf.gz, truth.bed in a folder")
    p.add_argument("--bin", default="target/release/rihla", help="[default: %(default)s]")
    p.add_argument("--rtg", metavar="PATH", help="RTG Tools' program [default: rtg on PATH]")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--data", help="folder of the data sets [default: $RIHLA_DATA, else ../shared/data]")
    p.add_argument("--calls", help="folder of calls: SET/germline/S.vcf.gz, SET/freebayes.vcf, SET/bcftools.vcf "
                                   "[default: target/side-by-side]")
    p.add_argument("--work", help="for what programs write [default: target/agreement]")
    p.add_argument("--speed", action="store_true", help="measure CPU and memory of both instead")
    p.add_argument("--sizes", help="of --speed: comma-separated MEGABASES/CONTIG [default: 250/250,20/20,100/20,400/20]")
    p.add_argument("--rounds", type=int, default=3, help="of --speed")
    p.add_argument("--write-cases", action="store_true", help="write expected.tsv of each testdata/cases/compare-*")
    p.add_argument("--no-results", action="store_true", help="write no file into benches/results")
    return p.parse_args(arguments)


def main(arguments):
    o = settle(parse(arguments))
    try:
        return compare(o, arguments)
    except (Failed, FileNotFoundError, ValueError) as error:
        say(str(error))
        return 1


def settle(o):
    """Defaults that depend on where the repository is."""
    o.root = ROOT
    o.data = os.path.abspath(o.data or os.environ.get("RIHLA_DATA") or os.path.join(ROOT, "..", "shared", "data"))
    o.calls = os.path.abspath(o.calls or os.path.join(ROOT, "target", "side-by-side"))
    o.work = os.path.abspath(o.work or os.path.join(ROOT, "target", "agreement"))
    o.simulated = o.simulated and os.path.abspath(o.simulated)
    o.bin = o.bin if os.path.isabs(o.bin) else os.path.join(ROOT, o.bin)
    os.makedirs(o.work, exist_ok=True)
    return o


def both(o):
    found = programs.find({"rtg": o.rtg} if o.rtg else {})
    if "rtg" not in found:
        raise FileNotFoundError(f"no rtg on PATH; give --rtg PATH ({programs.KNOWN['rtg'][1]})")
    return programs.rihla(o.bin), found["rtg"]


def compare(o, arguments):
    rihla, rtg = both(o)
    judges = Judges(rihla, rtg, o.work, o.threads, os.path.join(o.work, "log.txt"))
    if o.write_cases:
        cases.write(ROOT, judges, say)
        return 0
    if o.speed:
        return fast(o, judges, arguments)
    modes = [mode for mode in MODES if o.mode is None or mode.name in o.mode.split(",")]
    results = []
    for name, make in Library(o, say).sets():
        if o.set and not any(name.startswith(start) for start in o.set.split(",")):
            continue
        results += judged(judges, make(), modes, o.work)
    explain = explainer(results)
    with open(os.path.join(o.work, "differences.tsv"), "w") as f:
        f.writelines(line + "\n" for line in report.differences(results, explain))
    tables = {"agreement": ("Agreement with vcfeval", report.table(results)),
              "differences": ("Differences from vcfeval", report.kinds(results, explain))}
    facts = [f"programs: rihla {rihla.version} ({machine.commit(ROOT)}); {rtg.title}"]
    for job, (title, table) in tables.items():
        print(table)
        if not o.no_results:
            publish(o, job, (title, table, facts), arguments)
    return 0


def fast(o, judges, arguments):
    sizes = [tuple(map(int, size.split("/"))) for size in o.sizes.split(",")] if o.sizes else speed.SIZES
    found = speed.rows(judges, sizes, o.rounds, say)
    table = report.row(*speed.HEAD) + "|" + " --- |" * len(speed.HEAD) + "\n" + "".join(report.row(*cells) for cells in found)
    print(table)
    facts = [f"{o.rounds} rounds, medians, alternating; {machine.machine()}",
             f"programs: rihla {judges.rihla.version} ({machine.commit(ROOT)}); {judges.rtg.title} in one JVM of at most 4 GB, "
             "its SDF made before and not counted"]
    if not o.no_results:
        publish(o, "vcfeval-speed", ("rihla compare beside vcfeval: CPU and memory", table, facts), arguments)
    return 0


def judged(judges, one, modes, work):
    """A set under every mode."""
    contigs = {name: len(letters) for name, letters in vcf.read_fasta(one.reference).items()}
    files = [os.path.join(work, f"{one.name}.{side}.vcf.gz") for side in ("truth", "query")]
    for path, records in zip(files, (one.truth, one.query)):
        vcf.write(path, records, contigs)
    results, said = [], {}
    for mode in modes:
        if mode.rtg not in said:
            said[mode.rtg] = judges.by_vcfeval(one, files, mode)
        found = loci(judges.by_rihla(one, files, mode), said[mode.rtg])
        results.append(report.Result(one, mode, found))
        say(f"{one.name}, {mode.name}: {len(found)} loci, {len(results[-1].different())} differ")
    return results


def explainer(results):
    """Names the class of a difference; one that is gone when REF alleles may overlap is of that rule."""
    relaxed = {result.one.name: {locus.place for locus in result.different()}
               for result in results if result.mode.name == "ref-overlap"}

    def explain(result, locus):
        same = relaxed.get(result.one.name)
        if same is not None and locus.place not in same:
            if result.mode.name == "default":
                return "a REF allele that blocks (vcfeval without --ref-overlap)"
            if result.mode.name == "phase":
                return "phases that disagree (rihla without --ignore-phase)"
        return locus.kind()
    return explain


def publish(o, job, result, arguments):
    """Writes a table into a file of its own, as benches/side-by-side --write-docs wants it."""
    title, table, facts = result
    names = machine.Names([(o.work, "$WORK"), (o.data, "$DATA"), (o.calls, "$CALLS"), (o.simulated, "$SIMULATED"),
                           (o.bin, "rihla"), (o.rtg, "rtg")])
    lines = [*facts, "Command: `" + names.of(shlex.join(["benches/agreement", *arguments])) + "`"]
    path = os.path.join(ROOT, "benches", "results", f"{job}.md")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "w") as f:
        f.write("\n".join([f"# {title}", "", table, "## Measured with", "", *(f"- {line}" for line in lines), ""]))
    os.replace(path + ".part", path)
    say(f"wrote {os.path.relpath(path)}")


def say(text):
    print(f"agreement: {text}", file=sys.stderr, flush=True)
