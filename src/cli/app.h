// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulecast {

struct Command;

/// What a command does once its arguments are read.
struct Action {
  std::span<const Command> commands;  ///< all that this binary knows: for those that describe them
  std::function<int()> run;           ///< returns the exit code
  bool takes_words = false;           ///< what follows "--" is for it alone, as it is written
  std::vector<std::string> words;     ///< what did; set before `run`

  template <typename Function>
  Action& operator=(Function function) {
    run = std::move(function);
    return *this;
  }
};

/// A row of cli/commands.inc as one of the binaries sees it.
struct Command {
  std::string_view name;
  std::string_view summary;
  void (*add)(CLI::App& command, Action& action);  ///< null if another binary has it
  const char* binary;                              ///< that one's name
};

/// Exit codes that are no errors' own.
inline constexpr int kDone = 0;
inline constexpr int kCheckFailed = 1;

/// A binary that belongs to this one: beside it, or where it is installed, in ../libexec/joulecast.
std::filesystem::path FindBinary(const std::string& name);

/// Asks a binary to print what its commands are, as JSON: how `joulecast` knows of the others'
/// options. Not for people.
inline constexpr std::string_view kDescribeFlag = "--describe-commands";

/// Reads the arguments, runs the command that they name and turns every error into one line on
/// standard error and its exit code: 2 bad usage, 3 bad input, 4 no device or permission.
/// A command of another binary is handed to that one, found beside this one.
int RunApp(int argc, char** argv, std::span<const Command> commands);

/// Writes to standard output. Throws Error{kInput} if that fails (a full disk, a closed pipe).
void Print(std::string_view text);

/// Writes to a file, as a whole or not at all; to standard output if `file` is empty.
void PrintTo(const std::string& file, std::string_view text);

/// One line on standard error.
void Warn(std::string_view text);

}  // namespace joulecast
