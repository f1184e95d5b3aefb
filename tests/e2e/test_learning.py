# SPDX-License-Identifier: Apache-2.0
"""From somebody's measurements to a profile and its scores: dataset, fit, evaluate, estimate."""

import json
import math

from harness import IS_SLOW_BUILD, ROOT, TestCase, reference_folder, run

FIT_TIMEOUT_S = 300


def strict_json(text):
    """Parses JSON; NaN and infinities, which Python would take, are refused."""
    def refuse(word):
        raise ValueError(f"{word} is not JSON")
    return json.loads(text, parse_constant=refuse)


class ShippedProfile(TestCase):
    NAME = "amd-epyc-genoa-2vcpu"

    def setUp(self):
        super().setUp()
        if IS_SLOW_BUILD:
            self.skipTest("built with sanitizers: too slow for whole datasets")

    def test_is_the_fit_of_the_dataset_that_ships(self):
        table = ROOT / "datasets" / self.NAME
        self.assert_done(run("dataset", "import", "--from", "csv", "--map",
                             table.with_suffix(".toml"), table.with_suffix(".csv"), "-o", "d.db",
                             cwd=self.folder))
        fit = run("fit", "d.db", "-o", "p.json", "--format", "json", cwd=self.folder,
                  timeout_s=FIT_TIMEOUT_S)
        self.assert_done(fit)
        fitted = strict_json((self.folder / "p.json").read_text())
        shipped = strict_json((ROOT / "profiles" / f"{self.NAME}.json").read_text())
        for part in ("traits", "drift", "generic", "layers"):
            self.assert_same(fitted[part], shipped[part], part)
        drift = strict_json(fit.stdout)["drift_percent"]
        self.assertAlmostEqual(drift, 100 * math.expm1(fitted["drift"]))

    def assert_same(self, ours, shipped, what):
        """Equal, but for the last digits of numbers."""
        if isinstance(shipped, dict):
            self.assertEqual(ours.keys(), shipped.keys(), what)
            for key, value in shipped.items():
                self.assert_same(ours[key], value, f"{what}.{key}")
        elif isinstance(shipped, list) and shipped and isinstance(shipped[0], float):
            for place, (one, other) in enumerate(zip(ours, shipped, strict=True)):
                self.assert_same(one, other, f"{what}[{place}]")
        elif isinstance(shipped, float):
            self.assertAlmostEqual(ours, shipped, delta=1e-6 * abs(shipped) + 1e-12, msg=what)
        else:
            self.assertEqual(ours, shipped, what)


class Learning(TestCase):
    """Random layers of getzner2023 teach; its networks, which taught nothing, examine."""

    def setUp(self):
        super().setUp()
        if IS_SLOW_BUILD:
            self.skipTest("built with sanitizers: too slow for whole datasets")
        self.data = reference_folder("JOULECAST_REFERENCE_DATA", "data/getzner2023")

    def done(self, *arguments, timeout_s=60):
        result = run(*arguments, cwd=self.folder, timeout_s=timeout_s)
        self.assert_done(result)
        return result.stdout

    def rows(self):
        return strict_json(self.done("dataset", "stats", "d.db", "--format", "json"))

    def evaluate(self, *arguments):
        return strict_json(self.done("evaluate", "p.json", "d.db", *arguments, "--format", "json"))

    def assert_scores(self, scores, r2, mape_percent, what):
        self.assertGreaterEqual(scores["r2"], r2, f"{what}: {scores}")
        self.assertLessEqual(scores["mape_percent"], mape_percent, f"{what}: {scores}")

    def test_the_whole_way(self):
        importing = ("dataset", "import", "--from", "getzner2023", self.data, "-o", "d.db")
        self.done(*importing)
        imported = self.rows()
        again = self.done(*importing)
        self.assertRegex(again, r"(?i)\b(0 (rows )?added|added 0|0 new)\b")
        self.assertEqual(imported, self.rows(), "the second import adds nothing")

        fit = self.done("fit", "d.db", "--origin", "random", "-o", "p.json",
                        timeout_s=FIT_TIMEOUT_S)
        self.assertRegex(fit, r"drift: sessions, or stretches of one, differ by up to \d+\.\d %")
        profile = strict_json((self.folder / "p.json").read_text())
        self.assertGreater(profile["provenance"]["training_rows"], 1000)

        self.check_layers(self.evaluate("--origin", "net-layer")["layers"])
        evaluation = self.evaluate("--origin", "net-total")
        self.assertEqual({}, evaluation["layers"], "only totals were asked for")
        # Measured layers, added up, miss the measured totals by 1.2 % themselves.
        self.assert_scores(evaluation["totals"], 0.9997, 1.3, "totals")
        self.assert_covered(evaluation["totals"], 4, "totals")
        self.check_time(evaluation["totals"], "totals")

        estimate = strict_json(self.done("estimate", "vgg16", "--batch", "8", "--device", "p.json",
                                         "--format", "json"))
        self.assertGreater(estimate["energy_j"], 0)
        self.assertGreater(estimate["coverage"]["fitted"], 0.9)

    def assert_covered(self, scores, widest_percent, what):
        """The 90 % interval holds under the shift from random layers, and says something."""
        self.assertGreaterEqual(scores["interval_coverage"], 0.85, f"{what}: {scores}")
        self.assertLessEqual(scores["interval_coverage"], 0.97, f"{what}: {scores}")
        self.assertLessEqual(scores["interval_median_half_width_percent"], widest_percent,
                             f"{what}: {scores}")

    def check_layers(self, layers):
        self.assert_scores(layers["conv2d"], 0.998, 2.5, "conv2d")
        self.assert_scores(layers["linear"], 0.995, 6, "linear")
        self.assert_scores(layers["maxpool2d"], 0.99, 5, "maxpool2d")
        self.assert_scores(layers["relu"], 0.95, 25, "relu")
        for name in ("conv2d", "linear", "maxpool2d", "relu"):
            self.assert_covered(layers[name], 12, name)
        for name, scores in layers.items():
            self.check_time(scores, name)

    def check_time(self, scores, what):
        time = scores["time"]
        self.assertEqual(scores["n"], time["n"], f"{what}: every energy has its time")
        self.assertIsNotNone(time["mape_percent"], what)
