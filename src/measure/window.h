// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "joulecast/meter.h"
#include "joulecast/units.h"

namespace joulecast {

using MeterSet = std::span<const std::unique_ptr<Meter>>;

/// Fewest updates of a counter that make a window of it worth believing.
inline constexpr int kTicksPerWindow = 20;
/// The shortest window where nothing says how often the counter is updated.
inline constexpr Seconds kShortestWindow{1.0};

/// What one domain used in a window, or why nobody knows.
struct DomainEnergy {
  std::optional<Joules> energy;  ///< gross: with all that the machine does at rest
  std::string failure;           ///< why there is none; empty if there is
};

/// One meter's part of a window. Its readings stay as they were read.
struct MeterWindow {
  Reading start;
  Reading end;
  std::vector<DomainEnergy> domains;  ///< as `Meter::domains()`

  Seconds duration() const { return end.at - start.at; }
};

/// What all meters said between two edges.
struct MeasuredWindow {
  std::vector<MeterWindow> meters;  ///< as the set of meters
  Seconds duration{0};              ///< between the edges, without the time of reading
};

/// The energy between two readings of a domain. It has none where the counter failed, went
/// backwards, jumped (more power than any such part can draw) or did not move: a zero is never
/// taken for an amount of energy.
DomainEnergy Judge(const Domain& domain, const DomainReading& start, const DomainReading& end,
                   Seconds duration);

/// `Judge` for every domain of a meter.
MeterWindow JudgeMeter(const Meter& meter, Reading start, Reading end);

}  // namespace joulecast
