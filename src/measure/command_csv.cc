// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "measure/command_report.h"

namespace joulecast {
namespace {

std::string Cell(std::optional<double> value) {
  return value ? fmt::format("{}", *value) : std::string();
}

template <typename Unit>
std::string Cell(const std::optional<Unit>& value) {
  return value ? Cell(value->value()) : std::string();
}

std::string RowLine(const CommandReport& report, std::size_t number, const EnergyRow& row) {
  const RunReport& run = report.runs[number];
  const std::string& reason = row.failure.empty() ? row.net_is_missing : row.failure;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
                     report.started, CsvField(report.host), CsvField(Join(report.words, " ")),
                     number + 1, run.end.exit_code, report.interrupted_by.value_or(""),
                     CsvField(row.meter), CsvField(row.domain), Name(row.evidence),
                     row.time.count(), Cell(row.energy), Cell(row.power()), Cell(row.net),
                     Cell(row.idle), CsvField(row.idle_basis), Cell(run.before.load_average),
                     Cell(run.after.load_average), Cell(run.before.cpu_temperature_c),
                     Cell(run.after.cpu_temperature_c), CsvField(reason));
}

}  // namespace

const std::string_view kCommandCsvHeader =
    "started,host,command,run,exit_code,interrupted_by,meter,domain,evidence,time_s,energy_j,"
    "power_w,net_energy_j,idle_power_w,idle_basis,load_average_before,load_average_after,"
    "cpu_temperature_before_c,cpu_temperature_after_c,reason\n";

std::string CommandCsvRows(const CommandReport& report) {
  std::string lines;
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    for (const EnergyRow& row : report.runs[i].rows) lines += RowLine(report, i, row);
  }
  return lines;
}

}  // namespace joulecast
