# SPDX-License-Identifier: Apache-2.0
"""Meters on hardware that is not here: known true watts in, joules out.

tests/fakerapl serves /sys/class/powercap; tests/fakenvml stands in NVIDIA's place.
"""

import json
import pathlib
import re
import shutil
import unittest

from harness import PROGRAM, ROOT, TestCase, run, run_command

USAGE, DEVICE = 2, 4
FAKERAPL = PROGRAM.parent / "fakerapl"
FAKENVML = PROGRAM.parent / "fakenvml"
WITH_FAKERAPL = ROOT / "tests/fakerapl/with_fakerapl"
NOT_ALLOWED = 125
UNIT_J = 2**-14  # fakerapl's counters move in such steps


class Rows:
    """What `measure --format json` says of its first run."""

    def __init__(self, report):
        self.report = report
        run_report = report["runs"][0]
        self.sum = run_report["sum"]
        self.domains = {row["domain"]: row for row in run_report["domains"]}


class MeterTestCase(TestCase):
    def measure(self, options=(), seconds=1.2, env=None, before=()):
        """Measures a sleep by the program, which `before` starts; (result, rows)."""
        out = self.folder / "report.json"
        result = run_command([*before, PROGRAM, "measure", *options, "--format", "json", "-o", out,
                              "--", "sleep", str(seconds)], env=env)
        return result, Rows(json.loads(out.read_text())) if out.exists() else None

    def assert_energy(self, row, watts, unit_j=UNIT_J):
        """The joules of a true power: within 0.1 % and a unit of the counter."""
        self.assertIsNotNone(row["energy_j"], row)
        truth_j = watts * row["time_s"]
        self.assertAlmostEqual(truth_j, row["energy_j"], delta=1e-3 * truth_j + unit_j, msg=row)

    def assert_sum(self, rows, watts):
        """The sum has these parts' joules; its own time is not quite theirs."""
        parts = [(rows.domains[domain], true_w) for domain, true_w in watts.items()]
        truth_j = sum(true_w * row["time_s"] for row, true_w in parts)
        self.assertIsNotNone(rows.sum["energy_j"], rows.sum)
        self.assertAlmostEqual(truth_j, rows.sum["energy_j"],
                               delta=1e-3 * truth_j + len(parts) * UNIT_J, msg=rows.sum)

    def assert_unknown(self, row, reason):
        """Never turned into joules, and the reason is told."""
        self.assertIsNone(row["energy_j"], row)
        self.assertIsNone(row["power_w"], row)
        self.assertRegex(row["failure"], reason)


class PowercapTest(MeterTestCase):
    @classmethod
    def setUpClass(cls):
        if not FAKERAPL.exists():
            raise unittest.SkipTest(f"no {FAKERAPL}: build it (needs libfuse3-dev)")

    def on(self, scenario, options=("--meter", "powercap"), **more):
        """Measures on a machine whose zones the scenario's lines describe."""
        path = self.write("scenario", scenario)
        result, rows = self.measure(options, before=[WITH_FAKERAPL, FAKERAPL, path], **more)
        self.skip_where_not_allowed(result)
        return result, rows

    def skip_where_not_allowed(self, result):
        if result.code == NOT_ALLOWED:
            self.skipTest(result.stderr.strip())

    def test_two_sockets_with_memory_across_wraps(self):
        # A package wraps once on its way; a memory of 10 J many times, and must be watched.
        result, rows = self.on("""
intel-rapl:0 package-1 120.5 start-uj=262043328850
intel-rapl:0:0 dram 12.25 range-uj=10000000
intel-rapl:1 package-0 88
intel-rapl:1:0 dram 9.5 range-uj=65712999613
""", seconds=2.5)
        self.assert_done(result)
        watts = {"package-0": 88, "package-1": 120.5, "dram-0": 9.5, "dram-1": 12.25}
        self.assertEqual(watts.keys(), rows.domains.keys())
        for domain, true_w in watts.items():
            with self.subTest(domain=domain):
                self.assert_energy(rows.domains[domain], true_w)
                self.assertEqual("measured", rows.domains[domain]["evidence"])
        self.assertLess(rows.domains["package-1"]["raw_end"],
                        rows.domains["package-1"]["raw_start"], "it was to wrap")
        self.assert_sum(rows, watts)

    def test_amd(self):
        result, rows = self.on("""
intel-rapl:0 package-0 65 range-uj=65532610987 start-uj=65500000000
intel-rapl:0:0 core 31.5 range-uj=65532610987
""", seconds=2)
        self.assert_done(result)
        self.assert_energy(rows.domains["package-0"], 65)
        self.assert_energy(rows.domains["core-0"], 31.5)
        self.assert_sum(rows, {"package-0": 65})

    def test_laptop_with_platform_and_twin(self):
        result, rows = self.on("""
intel-rapl-mmio:0 package-0 15.5
intel-rapl:0 package-0 15.5
intel-rapl:0:0 core 9
intel-rapl:0:1 uncore 2
intel-rapl:0:2 dram 1.5
intel-rapl:1 psys 31
""", seconds=2)
        self.assert_done(result)
        self.assertEqual({"package-0", "dram-0", "core-0", "uncore-0", "psys"},
                         rows.domains.keys())
        self.assert_energy(rows.domains["psys"], 31)
        self.assert_sum(rows, {"package-0": 15.5, "dram-0": 1.5})

    def test_a_zone_that_vanishes(self):
        result, rows = self.on("""
intel-rapl:0 package-0 50
intel-rapl:0:0 dram 5 vanish-after-s=0.5
""")
        self.assert_done(result)
        self.assert_energy(rows.domains["package-0"], 50)
        self.assert_unknown(rows.domains["dram-0"], "dram|intel-rapl:0:0.*gone")
        self.assert_unknown(rows.sum, "dram-0")

    def test_a_zone_that_fails_after_a_while(self):
        result, rows = self.on("""
intel-rapl:0 package-0 50 eio-after-s=0.5
intel-rapl:0:0 dram 5
""")
        self.assert_done(result)
        self.assert_unknown(rows.domains["package-0"], "Input/output error")
        self.assert_energy(rows.domains["dram-0"], 5)

    def test_a_counter_that_stops(self):
        for stuck_after_s in (0, 0.5):
            with self.subTest(stuck_after_s=stuck_after_s):
                result, rows = self.on(f"""
intel-rapl:0 package-0 50
intel-rapl:0:0 dram 5 stuck-after-s={stuck_after_s}
""")
                self.assert_done(result)
                self.assert_energy(rows.domains["package-0"], 50)
                self.assert_unknown(rows.domains["dram-0"], "stopped|did not move|stood still")

    def test_a_zone_without_a_range(self):
        result, rows = self.on("""
intel-rapl:0 package-0 50 no-range
intel-rapl:1 package-1 40
""")
        self.assert_done(result)
        self.assert_unknown(rows.domains["package-0"], "max_energy_range_uj")
        self.assert_energy(rows.domains["package-1"], 40)
        self.assert_unknown(rows.sum, "max_energy_range_uj")

    def test_a_zone_that_may_not_be_read(self):
        result, rows = self.on("""
intel-rapl:0 package-0 50 denied
intel-rapl:1 package-1 40
""")
        self.assert_done(result)
        self.assert_unknown(rows.domains["package-0"], "Permission denied")

    def test_none_may_be_read(self):
        result, rows = self.on("intel-rapl:0 package-0 50 denied\n")
        self.assertIsNone(rows)
        self.assert_refused(result, [DEVICE], "permission denied", r"sudo chmod a\+r", "udev")

    def test_chosen_by_itself_before_the_model(self):
        result, rows = self.on("intel-rapl:0 package-0 50\n", options=[])
        self.assert_done(result)
        self.assertEqual("powercap", rows.domains["package-0"]["meter"])

    def test_a_model_beside_a_counter_never_enters_the_sum(self):
        result, rows = self.on("intel-rapl:0 package-0 50\n",
                               options=["--meter", "modelled,powercap"])
        self.assert_done(result)
        self.assertEqual("measured", rows.sum["evidence"])
        self.assertEqual("powercap:package-0", rows.sum["domain"])

    def test_doctor_tells_what_works_and_what_would_help(self):
        for option, said in (("", "package-0"), ("denied", r"chmod a\+r")):
            path = self.write("scenario", f"intel-rapl:0 package-0 50 {option}\n")
            result = run_command([WITH_FAKERAPL, FAKERAPL, path, PROGRAM, "doctor"])
            self.skip_where_not_allowed(result)
            self.assertRegex(result.stdout, said, result.describe())


class RealCountersTest(MeterTestCase):
    def test_powercap_agrees_with_perf_stat(self):
        pmu = pathlib.Path("/sys/bus/event_source/devices/power/events/energy-pkg")
        if not pmu.exists() or not shutil.which("perf"):
            self.skipTest("needs a processor's energy counters and the program perf")
        perf = ["perf", "stat", "-a", "-x,", "-o", self.folder / "perf.csv",
                "-e", "power/energy-pkg/", "--"]
        result, rows = self.measure(["--meter", "powercap"], seconds=5, before=perf)
        self.assert_done(result)
        counted = re.search(r"^([0-9.]+),Joules", (self.folder / "perf.csv").read_text(), re.M)
        packages_j = sum(row["energy_j"] for name, row in rows.domains.items()
                         if name.startswith("package"))
        # perf's window is longer by our program's start and end.
        self.assertAlmostEqual(float(counted[1]), packages_j, delta=0.03 * packages_j)


class NvmlTest(MeterTestCase):
    def gpus(self, *facts):
        """The environment in which these are this machine's GPUs."""
        if not FAKENVML.exists():
            self.skipTest(f"no {FAKENVML}: build it")
        path = self.write("facts", "".join(fact + "\n" for fact in facts))
        return {"LD_LIBRARY_PATH": str(FAKENVML), "FAKENVML": str(path)}

    def test_several_gpus_with_late_ticks(self):
        env = self.gpus("gpu GPU-aaaa 250 tick-ms=20 late", "gpu GPU-bbbb 100 tick-ms=100")
        result, rows = self.measure(["--meter", "nvml"], seconds=2, env=env)
        self.assert_done(result)
        # Each edge may miss what a tick, or a late one and a half, would have added.
        self.assert_energy(rows.domains["gpu-0"], 250, 1.5 * 250 * 0.020)
        self.assert_energy(rows.domains["gpu-1"], 100, 100 * 0.100)
        self.assertEqual("measured", rows.sum["evidence"])

    def test_one_gpu_by_index_or_uuid(self):
        env = self.gpus("gpu GPU-aaaa 250", "gpu GPU-bbbb 100")
        for name in ("1", "GPU-bbbb"):
            result, rows = self.measure(["--meter", f"nvml:{name}"], env=env)
            self.assert_done(result)
            self.assertEqual(["gpu-1"], list(rows.domains))

    def test_power_is_summed_where_there_is_no_counter_and_tagged(self):
        env = self.gpus("gpu GPU-aaaa 70 no-energy")
        result, rows = self.measure(["--meter", "nvml"], env=env)
        self.assert_done(result)
        self.assert_energy(rows.domains["gpu-0"], 70)
        self.assertEqual("integrated", rows.domains["gpu-0"]["evidence"])
        self.assertEqual("integrated", rows.sum["evidence"])

    def test_a_gpu_that_is_lost(self):
        env = self.gpus("gpu GPU-aaaa 70 lost-after-ms=600", "gpu GPU-bbbb 100 tick-ms=1")
        result, rows = self.measure(["--meter", "nvml"], env=env)
        self.assert_done(result)
        self.assert_unknown(rows.domains["gpu-0"], "GPU is lost")
        self.assert_energy(rows.domains["gpu-1"], 100, 0.2)

    def test_a_split_gpu_is_refused(self):
        env = self.gpus("gpu GPU-aaaa 70 mig")
        result, _ = self.measure(["--meter", "nvml:0"], env=env)
        self.assert_refused(result, [DEVICE], "split by MIG", "-mig 0")

    def test_without_a_driver(self):
        env = self.gpus("init 9")
        result, _ = self.measure(["--meter", "nvml"], env=env)
        self.assert_refused(result, [DEVICE], "Driver Not Loaded", "modprobe nvidia")
        if not list(pathlib.Path("/usr/lib").glob("**/libnvidia-ml.so.1")):
            result, _ = self.measure(["--meter", "nvml"])
            self.assert_refused(result, [DEVICE], "libnvidia-ml.so.1", "driver")


class BadMeterTest(TestCase):
    def test_a_meter_that_nobody_knows(self):
        result = run("measure", "--meter", "wattmeter", "--", "true")
        self.assert_refused(result, [USAGE], "no meter 'wattmeter'", "powercap", "doctor")

    def test_the_same_counter_twice(self):
        result = run("measure", "--meter", "fake:watts=1,fake:watts=2", "--", "true")
        self.assert_refused(result, [USAGE], "meters overlap", "machine/fake")


if __name__ == "__main__":
    unittest.main()
