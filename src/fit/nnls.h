// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

namespace joulecast {

/// The x >= 0 that minimises |A x - b|, by the active-set method of Lawson and Hanson ("Solving
/// Least Squares Problems", 1974, chapter 23). A zero column gets x = 0.
Eigen::VectorXd SolveNonNegative(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);

}  // namespace joulecast
