// SPDX-License-Identifier: Apache-2.0
#include "fit/fit_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/fit_dataset.h"
#include "fit/test_observations.h"
#include "joulecast/error.h"
#include "joulecast/predict.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ProfileFit Fit(const std::vector<Observation>& rows, const DeviceTraits& traits = kTestTraits) {
  const FitRequest request{.device = "test", .title = "Test", .traits = traits};
  return FitProfile(request, rows, [](std::string_view) {});
}

std::vector<Observation> Together(std::vector<Observation> rows,
                                  const std::vector<Observation>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

/// What is written must be read: every number finite and no cost negative.
void ExpectReadable(const Profile& profile) {
  EXPECT_NO_THROW(ParseProfile(WriteProfile(profile), "written")) << WriteProfile(profile);
}

TEST(FitProfileTest, EveryTypeWithRowsIsFitted) {
  const ProfileFit fit = Fit(Together(LinearRows(60, "a", 0.02), ReluRows(40, "b", 0.02)));
  ASSERT_EQ(fit.profile.layers.size(), 2u);
  EXPECT_EQ(fit.profile.layers[0].type->name, "linear");
  EXPECT_EQ(fit.profile.layers[1].type->name, "relu");
  EXPECT_EQ(fit.profile.provenance.training_rows, 100);
  EXPECT_TRUE(fit.exclusions.empty());
  EXPECT_GT(fit.profile.generic_energy.half_width, 0);
  for (const LayerModel& model : fit.profile.layers) {
    EXPECT_GE(model.interval.correlation, 0);
    EXPECT_LE(model.interval.correlation, 1);
  }
  ExpectReadable(fit.profile);
}

TEST(FitProfileTest, RowsWithoutNoiseMakeAReadableProfile) {
  ExpectReadable(Fit(Together(LinearRows(60, "a"), ReluRows(40, "b"))).profile);
  ExpectReadable(Fit(LinearRows(60, "a")).profile);
}

TEST(FitProfileTest, AFileThatCameInTwiceCountsOnce) {
  std::vector<Observation> copy = LinearRows(60, "a", 0.02);
  const std::string once = WriteProfile(Fit(copy).profile);
  for (Observation& row : copy) row.source = "b";
  const ProfileFit fit = Fit(Together(LinearRows(60, "a", 0.02), copy));
  EXPECT_THAT(fit.exclusions,
              ElementsAre(AllOf(HasSubstr("linear: copies of other rows"), HasSubstr("60 rows"))));
  EXPECT_EQ(WriteProfile(fit.profile), once);
}

TEST(FitProfileTest, OneConfigurationOverAndOverIsNoDataset) {
  std::vector<Observation> rows;
  for (int i = 0; i < 40; ++i) {
    rows.push_back(ObservationOf("linear batch=5 in=1000 out=500", kLinearCosts,
                                 "session " + std::to_string(i), 1 + 0.001 * i));
  }
  try {
    Fit(rows);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("40 rows of 1 different configurations"));
    EXPECT_THAT(error.what(), HasSubstr("needs 14"));
  }
}

TEST(FitProfileTest, WhatIsNoEnergyIsReportedAndTeachesNothing) {
  const std::vector<Observation> good = Together(LinearRows(60, "a", 0.02), ReluRows(40, "b"));
  std::vector<Observation> rows = good;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, infinite, -1.0, 0.0}) {
    // Of one row: it would also teach relu what reading costs.
    Observation row = ObservationOf("linear batch=1 in=1000 out=500", kLinearCosts, "a");
    row.energy = Joules(bad);
    rows.push_back(row);
    row.energy = Joules(1);
    row.time = Seconds(bad);
    rows.push_back(row);
  }
  const ProfileFit fit = Fit(rows);
  EXPECT_THAT(fit.exclusions,
              ElementsAre(AllOf(HasSubstr("linear"), HasSubstr("not a positive finite number"),
                                HasSubstr("8 rows"))));
  EXPECT_EQ(WriteProfile(fit.profile), WriteProfile(Fit(good).profile));
}

TEST(FitProfileTest, RepeatsThatDifferUnusuallyTeachNothing) {
  std::vector<Observation> calm = LinearRows(60, "calm", 0.02);
  std::vector<Observation> noisy = LinearRows(61, "noisy", 0.02);
  for (Observation& row : calm) row.spread = 0.01;
  for (Observation& row : noisy) row.spread = 0.05;
  calm[7].spread = noisy[7].spread = 0.12;  // more than 10 %, and than 3 x 1 %, but not 3 x 5 %
  noisy[8].spread = 0.16;
  const ProfileFit fit = Fit(Together(calm, noisy));
  EXPECT_EQ(fit.profile.provenance.training_rows, 119);
  EXPECT_THAT(fit.exclusions, Contains(AllOf(HasSubstr("linear"), HasSubstr("2 rows"))));
}

/// A device whose results are fresh pages above 8 MB.
DeviceTraits TraitsWithFreshPages() {
  DeviceTraits traits = kTestTraits;
  traits.large_buffer_bytes = 8e6;
  return traits;
}

/// The largest have 12.6 MB.
std::vector<Observation> RowsWithFreshPages() { return ReluRowsWithFreshPages(200, 0.02, 8e6); }

ProfileFit FitWhereUnsteadyAbove(double bytes) {
  std::vector<Observation> rows = RowsWithFreshPages();
  for (Observation& row : rows) row.spread = ResultBytes(row) > bytes ? 0.5 : 0.01;
  return Fit(rows, TraitsWithFreshPages());
}

/// Of the rows above so many bytes, those whose results are written over operands, or not.
std::ptrdiff_t CountAbove(double bytes, bool inplace) {
  const std::vector<Observation> rows = RowsWithFreshPages();
  return std::ranges::count_if(rows, [&](const Observation& row) {
    return ResultBytes(row) > bytes && (row.spec.Get("inplace") != 0) == inplace;
  });
}

TEST(FitProfileTest, UnsteadyRowsTeachWhatNoOthersHave) {
  // All that are larger than 8 MB are unsteady: without them no row has a fresh page. Those in
  // place have none and are left out.
  const ProfileFit all = FitWhereUnsteadyAbove(8e6);
  EXPECT_EQ(all.profile.provenance.training_rows, 200 - CountAbove(8e6, true));
  EXPECT_THAT(all.exclusions, ElementsAre(HasSubstr("relu: the repeats differ")));
  EXPECT_THAT(all.notes, ElementsAre("relu: kept " + std::to_string(CountAbove(8e6, false)) +
                                     " rows whose repeats differ: too few others show what one of "
                                     "their terms costs"));
  EXPECT_NEAR(all.profile.layers[0].energy.coefficients[kFreshPages], 6, 0.5);
}

TEST(FitProfileTest, UnsteadyRowsTeachNothingThatOthersTell) {
  // Between 8 and 11 MB steady rows tell of fresh pages.
  const ProfileFit fit = FitWhereUnsteadyAbove(11e6);
  ASSERT_GT(CountAbove(11e6, false), 0);
  EXPECT_EQ(fit.profile.provenance.training_rows,
            200 - CountAbove(11e6, true) - CountAbove(11e6, false));
  EXPECT_THAT(fit.notes, IsEmpty());
}

TEST(FitProfileTest, ATermThatATypeNeverHadCostsWhatItCostsElsewhere) {
  std::vector<Observation> rows = RowsWithFreshPages();
  for (const Observation& row : ReluRows(120, "b")) {
    if (ResultBytes(row) > 8e6) continue;
    std::string text = row.spec.ToString();
    rows.push_back(ObservationOf(text.replace(0, 4, "relu6"), kReluCosts, "b"));
  }
  const ProfileFit fit = Fit(rows, TraitsWithFreshPages());
  const Profile& profile = fit.profile;
  const LayerModel& relu = profile.layers[0];
  const LayerModel& relu6 = profile.layers[1];
  ASSERT_EQ(relu6.type->name, "relu6");
  EXPECT_NEAR(relu.energy.coefficients[kFreshPages], 6, 0.5);
  EXPECT_THAT(relu6.unseen_terms, Contains(kFreshPages));
  EXPECT_EQ(relu6.energy.coefficients[kFreshPages], relu.energy.coefficients[kFreshPages]);
  EXPECT_NEAR(relu.time.coefficients[kFreshPages], 0.06, 0.005);
  EXPECT_EQ(relu6.time.coefficients[kFreshPages], relu.time.coefficients[kFreshPages]);
  EXPECT_THAT(fit.notes, Contains("relu6: no row has 'fresh_pages'; it costs what it does in other "
                                  "types"));
  const Predictor predictor(profile);
  EXPECT_THAT(predictor.Note(LayerSpec::Parse("relu6 batch=1 elements=3000000")),
              HasSubstr("'fresh_pages', so what that costs is taken from other types"));
}

TEST(FitProfileTest, TypesWithTooFewRowsAreReported) {
  const ProfileFit fit = Fit(Together(LinearRows(60, "a"), ReluRows(3, "b")));
  ASSERT_EQ(fit.profile.layers.size(), 1u);
  EXPECT_THAT(fit.exclusions, Contains(AllOf(HasSubstr("relu"), HasSubstr("3 rows"))));
}

TEST(FitProfileTest, TypesThatCannotBeFittedAreReported) {
  std::vector<Observation> rows = LinearRows(60, "a");
  rows.push_back({LayerSpec::Parse("reshape elements=100"), Joules(1), Seconds(1), "a"});
  rows.push_back(
      {LayerSpec::Parse("lrn batch=1 channels=3 image=4x5 size=5"), Joules(1), Seconds(1), "a"});
  EXPECT_THAT(Fit(rows).exclusions, ElementsAre(HasSubstr("lrn"), HasSubstr("reshape")));
}

TEST(FitProfileTest, RowsWithoutTimesMakeAProfileOfEnergyOnly) {
  std::vector<Observation> rows = Together(LinearRows(60, "a", 0.02), ReluRows(40, "b", 0.02));
  const ProfileFit timed = Fit(rows);
  for (Observation& row : rows) row.time = Seconds(0);
  const ProfileFit fit = Fit(rows);
  ASSERT_EQ(fit.profile.layers.size(), 2u);
  EXPECT_EQ(fit.profile.layers[0].energy.coefficients, timed.profile.layers[0].energy.coefficients);
  EXPECT_THAT(fit.profile.layers[0].time.coefficients, Each(0.0));
  EXPECT_THAT(fit.exclusions, Contains("times: no row has one, so energy only is fitted"));
  ExpectReadable(fit.profile);

  rows[0].time = Seconds(1);  // where others have a time, a row without one is damaged
  EXPECT_THROW(Fit(rows), Error);
}

TEST(FitProfileTest, NoRowsAreRefused) {
  try {
    Fit({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("no rows"));
  }
  EXPECT_THROW(Fit(LinearRows(5, "a")), Error);
}

TEST(FitProfileTest, ASmallSourceThatFitsNowhereLeavesTheDriftDefined) {
  // Ten rows are too few to be judged a source in another state, but all of them miss by far.
  const auto rows = Together(LinearRows(100, "calm", 0.02), LinearRows(10, "busy", 0.02, 4));
  const Profile profile = Fit(rows).profile;
  EXPECT_TRUE(std::isfinite(profile.drift));
  ExpectReadable(profile);
}

TEST(FitProfileTest, TheDriftIsTheSpreadOfSessions) {
  // Sessions 6 % apart, too small to be judged: their means lie at -3 % and +3 %, a standard
  // deviation of 0.03 sqrt(2); from one deviation alone, 90 % lie within 6.314 of them (Student).
  const auto rows = Together(LinearRows(26, "a", 0.002, std::exp(-0.03)),
                             LinearRows(27, "b", 0.002, std::exp(0.03)));
  EXPECT_NEAR(Fit(rows).profile.drift, 6.314 * 0.03 * std::sqrt(2), 0.06);
}

TEST(FitProfileTest, ASessionOfItsOwnTellsTheDriftByItsStretches) {
  // Each of 300 rows four times, by turns, 10 % dearer in the second half of the session.
  std::vector<Observation> rows = LinearRows(300, "a", 0.02);
  for (int turn = 0; turn < 4; ++turn) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double factor = turn < 2 ? 1 / 1.05 : 1.05;
      rows[i].repetitions.push_back(
          {std::int64_t(300 * turn) + std::int64_t(i), factor * rows[i].energy.value()});
    }
  }
  // 1/1.05 against the mean of 1/1.05 and twice 1.05 is 0.9360, 1.05 against that of 1.05 and twice
  // 1/1.05 is 1.0661: 0.0650 from the middle. 24 stretches: Student's t of 23 is 1.714.
  EXPECT_NEAR(Fit(rows).profile.drift, 1.714 * 0.0650 * std::sqrt(24.0 / 23), 5e-4);
  for (Observation& row : rows) row.repetitions.clear();
  const ProfileFit blind = Fit(rows);
  EXPECT_FALSE(blind.drift);
  EXPECT_EQ(blind.profile.drift, 0);
  EXPECT_THAT(FitText(blind, ""), HasSubstr("drift: not known"));
  EXPECT_THAT(FitJson(blind, ""), HasSubstr("\"drift_percent\": null"));
}

TEST(FitProfileTest, TheSameRowsGiveTheSameProfile) {
  const auto rows = Together(LinearRows(60, "a", 0.05), ReluRows(40, "b", 0.05));
  EXPECT_EQ(WriteProfile(Fit(rows).profile), WriteProfile(Fit(rows).profile));
}

TEST(FitProfileTest, ProgressNamesEachType) {
  std::vector<std::string> told;
  FitProfile({.device = "test", .traits = kTestTraits},
             Together(ReluRows(40, "b"), LinearRows(60, "a")),
             [&](std::string_view type) { told.emplace_back(type); });
  EXPECT_THAT(told, ElementsAre("linear", "relu"));
}

}  // namespace
}  // namespace joulecast
