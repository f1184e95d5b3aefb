// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>

#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Rows to fit: `amounts` [rows, terms], `target` [rows] > 0, `weight` [rows] >= 0.
struct TermRows {
  Eigen::MatrixXd amounts;
  Eigen::VectorXd target;
  Eigen::VectorXd weight;

  Eigen::Index count() const { return target.size(); }
  TermRows Subset(const std::vector<Eigen::Index>& rows) const;
};

/// Non-negative coefficients that minimise the relative error |forecast / target - 1|, with
/// Huber's weights on it: a few rows that do not fit do not bend the rest. The Huber constant is
/// half a standard deviation of the residuals, this estimated by their median.
TermModel FitTerms(std::span<const Term> terms, const TermRows& rows, double overlap_exponent);

/// Cost by term [rows, terms] of a fitted model; a row's sum is its forecast.
Eigen::MatrixXd TermCosts(std::span<const Term> terms, const TermModel& model,
                          const Eigen::MatrixXd& amounts);

}  // namespace joulecast
