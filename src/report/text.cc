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

/// The catalogue's name, whatever the pass.
std::string TypeOf(const Layer& layer) {
  return layer.spec ? std::string(layer.spec->Forward().type().name)
                    : Printable("unknown " + layer.op, 17);
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
    Line(text, "  * outside what was measured of this layer type: an extrapolation");
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

namespace {

/// A layer's lines of a training step, all phases together.
struct TrainedLayer {
  const Layer* layer = nullptr;
  char mark = ' ';
  std::array<Joules, kTrainingPhases.size()> energy{};
};

std::vector<TrainedLayer> ByLayer(const TrainingEstimate& estimate) {
  constexpr std::string_view kWorstLast = " *~?";
  std::map<std::size_t, TrainedLayer> rows;  // by node: in the forward pass's order
  for (std::size_t i = 0; i < estimate.one.layers.size(); ++i) {
    const LayerEstimate& line = estimate.one.layers[i];
    TrainedLayer& row = rows[line.layer.node];
    if (row.layer == nullptr) row.layer = &line.layer;
    const char mark = MarkOf(line.forecast);
    if (kWorstLast.find(mark) > kWorstLast.find(row.mark)) row.mark = mark;
    row.energy[static_cast<std::size_t>(estimate.step.PhaseOf(i))] += line.forecast.energy.energy;
  }
  std::vector<TrainedLayer> ordered;
  for (const auto& [node, row] : rows) ordered.push_back(row);
  return ordered;
}

/// "49.3 MJ, 13.7 kWh"
std::string WithWattHours(Joules energy) {
  return Human(energy) + ", " + HumanAmount(energy.value() / 3600, "Wh");
}

void AddRun(std::string& text, std::string_view name, const std::string& what,
            const TrainingRun& run) {
  const double hours = run.time.count() / 3600;
  Line(text, "{:<9} {}: {}{}", name, what, WithWattHours(run.energy.energy),
       hours > 0 ? fmt::format(", {:.1f} h", hours) : "");
  Line(text, "          {} .. {}", Human(run.energy.low), Human(run.energy.high));
}

}  // namespace

std::string TrainingText(const TrainingEstimate& estimate, const Profile& profile) {
  const Estimate& one = estimate.one;
  const auto samples = static_cast<double>(one.batch);
  std::string text;
  Line(text, "{}, batch {}, trained on {}", Printable(one.model, 24), one.batch,
       Printable(profile.title, 30));
  text += '\n';
  Line(text, "Energy    {} per step, {} per sample", Human(one.energy.energy),
       Human((1 / samples) * one.energy.energy));
  Line(text, "          {:.0f} % interval {} .. {}", 100 * profile.interval_level,
       Human(one.energy.low), Human(one.energy.high));
  std::string shares;
  for (const TrainingPhase phase : kTrainingPhases) {
    const Joules part = estimate.energy_of_phase[static_cast<std::size_t>(phase)];
    shares += fmt::format("{}{} {}", shares.empty() ? "" : ", ", Name(phase),
                          HumanShare(part / one.energy.energy));
  }
  Line(text, "          {}", shares);
  if (estimate.epoch) {
    AddRun(text, "Epoch", std::to_string(estimate.epoch->steps) + " steps", *estimate.epoch);
  }
  if (estimate.all) {
    AddRun(text, "Training", std::to_string(*estimate.request.epochs) + " epochs", *estimate.all);
  }
  if (one.time.count() > 0) {
    Line(text, "Time      {} per step, mean power {}", Human(one.time), Human(one.mean_power()));
  }
  const auto macs = [&](TrainingPhase phase) {
    return HumanMacs(static_cast<double>(estimate.step.WorkOf(phase).macs));
  };
  Line(text, "Work      forward {}, backward {}", macs(TrainingPhase::kForward),
       macs(TrainingPhase::kBackward));
  Line(text, "          {} parameters updated by {}",
       HumanCount(static_cast<double>(one.work.params)), estimate.request.optimizer.title);
  AddEvidence(text, one);
  AddProvenance(text, profile);
  if (estimate.footprint) text += "\n" + FootprintOfRunText(*estimate.footprint);
  text += '\n';
  Line(text, "{:>4}  {:<18} {:<17} {:>9} {:>9} {:>9} {:>7}", "#", "layer", "type", "forward",
       "backward", "update", "share");
  std::size_t index = 0;
  for (const TrainedLayer& row : ByLayer(estimate)) {
    const auto cell = [&](TrainingPhase phase) {
      const Joules energy = row.energy[static_cast<std::size_t>(phase)];
      return energy.value() > 0 ? Human(energy) : std::string("-");
    };
    const Joules all = row.energy[0] + row.energy[1] + row.energy[2];
    Line(text, "{:>4}{} {:<18} {:<17} {:>9} {:>9} {:>9} {:>7}", index++, row.mark,
         Printable(row.layer->name, 18), TypeOf(*row.layer), cell(TrainingPhase::kForward),
         cell(TrainingPhase::kBackward), cell(TrainingPhase::kUpdate),
         all.value() > 0 ? HumanShare(all / one.energy.energy) : "-");
  }
  AddMarks(text, one);
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
