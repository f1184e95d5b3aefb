// SPDX-License-Identifier: Apache-2.0
#include "fit/extra_trees.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <span>

#include "predict/residual.h"

namespace joulecast {
namespace {

/// What trees are written in. Targets that differ by less are equal.
constexpr double kStep = 1e-4;

float MeanOf(const Eigen::VectorXd& target, std::span<const Eigen::Index> rows) {
  double sum = 0;
  for (const Eigen::Index row : rows) sum += target[row];
  return static_cast<float>(kStep * std::round(sum / static_cast<double>(rows.size()) / kStep));
}

struct Split {
  Eigen::Index feature = -1;
  double threshold = 0;
};

class Grower {
 public:
  Grower(const Eigen::MatrixXd& features, const Eigen::VectorXd& energy,
         const Eigen::VectorXd& time, std::uint32_t seed)
      : features_(features), energy_(energy), time_(time), random_(seed) {}

  RegressionTree Grow() {
    std::vector<Eigen::Index> rows(static_cast<std::size_t>(energy_.size()));
    std::iota(rows.begin(), rows.end(), 0);
    tree_.nodes.clear();
    GrowNode(rows);
    return std::move(tree_);
  }

 private:
  void GrowNode(std::span<Eigen::Index> rows) {
    const std::size_t at = tree_.nodes.size();
    tree_.nodes.emplace_back();
    const auto is_less = [&](Eigen::Index a, Eigen::Index b) { return energy_[a] < energy_[b]; };
    const auto [least, most] = std::minmax_element(rows.begin(), rows.end(), is_less);
    const Split split = energy_[*most] - energy_[*least] < kStep ? Split{} : DrawSplit(rows);
    if (split.feature < 0) {
      tree_.nodes[at].value = MeanOf(energy_, rows);
      tree_.nodes[at].time = MeanOf(time_, rows);
      return;
    }
    const auto middle = std::stable_partition(rows.begin(), rows.end(), [&](Eigen::Index row) {
      return features_(row, split.feature) <= split.threshold;
    });
    const auto left = static_cast<std::size_t>(middle - rows.begin());
    GrowNode(rows.first(left));
    tree_.nodes[at].input = static_cast<std::uint32_t>(split.feature + 1) % 256;
    tree_.nodes[at].value = static_cast<float>(split.threshold);
    SetRight(tree_, at);
    GrowNode(rows.subspan(left));
  }

  /// No split if all features are constant.
  Split DrawSplit(std::span<const Eigen::Index> rows) {
    Split best;
    double best_score = -1;
    for (Eigen::Index feature = 0; feature < features_.cols(); ++feature) {
      const auto column = features_.col(feature);
      double least = column[rows.front()];
      double most = least;
      for (const Eigen::Index row : rows) {
        least = std::min(least, column[row]);
        most = std::max(most, column[row]);
      }
      if (!(least < most)) continue;
      const auto threshold = DrawThreshold(least, most);
      if (!threshold) continue;
      const double score = Score(rows, column, *threshold);
      if (score > best_score) {
        best_score = score;
        best = {feature, *threshold};
      }
    }
    return best;
  }

  /// Uniform between what is below the most and not below the least, in the steps that trees are
  /// written in; nullopt if there is none.
  std::optional<double> DrawThreshold(double least, double most) {
    const double lowest = std::ceil(least / kStep);
    const double steps = std::ceil(most / kStep) - lowest;
    const double uniform = static_cast<double>(random_()) / 4294967296.0;
    const double threshold = kStep * (lowest + std::floor(uniform * steps));
    return steps > 0 && threshold >= least && threshold < most ? std::optional(threshold)
                                                               : std::nullopt;
  }

  /// The larger, the less squared error is left: the sum of both sides' squared sums over counts.
  template <typename Column>
  double Score(std::span<const Eigen::Index> rows, const Column& column, double threshold) const {
    double left = 0;
    double right = 0;
    std::size_t left_count = 0;
    for (const Eigen::Index row : rows) {
      const bool is_left = column[row] <= threshold;
      (is_left ? left : right) += energy_[row];
      left_count += is_left ? 1 : 0;
    }
    const auto right_count = static_cast<double>(rows.size() - left_count);
    return left * left / static_cast<double>(left_count) + right * right / right_count;
  }

  const Eigen::MatrixXd& features_;
  const Eigen::VectorXd& energy_;
  const Eigen::VectorXd& time_;
  std::mt19937 random_;
  RegressionTree tree_;
};

}  // namespace

std::vector<RegressionTree> GrowExtraTrees(const Eigen::MatrixXd& features,
                                           const Eigen::VectorXd& energy,
                                           const Eigen::VectorXd& time, std::size_t count,
                                           std::uint32_t seed) {
  Grower grower(features, energy, time, seed);
  std::vector<RegressionTree> trees(count);
  for (RegressionTree& tree : trees) tree = grower.Grow();
  return trees;
}

}  // namespace joulecast
