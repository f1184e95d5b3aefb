// SPDX-License-Identifier: Apache-2.0
#include "fit/totals.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "fit/totals_fit.h"
#include "formats/load_model.h"
#include "joulecast/error.h"
#include "joulecast/estimate.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path Write(const std::string& text) {
  const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const auto path = std::filesystem::path(::testing::TempDir()) / (name + ".csv");
  std::ofstream(path) << text;
  return path;
}

double Gmacs(const std::string& model, std::int64_t batch) {
  const LayeredModel layered = Resolve(LoadModel(model), {.batch = batch});
  return 1e-9 * static_cast<double>(layered.TotalWork().macs);
}

/// Totals that cost exactly 2 J (and 0.5 s) per GMAC.
std::string TwoJoulesPerGmac(const std::vector<std::pair<std::string, int>>& rows) {
  std::string text = "model,batch,energy_j,time_s\n";
  for (const auto& [model, batch] : rows) {
    const double gmacs = Gmacs(model, batch);
    text += model + "," + std::to_string(batch) + "," + std::to_string(2 * gmacs) + "," +
            std::to_string(0.5 * gmacs) + "\n";
  }
  return text;
}

TEST(TotalsTest, ExcludesWhatCannotBeWithItsLine) {
  const Totals totals =
      ReadTotals(Write("model,batch,energy_j\nalexnet,0,1\nalexnet,1,nan\nalexnet,1,-2\nvgg12,1,3\n"
                       "alexnet,1,4\nalexnet,1,6\n"));
  EXPECT_THAT(totals.exclusions,
              ElementsAre(HasSubstr("line 2: batch '0'"), HasSubstr("line 3: energy_j 'nan'"),
                          HasSubstr("line 4: energy_j '-2'"), HasSubstr("did you mean 'vgg11'"),
                          HasSubstr("lines 6, 7: the same model and batch (alexnet, 1)")));
  ASSERT_EQ(totals.rows.size(), 1u);
  EXPECT_DOUBLE_EQ(totals.rows[0].energy.value(), 5);  // the mean of 4 and 6
  EXPECT_FALSE(totals.rows[0].time);
}

TEST(TotalsTest, NamesMissingColumns) {
  try {
    ReadTotals(Write("model,energy_j\nalexnet,1\n"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'batch'"));
  }
}

TEST(TotalsFitTest, FindsTheOneCostThatThereIs) {
  const Totals totals = ReadTotals(
      Write(TwoJoulesPerGmac({{"alexnet", 1}, {"alexnet", 8}, {"vgg11", 2}, {"resnet18", 4}})));
  const TotalsFit fit = FitTotals({.device = "d"}, totals);
  EXPECT_THAT(fit.terms, ElementsAre("gmac"));
  EXPECT_NEAR(fit.profile.generic_energy.per_gmac, 2, 1e-5);
  EXPECT_NEAR(fit.profile.generic_time.per_gmac, 0.5, 1e-5);
  EXPECT_NEAR(fit.half_width, 0.01, 1e-9);  // no fit is trusted more
  ASSERT_EQ(fit.models.size(), 3u);
  EXPECT_EQ(fit.models[0].batches.size(), 2u);
}

TEST(TotalsFitTest, ItsProfileForecastsAndKeepsTheTotalsInterval) {
  const Totals totals = ReadTotals(Write(
      "model,batch,energy_j\nalexnet,1,1\nalexnet,8,9\nvgg11,2,30\nresnet18,4,11\nvgg16,1,32\n"));
  const TotalsFit fit = FitTotals({.device = "d", .title = "d"}, totals);
  const Profile profile = ParseProfile(WriteProfile(fit.profile), "test");
  const Estimate estimate =
      EstimateModel(Resolve(LoadModel("vgg13"), {.batch = 1}), Predictor(profile));
  // One model of everything, one error: a total is as uncertain as each of its layers.
  EXPECT_NEAR(estimate.energy.high / estimate.energy.energy, std::exp(fit.half_width), 1e-9);
  EXPECT_EQ(estimate.time.count(), 0);  // no row had one
  EXPECT_DOUBLE_EQ(estimate.coverage_share[static_cast<std::size_t>(Coverage::kFallback)], 1);
}

TEST(TotalsFitTest, OneModelIsNotHeldOut) {
  const Totals totals =
      ReadTotals(Write(TwoJoulesPerGmac({{"alexnet", 1}, {"alexnet", 2}, {"alexnet", 3}})));
  const TotalsFit fit = FitTotals({.device = "d"}, totals);
  EXPECT_THAT(fit.terms, ElementsAre("gmac"));
  EXPECT_TRUE(fit.models.empty());
  EXPECT_DOUBLE_EQ(fit.half_width, std::log(10.0));
}

TEST(TotalsFitTest, RefusesTooFewRows) {
  const Totals totals = ReadTotals(Write("model,batch,energy_j\nalexnet,1,4\nnone,1,4\n"));
  try {
    FitTotals({.device = "d"}, totals);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("1 usable rows"));
    EXPECT_THAT(error.what(), HasSubstr("no model 'none'"));
  }
}

TEST(TotalsFitTest, ScalesAnotherDevice) {
  const Profile start = LoadProfile("xeon-gold-5120");
  std::string text = "model,batch,energy_j\n";
  for (const char* model : {"alexnet", "vgg11", "resnet18"}) {
    const Estimate estimate =
        EstimateModel(Resolve(LoadModel(model), {.batch = 4}), Predictor(start));
    text += std::string(model) + ",4," + std::to_string(3 * estimate.energy.energy.value()) + "\n";
  }
  const TotalsFit fit = ScaleToTotals(start, {.device = "d"}, ReadTotals(Write(text)));
  EXPECT_THAT(fit.terms, ElementsAre("all"));
  const LayeredModel vgg = Resolve(LoadModel("vgg16"), {.batch = 2});
  const double before = EstimateModel(vgg, Predictor(start)).energy.energy.value();
  EXPECT_NEAR(EstimateModel(vgg, Predictor(fit.profile)).energy.energy.value(), 3 * before,
              1e-4 * before);
}

}  // namespace
}  // namespace joulecast
