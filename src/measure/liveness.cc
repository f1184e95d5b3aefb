// SPDX-License-Identifier: Apache-2.0
#include "measure/liveness.h"

#include <algorithm>
#include <vector>

namespace joulecast {
namespace {

constexpr Seconds kLongestWait{0.2};
constexpr Seconds kPause{0.001};

/// How long a counter may stand still and yet be well: many ticks, and at the window's power many
/// units; nullopt if nobody can say soon.
std::optional<Seconds> LongestStandstill(const Domain& domain, const MeterWindow& window,
                                         const DomainEnergy& used) {
  if (domain.evidence != Evidence::kMeasured || !domain.tick || !used.energy) return std::nullopt;
  const Seconds per_unit = window.duration() * (domain.resolution / *used.energy);
  const Seconds wait = kTicksPerWindow * std::max(*domain.tick, per_unit);
  return wait <= kLongestWait ? std::optional(wait) : std::nullopt;
}

struct Suspect {
  std::size_t domain;
  Seconds patience;
};

}  // namespace

void RejectStopped(Meter& meter, MeterWindow& window, Clock& clock) {
  if (window.duration() < kShortestWindow) return;
  std::vector<Suspect> suspects;
  for (std::size_t i = 0; i < window.domains.size(); ++i) {
    const auto patience = LongestStandstill(meter.domains()[i], window, window.domains[i]);
    if (patience) suspects.push_back({i, *patience});
  }
  Reading now;
  while (!suspects.empty()) {
    clock.Sleep(kPause);
    meter.Read(now);
    std::erase_if(suspects, [&](const Suspect& suspect) {
      const DomainReading& reading = now.domains[suspect.domain];
      const bool alive = reading.total != window.end.domains[suspect.domain].total;
      const bool late = now.at - window.end.at >= suspect.patience;
      if (!alive && late) {
        window.domains[suspect.domain] = {
            .failure = "the counter stopped before the end of the window: its energy is unknown"};
      }
      return alive || late;
    });
  }
}

}  // namespace joulecast
