// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/mapped_csv.h"

#include <cmath>

#include "base/text.h"
#include "dataset/formats/csv.h"
#include "dataset/samples.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Every column that the map names, so that all missing ones are told at once.
std::vector<std::string> ColumnsOf(const CsvMap& map) {
  std::vector<std::string> columns = {map.energy.column};
  const auto add = [&](const CsvValue& value) {
    if (!value.column.empty()) columns.push_back(value.column);
  };
  if (!map.spec_column.empty()) columns.push_back(map.spec_column);
  if (map.time) columns.push_back(map.time->column);
  if (map.passes) add(*map.passes);
  if (map.repetition) add(*map.repetition);
  for (const CsvParam& param : map.params) {
    for (const CsvValue& value : param.values) add(value);
  }
  return columns;
}

/// Rows turned into measurements.
class RowReader {
 public:
  RowReader(const CsvTable& table, const CsvMap& map, std::string file)
      : table_(table), map_(map), file_(std::move(file)) {}

  Measurement Read(const CsvRow& row, std::size_t index) const {
    Measurement m;
    m.key = map_.source + "/" + file_ + ":" + std::to_string(index);
    m.source = map_.source;
    m.device = map_.device.name;
    m.origin = map_.origin;
    m.tag = map_.tag;
    m.meter = map_.meter;
    m.source_file = file_;
    m.source_row = static_cast<std::int64_t>(index);
    m.spec = SpecText(row);
    try {
      m.spec = CanonicalSpec(m.spec);
      if (map_.passes) m.passes = Count(row, *map_.passes, "passes");
      if (map_.repetition) m.repetition = Count(row, *map_.repetition, "repetition");
      m.batch = Batch(row);
      const auto passes = static_cast<double>(m.passes);
      if (map_.time) {
        m.time = Seconds(Amount(row, *map_.time, "time") * (map_.time->per_call ? passes : 1));
      }
      m.energy = Joules(Amount(row, map_.energy, "energy") * (map_.energy.per_call ? passes : 1));
    } catch (const Error& error) {
      m.time.reset();
      m.reason = error.what();
    }
    return m;
  }

 private:
  const std::string& Field(const CsvRow& row, const std::string& column) const {
    return row.fields[table_.Column(column)];
  }

  std::string Text(const CsvRow& row, const CsvValue& value) const {
    return value.column.empty() ? value.constant : std::string(Trim(Field(row, value.column)));
  }

  std::string SpecText(const CsvRow& row) const {
    if (!map_.spec_column.empty()) return std::string(Trim(Field(row, map_.spec_column)));
    std::string spec = map_.layer_type;
    for (const CsvParam& param : map_.params) {
      std::vector<std::string> values;
      for (const CsvValue& value : param.values) values.push_back(Text(row, value));
      spec += " " + param.name + "=" + Join(values, "x");
    }
    return spec;
  }

  std::int64_t Count(const CsvRow& row, const CsvValue& value, const std::string& what) const {
    const std::string text = Text(row, value);
    const auto count = ParseInt(text);
    if (!count || *count < 1) {
      throw Error(ErrorKind::kInput,
                  what + " is '" + Printable(text, 40) + "', not a whole number from 1");
    }
    return *count;
  }

  std::int64_t Batch(const CsvRow& row) const {
    for (const CsvParam& param : map_.params) {
      if (param.name == "batch") return Count(row, param.values.front(), "batch");
    }
    return 1;
  }

  double Amount(const CsvRow& row, const CsvQuantity& quantity, const std::string& what) const {
    const std::string_view text = Trim(Field(row, quantity.column));
    const auto number = ParseDouble(text);
    if (!number || !std::isfinite(*number) || *number <= 0) {
      throw Error(ErrorKind::kInput,
                  what + " is '" + Printable(text, 40) + "', not a positive number");
    }
    return *number * quantity.scale;
  }

  const CsvTable& table_;
  const CsvMap& map_;
  std::string file_;
};

}  // namespace

ImportReport ImportMappedCsv(Dataset& dataset, const std::filesystem::path& csv,
                             const CsvMap& map) {
  const CsvTable table = CsvTable::Read(csv);
  table.Require(ColumnsOf(map));
  const RowReader reader(table, map, csv.filename().string());
  ImportReport report;
  if (map.spec_column.empty() && FindLayerType(map.layer_type) == nullptr) {
    report.unknown.push_back(map.layer_type);
  }
  dataset.Atomically([&] {
    AddTo(dataset, map.device, report);
    for (std::size_t i = 0; i < table.rows().size(); ++i) {
      const Measurement m = reader.Read(table.rows()[i], i);
      if (m.reason) {
        report.exclusions.push_back(csv.string() + ", line " +
                                    std::to_string(table.rows()[i].line) + ": " + *m.reason);
      }
      AddTo(dataset, m, report);
    }
  });
  return report;
}

}  // namespace joulecast
