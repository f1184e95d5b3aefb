// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>

#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Fewer rows teach a residual nothing that cross-validation could tell from luck.
inline constexpr std::size_t kFewestResidualRows = 200;

/// Trees are grown by chance. The typical ones of four times as many forecast more alike from one
/// chance to the next, and as fast; to judge a residual by cross-validation the first ones do.
enum class TreeChoice { kFirst, kTypical };

/// Learns the logarithms of what the terms miss by, `energy` and `time` [rows]: ln(measured / sum
/// of costs). `specs` [rows] of one type, `costs` [rows, terms] in joules by its fitted terms.
Residual FitResidual(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs,
                     const Eigen::VectorXd& energy, const Eigen::VectorXd& time, TreeChoice choice);

/// The residual's factor on each row's sum of costs, in joules.
Eigen::VectorXd EnergyFactors(const Residual& residual, std::span<const LayerSpec* const> specs,
                              const Eigen::MatrixXd& costs);

}  // namespace joulecast
