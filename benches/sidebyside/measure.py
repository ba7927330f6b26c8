"""Commands run and measured: CPU, wall and memory of whole process trees, in alternating rounds."""
import os
import pickle
import resource
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median

# ru_maxrss counts kibibytes on Linux, bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Command:
    """Programs joined by pipes; the last one's output goes to a file, or away."""

    stages: tuple
    out: str | None = None

    def text(self):
        """As a shell would be told."""
        line = " | ".join(shlex.join(stage) for stage in self.stages)
        return f"{line} > {shlex.quote(self.out)}" if self.out else line


def command(*stages, out=None):
    return Command(tuple(tuple(str(word) for word in stage) for stage in stages), out)


@dataclass(frozen=True)
class Usage:
    """What a run took. Memory: of the largest process, and the sum over those that ran at the same time.

    A child's peak is at least this program's own size, some 20 MB, as it begins as a copy of it; what needs more is done
    `apart`.
    """

    cpu: float
    wall: float
    peak: int
    peak_sum: int

    def then(self, other):
        """This, and the other after it."""
        return Usage(self.cpu + other.cpu, self.wall + other.wall,
                     max(self.peak, other.peak), max(self.peak_sum, other.peak_sum))


NOTHING = Usage(0.0, 0.0, 0, 0)


class Failed(Exception):
    """A command that did not exit with 0."""


def apart(work):
    """What a function gives, called in a process of its own, so that its memory is not this program's."""
    source, sink = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            found = (work(), None)
        except Exception as error:  # the parent raises it
            found = (None, error)
        with open(sink, "wb") as f:
            pickle.dump(found, f)
        sys.stdout.flush()
        os._exit(0)
    os.close(sink)
    with open(source, "rb") as f:
        told = f.read()
    os.waitpid(child, 0)
    if not told:
        raise Failed("a part of this program was killed, perhaps for want of memory")
    found, error = pickle.loads(told)
    if error:
        raise error
    return found


def run(commands, log):
    """Runs commands one after the other; their standard error goes to the file `log`. Returns their usage."""
    total = NOTHING
    for one in commands:
        total = total.then(_run_pipeline(one, log))
    return total


def _run_pipeline(one, log):
    with open(log, "ab") as errors:
        errors.write(f"$ {one.text()}\n".encode())
        errors.flush()
        start = time.monotonic()
        usages, codes = _reap(_spawn(one, errors))
        wall = time.monotonic() - start
    if any(codes):
        with open(log, errors="replace") as f:
            tail = "".join(f.readlines()[-15:])
        raise Failed(f"exit codes {codes} of: {one.text()}\n{tail}")
    cpu = sum(u.ru_utime + u.ru_stime for u in usages)
    peaks = [u.ru_maxrss * RSS_UNIT for u in usages]
    return Usage(cpu, wall, max(peaks), sum(peaks))


def _spawn(one, errors):
    processes, source = [], subprocess.DEVNULL
    for number, stage in enumerate(one.stages):
        last = number == len(one.stages) - 1
        sink = subprocess.PIPE if not last else open(one.out, "wb") if one.out else subprocess.DEVNULL
        process = subprocess.Popen(stage, stdin=source, stdout=sink, stderr=errors)
        for ours in (source, sink):
            if hasattr(ours, "close"):
                ours.close()
        source = process.stdout
        processes.append(process)
    return processes


def _reap(processes):
    """wait4 gives the usage of a process and of all children that it waited for."""
    usages, codes = [], []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        usages.append(usage)
        codes.append(process.returncode)
    return usages, codes


@dataclass
class Step:
    """What one program does in one job, and what each round of it took. `clear` is a folder that must not exist."""

    key: str
    label: str
    commands: list
    clear: str | None = None
    taken: list = field(default_factory=list)

    def median(self, what):
        return median(getattr(usage, what) for usage in self.taken)


def ratio(step, base, what):
    """The median of the rounds' ratios: a machine that slows down from round to round does not show."""
    ratios = [getattr(a, what) / getattr(b, what) for a, b in zip(step.taken, base.taken) if getattr(b, what)]
    return median(ratios) if ratios else None


def in_rounds(groups, rounds, log, say):
    """Runs every step once a round, the groups in order, the steps of a group in turn: A B C, B C A, C A B, ...

    Steps of a later group may use the files of an earlier one. Returns the share of the machine that others used.
    """
    watch = Watch()
    for number in range(rounds):
        for group in groups:
            shift = number % len(group) if group else 0
            for step in group[shift:] + group[:shift]:
                if step.clear:
                    shutil.rmtree(step.clear, ignore_errors=True)
                usage = run(step.commands, log)
                step.taken.append(usage)
                say(f"round {number + 1}: {step.label}: {usage.cpu:.1f} s CPU, {usage.wall:.1f} s")
    return watch.others()


class Watch:
    """Looks at what others do on the machine from now on."""

    def __init__(self):
        self.busy, self.own, self.start = _busy_seconds(), _own_seconds(), time.monotonic()

    def others(self):
        """The share of the machine that others have used; None where the kernel does not tell, or nothing was run."""
        own = _own_seconds() - self.own
        if self.busy is None or not own:
            return None
        available = (time.monotonic() - self.start) * (os.cpu_count() or 1)
        return max(0.0, _busy_seconds() - self.busy - own) / available


def _own_seconds():
    """CPU seconds of this program and of all children that have ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


def _busy_seconds():
    """CPU seconds that the whole machine has worked since it started; None where the kernel does not tell."""
    try:
        with open("/proc/stat") as f:
            fields = [int(x) for x in f.readline().split()[1:9]]
    except OSError:
        return None
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")
