// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dataset/dataset.h"

namespace joulecast {

/// Where a number comes from: a column of the file, or a constant.
struct CsvValue {
  std::string column;  ///< empty: the constant
  std::string constant;
};

/// A parameter of the layer: its values, written with "x" between them (`kernel=3x1`).
struct CsvParam {
  std::string name;
  std::vector<CsvValue> values;
};

/// A quantity, with the factor from its unit to SI.
struct CsvQuantity {
  std::string column;
  double scale = 1;
  bool per_call = false;  ///< else of the whole window of passes
};

/// Which columns of somebody's CSV file mean what. docs/import.md describes its TOML form.
struct CsvMap {
  std::string source;
  Device device;
  std::string origin;
  std::string tag;
  std::string meter;
  std::string spec_column;  ///< of whole specifications; or, if empty:
  std::string layer_type;
  std::vector<CsvParam> params;
  CsvQuantity energy;
  std::optional<CsvQuantity> time;
  std::optional<CsvValue> passes;      ///< 1 if left out
  std::optional<CsvValue> repetition;  ///< 1 if left out

  /// Throws Error{kInput} naming the key that is missing, unknown or wrong, and its line.
  static CsvMap Read(const std::filesystem::path& path);
  /// The same from text; `name` stands for the file in messages.
  static CsvMap Parse(std::string_view text, const std::string& name);
};

/// Stores each row of a CSV file as one step. A row whose numbers cannot be (not a number, zero or
/// negative energy, an impossible layer) is stored without energy and reported with its line.
/// Throws Error{kInput} if the file is no CSV file or lacks a column that the map names.
ImportReport ImportMappedCsv(Dataset& dataset, const std::filesystem::path& csv, const CsvMap& map);

}  // namespace joulecast
