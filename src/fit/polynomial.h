// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

namespace joulecast {

/// Which products a polynomial expansion may contain.
enum class Products {
  kInteractions,  ///< of distinct columns only
  kAll,           ///< powers too
};

/// Expands columns into all their products up to a degree, in scikit-learn's order
/// (`PolynomialFeatures` without its constant): by degree, then lexicographically.
class PolynomialTerms {
 public:
  PolynomialTerms(int columns, int degree, Products products);

  /// Input columns that each product multiplies.
  const std::vector<std::vector<int>>& terms() const { return terms_; }

  /// [rows, columns] to [rows, terms].
  Eigen::MatrixXd Expand(const Eigen::MatrixXd& x) const;

 private:
  std::vector<std::vector<int>> terms_;
};

}  // namespace joulecast
