"""Results as files, one for each job and set, and the documentation's tables made of them."""
import os
import re

from . import views
from .sets import ORDER

DOCS = ("docs/performance.md", "docs/accuracy.md", "docs/identity.md")
MARK = re.compile(r"<!-- begin: ([\w-]+) -->\n(.*?)<!-- end: \1 -->\n", re.S)
FACTS = "## Measured with\n"


def write(folder, job, name, table, facts):
    """Writes JOB-SET.md (or JOB.md without a set): the table, and what it was measured with."""
    os.makedirs(folder, exist_ok=True)
    title = f"# {views.TITLES[job]}" + (f": {name}" if name else "")
    path = os.path.join(folder, f"{job}-{name}.md" if name else f"{job}.md")
    with open(path + ".part", "w") as f:
        f.write("\n".join([title, "", table.markdown(), FACTS, *facts, ""]))
    os.replace(path + ".part", path)
    return path


def facts(lines, commands):
    """Lines of facts, then the commands as a block."""
    found = [f"- {line}" for line in lines]
    if commands:
        found += ["", "```sh", *commands, "```"]
    return found


def quietness(others, effect="CPU times are rough, wall times left out"):
    """How much of the machine was not ours: caches and cores that others use cost CPU time too."""
    if others is None:
        return []
    return ["the machine was quiet" if others <= views.QUIET else f"other programs kept the machine busy: {effect}"]


def block(folder, job):
    """The documentation's block of a job: the tables of all sets as one, and the facts of each."""
    head, rows, about = None, [], {}
    for name, path in _files(folder, job):
        with open(path) as f:
            text = f.read()
        lines = [line for line in text.splitlines() if line.startswith("|")]
        if head is None:
            head = lines[:2]
        elif head != lines[:2]:
            raise ValueError(f"{path}: has other columns than the job's other results; measure it again")
        rows += lines[2:]
        told = text.split(FACTS)[1].split("```")[0]
        facts_of = [line[2:] for line in told.splitlines() if line.startswith("- ") and not line.startswith("- Command")]
        about.setdefault("; ".join(facts_of), []).append(name)
    if head is None:
        raise ValueError(f"{folder}: has no results of {job}: benches/side-by-side --job {job}")
    notes = [f"{', '.join(name for name in names if name) or 'Measured'}: {text}." for text, names in about.items()]
    return "\n".join([*head, *rows, "", *[note + "\n" for note in notes]])


def write_docs(root, folder, docs=DOCS):
    """Replaces every block of the documentation; returns the files that changed."""
    return [path for path, old, new in _rewritten(root, folder, docs) if old != new and not _save(path, new)]


def stale_docs(root, folder, docs=DOCS):
    """The files whose blocks are not those of the results."""
    return [path for path, old, new in _rewritten(root, folder, docs) if old != new]


def _rewritten(root, folder, docs):
    for name in docs:
        path = os.path.join(root, name)
        with open(path) as f:
            old = f.read()
        yield path, old, MARK.sub(lambda m: f"<!-- begin: {m[1]} -->\n{block(folder, m[1])}<!-- end: {m[1]} -->\n", old)


def _save(path, text):
    with open(path + ".part", "w") as f:
        f.write(text)
    os.replace(path + ".part", path)


def _files(folder, job):
    """Results of a job: (set, path), in the order of the sets."""
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name == f"{job}.md":
            found.append(("", os.path.join(folder, name)))
        elif name.startswith(f"{job}-") and name.endswith(".md"):
            found.append((name[len(job) + 1:-3], os.path.join(folder, name)))
    return sorted(found, key=lambda item: (ORDER.index(item[0]) if item[0] in ORDER else len(ORDER), item[0]))
