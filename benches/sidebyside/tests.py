"""python3 -m unittest sidebyside.tests, in benches/."""
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

from . import aligners, aligner_views, called, chromosome, hard, hard_genome, hard_sets, indexes, judges, kernels, machine
from . import mappers, measure, placed, programs, results, sam, sets, steps, thinned, truths, views, wrong_places
from .measure import NOTHING, Failed, Step, Usage, command
from .programs import Program
from .truths import Place

# Python that works for a fifth of a second.
BURN = "import time\nwhile time.process_time() < 0.2: pass\n"


class Sets(unittest.TestCase):
    def test_a_simulated_set_may_have_a_name_and_then_no_floor(self):
        for told, name, has_floor in [("/a/b", "simulated", True), ("15x=/a/b", "simulated-15x", False)]:
            one = sets.simulated_set(told)
            self.assertEqual((one.name, one.folder, one.reference), (name, "/a/b", "/a/b/ref.fa"))
            self.assertEqual(one.floor.snp > 0, has_floor)


class Measure(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.log = os.path.join(self.folder.name, "log")

    def test_a_part_gives_what_it_finds_and_keeps_its_memory(self):
        self.assertEqual(measure.apart(lambda: len(bytes(400 << 20))), 400 << 20)
        self.assertLess(measure.run([command(("true",))], self.log).peak, 300 << 20)
        with self.assertRaises(Failed):
            measure.apart(self.fail_apart)

    @staticmethod
    def fail_apart():
        raise Failed("why")

    def test_every_process_of_a_pipeline_counts(self):
        out = os.path.join(self.folder.name, "out")
        pass_on = ("python3", "-c", f"{BURN}import sys; sys.stdout.write(sys.stdin.read() + 'x')")
        usage = measure.run([command(pass_on, pass_on, pass_on, out=out)], self.log)
        with open(out) as f:
            self.assertEqual(f.read(), "xxx")
        self.assertGreaterEqual(usage.cpu, 0.6)
        self.assertGreater(usage.peak_sum, 2 * usage.peak)

    def test_children_of_children_count(self):
        nested = f"import subprocess; subprocess.run(['python3', '-c', {BURN!r}])"
        self.assertGreaterEqual(measure.run([command(("python3", "-c", nested))], self.log).cpu, 0.2)

    def test_any_failure_in_a_pipeline_is_one(self):
        with self.assertRaisesRegex(Failed, "(?s)false.*why"):
            measure.run([command(("sh", "-c", "echo why >&2; false"), ("cat",))], self.log)

    def test_order_turns_from_round_to_round(self):
        order = []
        steps = [Step(name, name, [command(("true",))]) for name in "abc"]
        measure.in_rounds([steps], 4, self.log, lambda text: order.append(text.split(": ")[1]))
        self.assertEqual("".join(order), "abcbcacababc")

    def test_ratio_is_the_median_of_the_rounds(self):
        a, b = Step("a", "a", []), Step("b", "b", [])
        a.taken = [Usage(cpu, 1, 1, 1) for cpu in (10, 30, 80)]
        b.taken = [Usage(cpu, 1, 1, 1) for cpu in (5, 10, 20)]
        self.assertEqual(measure.ratio(a, b, "cpu"), 3)
        self.assertEqual(NOTHING.then(Usage(1, 2, 3, 9)).then(Usage(1, 2, 4, 4)), Usage(2, 4, 4, 9))


class Hard(unittest.TestCase):
    def setUp(self):
        self.genome = hard_genome.make(random.Random(1))

    def test_every_kind_makes_reads_of_its_length_and_the_same_again(self):
        names = set()
        for kind in hard_sets.kinds():
            made = list(hard_sets.templates(kind, self.genome, 20, 7))
            self.assertEqual(made, list(hard_sets.templates(kind, self.genome, 20, 7)))
            self.assertEqual({len(letters) for _, ends, _ in made for letters in ends}, {kind.length})
            self.assertIn(kind.base, {other.name for other in hard_sets.kinds()})
            names.add((kind.name, kind.length))
        self.assertEqual(len(names), len(hard_sets.kinds()))

    def test_clean_reads_come_from_where_they_are_said_to(self):
        kind = next(kind for kind in hard_sets.kinds() if kind.name == "clean 150")
        for _, ends, places in hard_sets.templates(kind, self.genome, 50, 7):
            for letters, [place] in zip(ends, places):
                there = self.genome.sequence[place.start - 1:place.end]
                there = hard_genome.reverse(there) if place.reverse else there
                self.assertLess(sum(a != b for a, b in zip(letters, there)), 10)

    def test_kinds_within_a_span_are_there(self):
        first, last = self.genome.spans["satellite"][0]
        kind = next(kind for kind in hard_sets.kinds() if kind.name == "satellite array")
        for _, _, places in hard_sets.templates(kind, self.genome, 50, 7):
            self.assertTrue(all(first < place.start and place.end <= last for [place] in places))

    def test_reads_of_nowhere_are_wrong_wherever_they_are_put(self):
        with tempfile.NamedTemporaryFile("w+") as sam_file:
            sam_file.write("r0\t0\tchr1\t101\t60\t50M\t*\nr1\t4\t*\t0\t0\t*\t*\nr2\t0\tchr1\t101\t60\t50M\t*\n")
            sam_file.flush()
            truth = {("r0", 0): [], ("r1", 0): [], ("r2", 0): [hard_sets.place(100, 150, False)]}
            found = hard.judge(sam_file.name, truth)
        self.assertEqual((found.reads, found.unmapped, found.wrong[60], found.at[60]), (3, 1, 1, 2))


class Callers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def program(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)
        return path

    def call(self, name, path):
        """Two rounds of a caller; its commands, and what is in its VCF."""
        found = programs.find({name: path})
        tools = steps.Toolbox(None, found, "ref.fa", os.path.join(self.folder, "work dir"), 3)
        os.makedirs(tools.work, exist_ok=True)
        step, vcf = tools.call(name, "S.bam")
        measure.in_rounds([[step]], 2, os.path.join(self.folder, "log"), lambda text: None)
        with open(vcf) as f:
            return found[name], step, f.read()

    def test_strelka_is_a_workflow_in_a_new_folder(self):
        path = self.program("configure", """
[ "$1" = --version ] && echo 2.9.10 && exit
set -e
[ "$1 $2 $3 $4 $5 $6" = "--bam S.bam --referenceFasta ref.fa --disableEVS --runDir" ]
mkdir "$7" "$7/results" "$7/results/variants"
printf '#!/bin/sh\necho "$@" > "$(dirname "$0")/results/variants/variants.vcf.gz"\n' > "$7/runWorkflow.py"
chmod +x "$7/runWorkflow.py"
""")
        program, step, written = self.call("strelka", path)
        self.assertEqual((program.title, written), ("strelka 2.9.10", "--mode local --jobs 3 --quiet\n"))
        self.assertEqual((len(step.commands), len(step.taken)), (2, 2))
        self.assertIn("no EVS", step.label)

    def test_octopus_keeps_its_files_in_the_work_folder(self):
        path = self.program("octopus", """
[ "$1" = --version ] && echo 'octopus version 0.7.4 (x)' && exit
while [ $# -gt 0 ]; do case $1 in --output) out=$2;; --threads) threads=$2;; --temp-directory-prefix) temp=$2;; --working-directory) work=$2;; esac; shift; done
echo "$threads $temp $([ "$work" = "$(dirname "$out")" ] && echo beside)" > "$out"
""")
        program, step, written = self.call("octopus", path)
        self.assertEqual((program.title, written), ("octopus 0.7.4", "3 octopus-temp beside\n"))
        self.assertIn("no forest", step.label)

    def test_strelka_is_looked_for_by_the_name_of_its_script(self):
        self.program("bin/configureStrelkaGermlineWorkflow.py", "echo 2.9.10")
        before = os.environ["PATH"]
        os.environ["PATH"] = os.path.join(self.folder, "bin") + os.pathsep + before
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        self.assertEqual(programs.find({})["strelka"].version, "2.9.10")


class Results(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.results = folder.name, os.path.join(folder.name, "results")
        self.doc = os.path.join(self.root, "doc.md")
        with open(self.doc, "w") as f:
            f.write("before\n<!-- begin: align -->\nold\n<!-- end: align -->\nafter\n")

    def write(self, name, value, facts="3 rounds"):
        table = views.Table(["set", "CPU s"], [[name, value]])
        results.write(self.results, "align", name, table, results.facts([facts, "Command: `x`"], ["bwa mem"]))

    def test_documentation_follows_results(self):
        self.write("hg001-100k-own", 2)
        self.write("sim-1mb-30x", 1)
        self.write("simulated", 3, "1 round")
        self.assertEqual(results.stale_docs(self.root, self.results, ["doc.md"]), [self.doc])
        self.assertEqual(results.write_docs(self.root, self.results, ["doc.md"]), [self.doc])
        with open(self.doc) as f:
            self.assertEqual(f.read(), "before\n<!-- begin: align -->\n| set | CPU s |\n| --- | --- |\n"
                             "| sim-1mb-30x | 1 |\n| hg001-100k-own | 2 |\n| simulated | 3 |\n\n"
                             "sim-1mb-30x, hg001-100k-own: 3 rounds.\n\nsimulated: 1 round.\n"
                             "<!-- end: align -->\nafter\n")
        self.assertEqual(results.stale_docs(self.root, self.results, ["doc.md"]), [])
        self.write("simulated", 4, "1 round")
        self.assertEqual(results.stale_docs(self.root, self.results, ["doc.md"]), [self.doc])

    def test_results_that_do_not_fit_are_refused(self):
        with self.assertRaisesRegex(ValueError, "no results of align"):
            results.write_docs(self.root, self.results, ["doc.md"])
        self.write("simulated", 3)
        table = views.Table(["set", "wall s"], [["sim-1mb-30x", 1]])
        results.write(self.results, "align", "sim-1mb-30x", table, [])
        with self.assertRaisesRegex(ValueError, "other columns"):
            results.write_docs(self.root, self.results, ["doc.md"])


class Chromosome(unittest.TestCase):
    def setUp(self):
        self.bases, chromosome.BASES = chromosome.BASES, 300_000
        self.numbers = random.Random(1)
        self.sequence = chromosome._sequence(self.numbers)

    def tearDown(self):
        chromosome.BASES = self.bases

    def test_records_fit_the_sequence_and_do_not_overlap(self):
        truth = chromosome._truth(self.sequence, self.numbers)
        self.assertGreater(len(truth), 200)
        self.assertEqual(len(self.sequence), 300_000)
        end = 0
        for at, ref, alt, _ in truth:
            self.assertGreaterEqual(at, end)
            self.assertEqual(self.sequence[at:at + len(ref)].decode(), ref)
            self.assertNotEqual(ref, alt)
            end = at + len(ref)
        for at, ref, alt, _ in chromosome._calls(self.sequence, truth, self.numbers):
            self.assertEqual(self.sequence[at:at + len(ref)].decode(), ref)
            self.assertNotEqual(ref, alt)


class Scores(unittest.TestCase):
    def test_f1(self):
        self.assertEqual(judges.Score(found=90, missed=10, right=90, false=0).text(), "0.9474 (10/0)")
        self.assertEqual(judges.Score(0, 0, 0, 0).f1, 0.0)


class Thinned(unittest.TestCase):
    def test_draws_of_a_share_are_counted_together(self):
        both = judges.Score(9, 1, 8, 2) + judges.Score(10, 0, 10, 1)
        measured = called.Called("s", "judge", {(0.2, "rihla call"): {"SNP": both, "INDEL": judges.NONE}})
        self.assertEqual(thinned.table(measured).rows, [["s", 0.2, "rihla call", "0.9012 (1/3)", "0.0000 (0/0)", 4]])


class Names(unittest.TestCase):
    def test_longest_path_first(self):
        names = machine.Names([("/bin/bwa", "bwa"), ("/bin/bwa-mem2", "bwa-mem2"), (None, "$GATK")])
        self.assertEqual(names.of("/bin/bwa-mem2 mem; /bin/bwa mem"), "bwa-mem2 mem; bwa mem")


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with (gzip.open if name.endswith(".gz") else open)(path, "wt") as f:
            f.write(text)
        return path


def record(name, flag, contig="c", position=101, mapq=60, cigar="100M"):
    return f"{name}\t{flag}\t{contig}\t{position}\t{mapq}\t{cigar}\t*\t0\t0\t*\t*\n"


class Truths(Folder):
    def load(self):
        return truths.load(self.folder, None)

    def test_origins(self):
        self.write("origin.tsv.gz", "name\tchr1\tpos1\tstrand1\tchr2\tpos2\tstrand2\na\tc\t5\t+\tc\t305\t-\n")
        self.assertEqual(self.load()("a", 1), truths.Place("c", 305, None, True))
        self.assertIsNone(self.load()("b", 0))

    def test_golden_alignments(self):
        self.write("golden.sam", "@HD\n" + record("a/1", 0x43, cigar="2S98M") + record("a/2", 0x93, cigar="50M2D50M"))
        self.assertEqual(self.load()("a", 0), truths.Place("c", 99, 198, False))
        self.assertEqual(self.load()("a", 1), truths.Place("c", 101, 202, True))

    def test_names_of_dwgsim(self):
        name = "chr_1_random_1201_1405_1_0_0_0_0:0:0_0:1:0_1f"
        self.write("reads_1.fq.gz", f"@{name}/1\nA\n+\nI\n")
        self.assertEqual(self.load()(name, 0), truths.Place("chr_1_random", 1201, None, True))
        self.assertEqual(self.load()(name, 1), truths.Place("chr_1_random", 1405, None, False))
        self.assertIsNone(truths.dwgsim("rand_0_0_0_0_1_1_0:0:0_0:0:0_2", 0))

    def test_names_of_rihla_simulate(self):
        name = "S0_HLA%3AA_x_7043-_6841+_0.2.o:1:FC7:1:1225:5292:15552"
        self.write("reads_1.fq.gz", f"@{name} 1:N:0:ATCACG\nA\n+\nI\n")
        self.assertEqual(self.load()(name, 0), truths.Place("HLA:A_x", 7043, None, True))
        self.assertEqual(self.load()(name, 1), truths.Place("HLA:A_x", 6841, None, False))

    def test_reads_of_no_known_origin(self):
        self.write("reads_1.fq.gz", "@SRR1.7/1\nA\n+\nI\n")
        self.assertIsNone(self.load())


class PlacedReads(Folder):
    def test_span_of_a_cigar(self):
        self.assertEqual(sam.span("3H2S40M5I10M4D40M6S"), (94, 5, 6))
        self.assertEqual(sam.span("100S"), (0, 100, 0))

    def judge(self, *lines):
        # Both mates of every read belong at c:101, the last ones on the reverse strand.
        return placed.judge(lines, lambda name, mate: truths.Place("c", 101, None, bool(mate)), 100)

    def test_right_is_within_ten_bases_at_either_end(self):
        for right, line in [(True, record("a", 0, position=111)), (False, record("a", 0, position=112)),
                            (True, record("a", 0, position=120, cigar="81M")), (True, record("a", 0, cigar="50M30D50M")),
                            (True, record("a", 0, cigar="30S70M")), (True, record("a", 0, position=131, cigar="30S70M")),
                            (False, record("a", 0, position=151, cigar="30S70M")),
                            (True, record("a", 0, position=81, cigar="50M20D50M")), (False, record("a", 16)),
                            (True, record("a", 0x90)), (False, record("a", 0, contig="d"))]:
            counts, rows = self.judge(line)
            self.assertEqual((counts.right == 1, rows[0][5] == "right"), (right, right), line)

    def test_counts_by_mapq(self):
        lines = [record("a", 0, mapq=60), record("b", 16, mapq=60), record("c", 16, mapq=20), record("d", 0, mapq=19),
                 record("e", 4, "*", 0, 0, "*"), record("a", 0x800, "d"), record("a", 0x100, "d")]
        counts, _ = self.judge("@HD\n", *lines)
        self.assertEqual((counts.reads, counts.unmapped, counts.right), (5, 1, 0.4))
        self.assertEqual((counts.share(20), counts.ppm(60), counts.bin(20, 29)), (0.6, 5e5, (1, 1)))
        self.assertEqual((placed.quality(1, 1000), placed.quality(0, 100)), (30, 20))

    def test_saved_counts_are_of_the_same_run(self):
        path = os.path.join(self.folder, "x.gz")
        counts, rows = self.judge(record("a", 0))
        placed.save(path, ["1.0", "x mem"], counts, rows)
        self.assertEqual(placed.saved(path, ["1.0", "x mem"]), counts)
        self.assertIsNone(placed.saved(path, ["1.1", "x mem"]))

    def test_disagreements(self):
        paths = [os.path.join(self.folder, name) for name in ("ours.gz", "theirs.gz", "out.tsv")]
        for path, lines in zip(paths, ([record("a", 0), record("b", 0, contig="d"), record("c", 0, contig="d")],
                                       [record("a", 4), record("b", 0), record("c", 0, contig="d")])):
            placed.save(path, [], *self.judge(*lines))
        self.assertEqual(placed.disagreements(*paths), (1, 1))
        with open(paths[2]) as f:
            self.assertEqual(f.read().splitlines()[1:], ["a\t1\tc:101+\tc:101+\t60\tright\t*\t60\tunmapped",
                                                         "b\t1\tc:101+\td:101+\t60\twrong\tc:101+\t60\tright"])

    def test_tables(self):
        found = aligners.Beside(aligners.ReadSet("s", "g", "f"), 1000, 100, rounds=1)
        for name, cpu in (("rihla align", 0.005), ("bwa mem", 0.1)):
            found.steps[name] = Step(name, name, [])
            found.steps[name].taken = [Usage(cpu, 1, 1 << 20, 1 << 20)]
        found.placed["bwa mem"], _ = self.judge(record("a", 0), record("b", 16, mapq=20))
        self.assertEqual(aligner_views.speed(found).rows, [
            ["s", "rihla align", "5.0", "1.00", "1.0", "1", *[""] * 6],
            ["s", "bwa mem", "100.0", "20.00", "1.0", "1", "50.000", "100.000", "500000.0", "0.0", "0.0", "0.000"]])
        self.assertEqual(aligner_views.calibration(found).rows,
                         [["s", "bwa mem", "", "", "", "0 (1/1)", "", "", "", "> 0 (0/1)"]])


class Indexes(Folder):
    def test_made_once_by_a_version(self):
        made = self.write("made", "")
        script = self.write("bwa", f"#!/bin/sh\necho made >> {made}\nprintf 12345 > $2.bwt\n")
        os.chmod(script, 0o755)
        genome, log = self.write("g.fa", ">c\nA\n"), os.path.join(self.folder, "log")
        for version, times in (("1", 1), ("1", 1), ("2", 2)):
            programs = {"bwa": Program("bwa", (script,), version)}
            index = indexes.make(programs, "bwa", genome, 150, "2", self.folder, log)
            with open(made) as f:
                self.assertEqual(len(f.readlines()), times)
            self.assertEqual(index.disk, 5)
            self.assertEqual(os.path.realpath(index.reference), os.path.realpath(genome))

    def test_strobealign_has_one_for_a_length(self):
        self.assertEqual([mappers.index_name("strobealign", length) for length in (36, 101, 151, 250)],
                         ["strobealign-50", "strobealign-100", "strobealign-150", "strobealign-250"])
        self.assertEqual(mappers.index_name("bwa", 101), "bwa")

    def test_reads_are_looked_at(self):
        paths = [self.write(f"reads_{mate}.fq.gz", "@a\nACGT\n+\nIIII\n" * 3) for mate in (1, 2)]
        self.assertEqual(aligners.look(paths), (6, 4))
        with self.assertRaisesRegex(ValueError, "no reads_1.fq.gz in it"):
            aligners.sets("g.fa", [os.path.join(self.folder, "none")])


class Roughened(Folder):
    def test_gaps_and_contigs_from_a_seed(self):
        numbers = random.Random(3)
        line = "".join(numbers.choices("ACGT", k=60)) + "\n"
        source = self.write("g.fa", ">big x\n" + line * 3000 + "ACG\n>tiny\nACGT\n")
        script = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "roughen-genome")
        texts = []
        for name in "ab":
            out = os.path.join(self.folder, name)
            subprocess.run([sys.executable, script, source, out, "--gaps", "2", "--contigs", "5"], check=True, capture_output=True)
            with open(out) as f:
                texts.append(f.read())
        self.assertEqual(*texts)
        contigs = {part.split("\n")[0]: "".join(part.split("\n")[1:]) for part in texts[0].split(">")[1:]}
        self.assertEqual(list(contigs), ["big x", "tiny", *(f"small{n}" for n in range(1, 6))])
        self.assertEqual((len(contigs["big x"]), contigs["tiny"]), (180003, "ACGT"))
        self.assertGreater(contigs["big x"].count("N"), 9000)
        for name, bases in contigs.items():
            self.assertLessEqual(set(bases), set("ACGTN"), name)


class Commit(Folder):
    def test_an_old_binary_is_not_of_these_sources(self):
        os.mkdir(os.path.join(self.folder, "crates"))
        self.write("crates/a", "x")
        binary = self.write("rihla", "")
        for words in (["init", "-q"], ["add", "crates"], ["commit", "-qm", "x"]):
            subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", *words], cwd=self.folder, check=True)
        head = machine.commit(self.folder)
        self.assertRegex(head, "^[0-9a-f]+$")
        os.utime(binary, (2e9 * 2, 2e9 * 2))
        self.assertEqual(machine.commit(self.folder, binary), head)
        os.utime(binary, (1e9, 1e9))
        self.assertEqual(machine.commit(self.folder, binary), f"built before {head}")


    def test_a_build_says_whether_counts_guided_it(self):
        for answer, guided in (('{"profile_guided": true}', True), ('{"profile_guided": false}', False), ("{}", False), ("", False)):
            binary = self.write("rihla", f"#!/bin/sh\necho '{answer}'\n")
            os.chmod(binary, 0o755)
            self.assertEqual(machine.is_profile_guided(binary), guided, answer)
        self.assertFalse(machine.is_profile_guided(os.path.join(self.folder, "none")))


class WrongPlaces(unittest.TestCase):
    """Ten bases thrice, the second with one other base, the third as the first; a mate behind each."""

    GENOME = {"c": "ACGTTGCAAC" + "ACGTAGCAAC" + "ACGTTGCAAC"}

    def count(self, *records):
        truth_of = {("a", 0): Place("c", 1, None, False), ("a", 1): Place("c", 1, None, True)}.get
        return dict(wrong_places.count(list(records), self.GENOME, lambda name, mate: truth_of((name, mate))))

    @staticmethod
    def record(flag, position, bases="ACGTTGCAAC", cigar="10M", score=10, name="a"):
        return f"{name}\t{flag}\tc\t{position}\t0\t{cigar}\t=\t1\t0\t{bases}\t*\tNM:i:0\tAS:i:{score}\n"

    def test_kinds(self):
        here, mate = self.record(64, 1), self.record(128 | 16, 1)
        self.assertEqual(self.count(here, mate), {"pairs": 1})
        self.assertEqual(self.count(self.record(64, 21), mate), {"pairs": 1, "equal": 1})
        self.assertEqual(self.count(self.record(64, 12), mate), {"pairs": 1, "better": 1})
        # The bases speak for the other copy; an AS that leaves a mismatch out is not believed, that of a clip is.
        other = "ACGTAGCAAC"
        self.assertEqual(self.count(self.record(64, 21, other, score=10), mate), {"pairs": 1, "equal": 1})
        self.assertEqual(self.count(self.record(64, 25, other, "4S6M", 6), mate), {"pairs": 1, "worse": 1})
        self.assertEqual(self.count("a\t68\t*\t0\t0\t*\t*\t0\t0\tACGTTGCAAC\t*\n", mate), {"pairs": 1, "better": 1})
        self.assertEqual(self.count(self.record(64, 21, name="b"), self.record(128, 1, name="b")), {})


class Kernels(unittest.TestCase):
    def test_criterion_becomes_a_table(self):
        with tempfile.TemporaryDirectory() as folder:
            for group, function, value in (("pairhmm/16_haplotypes", None, "avx2"), ("pairhmm/2_haplotypes", None, "avx2"),
                                           ("pairhmm/2_haplotypes", None, "scalar"), ("fastq", "gzip", None)):
                about = {"group_id": group, "function_id": function, "value_str": value, "throughput": {"Elements": 3000}}
                self.save(os.path.join(folder, group, str(function or value), "new"), about)
            self.assertEqual(kernels.table(folder).rows, [
                ["pairhmm", "2 haplotypes", "cells", "", "1.5 G", "1.5 G"],
                ["pairhmm", "16 haplotypes", "cells", "", "", "1.5 G"],
                ["fastq", "gzip", "reads", "1.5 G", "", ""]])

    def save(self, folder, about):
        os.makedirs(folder)
        for name, value in (("benchmark", about), ("estimates", {"median": {"point_estimate": 2000.0}})):
            with open(os.path.join(folder, f"{name}.json"), "w") as f:
                json.dump(value, f)

    def test_rates(self):
        self.assertEqual([kernels._rate(x) for x in (None, 12, 1234, 5.678e6, 7.1e9)],
                         ["", "12", "1.23 k", "5.68 M", "7.1 G"])


if __name__ == "__main__":
    unittest.main()
