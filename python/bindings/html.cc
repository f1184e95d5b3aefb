// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>

#include <iterator>

#include "python/bindings/bindings.h"
#include "report/numbers.h"

namespace joulecast::python {
namespace {

/// A notebook keeps what it shows: longer tables end here, and say so.
constexpr std::size_t kMostRows = 400;

using Cells = std::vector<std::string>;

std::string Row(std::string_view tag, const Cells& cells) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) {
    fmt::format_to(std::back_inserter(row), "<{0}>{1}</{0}>", tag, EscapeHtml(cell));
  }
  return row + "</tr>";
}

/// Text stands left as numbers do: notebooks align whole tables by their own style.
std::string Table(const Cells& header, const std::vector<Cells>& rows) {
  std::string html = "<table><thead>" + Row("th", header) + "</thead><tbody>";
  for (std::size_t i = 0; i < rows.size() && i < kMostRows; ++i) html += Row("td", rows[i]);
  if (rows.size() > kMostRows) {
    html += fmt::format("<tr><td colspan=\"{}\">and {} more</td></tr>", header.size(),
                        rows.size() - kMostRows);
  }
  return html + "</tbody></table>";
}

/// A line that opens to what it sums up, without a script.
std::string Details(const std::string& summary, const std::string& content) {
  return "<details><summary>" + EscapeHtml(summary) + "</summary>" + content + "</details>";
}

std::string Warnings(const std::vector<std::string>& warnings) {
  std::string html;
  for (const std::string& each : warnings) {
    html += "<div><b>warning</b> " + EscapeHtml(InPythonsWords(each)) + "</div>";
  }
  return html;
}

std::string IntervalText(const EnergyForecast& energy, const Profile& profile) {
  return fmt::format("{:.0f} % interval {} .. {}", 100 * profile.interval_level, Human(energy.low),
                     Human(energy.high));
}

std::string TimeText(Seconds time) { return time.count() > 0 ? Human(time) : "-"; }

std::string CoverageText(const Estimate& estimate) {
  std::string text;
  for (const Coverage coverage : {Coverage::kFitted, Coverage::kFallback, Coverage::kUnknown}) {
    const double share = estimate.coverage_share[static_cast<std::size_t>(coverage)];
    if (share <= 0) continue;
    text += (text.empty() ? "" : ", ") + HumanShare(share) + " " + std::string(Name(coverage));
  }
  return text;
}

std::string SourceText(const Profile& profile) {
  return fmt::format("forecast from {} {} rows, {}", profile.provenance.training_rows,
                     profile.provenance.kind, profile.provenance.meter);
}

std::string TypeOf(const Layer& layer) {
  return layer.spec ? std::string(layer.spec->type().name) : "unknown " + layer.op;
}

std::string EstimateTable(const Estimate& estimate) {
  std::vector<Cells> rows;
  for (std::size_t i = 0; i < estimate.layers.size(); ++i) {
    const LayerEstimate& line = estimate.layers[i];
    const EnergyForecast& energy = line.forecast.energy;
    rows.push_back({std::to_string(i), line.layer.name, TypeOf(line.layer), Human(energy.energy),
                    HumanSpread(energy.energy, energy.high), TimeText(line.forecast.time),
                    HumanShare(line.share), std::string(Name(line.forecast.coverage))});
  }
  return Table({"#", "layer", "type", "energy", "±", "time", "share", "evidence"}, rows);
}

std::string PhaseHtml(std::string_view name, const PhaseEstimate& phase) {
  return Details(fmt::format("{}: {} tokens, {}, {} a token", name, phase.tokens,
                             Human(phase.energy.energy), Human(phase.energy_per_token())),
                 EstimateTable(phase.typical));
}

}  // namespace

std::string EstimateHtml(const EstimateResult& result) {
  const Estimate& estimate = result.estimate;
  const Profile& profile = *result.profile;
  std::string html = "<div><b>" +
                     EscapeHtml(fmt::format("{}, batch {}, on {}", estimate.model, estimate.batch,
                                            profile.title)) +
                     "</b>";
  std::vector<Cells> rows = {
      {"Energy", Human(estimate.energy.energy) + ", " + IntervalText(estimate.energy, profile)}};
  if (result.has_time()) {
    rows.push_back({"Time", Human(estimate.time) + ", mean power " + Human(estimate.mean_power())});
  }
  rows.push_back({"Work", HumanMacs(static_cast<double>(estimate.work.macs)) + ", " +
                              HumanCount(static_cast<double>(estimate.work.params)) +
                              " parameters"});
  rows.push_back({"Evidence", CoverageText(estimate)});
  rows.push_back({"Source", SourceText(profile)});
  html += Table({"", "per inference of the batch"}, rows) + Warnings(estimate.warnings);
  return html + Details(fmt::format("{} layers", estimate.layers.size()), EstimateTable(estimate)) +
         "</div>";
}

std::string RequestHtml(const RequestResult& result) {
  const GenerationEstimate& estimate = result.estimate;
  const GenerationRequest& request = estimate.request;
  std::string html = "<div><b>" +
                     EscapeHtml(fmt::format("{}, batch {}, prompt {}, generate {}, on {}",
                                            estimate.model, request.batch, request.prompt,
                                            request.generate, result.profile->title)) +
                     "</b>";
  const std::vector<Cells> rows = {{"Energy", Human(estimate.energy.energy) + ", " +
                                                  IntervalText(estimate.energy, *result.profile)},
                                   {"Time", TimeText(estimate.time)},
                                   {"Source", SourceText(*result.profile)}};
  html += Table({"", "per request"}, rows) + Warnings(estimate.warnings);
  html += PhaseHtml("prefill", estimate.prefill);
  if (estimate.decode) html += PhaseHtml("decode", *estimate.decode);
  return html + "</div>";
}

std::string LayersHtml(const LayeredModel& model) {
  const Work total = model.TotalWork();
  std::vector<Cells> rows;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const auto count = [&](std::int64_t number) {
      return layer.spec ? HumanCount(static_cast<double>(number)) : "-";
    };
    rows.push_back({std::to_string(i), layer.name, TypeOf(layer), count(layer.work.macs),
                    count(layer.work.params), HumanCount(static_cast<double>(layer.work.bytes()))});
  }
  return "<div><b>" +
         EscapeHtml(fmt::format("{}, batch {}: {}, {} parameters", model.name, model.batch,
                                HumanMacs(static_cast<double>(total.macs)),
                                HumanCount(static_cast<double>(total.params)))) +
         "</b>" + Warnings(model.warnings) +
         Details(fmt::format("{} layers", rows.size()),
                 Table({"#", "layer", "type", "MACs", "params", "bytes"}, rows)) +
         "</div>";
}

std::string CompareHtml(const std::vector<ComparedEstimate>& entries, const Profile& profile) {
  std::vector<Cells> rows;
  for (const ComparedEstimate& entry : entries) {
    const Estimate& estimate = entry.estimate;
    const EnergyForecast& energy = estimate.energy;
    rows.push_back({estimate.model, std::to_string(estimate.batch), Human(energy.energy),
                    Human(energy.low) + " .. " + Human(energy.high), TimeText(estimate.time),
                    HumanMacs(static_cast<double>(estimate.work.macs)),
                    HumanCount(static_cast<double>(estimate.work.params)), CoverageText(estimate)});
  }
  return "<div><b>" + EscapeHtml("on " + profile.title) + "</b>" +
         Table({"model", "batch", "energy", "interval", "time", "work", "params", "evidence"},
               rows) +
         "<div>" + EscapeHtml(SourceText(profile)) + "</div></div>";
}

}  // namespace joulecast::python
