// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/additivity.h"

#include <optional>

#include "joulecast/zoo.h"

namespace joulecast {
namespace {

std::optional<Cost> CostOf(const std::string& text, const std::map<std::string, Record>& records) {
  const auto record = records.find(text);
  if (record == records.end() || record->second.measured.energies_j.empty()) return std::nullopt;
  return Typical(record->second.measured);
}

std::optional<Cost> SumOfLayers(const LayeredModel& model,
                                const std::map<std::string, Record>& records) {
  Cost sum;
  for (const Layer& layer : model.layers) {
    if (!layer.spec) return std::nullopt;
    if (layer.spec->type().is_free) continue;
    const auto cost = CostOf(layer.spec->ToString(), records);
    if (!cost) return std::nullopt;
    sum.energy_j += cost->energy_j;
    sum.time_s += cost->time_s;
  }
  return sum;
}

}  // namespace

std::vector<Additivity> CheckAdditivity(const std::vector<Item>& items,
                                        const std::map<std::string, Record>& records) {
  std::vector<Additivity> checks;
  for (const Item& item : items) {
    if (item.spec) continue;
    const auto whole = CostOf(item.Text(), records);
    if (!whole) continue;
    const LayeredModel model = Resolve(*BuildZooModel(item.model), {.batch = item.batch});
    const auto sum = SumOfLayers(model, records);
    if (!sum) continue;
    checks.push_back({.model = item.model,
                      .batch = item.batch,
                      .energy_ratio = sum->energy_j / whole->energy_j,
                      .time_ratio = sum->time_s / whole->time_s});
  }
  return checks;
}

}  // namespace joulecast
