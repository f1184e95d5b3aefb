// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "measure/idle.h"

namespace joulecast {

/// A domain of a set of meters.
struct DomainIndex {
  std::size_t meter = 0;
  std::size_t domain = 0;

  friend bool operator==(DomainIndex, DomainIndex) = default;
};

/// How people call it: "powercap:package-0".
std::string Label(MeterSet meters, DomainIndex index);

/// Which domains may be added, and why the others are not.
struct SumPlan {
  std::vector<DomainIndex> domains;
  Evidence evidence = Evidence::kMeasured;  ///< the weakest of them
  std::vector<std::string> left_out;        ///< "powercap:core lies within powercap:package-0"
};

/// A set of domains that count no energy twice: each that overlaps none taken before it, those of
/// better evidence first, then as listed. Chosen before anything is read, so that a domain that
/// fails makes the sum unknown, and never smaller.
SumPlan PlanSum(MeterSet meters);

/// The energy of a window's domains together; nullopt with a reason if one of them has none.
struct EnergySum {
  std::optional<Joules> energy;
  std::optional<Joules> net;
  std::string failure;         ///< why there is no `energy`
  std::string net_is_missing;  ///< why there is no `net`
};

EnergySum Sum(MeterSet meters, const SumPlan& plan, const MeasuredWindow& window,
              const Baseline& baseline);

}  // namespace joulecast
