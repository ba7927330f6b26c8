"""Every aligner as it is told to index a genome and to map reads: the one place with these options."""
import os
import subprocess
from dataclasses import dataclass

from .measure import command

GROUP = r"@RG\tID:S\tSM:S\tPL:ILLUMINA"
# Reads of other lengths are indexed as the nearest of these (strobealign makes an index for a length).
LENGTHS = (50, 75, 100, 125, 150, 250)


@dataclass(frozen=True)
class Mapper:
    """A way to run a program; `name` is that of the row, `program` that of the file."""

    name: str
    program: str
    arguments: tuple = ()


# In the order of the tables.
MAPPERS = [
    Mapper("rihla align", "rihla"),
    Mapper("bwa mem", "bwa"),
    Mapper("bwa-mem2 mem", "bwa-mem2"),
    Mapper("bwa-mem3 mem", "bwa-mem3"),
    Mapper("bwa-mem3 mem --fast", "bwa-mem3", ("--fast",)),
    Mapper("minibwa map", "minibwa"),
    Mapper("strobealign", "strobealign"),
    Mapper("minimap2 -ax sr", "minimap2"),
]


def available(programs):
    return [mapper for mapper in MAPPERS if mapper.program in programs]


def programs_of(programs):
    """Names of the programs that are there, each once."""
    return list(dict.fromkeys(mapper.program for mapper in available(programs)))


def index_name(program, length):
    """Indexes of the same name are the same."""
    return f"{program}-{nearest(length)}" if program == "strobealign" else program


def nearest(length):
    return min(LENGTHS, key=lambda one: abs(one - length))


def index(programs, program, reference, length, threads):
    """Makes the index beside `reference`, a link in a folder of its own."""
    words, ref = programs[program].words, reference
    return command({
        "rihla": (*words, "index", "--quiet", "--threads", threads, ref),
        "bwa": (*words, "index", ref),
        "bwa-mem2": (*words, "index", ref),
        "bwa-mem3": (*words, "index", "-t", threads, ref),
        "minibwa": (*words, "index", "-t", threads, ref),
        "minimap2": (*words, "-x", "sr", "-t", threads, "-d", f"{ref}.mmi", ref),
        "strobealign": (*words, "--create-index", "-t", threads, "-r", nearest(length), ref),
    }[program])


def map_reads(programs, mapper, reference, reads, length, threads, out):
    """(command, whether it writes its alignments to `out`, not to its standard output)."""
    words, ref = programs[mapper.program].words, reference
    if mapper.program == "rihla":
        run = (*words, "align", "--quiet", "--threads", threads, "--ref", ref, "--reads", *reads, "--sample", "S",
               *mapper.arguments)
        if has_order(words[0]):
            return command((*run, "--order", "input", "--output-format", "sam", "--out", "-")), False
        return command((*run, "--out", out)), True
    if mapper.program == "minimap2":
        return command((*words, "-ax", "sr", "-t", threads, "-R", GROUP, f"{ref}.mmi", *reads)), False
    if mapper.program == "minibwa":
        return command((*words, "map", "-t", threads, "-R", GROUP, ref, *reads)), False
    if mapper.program == "strobealign":
        return command((*words, "--use-index", "-r", nearest(length), "-t", threads, "--rg-id", "S", "--rg", "SM:S", ref,
                        *reads)), False
    return command((*words, "mem", *mapper.arguments, "-t", threads, "-R", GROUP, ref, *reads)), False


def has_order(rihla):
    """Whether this Rihla can write records in the order of the reads."""
    help_text = subprocess.run([rihla, "align", "--help"], capture_output=True, text=True).stdout
    return "--order" in help_text


def link(genome, folder):
    """The genome under the name that indexes are put beside."""
    os.makedirs(folder, exist_ok=True)
    place = os.path.join(folder, "ref.fa")
    if not os.path.lexists(place):
        os.symlink(os.path.abspath(genome), place)
    return place
