// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/command_run.h"

namespace joulecast {

/// What one counter, or the sum of several, says about one run.
struct EnergyRow {
  std::string meter;   ///< "powercap", or "sum"
  std::string domain;  ///< "package-0"; of a sum "powercap:package-0+powercap:dram-0"
  Evidence evidence = Evidence::kMeasured;
  Seconds time{0};
  std::optional<Joules> energy;  ///< gross
  std::optional<Joules> net;     ///< above idle
  std::optional<Watts> idle;     ///< that was taken off
  std::string idle_basis;        ///< what the idle power is from
  std::string failure;           ///< why there is no energy
  std::string net_is_missing;    ///< why there is no net energy
  std::optional<std::uint64_t> raw_start;
  std::optional<std::uint64_t> raw_end;

  std::optional<Watts> power() const;
};

/// One window and all that was found out about it.
struct WindowReport {
  Seconds time{0};
  Conditions before;
  Conditions after;
  std::vector<EnergyRow> rows;  ///< every domain of every meter; the sum comes last
};

/// One run of a command.
struct RunReport : WindowReport {
  ProcessEnd end;
};

/// Over several runs, of the sum.
struct RepeatSummary {
  Joules mean;
  std::optional<double> relative_standard_error;
  std::size_t runs = 0;
};

struct CommandReport {
  std::vector<std::string> words;
  std::string host;
  std::string software;  ///< "joulecast 0.1.0"
  std::string started;
  std::vector<std::string> sources;           ///< "powercap: ...", one a meter
  std::optional<std::string> interrupted_by;  ///< "SIGINT"
  int exit_code = 0;
  std::vector<RunReport> runs;
  std::optional<RepeatSummary> repeats;
  std::vector<std::string> notes;  ///< what a reader has to know to read the numbers right
};

CommandReport MakeReport(MeterSet meters, const CommandRequest& request,
                         const CommandResult& result, std::string software);

/// A part of the program that asks, with no command of its own: what Python's `measure` reports.
struct BlockReport {
  std::string host;
  std::string software;
  std::string started;  ///< ISO 8601, UTC
  std::vector<std::string> sources;
  WindowReport window;
  std::vector<std::string> notes;
};

struct Block {
  std::string started;
  MeasuredWindow window;
  Conditions before;
  Conditions after;
  Baseline baseline;
};

BlockReport MakeReport(MeterSet meters, const Block& block, std::string software);

std::string BlockText(const BlockReport& report);
/// What `CommandJson` has of a run, without the command.
std::string BlockJson(const BlockReport& report);

std::string CommandText(const CommandReport& report);
std::string CommandJson(const CommandReport& report);
/// Metrics of the last run, for the textfile collector of Prometheus' node_exporter.
std::string CommandPrometheus(const CommandReport& report);

extern const std::string_view kCommandCsvHeader;
/// One line a row of each run, without the header.
std::string CommandCsvRows(const CommandReport& report);

}  // namespace joulecast
