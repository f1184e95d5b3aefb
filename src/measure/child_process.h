// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

/// While it lives, the signals that end or steer programs wait until they are asked for, so that
/// they reach the child and end no report half way. One at a time, in the main thread.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// The next of them, or nullopt after `at_most`; nullopt for that waits forever.
  std::optional<siginfo_t> Next(std::optional<Seconds> at_most) const;
  /// What a child has to start with: what we had.
  const sigset_t& before() const { return before_; }

 private:
  sigset_t held_{};
  sigset_t before_{};
  struct sigaction child_action_ {};
};

/// How a program ended.
struct ProcessEnd {
  int exit_code = 0;          ///< as shells have it: 128 + n if signal n ended it
  std::optional<int> signal;  ///< that ended it
  Seconds cpu_time{0};        ///< of it and of all its children that it waited for
};

/// A program that runs beside us.
class ChildProcess {
 public:
  /// Starts `words`, the first of them found on PATH. Where it cannot be started, `start_error()`
  /// is the errno of why.
  ChildProcess(const std::vector<std::string>& words, const HeldSignals& signals);
  /// Waits for its end, whatever that takes.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  int start_error() const { return start_error_; }
  /// Its end, if it has ended.
  std::optional<ProcessEnd> Poll();
  /// Passes a signal on, unless the terminal has sent it to the whole group already.
  void Forward(const siginfo_t& signal) const;

 private:
  pid_t id_ = -1;
  int start_error_ = 0;
};

/// "SIGINT".
std::string SignalName(int signal);

}  // namespace joulecast
