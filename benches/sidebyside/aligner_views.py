"""Tables of aligners: speed and places, what MAPQ is worth, indexes."""
from .measure import ratio
from .placed import BINS, quality
from .views import MIB, QUIET, Table

BASE = "rihla align"
SPEED = ["set", "program", "CPU us a read", "CPU ratio", "wall s", "peak MB"]
PLACES = ["right %", "at MAPQ >= 20, %", "wrong at >= 20, ppm", "at >= 30", "at 60", "unmapped %"]


def speed(found):
    """CPU a read beside Rihla, and how many reads are where they belong."""
    rows, base = [], found.steps.get(BASE)
    for name, step in found.steps.items():
        times = ratio(step, base, "cpu") if base else None
        wall = f"{step.median('wall'):.1f}" if found.others is None or found.others <= QUIET else "-"
        rows.append([found.one.name, name, f"{1e6 * step.median('cpu') / found.count:.1f}",
                     f"{times:.2f}" if times else "", wall, f"{step.median('peak') / MIB:.0f}",
                     *_places(found.placed.get(name))])
    return Table([*SPEED, *PLACES], rows)


def _places(one):
    if one is None:
        return [""] * len(PLACES)
    return [f"{100 * one.right:.3f}", f"{100 * one.share(20):.3f}", *(f"{one.ppm(least):.1f}" for least in (20, 30, 60)),
            f"{100 * one.unmapped / one.reads:.3f}"]


def calibration(found):
    """What a MAPQ claims, and what is wrong of the reads that have it: -10 log10 of their share (wrong/all)."""
    head = ["set", "program", *(str(first) if first == last or last > 60 else f"{first}-{last}" for first, last in BINS)]
    rows = []
    for name, one in found.placed.items():
        rows.append([found.one.name, name, *(_observed(*one.bin(*ends)) for ends in BINS)])
    return Table(head, rows)


def _observed(count, wrong):
    if not count:
        return ""
    sign = "" if wrong else "> "
    return f"{sign}{quality(wrong, count):.0f} ({wrong}/{count})"


def indexing(genome, made):
    """Indexes of a genome: {program: Index}."""
    rows = [[genome, name, f"{one.cpu:.1f}", f"{one.peak / MIB:.0f}", f"{one.disk / MIB:.0f}"] for name, one in made.items()]
    return Table(["genome", "program", "CPU s", "peak MB", "MB on disk"], rows)
