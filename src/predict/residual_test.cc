// SPDX-License-Identifier: Apache-2.0
#include "predict/residual.h"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

#include "base/vlq.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Numbers as a tree's text has them.
std::string Vlq(std::initializer_list<std::int64_t> numbers) {
  std::string text;
  for (const std::int64_t number : numbers) AppendVlq(number, text);
  return text;
}

TEST(ResidualTest, TreesSurviveText) {
  // Split of feature 3 at 1.25: a leaf, and a split of feature 0 at 2 with two leaves.
  const std::string text = Vlq({4, 12500, 0, 5000, 2500, 1, 20000, 0, -1250, 0, 0, 7500, 10000});
  const RegressionTree tree = ParseTree(text, 4);
  ASSERT_EQ(tree.nodes.size(), 5u);
  EXPECT_EQ(tree.nodes[0].input, 4u);
  EXPECT_EQ(tree.nodes[0].right, 2u);
  EXPECT_EQ(tree.nodes[2].right, 2u);
  EXPECT_FLOAT_EQ(tree.nodes[0].value, 1.25);
  EXPECT_FLOAT_EQ(tree.nodes[3].value, -0.125);
  EXPECT_FLOAT_EQ(tree.nodes[4].time, 1);
  EXPECT_EQ(WriteTree(tree), text);
}

TEST(ResidualTest, RefusesWhatIsNoTree) {
  const std::string leaf = Vlq({0, 0, 0});
  const std::string split = Vlq({1, 10000});
  EXPECT_NO_THROW(ParseTree(split + leaf + leaf, 4));
  for (const std::string& text :
       {std::string(), split, split + leaf, leaf + leaf, split + leaf + leaf + leaf,
        Vlq({5, 10000}) + leaf + leaf, Vlq({-1, 10000}) + leaf + leaf, Vlq({0, 0}),
        Vlq({0, 10'000'000, 0}), Vlq({0, 0, -10'000'000}),
        Vlq({1, std::int64_t{1} << 50}) + leaf + leaf, leaf + "=", std::string("0.5:0.25")}) {
    EXPECT_THROW(ParseTree(text, 4), Error) << text;
  }
}

TEST(ResidualTest, FactorIsTheGeometricMeanOfTheTrees) {
  const Residual residual{.trees = {ParseTree(Vlq({1, 10000, 0, 0, 10000, 0, 5000, 0}), 1),
                                    ParseTree(Vlq({1, 20000, 0, 2500, 0, 0, 7500, 5000}), 1)},
                          .least = {0},
                          .most = {4}};
  const auto factor = [&](double x) { return CorrectionOf(residual, {&x, 1}).energy; };
  EXPECT_DOUBLE_EQ(factor(1), std::exp(0.125));    // a threshold belongs to the left
  EXPECT_DOUBLE_EQ(factor(1.5), std::exp(0.375));  // (0.5 + 0.25) / 2
  EXPECT_DOUBLE_EQ(factor(4), std::exp(0.625));
  const double x = 1;
  EXPECT_DOUBLE_EQ(CorrectionOf(residual, {&x, 1}).time, std::exp(0.5));
}

TEST(ResidualTest, EveryTreeCountsHoweverManyThereAre) {
  // Leaves of 0, 1, 2, .. units; trees of one leaf stand beside those of two.
  Residual residual{.least = {0}, .most = {4}};
  double sum = 0;
  for (int count = 1; count <= 19; ++count) {
    const int units = 1000 * count;
    residual.trees.push_back(
        ParseTree(count % 2 == 0 ? Vlq({0, units, 0}) : Vlq({1, 10000, 0, -1, 0, 0, units, 0}), 1));
    sum += 0.1 * count;
    const double x = 3;
    EXPECT_NEAR(std::log(CorrectionOf(residual, {&x, 1}).energy), sum / count, 1e-6) << count;
  }
}

TEST(ResidualTest, FadesOutsideTheTrainingRange) {
  const Residual residual{
      .trees = {ParseTree(Vlq({0, 10000, 5000}), 1)}, .least = {0}, .most = {4}};
  const auto factor = [&](double x) { return CorrectionOf(residual, {&x, 1}).energy; };
  EXPECT_DOUBLE_EQ(factor(4 + 0.5 * std::log(2.0)), std::exp(0.5));
  EXPECT_DOUBLE_EQ(factor(-std::log(2.0)), 1);
  EXPECT_DOUBLE_EQ(factor(100), 1);
}

TEST(ResidualTest, FeaturesAreLogarithmsAndShares) {
  // 2 x 3 -> 5: 30 MACs; 4 bytes x (6 in, 10 out, 15 weights + 5 of the bias).
  const LayerSpec spec = LayerSpec::Parse("linear batch=2 in=3 out=5 dtype=f32");
  const std::size_t slots = SlotCount(spec.type());
  std::vector<double> costs(spec.type().terms.size(), 0.0);
  costs.front() = 1;
  costs.back() = 3;
  std::vector<double> features(FeatureCount(spec.type()));
  WriteFeatures(spec, costs, features);
  EXPECT_DOUBLE_EQ(features[0], std::log(3.0));
  EXPECT_DOUBLE_EQ(features[slots], std::log(31.0));
  EXPECT_DOUBLE_EQ(features[slots + 1], std::log(25.0));
  EXPECT_DOUBLE_EQ(features[slots + 2], std::log(41.0));
  EXPECT_DOUBLE_EQ(features[slots + 3], std::log(81.0));
  EXPECT_DOUBLE_EQ(features[slots + kWorkFeatures], 0.25);
  EXPECT_DOUBLE_EQ(features.back(), 0.75);
}

}  // namespace
}  // namespace joulecast
