// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "joulecast/report.h"
#include "joulecast/zoo.h"
#include "report/comparison.h"
#include "report/explanation.h"
#include "report/test_estimate.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

/// Each line is fit for a terminal of 80 columns.
void ExpectLinesFit(const std::string& text) {
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text.back(), '\n');
  for (const std::string_view line : Split(text, '\n')) {
    EXPECT_EQ(Printable(line, 80), line);  // would be cut, or have characters replaced
  }
}

TEST(ReportTextTest, EveryReportFitsItsLinesWhateverTheNames) {
  for (const std::string& name : kOddNames) {
    Profile profile = HandProfile();
    profile.device = profile.title = name;
    profile.provenance = {.kind = "measured",
                          .meter = name,
                          .hardware = name,
                          .software = name,
                          .training_rows = 123'456};
    const LayeredModel model = FourLayers(name);
    const Predictor predictor(profile);
    const Estimate estimate = EstimateModel(model, predictor);
    ExpectLinesFit(EstimateText(estimate, profile, LayerOrder::kExecution));
    ExpectLinesFit(EstimateText(estimate, profile, LayerOrder::kEnergy));
    ExpectLinesFit(LayersText(model));
    ExpectLinesFit(CompareText({{profile}, {{estimate}, {estimate, 0, 76.1}}}));
    ExpectLinesFit(DevicesText(std::vector<Profile>{profile}));
    ExpectLinesFit(ExplanationText(ExplainModel(model, predictor), profile));
  }
}

TEST(ReportTextTest, EveryNetworkOfTheZooFits) {
  const Profile profile = LoadProfile(DefaultDevice());
  const Predictor predictor(profile);
  for (const ZooEntry& entry : ZooCatalog()) {
    for (const std::int64_t batch : {1, 4096}) {
      const LayeredModel model = Resolve(*BuildZooModel(entry.name), {.batch = batch});
      ExpectLinesFit(
          EstimateText(EstimateModel(model, predictor), profile, LayerOrder::kExecution));
      ExpectLinesFit(LayersText(model));
      ExpectLinesFit(ExplanationText(ExplainModel(model, predictor), profile));
    }
  }
}

TEST(ReportTextTest, TheEstimateSaysWhatItRestsOn) {
  const Profile profile = HandProfile();
  const std::string text = EstimateText(EstimateOf("net", profile), profile, {});
  // Joules 0.03764 in all, see EstimateTest; 0.004705 each of a batch of 8.
  EXPECT_THAT(text, HasSubstr("net, batch 8, on A device worked by hand"));
  EXPECT_THAT(text, HasSubstr("37.6 mJ per inference of the batch, 4.7"));
  EXPECT_THAT(text, HasSubstr("90 % interval"));
  EXPECT_THAT(text, HasSubstr("23.0 % fitted (1 layer)"));    // 8.64 / 37.64
  EXPECT_THAT(text, HasSubstr("66.4 % fallback (1 layer)"));  // 25 / 37.64
  EXPECT_THAT(text, HasSubstr("0.0 % free (1 layer)"));
  EXPECT_THAT(text, HasSubstr("10.6 % unknown (1 layer)"));  // 4 / 37.64
  EXPECT_THAT(text, HasSubstr("4.00 MMACs"));
  EXPECT_THAT(text, HasSubstr("forecast from 120 measured rows"));
  EXPECT_THAT(text, HasSubstr("~ not measured on this device"));
  EXPECT_THAT(text, HasSubstr("? operator not known"));
  EXPECT_THAT(text, testing::Not(HasSubstr("* outside")));
}

TEST(ReportTextTest, LayersComeByEnergyWhenAsked) {
  const Profile profile = HandProfile();
  const std::string text = EstimateText(EstimateOf("net", profile), profile, LayerOrder::kEnergy);
  const std::size_t relu = text.find("relu");
  const std::size_t linear = text.find("linear");
  const std::size_t unknown = text.find("unknown odd");
  const std::size_t reshape = text.find("reshape");
  EXPECT_LT(relu, linear);     // 25 mJ, 8.64 mJ
  EXPECT_LT(linear, unknown);  // 4 mJ
  EXPECT_LT(unknown, reshape);
  EXPECT_NE(reshape, std::string::npos);
}

TEST(ReportTextTest, LayersOfUnknownOperatorsHaveNoCounts) {
  const std::string text = LayersText(FourLayers("net"));
  EXPECT_THAT(text, HasSubstr("unknown odd::net"));
  EXPECT_THAT(text, HasSubstr("MACs      4000000 "));
  EXPECT_THAT(text, HasSubstr("4004000 counting each bias addition"));  // 8 x 500 more
  EXPECT_THAT(text, HasSubstr("Params    500500"));
}

}  // namespace
}  // namespace joulecast
