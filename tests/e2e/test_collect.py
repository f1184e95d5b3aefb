# SPDX-License-Identifier: Apache-2.0
"""Campaigns through the real program: whatever ends one, what was measured stays, once."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import time
import unittest

from harness import PROGRAM, ROOT, TestCase, run

USAGE, INPUT, DEVICE = 2, 3, 4

# Repetitions are fixed in number, so that a finished campaign has one set of keys.
CAMPAIGN = """name = "e2e"
seed = 5
[repeats]
window_s = 0.01
fewest = 2
most = 2
idle_s = 0
[[layers]]
type = "relu"
sampling = "log-uniform"
configurations = 40
ranges = { batch = [1, 8], elements = [100, 10000] }
[[layers]]
type = "linear"
sampling = "uniform"
configurations = 20
ranges = { batch = [1, 8], in = [1, 64], out = [1, 64] }
"""
ALL_ROWS = 2 * 60

METER = ["--meter", "fake:watts=20", "--threads", "1"]

# A dataset as version 1 made it, with one row.
VERSION_1 = """
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cpu TEXT NOT NULL,
  sockets INTEGER, memory_bytes INTEGER, software TEXT NOT NULL, host_facts TEXT NOT NULL) STRICT;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE measurement (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
  source_id INTEGER NOT NULL REFERENCES source (id),
  device_id INTEGER NOT NULL REFERENCES device (id), origin TEXT NOT NULL, spec TEXT NOT NULL,
  model TEXT NOT NULL, batch INTEGER NOT NULL, architecture TEXT NOT NULL, layer_index INTEGER,
  repetition INTEGER NOT NULL, passes INTEGER NOT NULL, energy_j REAL, time_s REAL,
  tag TEXT NOT NULL, meter TEXT NOT NULL, source_file TEXT NOT NULL, source_row INTEGER,
  started TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, rejected_published TEXT,
  rejected_physics TEXT) STRICT;
INSERT INTO device VALUES (1, 'old', 'Old CPU', 1, NULL, 'none', '{}');
INSERT INTO source VALUES (1, 'test');
INSERT INTO measurement VALUES (1, 'old key', 1, 1, 'random', 'linear batch=2 in=3 out=4', '', 2,
  '', NULL, 1, 10, 5.5, 2.0, 'measured', 'rapl', '', NULL, '', 'ok', NULL, NULL, NULL);
PRAGMA application_id = 1248818540;
PRAGMA user_version = 1;
"""


def rows_of(path):
    """(key, energy, passes) of every stored repetition; none before the first."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute("SELECT key, energy_j, passes FROM measurement").fetchall()
    except sqlite3.OperationalError:
        return []


class CollectTest(TestCase):

    @classmethod
    def setUpClass(cls):
        if not (PROGRAM.parent / "joulecast-run").exists():
            raise unittest.SkipTest(f"no joulecast-run beside {PROGRAM}: built without libtorch")

    def setUp(self):
        super().setUp()
        self.campaign = self.write("c.toml", CAMPAIGN)
        self.dataset = self.folder / "d.db"

    def collect(self, *more, dataset=None, campaign=None):
        return run("collect", campaign or self.campaign, "-o", dataset or self.dataset, *METER,
                   *more, timeout_s=120)

    def start(self, dataset=None):
        process = subprocess.Popen(
            [PROGRAM, "collect", self.campaign, "-o", dataset or self.dataset, *METER],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def tidy():
            process.kill()
            process.communicate()
        self.addCleanup(tidy)
        return process

    def wait_for_rows(self, process, count):
        deadline = time.monotonic() + 60
        while len(rows_of(self.dataset)) < count:
            self.assertIsNone(process.poll(), process.stderr.read() if process.poll() else "")
            self.assertLess(time.monotonic(), deadline, "no rows come")
            time.sleep(0.01)

    def mount_tmpfs(self, size):
        folder = self.folder / "disk"
        folder.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"may not mount a small disk: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def remount(self, folder, options):
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)

    def test_finds_nothing_to_do_the_second_time(self):
        first = self.collect("--format", "json")
        self.assert_done(first)
        report = json.loads(first.stdout)
        self.assertEqual(ALL_ROWS, report["added"])
        self.assertEqual(0, report["unfinished"])
        self.assertEqual("", first.stderr)
        again = json.loads(self.collect("--format", "json").stdout)
        self.assertEqual((ALL_ROWS, 0), (again["found"], again["added"]))
        self.assertEqual([], [row for row in rows_of(self.dataset) if row[1] is None])

    def test_a_page_says_how_far_it_is(self):
        page = self.folder / "c.html"
        result = self.collect("--format", "html", "--report", page)
        body = self.assert_page(result, page.read_text() if page.exists() else "")
        self.assertEqual("", result.stdout)
        self.assertIn("Configurations by what became of them", body)
        self.assertIn("Rejected windows", body)

    def test_a_kill_at_any_moment_loses_and_doubles_nothing(self):
        reference = self.folder / "whole.db"
        self.assert_done(self.collect(dataset=reference))
        keys = sorted(row[0] for row in rows_of(reference))
        dice = random.Random(7)
        kills = 0
        while kills < 20 and len(rows_of(self.dataset)) < ALL_ROWS - 2:
            process = self.start()
            before = rows_of(self.dataset)
            # Some die while they start, most of them while they measure.
            self.wait_for_rows(process, len(before) + dice.randrange(0, 5))
            time.sleep(0.02 * dice.random())
            acknowledged = rows_of(self.dataset)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertLessEqual(set(acknowledged), set(rows_of(self.dataset)))
            kills += 1
        self.assertEqual(20, kills, "the campaign is too short for this test")
        kept = rows_of(self.dataset)
        self.assert_done(self.collect())
        rows = rows_of(self.dataset)
        self.assertLessEqual(set(kept), set(rows))
        self.assertEqual(keys, sorted(row[0] for row in rows))
        with contextlib.closing(sqlite3.connect(self.dataset)) as database:
            self.assertEqual([("ok",)], database.execute("PRAGMA integrity_check").fetchall())

    def test_sigterm_ends_between_repetitions(self):
        process = self.start()
        self.wait_for_rows(process, 3)
        process.terminate()
        out, err = process.communicate(timeout=30)
        self.assertEqual(128 + signal.SIGTERM, process.returncode, err)
        self.assertIn("the same command goes on from there", err)
        self.assertIn("unfinished", out)
        stored = rows_of(self.dataset)
        self.assert_done(self.collect())
        self.assertLessEqual(set(stored), set(rows_of(self.dataset)))
        self.assertEqual(ALL_ROWS, len(rows_of(self.dataset)))

    def test_a_full_disk_is_told_and_nothing_is_lost(self):
        disk = self.mount_tmpfs("200k")
        self.dataset = disk / "d.db"
        full = self.collect()
        self.assertEqual(DEVICE, full.code, full.describe())
        self.assertRegex(full.stderr, "d.db: .*(disk is full|cannot write)")
        stored = rows_of(self.dataset)
        self.remount(disk, "size=20m")
        self.assert_done(self.collect())
        self.assertLessEqual(set(stored), set(rows_of(self.dataset)))
        self.assertEqual(ALL_ROWS, len(rows_of(self.dataset)))

    def test_a_folder_that_may_not_be_written(self):
        disk = self.mount_tmpfs("1m")
        self.remount(disk, "ro")
        self.assert_refused(self.collect(dataset=disk / "d.db"), [DEVICE], "writable|read-only")

    def test_a_dataset_locked_by_another_process(self):
        self.assert_done(run("dataset", "merge", self.started_dataset(), "-o", self.dataset))
        with contextlib.closing(sqlite3.connect(self.dataset, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            locked = self.collect()
        self.assert_refused(locked, [DEVICE], "d.db", "locked by another process")

    def started_dataset(self):
        path = self.folder / "started.db"
        self.assert_done(self.collect("--shard", "1/30", dataset=path))
        return path

    def test_two_campaigns_at_once(self):
        process = self.start()
        self.wait_for_rows(process, 1)
        self.assert_refused(self.collect(), [DEVICE], "d.db", "another campaign")
        process.terminate()
        process.communicate()
        self.assert_done(self.collect())
        self.assertEqual(ALL_ROWS, len(rows_of(self.dataset)))
        self.assertFalse((self.folder / "d.db.campaign").exists(), "the lock is gone with its holder")

    def test_an_older_dataset_is_upgraded_with_its_rows(self):
        with contextlib.closing(sqlite3.connect(self.dataset)) as database:
            database.executescript(VERSION_1)
        self.assert_refused(run("dataset", "stats", self.dataset), [INPUT], "version is 1",
                            "dataset upgrade")
        self.assert_done(self.collect())
        rows = rows_of(self.dataset)
        self.assertEqual(ALL_ROWS + 1, len(rows))
        self.assertIn(("old key", 5.5, 10), rows)

    def test_a_newer_dataset_is_refused(self):
        with contextlib.closing(sqlite3.connect(self.dataset)) as database:
            database.executescript(VERSION_1.replace("user_version = 1", "user_version = 99"))
        before = self.dataset.read_bytes()
        self.assert_refused(self.collect(), [INPUT], "version is 99", "newer joulecast")
        self.assertEqual(before, self.dataset.read_bytes())

    def test_shards_make_the_whole(self):
        parts = []
        for i in (1, 2, 3):
            parts.append(self.folder / f"part{i}.db")
            self.assert_done(self.collect("--shard", f"{i}/3", dataset=parts[-1]))
        merged = self.folder / "merged.db"
        self.assert_done(run("dataset", "merge", *parts, "-o", merged))
        self.assert_done(self.collect())
        self.assertEqual(sorted(row[0] for row in rows_of(self.dataset)),
                         sorted(row[0] for row in rows_of(merged)))

    def test_a_time_budget_is_kept(self):
        budgeted = self.collect("--time-budget", "1s", "--format", "json")
        self.assert_done(budgeted)
        report = json.loads(budgeted.stdout)
        self.assertLess(report["elapsed_s"], 3)
        if report["added"] < ALL_ROWS:
            self.assertEqual("out of time", report["ended_by"])

    def test_a_dry_run_measures_nothing(self):
        dry = run("collect", self.campaign, "--dry-run", "--format", "json")
        self.assert_done(dry)
        report = json.loads(dry.stdout)
        self.assertEqual({"linear": 20, "relu": 40}, report["blocks"])
        self.assertGreater(report["least_s"], ALL_ROWS * 0.01)
        self.assertEqual(["c.toml"], os.listdir(self.folder))

    def test_a_dry_run_is_no_page(self):
        self.assert_refused(self.collect("--dry-run", "--format", "html"), [USAGE, DEVICE],
                            "--dry-run|nodejs")

    def test_the_campaigns_that_ship_can_be_planned(self):
        shipped = sorted((ROOT / "campaigns").glob("*.toml"))
        self.assertEqual(["getzner2023.toml", "nets.toml", "quick.toml", "training.toml"],
                         [path.name for path in shipped])
        for path in shipped:
            dry = run("collect", path, "--dry-run", "--format", "json", timeout_s=300)
            self.assert_done(dry)
            self.assertGreater(json.loads(dry.stdout)["planned"], 50)

    def test_what_is_wrong_with_a_campaign_is_told_with_its_place(self):
        for wrong, right, said in [
                ("[1, 8], elements", "[8, 1], elements", "line 12, column 20: .*empty range"),
                ('"relu"', '"reluu"', "line 9, column 8: .*choose conv2d"),
                ("window_s", "windows_s", "line 4, column 1: .*did you mean"),
                ("configurations = 20", "configurations = 2000000", "line 16, column"),
                ("out = [1, 64]", "oot = [1, 64]", "line 17, column"),
                ("in = [1, 64], out = [1, 64]", "in = 1, out = 1", "line 13, column 1: found only"),
                ("seed = 5", "seed = five", "line 2, column"),
        ]:
            path = self.write("bad.toml", CAMPAIGN.replace(wrong, right, 1))
            self.assert_refused(self.collect(campaign=path), [INPUT], "bad.toml", said)
        self.assertFalse(self.dataset.exists())

    def test_bad_arguments(self):
        for arguments, codes, said in [
                (["--shard", "4/3"], [USAGE], "--shard"),
                (["--time-budget", "soon"], [USAGE], "--time-budget"),
                (["--on", "toaster"], [USAGE], "toaster"),
        ]:
            self.assert_refused(self.collect(*arguments), codes, said)
        self.assert_refused(run("collect", self.campaign), [USAGE], "-o")
        self.assert_refused(run("collect", "missing.toml", "-o", self.dataset), [INPUT],
                            "missing.toml")
        self.assert_refused(run("collect", self.campaign, "-o", self.dataset, "--meter", "magic"),
                            [USAGE], "magic")

    def test_a_small_campaign_can_be_fitted_and_validated(self):
        profile = self.folder / "p.json"
        # One repetition each: short windows on a busy machine would differ too much for a fit.
        once = self.write("once.toml", CAMPAIGN.replace(" = 2\n", " = 1\n"))
        self.assert_done(self.collect(campaign=once))
        fitted = run("fit", self.dataset, "-o", profile, "--name", "here")
        self.assert_done(fitted)
        self.assertEqual("modelled", json.loads(profile.read_text())["provenance"]["kind"])
        estimate = run("estimate", "alexnet", "--device", profile, "--format", "json")
        self.assertIn("modelled", estimate.stdout)
        for form in ("text", "json", "html"):
            valid = run("validate", profile, "--nets", "squeezenet1_1", "--batches", "1", "--repeat",
                        "2", "--window-s", "0.05", "--layers", "--format", form, *METER)
            if form == "html":
                self.assertIn('{"chart":"agreement"', self.assert_page(valid, valid.stdout))
            self.assert_done(valid)
            self.assertIn("squeezenet1_1", valid.stdout)
            if form == "json":
                report = json.loads(valid.stdout)
                self.assertGreater(report["nets"][0]["energy_j"], 0)
                self.assertGreater(report["nets"][0]["forecast_energy_j"], 0)
                layers = report["net_layers"]
                self.assertEqual({"squeezenet1_1"}, {layer["model"] for layer in layers})
                self.assertTrue(all(layer["time_s"] > 0 for layer in layers))
                errors = [abs(layer["forecast_time_s"] / layer["time_s"] - 1) for layer in layers]
                self.assertAlmostEqual(100 * statistics.median(errors),
                                       report["median_layer_error_percent"]["time"])


if __name__ == "__main__":
    unittest.main()
