// SPDX-License-Identifier: Apache-2.0
#include "measure/window.h"

#include <fmt/format.h>

#include <utility>

namespace joulecast {
namespace {

// More than any such part draws: the largest accelerator package of 2025 takes 2.7 kW (GB200), a
// node of eight accelerators 14 kW. What exceeds it is a counter that jumped or was reset.
constexpr Watts kMostOfPart{5'000};
constexpr Watts kMostOfMachine{50'000};

// An update may fall just inside an edge, with the energy of a whole tick before the window.
constexpr Seconds kTickIfUnknown{0.1};

bool Jumped(const Domain& domain, Joules energy, Seconds duration) {
  const Watts most = domain.part == "machine" ? kMostOfMachine : kMostOfPart;
  return energy > most * (duration + domain.tick.value_or(kTickIfUnknown)) + domain.resolution;
}

std::string WhyNoMovement(const Domain& domain, Seconds duration) {
  const Seconds enough = domain.tick ? kTicksPerWindow * *domain.tick : kShortestWindow;
  if (duration >= enough) {
    return fmt::format("the counter did not move in {:.3g} s: stuck, or this part used nothing",
                       duration.count());
  }
  return fmt::format("no update of the counter within {:.3g} s; a window of {:.3g} s or more has",
                     duration.count(), enough.count());
}

std::string WhyNoEnergy(const Domain& domain, const DomainReading& start, const DomainReading& end,
                        Seconds duration) {
  if (!start.total) return "at the start: " + start.failure;
  if (!end.total) return "at the end: " + end.failure;
  if (duration <= Seconds::zero()) {
    return fmt::format("the clock went from the start to the end by {:.3g} s", duration.count());
  }
  const Joules energy = *end.total - *start.total;
  if (energy < Joules()) {
    return fmt::format("the counter went backwards by {:.6g} J", -energy.value());
  }
  if (energy == Joules()) return WhyNoMovement(domain, duration);
  if (Jumped(domain, energy, duration)) {
    return fmt::format("the counter jumped: {:.6g} J in {:.3g} s is more than such a part can draw",
                       energy.value(), duration.count());
  }
  return {};
}

}  // namespace

DomainEnergy Judge(const Domain& domain, const DomainReading& start, const DomainReading& end,
                   Seconds duration) {
  DomainEnergy result{.failure = WhyNoEnergy(domain, start, end, duration)};
  if (result.failure.empty()) result.energy = *end.total - *start.total;
  return result;
}

MeterWindow JudgeMeter(const Meter& meter, Reading start, Reading end) {
  MeterWindow window{.start = std::move(start), .end = std::move(end)};
  for (std::size_t i = 0; i < meter.domains().size(); ++i) {
    window.domains.push_back(Judge(meter.domains()[i], window.start.domains[i],
                                   window.end.domains[i], window.duration()));
  }
  return window;
}

}  // namespace joulecast
