# SPDX-License-Identifier: Apache-2.0
"""Bad input ends in one clear line and the right exit code, never in a crash or a silent 0."""

import json
import os

import onnx_file
from harness import ROOT, TestCase, run
from onnx_file import node, value_info

USAGE, INPUT, DEVICE = 2, 3, 4

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")

# Files by the name that the table below calls them by.
FILES = {
    "empty.onnx": b"",
    "picture.onnx": PNG,
    "text.onnx": "a shopping list: milk, bread\n",
    "zeros.onnx": bytes(4096),
    "good.onnx": onnx_file.conv_net(),
    "truncated.onnx": onnx_file.conv_net()[:-700],
    "cut_in_nodes.onnx": onnx_file.conv_net()[:60],
    "cyclic.onnx": onnx_file.model(
        [node("Add", ["x", "b"], ["a"], "first"), node("Relu", ["a"], ["b"], "second")],
        [value_info("x", [1, 8])], [value_info("b", [1, 8])]),
    "absurd.onnx": onnx_file.model(
        [node("Relu", ["x"], ["y"], "relu")],
        [value_info("x", [1, 2**40, 2**40])], [value_info("y", [1, 2**40, 2**40])]),
    "negative.onnx": onnx_file.model(
        [node("Relu", ["x"], ["y"], "relu")],
        [value_info("x", [1, -3, 8])], [value_info("y", [1, -3, 8])]),
    "unbound.onnx": onnx_file.model(
        [node("Relu", ["x"], ["y"], "relu")],
        [value_info("x", ["batch", "seq", 8])], [value_info("y", ["batch", "seq", 8])]),
    "mismatched.onnx": onnx_file.conv_net(channels=4),  # the kernel has 3
    "no_nodes.onnx": onnx_file.model([], [value_info("x", [1, 8])], [value_info("x", [1, 8])]),
}

# What is asked, the exit codes that are right, and what the one line has to say.
TABLE = [
    ("estimate missing.onnx", [INPUT], ["missing.onnx", "no such|not found|does not exist"]),
    ("estimate vgg1", [USAGE, INPUT], ["vgg1", "zoo|file"]),
    ("estimate folder", [INPUT], ["folder", "directory|folder"]),
    ("estimate empty.onnx", [INPUT], ["empty.onnx", "empty"]),
    ("estimate picture.onnx", [INPUT], ["picture.onnx", "onnx"]),
    ("estimate text.onnx", [INPUT], ["text.onnx", "onnx"]),
    ("estimate zeros.onnx", [INPUT], ["zeros.onnx"]),
    ("estimate truncated.onnx", [INPUT], ["truncated.onnx"]),
    ("estimate cut_in_nodes.onnx", [INPUT], ["cut_in_nodes.onnx"]),
    ("estimate cyclic.onnx", [INPUT], ["cyclic.onnx", "cycl"]),
    ("estimate absurd.onnx", [INPUT], ["absurd.onnx"]),
    ("estimate negative.onnx", [USAGE, INPUT], ["negative|-3|extent|dimension"]),
    ("estimate mismatched.onnx", [INPUT], ["mismatched.onnx", "channel|4"]),
    ("estimate no_nodes.onnx", [INPUT], ["no_nodes.onnx", "no operation|nothing|empty"]),
    ("estimate unbound.onnx", [USAGE], ["seq", "--shape"]),
    ("layers unbound.onnx", [USAGE], ["seq", "--shape"]),
    ("estimate unbound.onnx --shape seq=0", [USAGE], ["--shape", "seq"]),
    ("estimate unbound.onnx --shape seq=many", [USAGE], ["--shape", "many"]),
    ("estimate good.onnx --shape y=1x3x8x8", [USAGE], ["--shape", "y", "x"]),
    ("estimate vgg16 --batch 0", [USAGE], ["batch", "0"]),
    ("estimate vgg16 --batch -8", [USAGE], ["batch", "-8"]),
    ("estimate vgg16 --batch eight", [USAGE], ["batch", "eight"]),
    ("estimate vgg16 --batch 1.5", [USAGE], ["batch", r"1\.5"]),
    ("estimate vgg16 --batch 1000000000000000", [USAGE, INPUT], ["batch|large|fit"]),
    ("estimate vgg16 --batch 99999999999999999999", [USAGE], ["batch", "99999999999999999999"]),
    ("estimate vgg16 --device toaster-9000", [DEVICE], ["toaster-9000", "xeon-gold-5120"]),
    ("estimate vgg16 --format xml", [USAGE], ["--format", "xml", "json"]),
    ("estimate vgg16 --budget-j lots", [USAGE], ["--budget-j", "lots"]),
    ("estimate vgg16 --no-such-flag", [USAGE], ["--no-such-flag"]),
    ("estimate", [USAGE], ["model"]),
    ("etsimate vgg16", [USAGE], ["etsimate"]),
    ("compare", [USAGE], ["model"]),
    ("layers missing.onnx", [INPUT], ["missing.onnx"]),
    ("fit missing.db -o p.json", [INPUT], ["missing.db"]),
    ("fit picture.onnx -o p.json", [INPUT], ["picture.onnx", "dataset|database"]),
    ("evaluate missing.json missing.db", [INPUT], ["missing"]),
    ("dataset import --from getzner2023 missing -o d.db", [INPUT], ["missing"]),
    ("dataset import --from nobody folder -o d.db", [USAGE], ["nobody", "getzner2023"]),
    ("dataset import --from getzner2023 folder -o d.db", [INPUT], ["folder"]),
]


class BadInput(TestCase):
    def setUp(self):
        super().setUp()
        (self.folder / "folder").mkdir()
        for name, content in FILES.items():
            self.write(name, content)

    def test_every_line_of_the_table(self):
        for command, codes, said in TABLE:
            with self.subTest(command):
                self.assert_refused(run(*command.split(), cwd=self.folder), codes, *said)

    def test_the_good_file_is_good(self):
        self.assert_done(run("layers", "good.onnx", cwd=self.folder))

    def test_a_refusal_leaves_no_file_behind(self):
        run("fit", "picture.onnx", "-o", "p.json", cwd=self.folder)
        run("dataset", "import", "--from", "getzner2023", "folder", "-o", "d.db", cwd=self.folder)
        self.assertEqual({*FILES, "folder"}, set(os.listdir(self.folder)))

    def test_an_unreadable_file_is_a_matter_of_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root reads every file")
        (self.folder / "good.onnx").chmod(0)
        self.assert_refused(run("estimate", "good.onnx", cwd=self.folder), [DEVICE],
                            "good.onnx", "permission")

    def test_every_cut_of_a_file_is_refused_or_read(self):
        whole = FILES["good.onnx"]
        for length in range(0, len(whole), 37):
            with self.subTest(length=length):
                path = self.write("cut.onnx", whole[:length])
                result = run("layers", path)
                if result.code != 0:
                    self.assert_refused(result, [USAGE, INPUT])


class BadProfile(TestCase):
    def setUp(self):
        super().setUp()
        shipped = ROOT / "profiles/xeon-gold-5120.json"
        self.assertTrue(shipped.exists(), f"{shipped} ships with the program")
        self.profile = json.loads(shipped.read_text())

    def estimate_with(self, text):
        return run("estimate", "vgg16", "--device", self.write("p.json", text))

    def test_the_shipped_profile_works_from_a_file(self):
        self.assert_done(self.estimate_with(json.dumps(self.profile)))

    def test_another_features_version_is_refused(self):
        self.profile["features_version"] += 1
        self.assert_refused(self.estimate_with(json.dumps(self.profile)), [INPUT],
                            r"p\.json", "features", str(self.profile["features_version"]))

    def test_broken_profiles_are_refused(self):
        text = json.dumps(self.profile)
        for bad in ("", "{}", "[]", "null", text[: len(text) // 2], "\x00" * 100):
            with self.subTest(bad[:20]):
                self.assert_refused(self.estimate_with(bad), [INPUT], r"p\.json")


class BadDataset(TestCase):
    """CSV files of getzner2023 that lack columns, or hold what is no number."""

    def import_csv(self, text):
        self.write("data/conv2d.csv", text)
        return run("dataset", "import", "--from", "getzner2023", "data", "-o", "d.db",
                   cwd=self.folder)

    def test_a_file_without_its_columns_is_refused(self):
        self.assert_refused(self.import_csv("a,b\n1,2\n"), [INPUT])

    def test_a_half_written_dataset_is_refused(self):
        self.write("half.db", b"SQLite format 3\0" + bytes(500))
        self.assert_refused(run("fit", "half.db", "-o", "p.json", cwd=self.folder), [INPUT],
                            r"half\.db")
