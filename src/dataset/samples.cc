// SPDX-License-Identifier: Apache-2.0
#include "dataset/samples.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/statistics.h"
#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

bool IsKept(const Measurement& m, Cleaning cleaning) {
  if (!m.energy) return false;
  switch (cleaning) {
    case Cleaning::kPhysics:
      return !m.rejected_physics;
    case Cleaning::kPublished:
      return !m.rejected_published;
    case Cleaning::kNone:
      break;
  }
  return true;
}

void Check(const SampleFilter& filter) {
  for (const std::string& origin : filter.origins) {
    if (std::find(kOrigins.begin(), kOrigins.end(), origin) != kOrigins.end()) continue;
    throw Error(ErrorKind::kUsage, "no origin '" + Printable(origin, 40) +
                                       "'; there are random, net-config, net-layer, net-total");
  }
}

std::string KeyOf(const Measurement& m) {
  const std::vector<std::string> parts = {m.spec,         m.origin,
                                          m.architecture, std::to_string(m.layer_index.value_or(0)),
                                          m.model,        std::to_string(m.batch),
                                          m.device,       m.source,
                                          m.source_file,  m.tag};
  std::string key;
  for (const std::string& part : parts) key += part + '\n';
  return key;
}

std::optional<LayerSpec> SpecOf(const std::string& text) {
  if (FindLayerType(text.substr(0, text.find(' '))) == nullptr) return std::nullopt;
  try {
    return LayerSpec::Parse(text);
  } catch (const Error&) {
    return std::nullopt;  // stored by a program that knew another form of this type
  }
}

struct Group {
  Measurement first;
  std::vector<PlacedRepetition> repetitions;
  std::vector<double> times_s;
};

Sample MakeSample(const Group& group, Cleaning cleaning) {
  const Measurement& m = group.first;
  Repetitions all{.energies_j = {}, .times_s = group.times_s};
  for (const PlacedRepetition& repetition : group.repetitions) {
    all.energies_j.push_back(repetition.energy_j);
  }
  // The published protocol averages whatever it keeps.
  const bool averages = cleaning == Cleaning::kPublished;
  const Cost cost = averages ? Cost{Mean(all.energies_j).value_or(0), Mean(all.times_s).value_or(0)}
                             : Typical(all);
  return {.spec_text = m.spec,
          .spec = SpecOf(m.spec),
          .model = m.model,
          .batch = m.batch,
          .architecture = m.architecture,
          .layer_index = static_cast<int>(m.layer_index.value_or(0)),
          .origin = m.origin,
          .energy = Joules(cost.energy_j),
          .time = Seconds(cost.time_s),
          .repetitions = group.repetitions,
          .spread = Spread(all.energies_j),
          .device = m.device,
          .tag = m.tag,
          .meter = m.meter,
          .session = m.source_file.empty() ? m.source : m.source_file};
}

}  // namespace

std::string TypeOf(const Measurement& measurement) {
  return measurement.spec.empty() ? "network"
                                  : measurement.spec.substr(0, measurement.spec.find(' '));
}

std::string CanonicalSpec(const std::string& text) {
  const bool is_known = FindLayerType(text.substr(0, text.find(' '))) != nullptr;
  return is_known ? LayerSpec::Parse(text).ToString() : text;
}

std::vector<Sample> LoadSamples(const Dataset& dataset, const SampleFilter& filter) {
  Check(filter);
  std::vector<Group> groups;
  std::map<std::string, std::size_t> index;
  std::int64_t place = 0;
  dataset.ForEach([&](const Measurement& m) {
    ++place;
    if (!filter.origins.empty() && !filter.origins.contains(m.origin)) return;
    if (!filter.device.empty() && filter.device != m.device) return;
    if (!filter.layer_type.empty() && filter.layer_type != TypeOf(m)) return;
    if (!IsKept(m, filter.cleaning)) return;
    const auto [known, is_new] = index.emplace(KeyOf(m), groups.size());
    if (is_new) groups.push_back({.first = m});
    Group& group = groups[known->second];
    const auto passes = static_cast<double>(m.passes);
    group.repetitions.push_back({.place = place, .energy_j = m.energy->value() / passes});
    if (m.time) group.times_s.push_back(m.time->count() / passes);
  });
  std::vector<Sample> samples;
  for (const Group& group : groups) samples.push_back(MakeSample(group, filter.cleaning));
  return samples;
}

std::vector<Sample> LoadSamples(const std::filesystem::path& dataset, const SampleFilter& filter) {
  std::vector<Sample> samples = LoadSamples(Dataset::OpenForReading(dataset), filter);
  if (samples.empty()) {
    const std::vector<std::string> origins(filter.origins.begin(), filter.origins.end());
    throw Error(ErrorKind::kInput,
                dataset.string() + " has no rows of " +
                    (origins.empty() ? "any origin" : Join(origins, ", ")) +
                    (filter.device.empty() ? "" : " of the device " + filter.device) +
                    "; see joulecast dataset stats " + dataset.string());
  }
  return samples;
}

Device FindDevice(const std::filesystem::path& dataset, const std::string& name) {
  for (const Device& device : Dataset::OpenForReading(dataset).Devices()) {
    if (device.name == name) return device;
  }
  return {.name = name};
}

Cleaning CleaningOf(std::string_view name) {
  if (name == "physics") return Cleaning::kPhysics;
  if (name == "published") return Cleaning::kPublished;
  if (name == "none") return Cleaning::kNone;
  throw Error(ErrorKind::kUsage, "no cleaning rule '" + Printable(name, 40) +
                                     "'; there are physics, published and none");
}

}  // namespace joulecast
