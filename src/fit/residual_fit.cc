// SPDX-License-Identifier: Apache-2.0
#include "fit/residual_fit.h"

#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "fit/extra_trees.h"
#include "predict/residual.h"

namespace joulecast {
namespace {

constexpr std::size_t kTrees = 32;
constexpr std::size_t kTreesToChooseFrom = 4 * kTrees;
constexpr std::uint32_t kSeed = 1;

/// Where trees are compared: halfway between two rows. On the rows themselves all say the same.
constexpr Eigen::Index kPoints = 1000;

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

Eigen::MatrixXd HalfwayPoints(const Eigen::MatrixXd& features) {
  std::mt19937 random(kSeed);
  const auto row = [&] { return static_cast<Eigen::Index>(random()) % features.rows(); };
  Eigen::MatrixXd points(features.cols(), kPoints);
  for (auto point : points.colwise()) {
    const Eigen::Index one = row();
    point = (features.row(one) + features.row(row())).transpose() / 2;
  }
  return points;
}

/// [trees, points]: what each tree alone says.
Eigen::MatrixXd LeavesAt(const Residual& residual, const Eigen::MatrixXd& points) {
  Eigen::MatrixXd leaves(static_cast<Eigen::Index>(residual.trees.size()), points.cols());
  Residual one{.least = residual.least, .most = residual.most};
  for (Eigen::Index tree = 0; tree < leaves.rows(); ++tree) {
    one.trees = {residual.trees[static_cast<std::size_t>(tree)]};
    for (Eigen::Index at = 0; at < points.cols(); ++at) {
      const auto point = points.col(at);
      leaves(tree, at) = std::log(
          CorrectionOf(one, {point.data(), static_cast<std::size_t>(point.size())}).energy);
    }
  }
  return leaves;
}

/// Takes one tree after the other, each the one that brings the mean of those taken nearest to the
/// mean of all (herding: Welling, "Herding dynamical weights to learn", ICML 2009).
void KeepTypicalTrees(Residual& residual, const Eigen::MatrixXd& features) {
  const Eigen::MatrixXd leaves = LeavesAt(residual, HalfwayPoints(features));
  const Eigen::RowVectorXd mean = leaves.colwise().mean();
  Eigen::RowVectorXd ahead = Eigen::RowVectorXd::Zero(leaves.cols());
  std::vector<bool> is_taken(residual.trees.size());
  std::vector<RegressionTree> taken;
  while (taken.size() < kTrees) {
    std::size_t next = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t tree = 0; tree < is_taken.size(); ++tree) {
      if (is_taken[tree]) continue;
      const double distance =
          (ahead + leaves.row(static_cast<Eigen::Index>(tree)) - mean).squaredNorm();
      if (distance < least) {
        least = distance;
        next = tree;
      }
    }
    is_taken[next] = true;
    ahead += leaves.row(static_cast<Eigen::Index>(next)) - mean;
    taken.push_back(std::move(residual.trees[next]));
  }
  residual.trees = std::move(taken);
}

}  // namespace

Residual FitResidual(std::span<const LayerSpec* const> specs, const Eigen::MatrixXd& costs,
                     const Eigen::VectorXd& energy, const Eigen::VectorXd& time,
                     TreeChoice choice) {
  const Eigen::MatrixXd features = FeaturesOf(specs, costs);
  const Eigen::VectorXd least = features.colwise().minCoeff();
  const Eigen::VectorXd most = features.colwise().maxCoeff();
  const bool chosen = choice == TreeChoice::kTypical;
  Residual residual{
      .trees = GrowExtraTrees(features, energy, time, chosen ? kTreesToChooseFrom : kTrees, kSeed),
      .least = {least.begin(), least.end()},
      .most = {most.begin(), most.end()}};
  if (chosen) KeepTypicalTrees(residual, features);
  return residual;
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
