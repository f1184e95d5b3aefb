// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "measure/host_facts.h"
#include "measure/probe.h"

namespace joulecast {

/// One domain of a meter that could be opened.
struct DomainDiagnosis {
  Domain domain;
  DomainProbe probe;
  std::optional<Watts> power;  ///< while it was watched
  std::string failure;         ///< why it gave no energy then
};

/// One kind of meter on this machine.
struct MeterDiagnosis {
  std::string name;
  std::string summary;
  std::string argument;  ///< what may follow its name after a colon
  Availability availability;
  // Where it works:
  std::string source;
  std::optional<Seconds> longest_gap;
  Seconds read_cost{0};
  std::vector<DomainDiagnosis> domains;
};

struct Diagnosis {
  HostFacts host;
  std::vector<MeterDiagnosis> meters;      ///< in catalogue order
  std::vector<std::string> chosen;         ///< what is added where no meter is named
  std::optional<Evidence> evidence;        ///< of that sum; nullopt if nothing works
  std::vector<std::string> disagreements;  ///< between counters of overlapping parts
  std::vector<std::string> advice;         ///< what would have to change for (better) counters
};

/// Opens and watches every kind of meter that works here without an argument, each alone and then
/// all at once for the length of one window.
Diagnosis Diagnose(const MeterHost& host, Clock& clock);

/// Two counters of one part that differ, or a part that takes more than what it lies in. Modelled
/// domains contradict nobody. `window` is of `meters`.
std::vector<std::string> FindDisagreements(MeterSet meters, const MeasuredWindow& window);

std::string DiagnosisText(const Diagnosis& diagnosis);
std::string DiagnosisJson(const Diagnosis& diagnosis);

}  // namespace joulecast
