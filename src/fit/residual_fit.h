// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>

#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Fewer rows teach a residual nothing that cross-validation could tell from luck.
inline constexpr std::size_t kFewestResidualRows = 200;

/// Learns the logarithms of what the terms miss by, `energy` and `time` [rows]: ln(measured / sum
/// of costs). `specs` [rows] of one type, `costs` [rows, terms] in joules by its fitted terms.
Residual FitResidual(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs,
                     const Eigen::VectorXd& energy, const Eigen::VectorXd& time);

/// The residual's factor on each row's sum of costs, in joules.
Eigen::VectorXd EnergyFactors(const Residual& residual, std::span<const LayerSpec* const> specs,
                              const Eigen::MatrixXd& costs);

}  // namespace joulecast
