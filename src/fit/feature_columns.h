// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

enum class FeatureKind {
  kParameter,
  kLog,   ///< log(1 + parameter)
  kMacs,  ///< as getzner2023 counts them where it measured the type; else with bias additions
};

struct FeatureColumn {
  FeatureKind kind = FeatureKind::kParameter;
  std::string name;  ///< "batch", "kernel_height", "log_batch", "macs"
  Eigen::VectorXd values;
};

/// What a layer type's specifications say in numbers.
struct FeatureColumns {
  std::vector<FeatureColumn> columns;  ///< parameters, then their logarithms, then MACs
  std::vector<std::string> constant;   ///< parameters (or "macs") that no row varies: left out

  bool Has(FeatureKind kind) const;
  /// Columns of the kinds that are wanted [rows, columns].
  Eigen::MatrixXd Matrix(const std::function<bool(FeatureKind)>& is_wanted) const;
};

/// Columns of layers of one type. Sides that are always equal are one column; 0/1 flags have no
/// logarithm.
FeatureColumns MakeFeatureColumns(std::span<const LayerSpec> specs);

}  // namespace joulecast
