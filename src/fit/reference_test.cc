// SPDX-License-Identifier: Apache-2.0
// What the fit reaches on the getzner2023 measurements with few rows, and held out.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/statistics.h"
#include "base/temporary_folder.h"
#include "dataset/formats/reference_data.h"
#include "dataset/import_getzner2023.h"
#include "dataset/samples.h"
#include "fit/device_traits.h"
#include "fit/evaluate.h"
#include "fit/fit_profile.h"

namespace joulecast {
namespace {

class ReferenceTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto data = ReferenceData();
    if (!data) GTEST_SKIP() << kNoReferenceData;
    Dataset dataset = Dataset::OpenOrCreate(folder_.path() / "d.db");
    ImportGetzner2023(dataset, *data);
    for (const Sample& sample :
         LoadSamples(dataset, {.origins = {"random"}, .layer_type = "conv2d"})) {
      random_.push_back({*sample.spec, sample.energy, sample.time, sample.session, sample.spread});
    }
    of_nets_ = LoadSamples(dataset, {.origins = {"net-layer"}, .layer_type = "conv2d"});
    traits_ = TraitsOfCpu(dataset.Devices().at(0).cpu);
  }

  TemporaryFolder folder_;
  std::vector<Observation> random_;
  std::vector<Sample> of_nets_;
  DeviceTraits traits_;
};

TEST_F(ReferenceTest, HeldOutRandomConvolutionsAreForecastClosely) {
  const LayerFit fit = FitLayer(*FindLayerType("conv2d"), random_, {}, traits_, false);
  const Scores scores = Score(fit.measured_j, fit.held_out_j);
  EXPECT_GE(*scores.r2, 0.9998);
  EXPECT_LE(*scores.mape_percent, 4.5);
}

TEST_F(ReferenceTest, EightyRandomConvolutionsAreEnough) {
  std::vector<double> r2;
  std::vector<double> mape_percent;
  for (unsigned seed = 0; seed < 15; ++seed) {
    std::vector<Observation> rows = random_;
    std::mt19937 random(seed);
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
    rows.erase(rows.begin() + 80, rows.end());
    const ProfileFit fit =
        FitProfile({.device = "few", .traits = traits_}, rows, [](std::string_view) {});
    const Scores scores = EvaluateProfile(fit.profile, of_nets_).layers.at("conv2d").energy;
    r2.push_back(*scores.r2);
    mape_percent.push_back(*scores.mape_percent);
  }
  EXPECT_GE(*Median(r2), 0.995);
  EXPECT_LE(*Median(mape_percent), 5);
  RecordProperty("worst_r2", std::to_string(*std::min_element(r2.begin(), r2.end())));
  RecordProperty("worst_mape_percent",
                 std::to_string(*std::max_element(mape_percent.begin(), mape_percent.end())));
}

}  // namespace
}  // namespace joulecast
