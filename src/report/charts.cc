// SPDX-License-Identifier: Apache-2.0
#include "report/charts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The groups' names, the one with most pairs first.
std::vector<std::string> GroupsOf(std::span<const ForecastPair> pairs) {
  std::map<std::string, std::size_t> counts;
  for (const ForecastPair& pair : pairs) ++counts[pair.group];
  std::vector<std::string> groups;
  groups.reserve(counts.size());
  for (const auto& [group, count] : counts) groups.push_back(group);
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
  return groups;
}

Json PairsJson(std::span<const ForecastPair> pairs, const std::vector<std::string>& groups) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < groups.size(); ++i) places[groups[i]] = i;
  Json rows = Json::array();
  for (const ForecastPair& pair : pairs) {
    const bool has_logs = pair.measured_j > 0 && pair.forecast_j > 0 &&
                          std::isfinite(pair.measured_j + pair.forecast_j);
    if (!has_logs) continue;
    Json row = {{"name", pair.name},
                {"group", places.at(pair.group)},
                {"measured_j", pair.measured_j},
                {"forecast_j", pair.forecast_j}};
    if (pair.low_j && pair.high_j) {
      row["low_j"] = *pair.low_j;
      row["high_j"] = *pair.high_j;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string PairsChart(std::string_view chart, std::span<const ForecastPair> pairs,
                       std::optional<double> interval_level, std::string_view label) {
  const std::vector<std::string> groups = GroupsOf(pairs);
  return Dump({{"chart", chart},
               {"label", label},
               {"groups", groups},
               {"interval", interval_level ? Json(*interval_level) : Json(nullptr)},
               {"pairs", PairsJson(pairs, groups)}});
}

}  // namespace

std::string BarChart(std::span<const Bar> bars, std::string_view label) {
  Json json = {{"chart", "bars"}, {"label", label}, {"bars", Json::array()}};
  for (const Bar& bar : bars) {
    json["bars"].push_back({{"name", bar.name},
                            {"value", std::isfinite(bar.value) ? Json(bar.value) : Json(nullptr)},
                            {"text", bar.text}});
  }
  return Dump(json);
}

std::string StackedBars(std::span<const std::string> legend, std::span<const StackedBar> bars,
                        std::string_view label) {
  Json json = {{"chart", "stacked"}, {"label", label}, {"legend", legend}, {"bars", Json::array()}};
  for (const StackedBar& bar : bars) {
    json["bars"].push_back({{"name", bar.name}, {"parts", bar.parts}});
  }
  return Dump(json);
}

std::string DiagonalChart(std::span<const ForecastPair> pairs, std::string_view label) {
  return PairsChart("diagonal", pairs, std::nullopt, label);
}

std::string AgreementCharts(std::span<const ForecastPair> pairs,
                            std::optional<double> interval_level, std::string_view label) {
  return PairsChart("agreement", pairs, interval_level, label);
}

}  // namespace joulecast
