// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "measure/diagnosis.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

std::string HostText(const HostFacts& host) {
  return fmt::format(
      "processor  {}\nkernel     {}{}\nmachine    {}, {}\n",
      host.cpu.empty() ? "unknown" : host.cpu, host.kernel,
      host.microcode ? ", microcode " + *host.microcode : "",
      host.virtual_machine ? "virtual (" + *host.virtual_machine + ")"
                           : "no sign of a virtual machine",
      host.container ? "in a container (" + *host.container + ")" : "no sign of a container");
}

std::string TickText(const DomainDiagnosis& domain, Seconds read_cost) {
  // Nothing is seen sooner than it is read: the counter may be finer than that.
  if (domain.probe.tick && *domain.probe.tick < 2 * read_cost) return "updated at every reading";
  if (domain.probe.tick) return "updated every " + Human(*domain.probe.tick);
  if (domain.domain.tick) return "updated every " + Human(*domain.domain.tick) + " (documented)";
  return "too few updates seen to tell how often";
}

std::string DomainText(const DomainDiagnosis& domain, Seconds read_cost) {
  const std::string now =
      domain.failure.empty() && domain.power
          ? Human(*domain.power) + " now, unit " + Human(domain.domain.resolution)
          : "no energy: " + domain.failure;
  return fmt::format("      {} ({}, {}): {}, {}\n", domain.domain.name, domain.domain.part,
                     Name(domain.domain.evidence), now, TickText(domain, read_cost));
}

/// Meters' errors begin with their names, which stand there already.
std::string_view WithoutName(std::string_view text, const std::string& name) {
  return text.starts_with(name + ": ") ? text.substr(name.size() + 2) : text;
}

std::string MeterText(const MeterDiagnosis& meter) {
  const std::string head = fmt::format("  {:<9} ", meter.name);
  if (!meter.availability.works) {
    std::string text =
        fmt::format("{}no    {}\n", head, WithoutName(meter.availability.why_not, meter.name));
    if (!meter.availability.fix.empty()) text += "      fix: " + meter.availability.fix + "\n";
    return text;
  }
  std::string text = head + "works " + meter.source + "\n";
  text += fmt::format("      a reading takes {}", Human(meter.read_cost));
  if (meter.longest_gap) {
    text += fmt::format(", and must come every {} at the latest", Human(*meter.longest_gap));
  }
  text += "\n";
  for (const DomainDiagnosis& domain : meter.domains) text += DomainText(domain, meter.read_cost);
  return text;
}

}  // namespace

std::string DiagnosisText(const Diagnosis& diagnosis) {
  std::string text = HostText(diagnosis.host) + "meters\n";
  for (const MeterDiagnosis& meter : diagnosis.meters) text += MeterText(meter);
  if (diagnosis.evidence) {
    text += fmt::format("by itself, joulecast measure takes {}: {}\n",
                        Join(diagnosis.chosen, " + "), Name(*diagnosis.evidence));
  } else {
    text += "no meter works here\n";
  }
  for (const std::string& each : diagnosis.disagreements) text += "disagreement: " + each + "\n";
  for (const std::string& each : diagnosis.advice) text += each + "\n";
  return text;
}

}  // namespace joulecast
