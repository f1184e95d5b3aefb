// SPDX-License-Identifier: Apache-2.0
#include "cli/output_options.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "base/write_file.h"
#include "cli/app.h"
#include "cli/model_options.h"
#include "joulecast/error.h"
#include "report/html.h"

namespace joulecast {
namespace {

/// A new file, which stays: the browser reads it when we are gone.
std::string NewFile() {
  std::string path = (std::filesystem::temp_directory_path() / "joulecast-XXXXXX.html").string();
  const int file = ::mkstemps(path.data(), 5);
  if (file < 0) {
    throw Error(ErrorKind::kPermission,
                "cannot make " + path + ": " + std::strerror(errno) + "; name a file with -o");
  }
  ::close(file);
  return path;
}

/// Starts the desktop's opener, which tells us nothing: it is silent, and nobody waits for it.
int Start(const std::string& path) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string program = "xdg-open";
  std::string argument = path;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  const int failure =
      ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return failure;
}

}  // namespace

void OutputOptions::AddTo(CLI::App& command, std::vector<std::string> formats,
                          const std::string& file_flag) {
  AddFormat(command, format, std::move(formats));
  command.add_option(file_flag, file, "A file instead of standard output")->type_name("FILE");
  command.add_flag("--open", open, "Show the report in a browser; means --format html");
}

void OutputOptions::Check() {
  if (open && format == "text") format = "html";
  if (open && format != "html") {
    throw Error(ErrorKind::kUsage, "--open shows --format html, not " + format);
  }
  if (format == "html" && file.empty() && !open && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::kUsage,
                "--format html is nothing to read on a terminal: give a file, or --open");
  }
  if (format == "html") CheckHtmlIsMade();
  if (!file.empty()) CheckWritable(file);
}

void OutputOptions::Write(std::string_view report) const {
  if (open) {
    OpenReport(file, report);
  } else {
    PrintTo(file, report);
  }
}

void OpenReport(const std::string& file, std::string_view report) {
  const std::string path = std::filesystem::absolute(file.empty() ? NewFile() : file).string();
  WriteFile(path, report);
  if (const int failure = Start(path); failure != 0) {
    throw Error(ErrorKind::kDevice, "the report is in " + Printable(path, 200) +
                                        ", but xdg-open cannot show it: " + std::strerror(failure) +
                                        "; open the file in a browser");
  }
}

}  // namespace joulecast
