// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "joulecast/units.h"

namespace joulecast {

/// The time that readings are set against. Tests give one that stands still until told.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point Now() = 0;
  virtual void Sleep(Seconds time) = 0;
};

/// The monotonic clock of the system: setting the time of day does not move it.
class SteadyClock : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() override { return std::chrono::steady_clock::now(); }
  void Sleep(Seconds time) override;
};

}  // namespace joulecast
