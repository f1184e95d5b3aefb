// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "joulecast/layer.h"
#include "joulecast/units.h"

namespace joulecast {

/// One whole model that was measured, and what it consists of.
struct Total {
  std::string model;  ///< as the file names it
  std::int64_t batch = 1;
  Joules energy;                ///< per inference of the whole batch
  std::optional<Seconds> time;  ///< nullopt where the file does not say
  std::vector<Layer> layers;
};

struct Totals {
  std::string source;  ///< the file's name
  std::vector<Total> rows;
  std::vector<std::string> exclusions;  ///< rows left out or averaged, each with its line and why
};

/// Reads a CSV file with the columns model, batch, energy_j and optionally time_s; others are
/// ignored. A model is a name of the zoo or the path of a file, relative to the CSV file. Rows of
/// the same model and batch are averaged; rows that cannot be are excluded and said so.
/// Throws Error{kInput} if it is no CSV file or lacks a column.
Totals ReadTotals(const std::filesystem::path& csv);

}  // namespace joulecast
