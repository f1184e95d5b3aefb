# SPDX-License-Identifier: Apache-2.0
"""Campaigns on a cluster: nodes lose power, jobs run out of time, and every row is there once."""

import contextlib
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from harness import PROGRAM, ROOT, TestCase, run, run_command
from slurm_cluster import NODES, Cluster

USAGE, INPUT, DEVICE = 2, 3, 4
SUBMIT = ROOT / "scripts/slurm/submit"
SCORE = ROOT / "scripts/slurm/score"
METER = ["--meter", "fake:watts=20", "--threads", "1"]

# Repetitions are fixed in number, so that a finished campaign has one set of keys.
CAMPAIGN = """name = "cluster"
seed = 5
[repeats]
window_s = {window_s}
fewest = 2
most = 2
idle_s = 0
[[layers]]
type = "relu"
sampling = "log-uniform"
configurations = 40
ranges = {{ batch = [1, 8], elements = [100, 10000] }}
[[layers]]
type = "linear"
sampling = "uniform"
configurations = 40
ranges = {{ batch = [1, 8], in = [1, 64], out = [1, 64] }}
"""
ALL_ROWS = 2 * 80

# A search of 16 x 3 x 2 candidates.
SPACE = """name = "search"
[decisions]
width = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]
kernel = [1, 3, 5]
rows = [1, 2]
[[layers]]
spec = "conv2d batch={rows} in=3 out={width} image=32 kernel={kernel} padding={kernel/2}"
[[layers]]
spec = "linear batch={rows} in={width} out=10"
"""


def query(path, sql):
    """Rows of a dataset; none before it is made."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []


def rows_of(path):
    return query(path, "SELECT key, energy_j, time_s, passes FROM measurement ORDER BY key")


class SubmitTest(TestCase):
    """What is told before any job is submitted."""

    def submit(self, *arguments, env=None):
        return run_command([SUBMIT, *arguments], env=env)

    def test_says_how_to_use_it(self):
        told = self.submit("--help")
        self.assert_done(told)
        self.assertIn("Usage: scripts/slurm/submit", told.stdout)
        self.assertEqual(USAGE, self.submit("c.toml").code)

    def test_refuses_what_cannot_be(self):
        folder = self.folder / "shared"
        self.assert_refused(self.submit("c.toml", folder, "0"), [USAGE], "SHARDS is '0'")
        self.assert_refused(self.submit("c.toml", folder, "2", env={"JOULECAST_BIN": "/none"}),
                            [DEVICE], "no program at /none", "JOULECAST_BIN")
        self.assertFalse(folder.exists())

    def test_scoring_is_submitted_likewise(self):
        told = run_command([SCORE, "--help"])
        self.assert_done(told)
        self.assertIn("Usage: scripts/slurm/score", told.stdout)
        self.assertEqual(USAGE, run_command([SCORE, "s.toml"]).code)
        self.assert_refused(run_command([SCORE, "s.toml", self.folder, "x"]), [USAGE], "SHARDS")

    def test_names_the_command_that_is_missing(self):
        tools = self.folder / "bin"
        tools.mkdir()
        for tool in ("bash", "dirname", "realpath"):
            (tools / tool).symlink_to(f"/usr/bin/{tool}")
        alone = {"PATH": str(tools), "JOULECAST_BIN": "/bin/true"}
        self.assert_refused(self.submit("c.toml", self.folder, "2", env=alone), [DEVICE],
                            "no sbatch on this host")


class ShardTest(TestCase):
    """The script of a shard, with a program and a Slurm that only say what was asked of them."""

    def end_of_time(self, added):
        """Runs the script until its program runs, tells it that time is up, and waits."""
        folder = self.folder
        self.write("program", f"""#!/bin/bash
trap 'echo "{{\\"added\\": {added}, }}"; exit 143' TERM
touch {folder}/started
while :; do sleep 0.01; done
""").chmod(0o755)
        self.write("scontrol", f'#!/bin/sh\necho "$@" >{folder}/asked\n').chmod(0o755)
        env = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "7",
                            "SLURM_ARRAY_TASK_ID": "1"}
        script = subprocess.Popen([ROOT / "scripts/slurm/collect.sbatch", folder / "program", "2"],
                                  cwd=folder, env=env, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        self.addCleanup(script.kill)
        deadline = time.monotonic() + 30
        while not (folder / "started").exists():
            self.assertLess(time.monotonic(), deadline, "the script does not start its program")
            time.sleep(0.01)
        script.send_signal(signal.SIGUSR1)
        _, err = script.communicate(timeout=30)
        asked = folder / "asked"
        return script.returncode, err, asked.read_text() if asked.exists() else ""

    def test_a_shard_that_is_out_of_time_is_queued_again(self):
        self.assertEqual((0, "", "requeue 7\n"), self.end_of_time(added=3))

    def test_a_shard_that_never_gets_anywhere_is_not(self):
        code, err, asked = self.end_of_time(added=0)
        self.assertEqual((DEVICE, ""), (code, asked))
        self.assertIn("too short for a single repetition; raise --time", err)


class SlurmTest(TestCase):

    @classmethod
    def setUpClass(cls):
        if not (PROGRAM.parent / "joulecast-run").exists():
            raise unittest.SkipTest(f"no joulecast-run beside {PROGRAM}: built without libtorch")
        Cluster.require()
        folder = tempfile.TemporaryDirectory(prefix="joulecast-slurm-")
        cls.addClassCleanup(folder.cleanup)
        cls.cluster = Cluster(pathlib.Path(folder.name))
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.start()

    def setUp(self):
        super().setUp()
        self.shared = self.folder / "shared"

    def submit(self, shards, *collect_options, window_s=0.2):
        """The jobs that measure and merge."""
        campaign = self.write("c.toml", CAMPAIGN.format(window_s=window_s))
        done = run_command([SUBMIT, campaign, self.shared, shards, "--", *METER, *collect_options],
                           env=self.cluster.env | {"JOULECAST_BIN": str(PROGRAM)})
        self.assert_done(done)
        jobs = re.search(r"job (\d+) measures; job (\d+) then merges", done.stdout)
        self.assertIsNotNone(jobs, done.describe())
        return jobs.groups()

    def part(self, shard, shards):
        return self.shared / f"part-{shard}-of-{shards}.db"

    def log(self, shard):
        return (self.shared / f"shard-{shard}.log").read_text()

    def wait_for_end(self, job):
        """The state in which a job ended."""
        def state():
            return next((each["JobState"] for each in self.cluster.completed()
                         if each["JobId"] == job), None)
        return self.cluster.wait_until(state, 150, f"job {job}")

    def wait_for_rows(self, array, shards, count):
        """The first shard that runs and has stored so many repetitions, and its node."""
        def found():
            running = self.cluster.ask("squeue", "-h", "-r", "-t", "R", "-j", array, "-o", "%K %N")
            for line in running.splitlines():
                shard, node = line.split()
                if len(rows_of(self.part(shard, shards))) >= count:
                    return shard, node
            return None
        return self.cluster.wait_until(found, 60, f"{count} rows")

    def assert_whole(self, shards):
        """Every repetition of the campaign was stored by one shard, and merged."""
        whole = self.folder / "whole.db"
        quick = self.write("quick.toml", CAMPAIGN.format(window_s=0.01))
        self.assert_done(run("collect", quick, "-o", whole, *METER))
        keys = [row[0] for row in rows_of(whole)]
        self.assertEqual(ALL_ROWS, len(keys))
        stored = [row for i in range(1, shards + 1) for row in rows_of(self.part(i, shards))]
        self.assertEqual(keys, sorted(row[0] for row in stored))
        self.assertEqual(sorted(stored), rows_of(self.shared / "all.db"))

    def test_a_power_cut_loses_and_doubles_nothing(self):
        shards = 8
        array, merge = self.submit(shards)
        shard, node = self.wait_for_rows(array, shards, 3)
        self.cluster.hosts[node].cut_power()
        acknowledged = rows_of(self.part(shard, shards))
        self.assertLess(len(acknowledged), ALL_ROWS // shards, "the cut came after the shard's end")

        self.assertEqual("COMPLETED", self.wait_for_end(merge))
        self.assert_whole(shards)
        self.assertLessEqual(set(acknowledged), set(rows_of(self.shared / "all.db")))
        self.assertRegex(self.log(shard), f"(?s)on {node}, try 1.*on (?!{node}).*, try 2")
        hosts = query(self.shared / "all.db",
                      f"""SELECT facts ->> 'host' FROM run
                          WHERE facts ->> 'shard' = '{shard}/{shards}' ORDER BY 1""")
        self.assertEqual(2, len(set(hosts)), f"whoever measured a row is told: {hosts}")
        self.assertLessEqual(set(hosts), {(name,) for name in NODES})

    def test_what_ran_out_of_time_goes_on(self):
        array, merge = self.submit(2, window_s=0.1)
        shard, _ = self.wait_for_rows(array, 2, 3)
        self.cluster.ask("scancel", "--batch", "--signal=USR1", f"{array}_{shard}")
        self.assertEqual("COMPLETED", self.wait_for_end(merge))
        self.assert_whole(2)
        self.assertRegex(self.log(shard), "(?s)try 1.*goes on from there.*try 2")

    def test_a_shard_that_fails_is_not_merged(self):
        _, merge = self.submit(2, "--on", "toaster")
        self.assertEqual("CANCELLED", self.wait_for_end(merge))
        self.assertFalse((self.shared / "all.db").exists())

    def score(self, space, shards, *options):
        return run_command([SCORE, space, self.shared, shards, "--", *options],
                           env=self.cluster.env | {"JOULECAST_BIN": str(PROGRAM)})

    def test_a_search_in_shards_finds_what_one_run_finds(self):
        space = self.write("space.toml", SPACE)
        options = ["--top", "7", "--against", "macs"]
        submitted = self.score(space, 5, *options)
        self.assert_done(submitted)
        merge = re.search(r"job (\d+) then merges", submitted.stdout)[1]
        self.assertEqual("COMPLETED", self.wait_for_end(merge))
        alone = run("score", space, *options, "--format", "json")
        self.assert_done(alone)
        expected = json.loads(alone.stdout) | {"shards": 5, "parts": [1, 2, 3, 4, 5]}
        self.assertEqual(96, expected["candidates"])
        self.assertEqual(expected, json.loads((self.shared / "all.json").read_text()))

    def test_a_bad_search_is_not_submitted(self):
        space = self.write("space.toml", SPACE.replace("{rows}", "{row}"))
        self.assert_refused(self.score(space, 2), [INPUT], "no decision 'row'",
                            "did you mean 'rows'")
        space.write_text(SPACE)
        self.assert_refused(self.score(space, 2, "--device", "toaster"), [DEVICE], "toaster")
        self.assertFalse(self.shared.exists())

    def test_another_campaign_needs_another_folder(self):
        self.shared.mkdir()
        (self.shared / "campaign.toml").write_text("name = 'another'\n")
        campaign = self.write("c.toml", CAMPAIGN.format(window_s=0.1))
        refused = run_command([SUBMIT, campaign, self.shared, 2],
                              env=self.cluster.env | {"JOULECAST_BIN": str(PROGRAM)})
        self.assert_refused(refused, [INPUT], "holds another campaign", "choose another folder")

    def test_a_bad_campaign_is_not_submitted(self):
        campaign = self.write("c.toml", "name = 5\n")
        refused = run_command([SUBMIT, campaign, self.shared, 2],
                              env=self.cluster.env | {"JOULECAST_BIN": str(PROGRAM)})
        self.assert_refused(refused, [INPUT], "c.toml", "line 1")
        self.assertFalse(self.shared.exists())


if __name__ == "__main__":
    unittest.main()
