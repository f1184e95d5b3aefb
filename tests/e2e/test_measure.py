# SPDX-License-Identifier: Apache-2.0
"""joulecast measure -- COMMAND and joulecast doctor, on meters that need no hardware."""

import csv
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import threading
import time

from harness import PROGRAM, TestCase, run

FAKE = ("--meter", "fake:watts=20")


class Measured(TestCase):
    def measure_json(self, *arguments, code=0, **options):
        report = self.folder / "report.json"
        result = run("measure", "--format", "json", "-o", report, *arguments, **options)
        self.assertEqual(code, result.code, result.describe())
        return json.loads(report.read_text())

    def start(self, *arguments):
        """The program, once its command has said that it is ready."""
        process = subprocess.Popen([PROGRAM, "measure", *map(str, arguments)], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.assertEqual("ready\n", process.stdout.readline())
        return process


class MeasureCommand(Measured):
    def test_joules_are_watts_times_seconds(self):
        report = self.measure_json(*FAKE, "--", "sleep", "0.5")
        (one,) = report["runs"]
        (domain,) = one["domains"]
        self.assertGreaterEqual(one["time_s"], 0.5)
        # A reading and its time may lie a moment apart where the scheduler comes between.
        self.assertAlmostEqual(20 * domain["time_s"], domain["energy_j"], delta=0.02)
        self.assertAlmostEqual(20, domain["power_w"], delta=0.05)
        self.assertAlmostEqual(one["sum"]["energy_j"], domain["energy_j"], delta=1e-9)
        self.assertEqual(["sleep", "0.5"], report["command"])

    def test_the_commands_output_is_untouched(self):
        result = run("measure", *FAKE, "--", "sh", "-c", "cat; echo err >&2", stdin="a\0b\n")
        self.assertEqual("a\0b\n", result.stdout)
        self.assertTrue(result.stderr.startswith("err\n"), result.stderr)
        self.assertIn("modelled", result.stderr)

    def test_words_reach_the_command_as_they_are(self):
        words = ["a b", "", "--meter", "-o", "--", "[1,2]", "%%", "*", "fit", "-h"]
        result = run("measure", *FAKE, "--", "printf", "<%s>", *words)
        self.assertEqual("".join(f"<{word}>" for word in words), result.stdout)

    def test_the_exit_code_is_the_commands(self):
        for code in (1, 4, 77, 255):
            self.assertEqual(code, run("measure", *FAKE, "--", "sh", "-c", f"exit {code}").code)
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM):
            report = self.measure_json(*FAKE, "--", "sh", "-c", f"kill -{number:d} $$",
                                       code=128 + number)
            self.assertEqual(number.name, report["runs"][0]["signal"])
            self.assertIsNone(report["interrupted_by"])

    def test_cpu_time_has_the_childrens(self):
        burn = "import time\nwhile time.process_time() < 0.3: pass"
        report = self.measure_json(*FAKE, "--", "sh", "-c", f"'{sys.executable}' -c '{burn}'; true")
        self.assertGreaterEqual(report["runs"][0]["cpu_time_s"], 0.3)

    def test_idle_windows_give_the_net(self):
        script = self.write("script", "0 machine 0\n" + "".join(
            f"{0.1 * i:.1f} machine {i}\n" for i in range(1, 60)))
        report = self.measure_json("--meter", f"fake:script={script}", "--idle-s", "1", "--",
                                   "sleep", "1")
        (domain,) = report["runs"][0]["domains"]
        self.assertEqual("idle before and after", domain["idle_basis"])
        self.assertAlmostEqual(10, domain["idle_power_w"], delta=1.5)  # one step of a tenth
        self.assertAlmostEqual(0, domain["net_energy_j"], delta=2.5)

    def test_without_idle_windows_there_is_no_net_and_a_reason(self):
        (domain,) = self.measure_json(*FAKE, "--", "true")["runs"][0]["domains"]
        self.assertIsNone(domain["net_energy_j"])
        self.assertIn("--idle-s", domain["net_is_missing"])

    def test_repeats_have_a_mean(self):
        report = self.measure_json(*FAKE, "--repeat", "3", "--", "sleep", "0.1")
        energies = [one["sum"]["energy_j"] for one in report["runs"]]
        self.assertEqual(3, len(energies))
        self.assertAlmostEqual(sum(energies) / 3, report["mean"]["energy_j"], delta=1e-9)
        self.assertLess(report["mean"]["relative_standard_error"], 0.2)

    def test_overlapping_meters_are_each_told_and_not_added(self):
        meters = "fake:watts=20:part=machine/package-0,fake:watts=50:part=machine"
        result = run("measure", "--meter", meters, "--format", "json", "-o", "-", "--",
                     "sleep", "0.2")
        self.assert_done(result)
        report = json.loads(result.stdout)
        inner, outer = report["runs"][0]["domains"]
        self.assertAlmostEqual(20, inner["power_w"], delta=0.2)
        self.assertAlmostEqual(50, outer["power_w"], delta=0.5)
        self.assertEqual(inner["energy_j"], report["runs"][0]["sum"]["energy_j"])
        self.assertTrue(any("contains" in note for note in report["notes"]), report["notes"])

    def test_modelled_says_so_everywhere(self):
        table = self.folder / "runs.csv"
        metrics = self.folder / "runs.prom"
        arguments = ("--meter", "modelled", "--tdp-w", "100", "--csv", table,
                     "--prometheus", metrics, "--", "sleep", "0.3")
        report = self.measure_json(*arguments)
        (one,) = report["runs"]
        for row in [*one["domains"], one["sum"]]:
            self.assertEqual("modelled", row["evidence"])
            self.assertGreater(row["energy_j"], 0)
        self.assertTrue(any("doctor" in note for note in report["notes"]))
        self.assertIn("modelled: no counter stands behind it", run("measure", *arguments).stderr)
        with table.open(newline="") as file:
            self.assertEqual({"modelled"}, {row["evidence"] for row in csv.DictReader(file)})
        samples = [line for line in metrics.read_text().splitlines() if "meter=" in line]
        self.assertTrue(samples)
        for line in samples:
            self.assertIn('evidence="modelled"', line)


class MeasureFailures(Measured):
    def test_bad_usage_runs_nothing(self):
        proof = self.folder / "ran"
        for arguments, said in (
                (("--meter", "nonsense"), "no meter 'nonsense'; known: "),
                (("--meter", "fake:watts=1,fake:watts=2"), "overlap"),
                (("--meter", "fake:watts=many"), "fake"),
                (("--idle-s", "-1"), "idle-s"),
                (("--repeat", "0"), "repeat"),
                (("--bogus",), "bogus")):
            with self.subTest(arguments):
                self.assert_refused(run("measure", *arguments, "--", "touch", proof), [2], said)
        self.assertFalse(proof.exists())

    def test_a_command_is_needed(self):
        self.assert_refused(run("measure"), [2], "needs a command behind --")
        self.assert_refused(run("measure", *FAKE, "--"), [2], "needs a command behind --")

    def test_what_cannot_run(self):
        self.assert_refused(run("measure", *FAKE, "--", "no-such-program"), [127],
                            "cannot run 'no-such-program': No such file")
        text = self.write("text", "echo hello\n")
        self.assert_refused(run("measure", *FAKE, "--", text), [126], "Permission denied")

    def test_outputs_that_cannot_be_written_are_refused_first(self):
        proof = self.folder / "ran"
        other = self.write("other.csv", "a,b\n1,2\n")
        nowhere = self.folder / "no-such-folder/file"
        for option, path, said in (
                ("--csv", other, "first line is another one"),
                ("--csv", nowhere, "No such file or directory"),
                ("--csv", self.folder, "directory"),
                ("--prometheus", nowhere, "No such file or directory"),
                ("-o", nowhere, "No such file or directory")):
            with self.subTest(option=option, path=path):
                result = run("measure", *FAKE, option, path, "--", "touch", proof)
                self.assert_refused(result, [3], re.escape(str(path)) + ".*" + said)
        self.assertFalse(proof.exists())
        self.assertEqual("a,b\n1,2\n", other.read_text())

    def test_a_full_disk_loses_neither_the_report_nor_the_exit_code(self):
        table = self.folder / "runs.csv"
        run("measure", *FAKE, "--csv", table, "--", "true")
        size = table.stat().st_size

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10))

        for code, expected in ((0, 3), (5, 5)):
            done = subprocess.run([PROGRAM, "measure", *FAKE, "--csv", table, "--",
                                   "sh", "-c", f"exit {code}"], preexec_fn=limit, check=False,
                                  capture_output=True, text=True)
            self.assertEqual(expected, done.returncode, done.stderr)
            self.assertIn(f"cannot append to {table}: File too large", done.stderr)
            self.assertIn(f"exit code {code}", done.stderr)
            self.assertEqual(size, table.stat().st_size)

    def test_a_meter_that_fails_on_the_way_costs_only_its_own_numbers(self):
        script = self.write("script", "0 machine/dram-0 0\n0.1 machine/dram-0 failed vanished\n")
        meters = f"fake:watts=20:part=machine/package-0,fake:script={script}"
        report = self.measure_json("--meter", meters, "--", "sh", "-c", "sleep 0.3; exit 6",
                                   code=6)
        package, memory = report["runs"][0]["domains"]
        self.assertAlmostEqual(20, package["power_w"], delta=0.2)
        self.assertIsNone(memory["energy_j"])
        self.assertIn("vanished", memory["failure"])
        self.assertIsNone(report["runs"][0]["sum"]["energy_j"])

    def test_a_stuck_counter_is_no_joules(self):
        script = self.write("script", "0 machine 1000\n")
        (domain,) = self.measure_json("--meter", f"fake:script={script}", "--",
                                      "sleep", "1.1")["runs"][0]["domains"]
        self.assertIsNone(domain["energy_j"])
        self.assertIn("did not move", domain["failure"])

    def test_a_counter_that_jumps_is_no_joules(self):
        script = self.write("script", "0 machine/package-0 0\n0.1 machine/package-0 262144\n")
        (domain,) = self.measure_json("--meter", f"fake:script={script}", "--",
                                      "sleep", "0.3")["runs"][0]["domains"]
        self.assertIsNone(domain["energy_j"])
        self.assertIn("jumped", domain["failure"])


class Signals(Measured):
    READY = "echo ready; exec sleep 60"

    def test_ctrl_c_gives_the_partial_result(self):
        report = self.folder / "report.json"
        process = self.start(*FAKE, "--format", "json", "-o", report, "--", "sh", "-c", self.READY)
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(128 + signal.SIGINT, process.wait(timeout=20))
        found = json.loads(report.read_text())
        self.assertEqual("SIGINT", found["interrupted_by"])
        self.assertGreater(found["runs"][0]["domains"][0]["energy_j"], 0)
        self.assertTrue(any("partial" in note for note in found["notes"]))

    def test_signals_are_passed_on(self):
        script = "trap 'echo got; exit 9' {}; echo ready; while :; do sleep 0.01; done"
        for name in ("TERM", "HUP", "USR1", "QUIT", "INT"):
            with self.subTest(name):
                process = self.start(*FAKE, "--", "sh", "-c", script.format(name))
                process.send_signal(getattr(signal, "SIG" + name))
                out, err = process.communicate(timeout=20)
                self.assertEqual(("got\n", 9), (out, process.returncode), err)

    def test_ctrl_c_while_resting_runs_nothing(self):
        proof = self.folder / "ran"
        process = subprocess.Popen([PROGRAM, "measure", *FAKE, "--idle-s", "60", "--",
                                    "touch", proof], stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        blocked = 0
        while not blocked >> (signal.SIGINT - 1) & 1 and time.monotonic() < deadline:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            blocked = int(status.split("SigBlk:")[1].split()[0], 16)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        self.assertEqual(130, process.returncode, err)
        self.assertIn("did not run", err)
        self.assertFalse(proof.exists())


class Quiet(Measured):
    def test_nothing_of_ours_runs_beside_the_command(self):
        process = self.start(*FAKE, "--", "sh", "-c", "echo ready; exec sleep 1")

        def switches():
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            self.assertIn("Threads:\t1\n", status)
            return re.findall(r"ctxt_switches:\t(\d+)", status)

        time.sleep(0.3)  # it has gone to sleep by then
        before = switches()
        time.sleep(0.4)
        self.assertEqual(before, switches())
        process.wait(timeout=20)


class Outputs(Measured):
    def test_csv_rows_are_appended_by_many_at_once(self):
        table = self.folder / "runs.csv"
        threads = [threading.Thread(target=run, args=(
            "measure", *FAKE, "--csv", table, "--", "echo", "a,\"b\"\nc")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with table.open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(16, len(rows))  # the counter and the sum, eight times
        for row in rows:
            self.assertEqual("echo a,\"b\"\nc", row["command"])
            self.assertGreater(float(row["energy_j"]), 0)
            self.assertIsNone(row.get(None), "no more fields than the header has")
            self.assertIsNotNone(row["reason"], "and no fewer")

    def test_prometheus_reads_the_metrics(self):
        metrics = self.folder / "joulecast.prom"
        self.assert_done(run("measure", *FAKE, "--prometheus", metrics, "--", "sh", "-c", ': "a\\\\b"'))
        self.assertEqual([metrics], list(self.folder.iterdir()), "nothing half-written stays")
        typed = set()
        for line in metrics.read_text().splitlines():
            if line.startswith("# TYPE "):
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                self.assertRegex(line, r'^[a-z_]+\{([a-z]+="([^"\\]|\\[\\"n])*",?)+\} [-+.e0-9]+$')
                self.assertIn(line.split("{")[0], typed)
        self.assertIn("joulecast_command_energy_joules", typed)


class Doctor(TestCase):
    def test_every_meter_works_or_says_why_not(self):
        result = run("doctor", "--format", "json")
        self.assertIn(result.code, (0, 4), result.describe())
        found = json.loads(result.stdout)
        names = {meter["meter"] for meter in found["meters"]}
        self.assertLessEqual({"modelled", "fake"}, names)
        for meter in found["meters"]:
            if not meter["works"]:
                self.assertTrue(meter["why_not"], meter)
                continue
            self.assertGreater(meter["read_cost_s"], 0)
            for domain in meter["domains"]:
                self.assertIn(domain["evidence"], ("measured", "integrated", "modelled"))
        self.assertEqual(result.code == 4, found["evidence"] is None)

    def test_without_counters_it_says_what_would_have_to_change(self):
        found = json.loads(run("doctor", "--format", "json").stdout)
        if found["evidence"] == "measured":
            self.skipTest("this machine has energy counters")
        self.assertTrue(found["advice"])
        text = run("doctor").stdout
        for advice in found["advice"]:
            self.assertIn(advice, text)
        if found["evidence"] == "modelled":
            self.assertIn(": modelled\n", text)
