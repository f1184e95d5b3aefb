// SPDX-License-Identifier: Apache-2.0
#include "fit/analyze_ablation.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "joulecast/error.h"
#include "report/web_assets.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Linear layers whose energy is exactly a joule for each of their MACs.
std::vector<Observation> OneJoulePerMac(int rows) {
  std::vector<Observation> observations;
  for (int i = 0; i < rows; ++i) {
    const LayerSpec spec = LayerSpec::Parse("linear batch=" + std::to_string(1 + i % 7) +
                                            " in=" + std::to_string(1 + i * i % 11) + " out=1");
    const Work work = spec.CountWork();
    observations.push_back(
        {spec, Joules(static_cast<double>(work.macs + work.bias_adds)), Seconds(1), "a"});
  }
  return observations;
}

TEST(AnalyzeAblationTest, MacsAloneExplainWhatCostsByMacs) {
  const AblationAnalysis analysis = AnalyzeAblation(OneJoulePerMac(40), 1);
  EXPECT_THAT(analysis.features, ElementsAre("batch", "in", "log_batch", "log_in", "macs"));
  EXPECT_EQ(analysis.subsets, 31u);
  EXPECT_EQ(analysis.train_rows, 28u);  // 70 and 10 % of 40
  EXPECT_EQ(analysis.test_rows, 4u);
  ASSERT_TRUE(analysis.with_macs);
  EXPECT_NEAR(analysis.with_macs->max.test_r2, 1, 1e-9);
  EXPECT_NEAR(analysis.with_macs->min.test_r2, 1, 1e-9);
  EXPECT_LT(analysis.without_macs->max.test_r2, .999);
  EXPECT_THAT(analysis.best_by_size[0].features, ElementsAre("macs"));
  EXPECT_EQ(analysis.best_by_size.size(), 5u);
  EXPECT_THAT(analysis.notes, ElementsAre(HasSubstr("out, bias, dtype")));
}

TEST(AnalyzeAblationTest, WithoutMacsThereIsNoRangeOfThem) {
  std::vector<Observation> rows;
  for (int i = 1; i <= 30; ++i) {
    rows.push_back({LayerSpec::Parse("tanh batch=2 elements=" + std::to_string(i)), Joules(i),
                    Seconds(1), "a"});
  }
  const AblationAnalysis analysis = AnalyzeAblation(rows, 1);
  EXPECT_FALSE(analysis.with_macs);
  EXPECT_NEAR(analysis.without_macs->max.test_r2, 1, 1e-9);
  EXPECT_TRUE(nlohmann::json::parse(AblationJson(analysis))["with_macs"].is_null());
  EXPECT_THAT(AblationText(analysis), HasSubstr("best without"));
  if (WebAssets().empty()) GTEST_SKIP() << "built without Node";
  EXPECT_THAT(AblationHtml(analysis), HasSubstr("{\"chart\":\"bars\""));
}

TEST(AnalyzeAblationTest, TooFewOrEqualRowsAreRefused) {
  EXPECT_THROW(AnalyzeAblation(OneJoulePerMac(29), 1), Error);
  const std::vector<Observation> equal(40, OneJoulePerMac(1)[0]);
  EXPECT_THROW(AnalyzeAblation(equal, 1), Error);
}

TEST(AnalyzeAblationTest, TheLastLogarithmsMakeRoomForAllSubsets) {
  const AblationAnalysis analysis = AnalyzeAblation(OneJoulePerMac(40), 1, 4);
  EXPECT_THAT(analysis.features, ElementsAre("batch", "in", "log_batch", "macs"));
  EXPECT_THAT(analysis.notes, testing::Contains(HasSubstr("too many: log_in")));
}

}  // namespace
}  // namespace joulecast
