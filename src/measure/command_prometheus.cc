// SPDX-License-Identifier: Apache-2.0
// The text format of Prometheus 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
#include <fmt/format.h>

#include <ctime>
#include <functional>

#include "base/text.h"
#include "measure/command_report.h"

namespace joulecast {
namespace {

std::string LabelValue(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text, 500)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Head(std::string_view name, std::string_view help) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
}

using Amount = std::function<std::optional<double>(const EnergyRow&)>;

/// One sample a row that has the amount: what is unknown has no sample, and never a zero.
std::string RowMetric(const CommandReport& report, std::string_view name, std::string_view help,
                      const Amount& amount) {
  std::string text = Head(name, help);
  const std::string command = LabelValue(Join(report.words, " "));
  for (const EnergyRow& row : report.runs.back().rows) {
    const auto value = amount(row);
    if (!value) continue;
    text += fmt::format("{}{{command=\"{}\",meter=\"{}\",domain=\"{}\",evidence=\"{}\"}} {}\n",
                        name, command, LabelValue(row.meter), LabelValue(row.domain),
                        Name(row.evidence), *value);
  }
  return text;
}

std::string Metric(const CommandReport& report, std::string_view name, std::string_view help,
                   double value) {
  return Head(name, help) +
         fmt::format("{}{{command=\"{}\"}} {}\n", name, LabelValue(Join(report.words, " ")), value);
}

}  // namespace

std::string CommandPrometheus(const CommandReport& report) {
  std::string text = Metric(report, "joulecast_command_exit_code", "Exit code, as shells have it.",
                            report.exit_code);
  text += Metric(report, "joulecast_command_interrupted", "1 if it was told to end early.",
                 report.interrupted_by ? 1 : 0);
  text += Metric(report, "joulecast_command_report_timestamp_seconds", "When this was written.",
                 static_cast<double>(std::time(nullptr)));
  if (report.runs.empty()) return text;
  text += Metric(report, "joulecast_command_duration_seconds", "Wall time of the run.",
                 report.runs.back().time.count());
  text += RowMetric(report, "joulecast_command_energy_joules", "Gross energy of the run.",
                    [](const EnergyRow& row) {
                      return row.energy ? std::optional(row.energy->value()) : std::nullopt;
                    });
  text += RowMetric(report, "joulecast_command_net_energy_joules", "Energy above idle of the run.",
                    [](const EnergyRow& row) {
                      return row.net ? std::optional(row.net->value()) : std::nullopt;
                    });
  text += RowMetric(report, "joulecast_command_meter_up", "1 if the counter gave an energy.",
                    [](const EnergyRow& row) { return std::optional(row.energy ? 1.0 : 0.0); });
  return text;
}

}  // namespace joulecast
