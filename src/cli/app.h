// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulecast {

/// What a command does once its arguments are read.
struct Action {
  std::function<int()> run;        ///< returns the exit code
  bool takes_words = false;        ///< what follows "--" is for it alone, as it is written
  std::vector<std::string> words;  ///< what did; set before `run`

  template <typename Function>
  Action& operator=(Function function) {
    run = std::move(function);
    return *this;
  }
};

/// A row of cli/commands.inc as one of the two binaries sees it.
struct Command {
  std::string_view name;
  std::string_view summary;
  void (*add)(CLI::App& command, Action& action);  ///< null if the other binary has it
};

/// Exit codes that are no errors' own.
inline constexpr int kDone = 0;
inline constexpr int kCheckFailed = 1;

/// Reads the arguments, runs the command that they name and turns every error into one line on
/// standard error and its exit code: 2 bad usage, 3 bad input, 4 no device or permission.
/// A command of the other binary is handed to `other_binary`, found beside this one.
int RunApp(int argc, char** argv, std::span<const Command> commands, const char* other_binary);

/// Writes to standard output. Throws Error{kInput} if that fails (a full disk, a closed pipe).
void Print(std::string_view text);

/// Writes to a file, as a whole or not at all; to standard output if `file` is empty.
void PrintTo(const std::string& file, std::string_view text);

/// One line on standard error.
void Warn(std::string_view text);

}  // namespace joulecast
