// SPDX-License-Identifier: Apache-2.0
#include "predict/residual.h"

#include <gtest/gtest.h>

#include <cmath>

#include "joulecast/error.h"

namespace joulecast {
namespace {

TEST(ResidualTest, TreesSurviveText) {
  const std::string text = "3<1.25 0.5:0.25 0<2 -0.125:0 0.75:1";
  const RegressionTree tree = ParseTree(text, 4);
  ASSERT_EQ(tree.nodes.size(), 5u);
  EXPECT_EQ(tree.nodes[0].feature, 3);
  EXPECT_EQ(tree.nodes[0].right, 2);
  EXPECT_EQ(tree.nodes[2].right, 4);
  EXPECT_EQ(WriteTree(tree), text);
}

TEST(ResidualTest, RefusesWhatIsNoTree) {
  for (const char* text : {"", "0<1", "0<1 0.5:0", "0:0 0:0", "4<1 0:0 0:0", "-1<1 0:0 0:0",
                           "0<x 0:0 0:0", "0.5", "0:", "0<1 nan:0 0:0", "0<1 0:nan 0:0",
                           "0<inf 0:0 0:0", "1e3:0", "0:1e3", "0<1 0:0 0:0 0:0"}) {
    EXPECT_THROW(ParseTree(text, 4), Error) << text;
  }
}

TEST(ResidualTest, FactorIsTheGeometricMeanOfTheTrees) {
  const Residual residual{
      .trees = {ParseTree("0<1 0:1 0.5:0", 1), ParseTree("0<2 0.25:0 0.75:0.5", 1)},
      .least = {0},
      .most = {4}};
  const auto factor = [&](double x) { return CorrectionOf(residual, {&x, 1}).energy; };
  EXPECT_DOUBLE_EQ(factor(1), std::exp(0.125));    // a threshold belongs to the left
  EXPECT_DOUBLE_EQ(factor(1.5), std::exp(0.375));  // (0.5 + 0.25) / 2
  EXPECT_DOUBLE_EQ(factor(4), std::exp(0.625));
  const double x = 1;
  EXPECT_DOUBLE_EQ(CorrectionOf(residual, {&x, 1}).time, std::exp(0.5));
}

TEST(ResidualTest, FadesOutsideTheTrainingRange) {
  const Residual residual{.trees = {ParseTree("1:0.5", 1)}, .least = {0}, .most = {4}};
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
