// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>

#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Fewer rows teach a residual nothing that cross-validation could tell from luck.
inline constexpr std::size_t kFewestResidualRows = 200;

/// Learns ln(target / sum of costs). `specs` [rows] of one type, `costs` [rows, terms] by its
/// fitted terms, `target` [rows].
Residual FitResidual(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs,
                     const Eigen::VectorXd& target);

/// The residual's factor on each row's sum of costs.
Eigen::VectorXd ResidualFactors(const Residual& residual, std::span<const LayerSpec* const> specs,
                                const Eigen::MatrixXd& costs);

}  // namespace joulecast
