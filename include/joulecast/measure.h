// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "joulecast/meter.h"
#include "joulecast/units.h"

namespace joulecast {

/// What one counter says of a stretch of time.
struct CountedPart {
  std::string label;  ///< meter and domain: "powercap:package-0"
  Evidence evidence = Evidence::kMeasured;
  std::optional<Joules> energy;
  std::string failure;   ///< why there is none; empty if there is
  bool in_total = true;  ///< false: it overlaps a part that is
};

/// What a stretch of time used: all of the machine's parts that are counted, whatever ran on them.
struct EnergyUse {
  Seconds time{0};
  std::optional<Joules> energy;             ///< of the parts that overlap no other one
  std::string failure;                      ///< why there is no energy; empty if there is
  Evidence evidence = Evidence::kMeasured;  ///< the weakest of the total's parts
  std::vector<CountedPart> parts;
};

/// Measures a stretch of time of this process with meters of this machine, or of a program's own.
/// Where a counter would wrap in between, a thread that sleeps until then reads it.
class EnergyWatch {
 public:
  /// Starts the first stretch. Throws Error{kDevice} if there is no meter.
  explicit EnergyWatch(std::vector<std::unique_ptr<Meter>> meters);
  ~EnergyWatch();
  EnergyWatch(const EnergyWatch&) = delete;
  EnergyWatch& operator=(const EnergyWatch&) = delete;

  /// Ends the stretch. Throws Error{kUsage} if none was started.
  EnergyUse Stop();
  /// Starts another one.
  void Start();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace joulecast
