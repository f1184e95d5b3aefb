// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// How a report is printed, and where: `--format`, `-o` and `--open`.
struct OutputOptions {
  std::string format;
  std::string file;
  bool open = false;

  /// `formats` has "html"; the first is the default. `file_flag` is another name for `-o` where a
  /// command has that already.
  void AddTo(CLI::App& command, std::vector<std::string> formats,
             const std::string& file_flag = "-o,--output");

  /// To be called before the work, so that it is not done in vain. Throws Error{kUsage} if the
  /// options contradict each other or the report would be markup on a terminal, Error{kDevice} in a
  /// build that makes no HTML, and as `CheckWritable`.
  void Check();

  /// Writes the report as a whole, and shows it where asked to.
  void Write(std::string_view report) const;
};

/// Writes a page to a file (in the folder for temporary files if `file` is empty) and has the
/// desktop show it. Throws Error{kDevice} where nothing here can.
void OpenReport(const std::string& file, std::string_view report);

}  // namespace joulecast
