// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/app.h"

namespace joulecast {

/// One option or positional argument, as its parser has it.
struct OptionHelp {
  std::vector<std::string> names;    ///< "--output", "-o"; of a positional its own name
  std::string type;                  ///< what it takes: "FILE"; empty for a flag
  std::vector<std::string> choices;  ///< where only these will do
  std::string text;
  bool is_positional = false;
};

/// One command, or a command of a command.
struct CommandHelp {
  std::string name;
  std::string summary;
  std::string footer;
  std::vector<OptionHelp> options;
  std::vector<CommandHelp> commands;
};

/// What this binary's own commands are, as JSON for another binary to read.
std::string DescribeJson(std::span<const Command> commands);

/// All commands with their options: this binary's, and those of the others that are installed. Of
/// one that is not there only the name and summary are known.
std::vector<CommandHelp> DescribeAll(std::span<const Command> commands);

}  // namespace joulecast
