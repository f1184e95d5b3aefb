// SPDX-License-Identifier: Apache-2.0
#include "measure/energy_sum.h"

#include <algorithm>

namespace joulecast {
namespace {

const Domain& At(MeterSet meters, DomainIndex index) {
  return meters[index.meter]->domains()[index.domain];
}

std::vector<DomainIndex> AllDomains(MeterSet meters) {
  std::vector<DomainIndex> all;
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) all.push_back({m, d});
  }
  return all;
}

std::string WhyLeftOut(MeterSet meters, DomainIndex one, DomainIndex chosen) {
  const std::string& inner = At(meters, one).part;
  const std::string& outer = At(meters, chosen).part;
  const char* relation = inner == outer                ? " counts the same as "
                         : inner.size() > outer.size() ? " lies within "
                                                       : " contains ";
  return Label(meters, one) + relation + Label(meters, chosen);
}

}  // namespace

std::string Label(MeterSet meters, DomainIndex index) {
  return std::string(meters[index.meter]->name()) + ":" + At(meters, index).name;
}

SumPlan PlanSum(MeterSet meters) {
  std::vector<DomainIndex> all = AllDomains(meters);
  std::ranges::stable_sort(all, {}, [&](DomainIndex one) { return At(meters, one).evidence; });
  SumPlan plan;
  for (const DomainIndex index : all) {
    const auto rival = std::ranges::find_if(plan.domains, [&](DomainIndex chosen) {
      return Overlapping(At(meters, index), At(meters, chosen));
    });
    if (rival != plan.domains.end()) {
      plan.left_out.push_back(WhyLeftOut(meters, index, *rival));
    } else {
      plan.domains.push_back(index);
      plan.evidence = std::max(plan.evidence, At(meters, index).evidence);
    }
  }
  return plan;
}

EnergySum Sum(MeterSet meters, const SumPlan& plan, const MeasuredWindow& window,
              const Baseline& baseline) {
  EnergySum sum{.energy = Joules(), .net = Joules()};
  for (const DomainIndex index : plan.domains) {
    const MeterWindow& part = window.meters[index.meter];
    const DomainEnergy& used = part.domains[index.domain];
    const IdlePower idle = IdlePowerOf(At(meters, index), index.meter, index.domain, baseline);
    const auto net = NetEnergy(used.energy, idle, part.duration());
    if (!used.energy) sum.failure = Label(meters, index) + ": " + used.failure;
    if (!net) {
      sum.net_is_missing = Label(meters, index) + ": " + (used.energy ? idle.reason : used.failure);
    }
    if (sum.failure.empty()) *sum.energy += *used.energy;
    if (sum.net_is_missing.empty()) *sum.net += *net;
  }
  if (!sum.failure.empty()) sum.energy.reset();
  if (!sum.net_is_missing.empty()) sum.net.reset();
  return sum;
}

}  // namespace joulecast
