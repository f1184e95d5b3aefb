// SPDX-License-Identifier: Apache-2.0
#include "fit/layer_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "fit/test_observations.h"
#include "joulecast/error.h"
#include "joulecast/predict.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

const LayerType& Linear() { return *FindLayerType("linear"); }

LayerFit Fit(const std::vector<Observation>& rows) {
  return FitLayer(Linear(), rows, {}, kTestTraits, false);
}

void Append(std::vector<Observation>& rows, const std::vector<Observation>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

void ExpectUsable(const LayerModel& model) {
  const std::size_t terms = model.type->terms.size();
  for (const auto* numbers :
       {&model.energy.coefficients, &model.time.coefficients, &model.interval.uncertainty}) {
    ASSERT_EQ(numbers->size(), terms);
    for (const double number : *numbers) EXPECT_TRUE(std::isfinite(number) && number >= 0);
  }
  EXPECT_TRUE(std::isfinite(model.interval.scale));
  EXPECT_TRUE(std::isfinite(model.cv_mape_percent));
}

TEST(LayerFitTest, PlantedCostsAreFound) {
  const LayerFit fit = Fit(LinearRows(160, "a", 0.02));
  const TermModel& energy = fit.model.energy;
  EXPECT_NEAR(energy.coefficients[0], 2, 0.1);      // joules per GMAC
  EXPECT_NEAR(energy.coefficients[6], 1e-3, 1e-4);  // per call
  EXPECT_NEAR(fit.model.time.coefficients[0], 0.02, 0.001);
  EXPECT_LT(fit.model.cv_mape_percent, 4);  // noise of 2 % is a mean error of 1.6 %
  EXPECT_GT(fit.model.cv_mape_percent, 1);
  EXPECT_EQ(fit.model.training_rows, 160);
  EXPECT_EQ(fit.model.type, &Linear());
  EXPECT_EQ(fit.model.dtypes, std::vector{DType::kF32});
  EXPECT_EQ(fit.held_out_j.size(), 160u);
  ExpectUsable(fit.model);
}

TEST(LayerFitTest, TheSupportIsWhereRowsLie) {
  const std::vector<Observation> rows = LinearRows(60, "a");
  const LayerFit fit = Fit(rows);
  for (std::size_t slot = 0; slot < SlotCount(Linear()); ++slot) {
    std::int64_t least = rows[0].spec[slot];
    std::int64_t most = least;
    for (const Observation& row : rows) {
      least = std::min(least, row.spec[slot]);
      most = std::max(most, row.spec[slot]);
    }
    EXPECT_EQ(fit.model.support.least[slot], least);
    EXPECT_EQ(fit.model.support.most[slot], most);
  }
}

TEST(LayerFitTest, TooFewRowsAreCounted) {
  EXPECT_EQ(FewestRows(Linear()), 14);  // two for each of seven terms
  try {
    Fit(LinearRows(13, "a"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("linear: 13 rows"));
    EXPECT_THAT(error.what(), HasSubstr("needs 14"));
  }
  ExpectUsable(Fit(LinearRows(14, "a")).model);
}

TEST(LayerFitTest, RowsThatDifferInOneParameterGiveFiniteCosts) {
  std::vector<Observation> rows;
  for (int batch = 1; batch <= 40; ++batch) {
    rows.push_back(ObservationOf("linear batch=" + std::to_string(batch) + " in=1000 out=500",
                                 kLinearCosts, "a"));
  }
  ExpectUsable(Fit(rows).model);
}

TEST(LayerFitTest, AConfigurationIsHeldOutOfAllSessionsAtOnce) {
  // Noise of 30 % that both sessions share: whoever has seen one knows the other by heart, and a
  // residual would seem to pay.
  std::vector<Observation> rows = LinearRows(220, "a", 0.3);
  Append(rows, LinearRows(220, "b", 0.3, 1.0001));
  const LayerFit fit = FitLayer(Linear(), rows, {}, kTestTraits, true);
  EXPECT_EQ(fit.model.training_rows, 440);
  EXPECT_FALSE(fit.model.residual);
}

/// Rows of which those with many inputs cost `factor` times what any term says.
std::vector<Observation> RowsInTwoBoxes(double factor, int count = 300, double noise = 0.005) {
  std::vector<Observation> rows = LinearRows(count, "a", noise);
  for (Observation& row : rows) {
    if (row.spec[1] > 1500) row.energy = factor * row.energy;
  }
  return rows;
}

TEST(LayerFitTest, AResidualIsLearnedWhereItsGainIsBeyondChance) {
  const auto rows = RowsInTwoBoxes(1.06);
  const LayerFit terms = FitLayer(Linear(), rows, {}, kTestTraits, false);
  const LayerFit learned = FitLayer(Linear(), rows, {}, kTestTraits, true);
  EXPECT_TRUE(learned.model.residual);
  EXPECT_LT(learned.model.cv_mape_percent, terms.model.cv_mape_percent);
  EXPECT_FALSE(FitLayer(Linear(), LinearRows(300, "a", 0.05), {}, kTestTraits, true).model.residual)
      << "noise teaches nothing";
}

bool LearnsThreePercentAmong(double noise) {
  return FitLayer(Linear(), RowsInTwoBoxes(1.03, 600, noise), {}, kTestTraits, true)
      .model.residual.has_value();
}

TEST(LayerFitTest, AClearGainThatIsSmallIsNotWorthAResidual) {
  EXPECT_TRUE(LearnsThreePercentAmong(0.01));    // a third of the held-out error
  EXPECT_FALSE(LearnsThreePercentAmong(0.015));  // an eighth, many standard errors above none
}

TEST(LayerFitTest, ATermThatNoRowHasMakesAForecastAsUncertainAsCanBe) {
  // Up to 1 MB stays in the cache of kTestTraits: nothing here reads weights from memory.
  std::vector<Observation> rows;
  for (int i = 1; i <= 80; ++i) {
    const std::string text = "linear batch=" + std::to_string(8 + i % 7) +
                             " in=" + std::to_string(3 * i) +
                             " out=" + std::to_string(17 * (i % 11) + 9);
    rows.push_back(ObservationOf(text, kLinearCosts, "a"));
  }
  Profile profile;
  profile.traits = kTestTraits;
  profile.layers = {Fit(rows).model};
  const Predictor predictor(profile);
  const auto cached = LayerSpec::Parse("linear batch=9 in=100 out=100 dtype=f32");
  EXPECT_TRUE(predictor.Forecast(cached).in_support) << predictor.Note(cached);
  const auto streamed = LayerSpec::Parse("linear batch=9 in=4000 out=4000 dtype=f32");
  const LayerForecast in_memory = predictor.Forecast(streamed);
  EXPECT_FALSE(in_memory.in_support);
  EXPECT_NEAR(in_memory.energy.high / in_memory.energy.energy, 10, 1e-9);
  EXPECT_THAT(
      predictor.Note(streamed),
      HasSubstr("no layer was measured that has 'weights_from_memory', so what that costs is "
                "not counted"));
}

TEST(LayerFitTest, ParametersThatGoTogetherGiveFiniteCosts) {
  // Weights and MACs are proportional, input and output equal.
  std::vector<Observation> rows;
  for (int i = 1; i <= 40; ++i) {
    const std::string n = std::to_string(20 * i);
    rows.push_back(ObservationOf("linear batch=8 in=" + n + " out=" + n, kLinearCosts, "a"));
  }
  const LayerFit fit = Fit(rows);
  ExpectUsable(fit.model);
  EXPECT_LT(fit.model.cv_mape_percent, 0.5);
}

TEST(LayerFitTest, ASourceInAnotherStateIsLeftOut) {
  std::vector<Observation> rows = LinearRows(100, "calm", 0.02);
  Append(rows, LinearRows(60, "busy", 0.3, 3));
  const LayerFit fit = Fit(rows);
  ASSERT_EQ(fit.sources.size(), 2u);
  for (const auto& source : fit.sources) EXPECT_EQ(source.used, source.source == "calm");
  EXPECT_EQ(fit.model.training_rows, 100);
  EXPECT_NEAR(fit.model.energy.coefficients[0], 2, 0.1);
}

TEST(LayerFitTest, SourcesThatAgreeAreBothUsed) {
  for (const double noise : {0.02, 0.0}) {
    std::vector<Observation> rows = LinearRows(100, "a", noise);
    Append(rows, LinearRows(90, "b", noise));
    const LayerFit fit = Fit(rows);
    EXPECT_EQ(fit.model.training_rows, 190) << noise;
  }
}

TEST(LayerFitTest, RowsWithoutNoiseDoNotRuleOutOnesWithALittle) {
  std::vector<Observation> rows = LinearRows(100, "modelled");
  Append(rows, LinearRows(90, "modelled too", 0.002));
  EXPECT_EQ(Fit(rows).model.training_rows, 190);
}

TEST(LayerFitTest, TheSameRowsGiveTheSameFit) {
  const std::vector<Observation> rows = LinearRows(80, "a", 0.05);
  const LayerFit once = Fit(rows);
  const LayerFit again = Fit(rows);
  EXPECT_EQ(once.model.energy.coefficients, again.model.energy.coefficients);
  EXPECT_EQ(once.model.energy.overlap_exponent, again.model.energy.overlap_exponent);
  EXPECT_EQ(once.model.interval.scale, again.model.interval.scale);
  EXPECT_EQ(once.held_out_j, again.held_out_j);
}

}  // namespace
}  // namespace joulecast
