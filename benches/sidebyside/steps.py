"""What each program is told to do: the one place with their options."""
import os

from . import programs
from .measure import Step, command

GROUP = r"@RG\tID:S\tSM:S\tPL:ILLUMINA"

LABELS = {
    "bwa": "bwa mem", "bwa-mem2": "bwa-mem2 mem", "bwa-mem3": "bwa-mem3 mem", "minimap2": "minimap2 -ax sr", "minibwa": "minibwa map",
    "freebayes": "freebayes, QUAL >= 20", "bcftools": "bcftools mpileup, call", "gatk": "GATK HaplotypeCaller, unfiltered",
    "strelka": "Strelka2, no EVS", "octopus": "Octopus, no forest",
}

# QUAL below which a caller's records are not counted; others filter themselves.
MIN_QUAL = {"freebayes": 20}


class Toolbox:
    """The programs that are there, a reference, and a folder for what they write."""

    def __init__(self, rihla, peers, reference, work, threads):
        self.rihla, self.peers, self.ref, self.work, self.threads = rihla, peers, reference, work, str(threads)

    def words(self, name, *arguments):
        program = self.rihla if name == "rihla" else self.peers.get(name)
        if program is None:
            raise FileNotFoundError(f"{name} is needed, but not there: {programs.KNOWN[name][1]}")
        return [*program.words, *arguments]

    def path(self, name):
        return os.path.join(self.work, name)

    # Preparation, which is not measured.

    def index(self, name):
        """(file that is there when the index is, commands that make it)"""
        ref = self.ref
        dictionary = f"{ref[:-3]}.dict"
        made, program, arguments = {
            "rihla": (f"{ref}.rhx", "rihla", ["index", "--quiet", ref]),
            "bwa": (f"{ref}.bwt", "bwa", ["index", ref]),
            "bwa-mem2": (f"{ref}.bwt.2bit.64", "bwa-mem2", ["index", ref]),
            "bwa-mem3": (f"{ref}.bwt.2bit.64", "bwa-mem3", ["index", ref]),
            "minimap2": (f"{ref}.mmi", "minimap2", ["-x", "sr", "-d", f"{ref}.mmi", ref]),
            "minibwa": (f"{ref}.mbw", "minibwa", ["index", ref]),
            "strobealign": (f"{ref}.r150.sti", "strobealign", ["--create-index", "-r", "150", ref]),
            "samtools": (f"{ref}.fai", "samtools", ["faidx", ref]),
            "gatk": (dictionary, "samtools", ["dict", ref, "-o", dictionary]),
            "rtg": (f"{ref}.sdf", "rtg", ["format", "-o", f"{ref}.sdf", ref]),
        }[name]
        return made, [command(self.words(program, *arguments))]

    # FASTQ to sorted, marked BAM.

    def align(self, name, reads):
        if name == "rihla":
            bam = self.path("rihla-align.bam")
            words = self.words("rihla", "align", "--quiet", "--threads", self.threads, "--ref", self.ref,
                               "--reads", *reads, "--sample", "S", "--out", bam)
            return Step("align rihla", "rihla align", [command(words)])
        bam = self.bam(name)
        chain = command(self._map(name, reads), self.words("samtools", "fixmate", "-m", "-", "-"),
                        self.words("samtools", "sort", "-@", self.threads, "-T", bam, "-"),
                        self.words("samtools", "markdup", "-", bam))
        label = f"{LABELS.get(name, name)} + samtools fixmate, sort, markdup"
        return Step(f"align {name}", label, [chain, command(self.words("samtools", "index", bam))])

    def bam(self, name):
        return self.path(f"{name}.bam")

    def _map(self, name, reads):
        ref, threads, words = self.ref, self.threads, self.words
        if name in ("bwa", "bwa-mem2", "bwa-mem3"):
            return words(name, "mem", "-t", threads, "-R", GROUP, ref, *reads)
        if name == "minimap2":
            return words(name, "-ax", "sr", "-t", threads, "-R", GROUP, f"{ref}.mmi", *reads)
        if name == "minibwa":
            return words(name, "map", "-t", threads, "-R", GROUP, ref, *reads)
        return words(name, "--use-index", "-r", "150", "-t", threads, "--rg-id", "S", "--rg", "SM:S", ref, *reads)

    # BAM to VCF.

    def call(self, name, bam):
        """A step, and the VCF that it writes."""
        ref, threads, words = self.ref, self.threads, self.words
        if name == "rihla":
            vcf = self.path("rihla-call.vcf.gz")
            run = command(words("rihla", "call", "--quiet", "--threads", threads, "--ref", ref, "--bam", bam,
                                "--out", vcf))
        elif name == "freebayes":
            vcf = self.path("freebayes.vcf")
            run = command(words(name, "-f", ref, bam), out=vcf)
        elif name == "bcftools":
            vcf = self.path("bcftools.vcf")
            run = command(words(name, "mpileup", "--threads", threads, "-f", ref, bam),
                          words(name, "call", "-mv", "-o", vcf))
        elif name == "strelka":
            # Its first script makes a folder, which must be new, with a second one. Without its trained model (EVS), a file of
            # its own that not every build has: the hard filters are the same everywhere.
            folder = self.path("strelka")
            vcf = os.path.join(folder, "results", "variants", "variants.vcf.gz")
            configure = command(words(name, "--bam", bam, "--referenceFasta", ref, "--disableEVS", "--runDir", folder))
            run = command((os.path.join(folder, "runWorkflow.py"), "--mode", "local", "--jobs", threads, "--quiet"))
            return Step(f"call {name}", LABELS[name], [configure, run], folder), vcf
        elif name == "octopus":
            vcf = self.path("octopus.vcf.gz")
            run = command(words(name, "--reference", ref, "--reads", bam, "--output", vcf, "--threads", threads,
                                "--working-directory", self.work, "--temp-directory-prefix", "octopus-temp"))
        else:
            vcf = self.path("gatk.vcf.gz")
            run = command(words(name, "HaplotypeCaller", "-R", ref, "-I", bam, "-O", vcf,
                                "--native-pair-hmm-threads", threads))
        return Step(f"call {name}", LABELS.get(name, "rihla call"), [run]), vcf

    # FASTQ to BAM and VCF.

    def germline(self, reads):
        """A step, the VCF and the BAM that it writes."""
        folder = self.path("germline")
        run = command(self.words("rihla", "germline", "--quiet", "--threads", self.threads, "--ref", self.ref,
                                 "--reads", *reads, "--sample", "S", "--out-dir", folder))
        return Step("germline", "rihla germline", [run]), os.path.join(folder, "S.vcf.gz"), os.path.join(folder, "S.bam")
