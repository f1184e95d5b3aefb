// SPDX-License-Identifier: Apache-2.0
#include "cli/run/collect_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

std::map<std::string, std::size_t> CountBlocks(const Plan& plan) {
  std::map<std::string, std::size_t> blocks;
  for (const Item& item : plan.items) ++blocks[item.block];
  for (const OpenBlock& block : plan.open) blocks[block.name] += block.configurations;
  return blocks;
}

void AddCounts(std::string& text, std::string_view what,
               const std::map<std::string, std::size_t>& counts) {
  for (const auto& [reason, count] : counts) {
    text += fmt::format("{} {}: {}\n", count, what, reason);
  }
}

std::string PowerText(const CollectReport& report) {
  if (!report.idle_before) return {};
  std::string text = fmt::format("at rest: {:.2f} W before", report.idle_before->value());
  if (report.idle_after) text += fmt::format(", {:.2f} W after", report.idle_after->value());
  return text + "\n";
}

std::vector<Bar> Bars(const std::map<std::string, std::size_t>& counts) {
  std::vector<Bar> bars;
  for (const auto& [reason, count] : counts) {
    bars.push_back({reason, static_cast<double>(count), std::to_string(count)});
  }
  std::stable_sort(bars.begin(), bars.end(),
                   [](const Bar& a, const Bar& b) { return a.value > b.value; });
  return bars;
}

/// How far the configurations are, and why some never will be.
void AddProgress(HtmlPage& page, const CollectReport& report) {
  std::size_t skipped = 0;
  for (const auto& [reason, count] : report.skipped) skipped += count;
  const std::vector<std::string> legend = {"settled", "scattered", "unfinished", "skipped"};
  const std::vector<StackedBar> bars = {
      {"configurations",
       {static_cast<double>(report.settled), static_cast<double>(report.scattered),
        static_cast<double>(report.unfinished), static_cast<double>(skipped)}}};
  page.AddHeading("How far it is");
  page.AddFigure(
      StackedBars(legend, bars, "Configurations by what became of them"),
      fmt::format("Of {} configurations {} are as precise as was asked for; {} were "
                  "measured as often as allowed and scatter more; {} are left to "
                  "another go; {} were skipped.",
                  report.planned, report.settled, report.scattered, report.unfinished, skipped));
  if (report.skipped.empty()) return;
  page.AddFigure(BarChart(Bars(report.skipped), "Configurations skipped, by reason"),
                 "Configurations that were skipped, by reason.");
}

void AddRejected(HtmlPage& page, const CollectReport& report) {
  page.AddHeading("Rejected windows");
  if (report.rejected.empty()) {
    page.AddParagraph("None: every window that was measured counts.");
    return;
  }
  page.AddFigure(BarChart(Bars(report.rejected), "Windows rejected, by reason"),
                 "A window is measured again where something else than the layer took energy in "
                 "it, or a meter could not tell.");
}

void AddAdditivity(HtmlPage& page, const CollectReport& report) {
  if (report.additivity.empty()) return;
  HtmlTable table{.header = {"network", "batch", "energy %", "time %"}};
  for (const Additivity& net : report.additivity) {
    table.rows.push_back({net.model, std::to_string(net.batch),
                          fmt::format("{:+.1f}", 100 * (net.energy_ratio - 1)),
                          fmt::format("{:+.1f}", 100 * (net.time_ratio - 1))});
  }
  page.AddHeading("Layers added up");
  page.AddParagraph("What a network's layers take when each runs alone, beside the whole network.");
  page.AddTable(table);
}

}  // namespace

std::string ClockText(Seconds time) {
  const auto all = static_cast<long long>(std::llround(std::max(0.0, time.count())));
  const long long hours = all / 3600;
  const std::string rest = fmt::format("{:02}:{:02}", all / 60 % 60, all % 60);
  return hours > 0 ? fmt::format("{}:{}", hours, rest) : rest;
}

std::string ProgressText(const CampaignProgress& progress) {
  constexpr std::size_t kBar = 16;
  const std::size_t all = std::max<std::size_t>(1, progress.done + progress.expected);
  const std::size_t filled = kBar * progress.done / all;
  return fmt::format("[{}{}] {}/{}  {} left  {:.3g} J  {}", std::string(filled, '#'),
                     std::string(kBar - filled, '.'), progress.done, all,
                     progress.left ? ClockText(*progress.left) : "--:--", progress.spent.value(),
                     progress.item);
}

std::string ReportText(const CollectReport& report, const std::string& dataset) {
  std::string text =
      fmt::format("{} repetitions added to {}, {} were there already; {} and {:.4g} J ({}) spent\n",
                  report.added, dataset, report.found, ClockText(report.elapsed),
                  report.spent.value(), Name(report.evidence));
  text += fmt::format("{} configurations: {} settled, {} scattered, {} unfinished\n",
                      report.planned, report.settled, report.scattered, report.unfinished);
  if (report.noise_energy_percent) {
    text += fmt::format(
        "noise floor: repetitions differ by {:.2g} % in energy, {:.2g} % in time "
        "(median deviation)\n",
        *report.noise_energy_percent, *report.noise_time_percent);
  }
  for (const Additivity& net : report.additivity) {
    text += fmt::format(
        "additivity: {} batch={}: layers alone take {:+.1f} % energy, {:+.1f} % "
        "time of the whole\n",
        net.model, net.batch, 100 * (net.energy_ratio - 1), 100 * (net.time_ratio - 1));
  }
  text += PowerText(report);
  AddCounts(text, "skipped", report.skipped);
  AddCounts(text, "windows rejected", report.rejected);
  if (report.ended_by == "out of time") {
    text += "ended by the time budget; the same command goes on from there\n";
  }
  return text;
}

std::string ReportJson(const CollectReport& report, const std::string& dataset) {
  Json json = {{"dataset", dataset},
               {"evidence", Name(report.evidence)},
               {"planned", report.planned},
               {"found", report.found},
               {"added", report.added},
               {"settled", report.settled},
               {"scattered", report.scattered},
               {"unfinished", report.unfinished},
               {"skipped", report.skipped},
               {"rejected", report.rejected},
               {"noise_energy_percent", OrNull<Json>(report.noise_energy_percent)},
               {"noise_time_percent", OrNull<Json>(report.noise_time_percent)},
               {"idle_before_w", OrNull<Json>(report.idle_before)},
               {"idle_after_w", OrNull<Json>(report.idle_after)},
               {"spent_j", report.spent.value()},
               {"elapsed_s", report.elapsed.count()},
               {"ended_by", report.ended_by.empty() ? Json(nullptr) : Json(report.ended_by)}};
  json["additivity"] = Json::array();
  for (const Additivity& net : report.additivity) {
    json["additivity"].push_back({{"model", net.model},
                                  {"batch", net.batch},
                                  {"energy_ratio", net.energy_ratio},
                                  {"time_ratio", net.time_ratio}});
  }
  return DumpJson(json);
}

std::string ReportHtml(const CollectReport& report, const std::string& dataset) {
  HtmlPage page("Measured into " + dataset);
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Repetitions added", std::to_string(report.added)},
      {"There already", std::to_string(report.found)},
      {"Time", ClockText(report.elapsed)},
      {"Energy (" + std::string(Name(report.evidence)) + ")", Human(report.spent)}};
  if (report.noise_energy_percent) {
    facts.emplace_back("Repetitions differ by, energy",
                       fmt::format("{:.2g} %", *report.noise_energy_percent));
    facts.emplace_back("Repetitions differ by, time",
                       fmt::format("{:.2g} %", *report.noise_time_percent));
  }
  if (report.idle_before) facts.emplace_back("At rest before", Human(*report.idle_before));
  if (report.idle_after) facts.emplace_back("At rest after", Human(*report.idle_after));
  page.AddFacts(facts);
  if (!report.ended_by.empty()) {
    page.AddParagraph("This go " + std::string(report.ended_by == "stopped" ? "was " : "ran ") +
                      report.ended_by + "; the same command goes on from there.");
  }
  AddProgress(page, report);
  AddRejected(page, report);
  AddAdditivity(page, report);
  return page.Text();
}

std::string DryRunText(const Plan& plan, const Duration& duration) {
  const auto blocks = CountBlocks(plan);
  std::size_t width = 0;
  for (const auto& [block, count] : blocks) width = std::max(width, block.size());
  std::string text;
  for (const auto& [block, count] : blocks) {
    text += fmt::format("{:<{}} {:>6} configurations\n", block, width, count);
  }
  return text + fmt::format("{} configurations take about {} here, {} if none settles early\n",
                            plan.size(), ClockText(duration.least), ClockText(duration.most));
}

std::string DryRunJson(const Plan& plan, const Duration& duration) {
  const Json json = {{"planned", plan.size()},
                     {"blocks", CountBlocks(plan)},
                     {"least_s", duration.least.count()},
                     {"most_s", duration.most.count()}};
  return DumpJson(json);
}

}  // namespace joulecast
