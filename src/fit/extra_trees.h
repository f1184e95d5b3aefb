// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "joulecast/profile.h"

namespace joulecast {

/// Extremely randomised trees (Geurts, Ernst, Wehenkel: "Extremely randomized trees", Machine
/// Learning 63, 2006), each grown on all rows until its leaves are pure: a node draws one uniform
/// threshold per feature and takes the split that leaves the least squared error of the energy.
/// `features` [rows, features], `energy` and `time` [rows]. The same input and seed give the same
/// trees everywhere.
std::vector<RegressionTree> GrowExtraTrees(const Eigen::MatrixXd& features,
                                           const Eigen::VectorXd& energy,
                                           const Eigen::VectorXd& time, std::size_t count,
                                           std::uint32_t seed);

}  // namespace joulecast
