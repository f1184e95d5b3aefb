# SPDX-License-Identifier: Apache-2.0
"""What end-to-end tests share: running the program, and finding what they run it on."""

import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("JOULECAST_BIN", ROOT / "build/release/joulecast")).absolute()
IS_SLOW_BUILD = bool(os.environ.get("JOULECAST_SLOW_BUILD"))


@dataclasses.dataclass
class Result:
    """What one run did. `code` is negative where a signal ended it."""

    code: int
    stdout: str
    stderr: str
    wall_s: float
    peak_bytes: int | None = None  # only from measure()

    def describe(self):
        return (f"exit code {self.code}\n"
                f"stdout: {self.stdout[-2000:]}\nstderr: {self.stderr[-2000:]}")


def run(*arguments, stdin="", cwd=None, env=None, timeout_s=60):
    """Runs the program with these arguments, and `env` on top of the environment."""
    return run_command([PROGRAM, *arguments], stdin, cwd, env, timeout_s)


def run_command(command, stdin="", cwd=None, env=None, timeout_s=60):
    started = time.perf_counter()
    done = subprocess.run([str(word) for word in command], input=stdin, cwd=cwd, timeout=timeout_s,
                          env=os.environ | (env or {}), capture_output=True, text=True,
                          errors="replace", check=False)
    return Result(done.returncode, done.stdout, done.stderr, time.perf_counter() - started)


def measure(*arguments, **options):
    """The same, with the program's peak of resident memory.

    By GNU time and not by wait4 here: the kernel counts what a process held before exec, so a
    child of Python never seems smaller than Python.
    """
    if IS_SLOW_BUILD:
        raise unittest.SkipTest("built with sanitizers: neither time nor memory means anything")
    if not pathlib.Path("/usr/bin/time").exists():
        raise unittest.SkipTest("needs /usr/bin/time (Debian's package `time`)")
    with tempfile.NamedTemporaryFile("r") as peak:
        timed = ["/usr/bin/time", "--quiet", "-f", "%M", "-o", peak.name, PROGRAM, *arguments]
        result = run_command(timed, **options)
        result.peak_bytes = int(peak.read().split()[-1]) * 1024
    return result


def reference_folder(variable, name):
    """Other people's data: $variable, or ../shared/name beside this tree; skips without it."""
    folder = pathlib.Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not folder.is_dir():
        raise unittest.SkipTest(f"no {folder}; set {variable}")
    return folder


class TestCase(unittest.TestCase):
    """A test with a folder of its own, and what every run has to obey."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="joulecast-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        """A file in the test's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_page(self, result, text):
        """A report that needs nothing else; skips where this build makes none."""
        if result.code == 4 and "nodejs" in result.stderr:
            self.skipTest("built without Node")
        self.assert_done(result)
        self.assertTrue(text.startswith("<!DOCTYPE html>"), text[:200])
        self.assertTrue(text.endswith("</html>\n"), text[-200:])
        self.assertIn("default-src 'none'; script-src 'sha256-", text)
        # What was written, less style and program.
        body = text[text.index("<body>"):text.rindex("<script>")]
        for outside in ("<script>", "<script src", "<link", "<img", "http-equiv", "style="):
            self.assertNotIn(outside, body)
        return body

    def assert_done(self, result):
        self.assertEqual(0, result.code, result.describe())

    def assert_refused(self, result, codes, *said):
        """A clear end: one of these exit codes, one line on stderr that says it, nothing else."""
        self.assertIn(result.code, codes, result.describe())
        self.assertEqual("", result.stdout, "a refusal prints nothing on stdout")
        lines = result.stderr.strip().splitlines()
        self.assertEqual(1, len(lines), f"one line, please:\n{result.describe()}")
        self.assertLess(len(lines[0]), 1000, "one readable line")
        for text in said:
            self.assertRegex(lines[0], re.compile(text, re.IGNORECASE), result.describe())
        for noise in ("terminate called", "what()", "std::", "Traceback", "AddressSanitizer",
                      "runtime error"):
            self.assertNotIn(noise, result.stderr)
