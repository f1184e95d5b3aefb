# SPDX-License-Identifier: Apache-2.0
"""What goes where: help, pure JSON, exit codes, what was promised of speed and size."""

import json
import shlex

import onnx_file
from harness import PROGRAM, TestCase, measure, run, run_command
from onnx_file import node, value_info

COMMANDS = ("estimate", "compare", "devices", "layers", "zoo", "dataset", "fit", "evaluate",
            "reproduce", "analyze", "serve", "score", "completion", "manual")


class Footprint(TestCase):
    def footprint(self, *options):
        result = run("estimate", "alexnet", "--format", "json", *options)
        self.assert_done(result)
        return json.loads(result.stdout).get("footprint")

    def test_emissions_are_never_invented(self):
        self.assertIsNone(self.footprint())
        self.assertNotIn("CO2", run("estimate", "alexnet").stdout)
        priced = self.footprint("--price-per-kwh", "0.3")["per_inference"]
        self.assertIsNone(priced["operational_gco2"])
        self.assertIsNone(priced["sci_gco2"])

    def test_grams_are_facility_energy_times_intensity(self):
        numbers = self.footprint("--gco2-per-kwh", "360", "--pue", "1.5")["per_inference"]
        # 360 g per kWh is 1e-4 g per joule.
        self.assertAlmostEqual(numbers["operational_gco2"]["value"] * 1e4,
                               numbers["facility_energy_j"]["value"])

    def test_nonsense_is_a_clear_line(self):
        for options in (("--region", "ZZ"), ("--pue", "0.5"), ("--price-per-kwh", "nan"),
                        ("--region", "FR", "--gco2-per-kwh", "3"), ("--lifetime-years", "3"),
                        ("--inferences-per-day", "1e12")):
            with self.subTest(options):
                self.assert_refused(run("estimate", "alexnet", *options), {2})


class Help(TestCase):
    def test_help_lists_every_command(self):
        result = run("--help")
        self.assert_done(result)
        for command in COMMANDS:
            self.assertRegex(result.stdout, rf"(?m)^ +{command}\b")

    def test_every_command_shows_an_example_of_itself(self):
        for command in COMMANDS:
            with self.subTest(command):
                result = run(command, "--help")
                self.assert_done(result)
                self.assertRegex(result.stdout, r"(?i)example")
                self.assertIn(f"joulecast {command}", result.stdout)
                self.assertIn(f"Usage: joulecast {command} [", result.stdout)

    def test_help_fits_80_columns(self):
        for command in ((), *((name,) for name in COMMANDS), ("explain",), ("dataset", "import"),
                        ("dataset", "stats")):
            with self.subTest(command):
                result = run(*command, "--help")
                self.assert_done(result)
                self.assertEqual([], [line for line in result.stdout.splitlines()
                                      if len(line) > 80])

    def test_version(self):
        result = run("--version")
        self.assert_done(result)
        self.assertRegex(result.stdout, r"\d+\.\d+\.\d+")

    def test_a_mistyped_command_is_guessed(self):
        self.assert_refused(run("estimat", "vgg16"), [2], "estimat", "did you mean 'estimate'")
        self.assert_refused(run("launch", "vgg16"), [2], "launch", "known: .*estimate")


class BadOutput(TestCase):
    """Output that cannot be written is never taken for success."""

    def run_into(self, redirection, *arguments):
        line = shlex.join([str(PROGRAM), *arguments]) + " " + redirection
        return run_command(["sh", "-c", line], cwd=self.folder)

    def test_a_full_disk(self):
        for arguments in (("estimate", "vgg16"), ("layers", "vgg16", "--format", "json"),
                          ("--version",), ("--help",), ("zoo",), ("devices",)):
            with self.subTest(arguments):
                self.assert_refused(self.run_into("> /dev/full", *arguments), [3],
                                    "standard output", "No space left")

    def test_a_closed_output(self):
        self.assert_refused(self.run_into(">&-", "estimate", "vgg16"), [3], "standard output")


class Json(TestCase):
    def json_of(self, *arguments):
        result = run(*arguments, "--format", "json", cwd=self.folder)
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_the_zoo_lists_each_network_on_a_line_of_a_terminal(self):
        models = self.json_of("zoo")["models"]
        lines = run("zoo", cwd=self.folder).stdout.splitlines()
        self.assertEqual([model["name"] for model in models], [line.split()[0] for line in lines])
        self.assertEqual([], [line for line in lines if len(line) > 80])

    def test_estimate_has_every_promised_key_and_its_layers_add_up(self):
        estimate = self.json_of("estimate", "vgg16", "--batch", "8")
        for key in ("model", "device", "batch", "kind", "energy_j", "energy_j_low", "energy_j_high",
                    "interval", "time_s", "macs", "params", "coverage", "profile", "layers"):
            self.assertIn(key, estimate)
        self.assertEqual(("vgg16", 8, "forecast"),
                         (estimate["model"], estimate["batch"], estimate["kind"]))
        self.assertLess(estimate["energy_j_low"], estimate["energy_j"])
        self.assertGreater(estimate["energy_j_high"], estimate["energy_j"])
        self.assertEqual(138_357_544, estimate["params"])  # torchvision's own figure
        layers = estimate["layers"]
        for key in ("index", "name", "type", "spec", "macs", "params", "bytes", "energy_j",
                    "energy_j_low", "energy_j_high", "time_s", "share", "coverage", "in_support"):
            self.assertIn(key, layers[0])
        total = sum(layer["energy_j"] or 0 for layer in layers)
        self.assertAlmostEqual(estimate["energy_j"], total, delta=1e-6 * total)
        self.assertAlmostEqual(1, sum(layer["share"] or 0 for layer in layers), places=6)

    def test_layers_counts_by_hand(self):
        self.write("net.onnx", onnx_file.conv_net(side=32))
        layers = self.json_of("layers", "net.onnx", "--batch", "4")["layers"]
        self.assertEqual(["conv2d", "relu"], [layer["type"] for layer in layers])
        self.assertEqual(4 * 32 * 32 * 8 * 27, layers[0]["macs"])
        self.assertEqual(8 * 27, layers[0]["params"])

    def test_an_unknown_operator_is_listed_by_its_name(self):
        self.write("odd.onnx", onnx_file.model(
            [node("Relu", ["x"], ["y"], "relu"), node("Frobnicate", ["y"], ["z"], "odd")],
            [value_info("x", [1, 8])], [value_info("z", [1, 8])]))
        for command in ("layers", "estimate"):
            layers = self.json_of(command, "odd.onnx")["layers"]
            self.assertEqual(2, len(layers))
            self.assertEqual("unknown", layers[1]["type"])
            self.assertIn("Frobnicate", json.dumps(layers[1]))

    def test_a_symbol_is_bound_by_its_flag(self):
        self.write("sequence.onnx", onnx_file.model(
            [node("Relu", ["x"], ["y"], "relu")],
            [value_info("x", ["batch", "seq", 8])], [value_info("y", ["batch", "seq", 8])]))
        bound = self.json_of("layers", "sequence.onnx", "--batch", "2", "--shape", "seq=16")
        self.assertEqual(2 * (2 * 16 * 8) * 4, bound["layers"][0]["bytes"])  # f32, read once, written once


class Budget(TestCase):
    def test_over_budget_is_exit_code_1_and_within_is_0(self):
        self.assertEqual(1, run("estimate", "vgg16", "--budget-j", "0.000001").code)
        self.assertEqual(0, run("estimate", "vgg16", "--budget-j", "1000000").code)


class Promises(TestCase):
    def test_an_estimate_is_small(self):
        # How quick it is, bench/bench_estimate.py says: a shared machine's clock is no test.
        runs = [measure("estimate", "vgg16", "--batch", "8") for _ in range(3)]
        self.assert_done(runs[0])
        self.assertLess(max(one.peak_bytes for one in runs), 20e6)
