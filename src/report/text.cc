// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

#include "base/text.h"
#include "joulecast/report.h"
#include "report/footprint_text.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

template <typename... Args>
void Line(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  text += '\n';
}

std::string TypeOf(const Layer& layer) {
  return layer.spec ? std::string(layer.spec->type().name) : Printable("unknown " + layer.op, 17);
}

/// How an estimate line differs from a plain measured forecast: explained below the table.
char MarkOf(const LayerForecast& forecast) {
  switch (forecast.coverage) {
    case Coverage::kFallback:
      return '~';
    case Coverage::kUnknown:
      return '?';
    case Coverage::kFree:
      return ' ';
    case Coverage::kFitted:
      break;
  }
  return forecast.in_support ? ' ' : '*';
}

void AddEvidence(std::string& text, const Estimate& estimate) {
  std::string shares;
  int shown = 0;  // two to a line
  for (const Coverage coverage :
       {Coverage::kFitted, Coverage::kFallback, Coverage::kFree, Coverage::kUnknown}) {
    const auto layers =
        std::count_if(estimate.layers.begin(), estimate.layers.end(),
                      [&](const LayerEstimate& e) { return e.forecast.coverage == coverage; });
    if (layers == 0) continue;
    const std::string_view separator = shown == 0 ? "" : shown == 2 ? ",\n          " : ", ";
    ++shown;
    shares += fmt::format("{}{} {} ({} layer{})", separator,
                          HumanShare(estimate.coverage_share[static_cast<std::size_t>(coverage)]),
                          Name(coverage), layers, layers == 1 ? "" : "s");
  }
  Line(text, "Evidence  {}", shares);
}

void AddMarks(std::string& text, const Estimate& estimate) {
  std::string used;
  for (const LayerEstimate& line : estimate.layers) used += MarkOf(line.forecast);
  if (used.find('*') != std::string::npos) {
    Line(text, "  * outside what was measured of this layer type: wider interval");
  }
  if (used.find('~') != std::string::npos) {
    Line(text, "  ~ not measured on this device: generic cost of its MACs and bytes");
  }
  if (used.find('?') != std::string::npos) {
    Line(text, "  ? operator not known: only its tensors' traffic is counted");
  }
}

void AddProvenance(std::string& text, const Profile& profile) {
  const Provenance& from = profile.provenance;
  Line(text, "Source    forecast from {} {} rows", from.training_rows, Printable(from.kind, 20));
  Line(text, "          {}", Printable(from.meter, 70));
  Line(text, "          {}", Printable(from.hardware, 70));
}

std::vector<std::size_t> OrderOf(const Estimate& estimate, LayerOrder order) {
  std::vector<std::size_t> indices(estimate.layers.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (order == LayerOrder::kEnergy) {
    std::stable_sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
      return estimate.layers[a].forecast.energy.energy > estimate.layers[b].forecast.energy.energy;
    });
  }
  return indices;
}

}  // namespace

std::string EstimateText(const Estimate& estimate, const Profile& profile, LayerOrder order) {
  std::string text;
  Line(text, "{}, batch {}, on {}", Printable(estimate.model, 24), estimate.batch,
       Printable(profile.title, 36));
  text += '\n';
  const EnergyForecast& energy = estimate.energy;
  const double samples = static_cast<double>(estimate.batch);
  Line(text, "Energy    {} per inference of the batch, {} per sample", Human(energy.energy),
       Human((1 / samples) * energy.energy));
  Line(text, "          {:.0f} % interval {} .. {}", 100 * profile.interval_level,
       Human(energy.low), Human(energy.high));
  if (estimate.time.count() > 0) {
    Line(text, "Time      {}, mean power {}", Human(estimate.time), Human(estimate.mean_power()));
  }
  Line(text, "Work      {}, {} parameters", HumanMacs(static_cast<double>(estimate.work.macs)),
       HumanCount(static_cast<double>(estimate.work.params)));
  AddEvidence(text, estimate);
  AddProvenance(text, profile);
  if (estimate.footprint) text += "\n" + FootprintText(*estimate.footprint);
  text += '\n';
  Line(text, "{:>4}  {:<21} {:<17} {:>9} {:>6} {:>9} {:>7}", "#", "layer", "type", "energy", "±",
       "time", "share");
  for (const std::size_t i : OrderOf(estimate, order)) {
    const LayerEstimate& line = estimate.layers[i];
    const bool free = line.forecast.coverage == Coverage::kFree;
    const EnergyForecast& e = line.forecast.energy;
    const std::string spread = HumanSpread(e.energy, e.high);
    Line(text, "{:>4}{} {:<21} {:<17} {:>9} {:>6} {:>9} {:>7}", i, MarkOf(line.forecast),
         Printable(line.layer.name, 21), TypeOf(line.layer), free ? "-" : Human(e.energy), spread,
         free || estimate.time.count() <= 0 ? "-" : Human(line.forecast.time),
         free ? "-" : HumanShare(line.share));
  }
  AddMarks(text, estimate);
  return text;
}

std::string LayersText(const LayeredModel& model) {
  std::string text;
  const Work total = model.TotalWork();
  Line(text, "{}, batch {}", Printable(model.name, 60), model.batch);
  text += '\n';
  Line(text, "MACs      {} (multiply-accumulates, bias not counted)", total.macs);
  Line(text, "          {} counting each bias addition, as getzner2023 does",
       total.macs + total.bias_adds);
  Line(text, "Params    {}", total.params);
  Line(text, "Bytes     {} read and written, each tensor once", total.bytes());
  text += '\n';
  Line(text, "{:>4}  {:<25} {:<17} {:>9} {:>9} {:>9}", "#", "layer", "type", "MACs", "params",
       "bytes");
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const auto count = [&](std::int64_t n) {
      return layer.spec ? HumanCount(static_cast<double>(n)) : std::string("?");
    };
    Line(text, "{:>4}  {:<25} {:<17} {:>9} {:>9} {:>9}", i, Printable(layer.name, 25),
         TypeOf(layer), count(layer.work.macs), count(layer.work.params),
         HumanCount(static_cast<double>(layer.work.bytes())));
  }
  return text;
}

std::string DevicesText(std::span<const Profile> profiles) {
  std::string text;
  for (const Profile& profile : profiles) {
    const Provenance& from = profile.provenance;
    Line(text, "{}  {}", Printable(profile.device, 26), Printable(profile.title, 50));
    Line(text, "  {} ({}), {} rows", Printable(from.kind, 12), Printable(from.meter, 44),
         from.training_rows);
    Line(text, "  {}", Printable(from.hardware, 76));
    Line(text, "  {}", Printable(from.software, 76));
    for (const LayerModel& model : profile.layers) {
      Line(text, "  {:<18} {:>5} configurations, {:.1f} % mean error on held-out ones",
           model.type->name, model.training_rows, model.cv_mape_percent);
    }
  }
  return text;
}

}  // namespace joulecast
