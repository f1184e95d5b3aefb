// SPDX-License-Identifier: Apache-2.0
#include "measure/diagnosis.h"

#include <algorithm>
#include <utility>

#include "joulecast/error.h"
#include "measure/energy_sum.h"
#include "measure/guard.h"

namespace joulecast {
namespace {

constexpr Seconds kLongestProbe{1.0};

/// The meters that could be opened, and which entry of the diagnosis each belongs to.
struct OpenMeterSet {
  std::vector<std::unique_ptr<Meter>> meters;
  std::vector<std::size_t> entries;
};

MeterDiagnosis Examine(const MeterType& type, const MeterHost& host, Clock& clock,
                       std::unique_ptr<Meter>& opened) {
  MeterDiagnosis found{.name = std::string(type.name),
                       .summary = std::string(type.summary),
                       .argument = std::string(type.argument),
                       .availability = Probe(type, host)};
  if (!found.availability.works) return found;
  try {
    opened = type.open("", host);
  } catch (const Error& error) {  // gone since it was probed
    found.availability = {.why_not = error.what()};
    return found;
  }
  const MeterProbe probe = ProbeTicks(*opened, clock, kLongestProbe);
  found.source = opened->source();
  found.longest_gap = opened->longest_gap();
  found.read_cost = probe.read_cost;
  for (std::size_t d = 0; d < probe.domains.size(); ++d) {
    found.domains.push_back({.domain = opened->domains()[d], .probe = probe.domains[d]});
  }
  return found;
}

OpenMeterSet ExamineAll(const MeterHost& host, Clock& clock, Diagnosis& diagnosis) {
  OpenMeterSet open;
  for (const MeterType* type : MeterCatalog()) {
    std::unique_ptr<Meter> meter;
    diagnosis.meters.push_back(Examine(*type, host, clock, meter));
    if (meter == nullptr) continue;
    open.entries.push_back(diagnosis.meters.size() - 1);
    open.meters.push_back(std::move(meter));
  }
  return open;
}

void WatchTogether(const OpenMeterSet& open, Clock& clock, Diagnosis& diagnosis) {
  Session session(open.meters, clock);
  const MeasuredWindow window =
      MeasureIdle(session, kShortestWindow, [&](Seconds time) { clock.Sleep(time); });
  for (std::size_t m = 0; m < open.meters.size(); ++m) {
    const MeterWindow& part = window.meters[m];
    for (std::size_t d = 0; d < part.domains.size(); ++d) {
      DomainDiagnosis& domain = diagnosis.meters[open.entries[m]].domains[d];
      domain.failure = part.domains[d].failure;
      if (part.domains[d].energy) domain.power = *part.domains[d].energy / part.duration();
    }
  }
  diagnosis.disagreements = FindDisagreements(open.meters, window);
}

void AddChoice(const MeterHost& host, Diagnosis& diagnosis) {
  const auto meters = OpenDefaultMeters(host);
  if (meters.empty()) return;
  const SumPlan plan = PlanSum(meters);
  diagnosis.evidence = plan.evidence;
  for (const DomainIndex index : plan.domains) diagnosis.chosen.push_back(Label(meters, index));
}

void AddAdvice(Diagnosis& diagnosis) {
  if (diagnosis.evidence == Evidence::kMeasured) return;
  const HostFacts& host = diagnosis.host;
  const auto say = [&](std::string text) { diagnosis.advice.push_back(std::move(text)); };
  if (host.virtual_machine) {
    say("This is a virtual machine (" + *host.virtual_machine +
        "): processors' counters belong to its host. Measure on the host or on bare metal; a GPU "
        "that is passed through brings its own.");
  }
  if (host.container) {
    say("This is a container (" + *host.container +
        "): if the host has counters, let them in, as in docker run -v "
        "/sys/devices/virtual/powercap:/sys/devices/virtual/powercap:ro, and make energy_uj "
        "readable on the host.");
  }
  say("Anywhere: a wall meter or the board's own sensor, as --meter external:PROGRAM, a program "
      "that prints joules or watts.");
}

}  // namespace

Diagnosis Diagnose(const MeterHost& host, Clock& clock) {
  Diagnosis diagnosis{.host = ReadHostFacts(host.root)};
  const OpenMeterSet open = ExamineAll(host, clock, diagnosis);
  if (!open.meters.empty()) WatchTogether(open, clock, diagnosis);
  AddChoice(host, diagnosis);
  AddAdvice(diagnosis);
  return diagnosis;
}

}  // namespace joulecast
