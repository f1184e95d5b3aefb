// SPDX-License-Identifier: Apache-2.0
#include "fit/design.h"

#include <Eigen/Dense>
#include <algorithm>

#include "fit/page_state.h"
#include "fit/term_fit.h"

namespace joulecast {
namespace {

/// What M starts from, in rows of a typical size: terms that no row has yet are wanted, not
/// infinite.
constexpr double kPrior = 1e-3;

Eigen::RowVectorXd AmountsOf(const LayerSpec& spec, const DeviceTraits& traits) {
  std::vector<double> amounts(spec.type().terms.size());
  spec.type().amounts(spec, traits, amounts);
  return Eigen::Map<Eigen::RowVectorXd>(amounts.data(), static_cast<Eigen::Index>(amounts.size()));
}

/// Coefficients of a fit of the measured rows; before there are enough, one over each term's mean.
Eigen::VectorXd Coefficients(const LayerType& type, std::span<const Observation> measured,
                             const Eigen::MatrixXd& known, const Eigen::MatrixXd& candidates) {
  if (measured.size() < FewestRows(type)) {
    const Eigen::VectorXd mean = candidates.colwise().mean();
    return (mean.array() > 0).select(mean.cwiseInverse(), 0);
  }
  TermRows rows{known, Eigen::VectorXd(known.rows()), Eigen::VectorXd::Ones(known.rows())};
  for (Eigen::Index i = 0; i < known.rows(); ++i) {
    rows.target[i] = measured[static_cast<std::size_t>(i)].energy.value();
  }
  const TermModel model = FitTerms(type.terms, rows, 1);
  return Eigen::Map<const Eigen::VectorXd>(model.coefficients.data(),
                                           static_cast<Eigen::Index>(model.coefficients.size()));
}

/// Rows over their costs, columns brought to the same size. A row whose terms all seem to cost
/// nothing has the least cost of its like, not none.
Eigen::MatrixXd Relative(Eigen::MatrixXd amounts, const Eigen::VectorXd& coefficients,
                         const Eigen::RowVectorXd& scale) {
  Eigen::VectorXd cost = amounts * coefficients;
  cost = cost.cwiseMax(std::max(1e-6 * cost.mean(), 1e-300));
  amounts.array().colwise() /= cost.array();
  amounts.array().rowwise() /= scale.array();
  return amounts;
}

}  // namespace

std::vector<std::size_t> ChooseUncertain(const LayerType& type,
                                         std::span<const Observation> measured,
                                         std::span<const LayerSpec> candidates,
                                         const DeviceTraits& traits, std::size_t count) {
  const auto terms = static_cast<Eigen::Index>(type.terms.size());
  Eigen::MatrixXd known(static_cast<Eigen::Index>(measured.size()), terms);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    known.row(static_cast<Eigen::Index>(i)) = AmountsOf(measured[i].spec, traits);
  }
  Eigen::MatrixXd open(static_cast<Eigen::Index>(candidates.size()), terms);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    open.row(static_cast<Eigen::Index>(i)) = AmountsOf(candidates[i], traits);
  }
  const Eigen::VectorXd coefficients = Coefficients(type, measured, known, open);
  const Eigen::RowVectorXd ones = Eigen::RowVectorXd::Ones(terms);
  Eigen::RowVectorXd scale = Relative(open, coefficients, ones).colwise().norm();
  scale = (scale.array() > 0).select(scale, 1);
  const Eigen::MatrixXd rows = Relative(open, coefficients, scale);
  const Eigen::MatrixXd old = measured.empty() ? known : Relative(known, coefficients, scale);
  Eigen::MatrixXd inverse =
      (old.transpose() * old + kPrior * Eigen::MatrixXd::Identity(terms, terms)).inverse();
  std::vector<std::size_t> chosen;
  Eigen::VectorXd variance = (rows * inverse).cwiseProduct(rows).rowwise().sum();
  while (chosen.size() < std::min(count, candidates.size())) {
    Eigen::Index most = 0;
    variance.maxCoeff(&most);
    chosen.push_back(static_cast<std::size_t>(most));
    // One more row in M: Sherman and Morrison's formula.
    const Eigen::VectorXd step = inverse * rows.row(most).transpose();
    inverse -= step * step.transpose() / (1 + rows.row(most).dot(step));
    variance = (rows * inverse).cwiseProduct(rows).rowwise().sum();
    for (const std::size_t taken : chosen) variance[static_cast<Eigen::Index>(taken)] = -1;
  }
  return chosen;
}

}  // namespace joulecast
