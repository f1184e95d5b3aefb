# SPDX-License-Identifier: Apache-2.0
"""./joulecast on a tree of its own: it builds, once, and passes everything on."""

import os
import shutil
import subprocess

from harness import ROOT, TestCase, run_command

# A program that shows its arguments, and which of the two builds it is.
MAIN = r"""
#include <cstdio>
int main(int argc, char** argv) {
  std::printf("%s", LAB);
  for (int i = 1; i < argc; ++i) std::printf("[%s]", argv[i]);
  return 7;
}
"""
CMAKE = """
cmake_minimum_required(VERSION 3.25)
project(stub LANGUAGES CXX)
add_executable(joulecast src/cli/main.cc)
add_executable(joulecast-lab src/cli/main.cc)
option(JOULECAST_LAB "" ON)

target_compile_definitions(joulecast PRIVATE LAB="lab=${JOULECAST_LAB}")
target_compile_definitions(joulecast-lab PRIVATE LAB="")
"""
COMMANDS = 'JOULECAST_COMMAND(estimate, core, "...")\nJOULECAST_COMMAND(fit, lab, "...")\n'


class Launcher(TestCase):
    def setUp(self):
        super().setUp()
        self.tree = self.folder / "a tree"
        self.write("a tree/src/cli/main.cc", MAIN)
        self.write("a tree/src/cli/commands.inc", COMMANDS)
        self.write("a tree/CMakeLists.txt", CMAKE)
        shutil.copytree(ROOT / "scripts", self.tree / "scripts")
        for name in ("joulecast", "CMakePresets.json"):
            shutil.copy(ROOT / name, self.tree)
        self.launcher = self.tree / "joulecast"

    def launch(self, *arguments, launcher=None, **options):
        return run_command([launcher or self.launcher, *arguments], **options)

    def test_arguments_and_exit_code_pass_through_exactly(self):
        arguments = ["estimate", "my model.onnx", "", "*", "a\nb", "--shape", "x=1x3"]
        result = self.launch(*arguments, cwd="/")
        self.assertEqual("lab=OFF" + "".join(f"[{one}]" for one in arguments), result.stdout)
        self.assertEqual(7, result.code)
        self.assertIn("building", result.stderr)
        self.assertEqual("", self.launch("estimate").stderr, "the second time it is silent")

    def test_it_works_through_links_and_from_anywhere(self):
        (self.folder / "bin").mkdir()
        link = self.folder / "bin/jc"
        link.symlink_to(self.launcher)
        self.assertEqual("lab=OFF[devices]", self.launch("devices", launcher=link).stdout)
        on_path = {"PATH": f"{link.parent}:{os.environ['PATH']}"}
        self.assertEqual("lab=OFF[zoo]", self.launch("zoo", launcher="jc", env=on_path).stdout)
        self.assertEqual("lab=OFF[x]", run_command(["sh", "joulecast", "x"], cwd=self.tree).stdout)

    def test_a_lab_command_uses_the_full_build(self):
        self.assertEqual("lab=ON[fit]", self.launch("fit").stdout)
        self.assertTrue((self.tree / "build/release/joulecast-lab").exists())
        self.assertFalse((self.tree / "build/core").exists())

    def test_a_changed_source_is_built_again(self):
        self.launch("x")
        self.write("a tree/src/cli/main.cc", MAIN.replace("return 7", "return 9"))
        self.assertEqual(9, self.launch("x").code)

    def test_a_moved_tree_is_built_again_where_it_is(self):
        self.launch("x")
        moved = self.tree.rename(self.folder / "moved")
        (moved / "src/cli/main.cc").touch()
        self.assertEqual("lab=OFF[x]", self.launch("x", launcher=moved / "joulecast").stdout)

    def test_two_first_runs_wait_for_each_other(self):
        both = [subprocess.Popen([self.launcher, "x"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(2)]
        outputs = [one.communicate() for one in both]
        self.assertEqual(["lab=OFF[x]"] * 2, [out for out, _ in outputs], outputs)
        built = [err for _, err in outputs if "building, once" in err]
        self.assertEqual(1, len(built), outputs)

    def test_a_failed_build_shows_the_end_of_its_log_and_where_it_lies(self):
        self.write("a tree/src/cli/main.cc", "int main() { return nonsense; }\n")
        result = self.launch("x")
        self.assertEqual((1, ""), (result.code, result.stdout))
        self.assertIn("nonsense", result.stderr)
        self.assertIn(str(self.tree / "build/core.log"), result.stderr)
        self.write("a tree/src/cli/main.cc", MAIN)
        self.assertEqual(7, self.launch("x").code)

    def test_without_root_it_prints_the_one_command(self):
        script = ('. scripts/packages.sh; '
                  'require_packages /dev/null g++ no-such-package-a no-such-package-b')
        command = ["bash", "-c", script]
        if os.geteuid() == 0:
            nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            command = nobody + command
        self.folder.chmod(0o755)
        result = run_command(command, cwd=self.tree)
        self.assertEqual(4, result.code)
        self.assertIn("sudo apt-get install --no-install-recommends "
                      "no-such-package-a no-such-package-b\n", result.stderr)
        self.assertNotIn("g++", result.stderr)
