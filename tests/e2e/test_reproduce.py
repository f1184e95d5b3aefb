# SPDX-License-Identifier: Apache-2.0
"""The published study redone, its predictors as a baseline, and the analysis of features."""

import json
import pathlib
import re
import tempfile
import unittest

from harness import TestCase, reference_folder, run

# As printed in arXiv 2304.00897, table 2: layer, test R2.
TABLE_2 = {"conv2d": .9977, "maxpool2d": .9995, "linear": .9992, "relu": .9812, "sigmoid": .9905,
           "tanh": .9761, "softmax": .9913}
# Table 6, in its order; the Lasso rows are tested where time allows.
TABLE_6 = [.7097, .7954, .9977, .9979, .9979, .4468, .8194, .9797, .9967, .9995, .9990, .9995,
           .9992, .9991, .9992, .9812, .9812]
KEYS = ("table2", "table6", "ablation", "net_layers", "net_totals", "a3", "shares", "additivity")


class Reproduce(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = reference_folder("JOULECAST_REFERENCE_DATA", "data/getzner2023")

    def report(self, *arguments):
        result = run("reproduce", "getzner2023", "--data", self.data, "--format", "json",
                     *arguments, timeout_s=120)
        self.assert_done(result)
        self.assertEqual("", result.stderr, "progress is for terminals")
        return json.loads(result.stdout)

    def test_the_printed_digits(self):
        report = self.report()
        for key in KEYS:
            self.assertIn(key, report)
        for row in report["table2"]:
            self.assertAlmostEqual(TABLE_2[row["layer"]], row["test_r2"], delta=5.001e-5)
        self.assertEqual(17, len(report["table6"]))
        for published, row in zip(TABLE_6, report["table6"]):
            self.assertAlmostEqual(published, row["test_r2"], delta=5.001e-5, msg=str(row))
        ablation = report["ablation"]
        self.assertAlmostEqual(.99807137, ablation["with_macs"]["max"], delta=5.001e-9)
        self.assertAlmostEqual(.99719166, ablation["with_macs"]["min"], delta=5.001e-9)
        self.assertAlmostEqual(.25068152, ablation["without_macs"]["max"], delta=5.001e-9)
        self.assertAlmostEqual(-.02672969, ablation["without_macs"]["min"], delta=5.001e-9)

    def test_without_lasso_its_rows_are_empty(self):
        rows = self.report("--no-lasso")["table6"]
        for row in rows:
            self.assertEqual(row["model"] == "Lasso", row["test_r2"] is None)

    def test_a_page_that_needs_nothing_else(self):
        page = self.folder / "report.html"
        result = run("reproduce", "getzner2023", "--data", self.data, "--no-lasso", "--format",
                     "html", "-o", page)
        body = self.assert_page(result, page.read_text() if page.exists() else "")
        self.assertEqual("", result.stdout)
        self.assertIn("Table 6: feature sets", body)
        self.assertIn('{"chart":"stacked"', body)


class Baseline(TestCase):
    @classmethod
    def setUpClass(cls):
        data = reference_folder("JOULECAST_REFERENCE_DATA", "data/getzner2023")
        folder = tempfile.TemporaryDirectory(prefix="joulecast-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.dataset = pathlib.Path(folder.name) / "d.db"
        result = run("dataset", "import", "--from", "getzner2023", data, "-o", cls.dataset)
        if result.code != 0:
            raise AssertionError(result.describe())
        reproduced = run("reproduce", "getzner2023", "--data", data, "--no-lasso", "--format",
                         "json")
        cls.reproduced = json.loads(reproduced.stdout)

    def evaluate(self, *arguments):
        result = run("evaluate", "--predictor", "getzner2023", self.dataset, *arguments)
        self.assert_done(result)
        return result.stdout

    def analyze(self, *arguments):
        result = run("analyze", *arguments, "--format", "json", timeout_s=120)
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_the_published_system_on_a_dataset_scores_as_in_the_study(self):
        evaluation = json.loads(self.evaluate("--cleaning", "published", "--origin", "net-layer",
                                              "--origin", "net-total", "--format", "json"))
        self.assertEqual("getzner2023", evaluation["predictor"])
        self.assertIsNone(evaluation["totals"]["interval_coverage"])
        for layer, scores in self.reproduced["net_layers"].items():
            self.assertEqual(scores["n"], evaluation["layers"][layer]["n"])
            self.assertAlmostEqual(scores["r2"], evaluation["layers"][layer]["r2"], places=6)
        totals = self.reproduced["net_totals"]
        self.assertEqual(totals["n"], evaluation["totals"]["n"])
        self.assertAlmostEqual(totals["mape_percent"], evaluation["totals"]["mape_percent"],
                               places=4)

    def test_as_text(self):
        text = self.evaluate("--origin", "net-total")
        self.assertIn("getzner2023", text)
        self.assertIn("all totals", text)

    def test_the_ablation_of_the_study_is_one_of_any_dataset(self):
        ablation = self.analyze("ablation", self.dataset, "--layer", "conv2d", "--origin",
                                "random", "--cleaning", "published")
        self.assertEqual(32767, ablation["subsets"])
        self.assertAlmostEqual(.99807137, ablation["with_macs"]["max"], delta=5.001e-9)
        self.assertAlmostEqual(-.02672969, ablation["without_macs"]["min"], delta=5.001e-9)

    def test_physical_terms_beat_every_published_kind_of_feature_set(self):
        features = self.analyze("features", self.dataset, "--layer", "linear", "--origin",
                                "random")
        errors = {one["features"]: one["mape_percent"] for one in features["feature_sets"]}
        self.assertEqual("physical terms", min(errors, key=errors.get))
        changes = [one["mape_percent_without"] for one in features["terms"]]
        self.assertEqual(sorted(changes, reverse=True), changes)

    def test_an_ablation_page(self):
        result = run("analyze", "ablation", self.dataset, "--layer", "linear", "--format", "html")
        self.assertIn('{"chart":"bars"', self.assert_page(result, result.stdout))

    def test_an_evaluation_page_has_every_pair(self):
        chosen = ("xeon-gold-5120", self.dataset, "--origin", "net-total")
        text = json.loads(run("evaluate", *chosen, "--format", "json").stdout)
        result = run("evaluate", *chosen, "--format", "html")
        body = self.assert_page(result, result.stdout)
        chart = re.search(r'<script type="application/json">(.*)</script>', body).group(1)
        pairs = json.loads(chart)["pairs"]
        self.assertEqual(text["totals"]["n"], len(pairs))
        inside = sum(pair["low_j"] <= pair["measured_j"] <= pair["high_j"] for pair in pairs)
        self.assertAlmostEqual(text["totals"]["interval_coverage"], inside / len(pairs))

    def test_rows_that_are_not_there(self):
        self.assert_refused(run("analyze", "features", self.dataset, "--layer", "concat"), {3},
                            "concat", "conv2d")
        self.assert_refused(run("analyze", "ablation", self.dataset, "--layer", "conv2d",
                                "--origin", "net-total"), {3}, "conv2d")
        self.assert_refused(run("analyze", "features", self.dataset, "--layer", "linear",
                                "--origin", "net-config"), {3}, "at least 30")


class BadUse(TestCase):
    def test_a_study_or_a_layer_type_that_does_not_exist(self):
        self.assert_refused(run("reproduce", "nonesuch", "--data", "."), {2}, "nonesuch")
        self.assert_refused(run("analyze", "features", "d.db", "--layer", "conv4d"), {2},
                            "conv2d")

    def test_a_folder_that_is_missing_or_empty_is_named(self):
        empty = self.folder / "empty"
        empty.mkdir()
        for folder in (empty, self.folder / "missing"):
            self.assert_refused(run("reproduce", "getzner2023", "--data", folder), {3},
                                str(folder))

    def test_a_baseline_needs_no_profile_and_a_profile_no_training(self):
        self.assert_refused(run("evaluate", "--predictor", "getzner2023", "p.json", "d.db"), {2},
                            "no profile")
        self.assert_refused(run("evaluate", "d.db"), {2}, "profile")
        self.assert_refused(run("evaluate", "p.json", "d.db", "--train", "e.db"), {2}, "--train")
        self.assert_refused(run("evaluate", "--predictor", "getzner2023", "none.db"), {3},
                            "none.db")


if __name__ == "__main__":
    unittest.main()
