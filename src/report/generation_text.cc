// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "joulecast/report.h"
#include "report/footprint_text.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

std::string TimeOf(Seconds time) { return time.count() > 0 ? ", " + Human(time) : ""; }

std::string PhaseLine(std::string_view name, const PhaseEstimate& phase) {
  return fmt::format("{:<9} {} token{}: {}, {} a token{}, {}\n", name, phase.tokens,
                     phase.tokens == 1 ? "" : "s", Human(phase.energy.energy),
                     Human(phase.energy_per_token()), TimeOf(phase.time),
                     HumanMacs(static_cast<double>(phase.macs)));
}

/// Energy of one pass by layer type.
std::map<std::string, Joules> ByType(const PhaseEstimate& phase) {
  std::map<std::string, Joules> sums;
  for (const LayerEstimate& line : phase.typical.layers) {
    if (line.forecast.coverage == Coverage::kFree) continue;
    const bool known = line.layer.spec.has_value();
    sums[known ? std::string(line.layer.spec->type().name) : "unknown"] +=
        line.forecast.energy.energy;
  }
  return sums;
}

std::string ShareOf(const std::map<std::string, Joules>& sums, const std::string& type,
                    const PhaseEstimate& phase) {
  const auto found = sums.find(type);
  return found == sums.end() ? "-" : HumanShare(found->second / phase.typical.energy.energy);
}

std::string TypesTable(const GenerationEstimate& estimate) {
  const auto prefill = ByType(estimate.prefill);
  const auto decode = estimate.decode ? ByType(*estimate.decode) : prefill;
  std::vector<std::pair<Joules, std::string>> order;
  for (const auto& [type, energy] : decode) order.emplace_back(energy, type);
  for (const auto& [type, energy] : prefill) {
    if (!decode.contains(type)) order.emplace_back(Joules(0), type);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text = fmt::format("{:<20} {:>12}", "share of energy", "prefill");
  text += estimate.decode ? fmt::format(" {:>12}\n", "decode") : "\n";
  for (const auto& [energy, type] : order) {
    text += fmt::format("{:<20} {:>12}", type, ShareOf(prefill, type, estimate.prefill));
    text +=
        estimate.decode ? fmt::format(" {:>12}\n", ShareOf(decode, type, *estimate.decode)) : "\n";
  }
  return text;
}

std::string EvidenceOf(std::string_view name, const PhaseEstimate& phase) {
  std::string shares;
  for (const Coverage coverage : {Coverage::kFitted, Coverage::kFallback, Coverage::kUnknown}) {
    const double share = phase.typical.coverage_share[static_cast<std::size_t>(coverage)];
    if (share <= 0) continue;
    shares += fmt::format("{}{} {}", shares.empty() ? "" : ", ", HumanShare(share), Name(coverage));
  }
  return fmt::format("{:<9} {}: {}\n", "Evidence", name, shares);
}

}  // namespace

std::string GenerationText(const GenerationEstimate& estimate, const Profile& profile) {
  const GenerationRequest& request = estimate.request;
  std::string text = fmt::format("{}, batch {}, on {}\n\n", Printable(estimate.model, 24),
                                 request.batch, Printable(profile.title, 36));
  text += fmt::format("Energy    {} per request", Human(estimate.energy.energy));
  if (request.generate > 0) {
    text += fmt::format(", {} per generated token", Human(estimate.energy_per_generated_token()));
  }
  text += fmt::format("\n          {:.0f} % interval {} .. {}\n", 100 * profile.interval_level,
                      Human(estimate.energy.low), Human(estimate.energy.high));
  text += PhaseLine("Prefill", estimate.prefill);
  if (estimate.decode) text += PhaseLine("Decode", *estimate.decode);
  if (estimate.kv_cache_bytes > 0) {
    text += fmt::format("Cache     {}B of keys and values at the end\n",
                        HumanCount(static_cast<double>(estimate.kv_cache_bytes)));
  }
  text +=
      fmt::format("Work      {} parameters\n", HumanCount(static_cast<double>(estimate.params)));
  text += EvidenceOf("prefill", estimate.prefill);
  if (estimate.decode) text += EvidenceOf("decode", *estimate.decode);
  text += fmt::format("Source    forecast from {} {} rows\n", profile.provenance.training_rows,
                      Printable(profile.provenance.kind, 20));
  text += fmt::format("          {}\n", Printable(profile.provenance.hardware, 70));
  if (estimate.footprint) text += "\n" + FootprintText(*estimate.footprint);
  return text + "\n" + TypesTable(estimate);
}

}  // namespace joulecast
