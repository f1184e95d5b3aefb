// SPDX-License-Identifier: Apache-2.0
#include "fit/polynomial.h"

namespace joulecast {

PolynomialTerms::PolynomialTerms(int columns, int degree, Products products) {
  std::vector<std::vector<int>> shorter = {{}};
  for (int d = 0; d < degree; ++d) {
    std::vector<std::vector<int>> longer;
    for (const std::vector<int>& term : shorter) {
      const int first = term.empty() ? 0 : term.back() + (products == Products::kAll ? 0 : 1);
      for (int column = first; column < columns; ++column) {
        longer.push_back(term);
        longer.back().push_back(column);
      }
    }
    terms_.insert(terms_.end(), longer.begin(), longer.end());
    shorter = std::move(longer);
  }
}

Eigen::MatrixXd PolynomialTerms::Expand(const Eigen::MatrixXd& x) const {
  Eigen::MatrixXd expanded =
      Eigen::MatrixXd::Ones(x.rows(), static_cast<Eigen::Index>(terms_.size()));
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    auto product = expanded.col(static_cast<Eigen::Index>(t)).array();
    for (const int column : terms_[t]) product *= x.col(column).array();
  }
  return expanded;
}

}  // namespace joulecast
