// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

namespace joulecast {

/// Maps a range onto [0, 1], and whatever lies outside it beyond.
class MinMaxScale {
 public:
  /// Throws Error{kInput} without values, or if one is not finite. Equal values are only shifted.
  explicit MinMaxScale(const Eigen::VectorXd& values);

  Eigen::VectorXd Scale(const Eigen::VectorXd& values) const;
  Eigen::VectorXd Restore(const Eigen::VectorXd& scaled) const;

 private:
  double least_ = 0;
  double range_ = 1;
};

/// Columns shifted to mean 0 and divided by their population standard deviation; a constant column
/// is only shifted.
class Standardiser {
 public:
  explicit Standardiser(const Eigen::MatrixXd& x);

  Eigen::MatrixXd Scale(const Eigen::MatrixXd& x) const;

 private:
  Eigen::RowVectorXd mean_;
  Eigen::RowVectorXd deviation_;
};

}  // namespace joulecast
