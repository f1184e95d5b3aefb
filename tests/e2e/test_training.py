# SPDX-License-Identifier: Apache-2.0
"""Training steps, element types and fusion, through the real program."""

import json

import onnx_file
from harness import ROOT, TestCase, run
from onnx_file import node, tensor, value_info

CHECK_FAILED, USAGE, INPUT = 1, 2, 3

RESNET50_PARAMS = 25_557_032
RESNET50_MACS = 4_089_184_256
FIRST_CONV_MACS = 112 * 112 * 64 * 3 * 7 * 7  # the input of the first layer needs no gradient

GPT2 = """{"model_type": "gpt2", "n_embd": 64, "n_layer": 1, "n_head": 4, "n_positions": 128,
           "vocab_size": 1000, "activation_function": "gelu_new"}"""
T5 = """{"model_type": "t5", "d_model": 64, "d_ff": 128, "d_kv": 16, "num_heads": 4,
         "num_layers": 2, "vocab_size": 1000, "relative_attention_num_buckets": 32}"""


class Training(TestCase):
    def estimate(self, model, *options):
        result = run("estimate", model, "--train", "--format", "json", *options)
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_a_step_has_three_phases(self):
        step = self.estimate("resnet50", "--batch", "4")
        phases = step["phases"]
        self.assertEqual(4 * RESNET50_MACS, phases["forward"]["macs"])
        self.assertEqual(4 * (2 * RESNET50_MACS - FIRST_CONV_MACS), phases["backward"]["macs"])
        self.assertEqual(0, phases["update"]["macs"])
        self.assertAlmostEqual(step["energy_j"], sum(p["energy_j"] for p in phases.values()))
        # Number, gradient and momentum are read; number and momentum written: 4 bytes each.
        self.assertEqual(5 * 4 * RESNET50_PARAMS, phases["update"]["bytes"])
        self.assertEqual(RESNET50_PARAMS, step["params"])
        for layer in step["layers"]:
            self.assertEqual(layer["phase"] == "update", layer["type"] == "optimizer", layer)
            if layer["phase"] != "forward" and layer["coverage"] == "fallback":
                self.assertIn("not measured on the device", layer["note"])

    def test_what_no_profile_measured_is_fallback(self):
        step = self.estimate("alexnet", "--batch", "8")
        for layer in step["layers"]:
            if layer["phase"] == "backward":
                self.assertEqual("fallback", layer["coverage"], layer)

    def test_epochs_are_steps(self):
        step = self.estimate("resnet18", "--batch", "32", "--dataset-size", "1281167", "--epochs",
                             "90")
        steps = 40037  # 1281167 / 32 = 40036.5
        self.assertEqual(steps, step["epoch"]["steps"])
        self.assertEqual(90 * steps, step["training"]["steps"])
        for key in ("energy_j", "energy_j_low", "energy_j_high", "time_s"):
            self.assertAlmostEqual(90 * steps, step["training"][key] / step[key], places=3)

    def test_optimisers_differ_in_their_states(self):
        for name, states in (("plain-sgd", 0), ("sgd", 1), ("adam", 2), ("adamw", 2)):
            step = self.estimate("alexnet", "--optimizer", name)
            updates = [x["spec"] for x in step["layers"] if x["phase"] == "update"]
            self.assertTrue(updates)
            for spec in updates:
                self.assertIn(f"states={states} ", spec)

    def test_text_says_it_all_in_80_columns(self):
        result = run("estimate", "vit_b_16", "--batch", "8", "--train", "--optimizer", "adamw",
                     "--dataset-size", "1281167", "--epochs", "300", "--region", "FR")
        self.assert_done(result)
        for line in result.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        for said in ("per step", "per sample", "Epoch", "300 epochs", "forward", "backward",
                     "update", "AdamW", "fallback", "CO2e of use", "all steps"):
            self.assertIn(said, result.stdout)

    def test_csv_lists_the_layers_of_a_step(self):
        result = run("estimate", "alexnet", "--train", "--format", "csv")
        self.assert_done(result)
        self.assertIn("pass=backward", result.stdout)

    def test_a_budget_is_for_all_that_is_asked_for(self):
        step = self.estimate("alexnet")["energy_j"]
        asked = ("estimate", "alexnet", "--train", "--budget-j", str(10 * step))
        self.assert_done(run(*asked))
        self.assertEqual(CHECK_FAILED, run(*asked, "--dataset-size", "100").code)

    def test_language_models_are_trained_on_prompts(self):
        path = self.write("gpt2/config.json", GPT2)
        step = self.estimate(path, "--batch", "2", "--prompt", "32")
        multiplied = 12 * 64 * 64 + 64 * 1000
        attention = 2 * 4 * 32 * 32 * 16 * 2
        self.assertEqual(3 * (64 * multiplied + attention), step["macs"])

    def test_bad_usage_is_a_clear_line(self):
        t5 = self.write("t5/config.json", T5)
        gpt2 = self.write("gpt2/config.json", GPT2)
        for options, said in (
                (("alexnet", "--dataset-size", "3"), "train"),
                (("alexnet", "--train", "--epochs", "3"), "dataset-size"),
                (("alexnet", "--train", "--optimizer", "lion"), "lion"),
                (("alexnet", "--train", "--dataset-size", "0"), "at least 1 sample"),
                (("alexnet", "--train", "--dataset-size", "9", "--epochs", "-1"), "epoch"),
                (("alexnet", "--train", "--inferences-per-day", "9"), "inferences-per-day"),
                ((gpt2, "--train", "--generate", "9"), "generate"),
                ((t5, "--train"), "encoder-decoder")):
            with self.subTest(options=options):
                self.assert_refused(run("estimate", *options), {USAGE}, said)

    def test_quantised_models_are_refused(self):
        path = self.write("int8.onnx", onnx_file.model(
            [node("MatMulInteger", ["x", "w"], ["y"])], [value_info("x", [2, 4], onnx_file.INT8)],
            [value_info("y", [2, 3], 6)], [tensor("w", [4, 3], onnx_file.INT8)]))
        self.assert_refused(run("estimate", path, "--train"), {INPUT}, "integers")


class ElementTypes(TestCase):
    def test_a_type_that_was_not_measured_says_so(self):
        result = run("estimate", "resnet18", "--dtype", "f16", "--format", "json")
        self.assert_done(result)
        estimate = json.loads(result.stdout)
        self.assertEqual(0, estimate["coverage"]["fitted"])
        self.assertAlmostEqual(1, estimate["coverage"]["fallback"])
        convolutions = [x for x in estimate["layers"] if x["type"] == "conv2d"]
        for layer in convolutions:
            self.assertIn("dtype=f16", layer["spec"])
            self.assertIn("element type f16 was not measured", layer["note"])

    def test_integers_are_bytes_and_fallback(self):
        path = self.write("int8.onnx", onnx_file.model(
            [node("MatMulInteger", ["x", "w"], ["y"])], [value_info("x", [2, 4], onnx_file.INT8)],
            [value_info("y", [2, 3], 6)], [tensor("w", [4, 3], onnx_file.INT8)]))
        result = run("estimate", path, "--format", "json")
        self.assert_done(result)
        layer = json.loads(result.stdout)["layers"][0]
        self.assertEqual("linear batch=2 in=4 out=3 bias=0 dtype=i8", layer["spec"])
        self.assertEqual(8 + 12 + 6, layer["bytes"])
        self.assertEqual("fallback", layer["coverage"])
        self.assertIn("element type i8 was not measured", layer["note"])

    def test_half_as_many_bytes(self):
        def total(dtype):
            result = run("layers", "vgg16", "--dtype", dtype, "--format", "json")
            self.assert_done(result)
            return json.loads(result.stdout)["bytes"]

        self.assertEqual(total("f32"), 2 * total("bf16"))


class Fusions(TestCase):
    def test_a_profile_says_what_its_runtime_fuses(self):
        shipped = next((ROOT / "profiles").glob("*.json"))
        profile = json.loads(shipped.read_text())
        profile["fusion"] = "conv-bn-relu"
        fused = self.write("fused.json", json.dumps(profile))

        def layers(device):
            result = run("estimate", "resnet18", "--device", device, "--format", "json")
            self.assert_done(result)
            estimate = json.loads(result.stdout)
            self.assertEqual("none" if device == shipped else "conv-bn-relu",
                             estimate["profile"]["fusion"])
            return {layer["name"]: layer for layer in estimate["layers"]}

        plain, merged = layers(shipped), layers(fused)
        self.assertEqual("fallback", plain["bn1"]["coverage"])
        for name in ("bn1", "relu"):
            self.assertEqual("free", merged[name]["coverage"])
            self.assertIn("done in 'conv1'", merged[name]["note"])
        self.assertNotIn("bias=0", merged["conv1"]["spec"])
        self.assertEqual(sum(x["params"] for x in plain.values()),
                         sum(x["params"] for x in merged.values()))

    def test_an_unknown_fusion_is_refused(self):
        shipped = next((ROOT / "profiles").glob("*.json"))
        profile = json.loads(shipped.read_text())
        profile["fusion"] = "everything"
        path = self.write("odd.json", json.dumps(profile))
        self.assert_refused(run("estimate", "alexnet", "--device", path), {INPUT}, "fusion")
