// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataset/dataset.h"
#include "joulecast/units.h"

namespace joulecast {

/// What a dataset holds of one origin and layer type.
struct DatasetStats {
  std::string origin;
  std::string type;  ///< "conv2d"; "network" for whole networks
  std::size_t rows = 0;
  std::size_t configurations = 0;
  std::size_t failed = 0;                      ///< rows without an energy
  std::size_t kept_physics = 0;                ///< rows
  std::size_t kept_published = 0;              ///< rows
  std::map<std::string, std::size_t> reasons;  ///< of failures and of physics rejections
  std::optional<Joules> least;                 ///< per call, of the rows that physics keeps
  std::optional<Joules> most;
};

/// By origin and type, both in alphabetical order.
std::vector<DatasetStats> ComputeStats(const Dataset& dataset);

/// Every repetition as CSV with a header; units are in the column names, absent values are empty.
void ExportCsv(const Dataset& dataset, std::ostream& out);

}  // namespace joulecast
