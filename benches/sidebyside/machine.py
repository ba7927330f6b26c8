"""What a measurement was made with: machine, programs, commands; no host, no paths."""
import json
import os
import subprocess

# The kernels' levels, and the CPU's flags that they need.
LEVELS = [("AVX-512", ("avx512bw", "avx512vl")), ("AVX2", ("avx2",)), ("SSE4.1", ("sse4_1",)), ("NEON", ("asimd",))]


def machine():
    model, flags = "unknown CPU", set()
    try:
        with open("/proc/cpuinfo") as f:
            for line in f:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    model = value.strip()
                elif name.strip() in ("flags", "Features"):
                    flags = set(value.split())
    except OSError:
        pass
    level = next((name for name, needed in LEVELS if flags.issuperset(needed)), "scalar")
    return f"{model}, {os.cpu_count()} cores, {level}"


def commit(root, binary=None):
    """The version of the sources, `+` behind it when programs' sources have been changed since.

    A binary that is older than the sources was made of others, and is said to be.
    """
    def git(*words):
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True).stdout.strip()
    changed = "+" if git("status", "--porcelain", "--", "crates") else ""
    name = git("rev-parse", "--short", "HEAD") + changed
    made = git("log", "-1", "--format=%ct", "--", "crates")
    if binary and made and os.path.exists(binary) and os.path.getmtime(binary) < int(made):
        return f"built before {name}"
    return name


def is_profile_guided(binary):
    """Whether scripts/build-profiled made it; a binary that is not there is none."""
    try:
        done = subprocess.run([binary, "--version", "--json"], capture_output=True, text=True)
        return json.loads(done.stdout).get("profile_guided", False)
    except (OSError, ValueError):
        return False


class Names:
    """Paths of this machine as the names by which others know them."""

    def __init__(self, pairs):
        self.pairs = sorted(((path, name) for path, name in pairs if path), key=lambda pair: -len(pair[0]))

    def of(self, text):
        for path, name in self.pairs:
            text = text.replace(path, name)
        return text
