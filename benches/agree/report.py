"""The table of a run, and the list of differences."""
from collections import Counter
from dataclasses import dataclass

@dataclass
class Result:
    """A set under one mode."""

    one: object
    mode: object
    loci: list

    def different(self):
        return [locus for locus in self.loci if not locus.is_equal()]


def table(results):
    """One row a set: the loci that differ under each mode, with the share that is equal; then the sums."""
    modes = list(dict.fromkeys(result.mode.name for result in results))
    sets = list(dict.fromkeys(result.one.name for result in results))
    lines = row("set", "true variants", "calls", "loci", *modes) + "|" + " --- |" * (4 + len(modes)) + "\n"
    for name in sets:
        those = {result.mode.name: result for result in results if result.one.name == name}
        one = next(iter(those.values()))
        lines += row(name, len(one.one.truth), len(one.one.query), len(one.loci),
                     *(share([those[mode]]) for mode in modes))
    by_mode = [[result for result in results if result.mode.name == mode] for mode in modes]
    truth, calls, loci = (sum(sizes) for sizes in zip(*(
        (len(r.one.truth), len(r.one.query), len(r.loci)) for r in by_mode[0])))
    return lines + row("all", truth, calls, loci, *map(share, by_mode))


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |\n"


def share(results):
    """Loci that differ, and the share of equal ones; rounded down, so that 100 % is all."""
    total, different = sum(len(r.loci) for r in results), sum(len(r.different()) for r in results)
    return f"{different} ({100_000 * (total - different) // total / 1000:.3f} %)" if total else "-"


def kinds(results, explain):
    """Differences by class."""
    names = list(dict.fromkeys(result.mode.name for result in results))
    counts = {name: Counter() for name in names}
    for result in results:
        for locus in result.different():
            counts[result.mode.name][explain(result, locus)] += 1
    every = sorted({kind for counter in counts.values() for kind in counter})
    lines = row("difference", *names) + "|" + " --- |" * (1 + len(names)) + "\n"
    return lines + "".join(row(kind, *(counts[name][kind] for name in names)) for kind in every)


def differences(results, explain):
    """Every locus that differs, with both verdicts on each record."""
    for result in results:
        for locus in result.different():
            yield f"{result.one.name}\t{result.mode.name}\t{locus.place[0]}:{locus.place[1]}\t{explain(result, locus)}"
            for side, rows in (("truth", locus.truth), ("query", locus.query)):
                for record, ours, theirs in rows:
                    mark = "" if ours == theirs else "\t<"
                    yield f"\t{side}\t{record.text()}\t{ours}\t{theirs}{mark}"
