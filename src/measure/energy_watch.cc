// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "joulecast/error.h"
#include "joulecast/measure.h"
#include "measure/clock.h"
#include "measure/energy_sum.h"
#include "measure/guard.h"
#include "measure/session.h"

namespace joulecast {

struct EnergyWatch::Impl {
  explicit Impl(std::vector<std::unique_ptr<Meter>> all)
      : meters(std::move(all)), session(meters, clock), plan(PlanSum(meters)) {}

  std::vector<std::unique_ptr<Meter>> meters;
  SteadyClock clock;
  Session session;
  SumPlan plan;
  std::optional<Guard> guard;  ///< there while a stretch lasts
};

EnergyWatch::EnergyWatch(std::vector<std::unique_ptr<Meter>> meters)
    : impl_(std::make_unique<Impl>(std::move(meters))) {
  Start();
}

EnergyWatch::~EnergyWatch() = default;

void EnergyWatch::Start() {
  impl_->guard.reset();
  impl_->session.Start();
  impl_->guard.emplace(impl_->session);
}

EnergyUse EnergyWatch::Stop() {
  if (!impl_->guard) {
    throw Error(ErrorKind::kUsage, "the energy watch was stopped before; start it again first");
  }
  impl_->guard.reset();
  const MeasuredWindow window = impl_->session.Stop();
  const MeterSet meters = impl_->meters;
  const EnergySum sum = Sum(meters, impl_->plan, window, {});
  EnergyUse use{.time = window.duration,
                .energy = sum.energy,
                .failure = sum.failure,
                .evidence = impl_->plan.evidence};
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) {
      const DomainIndex index{m, d};
      const DomainEnergy& energy = window.meters[m].domains[d];
      const auto& summed = impl_->plan.domains;
      use.parts.push_back(
          {.label = Label(meters, index),
           .evidence = meters[m]->domains()[d].evidence,
           .energy = energy.energy,
           .failure = energy.failure,
           .in_total = std::find(summed.begin(), summed.end(), index) != summed.end()});
    }
  }
  return use;
}

}  // namespace joulecast
