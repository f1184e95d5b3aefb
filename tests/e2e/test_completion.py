# SPDX-License-Identifier: Apache-2.0
"""Completions and the manual: they know what the parsers know, and shells can read them."""

import functools
import re
import shutil

from harness import ROOT, TestCase, run, run_command

TABLE = (ROOT / "src/cli/commands.inc").read_text()
COMMANDS = re.findall(r"^JOULECAST_COMMAND\((\w+),", TABLE, re.M)


@functools.cache
def completion(shell):
    """Made once: to ask what runs layers, PyTorch's library has to start."""
    return run("completion", shell)


class Completion(TestCase):
    def script(self, shell):
        result = completion(shell)
        self.assert_done(result)
        return self.write(f"completion.{shell}", result.stdout)

    def complete(self, *words):
        """What bash offers for the last of the words."""
        script = self.script("bash")
        line = f"""
source {script}
COMP_WORDS=({' '.join(f"'{word}'" for word in words)})
COMP_CWORD={len(words) - 1}
_joulecast
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
        done = run_command(["bash", "-c", line], cwd=self.folder)
        self.assert_done(done)
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def test_bash_completes_commands(self):
        self.assertEqual(sorted(COMMANDS), sorted(self.complete("joulecast", "")))
        self.assertEqual(["estimate"], self.complete("joulecast", "est"))
        self.assertIn("merge", self.complete("joulecast", "score", ""))
        self.assertIn("bash", self.complete("joulecast", "completion", ""))

    def test_bash_completes_options_and_their_values(self):
        self.assertEqual(["--budget-j"], self.complete("joulecast", "estimate", "vgg16", "--bud"))
        self.assertEqual(["text", "json", "csv", "html"],
                         self.complete("joulecast", "estimate", "--format", ""))
        self.assertIn("--shard", self.complete("joulecast", "score", "-"))
        self.assertNotIn("--shard", self.complete("joulecast", "score", "merge", "-"))

    def test_bash_completes_files(self):
        self.write("model.onnx", "")
        self.assertIn("model.onnx", self.complete("joulecast", "estimate", "mod"))

    def test_every_shell_can_read_its_own(self):
        for shell, *check in (("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")):
            script = self.script(shell)
            if not shutil.which(shell):
                continue
            with self.subTest(shell):
                done = run_command([shell, *check, script])
                self.assert_done(done)
                self.assertEqual("", done.stderr)
        self.assert_refused(run("completion", "tcsh"), [2], "tcsh")

    def test_zsh_and_fish_know_every_command(self):
        zsh, fish = self.script("zsh").read_text(), self.script("fish").read_text()
        for command in COMMANDS:
            self.assertIn(f"'{command}:", zsh)
            self.assertRegex(fish, f"__fish_use_subcommand -a {command} ")
        self.assertRegex(zsh, r"\*--budget-j\[")
        self.assertRegex(fish, "-l budget-j")

    def test_the_manual_has_every_command_and_option(self):
        result = run("manual")
        self.assert_done(result)
        plain = result.stdout.replace("\\-", "-")
        sections = dict(re.findall(r"^\.SS (.+)\n((?:(?!\.S[SH] ).*\n)*)", plain, re.M))
        for command in COMMANDS:
            told = run(command, "--help").stdout
            options = set(re.findall(r"^ +(?:-\w,)?(--[a-z0-9-]+)", told, re.M))
            described = re.findall(r"\\fB(--[a-z0-9-]+)\\fR", sections[command])
            self.assertEqual(options - {"--help"}, set(described), command)
        self.assertIn("\\fB--meter\\fR \\fINAME[:ARG],...\\fR\n", sections["measure"])


if __name__ == "__main__":
    import unittest
    unittest.main()
