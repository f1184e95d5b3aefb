// SPDX-License-Identifier: Apache-2.0
#include "fit/scaling.h"

#include "joulecast/error.h"

namespace joulecast {

MinMaxScale::MinMaxScale(const Eigen::VectorXd& values) {
  if (values.size() == 0 || !values.allFinite()) {
    throw Error(ErrorKind::kInput,
                "cannot scale a target without finite values: exclude rows without an energy");
  }
  least_ = values.minCoeff();
  const double range = values.maxCoeff() - least_;
  if (range > 0) range_ = range;
}

Eigen::VectorXd MinMaxScale::Scale(const Eigen::VectorXd& values) const {
  return (values.array() - least_) / range_;
}

Eigen::VectorXd MinMaxScale::Restore(const Eigen::VectorXd& scaled) const {
  return scaled.array() * range_ + least_;
}

Standardiser::Standardiser(const Eigen::MatrixXd& x)
    : mean_(x.colwise().mean()),
      deviation_(((x.rowwise() - mean_).colwise().squaredNorm() / static_cast<double>(x.rows()))
                     .cwiseSqrt()) {
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    if (x.col(j).minCoeff() == x.col(j).maxCoeff()) {
      mean_[j] = x(0, j);  // so that a constant column becomes exactly zero
      deviation_[j] = 1;
    }
  }
}

Eigen::MatrixXd Standardiser::Scale(const Eigen::MatrixXd& x) const {
  return ((x.rowwise() - mean_).array().rowwise() / deviation_.array()).matrix();
}

}  // namespace joulecast
