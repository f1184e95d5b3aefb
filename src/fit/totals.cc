// SPDX-License-Identifier: Apache-2.0
#include "fit/totals.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "dataset/formats/csv.h"
#include "formats/load_model.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// A cell as a positive finite number. Throws Error{kInput} naming the column.
double Positive(const std::string& cell, const std::string& column) {
  const auto number = ParseDouble(Trim(cell));
  if (!number || !std::isfinite(*number) || *number <= 0) {
    throw Error(ErrorKind::kInput,
                column + " '" + Printable(cell, 40) + "' is no positive finite number");
  }
  return *number;
}

std::int64_t BatchOf(const std::string& cell) {
  const auto batch = ParseInt(Trim(cell));
  if (!batch || *batch < 1) {
    throw Error(ErrorKind::kInput,
                "batch '" + Printable(cell, 40) + "' is no whole number of at least 1");
  }
  return *batch;
}

/// Layers of a model; a path counts from the CSV file's folder.
std::vector<Layer> LayersOf(const std::string& model, std::int64_t batch,
                            const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::path beside = folder / model;
  const bool is_file = std::filesystem::is_regular_file(beside, ignored);
  return Resolve(LoadModel(is_file ? beside.string() : model), {.batch = batch}).layers;
}

/// Measurements of one model at one batch.
struct Repeats {
  Total total;
  double count = 0;
  std::vector<std::string> lines;
};

void Average(Repeats& repeats, const Total& row) {
  const double keep = repeats.count / (repeats.count + 1);
  Total& mean = repeats.total;
  mean.energy = keep * mean.energy + (1 - keep) * row.energy;
  if (mean.time && row.time) {
    mean.time = keep * *mean.time + (1 - keep) * *row.time;
  } else {
    mean.time = std::nullopt;
  }
  ++repeats.count;
}

/// Columns of the file by what they hold.
struct Columns {
  std::size_t model, batch, energy;
  std::optional<std::size_t> time;
};

Columns ColumnsOf(const CsvTable& table) {
  table.Require({"model", "batch", "energy_j"});
  Columns columns{table.Column("model"), table.Column("batch"), table.Column("energy_j"), {}};
  const auto& header = table.header();
  if (std::find(header.begin(), header.end(), "time_s") != header.end()) {
    columns.time = table.Column("time_s");
  }
  return columns;
}

/// Everything of a row but its layers.
Total ReadRow(const CsvRow& row, const Columns& columns) {
  Total total{.model = std::string(Trim(row.fields[columns.model])),
              .batch = BatchOf(row.fields[columns.batch]),
              .energy = Joules(Positive(row.fields[columns.energy], "energy_j"))};
  if (columns.time && !Trim(row.fields[*columns.time]).empty()) {
    total.time = Seconds(Positive(row.fields[*columns.time], "time_s"));
  }
  return total;
}

}  // namespace

Totals ReadTotals(const std::filesystem::path& csv) {
  const CsvTable table = CsvTable::Read(csv);
  const Columns columns = ColumnsOf(table);
  Totals totals{.source = csv.filename().string()};
  std::map<std::pair<std::string, std::int64_t>, std::size_t> known;
  std::vector<Repeats> configurations;
  for (const CsvRow& row : table.rows()) {
    try {
      Total total = ReadRow(row, columns);
      const auto [at, is_new] =
          known.try_emplace({total.model, total.batch}, configurations.size());
      if (is_new) {
        try {
          total.layers = LayersOf(total.model, total.batch, csv.parent_path());
        } catch (const Error&) {
          known.erase(at);
          throw;
        }
        configurations.push_back({.total = std::move(total), .count = 1});
      } else {
        Average(configurations[at->second], total);
      }
      configurations[at->second].lines.push_back(std::to_string(row.line));
    } catch (const Error& error) {
      totals.exclusions.push_back("line " + std::to_string(row.line) + ": " + error.what());
    }
  }
  for (Repeats& each : configurations) {
    if (each.lines.size() > 1) {
      totals.exclusions.push_back("lines " + Join(each.lines, ", ") +
                                  ": the same model and batch (" + Printable(each.total.model, 80) +
                                  ", " + std::to_string(each.total.batch) + "), averaged");
    }
    totals.rows.push_back(std::move(each.total));
  }
  return totals;
}

}  // namespace joulecast
