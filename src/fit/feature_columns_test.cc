// SPDX-License-Identifier: Apache-2.0
#include "fit/feature_columns.h"

#include <gmock/gmock.h>

#include <cmath>

namespace joulecast {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::vector<std::string> Names(const FeatureColumns& features) {
  std::vector<std::string> names;
  for (const FeatureColumn& column : features.columns) names.push_back(column.name);
  return names;
}

TEST(FeatureColumnsTest, ParametersThenLogarithmsThenMacs) {
  const std::vector<LayerSpec> specs = {LayerSpec::Parse("linear batch=2 in=3 out=5"),
                                        LayerSpec::Parse("linear batch=4 in=3 out=7")};
  const FeatureColumns features = MakeFeatureColumns(specs);
  EXPECT_THAT(Names(features), ElementsAre("batch", "out", "log_batch", "log_out", "macs"));
  EXPECT_THAT(features.constant, ElementsAre("in", "bias", "dtype"));
  const Eigen::MatrixXd all = features.Matrix([](FeatureKind) { return true; });
  // MACs with the bias: 2 x 5 x (3 + 1) and 4 x 7 x 4.
  const Eigen::MatrixXd expected{{2, 5, std::log(3.0), std::log(6.0), 40},
                                 {4, 7, std::log(5.0), std::log(8.0), 112}};
  EXPECT_TRUE(all.isApprox(expected, 1e-15)) << all;
}

TEST(FeatureColumnsTest, SidesAreOneColumnUnlessTheyDiffer) {
  const std::vector<LayerSpec> square = {
      LayerSpec::Parse("conv2d batch=1 in=3 out=5 image=8x8 kernel=3x3 padding=1"),
      LayerSpec::Parse("conv2d batch=1 in=3 out=5 image=9x9 kernel=5x5 padding=2")};
  EXPECT_THAT(
      Names(MakeFeatureColumns(square)),
      ElementsAre("image", "kernel", "padding", "log_image", "log_kernel", "log_padding", "macs"));
  const std::vector<LayerSpec> oblong = {
      LayerSpec::Parse("conv2d batch=1 in=3 out=5 image=8x8 kernel=3x3"),
      LayerSpec::Parse("conv2d batch=1 in=3 out=5 image=9x7 kernel=3x3")};
  EXPECT_THAT(
      Names(MakeFeatureColumns(oblong)),
      ElementsAre("image_height", "image_width", "log_image_height", "log_image_width", "macs"));
}

TEST(FeatureColumnsTest, FlagsHaveNoLogarithmAndNoMacsAreNoColumn) {
  const std::vector<LayerSpec> specs = {LayerSpec::Parse("tanh batch=2 elements=3 inplace=0"),
                                        LayerSpec::Parse("tanh batch=2 elements=3 inplace=1")};
  const FeatureColumns features = MakeFeatureColumns(specs);
  EXPECT_THAT(Names(features), ElementsAre("inplace"));
  EXPECT_THAT(features.constant, Contains("macs"));
  EXPECT_FALSE(features.Has(FeatureKind::kMacs));
}

}  // namespace
}  // namespace joulecast
