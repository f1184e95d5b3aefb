// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "fit/ablation_range.h"

namespace joulecast {

/// Test R2 of least squares with an intercept on every non-empty subset of columns; entry `mask`
/// uses column j where bit j of `mask` is set, and entry 0 predicts the training mean. One Gram
/// matrix and its Cholesky factor, grown by a row per column, serve all subsets. A column that
/// depends linearly on those before it adds nothing.
/// Throws Error{kInput} for more than 24 columns, values that are not finite, or equal test
/// targets.
std::vector<double> AblateSubsets(const Eigen::MatrixXd& train_x, const Eigen::VectorXd& train_y,
                                  const Eigen::MatrixXd& test_x, const Eigen::VectorXd& test_y);

}  // namespace joulecast
