// SPDX-License-Identifier: Apache-2.0
#include "fit/residual_fit.h"

#include <vector>

#include "fit/extra_trees.h"
#include "predict/residual.h"

namespace joulecast {
namespace {

constexpr std::size_t kTrees = 32;
constexpr std::uint32_t kSeed = 1;

/// [rows, features].
Eigen::MatrixXd FeaturesOf(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs) {
  const std::size_t count = specs.empty() ? 0 : FeatureCount(specs.front()->type());
  Eigen::MatrixXd features(static_cast<Eigen::Index>(specs.size()),
                           static_cast<Eigen::Index>(count));
  std::vector<double> of_row(count);
  for (Eigen::Index row = 0; row < features.rows(); ++row) {
    const Eigen::VectorXd own = costs.row(row);
    WriteFeatures(*specs[static_cast<std::size_t>(row)],
                  {own.data(), static_cast<std::size_t>(own.size())}, of_row);
    features.row(row) = Eigen::Map<const Eigen::RowVectorXd>(of_row.data(), features.cols());
  }
  return features;
}

}  // namespace

Residual FitResidual(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs,
                     const Eigen::VectorXd& energy, const Eigen::VectorXd& time) {
  const Eigen::MatrixXd features = FeaturesOf(specs, costs);
  const Eigen::VectorXd least = features.colwise().minCoeff();
  const Eigen::VectorXd most = features.colwise().maxCoeff();
  return {.trees = GrowExtraTrees(features, energy, time, kTrees, kSeed),
          .least = {least.begin(), least.end()},
          .most = {most.begin(), most.end()}};
}

Eigen::VectorXd EnergyFactors(const Residual& residual, std::span<const LayerSpec* const> specs,
                              const Eigen::MatrixXd& costs) {
  const Eigen::MatrixXd features = FeaturesOf(specs, costs);
  Eigen::VectorXd factors(features.rows());
  for (Eigen::Index row = 0; row < features.rows(); ++row) {
    const Eigen::VectorXd own = features.row(row);
    factors[row] =
        CorrectionOf(residual, {own.data(), static_cast<std::size_t>(own.size())}).energy;
  }
  return factors;
}

}  // namespace joulecast
