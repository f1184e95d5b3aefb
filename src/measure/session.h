// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <vector>

#include "measure/clock.h"
#include "measure/window.h"

namespace joulecast {

/// Reads a set of meters at the edges of windows, and in between only those whose totals would be
/// lost otherwise. It has no thread of its own: see `Guard`.
class Session {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Borrows both. Throws Error{kDevice} if there is no meter.
  Session(MeterSet meters, Clock& clock);

  /// The first edge.
  void Start();

  /// Until when `ReadDue` must be called for the totals to stay right; nullopt if no meter minds.
  std::optional<Time> NextDue() const;
  /// Reads the meters that are due. May be called from another thread than the edges.
  void ReadDue();

  /// The last edge. A counter that stopped before it is found out by reading a few ticks more.
  MeasuredWindow Stop();

  MeterSet meters() const { return meters_; }
  Clock& clock() const { return clock_; }

 private:
  void ReadInto(std::vector<Reading>& readings);

  MeterSet meters_;
  Clock& clock_;
  mutable std::mutex mutex_;  ///< meters are read by one thread at a time
  std::vector<Reading> start_;
  std::vector<Reading> latest_;
  Time started_;
};

}  // namespace joulecast
