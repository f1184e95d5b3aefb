// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "measure/command_report.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

template <typename T>
std::string OrDash(const std::optional<T>& value) {
  return value ? Human(*value) : "-";
}

std::string RowText(const EnergyRow& row) {
  const std::string_view domain = row.meter == "sum" ? std::string_view() : row.domain;
  if (!row.failure.empty()) {
    return fmt::format("  {:<10} {:<14} no energy: {}\n", row.meter, domain, row.failure);
  }
  return fmt::format("  {:<10} {:<14} {:>10} {:>10} {:>10}  {}\n", row.meter, domain,
                     OrDash(row.energy), OrDash(row.power()), OrDash(row.net), Name(row.evidence));
}

std::string ConditionsText(const WindowReport& run) {
  std::string text;
  if (run.before.load_average && run.after.load_average) {
    text +=
        fmt::format(", load {:.2f} to {:.2f}", *run.before.load_average, *run.after.load_average);
  }
  if (run.before.cpu_temperature_c && run.after.cpu_temperature_c) {
    text += fmt::format(", processor {:.0f} to {:.0f} C", *run.before.cpu_temperature_c,
                        *run.after.cpu_temperature_c);
  }
  return text;
}

std::string EndText(const ProcessEnd& end) {
  return end.signal ? "killed by " + SignalName(*end.signal)
                    : fmt::format("exit code {}", end.exit_code);
}

std::string RowsText(const WindowReport& window) {
  std::string text = fmt::format("  {:<10} {:<14} {:>10} {:>10} {:>10}  {}\n", "meter", "domain",
                                 "energy", "power", "net", "evidence");
  for (const EnergyRow& row : window.rows) text += RowText(row);
  return text;
}

std::string RunText(const RunReport& run, std::size_t number, std::size_t count) {
  std::string text = count > 1 ? fmt::format("run {} of {}: ", number, count) : "";
  text += fmt::format("{}, {} ({} of CPU time){}\n", EndText(run.end), Human(run.time),
                      Human(run.end.cpu_time), ConditionsText(run));
  return text + RowsText(run);
}

/// What the net is above, or why there is none: of the sum's domains where that is one answer.
std::string NetText(const WindowReport& run) {
  for (const EnergyRow& row : run.rows) {
    if (!row.net && row.energy) return "  net is missing: " + row.net_is_missing + "\n";
  }
  const EnergyRow& first = run.rows.front();
  if (!first.idle) return {};
  return fmt::format("  net: above {} of {}:{} ({})\n", Human(*first.idle), first.meter,
                     first.domain, first.idle_basis);
}

std::string NotesText(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += "  " + note + "\n";
  return text;
}

}  // namespace

std::string BlockText(const BlockReport& report) {
  const WindowReport& window = report.window;
  return Human(window.time) + ConditionsText(window) + "\n" + RowsText(window) + NetText(window) +
         NotesText(report.notes);
}

std::string CommandText(const CommandReport& report) {
  std::string text = Printable(Join(report.words, " "), 80) + ": ";
  if (report.runs.empty()) text += "did not run\n";
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    text += RunText(report.runs[i], i + 1, report.runs.size());
  }
  if (!report.runs.empty()) text += NetText(report.runs.back());
  if (report.repeats) {
    text += fmt::format("  mean of {} runs: {}", report.repeats->runs, Human(report.repeats->mean));
    if (const auto error = report.repeats->relative_standard_error) {
      text += fmt::format(", standard error {:.2g} %", 100 * *error);
    }
    text += "\n";
  }
  return text + NotesText(report.notes);
}

}  // namespace joulecast
