// SPDX-License-Identifier: Apache-2.0
#include "fit/extra_trees.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fit/residual_fit.h"
#include "predict/residual.h"

namespace joulecast {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

const RegressionTree::Node& Leaf(const RegressionTree& tree, double x) {
  const RegressionTree::Node* at = tree.nodes.data();
  while (at->input > 0) at += x <= at->value ? 1 : at->right;
  return *at;
}

TEST(ExtraTreesTest, GrowsUntilEveryTrainingRowHasItsLeaf) {
  MatrixXd x(5, 1);
  x << 1, 2, 4, 8, 16;
  VectorXd y(5);
  y << 0.5, -0.25, 0.75, 0.125, 2;
  for (const RegressionTree& tree : GrowExtraTrees(x, y, 2 * y, 3, 7)) {
    EXPECT_EQ(tree.nodes.size(), 9u);  // 5 leaves, 4 splits
    for (Eigen::Index i = 0; i < 5; ++i) {
      EXPECT_NEAR(Leaf(tree, x(i, 0)).value, y[i], 5e-5);
      EXPECT_NEAR(Leaf(tree, x(i, 0)).time, 2 * y[i], 5e-5);
    }
  }
}

TEST(ExtraTreesTest, OneLeafWhereNothingDiffers) {
  const MatrixXd same = MatrixXd::Constant(4, 2, 3.0);
  VectorXd y(4);
  y << 1, 2, 3, 6;
  const auto trees = GrowExtraTrees(same, y, -y, 1, 1);
  ASSERT_EQ(trees[0].nodes.size(), 1u);
  EXPECT_EQ(trees[0].nodes[0].value, 3);  // the mean: no feature tells the rows apart
  EXPECT_EQ(trees[0].nodes[0].time, -3);

  MatrixXd x(4, 1);
  x << 1, 2, 3, 4;
  const auto pure = GrowExtraTrees(x, VectorXd::Constant(4, 0.5), y, 1, 1);
  ASSERT_EQ(pure[0].nodes.size(), 1u);
  EXPECT_EQ(pure[0].nodes[0].value, 0.5);
}

TEST(ExtraTreesTest, TakesTheFeatureThatExplains) {
  MatrixXd x(6, 2);  // the second column is the answer, the first is not
  x << 1, 0, 5, 0, 3, 0, 2, 1, 6, 1, 4, 1;
  VectorXd y(6);
  y << 0, 0, 0, 1, 1, 1;
  for (const RegressionTree& tree : GrowExtraTrees(x, y, y, 4, 3)) {
    EXPECT_EQ(tree.nodes[0].input, 2u);
    EXPECT_EQ(tree.nodes.size(), 3u);
  }
}

TEST(ExtraTreesTest, SameSeedSameTrees) {
  MatrixXd x(4, 1);
  x << 1, 2, 3, 4;
  VectorXd y(4);
  y << 4, 1, 3, 2;
  const auto text = [&](std::uint32_t seed) {
    return WriteTree(GrowExtraTrees(x, y, y, 1, seed).front());
  };
  EXPECT_EQ(text(5), text(5));
  EXPECT_NE(text(5), text(6));
}

TEST(ResidualFitTest, LearnsAFactorThatTheTermsLack) {
  std::vector<LayerSpec> specs;
  for (int i = 1; i <= 40; ++i) {
    specs.push_back(
        LayerSpec::Parse("linear batch=" + std::to_string(i) + " in=64 out=64 dtype=f32"));
  }
  std::vector<const LayerSpec*> rows;
  for (const LayerSpec& spec : specs) rows.push_back(&spec);
  const auto terms = static_cast<Eigen::Index>(specs[0].type().terms.size());
  MatrixXd costs = MatrixXd::Zero(40, terms);
  costs.col(0).setConstant(2);
  VectorXd miss = VectorXd::Zero(40);
  miss.tail(20).setConstant(std::log(3.0));  // batches above 20 cost three times what terms say
  const Residual residual = FitResidual(rows, costs, miss, miss, TreeChoice::kFirst);
  const VectorXd factors = EnergyFactors(residual, rows, costs);
  EXPECT_NEAR(factors[0], 1, 1e-3);
  EXPECT_NEAR(factors[39], 3, 1e-3);
}

TEST(ResidualFitTest, TypicalTreesSayWhatFourTimesAsManyDo) {
  std::vector<LayerSpec> specs;  // even ones are learned, odd ones asked about
  for (int i = 0; i < 160; ++i) {
    specs.push_back(LayerSpec::Parse("linear batch=" + std::to_string(1 + i * 7 % 160) + " in=" +
                                     std::to_string(1 + i * 11 % 160) + " out=64 dtype=f32"));
  }
  std::vector<const LayerSpec*> learned;
  std::vector<const LayerSpec*> asked;
  for (std::size_t i = 0; i < specs.size(); ++i) (i % 2 ? asked : learned).push_back(&specs[i]);
  MatrixXd costs = MatrixXd::Zero(80, static_cast<Eigen::Index>(specs[0].type().terms.size()));
  costs.col(0).setConstant(2);
  VectorXd miss(80);
  for (Eigen::Index i = 0; i < 80; ++i) miss[i] = static_cast<double>(i * 37 % 80) / 80;
  MatrixXd features(80, static_cast<Eigen::Index>(FeatureCount(specs[0].type())));
  for (Eigen::Index i = 0; i < 80; ++i) {
    const std::vector<double> own(costs.row(i).begin(), costs.row(i).end());
    std::vector<double> of_row(static_cast<std::size_t>(features.cols()));
    WriteFeatures(*learned[static_cast<std::size_t>(i)], own, of_row);
    features.row(i) = Eigen::Map<const Eigen::RowVectorXd>(of_row.data(), features.cols());
  }
  const auto says = [&](Residual residual) { return EnergyFactors(residual, asked, costs); };
  Residual typical = FitResidual(learned, costs, miss, miss, TreeChoice::kTypical);
  Residual first = FitResidual(learned, costs, miss, miss, TreeChoice::kFirst);
  ASSERT_EQ(typical.trees.size(), first.trees.size());
  Residual all = first;
  all.trees = GrowExtraTrees(features, miss, miss, 4 * first.trees.size(), 1);
  ASSERT_EQ(WriteTree(all.trees[0]), WriteTree(first.trees[0]));
  const VectorXd mean = says(all);
  EXPECT_LT((says(typical) - mean).norm(), 0.7 * (says(first) - mean).norm());
}

}  // namespace
}  // namespace joulecast
