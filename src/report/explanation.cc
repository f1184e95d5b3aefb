// SPDX-License-Identifier: Apache-2.0
#include "report/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

constexpr std::array kParts = {Part::kArithmetic, Part::kInput, Part::kOutput, Part::kWeights,
                               Part::kOverhead};

LayerExplanation Explain(const Layer& layer, const Predictor& predictor) {
  LayerExplanation line{.name = layer.name};
  if (layer.spec) {
    line.spec = layer.spec->ToString();
    line.forecast = predictor.Forecast(*layer.spec);
    line.terms = predictor.Explain(*layer.spec);
    line.note = predictor.Note(*layer.spec);
  } else {
    line.forecast = predictor.ForecastUnknown(layer.work);
  }
  return line;
}

Joules SumOfPart(const LayerExplanation& line, Part part) {
  Joules sum;
  for (const TermShare& share : line.terms) {
    if (share.term->part == part) sum += share.energy;
  }
  return sum;
}

/// A short layer table: one column per part.
void AddPartTable(std::string& text, const Explanation& explanation) {
  text += fmt::format("{:<24} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "layer", "arithm.", "input",
                      "output", "weights", "overhead");
  std::array<Joules, kParts.size()> totals{};
  Joules not_explained;
  for (const LayerExplanation& line : explanation.layers) {
    if (line.forecast.coverage == Coverage::kFree) continue;
    if (line.terms.empty()) {
      not_explained += line.forecast.energy.energy;
      continue;
    }
    text += fmt::format("{:<24}", Printable(line.name, 24));
    for (std::size_t i = 0; i < kParts.size(); ++i) {
      const Joules part = SumOfPart(line, kParts[i]);
      totals[i] += part;
      text += fmt::format(" {:>9}", part.value() > 0 ? Human(part) : "-");
    }
    text += '\n';
  }
  text += fmt::format("{:<24}", "total");
  for (const Joules total : totals) text += fmt::format(" {:>9}", Human(total));
  text += '\n';
  if (not_explained.value() > 0) {
    text += fmt::format("{:<24} {:>9}  of layers not measured on this device\n", "not split",
                        Human(not_explained));
  }
}

void AddTermTable(std::string& text, const LayerExplanation& line) {
  text += line.spec + "\n\n";
  text += fmt::format("Energy  {} ({} .. {})\n\n", Human(line.forecast.energy.energy),
                      Human(line.forecast.energy.low), Human(line.forecast.energy.high));
  if (line.terms.empty()) {
    text += line.note + "\n";
    return;
  }
  text += fmt::format("{:<28} {:<12} {:>10} {:>8}\n", "term", "part", "energy", "share");
  std::vector<TermShare> terms = line.terms;
  std::stable_sort(terms.begin(), terms.end(),
                   [](const TermShare& a, const TermShare& b) { return a.energy > b.energy; });
  for (const TermShare& share : terms) {
    if (share.energy.value() <= 0) continue;
    text +=
        fmt::format("{:<28} {:<12} {:>10} {:>8}\n", share.term->name, Name(share.term->part),
                    Human(share.energy), HumanShare(share.energy / line.forecast.energy.energy));
  }
  if (!line.note.empty()) text += "\nOut of support: " + line.note + "\n";
}

}  // namespace

Explanation ExplainModel(const LayeredModel& model, const Predictor& predictor) {
  Explanation explanation{.title =
                              fmt::format("{}, batch {}", Printable(model.name, 40), model.batch)};
  LayeredModel run = model;
  Fuse(run, predictor.profile().fusion);
  for (const Layer& layer : run.layers) explanation.layers.push_back(Explain(layer, predictor));
  return explanation;
}

Explanation ExplainLayer(const LayerSpec& spec, const Predictor& predictor) {
  const Layer layer{.name = std::string(spec.type().name), .spec = spec};
  return {.layers = {Explain(layer, predictor)}};
}

std::string ExplanationText(const Explanation& explanation, const Profile& profile) {
  std::string text;
  if (explanation.title.empty()) {
    AddTermTable(text, explanation.layers.front());
    text += fmt::format("\nForecast for {}\n", Printable(profile.title, 60));
    return text;
  }
  text = fmt::format("{}\nForecast for {}\n\n", explanation.title, Printable(profile.title, 60));
  AddPartTable(text, explanation);
  return text;
}

std::string ExplanationJson(const Explanation& explanation, const Profile& profile) {
  nlohmann::ordered_json json = {{"device", profile.device}, {"kind", "forecast"}};
  json["layers"] = nlohmann::ordered_json::array();
  for (const LayerExplanation& line : explanation.layers) {
    nlohmann::ordered_json layer = {{"name", line.name},
                                    {"spec", line.spec},
                                    {"energy_j", line.forecast.energy.energy.value()},
                                    {"coverage", std::string(Name(line.forecast.coverage))}};
    layer["parts_j"] = nlohmann::ordered_json::object();
    for (const Part part : kParts) {
      if (!line.terms.empty()) {
        layer["parts_j"][std::string(Name(part))] = SumOfPart(line, part).value();
      }
    }
    layer["terms"] = nlohmann::ordered_json::array();
    for (const TermShare& share : line.terms) {
      layer["terms"].push_back({{"term", share.term->name},
                                {"part", Name(share.term->part)},
                                {"energy_j", share.energy.value()}});
    }
    json["layers"].push_back(std::move(layer));
  }
  return DumpJson(json);
}

}  // namespace joulecast
