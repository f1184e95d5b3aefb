// SPDX-License-Identifier: Apache-2.0
#include "dataset/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

#include "base/text.h"
#include "dataset/samples.h"

namespace joulecast {
namespace {

void CountKept(const Measurement& m, DatasetStats& stats) {
  if (!m.energy) {
    ++stats.failed;
    ++stats.reasons[m.reason.value_or("no reason")];
    return;
  }
  if (!m.rejected_published) ++stats.kept_published;
  if (m.rejected_physics) {
    ++stats.reasons[*m.rejected_physics];
    return;
  }
  ++stats.kept_physics;
  const Joules per_call = 1 / static_cast<double>(m.passes) * *m.energy;
  stats.least = std::min(stats.least.value_or(per_call), per_call);
  stats.most = std::max(stats.most.value_or(per_call), per_call);
}

std::string Text(double value) { return fmt::format("{}", value); }

/// What the window took beyond the machine's rest.
std::optional<Joules> NetOf(const Measurement& m) {
  if (!m.energy || !m.time || !m.idle_power) return std::nullopt;
  return *m.energy - *m.idle_power * *m.time;
}

template <typename Value>
std::string Number(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

}  // namespace

std::vector<DatasetStats> ComputeStats(const Dataset& dataset) {
  std::map<std::pair<std::string, std::string>, DatasetStats> groups;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> configurations;
  dataset.ForEach([&](const Measurement& m) {
    const auto key = std::pair(m.origin, TypeOf(m));
    DatasetStats& stats = groups[key];
    ++stats.rows;
    configurations[key].insert(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", m.spec, m.model, m.batch,
                                           m.architecture, m.layer_index.value_or(0), m.device));
    CountKept(m, stats);
  });
  std::vector<DatasetStats> result;
  for (auto& [key, stats] : groups) {
    stats.origin = key.first;
    stats.type = key.second;
    stats.configurations = configurations[key].size();
    result.push_back(std::move(stats));
  }
  return result;
}

void ExportCsv(const Dataset& dataset, std::ostream& out) {
  out << "key,source,device,origin,spec,model,batch,architecture,layer_index,repetition,passes,"
         "energy_j,time_s,tag,meter,source_file,source_row,started,outcome,reason,"
         "rejected_published,rejected_physics,run,idle_power_w,net_j,load_before,load_after,"
         "temperature_before_c,temperature_after_c,readings\n";
  dataset.ForEach([&](const Measurement& m) {
    const auto net = NetOf(m);
    const std::vector<std::string> fields = {m.key,
                                             m.source,
                                             m.device,
                                             m.origin,
                                             m.spec,
                                             m.model,
                                             std::to_string(m.batch),
                                             m.architecture,
                                             Number(m.layer_index),
                                             std::to_string(m.repetition),
                                             std::to_string(m.passes),
                                             m.energy ? Text(m.energy->value()) : "",
                                             m.time ? Text(m.time->count()) : "",
                                             m.tag,
                                             m.meter,
                                             m.source_file,
                                             Number(m.source_row),
                                             m.started,
                                             m.energy ? "ok" : "failed",
                                             m.reason.value_or(""),
                                             m.rejected_published.value_or(""),
                                             m.rejected_physics.value_or(""),
                                             m.run,
                                             m.idle_power ? Text(m.idle_power->value()) : "",
                                             net ? Text(net->value()) : "",
                                             Number(m.load_before),
                                             Number(m.load_after),
                                             Number(m.temperature_before_c),
                                             Number(m.temperature_after_c),
                                             m.readings.value_or("")};
    for (std::size_t i = 0; i < fields.size(); ++i)
      out << (i == 0 ? "" : ",") << CsvField(fields[i]);
    out << '\n';
  });
}

}  // namespace joulecast
