"""The programs: where they are, which version, and how to get those that are absent."""
import glob
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

# name: (arguments that make it tell its version, how to get it)
KNOWN = {
    "bwa": ([], "apt-get install bwa"),
    "bwa-mem2": (["version"], "github.com/bwa-mem2/bwa-mem2, or bioconda"),
    "bwa-mem3": (["version"], "github.com/fg-labs/bwa-mem3, or bioconda"),
    "minibwa": (["version"], "github.com/lh3/minibwa, or bioconda"),
    "minimap2": (["--version"], "apt-get install minimap2"),
    "strobealign": (["--version"], "github.com/ksahlin/strobealign, or bioconda"),
    "samtools": (["--version"], "apt-get install samtools"),
    "bcftools": (["--version"], "apt-get install bcftools"),
    "freebayes": (["--version"], "apt-get install freebayes"),
    "strelka": (["--version"], "github.com/Illumina/strelka, or bioconda; PATH is its configureStrelkaGermlineWorkflow.py"),
    "octopus": (["--version"], "github.com/luntergroup/octopus, or bioconda"),
    "rtg": (["version"], "RTG Tools: github.com/RealTimeGenomics/rtg-tools, or bioconda rtg-tools"),
}
# What is looked for on PATH, where that is not the name.
ON_PATH = {"strelka": "configureStrelkaGermlineWorkflow.py"}
GATK = "gatk"
GATK_HOW = "a release of github.com/broadinstitute/gatk, then --gatk-jar FILE"
ALIGNERS = ("bwa", "minimap2", "bwa-mem2", "bwa-mem3", "minibwa", "strobealign")


@dataclass(frozen=True)
class Program:
    """A program that is there: the words that start it, and its version."""

    name: str
    words: tuple
    version: str

    @property
    def title(self):
        return f"{self.name} {self.version}".strip()


def find(overrides, gatk_jar=None):
    """All known programs that are there, by name; `overrides` has paths by name."""
    found = {}
    for name, (arguments, _) in KNOWN.items():
        path = overrides.get(name) or shutil.which(ON_PATH.get(name, name))
        if path:
            path = os.path.abspath(path)
            found[name] = Program(name, (path,), _version([path, *arguments]))
    if gatk_jar:
        words = _gatk(os.path.abspath(gatk_jar))
        found[GATK] = Program(GATK, words, _version([*words, "HaplotypeCaller", "--version"]))
    return found


def rihla(path):
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path}: no such program; cargo build --release, or --bin PATH")
    return Program("rihla", (path,), _version([path, "--version"]))


def absent(found):
    """Those that are not there, with how to get each."""
    missing = {name: how for name, (_, how) in KNOWN.items() if name not in found}
    if GATK not in found:
        missing[GATK] = GATK_HOW
    return missing


def _gatk(path):
    """GATK's jar with everything in it; or a folder of jars, its own and those that it needs."""
    java = ("java", "-Xmx4g", "-XX:+UseSerialGC")
    if os.path.isdir(path):
        if not glob.glob(os.path.join(path, "gatk-[0-9]*.jar")):
            raise FileNotFoundError(f"{path}: holds no gatk-VERSION.jar")
        return (*java, "-cp", os.path.join(path, "*"), "org.broadinstitute.hellbender.Main")
    if not os.path.isfile(path):
        raise FileNotFoundError(f"{path}: no such file; give GATK's jar, or a folder of jars")
    return (*java, "-jar", path)


def _version(words):
    """The first thing that looks like a version in what a program prints."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    match = re.search(r"\b[vV]?(\d+\.\d+(?:\.\d+)*(?:-[\w.]+)?)", done.stdout + done.stderr)
    return match.group(1) if match else ""
