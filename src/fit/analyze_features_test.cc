// SPDX-License-Identifier: Apache-2.0
#include "fit/analyze_features.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "joulecast/error.h"
#include "report/web_assets.h"

namespace joulecast {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Linear layers that cost 2 J per GMAC and a millijoule a call, and nothing else.
std::vector<Observation> SyntheticLinears(int rows) {
  std::mt19937 random(7);
  const auto size = [&] { return std::to_string(16 + random() % 2000); };
  std::vector<Observation> observations;
  for (int i = 0; i < rows; ++i) {
    const LayerSpec spec = LayerSpec::Parse("linear batch=" + std::to_string(4 + random() % 200) +
                                            " in=" + size() + " out=" + size());
    const double gmacs = 1e-9 * static_cast<double>(spec.CountWork().macs);
    observations.push_back({spec, Joules(2 * gmacs + 1e-3), Seconds(1), "a"});
  }
  return observations;
}

const FeatureSetScore& Find(const FeatureAnalysis& analysis, const std::string& features) {
  return *std::find_if(analysis.sets.begin(), analysis.sets.end(),
                       [&](const auto& set) { return set.features == features; });
}

TEST(AnalyzeFeaturesTest, TheTermsThatMadeTheEnergyAreTheImportantOnes) {
  const FeatureAnalysis analysis = AnalyzeFeatures(SyntheticLinears(120), {});
  EXPECT_EQ(analysis.rows, 120u);
  EXPECT_LT(*Find(analysis, "physical terms").scores.mape_percent, 0.1);
  EXPECT_GT(*Find(analysis, "MACs").scores.r2, .99999);  // but for the bias' additions
  EXPECT_LT(*Find(analysis, "parameters").scores.r2, .99);
  EXPECT_GT(Find(analysis, "parameters").not_positive, 0u);
  EXPECT_FALSE(Find(analysis, "parameters").scores.r2_log);
  ASSERT_FALSE(analysis.terms.empty());
  EXPECT_EQ(analysis.terms[0].term, "macs");
  EXPECT_GT(analysis.terms[0].without_percent, 10);
  double shares = 0;
  for (const TermImportance& term : analysis.terms) shares += term.share_percent;
  EXPECT_NEAR(shares, 100, 1e-6);
}

TEST(AnalyzeFeaturesTest, ReportsSayTheSame) {
  const FeatureAnalysis analysis = AnalyzeFeatures(SyntheticLinears(60), {});
  const auto json = nlohmann::json::parse(FeaturesJson(analysis));
  EXPECT_EQ(json["layer"], "linear");
  EXPECT_EQ(json["feature_sets"].size(), analysis.sets.size());
  EXPECT_EQ(json["terms"][0]["term"], "macs");
  EXPECT_THAT(FeaturesText(analysis), HasSubstr("physical terms"));
  if (WebAssets().empty()) GTEST_SKIP() << "built without Node";
  EXPECT_THAT(FeaturesHtml(analysis), HasSubstr("{\"chart\":\"diagonal\""));
}

TEST(AnalyzeFeaturesTest, WideExpansionsAreNotTriedOnFewRows) {
  const FeatureAnalysis analysis = AnalyzeFeatures(SyntheticLinears(30), {});
  // 7 columns and their 28 products do not fit 24 training rows.
  EXPECT_THAT(analysis.notes, Contains(HasSubstr("all, degree 2 (35 columns)")));
}

TEST(AnalyzeFeaturesTest, TooFewRowsAreRefused) {
  EXPECT_THROW(AnalyzeFeatures(SyntheticLinears(29), {}), Error);
  EXPECT_THROW(AnalyzeFeatures({}, {}), Error);
}

TEST(AnalyzeFeaturesTest, RowsOfOneSpecificationAreOneRow) {
  const std::vector<Observation> equal(40, SyntheticLinears(1)[0]);
  try {
    AnalyzeFeatures(equal, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("40 rows of 1 different configurations"));
  }
}

}  // namespace
}  // namespace joulecast
