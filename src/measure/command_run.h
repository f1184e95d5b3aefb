// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "measure/child_process.h"
#include "measure/conditions.h"
#include "measure/energy_sum.h"

namespace joulecast {

struct CommandRequest {
  std::vector<std::string> words;  ///< the program and its arguments
  int repeats = 1;
  Seconds idle{0};  ///< of the windows at rest before and after; zero: none
};

/// One run of it, from before its start to its end.
struct CommandRun {
  ProcessEnd end;
  MeasuredWindow window;
  Conditions before;
  Conditions after;
};

struct CommandResult {
  std::string started;  ///< ISO 8601, UTC
  std::vector<CommandRun> runs;
  Baseline baseline;
  int start_error = 0;                ///< errno of why the program did not start; 0 if it did
  std::optional<int> interrupted_by;  ///< the signal that told us to end early

  /// What the whole should exit with: the last run's code, or that of the interrupting signal if
  /// there is no run.
  int exit_code() const;
};

/// Runs a program while meters watch the machine: no thread of ours runs beside it, and this one
/// only where a meter must be read in between. Signals are passed on to it, and the first that
/// asks for an end lets nothing new begin. Repeats end at the first run that does not exit with 0.
CommandResult MeasureCommand(Session& session, const CommandRequest& request);

}  // namespace joulecast
