// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace joulecast {

/// SIGINT, SIGTERM and SIGHUP as a question that a loop asks between its steps. Make it before any
/// other thread: threads inherit that these signals wait.
class StopSignals {
 public:
  StopSignals();

  /// True once one has come.
  bool Came();
  /// What a shell reports of a program that the signal ended: 128 and its number.
  int exit_code() const { return 128 + caught_; }
  const char* name() const;

 private:
  sigset_t signals_{};
  int caught_ = 0;
};

}  // namespace joulecast
