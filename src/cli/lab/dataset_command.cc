// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/json_values.h"
#include "cli/model_options.h"
#include "dataset/dataset.h"
#include "dataset/formats/mapped_csv.h"
#include "dataset/import_getzner2023.h"
#include "dataset/stats.h"
#include "joulecast/error.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

struct Options {
  std::string from;
  std::string map;
  std::string input;
  std::vector<std::string> inputs;
  std::string output;
  std::string format;
};

/// A list of reasons can be as long as a file: this many lines are shown.
constexpr std::size_t kMostLines = 10;

void AddLines(std::string& text, std::string_view what, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size() && i < kMostLines; ++i) {
    text += fmt::format("{}: {}\n", what, lines[i]);
  }
  if (lines.size() > kMostLines) {
    text += fmt::format("{}: and {} more\n", what, lines.size() - kMostLines);
  }
}

std::string ReportText(const ImportReport& report, const std::string& output) {
  std::string text = fmt::format("{} rows added to {}, {} were there already\n", report.added,
                                 output, report.unchanged);
  AddLines(text, "missing", report.missing_files);
  AddLines(text, "conflict, kept what was there", report.conflicts);
  AddLines(text, "stored without energy", report.exclusions);
  AddLines(text, "unknown layer type, kept as text", report.unknown);
  return text;
}

/// A dataset that did not exist before must not exist afterwards if the work on it fails.
template <typename Work>
ImportReport WithDataset(const std::string& path, Work work) {
  const bool existed = std::filesystem::exists(path);
  try {
    Dataset dataset = Dataset::OpenOrCreate(path);
    return work(dataset);
  } catch (const Error&) {
    if (!existed) {
      for (const char* part : {"", "-wal", "-shm", "-journal"}) {
        std::error_code ignored;  // the first error is the one to tell
        std::filesystem::remove(path + part, ignored);
      }
    }
    throw;
  }
}

int Import(const Options& options) {
  if (options.from == "csv" && options.map.empty()) {
    throw Error(ErrorKind::kUsage,
                "--from csv needs --map MAP.toml, which says what the columns mean");
  }
  const ImportReport report = WithDataset(options.output, [&](Dataset& dataset) {
    return options.from == "csv"
               ? ImportMappedCsv(dataset, options.input, CsvMap::Read(options.map))
               : ImportGetzner2023(dataset, options.input);
  });
  Print(ReportText(report, options.output));
  return kDone;
}

int Merge(const Options& options) {
  const ImportReport report = WithDataset(options.output, [&](Dataset& target) {
    ImportReport all;
    for (const std::string& input : options.inputs) {
      const ImportReport one = MergeDatasets(target, Dataset::OpenForReading(input));
      all.added += one.added;
      all.unchanged += one.unchanged;
      all.conflicts.insert(all.conflicts.end(), one.conflicts.begin(), one.conflicts.end());
    }
    return all;
  });
  Print(ReportText(report, options.output));
  return report.conflicts.empty() ? kDone : kCheckFailed;
}

int Upgrade(const Options& options) {
  Dataset::Open(options.input);
  Print(options.input + " is of this program's version\n");
  return kDone;
}

int Export(const Options& options) {
  std::ostringstream csv;
  ExportCsv(Dataset::OpenForReading(options.input), csv);
  PrintTo(options.output, csv.str());
  return kDone;
}

std::string StatsText(const std::vector<DatasetStats>& stats) {
  std::string text = fmt::format("{:<12} {:<18} {:>7} {:>7} {:>7} {:>10} {:>10}\n", "origin",
                                 "type", "rows", "kept", "configs", "least", "most");
  for (const DatasetStats& line : stats) {
    text += fmt::format("{:<12} {:<18} {:>7} {:>7} {:>7} {:>10} {:>10}\n", line.origin, line.type,
                        line.rows, line.kept_physics, line.configurations,
                        line.least ? Human(*line.least) : "-", line.most ? Human(*line.most) : "-");
    for (const auto& [reason, count] : line.reasons) {
      text += fmt::format("{:<12} {:>6} not kept: {}\n", "", count, reason);
    }
  }
  return text;
}

std::string StatsJson(const std::vector<DatasetStats>& stats) {
  nlohmann::ordered_json json = {{"groups", nlohmann::ordered_json::array()}};
  for (const DatasetStats& line : stats) {
    nlohmann::ordered_json group = {{"origin", line.origin},
                                    {"type", line.type},
                                    {"rows", line.rows},
                                    {"configurations", line.configurations},
                                    {"failed", line.failed},
                                    {"kept_physics", line.kept_physics},
                                    {"kept_published", line.kept_published},
                                    {"reasons", line.reasons},
                                    {"energy_j_least", nullptr},
                                    {"energy_j_most", nullptr}};
    if (line.least) group["energy_j_least"] = line.least->value();
    if (line.most) group["energy_j_most"] = line.most->value();
    json["groups"].push_back(std::move(group));
  }
  return DumpJson(json);
}

int Stats(const Options& options) {
  const std::vector<DatasetStats> stats = ComputeStats(Dataset::OpenForReading(options.input));
  Print(options.format == "json" ? StatsJson(stats) : StatsText(stats));
  return kDone;
}

CLI::Option* AddOutput(CLI::App& command, Options& options, const std::string& what) {
  return command.add_option("-o,--output", options.output, what)->type_name("FILE");
}

}  // namespace

void AddDataset(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.require_subcommand(1);
  CLI::App* importing = command.add_subcommand("import", "Store other people's measurements");
  importing->add_option("--from", options->from, "What the files are: getzner2023 or csv")
      ->required()
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"getzner2023", "csv"}));
  importing->add_option("--map", options->map, "What a CSV file's columns mean")
      ->type_name("MAP.toml");
  importing->add_option("input", options->input, "The folder or file to read")
      ->required()
      ->type_name("PATH");
  AddOutput(*importing, *options, "The dataset; made if there is none")->required();
  importing->callback([options, &action] { action = [options] { return Import(*options); }; });

  CLI::App* merge = command.add_subcommand("merge", "Add datasets to a dataset");
  merge->add_option("input", options->inputs, "The datasets to add")
      ->required()
      ->type_name("DATASET...");
  AddOutput(*merge, *options, "The dataset that they are added to")->required();
  merge->callback([options, &action] { action = [options] { return Merge(*options); }; });

  CLI::App* upgrade = command.add_subcommand("upgrade", "Bring an older dataset up to date");
  upgrade->add_option("dataset", options->input, "The dataset")->required()->type_name("DATASET");
  upgrade->callback([options, &action] { action = [options] { return Upgrade(*options); }; });

  CLI::App* to_csv = command.add_subcommand("export", "Every repetition as CSV");
  to_csv->add_option("dataset", options->input, "The dataset")->required()->type_name("DATASET");
  AddOutput(*to_csv, *options, "A file instead of standard output");
  to_csv->callback([options, &action] { action = [options] { return Export(*options); }; });

  CLI::App* stats = command.add_subcommand("stats", "What a dataset holds, and what was left out");
  stats->add_option("dataset", options->input, "The dataset")->required()->type_name("DATASET");
  AddFormat(*stats, options->format, {"text", "json"});
  stats->callback([options, &action] { action = [options] { return Stats(*options); }; });

  command.footer(
      "Examples:\n"
      "  joulecast dataset import --from getzner2023 DIR -o d.db\n"
      "  joulecast dataset import --from csv --map map.toml FILE.csv -o d.db\n"
      "  joulecast dataset merge a.db b.db -o all.db\n"
      "  joulecast dataset stats d.db");
}

}  // namespace joulecast
