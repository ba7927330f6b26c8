"""The table of a run, and the list of differences."""
from collections import Counter
from dataclasses import dataclass

ROWS = ["set", "vcfeval", "true variants", "calls", "loci", "equal", "different", "share equal"]


@dataclass
class Result:
    """A set under one mode."""

    one: object
    mode: object
    loci: list

    def different(self):
        return [locus for locus in self.loci if not locus.is_equal()]


def table(results):
    lines = ["| " + " | ".join(ROWS) + " |", "|" + "---|" * len(ROWS)]
    for result in results:
        total, different = len(result.loci), len(result.different())
        share = f"{100 * (total - different) / total:.3f} %" if total else ""
        cells = [result.one.name, result.mode.name, len(result.one.truth), len(result.one.query), total, total - different,
                 different, share]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def totals(results):
    """One row a mode."""
    lines = ["| mode | loci | equal | different | share equal |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(result.mode.name for result in results):
        those = [result for result in results if result.mode.name == name]
        total, different = sum(len(r.loci) for r in those), sum(len(r.different()) for r in those)
        share = f"{100 * (total - different) / total:.3f} %" if total else ""
        lines.append(f"| {name} | {total} | {total - different} | {different} | {share} |")
    return "\n".join(lines) + "\n"


def kinds(results, explain):
    """Differences by class."""
    names = list(dict.fromkeys(result.mode.name for result in results))
    counts = {name: Counter() for name in names}
    for result in results:
        for locus in result.different():
            counts[result.mode.name][explain(result, locus)] += 1
    every = sorted({kind for counter in counts.values() for kind in counter})
    lines = ["| difference | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    lines += [f"| {kind} | " + " | ".join(str(counts[name][kind]) for name in names) + " |" for kind in every]
    return "\n".join(lines) + "\n"


def differences(results, explain):
    """Every locus that differs, with both verdicts on each record."""
    for result in results:
        for locus in result.different():
            yield f"{result.one.name}\t{result.mode.name}\t{locus.place[0]}:{locus.place[1]}\t{explain(result, locus)}"
            for side, rows in (("truth", locus.truth), ("query", locus.query)):
                for record, ours, theirs in rows:
                    mark = "" if ours == theirs else "\t<"
                    yield f"\t{side}\t{record.text()}\t{ours}\t{theirs}{mark}"
