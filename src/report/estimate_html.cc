// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "joulecast/report.h"
#include "report/comparison.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

// What readers without scripts see: the main numbers and the layers. All the rest is drawn from
// the same JSON that --format json prints.

std::string IntervalOf(const EnergyForecast& energy) {
  return fmt::format("{} to {}", Human(energy.low), Human(energy.high));
}

std::string EnergyName(double level) {
  return fmt::format("Energy, {:.0f} % interval", 100 * level);
}

std::string TimeOf(Seconds time) { return time.count() > 0 ? Human(time) : "-"; }

HtmlTable LayerTable(const Estimate& estimate) {
  HtmlTable table{.header = {"layer", "type", "evidence", "energy", "±", "share", "time", "MACs"},
                  .text_columns = 3};
  for (const LayerEstimate& line : estimate.layers) {
    const Layer& layer = line.layer;
    table.rows.push_back(
        {layer.name, layer.spec ? std::string(layer.spec->type().name) : "unknown " + layer.op,
         std::string(Name(line.forecast.coverage)), Human(line.forecast.energy.energy),
         HumanSpread(line.forecast.energy.energy, line.forecast.energy.high),
         HumanShare(line.share), TimeOf(line.forecast.time),
         layer.spec ? HumanCount(static_cast<double>(layer.work.macs)) : "-"});
  }
  return table;
}

void AddSource(HtmlPage& page, const Profile& profile) {
  const Provenance& from = profile.provenance;
  page.AddParagraph(fmt::format("Forecast from {} {} configurations: {}; {}; {}.",
                                from.training_rows, from.kind, from.meter, from.hardware,
                                from.software));
}

}  // namespace

std::string EstimateHtml(const Estimate& estimate, const Profile& profile) {
  HtmlPage page(fmt::format("{}, batch {}", estimate.model, estimate.batch));
  page.AddParagraph("Energy of one inference, forecast for " + profile.title + ".");
  page.AddFacts(Facts{{"Energy", Human(estimate.energy.energy)},
                      {EnergyName(profile.interval_level), IntervalOf(estimate.energy)},
                      {"Time", TimeOf(estimate.time)},
                      {"Work", HumanMacs(static_cast<double>(estimate.work.macs))},
                      {"Parameters", HumanCount(static_cast<double>(estimate.work.params))}});
  page.AddList(estimate.warnings);
  AddSource(page, profile);
  page.AddHeading("All layers");
  page.AddTable(LayerTable(estimate));
  page.ShowInstead("estimate", EstimateJson(estimate, profile));
  return page.Text();
}

std::string GenerationHtml(const GenerationEstimate& estimate, const Profile& profile) {
  HtmlPage page(fmt::format("{}, batch {}", estimate.model, estimate.request.batch));
  page.AddParagraph(
      fmt::format("Energy of a request of {} tokens that generates {}, forecast "
                  "for {}.",
                  estimate.request.prompt, estimate.request.generate, profile.title));
  Facts facts = {{"Energy", Human(estimate.energy.energy)},
                 {EnergyName(profile.interval_level), IntervalOf(estimate.energy)},
                 {"Time", TimeOf(estimate.time)},
                 {"Prefill", Human(estimate.prefill.energy.energy)}};
  if (estimate.decode) {
    facts.emplace_back("Decode", Human(estimate.decode->energy.energy));
    facts.emplace_back("Per generated token", Human(estimate.energy_per_generated_token()));
  }
  page.AddFacts(facts);
  page.AddList(estimate.warnings);
  AddSource(page, profile);
  page.AddHeading("Layers of the prompt's pass");
  page.AddTable(LayerTable(estimate.prefill.typical));
  if (estimate.decode) {
    page.AddHeading("Layers of a generated token's pass");
    page.AddTable(LayerTable(estimate.decode->typical));
  }
  page.ShowInstead("estimate", GenerationJson(estimate, profile));
  return page.Text();
}

std::string TrainingHtml(const TrainingEstimate& estimate, const Profile& profile) {
  const Estimate& one = estimate.one;
  HtmlPage page(fmt::format("{}, batch {}, trained", one.model, one.batch));
  page.AddParagraph(fmt::format("Energy of a training step, updated by {}, forecast for {}.",
                                estimate.request.optimizer.title, profile.title));
  Facts facts = {{"Energy of a step", Human(one.energy.energy)},
                 {EnergyName(profile.interval_level), IntervalOf(one.energy)}};
  for (const TrainingPhase phase : kTrainingPhases) {
    facts.emplace_back(std::string(Name(phase)),
                       Human(estimate.energy_of_phase[static_cast<std::size_t>(phase)]));
  }
  for (const auto& [name, run] : {std::pair("Epoch", estimate.epoch), {"Training", estimate.all}}) {
    if (run) facts.emplace_back(name, Human(run->energy.energy));
  }
  facts.emplace_back("Time of a step", TimeOf(one.time));
  page.AddFacts(facts);
  page.AddList(one.warnings);
  AddSource(page, profile);
  page.AddHeading("All layers of the step");
  page.AddTable(LayerTable(one));
  page.ShowInstead("estimate", TrainingJson(estimate, profile));
  return page.Text();
}

std::string CompareHtml(const Comparison& comparison) {
  HtmlPage page(fmt::format("{} forecasts side by side", comparison.entries.size()));
  for (const Profile& profile : comparison.profiles) AddSource(page, profile);
  HtmlTable table{.header = {"model", "device", "batch", "energy", "±", "per sample", "time",
                             "energy x time", "MACs", "params", "accuracy"},
                  .text_columns = 2};
  for (const ComparedEstimate& entry : comparison.entries) {
    const Estimate& each = entry.estimate;
    const auto edp = entry.edp_js();
    table.rows.push_back(
        {each.model, each.device, std::to_string(each.batch), Human(each.energy.energy),
         HumanSpread(each.energy.energy, each.energy.high), Human(entry.energy_per_sample()),
         TimeOf(each.time), edp ? fmt::format("{:.3g} J s", *edp) : "-",
         HumanCount(static_cast<double>(each.work.macs)),
         HumanCount(static_cast<double>(each.work.params)),
         entry.accuracy_percent ? fmt::format("{:.4g} %", *entry.accuracy_percent) : "-"});
  }
  page.AddHeading("Side by side");
  page.AddTable(table);
  page.ShowInstead("compare", ComparisonData(comparison));
  return page.Text();
}

}  // namespace joulecast
