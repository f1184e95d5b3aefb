// SPDX-License-Identifier: Apache-2.0
#include "fit/reproduce_nets.h"

#include <gmock/gmock.h>

namespace joulecast {
namespace {

/// Random layers that cost exactly one joule per GMAC.
std::vector<GetznerSample> OneJoulePerGmac() {
  std::vector<GetznerSample> samples;
  for (const char* layer : {"conv2d", "maxpool2d", "linear", "relu"}) {
    for (int i = 1; i <= 10; ++i) {
      GetznerSample sample{.layer = layer, .macs = 1e9 * i, .energy = Joules(i)};
      for (const auto name : GetznerParameters(layer)) sample.params[std::string(name)] = i;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

GetznerSample InNet(const char* file, const char* layer, int index, double macs, double joules,
                    int batch) {
  return {.origin = GetznerOrigin::kNet,
          .file = file,
          .layer = layer,
          .macs = macs,
          .params = {{"batch_size", batch}},
          .architecture = "tiny",
          .layer_idx = index,
          .energy = Joules(joules)};
}

TEST(ReproduceNetsTest, NetsWithoutMeasuredLayersBorrowThoseOfAnotherBatch) {
  auto samples = OneJoulePerGmac();
  samples.push_back(InNet("a", "tiny", 0, 2e9, 2, 2));
  samples.push_back(InNet("a", "conv2d", 1, 1.5e9, 1.25, 2));
  samples.push_back(InNet("a", "relu", 2, 0.5e9, 0.5, 2));
  samples.push_back(InNet("a", "dropout", 3, 0, 0.25, 2));
  samples.push_back(InNet("b", "tiny", 0, 4e9, 5, 4));
  ReproduceReport report;
  AddNets(samples, report);
  ASSERT_TRUE(report.nets);
  // Forecast 2 J for the measured 2 J, and twice that for 5 J: errors of 0 and 20 %.
  EXPECT_EQ(report.nets->totals.ours.n, 2u);
  EXPECT_NEAR(*report.nets->totals.ours.mape_percent, 10, 1e-9);
  EXPECT_EQ(report.nets->by_net.at("tiny").ours.n, 2u);
  EXPECT_NEAR(*report.nets->layers.at("conv2d").ours.mape_percent, 20, 1e-9);  // 1.5 for 1.25
  // Only the first net has measured layers: 1.25 + 0.5 + 0.25 J of 2 J.
  EXPECT_EQ(report.additivity->n, 1u);
  EXPECT_NEAR(*report.additivity->mape_percent, 0, 1e-12);
  EXPECT_NEAR(report.shares.at("tiny").at("conv2d"), 62.5, 1e-12);
  EXPECT_FALSE(report.a3);
}

TEST(ReproduceNetsTest, ANetWithALayerOfUnknownShapeIsLeftOutAndNoted) {
  auto samples = OneJoulePerGmac();
  samples.push_back(InNet("a", "tiny", 0, 2e9, 2, 2));
  samples.push_back(InNet("a", "maxpool2d", 1, 2e9, 2, 2));
  ReproduceReport report;
  AddNets(samples, report);
  EXPECT_EQ(report.nets->totals.ours.n, 0u);
  EXPECT_FALSE(report.nets->totals.ours.r2);
  EXPECT_THAT(report.notes, testing::Contains(testing::HasSubstr("1 of 1 whole nets")));
}

TEST(ReproduceNetsTest, WithoutRandomLayersNothingIsForecast) {
  ReproduceReport report;
  AddNets({InNet("a", "tiny", 0, 2e9, 2, 2)}, report);
  EXPECT_FALSE(report.nets);
  EXPECT_FALSE(report.a3);
  EXPECT_THAT(report.notes, testing::Contains(testing::HasSubstr("random conv2d")));
}

}  // namespace
}  // namespace joulecast
