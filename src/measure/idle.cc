// SPDX-License-Identifier: Apache-2.0
#include "measure/idle.h"

#include "base/statistics.h"
#include "measure/guard.h"

namespace joulecast {

MeasuredWindow MeasureIdle(Session& session, Seconds time, const Wait& wait) {
  session.Start();
  const Guard guard(session, time);
  wait(time);
  return session.Stop();
}

IdlePower IdlePowerOf(const Domain& domain, std::size_t meter, std::size_t index,
                      const Baseline& baseline) {
  std::vector<double> powers_w;
  std::string basis;
  std::string failure;
  const auto add = [&](const std::optional<MeasuredWindow>& window, const char* when) {
    if (!window) return;
    const MeterWindow& part = window->meters[meter];
    const DomainEnergy& used = part.domains[index];
    if (used.energy) {
      powers_w.push_back((*used.energy / part.duration()).value());
      basis += (basis.empty() ? "idle " : " and ") + std::string(when);
    } else {
      failure = "idle " + std::string(when) + ": " + used.failure;
    }
  };
  add(baseline.before, "before");
  add(baseline.after, "after");
  if (const auto mean = Mean(powers_w)) return {.power = Watts(*mean), .basis = basis};
  if (domain.resting_power) {
    return {.power = domain.resting_power, .basis = "the model's idle power"};
  }
  return {.reason = failure.empty() ? "no idle window was measured (--idle-s)" : failure};
}

std::optional<Joules> NetEnergy(std::optional<Joules> gross, const IdlePower& idle,
                                Seconds duration) {
  if (!gross || !idle.power) return std::nullopt;
  return *gross - *idle.power * duration;
}

}  // namespace joulecast
