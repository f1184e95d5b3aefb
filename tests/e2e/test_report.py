# SPDX-License-Identifier: Apache-2.0
"""Reports as HTML, and comparisons: what is written, where, and what is refused.

What a browser makes of the pages is tested by web/test, which scripts/check_web runs."""

import json
import os
import re
import time
import unittest

from harness import TestCase, run
import onnx_file

USAGE, DEVICE = 2, 4


def data_of(body):
    """What a page's script draws from."""
    return json.loads(re.search(r'id="data" data-view="\w+">(.*)</script>', body, re.S).group(1))


class Pages(TestCase):
    def page(self, *arguments):
        path = self.folder / "report.html"
        result = run(*arguments, "--format", "html", "-o", path)
        return self.assert_page(result, path.read_text() if path.exists() else "")

    def test_a_page_holds_what_json_prints(self):
        body = self.page("estimate", "alexnet", "--batch", "4")
        printed = json.loads(run("estimate", "alexnet", "--batch", "4", "--format", "json").stdout)
        self.assertEqual(printed, data_of(body))

    def test_without_scripts_there_are_the_main_numbers_and_the_layers(self):
        body = self.page("estimate", "alexnet")
        self.assertIn("<dt>Energy</dt>", body)
        self.assertIn("<td>classifier.6</td>", body)

    def test_names_stay_text_everywhere(self):
        bad = "</script><img src=x onerror=alert(1)><!--"
        relu = onnx_file.node("Relu", ["x"], ["y"], name=bad)
        model = self.write("bad.onnx", onnx_file.model(
            [relu], [onnx_file.value_info("x", [1, 8])], [onnx_file.value_info("y", [1, 8])]))
        body = self.page("estimate", model)  # has no <script> and no <img> of its own
        self.assertEqual(bad, data_of(body)["layers"][0]["name"])
        self.assertIn("<td>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;!--</td>", body)

    def test_a_comparison_of_batches(self):
        body = self.page("compare", "alexnet", "--batch", "1,8", "--accuracy", "alexnet=56.5")
        estimates = data_of(body)["estimates"]
        self.assertEqual([1, 8], [each["batch"] for each in estimates])
        self.assertEqual([56.5, 56.5], [each["accuracy_percent"] for each in estimates])

    def test_open_shows_the_page(self):
        shown = self.folder / "shown"
        fake = self.write("bin/xdg-open", "#!/bin/sh\n"
                          f'printf %s "$1" >{shown}.new && mv {shown}.new {shown}\n')
        fake.chmod(0o755)
        path = self.folder / "report.html"
        result = run("estimate", "alexnet", "--open", "-o", path,
                     env={"PATH": f"{fake.parent}:{os.environ['PATH']}"})
        self.assert_page(result, path.read_text() if path.exists() else "")
        deadline = time.monotonic() + 20  # nobody waits for the opener, so it may still be starting
        while not shown.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(str(path), shown.read_text())

    def test_where_nothing_opens_pages_the_report_is_not_lost(self):
        path = self.folder / "report.html"
        result = run("estimate", "alexnet", "--open", "-o", path, env={"PATH": str(self.folder)})
        if "nodejs" in result.stderr:
            self.skipTest("built without Node")
        self.assert_refused(result, {DEVICE}, "xdg-open", re.escape(str(path)))
        self.assertTrue(path.exists())


class Comparisons(TestCase):
    def test_models_batches_and_devices(self):
        result = run("compare", "alexnet", "vgg11", "--batch", "1,2", "--region", "FR", "--format",
                     "json", "--accuracy", "vgg11=69.02")
        self.assert_done(result)
        models = json.loads(result.stdout)["models"]
        self.assertEqual([("alexnet", 1), ("alexnet", 2), ("vgg11", 1), ("vgg11", 2)],
                         [(each["model"], each["batch"]) for each in models])
        for each in models:
            self.assertAlmostEqual(each["energy_j"] * each["time_s"], each["edp_js"])
            self.assertGreater(each["footprint"]["per_inference"]["operational_gco2"]["value"], 0)
        self.assertEqual([None, None, 69.02, 69.02], [each["accuracy_percent"] for each in models])
        # What the layer types add to a sample's energy is all that it costs more.
        more = models[2]["energy_j_per_sample"] - models[0]["energy_j_per_sample"]
        self.assertAlmostEqual(more, sum(models[2]["difference_j_per_sample"].values()))

    def test_the_same_device_twice_is_listed_twice(self):
        result = run("compare", "alexnet", "--device", "xeon-gold-5120,xeon-gold-5120")
        self.assert_done(result)
        self.assertEqual(2, result.stdout.count("On Intel Xeon Gold 5120"))

    def test_what_makes_no_sense_is_refused(self):
        for arguments, said in (
                (["--accuracy", "vgg16=70"], "no such model is compared"),
                (["--accuracy", "alexnet=700"], "per cent"),
                (["--accuracy", "alexnet"], "MODEL=PERCENT"),
                (["--batch", "1,x"], "--batch x"),
                (["--format", "json", "--open"], "--open"),
        ):
            with self.subTest(arguments):
                self.assert_refused(run("compare", "alexnet", *arguments), {USAGE}, said)


if __name__ == "__main__":
    unittest.main()
