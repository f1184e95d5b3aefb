// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "measure/clock.h"
#include "measure/window.h"

namespace joulecast {

/// How a domain's counter behaves, found by watching it.
struct DomainProbe {
  std::optional<Seconds> tick;          ///< median time between updates; nullopt: too few were seen
  std::optional<Joules> smallest_step;  ///< of all updates seen
};

struct MeterProbe {
  Seconds read_cost{0};              ///< median time of one reading of all domains
  std::vector<DomainProbe> domains;  ///< as `Meter::domains()`
};

/// Reads a meter again and again until every domain was updated often enough to tell its tick, or
/// for as long as `at_most`.
MeterProbe ProbeTicks(Meter& meter, Clock& clock, Seconds at_most);

/// The shortest window that holds enough updates of every domain: by what probing found, else by
/// what the driver documents; never under a second.
Seconds WindowLength(MeterSet meters, std::span<const MeterProbe> probes);

}  // namespace joulecast
