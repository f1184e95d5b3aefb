# SPDX-License-Identifier: Apache-2.0
"""Scoring of candidates: both kinds of files, shards, threads, and what is wrong with a file."""

import csv
import io
import json

from harness import ROOT, TestCase, run

USAGE, INPUT = 2, 3

SPACE = """name = "space"
[decisions]
width = [64, 128, 256]
kernel = [1, 3]
[scores]
width = [0.1, 0.2, 0.25]
[[layers]]
spec = "conv2d batch=8 in=3 out={width} image=32 kernel={kernel} padding={kernel/2}"
[[layers]]
spec = "relu batch=8 elements={width*32*32} inplace=1"
"""


class Score(TestCase):
    def setUp(self):
        super().setUp()
        self.space = self.write("space.toml", SPACE)

    def json(self, *arguments):
        result = run("score", *arguments, "--format", "json")
        self.assert_done(result)
        self.assertEqual("", result.stderr)
        return json.loads(result.stdout)

    def test_the_best_is_what_estimating_each_finds(self):
        board = self.json(self.space, "--against", "score")
        self.assertEqual(6, board["candidates"])
        self.assertEqual(6, len(board["top"]))
        energies = [each["energy_j"] for each in board["top"]]
        self.assertEqual(sorted(energies), energies)
        for each in board["top"]:
            alone = [json.loads(run("explain", "--layer", spec, "--format", "json").stdout)["layers"][0]
                     for spec in each["layers"]]
            self.assertEqual(2, len(alone))
            self.assertAlmostEqual(sum(layer["energy_j"] for layer in alone), each["energy_j"])
            self.assertLess(each["energy_j_low"], each["energy_j"])
            self.assertLess(each["energy_j"], each["energy_j_high"])
        scores = [each["score"] for each in board["pareto"]]
        self.assertEqual(sorted(scores), scores)
        self.assertEqual(0.25, scores[-1])

    def test_text_and_csv_say_the_same(self):
        board = self.json(self.space)
        text = run("score", self.space)
        self.assert_done(text)
        self.assertIn(board["top"][0]["name"], text.stdout)
        self.assertEqual([], [line for line in text.stdout.splitlines() if len(line) > 80])
        rows = list(csv.DictReader(io.StringIO(run("score", self.space, "--format", "csv").stdout)))
        self.assertEqual(len(board["top"]) + len(board["pareto"]), len(rows))
        self.assertEqual(board["top"][0]["energy_j"], float(rows[0]["energy_j"]))

    def test_shards_merge_to_one_run(self):
        alone = self.json(self.space, "--sample", "5000", "--seed", "3", "--threads", "1")
        parts = []
        for shard in ("1/3", "2/3", "3/3"):
            parts.append(self.folder / f"part-{shard[0]}.json")
            self.assert_done(run("score", self.space, "--sample", "5000", "--seed", "3", "--shard",
                                 shard, "--format", "json", "-o", parts[-1]))
        merged = run("score", "merge", *parts, "--format", "json")
        self.assert_done(merged)
        self.assertEqual(alone | {"shards": 3, "parts": [1, 2, 3]}, json.loads(merged.stdout))
        self.assert_refused(run("score", "merge", *parts[:2]), [INPUT], "shard 3 of 3 is missing")
        self.assert_refused(run("score", "merge", parts[0], self.space), [INPUT], "space.toml",
                            "not JSON")

    def test_a_list_of_candidates(self):
        best = self.json(self.space)["top"]
        lines = "".join(json.dumps({"name": each["name"], "layers": each["layers"], "score": 1}) + "\n"
                        for each in reversed(best))
        board = self.json(self.write("list.jsonl", lines), "--against", "time")
        self.assertEqual([each["name"] for each in best], [each["name"] for each in board["top"]])
        self.assertEqual([each["energy_j"] for each in best],
                         [each["energy_j"] for each in board["top"]])

    def test_what_a_runtime_fuses_is_warned_of(self):
        profile = json.loads((ROOT / "profiles/xeon-gold-5120.json").read_text())
        path = self.write("fusing.json", json.dumps({**profile, "fusion": "conv-bn-relu"}))
        result = run("score", self.space, "--device", path)
        self.assert_done(result)
        self.assertIn("fuses conv-bn-relu", result.stderr)

    def test_what_is_wrong_is_said(self):
        self.assert_refused(run("score"), [USAGE], "needs a template")
        self.assert_refused(run("score", "space.txt"), [USAGE], r"neither a template \(.toml\)")
        self.assert_refused(run("score", "absent.toml"), [INPUT], "absent.toml", "no such file")
        self.assert_refused(run("score", self.space, "--against", "energy"), [USAGE], "--against")
        self.assert_refused(run("score", self.space, "--sample", "0"), [USAGE], "--sample")
        self.assert_refused(run("score", self.space, "--shard", "3/2"), [USAGE], "--shard 3/2")
        self.assert_refused(run("score", self.space, "--seed", "3"), [USAGE], "--sample")
        bad = self.write("bad.toml", SPACE.replace("{kernel}", "{colonel}"))
        self.assert_refused(run("score", bad), [INPUT], "bad.toml", "layer 1", "no decision 'colonel'")
        bad.write_text(SPACE.replace(" padding={kernel/2}", "").replace("[1, 3]", "[1, 99]"))
        self.assert_refused(run("score", bad), [INPUT], "with width=64 kernel=99", "does not fit")
        lines = self.write("bad.jsonl", '{"layers": ["relu batch=1"]}\n')
        self.assert_refused(run("score", lines), [INPUT], "bad.jsonl, line 1",
                            "'elements' is missing")


if __name__ == "__main__":
    import unittest
    unittest.main()
