// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "measure/diagnosis.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

Json DomainJson(const DomainDiagnosis& found) {
  return {{"domain", found.domain.name},
          {"part", found.domain.part},
          {"evidence", Name(found.domain.evidence)},
          {"resolution_j", found.domain.resolution.value()},
          {"documented_tick_s", OrNull<Json>(found.domain.tick)},
          {"tick_s", OrNull<Json>(found.probe.tick)},
          {"smallest_step_j", OrNull<Json>(found.probe.smallest_step)},
          {"power_w", OrNull<Json>(found.power)},
          {"resting_power_w", OrNull<Json>(found.domain.resting_power)},
          {"failure", TextOrNull<Json>(found.failure)}};
}

Json MeterJson(const MeterDiagnosis& meter) {
  Json json = {{"meter", meter.name},
               {"summary", meter.summary},
               {"argument", TextOrNull<Json>(meter.argument)},
               {"works", meter.availability.works},
               {"why_not", TextOrNull<Json>(meter.availability.why_not)},
               {"fix", TextOrNull<Json>(meter.availability.fix)}};
  if (!meter.availability.works) return json;
  json["source"] = meter.source;
  json["read_cost_s"] = meter.read_cost.count();
  json["longest_gap_s"] = OrNull<Json>(meter.longest_gap);
  json["domains"] = Json::array();
  for (const DomainDiagnosis& domain : meter.domains) json["domains"].push_back(DomainJson(domain));
  return json;
}

}  // namespace

std::string DiagnosisJson(const Diagnosis& diagnosis) {
  const HostFacts& host = diagnosis.host;
  Json json = {{"processor", TextOrNull<Json>(host.cpu)},
               {"kernel", TextOrNull<Json>(host.kernel)},
               {"microcode", OrNull<Json>(host.microcode)},
               {"virtual_machine", OrNull<Json>(host.virtual_machine)},
               {"container", OrNull<Json>(host.container)},
               {"meters", Json::array()},
               {"chosen", diagnosis.chosen},
               {"evidence", nullptr},
               {"disagreements", diagnosis.disagreements},
               {"advice", diagnosis.advice}};
  if (diagnosis.evidence) json["evidence"] = Name(*diagnosis.evidence);
  for (const MeterDiagnosis& meter : diagnosis.meters) json["meters"].push_back(MeterJson(meter));
  return DumpJson(json);
}

}  // namespace joulecast
