// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "measure/diagnosis.h"
#include "measure/energy_sum.h"

namespace joulecast {
namespace {

/// Two meters are read one after the other and between ticks of their own; what they differ by
/// beyond this is theirs.
constexpr double kTolerance = 0.05;

struct Sighting {
  std::string label;
  const Domain* domain;
  Watts power;
};

std::vector<Sighting> HardwareSightings(MeterSet meters, const MeasuredWindow& window) {
  std::vector<Sighting> all;
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) {
      const Domain& domain = meters[m]->domains()[d];
      const auto& energy = window.meters[m].domains[d].energy;
      if (!energy || domain.evidence == Evidence::kModelled) continue;
      all.push_back({Label(meters, {m, d}), &domain, *energy / window.meters[m].duration()});
    }
  }
  return all;
}

/// Empty if they agree.
std::string Contradiction(const Sighting& a, const Sighting& b) {
  const bool same = a.domain->part == b.domain->part;
  const bool a_is_outer = a.domain->part.size() <= b.domain->part.size();
  const Sighting& outer = a_is_outer ? a : b;
  const Sighting& inner = a_is_outer ? b : a;
  const double excess_w = inner.power.value() - outer.power.value();
  const double larger_w = std::max(inner.power.value(), outer.power.value());
  if ((same ? std::abs(excess_w) : excess_w) <= kTolerance * larger_w) return {};
  return fmt::format(
      "{} says {:.3g} W and {} says {:.3g} W: {}", inner.label, inner.power.value(), outer.label,
      outer.power.value(),
      same ? "both count " + outer.domain->part : "the first lies within the second");
}

}  // namespace

std::vector<std::string> FindDisagreements(MeterSet meters, const MeasuredWindow& window) {
  const std::vector<Sighting> all = HardwareSightings(meters, window);
  std::vector<std::string> found;
  for (auto a = all.begin(); a != all.end(); ++a) {
    for (auto b = a + 1; b != all.end(); ++b) {
      if (!Overlapping(*a->domain, *b->domain)) continue;
      if (auto text = Contradiction(*a, *b); !text.empty()) found.push_back(std::move(text));
    }
  }
  return found;
}

}  // namespace joulecast
