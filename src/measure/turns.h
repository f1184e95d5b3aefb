// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "measure/protocol.h"

namespace joulecast {

/// One workload's way through the protocol: warm-up, then a window a turn until it is settled.
class Turns {
 public:
  Turns(Workload& workload, Session& session, const SumPlan& plan, Seconds window_length,
        const ProtocolOptions& options);

  bool finished() const { return finished_; }
  /// The next window, after warming up if it is the first. What the workload throws ends it.
  void Take(const ProtocolHooks& hooks, std::size_t index);

  /// What was found. Net energies are told by `baseline`.
  WorkloadResult Result(const Baseline& baseline) &&;

 private:
  void WarmUp();
  void RunOnce(std::int64_t times);
  std::int64_t FillWindow();
  Repeat MeasureWindow(const ProtocolHooks& hooks);
  void Decide();

  Workload& workload_;
  Session& session_;
  const SumPlan& plan_;
  const Seconds window_length_;
  const ProtocolOptions& options_;
  WorkloadResult result_;
  std::optional<Seconds> pace_;  ///< time of a run as far as known; nullopt: not warmed up
  std::size_t rejected_in_a_row_ = 0;
  bool finished_ = false;
};

}  // namespace joulecast
