// SPDX-License-Identifier: Apache-2.0
#include "report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

template <typename... Args>
void Line(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  text += '\n';
}

std::string GramsOf1000(const Estimate& estimate) {
  if (!estimate.footprint || !estimate.footprint->operational_gco2) return "-";
  return HumanAmount(1000 * estimate.footprint->operational_gco2->value, "g");
}

void AddProfile(std::string& text, const Comparison& comparison, std::size_t place) {
  const Profile& profile = comparison.profiles[place];
  const Provenance& from = profile.provenance;
  Line(text, "On {}", Printable(profile.title, 76));
  Line(text, "Energy per inference of the batch, forecast from {} {} rows", from.training_rows,
       Printable(from.kind, 20));
  Line(text, "  {}", Printable(from.meter, 70));
  Line(text, "  {}", Printable(from.hardware, 70));
}

void AddEnergies(std::string& text, const Comparison& comparison, std::size_t profile) {
  Line(text, "{:<24} {:>5} {:>9} {:>5} {:>10} {:>9} {:>8}", "model", "batch", "energy", "±",
       "per sample", "time", "MACs");
  for (const ComparedEstimate& entry : comparison.entries) {
    if (entry.profile != profile) continue;
    const Estimate& each = entry.estimate;
    Line(text, "{:<24} {:>5} {:>9} {:>5} {:>10} {:>9} {:>8}", Printable(each.model, 24), each.batch,
         Human(each.energy.energy), HumanSpread(each.energy.energy, each.energy.high),
         Human(entry.energy_per_sample()), Human(each.time),
         HumanCount(static_cast<double>(each.work.macs)));
  }
}

void AddTradeOffs(std::string& text, const Comparison& comparison, std::size_t profile) {
  Line(text, "{:<24} {:>5} {:>9} {:>12} {:>11} {:>9}", "", "batch", "params", "energy*time",
       "CO2e / 1000", "accuracy");
  for (const ComparedEstimate& entry : comparison.entries) {
    if (entry.profile != profile) continue;
    const Estimate& each = entry.estimate;
    const auto edp = entry.edp_js();
    Line(text, "{:<24} {:>5} {:>9} {:>12} {:>11} {:>9}", Printable(each.model, 24), each.batch,
         HumanCount(static_cast<double>(each.work.params)),
         edp ? fmt::format("{:.3g} J s", *edp) : "-", GramsOf1000(each),
         entry.accuracy_percent ? fmt::format("{:.4g} %", *entry.accuracy_percent) : "-");
  }
}

std::string NameOf(const Comparison& comparison, const ComparedEstimate& entry) {
  std::string name =
      fmt::format("{}, batch {}", Printable(entry.estimate.model, 24), entry.estimate.batch);
  if (comparison.profiles.size() > 1) {
    name += ", " + Printable(comparison.profiles[entry.profile].device, 20);
  }
  return name;
}

/// What sets the others apart from the one that takes least.
void AddDifferences(std::string& text, const Comparison& comparison) {
  constexpr std::size_t kShown = 4;
  const auto least = std::min_element(
      comparison.entries.begin(), comparison.entries.end(),
      [](const auto& a, const auto& b) { return a.energy_per_sample() < b.energy_per_sample(); });
  Line(text, "Beside {}, which takes the least, a sample takes", NameOf(comparison, *least));
  for (auto entry = comparison.entries.begin(); entry != comparison.entries.end(); ++entry) {
    if (entry == least) continue;
    Line(text, "  {} more with {}", Human(entry->energy_per_sample() - least->energy_per_sample()),
         NameOf(comparison, *entry));
    std::vector<TypeDifference> changes = Differences(least->estimate, entry->estimate);
    changes.resize(std::min(changes.size(), kShown));
    std::string list;
    for (const auto& [type, change] : changes) {
      list += fmt::format("{}{} {}{}", list.empty() ? "" : ", ", type,
                          change.value() > 0 ? "+" : "", Human(change));
    }
    Line(text, "    {}", Printable(list, 76));
  }
}

}  // namespace

Joules ComparedEstimate::energy_per_sample() const {
  return (1 / static_cast<double>(estimate.batch)) * estimate.energy.energy;
}

std::optional<double> ComparedEstimate::edp_js() const {
  if (estimate.time.count() <= 0) return std::nullopt;
  return estimate.energy.energy.value() * estimate.time.count();
}

std::vector<TypeDifference> Differences(const Estimate& base, const Estimate& other) {
  std::map<std::string, Joules> changes;
  const auto add = [&](const Estimate& estimate, double sign) {
    for (const LayerEstimate& line : estimate.layers) {
      const auto& spec = line.layer.spec;
      changes[spec ? std::string(spec->type().name) : "unknown"] +=
          (sign / static_cast<double>(estimate.batch)) * line.forecast.energy.energy;
    }
  };
  add(base, -1);
  add(other, 1);
  std::vector<TypeDifference> differences;
  for (const auto& [type, change] : changes) {
    if (change.value() != 0) differences.push_back({type, change});
  }
  std::stable_sort(differences.begin(), differences.end(), [](const auto& a, const auto& b) {
    return std::abs(a.change.value()) > std::abs(b.change.value());
  });
  return differences;
}

std::string CompareText(const Comparison& comparison) {
  std::string text;
  for (std::size_t i = 0; i < comparison.profiles.size(); ++i) {
    AddProfile(text, comparison, i);
    text += '\n';
    AddEnergies(text, comparison, i);
    text += '\n';
    AddTradeOffs(text, comparison, i);
    text += '\n';
  }
  if (comparison.entries.size() > 1) AddDifferences(text, comparison);
  return text;
}

}  // namespace joulecast
