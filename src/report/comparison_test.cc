// SPDX-License-Identifier: Apache-2.0
#include "report/comparison.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "report/test_estimate.h"

namespace joulecast {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

/// One layer of each of some types, with joules per inference of a batch.
Estimate Made(std::string model, std::int64_t batch,
              const std::vector<std::pair<const char*, double>>& layers) {
  Estimate estimate{.model = std::move(model), .device = "d", .batch = batch, .time = Seconds(0.5)};
  for (const auto& [spec, energy_j] : layers) {
    LayerEstimate line;
    line.layer.spec = LayerSpec::Parse(spec);
    line.forecast.energy.energy = Joules(energy_j);
    estimate.layers.push_back(line);
    estimate.energy.energy += Joules(energy_j);
  }
  return estimate;
}

constexpr const char* kRelu = "relu batch=1 elements=1000";

TEST(ComparisonTest, DifferencesAreOfASample) {
  const Estimate one = Made("a", 1, {{kHandLayer, 3}, {kRelu, 1}});
  const Estimate eight = Made("a", 8, {{kHandLayer, 16}, {kRelu, 16}});
  const auto changes = Differences(one, eight);  // 2 - 3 and 2 - 1: equal, so by name
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].type, "linear");
  EXPECT_EQ(changes[0].change, Joules(-1));
  EXPECT_EQ(changes[1].type, "relu");
  EXPECT_EQ(changes[1].change, Joules(1));
}

TEST(ComparisonTest, TheLargestChangeComesFirstAndWhatIsTheSameIsLeftOut) {
  const Estimate base = Made("a", 1, {{kHandLayer, 3}});
  const Estimate other = Made("b", 1, {{kHandLayer, 3}, {kRelu, 1}});
  const auto changes = Differences(base, other);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].type, "relu");
}

TEST(ComparisonTest, EnergyTimesDelay) {
  const ComparedEstimate entry{Made("a", 4, {{kHandLayer, 6}})};
  EXPECT_EQ(entry.edp_js(), 3);  // 6 J x 0.5 s
  EXPECT_EQ(entry.energy_per_sample(), Joules(1.5));
  ComparedEstimate timeless = entry;
  timeless.estimate.time = Seconds(0);
  EXPECT_FALSE(timeless.edp_js());
}

TEST(ComparisonTest, TheTextSaysWhatMakesTheDifference) {
  const Comparison comparison{{HandProfile()},
                              {{Made("large", 1, {{kHandLayer, 5}, {kRelu, 2}}), 0, 76.1},
                               {Made("small", 1, {{kHandLayer, 1}})}}};
  const std::string text = CompareText(comparison);
  EXPECT_THAT(text, HasSubstr("Beside small, batch 1, which takes the least"));
  EXPECT_THAT(text, HasSubstr("6.00 J more with large, batch 1"));
  EXPECT_THAT(text, HasSubstr("linear +4.00 J, relu +2.00 J"));
  EXPECT_THAT(text, HasSubstr("76.1 %"));
}

TEST(ComparisonTest, JsonHasWhatWasGivenAndNullForWhatWasNot) {
  const Comparison comparison{
      {HandProfile()},
      {{Made("a", 2, {{kHandLayer, 4}}), 0, 70.5}, {Made("b", 2, {{kHandLayer, 8}})}}};
  const Json json = Json::parse(CompareJson(comparison));
  ASSERT_EQ(json["models"].size(), 2u);
  EXPECT_EQ(json["models"][0]["accuracy_percent"], 70.5);
  EXPECT_TRUE(json["models"][1]["accuracy_percent"].is_null());
  EXPECT_EQ(json["models"][1]["edp_js"], 4);
  EXPECT_EQ(json["models"][1]["difference_j_per_sample"]["linear"], 2);  // 8 / 2 - 4 / 2
  EXPECT_TRUE(json["models"][0]["difference_j_per_sample"].empty());
  EXPECT_EQ(json["profiles"][0]["device"], "hand-made");
}

}  // namespace
}  // namespace joulecast
