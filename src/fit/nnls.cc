// SPDX-License-Identifier: Apache-2.0
#include "fit/nnls.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <vector>

namespace joulecast {
namespace {

/// Least squares over the chosen columns, 0 for the others.
Eigen::VectorXd SolveChosen(const Eigen::MatrixXd& gram, const Eigen::VectorXd& projection,
                            const std::vector<Eigen::Index>& chosen) {
  const Eigen::MatrixXd part = gram(chosen, chosen);
  const Eigen::VectorXd solution = part.ldlt().solve(projection(chosen));
  Eigen::VectorXd x = Eigen::VectorXd::Zero(gram.rows());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    x[chosen[i]] = solution[static_cast<Eigen::Index>(i)];
  }
  return x;
}

/// How far one may go from x towards `target` before a chosen number turns negative.
double StepWithin(const Eigen::VectorXd& x, const Eigen::VectorXd& target,
                  const std::vector<Eigen::Index>& chosen) {
  double step = 1;
  for (const Eigen::Index i : chosen) {
    if (target[i] <= 0) step = std::min(step, x[i] / (x[i] - target[i]));
  }
  return step;
}

}  // namespace

Eigen::VectorXd SolveNonNegative(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  const Eigen::MatrixXd gram = a.transpose() * a;
  const Eigen::VectorXd projection = a.transpose() * b;
  const double tolerance = 1e-12 * std::max(1e-300, projection.cwiseAbs().maxCoeff());
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  std::vector<Eigen::Index> chosen;
  // Each pass adds the column that helps most; 3 n passes suffice in practice (Lawson, Hanson).
  for (Eigen::Index pass = 0; pass < 3 * a.cols(); ++pass) {
    const Eigen::VectorXd gradient = projection - gram * x;
    Eigen::Index best = -1;
    for (Eigen::Index i = 0; i < a.cols(); ++i) {
      const bool is_chosen = std::find(chosen.begin(), chosen.end(), i) != chosen.end();
      if (is_chosen || gram(i, i) <= 0 || gradient[i] <= tolerance) continue;
      if (best < 0 || gradient[i] > gradient[best]) best = i;
    }
    if (best < 0) break;
    chosen.push_back(best);
    while (!chosen.empty()) {
      const Eigen::VectorXd target = SolveChosen(gram, projection, chosen);
      const double step = StepWithin(x, target, chosen);
      x += step * (target - x);
      if (step >= 1) break;
      const double zero = 1e-14 * std::max(1e-300, x.cwiseAbs().maxCoeff());
      std::erase_if(chosen, [&](Eigen::Index i) {
        if (x[i] > zero) return false;
        x[i] = 0;
        return true;
      });
    }
  }
  return x.cwiseMax(0.0);
}

}  // namespace joulecast
