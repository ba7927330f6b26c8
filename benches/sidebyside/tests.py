"""python3 -m unittest sidebyside.tests, in benches/."""
import json
import os
import random
import tempfile
import unittest

from . import chromosome, judges, kernels, machine, measure, results, views
from .measure import NOTHING, Failed, Step, Usage, command

# Python that works for a fifth of a second.
BURN = "import time\nwhile time.process_time() < 0.2: pass\n"


class Measure(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.log = os.path.join(self.folder.name, "log")

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


class Names(unittest.TestCase):
    def test_longest_path_first(self):
        names = machine.Names([("/bin/bwa", "bwa"), ("/bin/bwa-mem2", "bwa-mem2"), (None, "$GATK")])
        self.assertEqual(names.of("/bin/bwa-mem2 mem; /bin/bwa mem"), "bwa-mem2 mem; bwa mem")


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
